"""What one kind of database does differently from another; `database.py` is what all do alike."""

from enum import StrEnum
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError


class Trouble(StrEnum):
    """What an error of a driver means to the program."""

    PASSING = "passing"  # a lock, a full disk, a server that is gone: another time it may work
    DAMAGED = "damaged"
    OURS = "ours"  # a statement is wrong


class Keeper(Protocol):
    """Holds the tables of all tenants, and opens transactions on behalf of one.

    The transactions of `reader` each see one unchanging state. One of `writer` or `jotter` is alone
    among those of its tenant from its beginning on until all can see what it committed; after a
    commit of `writer`, that is on the disk.
    """

    place: str  # in words, without a password
    hint: str  # what to do where it cannot be opened
    reader: Engine
    writer: Engine
    jotter: Engine

    def version(self) -> int:
        """A number that differs from the last one if anybody committed since."""
        ...

    def trouble(self, error: DBAPIError) -> Trouble: ...

    def settle(self) -> None:
        """Let what was overwritten leave the disk, as far as that is ours to do."""
        ...

    def close(self) -> None: ...
