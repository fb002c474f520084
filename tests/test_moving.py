"""Moving to another database: everything, once, with the same contents, or nothing at all."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update
from stores import Schemas
from wishes import video

from reelwright.config import StorageConfig
from reelwright.domain import Attribute, Event, EventKind, Origin, SemanticId
from reelwright.errors import ReelwrightError
from reelwright.progress import silent
from reelwright.storage import moving
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog
from reelwright.storage.profiles import Profiles
from reelwright.storage.schema import events, metadata, videos
from reelwright.storage.videos import Videos

CONFIG = StorageConfig()
TENANTS = ("main", "acme")
NUM = 30


@pytest.fixture
def other(schemas: Schemas) -> Iterator[StorageConfig]:
    """An empty PostgreSQL."""
    with schemas.one() as url:
        yield StorageConfig(url=url)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of two tenants who call everything alike."""
    for tenant in TENANTS:
        with Database.open(tmp_path, config=CONFIG, tenant=tenant) as db:
            live(db)
    return tmp_path


def live(db: Database) -> None:
    named = [video(f"v{number}") for number in range(3)]
    for one in named:
        Videos(db).add(one, added_s=1.5)
    sids = {one.id: SemanticId((1, 2), (3, 4)) for one in named}
    Videos(db).set_sids("a", sids)
    attribute = Attribute("likes", "“ü” 😀", Origin.DECLARED)
    Profiles(db).keep({"ann": (attribute,)})
    log = EventLog(db, CONFIG)
    log.append([event(number) for number in range(NUM)]).result()
    log.close()


def event(number: int) -> Event:
    kind = EventKind.PLAY
    return Event(id=f"e{number}", viewer="ann", video="v1", kind=kind, at_s=number / 3, value=1e-17)


def reelwright(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "reelwright", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rows_of(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [
            tuple(row)
            for row in connection.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in metadata.sorted_tables
    }


def test_everything_of_every_tenant_comes_over(
    home: Path, other: StorageConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 7)  # so that it goes in parts
    steps: list[tuple[str, int, int]] = []
    with Database.open(home, config=CONFIG) as old, Database.open(home, config=other) as new:
        counts = moving.move(old, new, progress=lambda *step: steps.append(step))
        with old.read() as before, new.read() as after:
            assert rows_of(before) == rows_of(after)
            assert {name: len(rows) for name, rows in rows_of(after).items()} == counts
    assert counts["events"] == 2 * NUM
    assert ("moving events", 2 * NUM, 2 * NUM) in steps
    for tenant in TENANTS:
        with Database.open(home, config=other, tenant=tenant) as db:
            assert len(Videos(db).named_after("a", 0)) == 3
            assert Profiles(db).of("ann")[0].value == "“ü” 😀"


def test_numbers_go_on_above_those_of_rows_that_are_gone(home: Path, other: StorageConfig) -> None:
    with Database.open(home, config=CONFIG) as old:
        log = EventLog(old, CONFIG)
        log.append([replace(event(0), id="last")]).result()
        last = log.newest()
        log.close()
        with old.write() as connection:
            connection.execute(events.delete().where(events.c.id == "last"))
        with Database.open(home, config=other) as new:
            moving.move(old, new, progress=silent)
            log = EventLog(new, other)
            log.append([replace(event(0), id="after")]).result()
            [(number, heard)] = log.after(last, 10)
            log.close()
    assert (number, heard.id) == (last + 1, "after")


def test_a_database_with_anything_in_it_is_left_alone(home: Path, other: StorageConfig) -> None:
    with Database.open(home, config=CONFIG) as old, Database.open(home, config=other) as new:
        Videos(new).add(video("theirs"), added_s=1.0)
        with pytest.raises(ReelwrightError, match="not empty: there are rows in videos"):
            moving.move(old, new, progress=silent)
        with new.read() as connection:
            assert connection.execute(select(videos.c.id)).scalars().all() == ["theirs"]


def test_what_stops_half_way_leaves_nothing_and_may_begin_again(
    home: Path, other: StorageConfig
) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "moving events":
            raise KeyboardInterrupt

    with Database.open(home, config=CONFIG) as old, Database.open(home, config=other) as new:
        with pytest.raises(KeyboardInterrupt):
            moving.move(old, new, progress=stop)
        with new.read() as connection:
            assert not any(rows_of(connection).values())
        assert moving.move(old, new, progress=silent)["events"] == 2 * NUM


def test_what_the_other_database_refuses_or_changes_is_told(
    home: Path, other: StorageConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(home, config=CONFIG) as old, Database.open(home, config=other) as new:
        add = moving._add
        with monkeypatch.context() as patch:
            patch.setattr(moving, "_add", lambda c, table, rows: add(c, table, rows[:-1]))
            with pytest.raises(ReelwrightError, match=f"events came over as {2 * NUM - 1} rows"):
                moving.move(old, new, progress=silent)
        with monkeypatch.context() as patch:
            patch.setattr(moving, "_add", lambda c, table, rows: spoilt(c, table, rows, add))
            with pytest.raises(ReelwrightError, match="with other contents"):
                moving.move(old, new, progress=silent)
        with old.write() as connection:
            connection.execute(update(videos).values(title="a\0b"))
        with pytest.raises(ReelwrightError, match="does not take what videos holds"):
            moving.move(old, new, progress=silent)
        with new.read() as connection:
            assert connection.execute(select(func.count()).select_from(videos)).scalar() == 0


def spoilt(connection: Connection, table: object, rows: object, add: object) -> None:
    add(connection, table, rows)  # type: ignore[operator]
    if table is videos:
        connection.execute(update(videos).where(videos.c.id == "v1").values(fps=23.0))


def test_the_command_moves_to_the_database_of_the_settings(
    home: Path, other: StorageConfig
) -> None:
    done = reelwright("--home", home, "--set", f"storage.url={other.url}", "move")
    assert done.returncode == 0, done.stderr
    assert f"{2 * NUM} events" in done.stdout


def test_there_must_be_somewhere_to_move_from_and_to(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match="no database to move to"):
        moving.move_home(tmp_path, CONFIG, progress=silent)
    somewhere = StorageConfig(url="postgresql://ada@nowhere/none")
    with pytest.raises(ReelwrightError, match=r"no reelwright\.db in"):
        moving.move_home(tmp_path, somewhere, progress=silent)
    assert not list(tmp_path.iterdir())
