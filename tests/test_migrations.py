"""Migrations: they make exactly the tables that the program uses, once, and never change."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, make_url
from sqlalchemy.dialects import postgresql
from wishes import made, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Renders
from reelwright.config import CacheConfig, StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.database import Database
from reelwright.storage.migrations import MIGRATIONS, WORDS, migrate
from reelwright.storage.schema import metadata, viewers
from reelwright.storage.videos import Videos

FROZEN = [
    "007000",
    "471fa5",
    "78ef32",
    "d5e2d9",
    "f6ba7d",
]  # one a migration that was released; append, never edit


def test_the_tables_are_those_that_the_schema_names(tmp_path: Path) -> None:
    with Database.open(tmp_path, config=StorageConfig()) as db, db.read() as connection:
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


def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    with Database.open(tmp_path, config=StorageConfig()) as db, db.write() as connection:
        assert migrate(connection) == 0


def test_a_video_of_an_older_home_has_no_preview_and_no_captions(tmp_path: Path) -> None:
    cells = "'a', 'Coffee', 'f.mp4', 'p.jpg', 2.0, 72, 128, 12.0, true, '[]', '', 5.0"
    with Database.open(tmp_path, config=StorageConfig()) as db:
        with db.write() as connection:
            for column in ("preview", "captions"):
                connection.exec_driver_sql(f"ALTER TABLE videos DROP COLUMN {column}")
            connection.exec_driver_sql("ALTER TABLE renders DROP COLUMN steps")
            _drop_later_tables(connection)
            connection.exec_driver_sql("DELETE FROM migrations WHERE number > 1")
            columns = "id, title, film, poster, duration_s, width, height, fps, has_sound, tags"
            connection.exec_driver_sql(
                f"INSERT INTO videos ({columns}, wish, added_s) VALUES ({cells})"
            )
            assert migrate(connection) == len(MIGRATIONS) - 1
        video = Videos(db).get("a")
        assert video is not None
        assert (video.title, video.preview, video.captions) == ("Coffee", "", "")


def test_a_clip_of_an_older_home_has_its_plan_and_no_steps(tmp_path: Path) -> None:
    with Database.open(tmp_path, config=StorageConfig()) as db:
        rows, one = Renders(db, CacheConfig()), wish()
        Asks(db, CacheConfig()).ask(one, one.key, priority=1.0, now_s=0.0)
        job = rows.claim("old", 1.0)
        assert job is not None
        assert rows.finish(job, made(one), one.sid, 2.0)
        with db.write() as connection:
            connection.exec_driver_sql("ALTER TABLE renders DROP COLUMN steps")
            _drop_later_tables(connection)
            connection.exec_driver_sql("DELETE FROM migrations WHERE number > 2")
            assert migrate(connection) == len(MIGRATIONS) - 2
        assert rows.blueprint(one.key) == made(one).blueprint
        assert rows.steps(one.key) == ()


def _drop_later_tables(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE renders DROP COLUMN begun_s")
    for table in ("keys", "sessions", "orders", "outbox", "secrets"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def test_what_was_released_is_never_edited() -> None:
    digests = [hashlib.sha256("\n".join(step).encode()).hexdigest()[:6] for step in MIGRATIONS]
    assert digests == FROZEN


def test_every_step_can_be_written_for_every_database() -> None:
    for words in WORDS.values():
        for statement in (statement for step in MIGRATIONS for statement in step):
            assert "{" not in statement.format(**words)


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg://"])
def test_an_insert_that_may_meet_itself_is_written_for_every_database(url: str) -> None:
    dialect = make_url(url).get_dialect()()
    row = postgresql.insert(viewers).on_conflict_do_nothing(index_elements=["id"])
    text = str(row.returning(viewers.c.id).compile(dialect=dialect))
    assert "ON CONFLICT (id) DO NOTHING RETURNING" in text


def test_a_database_of_a_later_program_is_refused(tmp_path: Path) -> None:
    with Database.open(tmp_path, config=StorageConfig()) as db, db.write() as connection:
        connection.exec_driver_sql("INSERT INTO migrations (number) VALUES (999)")
    with pytest.raises(ReelwrightError, match="of a later version") as caught:
        Database.open(tmp_path, config=StorageConfig())
    assert "Upgrade" in caught.value.hint
