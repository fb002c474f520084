"""The one store that holds the truth: opened safely, read by many, written by one at a time."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import ColumnElement, Connection, Table, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from reelwright.config import MAIN, StorageConfig
from reelwright.errors import ReelwrightError, cleaned
from reelwright.storage.keeper import Keeper, Trouble
from reelwright.storage.migrations import migrate
from reelwright.storage.postgres import PostgresKeeper
from reelwright.storage.sqlite import FILE, SqliteKeeper


class Busy(ReelwrightError):
    """The store cannot do this now and kept nothing of it. The same call may succeed later."""

    def __init__(self, problem: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(problem, hint="Try again in a moment.")
        self.retry_after_s = retry_after_s


class Database:
    """What one tenant keeps; several threads and processes read and write it.

    `read()` sees one unchanging state and waits for nobody. `write()` is the tenant's only one from
    its first statement on until all can see what it committed, so what it reads still holds when it
    writes, and numbers that grow become visible in their order; it must not be nested. Every
    statement names the tenant: `own` is how.
    """

    def __init__(self, keeper: Keeper, config: StorageConfig, tenant: str) -> None:
        self.config = config
        self.tenant = tenant
        self._keeper = keeper
        self._writing = threading.Lock()  # waiting here is fair; SQLite's own waiting is a lottery

    @classmethod
    def open(cls, folder: Path, *, config: StorageConfig, tenant: str = MAIN) -> Self:
        """The database of the settings, or else the one in `folder`, its tables up to date."""
        keeper = _keeper(folder, config, tenant)
        try:
            with keeper.writer.begin() as connection:
                migrate(connection)
            database = cls(keeper, config, tenant)
            database.version()
        except DBAPIError as error:
            keeper.close()
            raise ReelwrightError(
                f"{keeper.place} cannot be used as a database ({cleaned(error.orig)}).",
                hint=keeper.hint,
            ) from error
        except ReelwrightError:
            keeper.close()
            raise
        return database

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose reads all see the same moment."""
        with self._plainly(), self._keeper.reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """The only writing connection; commits at the end, and nothing of it after an exception.

        What is not `durable` costs no wait for the disk. It survives whatever happens to programs
        of ours; a loss of power, or of a PostgreSQL server, may undo it, until something durable
        has been written after it.
        """
        if not self._writing.acquire(timeout=self.config.busy_timeout_s):
            raise Busy(f"Another write has been going on for {self.config.busy_timeout_s} s.")
        try:
            writer = self._keeper.writer if durable else self._keeper.jotter
            with self._plainly(), writer.begin() as connection:
                yield connection
        finally:
            self._writing.release()

    def own(self, *tables: Table) -> ColumnElement[bool]:
        """The rows of these tables that are this tenant's: part of every condition."""
        first, *others = (table.c.tenant == self.tenant for table in tables)
        for other in others:
            first &= other
        return first

    def version(self) -> int:
        """A number that differs from the last one if anybody committed since. Takes microseconds,
        or one question and answer of a server.

        It may also differ when nothing changed, and means nothing after the database was closed.
        """
        with self._plainly():
            return self._keeper.version()

    def settle(self) -> None:
        """Let what was overwritten leave the disk as far as that can be; readers may hold it up."""
        with self._plainly():
            self._keeper.settle()

    def close(self) -> None:
        self._keeper.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Tell what may pass (a lock, a full disk) from what is wrong with a statement of ours."""
        try:
            yield
        except PoolTimeoutError as error:
            raise Busy("All connections to the database are in use.") from error
        except DBAPIError as error:
            trouble, said = self._keeper.trouble(error), cleaned(error.orig)
            if trouble is Trouble.DAMAGED:
                raise ReelwrightError(
                    f"The database is damaged ({said}).", hint="Begin anew in another --home."
                ) from error
            if trouble is Trouble.OURS:
                raise
            raise Busy(f"The database cannot do this now ({said}).") from error


def is_there(folder: Path, *, config: StorageConfig) -> bool:
    """Whether somebody has been here before; looking makes nothing."""
    if not config.url:
        return os.path.exists(folder / FILE)
    keeper = PostgresKeeper(config, MAIN)
    try:
        with keeper.reader.connect() as connection:
            return inspect(connection).has_table("migrations")
    except DBAPIError as error:
        raise ReelwrightError(
            f"{keeper.place} cannot be used as a database ({cleaned(error.orig)}).",
            hint=keeper.hint,
        ) from error
    finally:
        keeper.close()


def _keeper(folder: Path, config: StorageConfig, tenant: str) -> Keeper:
    return PostgresKeeper(config, tenant) if config.url else SqliteKeeper(folder, config)
