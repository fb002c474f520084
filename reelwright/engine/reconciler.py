"""Puts right what is promised and not there, and clears away what dead processes have left.

Any number of them may run at once, next to any number of workers: everything that one does is
checked again in the write that does it, or harms nobody when it is done twice.
"""

import contextlib
import logging
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from reelwright.cache.renders import Renders
from reelwright.cache.stock import Promise, Stock
from reelwright.config import WorkshopConfig
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy
from reelwright.storage.milestones import Milestones

logger = logging.getLogger(__name__)

EVERY_S = 60.0
HALF_WRITTEN_S = 3600.0  # after which nobody is still writing: a film takes seconds
BROKEN = "Its files were gone or broken."


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was put right."""

    made_again: int = 0  # clips whose files are gone or broken
    taken_back: int = 0  # makings whose worker is lost
    desks: int = 0  # of dead processes
    half_written: int = 0  # blobs
    stages: int = 0  # that nobody came back to
    bytes_freed: int = 0  # of what was withdrawn

    def __str__(self) -> str:
        told = (f"{what.replace('_', ' ')}: {num}" for what, num in asdict(self).items() if num)
        return ", ".join(told) or "nothing"


class Reconciler:
    """One look over everything, whenever it is asked for."""

    def __init__(
        self,
        *,
        renders: Renders,
        stock: Stock,
        blobs: Blobs,
        milestones: Milestones,
        desks: Path,
        config: WorkshopConfig,
    ) -> None:
        self.renders = renders
        self.stock = stock
        self.blobs = blobs
        self.milestones = milestones
        self.desks = desks
        self.config = config
        self._due_s = 0.0

    def now_and_then(self, now_s: float) -> None:
        """One look, if the last one is long enough ago; a store that is busy is looked at later."""
        if now_s < self._due_s:
            return
        self._due_s = now_s + EVERY_S
        try:
            report = self.run(now_s)
        except Busy as error:
            logger.warning("what is promised could not be looked at: %s", error)
            return
        if report != Report():
            logger.warning("put right: %s", report)

    def run(self, now_s: float) -> Report:
        again = [promise for promise in self.stock.promises() if self._is_broken(promise)]
        unused_s = max(self.config.keep_s, self.config.make_s)  # what a making uses it may use on
        return Report(
            made_again=sum(self._made_again(promise, now_s) for promise in again),
            taken_back=self.renders.take_back(now_s),
            desks=clear_desks(self.desks),
            half_written=self.blobs.sweep(now_s - HALF_WRITTEN_S),
            stages=self.milestones.sweep(now_s - unused_s),
            bytes_freed=self.stock.sweep(now_s),
        )

    def _is_broken(self, promise: Promise) -> bool:
        sizes = list(map(self._size, promise.files))
        return not all(sizes) or (promise.bytes > 0 and sum(sizes) != promise.bytes)

    def _size(self, key: str) -> int:
        with contextlib.suppress(OSError):
            return self.blobs.path(key).stat().st_size
        return 0

    def _made_again(self, promise: Promise, now_s: float) -> bool:
        """What is broken goes first: whole files of the same name would not take its place."""
        for key in promise.files:
            self.blobs.drop_broken(key)
        return self.stock.make_again(promise, BROKEN, now_s)


class Watch:
    """A thread that looks now and then until it is stopped, for a process that has no worker."""

    def __init__(
        self, look: Callable[[float], None], clock: Callable[[], float], *, every_s: float = 1.0
    ) -> None:
        self.look = look
        self.clock = clock
        self.every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reconciler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.every_s):
            self.look(self.clock())


def clear_desks(desks: Path) -> int:
    """Remove the desks of processes that are no more; how many there were."""
    left = [desk for desk in desks.glob("[0-9]*") if not _is_alive(int(desk.name))]
    for desk in left:
        shutil.rmtree(desk, ignore_errors=True)
    return len(left)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks only whether there is such a process
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    return True
