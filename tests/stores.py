"""Where tests keep truth: a file or a PostgreSQL, and what was said to it while they did."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from reelwright.bench.postgres import Postgres
from reelwright.config import StorageConfig
from reelwright.storage.database import Database
from reelwright.storage.schema import metadata

TABLE = re.compile(rf"\b(?:from|join|into|update)\s+({'|'.join(metadata.tables)})\b")
COMPARED = re.compile(r"\btenant\s*=")
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """One place in which databases lie. All that are opened here are the same one."""

    folder: Path
    url: str = ""  # of a PostgreSQL
    statements: list[str] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return KINDS[bool(self.url)]

    @property
    def words(self) -> list[str]:
        """What a process needs to open it: `Database.open(Path(one), config=of(two))`."""
        return [str(self.folder), self.url]

    def open(self, config: StorageConfig | None = None, *, tenant: str = "main") -> Database:
        own = replace(config or StorageConfig(), url=self.url)
        return Database.open(self.folder, config=own, tenant=tenant)

    def is_sound(self) -> bool:
        """Whether the file is whole; a server sees to that itself."""
        if self.url:
            return True
        with self.open() as db, db.read() as connection:
            return bool(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok")


def unowned(statement: str) -> bool:
    """Whether a statement touches a table's rows and does not say whose."""
    text = " ".join(statement.lower().split())
    tables = TABLE.findall(text)
    if not tables or text.startswith(("insert into new_", "alter", "create", "drop")):
        return False
    if text.startswith("insert"):
        columns = text[text.index("(") : text.index(")")]
        _, conflict, keys = text.partition("on conflict (")
        return "tenant" not in columns or (bool(conflict) and not keys.startswith("tenant"))
    return len(COMPARED.findall(text)) < len(tables)


@contextmanager
def overheard(store: Store) -> Iterator[Store]:
    """Every statement and commit of this process, on whatever connection, is written down."""

    def said(_: Any, __: Any, statement: str, *___: Any) -> None:
        store.statements.append(statement)

    def committed(_: Any) -> None:
        store.commits.append("commit")

    event.listen(Engine, "before_cursor_execute", said)
    event.listen(Engine, "commit", committed)
    try:
        yield store
    finally:
        event.remove(Engine, "before_cursor_execute", said)
        event.remove(Engine, "commit", committed)


class Schemas:
    """A PostgreSQL of the tests, in which everybody gets an empty schema."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self._engine = create_engine(
            server.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        self._num = 0

    @contextmanager
    def one(self) -> Iterator[str]:
        """Its address; the schema is dropped afterwards."""
        self._num += 1
        name = f"one{self._num}"
        self._say(f"CREATE SCHEMA {name}")
        yield f"{self.server.url}&options=-csearch_path%3D{name}"
        self._say(f"DROP SCHEMA {name} CASCADE")

    def close(self) -> None:
        self._engine.dispose()

    def _say(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)
