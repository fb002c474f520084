"""Every place where work runs keeps the same promise; what only processes can do stands below."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
import tasks
from conftest import children_of, is_alive, wait_until

from reelwright.allowance import Allowance
from reelwright.engine.executor import Done, Executor, Failure, Outcome, Task
from reelwright.engine.here import Here
from reelwright.engine.pool import Limits, Pool

GRACE_S = 0.3
PLACES = ("here", "pool")


def place(kind: str, processes: int = 2) -> Executor:
    return Here(grace_s=GRACE_S) if kind == "here" else Pool(processes, grace_s=GRACE_S)


@pytest.fixture(scope="module", params=PLACES)
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """One for all tests that leave it as it was."""
    opened = place(request.param)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    opened = Pool(1, Limits(memory_mb=1000), grace_s=GRACE_S)
    yield opened
    opened.close()


def outcome(future: Future[Outcome], within_s: float = 60.0) -> Outcome:
    return future.result(timeout=within_s)


def reason(future: Future[Outcome]) -> str:
    got = outcome(future)
    assert isinstance(got, Failure), got
    return got.reason


def threads_of(pid: int) -> list[Path]:
    """Of a process that was killed the first is dead before the others are."""
    return list(Path(f"/proc/{pid}/task").glob("*"))


def tasks_running() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name in ("task", "minder")]


def test_a_result_comes_back(executor: Executor) -> None:
    assert outcome(executor.submit(Task(tasks.doubled, (21,)), Allowance())) == Done(42)


def test_every_result_belongs_to_its_task_whatever_ends_first(executor: Executor) -> None:
    pauses_s = [0.3, 0.0, 0.2, 0.1, 0.0, 0.15]
    futures = [
        executor.submit(Task(tasks.slowly_doubled, (number, pause_s)), Allowance())
        for number, pause_s in enumerate(pauses_s)
    ]
    assert [outcome(future) for future in futures] == [Done(2 * n) for n in range(len(pauses_s))]


def test_a_failure_is_a_plain_reason(executor: Executor) -> None:
    told = reason(executor.submit(Task(tasks.refused), Allowance()))
    assert told.startswith("ValueError: no ink!!!")
    assert len(told) == 500


def test_the_next_task_does_not_suffer_from_a_failure(executor: Executor) -> None:
    for number in range(3):
        reason(executor.submit(Task(tasks.refused), Allowance()))
        assert outcome(executor.submit(Task(tasks.doubled, (number,)), Allowance())) == Done(
            2 * number
        )


def test_a_task_knows_what_it_has_left(executor: Executor) -> None:
    got = outcome(executor.submit(Task(tasks.left_s), Allowance(50.0)))
    assert isinstance(got, Done)
    assert 20.0 < got.value <= 50.0
    assert outcome(executor.submit(Task(tasks.left_s), Allowance())) == Done(float("inf"))


def test_an_overrun_is_a_failure_that_names_its_stage(executor: Executor, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    outcome(executor.submit(Task(tasks.doubled, (1,)), Allowance()))  # whoever loads has loaded
    future = executor.submit(Task(tasks.drawn_for_ever, (begun,)), Allowance(0.5))
    assert reason(future) == "It took longer than 0.5 s and was stopped while drawing."
    assert not begun.exists(), "it ended in good order"


def test_an_overrun_that_the_task_does_not_notice_is_told_too(tmp_path: Path) -> None:
    for kind in PLACES:
        opened = place(kind, processes=1)
        outcome(opened.submit(Task(tasks.doubled, (1,)), Allowance()))
        start_s, allowance = time.monotonic(), Allowance(0.4)
        future = opened.submit(Task(tasks.stubborn, (tmp_path / kind,)), allowance)
        assert reason(future) == "It took longer than 0.4 s and was stopped while drawing."
        assert time.monotonic() - start_s < 10.0
        assert outcome(opened.submit(Task(tasks.doubled, (2,)), Allowance())) == Done(4)
        opened.close()


def test_what_nobody_wants_any_more_ends_soon(executor: Executor, tmp_path: Path) -> None:
    begun, allowance = tmp_path / "begun", Allowance(60.0)
    future = executor.submit(Task(tasks.drawn_for_ever, (begun,)), allowance)
    wait_until(begun.exists)
    allowance.end()
    assert reason(future) == "It was stopped while drawing: nobody waits for it any more."


@pytest.mark.parametrize("ended", [True, False])
def test_what_has_nothing_left_is_not_begun(
    ended: bool, executor: Executor, tmp_path: Path
) -> None:
    allowance = Allowance(60.0 if ended else 0.0)
    if ended:
        allowance.end()
    reason(executor.submit(Task(tasks.noted, (tmp_path, "begun", 0.0)), allowance))
    assert not (tmp_path / "begun").exists()


@pytest.mark.parametrize("kind", PLACES)
def test_nothing_runs_on_after_it_was_closed(kind: str, tmp_path: Path) -> None:
    before = set(children_of(os.getpid()))
    threads = len(tasks_running())
    opened, begun = place(kind), [tmp_path / "first", tmp_path / "second"]
    futures = [opened.submit(Task(tasks.drawn_for_ever, (one,)), Allowance()) for one in begun]
    wait_until(lambda: all(one.exists() for one in begun))
    opened.close()
    for future in futures:
        assert "nobody waits for it" in reason(future)
    assert len(tasks_running()) <= threads
    assert not set(children_of(os.getpid())) - before


def test_a_child_that_dies_fails_its_task_and_is_replaced(pool: Pool) -> None:
    first = outcome(pool.submit(Task(tasks.pid), Allowance()))
    assert first == outcome(pool.submit(Task(tasks.pid), Allowance())), "children stay"
    told = reason(pool.submit(Task(tasks.killed), Allowance()))
    assert told == "Its process was killed by SIGKILL while drawing."
    assert outcome(pool.submit(Task(tasks.pid), Allowance())) != first


def test_a_child_that_is_killed_between_two_tasks_is_replaced(pool: Pool) -> None:
    got = outcome(pool.submit(Task(tasks.pid), Allowance()))
    assert isinstance(got, Done)
    os.kill(got.value, 9)
    wait_until(lambda: not is_alive(got.value) and len(threads_of(got.value)) < 2)
    assert isinstance(outcome(pool.submit(Task(tasks.pid), Allowance())), Done)


def test_a_child_that_ends_itself_says_how(pool: Pool) -> None:
    told = reason(pool.submit(Task(tasks.ended), Allowance()))
    assert told == "Its process ended with status 3 while beginning."


def test_what_cannot_be_sent_is_a_failure_and_costs_no_child(pool: Pool) -> None:
    first = outcome(pool.submit(Task(tasks.pid), Allowance()))
    told = reason(pool.submit(Task(lambda allowance: 1), Allowance()))
    assert told.startswith("It cannot be sent to another process")
    told = reason(pool.submit(Task(tasks.unsendable), Allowance()))
    assert told.startswith("Its result cannot be sent to another process")
    assert outcome(pool.submit(Task(tasks.pid), Allowance())) == first


def test_a_child_has_limits(pool: Pool) -> None:
    assert outcome(pool.submit(Task(tasks.greedy, (300,)), Allowance())) == Done(300_000_000)
    assert reason(pool.submit(Task(tasks.greedy, (1200,)), Allowance())).startswith("MemoryError")


def test_tasks_begin_in_the_order_in_which_they_came(pool: Pool, tmp_path: Path) -> None:
    names = [str(number) for number in range(6)]
    futures = [pool.submit(Task(tasks.noted, (tmp_path, one, 0.02)), Allowance()) for one in names]
    assert [outcome(future) for future in futures] == [Done(one) for one in names]
    begun_s = [float((tmp_path / one).read_text()) for one in names]
    assert begun_s == sorted(begun_s)
