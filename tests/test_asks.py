"""Asking: one row for one wish, however many threads and processes ask."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from stores import Store
from wishes import wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import RenderRow, Renders
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig, StorageConfig
from reelwright.domain import Wish
from reelwright.storage.database import Database
from reelwright.storage.schema import wanters

AT_ONCE = CacheConfig(ask_every_s=0.0)
SLOWLY = CacheConfig(ask_every_s=1.0)
TESTS = Path(__file__).parent


def ask(asks: Asks, one: Wish, *, priority: float = 0.25, now_s: float = 0.0) -> bool:
    return asks.ask(one, one.key, viewer="viewer", priority=priority, now_s=now_s)


def row(db: Database, one: Wish) -> RenderRow:
    found = Renders(db, AT_ONCE).get(one.key)
    assert found is not None
    return found


def test_the_first_to_ask_creates_the_row(db: Database) -> None:
    asks = Asks(db, AT_ONCE)
    assert ask(asks, wish(), now_s=5.0)
    found = row(db, wish())
    assert found.wish == wish()
    assert (found.state, found.asked, found.asked_s) == (RenderState.PENDING, 1, 5.0)
    assert (found.priority, found.attempts, found.video) == (0.25, 0, None)


def test_asking_again_creates_nothing_and_raises_the_priority(db: Database) -> None:
    for asks in (Asks(db, AT_ONCE), Asks(db, AT_ONCE)):  # as two processes would
        ask(asks, wish())
        assert not ask(asks, wish())
    found = row(db, wish())
    assert (found.asked, found.priority) == (4, 1.0)
    assert Renders(db, AT_ONCE).counts()[RenderState.PENDING] == 1


def test_a_second_process_is_told_that_it_was_not_the_first(db: Database) -> None:
    assert ask(Asks(db, AT_ONCE), wish())
    assert not ask(Asks(db, AT_ONCE), wish())


def test_asking_again_is_gathered_and_written_now_and_then(db: Database) -> None:
    asks = Asks(db, SLOWLY)
    ask(asks, wish(), now_s=0.0)
    version = db.version()
    for _ in range(10):
        ask(asks, wish(), now_s=0.5)
    assert db.version() == version, "costs nothing"
    assert ask(asks, wish(2), now_s=0.6), "what is new does not wait, and takes the rest along"
    assert row(db, wish()).asked == 11
    ask(asks, wish(), now_s=0.7)
    ask(asks, wish(), now_s=1.6)
    assert row(db, wish()).asked == 13


@pytest.mark.parametrize("end", [RenderState.MAKING, RenderState.DONE, RenderState.FAILED])
def test_a_row_that_is_not_pending_stays_as_it_is(db: Database, end: RenderState) -> None:
    asks, renders = Asks(db, AT_ONCE), Renders(db, replace(AT_ONCE, attempts=1))
    ask(asks, wish())
    job = renders.claim("w", 1.0)
    assert job is not None
    if end == RenderState.FAILED:
        renders.fail(job, "no ink", 2.0)
    elif end == RenderState.DONE:
        with db.write() as connection:
            connection.exec_driver_sql("UPDATE renders SET state = 'done' WHERE tenant = 'main'")
    before = row(db, wish())
    assert before.state == end
    assert not ask(asks, wish(), now_s=3.0)
    assert not ask(Asks(db, AT_ONCE), wish(), now_s=4.0)
    assert row(db, wish()) == before


def test_a_store_that_is_busy_is_asked_another_time(store: Store) -> None:
    with store.open() as other, store.open(StorageConfig(busy_timeout_s=0.05)) as db:
        asks = Asks(db, AT_ONCE)
        with other.write():
            assert not ask(asks, wish()), "the feed goes on without"
        assert ask(asks, wish()), "nothing was remembered that is not there"


def stampede(db: Database) -> list[int]:
    """How many of 16 threads were told that they created the row, for each of 50 wishes."""
    asks = Asks(db, SLOWLY)
    created = [0] * 50
    gate = threading.Barrier(16)

    def client() -> None:
        gate.wait()
        for num in range(50):
            if ask(asks, wish(num)):
                created[num] += 1

    threads = [threading.Thread(target=client) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ask(asks, wish(0), now_s=10.0)  # writes down what was still gathered
    return created


def test_a_stampede_makes_one_row_a_wish(db: Database) -> None:
    assert stampede(db) == [1] * 50
    assert Renders(db, AT_ONCE).counts()[RenderState.PENDING] == 50
    assert sum(row(db, wish(num)).asked for num in range(50)) == 16 * 50 + 1


CHILD = """
import sys
from pathlib import Path
from reelwright.config import StorageConfig
from reelwright.storage.database import Database
from reelwright.storage.schema import wanters
from test_asks import stampede

with Database.open(Path(sys.argv[1]), config=StorageConfig(url=sys.argv[2])) as db:
    sys.stdin.read(1)  # the signal to begin
    print(stampede(db))
"""


def test_a_stampede_of_two_processes_makes_one_row_a_wish(store: Store, db: Database) -> None:
    command = [sys.executable, "-c", CHILD, *store.words]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    children = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | paths,
            text=True,
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("x")
        child.stdin.flush()
    told = [json.loads(child.communicate(timeout=60)[0]) for child in children]
    sums = [one + other for one, other in zip(*told, strict=True)]
    assert sums == [1] * 50
    assert Renders(db, AT_ONCE).counts()[RenderState.PENDING] == 50
    assert sum(row(db, wish(num)).asked for num in range(50)) == 2 * (16 * 50 + 1)


def test_a_wish_waits_until_enough_different_viewers_want_it(db: Database) -> None:
    config = replace(AT_ONCE, viewers=3)
    asks, renders = Asks(db, config), Renders(db, config)
    for viewer in ("ann", "ann", "bob", "ann"):
        asks.ask(wish(), wish().key, viewer=viewer, priority=0.25, now_s=0.0)
        assert row(db, wish()).state is RenderState.WANTED
        assert renders.claim("w", 1.0) is None
    others = Asks(db, config)  # as another process
    others.ask(wish(), wish().key, viewer="eve", priority=0.25, now_s=0.0)
    assert (row(db, wish()).state, row(db, wish()).asked) == (RenderState.PENDING, 5)
    assert renders.claim("w", 1.0) is not None


def test_who_wanted_it_is_forgotten_once_it_is_to_be_made(db: Database) -> None:
    asks = Asks(db, replace(AT_ONCE, viewers=2))
    wanted = select(wanters.c.who).where(db.own(wanters))
    asks.ask(wish(), wish().key, viewer="ann", priority=0.25, now_s=0.0)
    asks.ask(wish(2), wish(2).key, viewer="ann", priority=0.25, now_s=0.0)
    with db.read() as connection:
        first, second = connection.execute(wanted).scalars()
    assert "ann" not in first + second
    assert first != second, "nobody can see that it was the same viewer"
    asks.ask(wish(), wish().key, viewer="bob", priority=0.25, now_s=0.0)
    asks.ask(wish(2), wish(2).key, viewer="bob", priority=0.25, now_s=0.0)
    with db.read() as connection:
        assert connection.execute(wanted).all() == []


def test_who_says_that_one_is_enough_need_not_wait_for_others(db: Database) -> None:
    ask(Asks(db, replace(AT_ONCE, viewers=3)), wish())
    assert not ask(Asks(db, AT_ONCE), wish())
    assert row(db, wish()).state is RenderState.PENDING


def test_what_was_wanted_fades_before_more_is_added(db: Database) -> None:
    asks = Asks(db, replace(AT_ONCE, half_life_s=100.0))
    ask(asks, wish(), priority=0.8, now_s=0.0)
    ask(asks, wish(), priority=0.1, now_s=200.0)
    found = row(db, wish())
    assert found.priority == pytest.approx(0.8 / 4 + 0.1)
    assert (found.asked_s, found.wanted_s) == (0.0, 200.0)
    ask(asks, wish(), priority=0.1, now_s=1e9)
    assert row(db, wish()).priority == pytest.approx(0.1), (
        "nothing is left of it, and nothing fails"
    )
    ask(asks, wish(), priority=0.1, now_s=1e9 - 100.0)
    assert row(db, wish()).priority <= 0.2, "a clock that is set back lets nothing grow"
