"""The place for work that needs no other: this process, each task in a thread."""

import contextlib
import logging
import threading
import time
from concurrent.futures import Future, InvalidStateError

from reelwright.allowance import Allowance
from reelwright.engine.executor import GRACE_S, Failure, Outcome, Task, attempted

logger = logging.getLogger(__name__)


class Here:
    """Tasks begin at once, side by side. They are trusted to look at their allowance.

    A task that does not is left: its thread goes on, but its failure is told and its result is not.
    """

    def __init__(self, *, grace_s: float = GRACE_S) -> None:
        self.grace_s = grace_s
        self._running: dict[threading.Thread, Allowance] = {}
        self._changing = threading.Lock()

    def submit(self, task: Task, allowance: Allowance) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        # Daemons, so that what is left does not keep the process from ending.
        working = threading.Thread(
            target=self._run, args=(task, allowance, future), name="task", daemon=True
        )
        with self._changing:
            self._running[working] = allowance
        working.start()
        threading.Thread(
            target=self._watch, args=(working, allowance, future), name="watch", daemon=True
        ).start()
        return future

    def close(self) -> None:
        with self._changing:
            left = dict(self._running)
        for allowance in left.values():
            allowance.end()
        until_s = time.monotonic() + self.grace_s
        for thread in left:
            thread.join(max(0.0, until_s - time.monotonic()))

    def _run(self, task: Task, allowance: Allowance, future: Future[Outcome]) -> None:
        outcome: Outcome = Failure("It ended without a result.")
        try:
            outcome = attempted(task, allowance)
        finally:
            with self._changing:
                del self._running[threading.current_thread()]
            _settle(future, outcome)

    def _watch(
        self, working: threading.Thread, allowance: Allowance, future: Future[Outcome]
    ) -> None:
        """Tell the failure of a task whose time is up, even if it does not notice."""
        while not future.done() and (left_s := allowance.left_s()):
            working.join(min(left_s, threading.TIMEOUT_MAX))
        working.join(self.grace_s)
        if working.is_alive():
            logger.warning("a task does not notice that its time is up and is left running")
            _settle(future, Failure(allowance.too_long))


def _settle(future: Future[Outcome], outcome: Outcome) -> None:
    with contextlib.suppress(InvalidStateError):  # it was settled otherwise meanwhile
        future.set_result(outcome)
