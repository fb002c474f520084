"""How long a piece of work may take, and whether anybody still wants it: handed down with it."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from reelwright.progress import Progress

T = TypeVar("T")


class Stopped(Exception):
    """Work that ends before it is done, and why, in one line."""


class Overrun(Stopped):
    """It took longer than it may."""


class Unwanted(Stopped):
    """Nobody waits for it any more."""


class Allowance:
    """What a piece of work has left. Whoever does it looks here often; whoever ordered it ends it.

    Work is told apart by its stages, so that what is stopped says where it was.
    """

    def __init__(
        self,
        within_s: float = math.inf,
        *,
        clock: Callable[[], float] = time.monotonic,
        hears: Callable[[str], None] = lambda stage: None,  # of every stage that begins
    ) -> None:
        self.within_s = within_s
        self.stage = "beginning"
        self._clock = clock
        self._hears = hears
        self._end_s = clock() + within_s
        self._unwanted = threading.Event()

    def left_s(self) -> float:
        """Seconds, never below zero."""
        return max(0.0, self._end_s - self._clock())

    def end(self) -> None:
        """Nobody waits for it any more; to be called from any thread."""
        self._unwanted.set()

    @property
    def is_unwanted(self) -> bool:
        return self._unwanted.is_set()

    @property
    def too_long(self) -> str:
        """Why it is stopped once nothing is left."""
        return f"It took longer than {self.within_s:g} s and was stopped while {self.stage}."

    def check(self) -> None:
        """Raises `Stopped` where there is nothing left to go on with."""
        if self.is_unwanted:
            raise Unwanted(f"It was stopped while {self.stage}: nobody waits for it any more.")
        if not self.left_s():
            raise Overrun(self.too_long)

    def begin(self, stage: str) -> None:
        """The next stage, in words that follow "while", unless there is nothing left for it."""
        self.check()
        self.stage = stage
        self._hears(stage)

    def through(self, things: Iterable[T]) -> Iterator[T]:
        """The same things, as long as there is something left."""
        for thing in things:
            self.check()
            yield thing

    def heard(self, progress: Progress) -> Progress:
        """The same listener, and with every word it is looked whether there is something left."""

        def heard(what: str, done: int, total: int) -> None:
            self.check()
            progress(what, done, total)

        return heard


def endless() -> Allowance:
    """As long as it takes: for work that somebody sits and waits for."""
    return Allowance()
