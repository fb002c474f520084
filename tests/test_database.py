"""The database: safe to open, many readers, one writer at a time, in two processes as well."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.database import FILE, Busy, Database, require_sound
from reelwright.storage.schema import sids, viewers

CONFIG = StorageConfig()
IMPATIENT = replace(CONFIG, busy_timeout_s=0.05)


def add_viewers(connection: Connection, *names: str) -> None:
    for name in names:
        connection.execute(insert(viewers).values(id=name, attributes=[]))


def num_viewers(db: Database) -> int:
    with db.read() as connection:
        return connection.execute(select(func.count()).select_from(viewers)).scalar_one()


def test_a_write_is_kept_whole_or_not_at_all(db: Database) -> None:
    with db.write() as connection:
        add_viewers(connection, "ada")
    with pytest.raises(IntegrityError), db.write() as connection:
        add_viewers(connection, "bob", "ada")
    assert num_viewers(db) == 1


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    for num in range(3):
        with Database.open(tmp_path / "new" / "home", config=CONFIG) as db:
            assert num_viewers(db) == num
            with db.write() as connection:
                add_viewers(connection, str(num))


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


def test_a_row_cannot_point_at_nothing(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as connection:
        connection.execute(insert(sids).values(codebook="a", video="none", sid="1/2"))


def test_a_reader_sees_one_moment_and_waits_for_nobody(db: Database) -> None:
    count = select(func.count()).select_from(viewers)
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
                num = connection.execute(select(func.count()).select_from(viewers)).scalar_one()
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


def test_who_waits_too_long_for_the_pen_is_told_to_come_back(tmp_path: Path) -> None:
    with Database.open(tmp_path, config=IMPATIENT) as db, db.write() as connection:
        add_viewers(connection, "ada")
        with pytest.raises(Busy, match="Another write"), db.write():
            pass


def test_a_file_locked_by_another_program_is_busy(tmp_path: Path) -> None:
    with (
        Database.open(tmp_path, config=CONFIG) as other,
        Database.open(tmp_path, config=IMPATIENT) as db,
    ):
        with other.write():
            with pytest.raises(Busy, match="locked") as caught, db.write():
                pass
            assert caught.value.retry_after_s > 0
            assert num_viewers(db) == 0, "reading goes on"
        with db.write() as connection:
            add_viewers(connection, "ada")


def test_when_all_connections_are_in_use_it_is_busy(tmp_path: Path) -> None:
    config = replace(IMPATIENT, connections=2)  # one of them watches
    with Database.open(tmp_path, config=config) as db, db.read():  # noqa: SIM117
        with pytest.raises(Busy, match="in use"), db.read():
            pass


def test_a_full_disk_is_busy_and_keeps_nothing(db: Database) -> None:
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's way to run out of room
        add_viewers(connection, *(f"{num}" * 50 for num in range(1000)))

    with pytest.raises(Busy, match="full"), db.write() as connection:
        fill(connection)
    assert num_viewers(db) == 0


def test_our_own_mistakes_are_not_called_busy(db: Database) -> None:
    with pytest.raises(OperationalError, match="no such table"), db.read() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")


WRITER = """
import sys
from pathlib import Path
from sqlalchemy import insert
from reelwright.config import StorageConfig
from reelwright.storage.database import Database
from reelwright.storage.schema import viewers

with Database.open(Path(sys.argv[1]), config=StorageConfig()) as db:
    for num in range(40):
        with db.write() as connection:
            connection.execute(insert(viewers).values(id=f"{sys.argv[2]}-{num}", attributes=[]))
"""


def test_several_processes_make_and_fill_one_database(tmp_path: Path) -> None:
    """They also race to create the tables."""
    home = tmp_path / "home"
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, home, name])
        for name in ("server", "worker")
    ]
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    with Database.open(home, config=CONFIG) as db:
        assert num_viewers(db) == 80
        with db.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


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
