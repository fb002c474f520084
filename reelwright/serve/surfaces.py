"""What the door needs from the house behind it: a feed, words for codes, and names."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from reelwright.domain import AS_USUAL, Choices, Event, Meaning, Page, SemanticId


class Pages(Protocol):
    """Answers viewers and hears what they did, as `feed.Feed` does. Never waits for a clip."""

    def page_soon(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> "Page | Future[Page]":
        """The page at once, in less than a millisecond, where that can be; else in a moment."""
        ...

    def hear(self, events: list[Event]) -> "Future[int]":
        """Tells, once the events are safe on disk, how many of them were new."""
        ...


class Codes(Protocol):
    """Reads semantic IDs back into words, as `sids.codebook.Codebook` does."""

    @property
    def version(self) -> str: ...

    def meaning(self, sid: SemanticId) -> Meaning: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Watcher:
    """A simulated viewer whom a visitor of the demo may watch as."""

    id: str
    tastes: tuple[str, ...]
