"""The worker: claims a row, makes what it promises, and keeps it while the claim holds."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from reelwright.cache.renders import Job, Renders
from reelwright.config import CacheConfig
from reelwright.domain import Made, Wish
from reelwright.storage.database import Busy

logger = logging.getLogger(__name__)

Make = Callable[[Wish, float], Made]
Clock = Callable[[], float]
Tidy = Callable[[float], object]

LOOK_S = 0.1  # how often it is looked whether the making is over or a stop was asked for
GRACE_S = 5.0  # how long a making may still take once a stop was asked for
REASON = 500  # characters of a failure that are kept with the row; the log has all of it


@dataclass(slots=True)
class _Making:
    """A making on its way in a thread of its own, and what came of it."""

    job: Job
    over: threading.Event = field(default_factory=threading.Event)
    made: Made | None = None
    reason: str = "It ended without a result."

    def run(self, make: Make, now_s: float) -> None:
        try:
            self.made = make(self.job.wish, now_s)
        except Exception as error:
            logger.exception("the wish %s could not be made", self.job.wish.key)
            self.reason = f"{type(error).__name__}: {error}"[:REASON]
        finally:
            self.over.set()


class Worker:
    """Makes one wish after another. Any number of workers, in any processes, get along.

    `make` runs in a thread, and the claim is renewed from here, so that a long making keeps its
    claim and a killed process loses it. What was made after the claim was lost is dropped.
    """

    def __init__(
        self,
        renders: Renders,
        make: Make,
        clock: Clock,
        name: str,
        config: CacheConfig,
        *,
        tidy: Tidy = lambda now_s: None,
    ) -> None:
        self.renders = renders
        self.make = make
        self.clock = clock
        self.name = name
        self.config = config
        self.tidy = tidy  # done after each making, when its claim is over

    def run(self, stop: threading.Event, *, idle_s: float) -> None:
        """Work until `stop` is set, looking for a row every `idle_s` when there was none.

        A making that is under way then has `GRACE_S` to end; else it is left, its lease runs out,
        and another worker makes the wish.
        """
        while not stop.is_set():
            if not self.run_once(stop):
                stop.wait(idle_s)

    def run_once(self, stop: threading.Event | None = None) -> bool:
        """Make the next wish; False when there was none, or the store is busy."""
        try:
            job = self.renders.claim(self.name, self.clock())
            if job is None:
                return False
            self._work(job, stop or threading.Event())
            self.tidy(self.clock())
        except Busy as error:
            logger.warning("%s waits: %s", self.name, error)
            return False
        return True

    def _work(self, job: Job, stop: threading.Event) -> None:
        making = _Making(job)
        # A daemon, so that a making that is left does not keep the process from ending.
        threading.Thread(
            target=making.run,
            args=(self.make, self.clock()),
            name=f"make {job.wish.key}",
            daemon=True,
        ).start()
        held = self._watched(making, stop)
        if not making.over.is_set():
            logger.warning("%s stops and leaves %s to another", self.name, job.wish.key)
        elif not (held and self._kept(making)):
            logger.warning("%s lost its claim on %s and drops the result", self.name, job.wish.key)

    def _watched(self, making: _Making, stop: threading.Event) -> bool:
        """Renew the claim until the making is over or left; whether the claim still held."""
        held, grace_s = True, GRACE_S
        beat_at_s = self.clock() + self.config.beat_s
        while not making.over.wait(LOOK_S):
            if held and self.clock() >= beat_at_s:
                held = self._beat(making.job)
                beat_at_s = self.clock() + self.config.beat_s
            if stop.is_set():
                grace_s -= LOOK_S
                if grace_s <= 0:
                    break
        return held

    def _beat(self, job: Job) -> bool:
        try:
            return self.renders.beat(job, self.clock())
        except Busy as error:  # the next beat may come through before the lease runs out
            logger.warning("%s could not renew its claim on %s: %s", self.name, job.wish.key, error)
            return True

    def _kept(self, making: _Making) -> bool:
        job, now_s = making.job, self.clock()
        if making.made is None:
            return self.renders.fail(job, making.reason, now_s)
        return self.renders.finish(job, making.made, job.wish.sid, now_s)


def stopped_by_signals() -> threading.Event:
    """An event that is set when the system or the keyboard asks this process to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
