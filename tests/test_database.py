"""The database: safe to open, many readers, one writer at a time, in two processes as well."""

import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Select, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from stores import Store

from reelwright.config import StorageConfig
from reelwright.storage.database import Busy, Database
from reelwright.storage.schema import sids, viewers

CONFIG = StorageConfig()
IMPATIENT = replace(CONFIG, busy_timeout_s=0.05)


def add_viewers(connection: Connection, *names: str) -> None:
    for name in names:
        connection.execute(insert(viewers).values(tenant="main", id=name, attributes=[]))


def num_viewers(db: Database) -> int:
    with db.read() as connection:
        return connection.execute(count_of(db)).scalar_one()


def count_of(db: Database) -> Select[int]:
    return select(func.count()).select_from(viewers).where(db.own(viewers))


def test_a_write_is_kept_whole_or_not_at_all(db: Database) -> None:
    with db.write() as connection:
        add_viewers(connection, "ada")
    with pytest.raises(IntegrityError), db.write() as connection:
        add_viewers(connection, "bob", "ada")
    assert num_viewers(db) == 1


def test_what_was_written_is_there_after_reopening(store: Store) -> None:
    for num in range(3):
        with store.open() as db:
            assert num_viewers(db) == num
            with db.write() as connection:
                add_viewers(connection, str(num))


def test_a_row_cannot_point_at_nothing(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as connection:
        connection.execute(
            insert(sids).values(tenant="main", codebook="a", video="none", sid="1/2")
        )


def test_a_reader_sees_one_moment_and_waits_for_nobody(db: Database) -> None:
    count = count_of(db)
    with db.read() as connection:
        assert connection.execute(count).scalar_one() == 0
        with db.write() as writing:
            add_viewers(writing, "ada")
            assert num_viewers(db) == 0, "not committed yet"
        assert connection.execute(count).scalar_one() == 0, "the moment it began with"
    assert num_viewers(db) == 1


def test_what_a_writer_reads_first_still_holds_when_it_writes(db: Database) -> None:
    """Eight threads read and add one: a lost update would show as a smaller sum."""

    def count_up() -> None:
        for _ in range(10):
            with db.write() as connection:
                num = connection.execute(count_of(db)).scalar_one()
                add_viewers(connection, f"{num}")

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert num_viewers(db) == 80


def test_the_version_tells_when_somebody_committed(db: Database) -> None:
    before = db.version()
    assert db.version() == before
    with db.write() as connection:
        add_viewers(connection, "ada")
    after = db.version()
    assert after != before
    num_viewers(db)
    assert db.version() == after, "reading changes nothing"


def test_a_store_may_be_closed_while_somebody_looks_for_news(store: Store) -> None:
    """SQLite's driver takes the whole process down where a connection is closed in mid-question."""
    for _ in range(10):
        with store.open() as db:
            looking = threading.Thread(target=lambda db=db: [db.version() for _ in range(3_000)])
            looking.start()
        looking.join()
        assert db.version() == db.version()


def test_who_waits_too_long_for_the_pen_is_told_to_come_back(store: Store) -> None:
    with store.open(IMPATIENT) as db, db.write() as connection:
        add_viewers(connection, "ada")
        with pytest.raises(Busy, match="Another write"), db.write():
            pass


def test_a_store_locked_by_another_program_is_busy(store: Store) -> None:
    with store.open() as other, store.open(IMPATIENT) as db:
        with other.write():
            with pytest.raises(Busy, match="lock") as caught, db.write():
                pass
            assert caught.value.retry_after_s > 0
            assert num_viewers(db) == 0, "reading goes on"
        with db.write() as connection:
            add_viewers(connection, "ada")


def test_when_all_connections_are_in_use_it_is_busy(store: Store) -> None:
    config = replace(IMPATIENT, connections=2)  # one of them watches
    with store.open(config) as db, db.read():  # noqa: SIM117
        with pytest.raises(Busy, match="in use"), db.read():
            pass


def test_our_own_mistakes_are_not_called_busy(db: Database) -> None:
    with pytest.raises(DBAPIError, match="nowhere"), db.read() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")


WRITER = """
import sys
from pathlib import Path
from sqlalchemy import insert
from reelwright.config import StorageConfig
from reelwright.storage.database import Database
from reelwright.storage.schema import viewers

with Database.open(Path(sys.argv[1]), config=StorageConfig(url=sys.argv[2])) as db:
    for num in range(40):
        with db.write() as connection:
            row = {"tenant": "main", "id": f"{sys.argv[3]}-{num}", "attributes": []}
            connection.execute(insert(viewers), row)
"""


def test_several_processes_make_and_fill_one_database(store: Store) -> None:
    """They also race to create the tables."""
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, *store.words, name])
        for name in ("server", "worker")
    ]
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    with store.open() as db:
        assert num_viewers(db) == 80
    assert store.is_sound()
