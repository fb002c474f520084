"""Truth in a file: one writer at a time, readers that wait for nobody, no server to run."""

import os
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.keeper import Trouble

try:  # wheels exist for Linux only; elsewhere Python's own SQLite serves where it is new enough
    import pysqlite3 as sqlite
except ImportError:
    import sqlite3 as sqlite

FILE = "reelwright.db"
OLDEST = (3, 51, 3)  # earlier ones can corrupt a WAL file when two connections checkpoint at once
DAMAGED = {11, 26}  # SQLite: malformed, not a database
BUSY = {5, 6}  # SQLite: busy, locked
NOT_NOW = BUSY | {8, 10, 13, 14}  # and read-only, I/O error, disk full, can't open


class SqliteKeeper:
    """The file in a home folder, made where there is none. Its one writer serves all tenants."""

    hint = "Give another folder with --set home=FOLDER, or put the file right."

    def __init__(self, folder: Path, config: StorageConfig) -> None:
        sound_sqlite()
        path = _claimed(folder)
        self.place = str(path)
        self.reader = _engine(path, config)
        self.writer: Engine = self.reader.execution_options(writes="FULL")
        self.jotter: Engine = self.reader.execution_options(writes="NORMAL")
        self._watching = threading.Lock()
        self._watcher: Any = None
        self._is_closed = False

    def version(self) -> int:
        with self._watching:
            if self._is_closed:
                return 0
            self._watcher = self._watcher or self.reader.raw_connection()
            cursor = self._watcher.cursor()
            try:
                cursor.execute("PRAGMA data_version")
                (number,) = cursor.fetchone() or (0,)
            finally:
                cursor.close()
        return int(number)

    def trouble(self, error: DBAPIError) -> Trouble:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code in DAMAGED:
            return Trouble.DAMAGED
        return Trouble.PASSING if code in NOT_NOW else Trouble.OURS

    def settle(self) -> None:
        with self.reader.connect() as connection:  # not in a transaction, which would hold it up
            raw = connection.connection.driver_connection
            assert raw is not None, "a connection of the pool has one of the driver"
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._watching:  # whoever closes a connection that another thread asks kills both
            self._is_closed = True
            if self._watcher is not None:
                self._watcher.close()
        self.reader.dispose()


def sound_sqlite() -> str:
    """The version of the SQLite that this program uses, if it is sound."""
    require_sound(sqlite.sqlite_version_info)
    return str(sqlite.sqlite_version)


def require_sound(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that is known to damage files."""
    if version < OLDEST:
        oldest, found = (".".join(map(str, numbers)) for numbers in (OLDEST, version))
        raise ReelwrightError(
            f"This Python's SQLite is {found}; older than {oldest} can damage the database.",
            hint="Install pysqlite3, or a Python with a newer SQLite.",
        )


def _claimed(folder: Path) -> Path:
    """The database's path, there and ours to write; nobody else on the machine may read it."""
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise ReelwrightError(
            f"The folder {folder} cannot be written ({error.strerror}).",
            hint="Give one that can, with --set home=FOLDER.",
        ) from error
    return path


def _engine(path: Path, config: StorageConfig) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=sqlite,
        pool_size=config.connections,
        max_overflow=0,
        pool_timeout=config.busy_timeout_s,
        pool_use_lifo=True,  # so that a quiet program holds few of them open
        connect_args={"isolation_level": None},  # the driver begins nothing by itself; we do
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {round(config.busy_timeout_s * 1000)}")
        _write_ahead(cursor, config.busy_timeout_s)
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the file too
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        if writes:  # a connection may have served for the other way before
            connection.exec_driver_sql(f"PRAGMA synchronous = {writes}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(cursor: Any, timeout_s: float) -> None:
    """Into WAL mode, also where others open the same new file at this moment: a connection that
    turned reader before another changed the mode is refused at once, busy timeout or not."""
    give_up_s = time.monotonic() + timeout_s
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in BUSY or time.monotonic() > give_up_s:
                raise
            time.sleep(0.01)
        else:
            return
