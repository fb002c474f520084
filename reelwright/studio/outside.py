"""Words from outside: how they come into a prompt, and what words may come out onto a picture."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 160  # letters of one text in a prompt
FIGURES = re.compile(r"\d+(?:[.,]\d+)*|[%‰€$£¥₹]")
# An address, a path or a piece of code: none of them is read from a picture.
ADDRESS = re.compile(r"://|\bwww\.|[^\W\d]\.\w{2,}|\w\.[^\W\d]{2,}|(?:^|\s)[.~]*/\S|/\S*/|\$\(")
MARKUP = frozenset("<>{}[]\\|=;`~^_@*")
HIDDEN = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})  # categories of Unicode
BRACKETS = str.maketrans("[]", "()")  # in square ones some models read who speaks
PROMISES = frozenset(  # that only an advertiser can make
    """best bestseller cheapest clinically cure cures discount free guarantee guaranteed official
    organic proven refund sale warranty winner""".split()  # noqa: SIM905  a list cannot be read
)


@dataclass(frozen=True, slots=True)
class Outside:
    """Text that a stranger wrote. Not a `str`, so it cannot stand where an instruction stands."""

    text: str


Data = Outside | float | tuple["Data", ...] | Mapping[str, "Data"]  # a `str` is none of it


def quoted(data: Mapping[str, Data]) -> str:
    """What strangers and tools say, as JSON on one line: the only way into a prompt.

    No sign of it can end a message or begin one, whatever marks a model's template has.
    """
    line = canonical({name: _plain(value) for name, value in data.items()})
    return line.replace("<", "\\u003c").replace(">", "\\u003e")


def harmless(reply: str) -> str:
    """What a model said, to be said again, without signs that could end its message."""
    return reply.replace("<", "(").replace(">", ")").replace("[/", "(/").replace("[INST", "(INST")


def canonical(value: object) -> str:
    """JSON that is the same, byte by byte, for equal values in equal order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Data) -> object:
    if isinstance(value, Outside):
        return tidy(value.text)[:LONGEST].translate(BRACKETS)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    assert isinstance(value, int | float), f"a {type(value).__name__} of nobody in a prompt's data"
    return value


def tidy(text: str) -> str:
    """One line without signs that cannot be seen."""
    seen = (" " if unicodedata.category(one) in HIDDEN else one for one in text)
    return " ".join("".join(seen).split())


def refusal(words: str, given: str) -> str:
    """Why some words may not stand on a picture; empty where they may.

    `given` is all that is known of the wish: no figure and no promise may stand there without it.
    """
    if ADDRESS.search(words) or MARKUP & set(words):
        return "Write plain words, without addresses, paths and code."
    for figure in FIGURES.findall(words):
        if figure not in given:
            return f"Nobody gave the figure {figure}."
    told = set(re.findall(r"\w+", given.lower()))
    for word in re.findall(r"\w+", words.lower()):
        if word in PROMISES - told:
            return f"Nobody gave the claim {word}."
    return ""
