"""The one file that holds the truth: opened safely, read by many, written by one at a time."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.migrations import migrate

try:  # wheels exist for Linux only; elsewhere Python's own SQLite serves where it is new enough
    import pysqlite3 as sqlite
except ImportError:
    import sqlite3 as sqlite

FILE = "reelwright.db"
OLDEST = (3, 51, 3)  # earlier ones can corrupt a WAL file when two connections checkpoint at once
DAMAGED = {11, 26}  # SQLite: malformed, not a database
BUSY = {5, 6}  # SQLite: busy, locked
NOT_NOW = BUSY | {8, 10, 13, 14}  # and read-only, I/O error, disk full, can't open


class Busy(ReelwrightError):
    """The store cannot do this now and kept nothing of it. The same call may succeed later."""

    def __init__(self, problem: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(problem, hint="Try again in a moment.")
        self.retry_after_s = retry_after_s


class Database:
    """A file that several threads and processes read and write; every commit is on the disk.

    `read()` sees one unchanging state and waits for nobody. `write()` is alone from its first
    statement on, so what it reads still holds when it writes; it must not be nested.
    """

    def __init__(self, engine: Engine, config: StorageConfig) -> None:
        self.config = config
        self._reader = engine
        self._writer = engine.execution_options(writes="FULL")
        self._jotter = engine.execution_options(writes="NORMAL")
        self._writing = threading.Lock()  # waiting here is fair; SQLite's own waiting is a lottery
        self._watcher = engine.raw_connection()
        self._watching = threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, config: StorageConfig) -> Self:
        """The database in `folder`, made where there is none, its tables brought up to date."""
        sound_sqlite()
        path = _claimed(folder)
        engine = _engine(path, config)
        try:
            with engine.execution_options(writes="FULL").begin() as connection:
                migrate(connection)
            return cls(engine, config)
        except DBAPIError as error:
            engine.dispose()
            raise ReelwrightError(
                f"{path} cannot be used as a database ({error.orig}).",
                hint="Give another folder with --set home=FOLDER, or put the file right.",
            ) from error
        except ReelwrightError:
            engine.dispose()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose reads all see the same moment."""
        with _plainly(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """The only writing connection; commits at the end, and nothing of it after an exception.

        What is not `durable` costs no wait for the disk. It survives whatever happens to programs;
        a loss of power may undo it, until something durable has been written after it.
        """
        if not self._writing.acquire(timeout=self.config.busy_timeout_s):
            raise Busy(f"Another write has been going on for {self.config.busy_timeout_s} s.")
        try:
            writer = self._writer if durable else self._jotter
            with _plainly(), writer.begin() as connection:
                yield connection
        finally:
            self._writing.release()

    def version(self) -> int:
        """A number that differs from the last one if anybody committed since. Takes microseconds.

        It may also differ when nothing changed, and means nothing after the database was closed.
        """
        with self._watching:
            cursor = self._watcher.cursor()
            try:
                cursor.execute("PRAGMA data_version")
                (number,) = cursor.fetchone() or (0,)
            finally:
                cursor.close()
        return int(number)

    def close(self) -> None:
        self._watcher.close()
        self._reader.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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


@contextmanager
def _plainly() -> Iterator[None]:
    """Tell what may pass (a lock, a full disk) from what is wrong with a statement of ours."""
    try:
        yield
    except PoolTimeoutError as error:
        raise Busy("All connections to the database are in use.") from error
    except DatabaseError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code in DAMAGED:
            raise ReelwrightError(
                f"The database is damaged ({error.orig}).", hint="Begin anew in another --home."
            ) from error
        if code not in NOT_NOW:
            raise
        raise Busy(f"The database cannot do this now ({error.orig}).") from error
