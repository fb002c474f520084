"""The worker: claims a row, makes what it promises, and keeps it while the claim holds."""

import logging
import math
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from reelwright.allowance import Allowance
from reelwright.cache.renders import Job, Renders
from reelwright.config import CacheConfig
from reelwright.domain import Made, Wish
from reelwright.engine.executor import Done, Executor, Failure, Outcome, Task
from reelwright.engine.here import Here
from reelwright.storage.database import Busy

logger = logging.getLogger(__name__)

Make = Callable[[Wish, float, Allowance], Made]
Clock = Callable[[], float]
Tidy = Callable[[float], object]

LOOK_S = 0.1  # how often it is looked whether the making is over or a stop was asked for
GRACE_S = 5.0  # how long a making may still take once a stop was asked for


class Worker:
    """Makes one wish after another. Any number of workers, in any processes, get along.

    `make` runs where the executor puts it, and the claim is renewed from here, so that a long
    making keeps its claim and a killed process loses it. A making whose claim was lost is ended,
    and what comes of it is dropped; one that takes longer than `make_s` has failed.
    """

    def __init__(
        self,
        renders: Renders,
        make: Make,
        clock: Clock,
        name: str,
        config: CacheConfig,
        *,
        executor: Executor | None = None,
        make_s: float = math.inf,
        tidy: Tidy = lambda now_s: None,
        reconcile: Tidy = lambda now_s: None,
    ) -> None:
        self.renders = renders
        self.make = make
        self.clock = clock
        self.name = name
        self.config = config
        self.executor = executor or Here()
        self.make_s = make_s
        self.tidy = tidy  # done after each making, when its claim is over
        self.reconcile = reconcile  # done before each look for a row

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
            self.reconcile(self.clock())
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
        allowance = Allowance(self.make_s)
        task = Task(self.make, (job.wish, self.clock()))
        making = self.executor.submit(task, allowance)
        held = self._watched(job, making, allowance, stop)
        if not making.done():
            allowance.end()
            logger.warning("%s stops and leaves %s to another", self.name, job.wish.key)
        elif not (held and self._kept(job, making.result())):
            logger.warning("%s lost its claim on %s and drops the result", self.name, job.wish.key)

    def _watched(
        self, job: Job, making: Future[Outcome], allowance: Allowance, stop: threading.Event
    ) -> bool:
        """Renew the claim until the making is over or left; whether the claim still held.

        Once it does not, because the wish was buried, say, the making is told that it may end.
        """
        held, grace_s = True, GRACE_S
        beat_at_s = self.clock() + self.config.beat_s
        while not wait([making], LOOK_S).done:
            if held and self.clock() >= beat_at_s:
                held = self._beat(job)
                beat_at_s = self.clock() + self.config.beat_s
                if not held:
                    allowance.end()
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

    def _kept(self, job: Job, outcome: Outcome) -> bool:
        match outcome:
            case Done(made):
                return self.renders.finish(job, made, job.wish.sid, self.clock())
            case Failure(reason):
                logger.warning("the wish %s could not be made: %s", job.wish.key, reason)
                return self.renders.fail(job, reason, self.clock())


def work_together(workers: Sequence[Worker], stop: threading.Event, *, idle_s: float) -> None:
    """All of them side by side until `stop` is set. When one breaks, all end and it is told."""
    with ThreadPoolExecutor(len(workers), thread_name_prefix="worker") as threads:
        runs = [threads.submit(worker.run, stop, idle_s=idle_s) for worker in workers]
        wait(runs, return_when=FIRST_COMPLETED)
        stop.set()
    for run in runs:
        run.result()


def stopped_by_signals() -> threading.Event:
    """An event that is set when the system or the keyboard asks this process to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
