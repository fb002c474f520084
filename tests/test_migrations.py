"""Migrations: they make exactly the tables that the program uses, once, and never change."""

import hashlib
import json
from contextlib import closing
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import insert, inspect, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from stores import Store
from wishes import made, video, wish

from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig, StorageConfig
from reelwright.domain import Event, EventKind, Traits
from reelwright.errors import ReelwrightError
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database, _keeper
from reelwright.storage.events import EventLog
from reelwright.storage.migrations import MIGRATIONS, WORDS, migrate, take
from reelwright.storage.models import Models
from reelwright.storage.profiles import Profiles
from reelwright.storage.schema import metadata, sids, viewers
from reelwright.storage.videos import Videos

FROZEN = [
    "007000",
    "471fa5",
    "78ef32",
    "cdc866",
    "bf9858",
    "540e5e",
    "c2b103",
    "c03846",
    "2a2c1d",
]  # one a migration that was released; append, never edit
NUMBERS = [name for name in Traits.__dataclass_fields__ if name != "palette"]
TRAITS = Traits(**dict.fromkeys(NUMBERS, 0.5), palette=((1, 2, 3),))


def test_the_tables_are_those_that_the_schema_names(db: Database) -> None:
    with db.read() as connection:
        found = inspect(connection)
        assert set(found.get_table_names()) - {"sqlite_sequence"} == {
            *metadata.tables,
            "migrations",
        }
        for name, table in metadata.tables.items():
            columns = {column["name"]: column for column in found.get_columns(name)}
            assert list(columns) == table.c.keys()
            for column in table.c:
                assert columns[column.name]["nullable"] == column.nullable, f"{name}.{column.name}"
                made, used = columns[column.name]["type"], column.type
                assert made.python_type is used.python_type, f"{name}.{column.name}"
            keys = found.get_pk_constraint(name)["constrained_columns"]
            assert set(keys) == {column.name for column in table.primary_key}


def test_a_second_run_has_nothing_to_do(db: Database) -> None:
    with db.write() as connection:
        assert migrate(connection) == 0


ROWS: dict[str, dict[str, Any]] = {
    "videos": {
        "seq": 7, "id": "a", "title": "Coffee", "film": "f.mp4", "poster": "p.jpg",
        "duration_s": 2.0, "width": 72, "height": 128, "fps": 12.0, "has_sound": True,
        "tags": '["tea"]', "wish": "", "added_s": 5.0, "preview": "", "captions": "",
    },
    "sids": {"seq": 5, "codebook": "c", "video": "a", "sid": "1.2/3.4"},
    "encodings": {
        "encoder": "local", "video": "a", "content": b"", "creative": b"",
        "traits": json.dumps(asdict(TRAITS)),
    },
    "events": {
        "seq": 9, "id": "e", "viewer": "ada", "video": "a", "kind": "like", "at_s": 1.0,
        "value": 2.0, "impression": "i",
    },
    "impressions": {
        "seq": 3, "id": "i", "viewer": "ada", "video": "a", "wish": "w", "way": "exact",
        "probability": 0.5, "position": 1, "at_s": 1.0,
    },
    "viewers": {"id": "ada", "attributes": '[{"name":"n","value":"v","origin":"declared"}]'},
    "renders": {
        "key": wish(1).key, "wish": json.dumps(asdict(wish(1))), "state": "done", "priority": 1.0,
        "asked": 3, "asked_s": 1.0, "attempts": 2, "fence": 2, "worker": "w",
        "lease_until_s": 9.0, "reason": "", "video": "a",
        "manifest": json.dumps(asdict(made(wish(1)).manifest)),
        "blueprint": json.dumps(asdict(made(wish(1)).blueprint)), "ended_s": 8.0, "steps": "[]",
    },
    "models": {
        "seq": 4, "name": "m", "version": "1", "blob": "b", "measures": '{"n": 1.0}', "kept_s": 1.0,
    },
}  # fmt: skip


def released(store: Store, step: int) -> None:
    """The database as the program of that step left it, with a row in every table."""
    keeper = _keeper(store.folder, StorageConfig(url=store.url), "main")
    with keeper.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE migrations (number INTEGER NOT NULL PRIMARY KEY)")
        for number in range(1, step + 1):
            take(connection, number)
        for name, cells in ROWS.items():
            known = {column["name"] for column in inspect(connection).get_columns(name)}
            row = {column: cell for column, cell in cells.items() if column in known}
            row |= {"tenant": "main"} if "tenant" in known else {}
            places = ", ".join(f":{column}" for column in row)
            statement = f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})"
            connection.execute(text(statement), row)
            if "seq" in row and store.url:  # a number that was drawn, not given
                last = f"pg_get_serial_sequence('{name}', 'seq'), {row['seq']}"
                connection.exec_driver_sql(f"SELECT setval({last})")
    keeper.close()
    store.statements.clear()  # the old program knew no tenants


@pytest.mark.parametrize("step", range(1, len(MIGRATIONS) + 1))
def test_what_any_released_program_kept_is_kept(store: Store, step: int) -> None:
    released(store, step)
    with store.open() as db:
        (numbered,) = Videos(db).added_after(0)
        assert (numbered[0], numbered[1].title, numbered[1].tags) == (7, "Coffee", ("tea",))
        assert (numbered[1].preview, numbered[1].captions) == ("", "")
        assert [(seq, str(sid)) for seq, _, sid in Videos(db).named_after("c", 0)] == [
            (5, "1.2/3.4")
        ]
        assert Videos(db).encodings("local")["a"][2] == TRAITS
        assert [attribute.value for attribute in Profiles(db).of("ada")] == ["v"]
        row = Renders(db, CacheConfig()).get(wish(1).key)
        assert row is not None
        assert (row.state, row.asked, row.video) == (RenderState.DONE, 3, "a")
        assert Renders(db, CacheConfig()).blueprint(wish(1).key) == made(wish(1)).blueprint
        assert Renders(db, CacheConfig()).steps(wish(1).key) == ()
        assert Models(db, Blobs(store.folder / "blobs")).measures("m") == {"n": 1.0}
        with closing(EventLog(db, StorageConfig())) as log:
            assert [(seq, event.value) for seq, event in log.after(0, 10)] == [(9, 2.0)]
            assert log.shown("ada", 0.0) == {"a"}


@pytest.mark.parametrize("step", range(1, len(MIGRATIONS) + 1))
def test_numbers_go_on_where_they_were(store: Store, step: int) -> None:
    """Who remembers how far it has read must not meet the same number again."""
    released(store, step)
    like = Event(id="new", viewer="ada", video="a", kind=EventKind.LIKE, at_s=2.0)
    with store.open() as db, closing(EventLog(db, StorageConfig())) as log:
        assert log.append([replace(like, id="e"), like]).result() == 1, "an id is known for ever"
        ((seq, event),) = log.after(9, 10)
        assert seq > 9
        assert event == like
        assert Videos(db).add(video("b"), added_s=1.0)
        assert [one.id for _, one in Videos(db).added_after(7)] == ["b"]


def test_the_promises_between_tables_outlive_the_steps(store: Store) -> None:
    released(store, 1)
    with (
        store.open() as db,
        pytest.raises(IntegrityError),
        db.write() as connection,
    ):
        connection.execute(insert(sids).values(tenant="main", codebook="c", video="no", sid="1"))


def test_what_was_released_is_never_edited() -> None:
    told = ["\n".join(map(str, step)) for step in MIGRATIONS]
    assert [hashlib.sha256(step.encode()).hexdigest()[:6] for step in told] == FROZEN


def test_every_step_can_be_written_for_every_database() -> None:
    for dialect, words in WORDS.items():
        for statement in (statement for step in MIGRATIONS for statement in step):
            told = statement if isinstance(statement, str) else statement.get(dialect, "")
            assert "{" not in told.format(**words)


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg://"])
def test_an_insert_that_may_meet_itself_is_written_for_every_database(url: str) -> None:
    dialect = make_url(url).get_dialect()()
    row = postgresql.insert(viewers).on_conflict_do_nothing(index_elements=["id"])
    text = str(row.returning(viewers.c.id).compile(dialect=dialect))
    assert "ON CONFLICT (id) DO NOTHING RETURNING" in text


def test_a_database_of_a_later_program_is_refused(store: Store) -> None:
    with store.open() as db, db.write() as connection:
        connection.exec_driver_sql("INSERT INTO migrations (number) VALUES (999)")
    with pytest.raises(ReelwrightError, match="of a later version") as caught:
        store.open()
    assert "Upgrade" in caught.value.hint
