"""Truth on a server: its address, what it is asked to promise, and what happens when it is gone."""

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from stores import Schemas

from reelwright.bench import postgres
from reelwright.bench.postgres import Postgres
from reelwright.config import StorageConfig
from reelwright.domain import Event, EventKind
from reelwright.errors import ReelwrightError
from reelwright.storage.database import Busy, Database, is_there
from reelwright.storage.events import EventLog
from reelwright.storage.schema import viewers

NOWHERE = "postgresql://ada:secret@/reelwright?host=/nowhere&password=secret"


@pytest.fixture
def config(schemas: Schemas) -> Iterator[StorageConfig]:
    with schemas.one() as url:
        yield StorageConfig(url=url)


@pytest.fixture
def server(schemas: Schemas) -> Iterator[Postgres]:
    """One that may be killed."""
    with Postgres() as own:
        yield own


def add_viewer(connection: Connection, name: str, tenant: str = "main") -> None:
    connection.execute(insert(viewers).values(tenant=tenant, id=name, attributes=[]))


def num_viewers(db: Database) -> int:
    with db.read() as connection:
        own = select(func.count()).select_from(viewers).where(db.own(viewers))
        return connection.execute(own).scalar_one()


@pytest.mark.parametrize(("durable", "flush"), [(True, "on"), (False, "off")])
def test_a_transaction_waits_for_the_disk_only_where_that_is_promised(
    tmp_path: Path, config: StorageConfig, durable: bool, flush: str
) -> None:
    with Database.open(tmp_path, config=config) as db:
        for turn in (not durable, durable):
            with db.write(durable=turn) as connection:
                said = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
        assert said == flush
        with db.read() as connection:
            said = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
        assert said == "on", "it ended with its transaction"


def test_a_writer_sees_what_was_committed_while_it_waited(
    tmp_path: Path, config: StorageConfig
) -> None:
    """Also where the server's default is one moment for a whole transaction."""
    strict = "-c%20default_transaction_isolation%3Dserializable%20-c%20search_path"
    config = replace(config, url=config.url.replace("-csearch_path", strict))
    with Database.open(tmp_path, config=config) as db, Database.open(tmp_path, config=config) as it:
        waiting = threading.Thread(target=_count_and_add, args=(it,))
        with db.write() as connection:
            waiting.start()
            time.sleep(0.3)
            add_viewer(connection, "0")
        waiting.join()
        assert num_viewers(db) == 2


def _count_and_add(db: Database) -> None:
    """Named by the number that it sees, so that one seen too few meets a name that is taken."""
    with db.write() as connection:
        own = select(func.count()).select_from(viewers).where(db.own(viewers))
        add_viewer(connection, str(connection.execute(own).scalar_one()))


def test_a_reader_can_write_nothing(tmp_path: Path, config: StorageConfig) -> None:
    with (
        Database.open(tmp_path, config=config) as db,
        pytest.raises(Busy, match="read-only"),
        db.read() as connection,
    ):
        add_viewer(connection, "ada")


def test_tenants_do_not_wait_for_each_other(tmp_path: Path, config: StorageConfig) -> None:
    impatient = replace(config, busy_timeout_s=0.1)
    with (
        Database.open(tmp_path, config=impatient) as ours,
        Database.open(tmp_path, config=impatient, tenant="other") as theirs,
        ours.write() as connection,
    ):
        add_viewer(connection, "ada")
        with theirs.write() as writing:
            add_viewer(writing, "ada", "other")
        assert (num_viewers(ours), num_viewers(theirs)) == (0, 1)


def test_a_writer_that_stands_still_is_put_out(
    tmp_path: Path, config: StorageConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.storage.postgres.FORGOTTEN_S", 1)

    def stand_still(still: Database, db: Database) -> None:
        with still.write() as standing:
            add_viewer(standing, "ada")
            with db.write() as connection:  # waits until the other was put out
                add_viewer(connection, "bob")

    with (
        Database.open(tmp_path, config=config) as still,
        Database.open(tmp_path, config=config) as db,
    ):
        with pytest.raises(Busy):
            stand_still(still, db)
        assert num_viewers(db) == 1


def test_nothing_of_an_address_is_told_but_where_it_leads(tmp_path: Path) -> None:
    config = StorageConfig(url=NOWHERE, busy_timeout_s=2.0)
    for attempt in (Database.open, is_there):
        with pytest.raises(ReelwrightError) as caught:
            attempt(tmp_path, config=config)
        said = str(caught.value)
        assert "The PostgreSQL database reelwright at this machine cannot be used" in said
        assert "secret" not in said + repr(config)
        assert "\n" not in said


def test_an_address_that_is_none_is_refused_without_telling_it(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"storage\.url is not an address") as caught:
        Database.open(tmp_path, config=StorageConfig(url="postgresql://ada:secret@host:no/x"))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_where_the_driver_is_missing_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'")

    monkeypatch.setattr("reelwright.storage.postgres.create_engine", missing)
    with pytest.raises(ReelwrightError, match="driver of PostgreSQL is not installed") as caught:
        Database.open(tmp_path, config=StorageConfig(url=NOWHERE))
    assert 'pip install "reelwright[postgres]"' in caught.value.hint


def test_an_empty_database_is_one_where_nobody_was(tmp_path: Path, config: StorageConfig) -> None:
    assert not is_there(tmp_path, config=config)
    Database.open(tmp_path, config=config).close()
    assert is_there(tmp_path, config=config)
    assert not list(tmp_path.iterdir()), "no file is made beside it"


def test_a_server_that_is_gone_is_busy_and_back_when_it_is_back(
    tmp_path: Path, server: Postgres
) -> None:
    """Killed in the middle: what was acknowledged is there, and nothing else was promised."""
    config = StorageConfig(url=server.url)
    with Database.open(tmp_path, config=config) as db:
        log = EventLog(db, config)
        events = [
            Event(id=str(num), viewer="ada", video="v", kind=EventKind.LIKE, at_s=0.0)
            for num in range(3)
        ]
        log.append(events[:1]).result()
        server.kill(signal.SIGKILL)
        for attempt in (db.version, lambda: num_viewers(db), log.append(events[1:2]).result):
            with pytest.raises(Busy) as caught:
                attempt()
            assert caught.value.retry_after_s > 0
        server.start()
        for _ in range(2):  # what was open is found broken once
            try:
                db.version(), num_viewers(db), log.append(events[1:]).result()
            except Busy:
                continue
        assert [event.id for _, event in log.after(0, 10)] == ["0", "1", "2"]
        log.close()


def test_what_is_missing_here_is_missed_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_programs", lambda: None)
    assert not postgres.is_here()
    with pytest.raises(ReelwrightError, match="no PostgreSQL here"), Postgres():
        pass
