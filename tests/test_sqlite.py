"""Truth in a file: set up for what it promises, made safely by many at once, and its own alone."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DatabaseError

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.database import Busy, Database, is_there
from reelwright.storage.schema import viewers
from reelwright.storage.sqlite import FILE, require_sound

CONFIG = StorageConfig()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path, config=CONFIG) as database:
        yield database


@pytest.mark.parametrize(("durable", "synchronous"), [(True, 2), (False, 1)])
def test_a_connection_is_set_up_for_what_it_promises(
    db: Database, durable: bool, synchronous: int
) -> None:
    for _ in range(2):
        with db.write(durable=not durable):
            pass  # the pool will hand out the same connection
        with db.write(durable=durable) as connection:
            settings = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": synchronous,
            "foreign_keys": 1,
            "busy_timeout": 10_000,
        }


def test_a_full_disk_is_busy_and_keeps_nothing(db: Database) -> None:
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's way to run out of room
        cells = [{"tenant": "main", "id": f"{num}" * 50, "attributes": []} for num in range(1000)]
        connection.execute(insert(viewers), cells)

    with pytest.raises(Busy, match="full"), db.write() as connection:
        fill(connection)
    with db.read() as connection:
        assert connection.execute(select(viewers)).all() == []


OPENER = """
import sys, time
from pathlib import Path
from reelwright.config import StorageConfig
from reelwright.storage.database import Database
for number in range(15):
    while time.time() < float(sys.argv[2]) + 0.1 * number:
        pass
    Database.open(Path(sys.argv[1]) / str(number), config=StorageConfig()).close()
"""


def test_several_processes_may_make_one_database_at_the_same_moment(tmp_path: Path) -> None:
    """SQLite refuses one of them at once, without waiting: they have to ask again."""
    begin_s = time.time() + 3.0
    children = [
        subprocess.Popen([sys.executable, "-c", OPENER, tmp_path, str(begin_s)]) for _ in range(3)
    ]
    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    Database.open(tmp_path / "home", config=CONFIG).close()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home" / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("folder", ["/dev/null/x", "/proc/reelwright", "file"])
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ReelwrightError) as caught:
        Database.open(tmp_path / folder, config=CONFIG)
    assert f"{tmp_path / folder} cannot be written" in str(caught.value)
    assert "--set home=FOLDER" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_read_only_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The superuser may write to anything, so the system's refusal is put in its mouth."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(ReelwrightError, match=r"cannot be written \(Permission denied\)"):
        Database.open(tmp_path, config=CONFIG)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("a letter to my aunt " * 100)
    with pytest.raises(ReelwrightError, match="cannot be used as a database") as caught:
        Database.open(tmp_path, config=CONFIG)
    assert str(tmp_path / FILE) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value.__cause__, DatabaseError)


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_that_damages_files_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(ReelwrightError, match=r"older than 3\.51\.3"):
        require_sound(version)


def test_a_sound_sqlite_is_taken() -> None:
    require_sound((3, 51, 3))


def test_a_home_is_looked_for_without_making_one(tmp_path: Path) -> None:
    assert not is_there(tmp_path / "home", config=CONFIG)
    assert not (tmp_path / "home").exists()
    Database.open(tmp_path / "home", config=CONFIG).close()
    assert is_there(tmp_path / "home", config=CONFIG)
