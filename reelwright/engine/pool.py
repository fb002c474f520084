"""The place for work that may die: a pool of processes, each with limits, each replaceable."""

import contextlib
import logging
import multiprocessing
import os
import pickle
import queue
import resource
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from reelwright.allowance import Allowance
from reelwright.child import ctrl_c_waits, ends_with_parent
from reelwright.engine.executor import GRACE_S, LOOK_S, Done, Failure, Outcome, Task, attempted

logger = logging.getLogger(__name__)

SPAWN = multiprocessing.get_context("spawn")
UNSENDABLE = (pickle.PicklingError, TypeError, AttributeError)  # how pickle refuses a value
END_S = 2.0  # for an idle child to end by itself
MB = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one child may take of the machine."""

    memory_mb: int = 0  # of its own; 0: as much as there is


@dataclass(frozen=True, slots=True)
class _Child:
    process: BaseProcess
    line: Connection

    def end(self) -> None:
        """Whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.line.close()


class Pool:
    """So many processes at once; tasks begin in the order in which they were submitted.

    A child whose task has nothing left is killed, and one that dies fails its task; the next task
    in its place gets a new one. Children are started when they are needed, and stay.
    """

    def __init__(
        self, processes: int, limits: Limits | None = None, *, grace_s: float = GRACE_S
    ) -> None:
        self.limits = limits or Limits()
        self.grace_s = grace_s
        self._places: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        for _ in range(processes):
            self._places.put(None)
        self._minders = ThreadPoolExecutor(processes, thread_name_prefix="minder")
        self._processes = processes
        self._closing = threading.Event()

    def submit(self, task: Task, allowance: Allowance) -> Future[Outcome]:
        return self._minders.submit(self._minded, task, allowance)

    def close(self) -> None:
        self._closing.set()
        self._minders.shutdown()
        for _ in range(self._processes):
            if child := self._places.get():
                child.line.close()  # which tells it that no more will come
                child.process.join(END_S)
                child.end()

    def _minded(self, task: Task, allowance: Allowance) -> Outcome:
        """What comes of a task in the next child."""
        child = self._places.get()
        try:
            if child is not None and not child.process.is_alive():
                child.end()
                child = None
            if self._closing.is_set() or allowance.is_unwanted or not allowance.left_s():
                return _nothing_left(allowance)
            child = child or self._begun()
            return self._asked(child, task, allowance)
        finally:
            self._places.put(child if child and child.process.is_alive() else None)

    def _asked(self, child: _Child, task: Task, allowance: Allowance) -> Outcome:
        try:
            packed = pickle.dumps(task)
            child.line.send((allowance.within_s, allowance.left_s(), packed))
            return self._heard(child, allowance)
        except UNSENDABLE as error:
            return Failure(f"It cannot be sent to another process: {error}")
        except (EOFError, OSError):
            child.process.join(END_S)
            child.end()
            return Failure(_how_it_died(child.process.exitcode, allowance.stage))

    def _heard(self, child: _Child, allowance: Allowance) -> Outcome:
        """Listen until the child has an outcome, or its task has nothing left."""
        grace_s = self.grace_s
        while True:
            if child.line.poll(LOOK_S):
                match child.line.recv():
                    case Done() | Failure() as outcome:
                        return outcome
                    case stage:
                        allowance.stage = stage
            if self._closing.is_set() or allowance.is_unwanted:
                break
            if not allowance.left_s():
                grace_s -= LOOK_S
                if grace_s <= 0:
                    break
        child.end()
        return _nothing_left(allowance)

    def _begun(self) -> _Child:
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=_work, args=(theirs, self.limits), name="stage", daemon=True)
        with ctrl_c_waits():
            process.start()
        theirs.close()
        return _Child(process, ours)


def _nothing_left(allowance: Allowance) -> Failure:
    if allowance.is_unwanted or allowance.left_s():
        return Failure(f"It was stopped while {allowance.stage}: nobody waits for it any more.")
    return Failure(allowance.too_long)


def _how_it_died(status: int | None, stage: str) -> str:
    if status is not None and status < 0:
        return f"Its process was killed by {signal.Signals(-status).name} while {stage}."
    return f"Its process ended with status {status} while {stage}."


def _work(line: Connection, limits: Limits) -> None:
    """The life of a child: one task after another, until no more can come."""
    ends_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.memory_mb:
        resource.setrlimit(resource.RLIMIT_DATA, 2 * (limits.memory_mb * MB,))
    with contextlib.suppress(EOFError, OSError):
        while True:
            within_s, left_s, packed = line.recv()
            allowance = Allowance(left_s, hears=line.send)
            allowance.within_s = within_s  # of which some was spent waiting for this process
            _tell(line, attempted(Task(_unpacked, (packed,)), allowance))
    os._exit(0)  # threads that a task has left behind must not keep it


def _unpacked(packed: bytes, allowance: Allowance) -> Any:
    task = pickle.loads(packed)
    return task.function(*task.args, allowance)


def _tell(line: Connection, outcome: Outcome) -> None:
    try:
        line.send(outcome)
    except UNSENDABLE as error:
        line.send(Failure(f"Its result cannot be sent to another process: {error}"))
