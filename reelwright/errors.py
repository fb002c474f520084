"""The one error that a user can cause: what was wrong, with the value, and what to do about it."""

import re
import unicodedata

MOST_LETTERS = 200  # of words from outside in an error of ours


class ReelwrightError(Exception):
    """An outsider's mistake. The command line prints it on one line and exits with status 2."""

    def __init__(self, problem: str, *, hint: str) -> None:
        super().__init__(problem, hint)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem} {self.hint}".strip()


def cleaned(words: object, most: int = MOST_LETTERS) -> str:
    """Words from outside on one line, without what steers a terminal, cut to `most` letters."""
    plain = "".join(
        " " if letter.isspace() else letter
        for letter in str(words)[: 20 * most]
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    return re.sub(r" +", " ", plain).strip()[:most].rstrip()
