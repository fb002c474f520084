"""The event log: what it acknowledged is there, once, however the program ends."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from stores import Store

from reelwright.config import StorageConfig
from reelwright.domain import Event, EventKind, Impression, Way
from reelwright.errors import ReelwrightError
from reelwright.storage.database import Busy, Database
from reelwright.storage.events import EventLog
from reelwright.storage.schema import events, impressions

CONFIG = StorageConfig()
ROOT = Path(__file__).parent.parent


@pytest.fixture
def log(db: Database) -> Iterator[EventLog]:
    event_log = EventLog(db, CONFIG)
    yield event_log
    event_log.close()


def event(id_: str, *, viewer: str = "ada", at_s: float = 0.0, video: str = "v") -> Event:
    return Event(id=id_, viewer=viewer, video=video, kind=EventKind.LIKE, at_s=at_s)


def impression(id_: str, *, viewer: str = "ada", at_s: float = 0.0, video: str = "v") -> Impression:
    return Impression(
        id=id_,
        viewer=viewer,
        video=video,
        wish="w",
        way=Way.NEAREST,
        probability=0.25,
        position=1,
        at_s=at_s,
    )


def test_an_event_reads_back_as_it_was(log: EventLog) -> None:
    bought = Event(
        id="1", viewer="åse", video="v", kind=EventKind.BUY, at_s=1e9, value=9.5, impression="i"
    )
    assert log.append([bought]).result() == 1
    assert log.of("åse", 10) == [bought]
    assert log.after(0, 10) == [(1, bought)]


def test_an_impression_is_kept_with_all_that_the_choice_depended_on(
    db: Database, log: EventLog
) -> None:
    assert log.impress([impression("i", at_s=5.0)]).result() == 1
    with db.read() as connection:
        row = connection.execute(select(impressions).where(db.own(impressions))).one()
    assert row._mapping == {
        "seq": 1,
        "tenant": "main",
        "id": "i",
        "viewer": "ada",
        "video": "v",
        "wish": "w",
        "way": "nearest",
        "probability": 0.25,
        "position": 1,
        "at_s": 5.0,
    }


def test_an_id_is_kept_once_wherever_it_comes_again(log: EventLog) -> None:
    assert log.append([event("1"), event("2"), event("1")]).result() == 2
    assert log.append([event("2"), event("3")]).result() == 1
    assert [found.id for _, found in log.after(0, 10)] == ["1", "2", "3"]


def test_an_id_that_comes_twice_in_one_commit_is_new_once(db: Database, log: EventLog) -> None:
    with db.write():  # holds the pen, so that all three gather
        futures = [log.append([event("1"), event(str(num))]) for num in (2, 3)]
        futures.append(log.append([event("1")]))
    assert [future.result() for future in futures] == [2, 1, 0]


def test_nothing_is_done_for_nothing(log: EventLog) -> None:
    assert log.append([]).result() == 0
    assert log.impress([]).result() == 0


def test_a_history_is_the_newest_part_oldest_first(log: EventLog) -> None:
    times = [5.0, 1.0, 3.0, 3.0, 2.0]
    log.append([event(f"{num}", at_s=at_s) for num, at_s in enumerate(times)]).result()
    log.append([event("other", viewer="bob", at_s=4.0)]).result()
    assert [found.id for found in log.of("ada", 3)] == ["2", "3", "0"]
    assert [found.id for found in log.of("ada", 50)] == ["1", "4", "2", "3", "0"]
    assert log.of("nobody", 3) == []


def test_the_log_is_read_on_from_where_one_was(log: EventLog) -> None:
    log.append([event(f"{num}") for num in range(5)]).result()
    first = log.after(0, 2)
    rest = log.after(first[-1][0], 100)
    assert [found.id for _, found in first + rest] == ["0", "1", "2", "3", "4"]
    assert log.after(rest[-1][0], 10) == []


def test_who_reads_on_misses_nothing_however_many_write(store: Store, db: Database) -> None:
    """Numbers are drawn before commits, so without order a late commit would slip in behind."""
    with contextlib.ExitStack() as stack:
        logs = []
        for _ in range(4):
            other = stack.enter_context(store.open())
            logs.append(stack.enter_context(contextlib.closing(EventLog(other, CONFIG))))
        reader = stack.enter_context(contextlib.closing(EventLog(db, CONFIG)))
        futures = [
            log.append([event(f"{writer}-{num}")])
            for num in range(40)
            for writer, log in enumerate(logs)
        ]
        found: list[tuple[int, Event]] = []
        while not all(future.done() for future in futures):
            found += reader.after(found[-1][0] if found else 0, 1000)
        found += reader.after(found[-1][0] if found else 0, 1000)
    seen = [one.id for _, one in found]
    assert sorted(seen) == sorted(f"{writer}-{num}" for writer in range(4) for num in range(40))


def test_everybody_who_did_something_is_known(log: EventLog) -> None:
    log.append([event("1", viewer="bob"), event("2"), event("3", viewer="bob")]).result()
    log.impress([impression("i", viewer="eve")]).result()
    assert log.viewers() == ["ada", "bob"]


def test_what_was_shown_is_known_since_a_time(log: EventLog) -> None:
    log.impress(
        [impression(f"{at_s}", at_s=at_s, video=f"v{at_s:.0f}") for at_s in (1.0, 2.0, 3.0)]
    )
    log.impress([impression("other", viewer="bob", at_s=9.0, video="v9")]).result()
    assert log.shown("ada", since_s=2.0) == {"v2", "v3"}
    assert log.shown("nobody", since_s=0.0) == frozenset()


def test_what_was_shown_is_known_before_it_is_committed(db: Database, log: EventLog) -> None:
    with db.write():  # nothing can be committed meanwhile
        future = log.impress([impression("1", at_s=1.0, video="a"), impression("2", at_s=2.0)])
        assert log.shown("ada", since_s=0.0) == {"a", "v"}
        assert log.shown("ada", since_s=1.5) == {"v"}
        assert not future.done()
    assert future.result() == 2
    assert log.shown("ada", since_s=0.0) == {"a", "v"}
    log.close()
    assert not log._shown, "what is committed is not remembered twice"


def test_many_clients_share_a_commit(store: Store, db: Database, log: EventLog) -> None:
    """Each thread's events are all there, and far fewer commits than events were needed."""
    store.commits.clear()
    with db.write():
        futures = [log.append([event(f"{num}")]) for num in range(300)]
    assert sum(future.result() for future in futures) == 300
    assert len(store.commits) <= 3


def test_only_what_is_acknowledged_waits_for_the_disk(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited, write = [], db.write

    def writing(*, durable: bool) -> AbstractContextManager[Connection]:
        waited.append(durable)
        return write(durable=durable)

    monkeypatch.setattr(db, "write", writing)
    log = EventLog(db, CONFIG)
    log.append([event("1")]).result()
    log.impress([impression("i")]).result()
    log.close()
    assert waited == [True, False]


def test_a_commit_holds_at_most_one_batch_too_many(store: Store) -> None:
    """Events handed in together are never torn apart, even when they are more than a batch."""
    config = replace(CONFIG, max_batch=2, max_waiting=5)
    with store.open(config) as db:
        log = EventLog(db, config)
        assert log.append([event(f"{num}") for num in range(50)]).result() == 50
        log.close()


def test_too_much_at_once_is_turned_away_and_not_kept(store: Store) -> None:
    config = replace(CONFIG, max_waiting=3)
    with store.open(config) as db:
        log = EventLog(db, config)
        with db.write():
            futures = [log.append([event("1"), event("2")]), log.append([event("3")])]
            with pytest.raises(Busy, match="3 events wait") as caught:
                log.append([event("4")])
            assert caught.value.retry_after_s > 0
        assert [future.result() for future in futures] == [2, 1]
        assert log.append([event("4")]).result() == 1, "there is room again"
        log.close()


def test_closing_keeps_what_was_taken_and_takes_no_more(db: Database) -> None:
    log = EventLog(db, CONFIG)
    with db.write():
        futures = [log.append([event(f"{num}")]) for num in range(20)]
        closing = threading.Thread(target=log.close)
        closing.start()
    closing.join()
    assert all(future.result(timeout=0) == 1 for future in futures)
    with pytest.raises(Busy, match="closed"):
        log.append([event("late")])
    log.close()  # a second time does no harm


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (replace(event("1"), value=float("nan")), "value is nan"),
        (replace(event("1"), at_s=float("inf")), "at_s is inf"),
        (event("\ud800"), "not text"),
        (event("1\0"), "not text"),
    ],
)
def test_an_event_that_would_spoil_its_commit_is_refused(
    log: EventLog, bad: Event, says: str
) -> None:
    with pytest.raises(ReelwrightError, match=says):
        log.append([event("2"), bad])
    assert log.after(0, 10) == []


def test_a_store_that_cannot_be_written_to_is_an_answer_and_not_the_end(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    config = replace(CONFIG, busy_timeout_s=0.05)
    with store.open() as other, store.open(config) as db:
        log = EventLog(db, config)
        with other.write():
            for future in (log.append([event("1")]), log.impress([impression("i")])):
                with pytest.raises(Busy):
                    future.result()
            assert len(caplog.records) == 1, "an outage is told once"
        assert log.append([event("1")]).result() == 1
        assert "kept again; 2 batches" in caplog.messages[-1]
        assert log.shown("ada", since_s=0.0) == frozenset()
        log.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_when_the_writer_fails_nobody_waits_for_ever(db: Database) -> None:
    """A table that refuses every row stands for any mistake of ours."""
    with db.write() as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME COLUMN value TO oops")
    log = EventLog(db, CONFIG)
    with db.write():
        futures = [log.append([event("1")]), log.append([event("2")])]
    for future in futures:
        with pytest.raises(Busy, match="writer has failed"):
            future.result(timeout=5)
    log._thread.join()
    with pytest.raises(Busy, match="writer has failed"):
        log.append([event("3")])
    log.close()


CHILD = """
import os, sys, threading
from pathlib import Path
from reelwright.config import StorageConfig
from reelwright.domain import Event, EventKind
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog

folder, url, run = Path(sys.argv[1]), *sys.argv[2:]
log = EventLog(Database.open(folder, config=StorageConfig(url=url)), StorageConfig())

def client(name):
    for num in range(1_000_000):
        event = Event(id=f"{run}-{name}-{num}", viewer=f"viewer {name}", video="v",
                      kind=EventKind.PLAY, at_s=num, value=1.0)
        first, again = log.append([event]), log.append([event])  # as an impatient client does
        assert first.result() + again.result() == 1
        os.write(1, f"{event.id}\\n".encode())

for name in range(4):
    threading.Thread(target=client, args=(name,), daemon=True).start()
threading.Event().wait()
"""


def acknowledged_until_killed(store: Store, run: int, after_s: float) -> list[str]:
    """Ids that a child said were safe before it was killed; a torn last line says nothing."""
    command = [sys.executable, "-c", CHILD, *store.words, str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        first = child.stdout.readline()  # it has begun
        time.sleep(after_s)
        os.kill(child.pid, signal.SIGKILL)
        *whole, _ = (first + child.stdout.read()).decode().split("\n")
    return whole


def all_that_was_acknowledged_is_there_once(store: Store, *, kills: int) -> int:
    chance = random.Random(kills)
    promised: list[str] = []
    for run in range(kills):
        promised += acknowledged_until_killed(store, run, chance.uniform(0.0, 0.15))
    with store.open() as db, db.read() as connection:
        own = select(events.c.id).where(db.own(events))
        ids = connection.execute(own).scalars().all()
    kept, num_rows = set(ids), len(ids)
    assert store.is_sound()
    assert not set(promised) - kept, "acknowledged and lost"
    assert num_rows == len(kept), "kept twice"
    assert num_rows <= len(promised) + 4 * kills, "at most one in flight a client and kill"
    return len(promised)


def test_nothing_acknowledged_is_lost_by_a_kill(store: Store) -> None:
    assert all_that_was_acknowledged_is_there_once(store, kills=3) > 3


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_fifty_kills(store: Store) -> None:
    assert all_that_was_acknowledged_is_there_once(store, kills=50) > 1000
