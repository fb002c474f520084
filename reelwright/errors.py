"""The one error that a user can cause: what was wrong, with the value, and what to do about it."""


class ReelwrightError(Exception):
    """An outsider's mistake. The command line prints it on one line and exits with status 2."""

    def __init__(self, problem: str, *, hint: str) -> None:
        super().__init__(problem, hint)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem} {self.hint}".strip()
