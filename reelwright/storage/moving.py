"""From one database to another: all tables of all tenants, whole or not at all, and read again.

Both are locked meanwhile, so that nothing is written that would be left behind. What was moved is
read back before it is committed; each table's rows must be as many there, and the same.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, inspect, select
from sqlalchemy.exc import DataError

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError, cleaned
from reelwright.progress import Progress
from reelwright.storage.database import Database, is_there
from reelwright.storage.schema import metadata
from reelwright.storage.sqlite import FILE

AT_ONCE = 2_000  # rows that are in memory
NOT_MOVED = {"migrations", "sqlite_sequence"}  # either database has its own
NUMBERED = "seq"
DIGEST_BYTES = 16

Tables = Sequence[Table]


def move_home(folder: Path, config: StorageConfig, *, progress: Progress) -> dict[str, int]:
    """`move` from the SQLite file in a home to the PostgreSQL of the settings."""
    if not config.url:
        raise ReelwrightError(
            "There is no database to move to.",
            hint="Name it: --set storage.url=postgresql://NAME@HOST/DATABASE.",
        )
    file = replace(config, url="")
    if not is_there(folder, config=file):
        raise ReelwrightError(
            f"There is no {FILE} in {folder} to move.", hint="Give the home with --home FOLDER."
        )
    with Database.open(folder, config=file) as old, Database.open(folder, config=config) as new:
        return move(old, new, progress=progress)


def move(source: Database, target: Database, *, progress: Progress) -> dict[str, int]:
    """The number of rows that each table has now in `target`, which has to be empty before."""
    tables = metadata.sorted_tables  # whatever others point at comes first
    with source.write() as old, target.write() as new:
        _require_all_known(old, tables)
        _keep_others_out(new, tables)
        _require_empty(new, tables)
        return {table.name: _move_table(old, new, table, progress) for table in tables}


def _require_all_known(old: Connection, tables: Tables) -> None:
    """A table or column that nobody thought of here would be left behind without a word."""
    there, known = inspect(old), {table.name: table for table in tables}
    names = set(there.get_table_names()) - NOT_MOVED
    assert names == known.keys(), f"tables {names ^ known.keys()} are not in the schema, or only"
    for name, table in known.items():
        columns = {column["name"] for column in there.get_columns(name)}
        assert columns == set(table.c.keys()), f"{name} has {columns ^ set(table.c.keys())}"


def _keep_others_out(new: Connection, tables: Tables) -> None:
    """The write's own lock is one tenant's; readers may go on."""
    if new.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        new.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _require_empty(new: Connection, tables: Tables) -> None:
    full = [table.name for table in tables if new.execute(select(table).limit(1)).first()]
    if full:
        raise ReelwrightError(
            f"The database to move to is not empty: there are rows in {', '.join(full)}.",
            hint="Give an empty one; nothing was changed.",
        )


def _move_table(old: Connection, new: Connection, table: Table, progress: Progress) -> int:
    total = old.execute(select(func.count()).select_from(table)).scalar_one()
    moved, digest, what = 0, 0, f"moving {table.name}"
    for rows in _parts(old, table):
        _add(new, table, rows)
        digest = _digested(rows, digest)
        moved += len(rows)
        progress(what, moved, total)
    back = [(len(rows), _digested(rows)) for rows in _parts(new, table)]
    found = sum(number for number, _ in back)
    same = sum(one for _, one in back) % (1 << 8 * DIGEST_BYTES) == digest
    if not (moved == total == found and same):
        raise ReelwrightError(
            f"{table.name} came over as {found} rows of {total}, or with other contents.",
            hint="Nothing was moved. This is a fault of ours: please report it.",
        )
    if NUMBERED in table.c:
        _count_on(old, new, table)
    return found


def _add(new: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    try:
        new.execute(insert(table), [dict(row._mapping) for row in rows])
    except DataError as error:  # a NUL in a text, say, which SQLite keeps
        raise ReelwrightError(
            f"The other database does not take what {table.name} holds ({cleaned(error.orig)}).",
            hint="Nothing was moved.",
        ) from error


def _parts(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """All rows by their key."""
    own = select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(own, execution_options={"yield_per": AT_ONCE}).partitions()


def _digested(rows: Sequence[Row[Any]], so_far: int = 0) -> int:
    """A sum over rows, since two databases may sort texts differently."""
    for row in rows:
        told = repr(tuple(row)).encode()
        one = hashlib.blake2b(told, digest_size=DIGEST_BYTES).digest()
        so_far += int.from_bytes(one, "big")
    return so_far % (1 << 8 * DIGEST_BYTES)


def _count_on(old: Connection, new: Connection, table: Table) -> None:
    """The next row's number is above all that were ever given: who reads on after one, also after
    that of a row that is gone, misses nothing."""
    last = old.execute(select(func.max(table.c[NUMBERED]))).scalar_one() or 0
    if old.dialect.name == "sqlite":
        given = f"SELECT seq FROM sqlite_sequence WHERE name = '{table.name}'"
        last = max(last, old.exec_driver_sql(given).scalar() or 0)
    if last and new.dialect.name == "postgresql":
        sequence = f"pg_get_serial_sequence('{table.name}', '{NUMBERED}')"
        new.exec_driver_sql(f"SELECT setval({sequence}, {last})")
