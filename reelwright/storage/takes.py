"""Filmed performances that came over the web, and what is to be done with each of them.

A row of work is claimed by one process at a time, for as long as it says that it lives; the number
of its attempts is the fence: who comes back late ends nothing.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from reelwright.storage.database import Database
from reelwright.storage.schema import reworks, takes

MEASURE, WORLD = "measure", "world"
PENDING, MAKING, DONE, FAILED, REVOKED = "pending", "making", "done", "failed", "revoked"
REFUSED = "refused"  # made, but it keeps less than was promised: shown once somebody insists
OPEN = (PENDING, MAKING)
ID_BYTES = 12
GAVE_UP = "It was begun {} times, and each time the program ended before it was done."
UNMEASURED = "The take could not be measured."


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """Somebody's film. Keys are those of the blobs of takes; one that is empty is not there."""

    id: str
    footage: str
    name: str
    film: str
    shown: str = ""
    performance: str = ""
    strip: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    made_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Rework:
    """What is to be done with a take, and how far it is."""

    id: str
    take: str
    kind: str = WORLD
    world: str = ""
    costume: str = ""
    strength: str = ""
    state: str = PENDING
    step: str = ""
    share: float = 0.0
    reason: str = ""
    film: str = ""
    poster: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    lease_until_s: float = 0.0
    made_s: float
    begun_s: float | None = None
    ended_s: float | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def new_take() -> str:
    return f"take_{secrets.token_hex(ID_BYTES)}"


class Takes:
    """The takes of one tenant, and the work on them."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, take: Take) -> Take:
        """Keep a film and have it measured; the same film again is the take that it was."""
        with self.db.write() as connection:
            mine = self.db.own(takes) & (takes.c.footage == take.footage)
            row = connection.execute(select(takes).where(mine)).first()
            if row is not None and row.film:
                return _take(row)
            if row is None:
                values = _cells(take) | {"tenant": self.db.tenant}
                connection.execute(insert(takes).values(**values))
            else:  # it was revoked, and somebody agreed anew
                take = replace(take, id=row.id)
                connection.execute(update(takes).where(mine).values(**_cells(take)))
            self._drop(connection, reworks.c.id == take.id)
            job = Rework(id=take.id, take=take.id, kind=MEASURE, made_s=take.made_s)
            connection.execute(insert(reworks).values(tenant=self.db.tenant, **_cells(job)))
        return take

    def ask(self, work: Rework) -> None:
        with self.db.write() as connection:
            connection.execute(insert(reworks).values(tenant=self.db.tenant, **_cells(work)))

    def get(self, id_: str) -> Take | None:
        return self._one(takes.c.id == id_)

    def of(self, footage: str) -> Take | None:
        """The take of a film, by its SHA-256."""
        return self._one(takes.c.footage == footage)

    def all(self, limit: int) -> list[Take]:
        """The newest first."""
        mine = select(takes).where(self.db.own(takes)).order_by(takes.c.made_s.desc(), takes.c.id)
        with self.db.read() as connection:
            return [_take(row) for row in connection.execute(mine.limit(limit))]

    def work(self, id_: str) -> Rework | None:
        found = self._found(reworks.c.id == id_)
        return found[0] if found else None

    def works(self, take: str) -> list[Rework]:
        """All that was asked of a take, the oldest first; the measuring is the first of all."""
        return self._found(reworks.c.take == take)

    def uses(self, key: str) -> bool:
        """Whether any row shows this file."""
        ours = [takes.c[name] == key for name in ("film", "shown", "performance", "strip")]
        theirs = [reworks.c[name] == key for name in ("film", "poster")]
        with self.db.read() as connection:
            for table, either in ((takes, ours), (reworks, theirs)):
                found = select(table.c.id).where(self.db.own(table), or_(*either)).limit(1)
                if connection.execute(found).first() is not None:
                    return True
        return False

    def waiting(self) -> int:
        """How many works wait, or are done just now."""
        mine = self.db.own(reworks) & reworks.c.state.in_(OPEN)
        count = select(func.count()).select_from(reworks).where(mine)
        with self.db.read() as connection:
            return int(connection.execute(count).scalar_one())

    def claim(self, now_s: float, *, lease_s: float, attempts: int) -> Rework | None:
        """The work that waits longest, this process's for so long; none of an unmeasured take."""
        lost = (reworks.c.state == MAKING) & (reworks.c.lease_until_s < now_s)
        measured = select(takes.c.id).where(self.db.own(takes), takes.c.performance != "")
        ready = (reworks.c.kind == MEASURE) | reworks.c.take.in_(measured)
        due = (
            select(reworks)
            .where(self.db.own(reworks), or_(reworks.c.state == PENDING, lost), ready)
            .order_by(reworks.c.made_s, reworks.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self.db.read() as connection:
            if connection.execute(due).first() is None:
                return None
        with self.db.write() as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            work = _work(row)
            if work.attempts >= attempts:
                self._end(connection, work, FAILED, now_s, GAVE_UP.format(attempts))
                return None
            claimed = replace(
                work,
                state=MAKING,
                attempts=work.attempts + 1,
                step="",
                share=0.0,
                lease_until_s=now_s + lease_s,
                begun_s=now_s,
            )
            its = self._its(work)
            connection.execute(update(reworks).where(its).values(**_cells(claimed)))
        return claimed

    def beat(self, work: Rework, step: str, share: float, *, until_s: float) -> bool:
        """Say that it is still being done, and how far it is; False where it is not wanted."""
        told = {"step": step, "share": share, "lease_until_s": until_s}
        with self.db.write(durable=False) as connection:
            mine = update(reworks).where(self._held(work)).values(**told)
            return connection.execute(mine.returning(reworks.c.id)).first() is not None

    def measured(
        self,
        work: Rework,
        *,
        shown: str,
        performance: str,
        strip: str,
        facts: Mapping[str, Any],
        now_s: float,
    ) -> bool:
        """The take is measured, if this is still wanted."""
        values = {"shown": shown, "performance": performance, "strip": strip, "facts": dict(facts)}
        with self.db.write() as connection:
            if not self._end(connection, work, DONE, now_s):
                return False
            mine = self.db.own(takes) & (takes.c.id == work.take)
            connection.execute(update(takes).where(mine).values(**values))
        return True

    def finish(
        self,
        work: Rework,
        *,
        film: str,
        poster: str,
        card: Mapping[str, Any],
        refusal: str = "",
        now_s: float,
    ) -> bool:
        """The film is there, if it is still wanted; why it is shown to nobody, if it is not."""
        state = REFUSED if refusal else DONE
        made = {"film": film, "poster": poster, "card": dict(card)}
        with self.db.write() as connection:
            return self._end(connection, work, state, now_s, refusal, made=made)

    def insist(self, work: str) -> bool:
        """Show a refused film all the same; False where there is none."""
        with self.db.write() as connection:
            mine = self.db.own(reworks) & (reworks.c.id == work) & (reworks.c.state == REFUSED)
            row = update(reworks).where(mine).values(state=DONE).returning(reworks.c.id)
            return connection.execute(row).first() is not None

    def fail(self, work: Rework, reason: str, now_s: float) -> bool:
        """It cannot be done; nor can what waits for a take that cannot be measured."""
        with self.db.write() as connection:
            return self._end(connection, work, FAILED, now_s, reason)

    def remove(self, work: str) -> None:
        """Forget one film that was made, or was to be."""
        with self.db.write() as connection:
            self._drop(connection, reworks.c.id == work)

    def forget(self, take: str) -> None:
        """Forget a take, and all that was asked of it."""
        with self.db.write() as connection:
            self._drop(connection, reworks.c.take == take)
            connection.execute(delete(takes).where(self.db.own(takes), takes.c.id == take))

    def empty(self, take: str, why: str, now_s: float) -> None:
        """Nothing may be made of it any more, and what was made is gone."""
        nothing = {"film": "", "poster": "", "card": {}, "step": "", "reason": why}
        its = self.db.own(reworks) & (reworks.c.take == take)
        mine = self.db.own(takes) & (takes.c.id == take)
        gone = {"film": "", "shown": "", "performance": "", "strip": "", "facts": {}}
        with self.db.write() as connection:
            ended = update(reworks).where(its).values(state=REVOKED, ended_s=now_s, **nothing)
            connection.execute(ended)
            connection.execute(update(takes).where(mine).values(**gone))

    def _end(
        self,
        connection: Connection,
        work: Rework,
        state: str,
        now_s: float,
        why: str = "",
        made: Mapping[str, Any] = MappingProxyType({}),
    ) -> bool:
        ended = {"state": state, "reason": why, "ended_s": now_s, "step": "", "share": 0.0}
        values = ended | dict(made)
        row = update(reworks).where(self._held(work)).values(**values).returning(reworks.c.id)
        if connection.execute(row).first() is None:
            return False
        if state == FAILED and work.kind == MEASURE:
            waits = self.db.own(reworks) & (reworks.c.take == work.take)
            lost = update(reworks).where(waits, reworks.c.state == PENDING)
            connection.execute(lost.values(state=FAILED, reason=UNMEASURED, ended_s=now_s))
        return True

    def _drop(self, connection: Connection, which: ColumnElement[bool]) -> None:
        connection.execute(delete(reworks).where(self.db.own(reworks), which))

    def _its(self, work: Rework) -> ColumnElement[bool]:
        return self.db.own(reworks) & (reworks.c.id == work.id)

    def _held(self, work: Rework) -> ColumnElement[bool]:
        """The row as long as it is this claim's."""
        mine = (reworks.c.state == MAKING) & (reworks.c.attempts == work.attempts)
        return self._its(work) & mine

    def _one(self, which: ColumnElement[bool]) -> Take | None:
        with self.db.read() as connection:
            row = connection.execute(select(takes).where(self.db.own(takes) & which)).first()
        return None if row is None else _take(row)

    def _found(self, which: ColumnElement[bool]) -> list[Rework]:
        mine = select(reworks).where(self.db.own(reworks), which)
        with self.db.read() as connection:
            rows = connection.execute(mine.order_by(reworks.c.made_s, reworks.c.id))
            return [_work(row) for row in rows]


def _cells(one: Take | Rework) -> dict[str, Any]:
    cells = {name: getattr(one, name) for name in type(one).__dataclass_fields__}
    return {name: dict(cell) if isinstance(cell, Mapping) else cell for name, cell in cells.items()}


def _take(row: Any) -> Take:
    return Take(**{name: getattr(row, name) for name in Take.__dataclass_fields__})


def _work(row: Any) -> Rework:
    return Rework(**{name: getattr(row, name) for name in Rework.__dataclass_fields__})
