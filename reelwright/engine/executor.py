"""Where work runs: the promise that every place keeps. `here.py` and `pool.py` are the places."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from reelwright.allowance import Allowance, Stopped
from reelwright.storage.database import Busy

logger = logging.getLogger(__name__)

REASON = 500  # characters of a failure that are passed on; the log has all of it
LOOK_S = 0.1  # how often it is looked whether work has anything left
GRACE_S = 2.0  # for work that has nothing left to notice it by itself


@dataclass(frozen=True, slots=True)
class Task:
    """A function that can be found by its name, and what it is given; its allowance comes last."""

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    value: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """Nothing came of it, and why, in one line that a person may read."""

    reason: str


Outcome = Done | Failure


class Executor(Protocol):
    """Runs tasks. Whatever becomes of one, its future always gets an outcome and never raises.

    A task has its allowance's time and `GRACE_S`, and its future is settled soon after. A task
    that nobody wants any more gives no result. After `close` nothing that was submitted runs on,
    but for what a thread cannot be kept from.
    """

    def submit(self, task: Task, allowance: Allowance) -> Future[Outcome]: ...

    def close(self) -> None: ...


def attempted(task: Task, allowance: Allowance) -> Outcome:
    """What comes of a task in this thread: the door at which its mistakes are logged and told."""
    try:
        allowance.check()
        return Done(task.function(*task.args, allowance))
    except Stopped as stopped:
        return Failure(str(stopped))
    except Exception as error:
        logger.exception("it failed while %s", allowance.stage)
        return Failure(f"{type(error).__name__}: {error}"[:REASON])


def went_well(work: Callable[[], None], name: str) -> bool:
    """Whether it could be done in this thread; a mistake of ours is logged at this door too."""
    try:
        work()
    except Busy:
        raise
    except Exception:
        logger.exception("%s failed", name)
        return False
    return True
