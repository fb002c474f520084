"""Truth on a server: several machines share it, and a tenant's writes wait for its own alone."""

import math
import threading
import zlib
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.keeper import Trouble

DRIVER = "postgresql+psycopg"
PASSING = (  # SQLSTATEs, or how they begin: what may be otherwise in a moment
    "08",  # the connection broke
    "25006",  # read-only: a standby, or a server that is being moved
    "25P03",  # we were idle too long
    "40",  # two waited for each other
    "53",  # disk full, out of memory, too many connections
    "55P03",  # a lock was not to be had
    "57",  # the server is shutting down or starting, or cancelled us
    "58",  # its files
)
DAMAGED = ("XX001", "XX002")
FORGOTTEN_S = 60  # a writer that stands still so long is put out, and its tenant writes on

# Whoever holds a tenant's lock is its only writer until all can see what it committed: so numbers
# drawn from a sequence become visible in their order, and who reads on after one misses none.
ALONE = """SELECT set_config('synchronous_commit', %(flush)s, true),
    set_config('idle_in_transaction_session_timeout', %(forgotten)s, true),
    pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || %(tenant)s, 0))"""
# Names every transaction that has not ended, so it changes with whatever commits in the cluster.
SNAPSHOT = "SELECT pg_current_snapshot()::text"


class PostgresKeeper:
    """A PostgreSQL database, whose tables are made where there are none."""

    hint = "See that it runs and that storage.url is right."

    def __init__(self, config: StorageConfig, tenant: str) -> None:
        url = _url(config.url)
        self.place = f"The PostgreSQL database {url.database} at {url.host or 'this machine'}"
        engine = _engine(url, config, tenant)
        self.reader: Engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        # Each statement of a writer sees what was committed before it had the lock, whatever the
        # server's own default is.
        writer = engine.execution_options(isolation_level="READ COMMITTED")
        self.writer: Engine = writer.execution_options(writes="on")
        self.jotter: Engine = writer.execution_options(writes="off")
        self._watching = threading.Lock()
        self._looker = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._watcher: Connection | None = None
        self._is_closed = False

    def version(self) -> int:
        with self._watching:
            if self._is_closed:
                return 0
            self._watcher = self._watcher or self._looker.connect()
            try:
                seen = self._watcher.exec_driver_sql(SNAPSHOT).scalar_one()
            except DBAPIError:
                self._watcher.close()
                self._watcher = None
                raise
        return zlib.crc32(seen.encode())

    def trouble(self, error: DBAPIError) -> Trouble:
        state = getattr(error.orig, "sqlstate", None) or ""
        if state.startswith(DAMAGED):
            return Trouble.DAMAGED
        gone = error.connection_invalidated or (not state and _is_operational(error))
        return Trouble.PASSING if gone or state.startswith(PASSING) else Trouble.OURS

    def settle(self) -> None:
        """A server vacuums, and lets go of its log, by its own settings."""

    def close(self) -> None:
        with self._watching:
            self._is_closed = True
            if self._watcher is not None:
                self._watcher.close()
        self.reader.dispose()


def _is_operational(error: DBAPIError) -> bool:
    return "OperationalError" in (kind.__name__ for kind in type(error.orig).__mro__)


def _url(text: str) -> URL:
    try:
        return make_url(text).set(drivername=DRIVER)
    except (ArgumentError, ValueError):
        raise ReelwrightError(
            "storage.url is not an address.",
            hint="Write it like postgresql://name@host/database.",
        ) from None  # the error beneath may tell the password


def _engine(url: URL, config: StorageConfig, tenant: str) -> Engine:
    options = f"{url.query.get('options', '')} -c lock_timeout={config.busy_timeout_s * 1000:.0f}"
    arguments: dict[str, Any] = {
        "application_name": "reelwright",
        "client_encoding": "utf8",
        "connect_timeout": math.ceil(config.busy_timeout_s),
        "options": options.strip(),
    }
    try:
        engine = create_engine(
            url,
            pool_size=config.connections,
            max_overflow=0,
            pool_timeout=config.busy_timeout_s,
            pool_use_lifo=True,  # so that a quiet program holds few of them open
            connect_args=arguments,
        )
    except ModuleNotFoundError as error:
        raise ReelwrightError(
            "The driver of PostgreSQL is not installed.",
            hint='Install it with pip install "reelwright[postgres]".',
        ) from error

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if flush := connection.get_execution_options().get("writes"):
            cells = {"flush": flush, "forgotten": f"{FORGOTTEN_S}s", "tenant": tenant}
            connection.exec_driver_sql(ALONE, cells)

    return engine
