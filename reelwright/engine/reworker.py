"""Takes are measured and put into other worlds here, in a process of its own, one at a time.

The claim is renewed while the work goes on. What is no longer wanted (its row was removed, consent
was revoked) ends at its next step, and nothing of it stays.
"""

import logging
import math
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Self

from reelwright.config import TakesConfig
from reelwright.engine.executor import went_well
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress
from reelwright.rework.cabinet import Cabinet
from reelwright.storage.database import Busy
from reelwright.storage.takes import MEASURE, Rework, Take, Takes

logger = logging.getLogger(__name__)

SAY_S = 0.5  # how often progress is written down
BEATS = 4  # in a lease
OURS = "Something of ours broke. The server's log says more."


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """Files that came of measuring a take, and what is told of it."""

    performance: Path
    strip: Path
    shown: Path
    facts: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Remade:
    """A film of another world, its card, and why nobody should see it, if it broke a promise."""

    film: Path
    poster: Path
    card: Mapping[str, Any]
    refusal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hands:
    """The heavy part. Both write into the folder that they are given, and nowhere else."""

    measure: Callable[[Take, Path, Progress], Measured]
    remake: Callable[[Take, Rework, Path, Progress], Remade]


class Unwanted(Exception):
    """Nobody wants any more what is being made."""


class Claim:
    """Keeps a claim while it is open, and writes down how far the work is."""

    def __init__(self, takes: Takes, work: Rework, lease_s: float, clock: Callable[[], float]):
        self.takes = takes
        self.work = work
        self.lease_s = lease_s
        self.clock = clock
        self.step, self.share = "", 0.0
        self.is_wanted = True
        self._said_s = -math.inf
        self._one = threading.Lock()
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="claim", daemon=True)

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._keeper.join()

    def say(self, what: str, done: int, total: int) -> None:
        """Raises where the work is not wanted any more."""
        self.step, self.share = what, done / max(total, 1)
        if (now_s := self.clock()) - self._said_s >= SAY_S:
            self._said_s = now_s
            self._beat()
        if not self.is_wanted:
            raise Unwanted

    def _keep(self) -> None:
        while not self._over.wait(self.lease_s / BEATS):
            self._beat()

    def _beat(self) -> None:
        until_s = self.clock() + self.lease_s
        with self._one:
            try:
                wanted = self.takes.beat(self.work, self.step, self.share, until_s=until_s)
            except Busy as error:
                logger.warning("The claim on %s was not renewed: %s", self.work.id, error)
            else:
                self.is_wanted = self.is_wanted and wanted


class Reworker:
    """Does what waits, one work after another. Several processes get along."""

    def __init__(
        self,
        cabinet: Cabinet,
        hands: Hands,
        config: TakesConfig,
        clock: Callable[[], float],
        desk: Path,
    ) -> None:
        self.cabinet = cabinet
        self.takes = cabinet.takes
        self.hands = hands
        self.config = config
        self.clock = clock
        self.desk = desk

    def run(self, stop: threading.Event, *, idle_s: float) -> None:
        """Work until `stop` is set, looking for work every `idle_s` when there was none."""
        while not stop.is_set():
            if not self.run_once():
                stop.wait(idle_s)

    def run_once(self) -> bool:
        """Do the next work; False where there is none, or the store is busy."""
        lease_s, attempts = self.config.lease_s, self.config.attempts
        try:
            work = self.takes.claim(self.clock(), lease_s=lease_s, attempts=attempts)
            if work is None:
                return False
            self._do(work)
        except Busy as error:
            logger.warning("The reworker waits: %s", error)
            return False
        return True

    def _do(self, work: Rework) -> None:
        take = self.takes.get(work.take)
        assert take is not None, f"{work.id} is of a take that is not there"
        self.desk.mkdir(parents=True, exist_ok=True)
        if not went_well(partial(self._try, take, work), work.id):
            self.takes.fail(work, OURS, self.clock())

    def _try(self, take: Take, work: Rework) -> None:
        try:
            with (
                tempfile.TemporaryDirectory(dir=self.desk) as folder,
                Claim(self.takes, work, self.config.lease_s, self.clock) as claim,
            ):
                self._made(take, work, Path(folder), claim.say)
        except Unwanted:
            logger.warning("Nobody wants %s any more", work.id)
        except Busy:
            raise  # the lease runs out, and the work is begun anew
        except ReelwrightError as error:
            self.takes.fail(work, reason_of(error, take), self.clock())

    def _made(self, take: Take, work: Rework, folder: Path, say: Progress) -> None:
        """Make it, keep its files, and only then let it be seen."""
        try:
            if work.kind == MEASURE:
                seen, keys = self._measured(take, work, self.hands.measure(take, folder, say))
            else:
                seen, keys = self._remade(take, work, self.hands.remake(take, work, folder, say))
        finally:
            self.cabinet.sweep(take.footage, folder)
        if not seen:
            self.cabinet.drop(take.footage, keys)
            raise Unwanted

    def _measured(self, take: Take, work: Rework, told: Measured) -> tuple[bool, list[str]]:
        now_s = self.clock()
        paths = {"shown": told.shown, "performance": told.performance, "strip": told.strip}
        kept = {name: self.cabinet.keep(take, path, now_s) for name, path in paths.items()}
        seen = self.takes.measured(work, **kept, facts=told.facts, now_s=now_s)
        return seen, list(kept.values())

    def _remade(self, take: Take, work: Rework, made: Remade) -> tuple[bool, list[str]]:
        now_s = self.clock()
        film, poster = (self.cabinet.keep(take, one, now_s) for one in (made.film, made.poster))
        seen = self.takes.finish(
            work, film=film, poster=poster, card=made.card, refusal=made.refusal, now_s=now_s
        )
        return seen, [film, poster]


def reason_of(error: ReelwrightError, take: Take) -> str:
    """For a page: in it a film has its owner's name, and options are for who types commands."""
    told = error.problem if "--" in error.hint else f"{error.problem} {error.hint}".strip()
    return told.replace(PurePosixPath(take.film).name, take.name)
