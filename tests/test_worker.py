"""The worker: what it makes is kept once, whatever fails, hangs, is stopped or killed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import tasks
from conftest import wait_until
from stores import Store
from wishes import made, wish

from reelwright.allowance import Allowance
from reelwright.cache.asks import Asks
from reelwright.cache.renders import RenderRow, Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import Stock
from reelwright.config import CacheConfig
from reelwright.domain import Made, Wish
from reelwright.engine import worker as worker_module
from reelwright.engine.pool import Pool
from reelwright.engine.worker import Make, Worker, work_together
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy, Database
from reelwright.storage.videos import Videos

CONFIG = CacheConfig(lease_s=20.0, attempts=3)
TESTS = Path(__file__).parent


@pytest.fixture
def renders(db: Database) -> Renders:
    return Renders(db, CONFIG)


def ask(db: Database, *wishes: Wish) -> None:
    asks = Asks(db, CONFIG)
    for one in wishes:
        asks.ask(one, one.key, viewer="viewer", priority=0.5, now_s=0.0)


def worker_of(
    renders: Renders,
    make: Make,
    *,
    clock: Callable[[], float] = time.monotonic,
    config: CacheConfig = CONFIG,
) -> Worker:
    return Worker(renders, make, clock, "ann", config)


def well(one: Wish, now_s: float, allowance: Allowance) -> Made:
    return made(one)


def row(renders: Renders, one: Wish) -> RenderRow:
    found = renders.get(one.key)
    assert found is not None
    return found


def slowly(one: Wish, now_s: float, allowance: Allowance) -> Made:
    time.sleep(0.25)
    return made(one)


def test_a_wish_is_made_and_kept(db: Database, renders: Renders) -> None:
    ask(db, wish())
    given: list[tuple[Wish, float]] = []

    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        given.append((one, now_s))
        return made(one)

    worker = worker_of(renders, make, clock=lambda: 12.0)
    assert worker.run_once()
    assert given == [(wish(), 12.0)]
    assert row(renders, wish()).state == RenderState.DONE
    assert row(renders, wish()).worker == "ann"
    assert Videos(db).sids("a") == {wish().key: wish().sid}
    assert not worker.run_once(), "there is nothing left to do"


def test_a_failure_is_told_and_the_next_wish_is_made(
    db: Database, renders: Renders, caplog: pytest.LogCaptureFixture
) -> None:
    ask(db, wish(1), wish(2))

    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        if one == wish(1):
            raise ValueError("no ink" + "!" * 1000)
        return made(one)

    worker = worker_of(renders, make)
    while worker.run_once():
        pass
    failed = row(renders, wish(1))
    assert (failed.state, failed.attempts) == (RenderState.FAILED, 3)
    assert failed.reason.startswith("ValueError: no ink!!!")
    assert len(failed.reason) == 500
    assert row(renders, wish(2)).state == RenderState.DONE
    assert "Traceback" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_making_that_ends_its_thread_is_a_failure_too(db: Database, renders: Renders) -> None:
    ask(db, wish())
    worker_of(renders, lambda one, now_s, allowance: sys.exit(1)).run_once()
    assert row(renders, wish()).reason == "It ended without a result."


def test_a_making_longer_than_its_lease_keeps_its_claim(db: Database) -> None:
    config = replace(CONFIG, lease_s=0.4)
    renders = Renders(db, config)
    ask(db, wish())
    thefts = []

    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        for _ in range(10):
            time.sleep(0.1)
            thefts.append(renders.claim("thief", time.monotonic()))
        return made(one)

    assert worker_of(renders, make, config=config).run_once()
    assert thefts == [None] * 10
    assert row(renders, wish()).state == RenderState.DONE


def test_a_lost_claim_is_noticed_and_its_result_dropped(
    db: Database, renders: Renders, caplog: pytest.LogCaptureFixture
) -> None:
    """The clock leaps, as a laptop's does that was asleep; another worker takes over meanwhile."""
    ask(db, wish())
    now_s = [0.0]
    other = Worker(
        renders,
        lambda one, at_s, allowance: made(one, title="other"),
        lambda: now_s[0],
        "bob",
        CONFIG,
    )

    def make(one: Wish, at_s: float, allowance: Allowance) -> Made:
        now_s[0] = 100.0
        assert other.run_once()
        return made(one, title="ours")

    worker_of(renders, make, clock=lambda: now_s[0]).run_once()
    assert [video.title for video in Videos(db).all()] == ["other"]
    assert row(renders, wish()).worker == "bob"
    assert "ann lost its claim" in caplog.text


def test_a_beat_that_finds_the_claim_lost_is_the_last(
    db: Database, renders: Renders, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(db, wish())
    beats = []
    over = threading.Event()

    def lost(*_: object) -> bool:
        beats.append(1)
        threading.Timer(0.3, over.set).start()
        return False

    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        over.wait()
        return made(one)

    monkeypatch.setattr(renders, "beat", lost)
    worker_of(renders, make, config=replace(CONFIG, lease_s=0.01)).run_once()
    assert beats == [1]
    assert Videos(db).all() == []


def test_a_wish_that_is_buried_is_not_made_to_its_end(
    db: Database, renders: Renders, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At the next beat its making is told that nobody waits for it any more."""
    ask(db, wish())
    begun = tmp_path / "begun"
    make = partial(tasks.made_for_ever, begun)
    worker = worker_of(renders, make, config=replace(CONFIG, lease_s=0.9))
    working = threading.Thread(target=worker.run_once)
    working.start()
    wait_until(begun.exists)
    Stock(db, Blobs(tmp_path / "blobs"), CONFIG).bury(wish().key, "unkind", 0.0)
    working.join(10.0)
    assert not working.is_alive()
    assert not begun.exists(), "it ended in good order"
    assert row(renders, wish()).state == RenderState.BURIED
    assert "ann lost its claim" in caplog.text


def test_a_making_that_takes_too_long_is_a_failure_that_names_its_stage(
    db: Database, renders: Renders, tmp_path: Path
) -> None:
    ask(db, wish(1))
    make = partial(tasks.made_for_ever, tmp_path / "begun")
    assert Worker(renders, make, time.monotonic, "ann", CONFIG, make_s=0.2).run_once()
    failed = row(renders, wish(1))
    assert (failed.state, failed.attempts) == (RenderState.PENDING, 1)
    assert failed.reason == "It took longer than 0.2 s and was stopped while drawing."


def test_a_pool_of_processes_makes_what_is_wished_for_whoever_of_it_is_killed(
    store: Store, db: Database, tmp_path: Path
) -> None:
    """Two workers, two processes: one of these is killed while it makes, and another takes over."""
    renders, wishes = Renders(db, CONFIG), [wish(number) for number in range(6)]
    ask(db, *wishes)
    pool, stop = Pool(2), threading.Event()
    make = partial(tasks.made_slowly, tmp_path)
    crew = [Worker(renders, make, time.monotonic, name, CONFIG, executor=pool) for name in "ab"]
    working = threading.Thread(target=work_together, args=(crew, stop), kwargs={"idle_s": 0.02})
    working.start()
    begun = tmp_path / wish(0).key
    try:
        wait_until(lambda: begun.exists() and bool(begun.read_text()))
        os.kill(int(begun.read_text()), signal.SIGKILL)
        wait_until(lambda: renders.counts()[RenderState.DONE] == len(wishes))
    finally:
        stop.set()
        working.join(20.0)
        pool.close()
    assert not working.is_alive()
    assert sorted(video.wish for video in Videos(db).all()) == sorted(one.key for one in wishes)
    assert sorted(row(renders, one).attempts for one in wishes) == [1, 1, 1, 1, 1, 2]


def test_when_one_of_several_breaks_all_end_and_it_is_told(renders: Renders) -> None:
    def broken(now_s: float) -> None:
        raise RuntimeError("no disk")

    sound = worker_of(renders, well)
    unsound = Worker(renders, well, time.monotonic, "bob", CONFIG, reconcile=broken)
    stop = threading.Event()
    with pytest.raises(RuntimeError, match="no disk"):
        work_together([sound, unsound], stop, idle_s=0.01)
    assert stop.is_set()


def test_a_store_that_is_busy_is_waited_for(
    db: Database, renders: Renders, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(db, wish())
    worker = worker_of(renders, well)

    def busy(*_: object) -> None:
        raise Busy("locked")

    with monkeypatch.context() as patch:
        patch.setattr(renders, "claim", busy)
        assert not worker.run_once()
    with monkeypatch.context() as patch:
        patch.setattr(renders, "beat", busy)
        assert worker_of(renders, slowly, config=replace(CONFIG, lease_s=0.1)).run_once()
    assert row(renders, wish()).state == RenderState.DONE


def test_it_works_until_it_is_stopped(db: Database, renders: Renders) -> None:
    ask(db, wish(1), wish(2))
    stop = threading.Event()
    working = threading.Thread(
        target=worker_of(renders, well).run, args=(stop,), kwargs={"idle_s": 0.01}
    )
    working.start()
    while renders.counts()[RenderState.DONE] < 2:
        time.sleep(0.01)
    ask(db, wish(3))  # while it idles
    while renders.counts()[RenderState.DONE] < 3:
        time.sleep(0.01)
    stop.set()
    working.join(timeout=5)
    assert not working.is_alive()


def test_a_stop_lets_what_is_nearly_done_be_done(db: Database, renders: Renders) -> None:
    ask(db, wish(1), wish(2))
    stop = threading.Event()

    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        stop.set()
        time.sleep(0.2)
        return made(one)

    worker_of(renders, make).run(stop, idle_s=1.0)
    assert renders.counts()[RenderState.DONE] == 1
    assert renders.counts()[RenderState.PENDING] == 1, "and nothing new is begun"


def test_a_stop_leaves_what_takes_too_long_to_another(
    db: Database, renders: Renders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "GRACE_S", 0.15)
    ask(db, wish())
    stop, release, now_s = threading.Event(), threading.Event(), [0.0]

    def make(one: Wish, at_s: float, allowance: Allowance) -> Made:
        stop.set()
        release.wait()
        return made(one)

    worker_of(renders, make, clock=lambda: now_s[0]).run(stop, idle_s=1.0)
    assert row(renders, wish()).state == RenderState.MAKING
    release.set()
    now_s[0] = 21.0
    assert worker_of(renders, well, clock=lambda: now_s[0]).run_once()
    assert (row(renders, wish()).state, row(renders, wish()).attempts) == (RenderState.DONE, 2)


CHILD = """
import sys, time
from pathlib import Path
from reelwright.cache.renders import Renders
from reelwright.config import CacheConfig, StorageConfig
from reelwright.engine.worker import Worker, stopped_by_signals
from reelwright.storage.database import Database
from wishes import made

config = CacheConfig(lease_s=float(sys.argv[3]), attempts=99)

def make(wish, now_s, allowance):
    print("making", flush=True)
    time.sleep(float(sys.argv[4]))
    return made(wish)

stop = stopped_by_signals()
with Database.open(Path(sys.argv[1]), config=StorageConfig(url=sys.argv[2])) as db:
    print("ready", flush=True)
    Worker(Renders(db, config), make, time.time, "child", config).run(stop, idle_s=0.02)
"""


def start(store: Store, *, lease_s: float, make_s: float) -> "subprocess.Popen[str]":
    """A worker process that is about to make something."""
    paths = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    command = [sys.executable, "-c", CHILD, *store.words, str(lease_s), str(make_s)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=paths, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def start_making(store: Store, *, lease_s: float, make_s: float) -> "subprocess.Popen[str]":
    """A worker process that is in the middle of it."""
    child = start(store, lease_s=lease_s, make_s=make_s)
    assert child.stdout is not None
    assert child.stdout.readline() == "making\n"
    return child


def test_a_wish_whose_worker_is_killed_is_made_once(store: Store, db: Database) -> None:
    """Killed in the middle of making, twice; a third worker ends it."""
    config = CacheConfig(lease_s=0.3, attempts=99)
    renders = Renders(db, config)
    ask(db, wish())
    for _ in range(2):
        with start_making(store, lease_s=0.3, make_s=60.0) as child:
            child.kill()
    assert row(renders, wish()).state == RenderState.MAKING
    worker = worker_of(renders, well, clock=time.time, config=config)
    while row(renders, wish()).state != RenderState.DONE:
        worker.run_once()
        time.sleep(0.02)
    assert not worker.run_once()
    assert [video.wish for video in Videos(db).all()] == [wish().key]
    assert row(renders, wish()).attempts == 3


def test_a_worker_process_ends_well_when_it_is_asked_to(store: Store, db: Database) -> None:
    ask(db, wish(1), wish(2))
    with start_making(store, lease_s=20.0, make_s=0.3) as child:
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=20) == 0
    counts = Renders(db, CONFIG).counts()
    assert (counts[RenderState.DONE], counts[RenderState.PENDING]) == (1, 1)


@pytest.mark.slow
def test_thirty_kills_of_four_workers_lose_and_double_nothing(store: Store, db: Database) -> None:
    chance, wishes = random.Random(5), [wish(num) for num in range(120)]
    renders = Renders(db, CacheConfig(lease_s=0.5, attempts=99))
    ask(db, *wishes)
    children = [start(store, lease_s=0.5, make_s=0.2) for _ in range(4)]
    try:
        for _ in range(30):
            time.sleep(chance.uniform(0.0, 0.3))
            with children.pop(chance.randrange(4)) as child:
                child.kill()
            children.append(start(store, lease_s=0.5, make_s=0.2))
        while renders.counts()[RenderState.DONE] < len(wishes):
            time.sleep(0.1)
    finally:
        for child in children:
            with child:
                child.kill()
    assert sorted(video.wish for video in Videos(db).all()) == sorted(one.key for one in wishes)
    assert max(row(renders, one).attempts for one in wishes) > 1, "some were hit"
