"""What ingest does not take, and why: a value for the report, and the way to say it from within."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One file or one line that was not taken. Reads `events.jsonl:17: kind is missing`."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class Unfit(ValueError):
    """Raised where one row or file turns out to be unusable; its text is the reason."""


def shown(value: object) -> str:
    """A stranger's value as it may stand inside a one-line message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
