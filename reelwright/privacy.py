"""What is kept of a viewer: handed to them on request, and erased on request.

Only three tables name a viewer: what they did, what they were shown, and their attributes. A fourth
knows, by digests, who wants what too few want so far. Everything else that the feed holds of them
is read from these tables anew, so that without them nobody is left. What was counted (views, how
often a wish was asked for) names nobody. A model that was trained before an erasure has learned
from what is gone now; the next `reelwright train` does without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from reelwright.cache.asks import digest_of
from reelwright.storage.database import Database
from reelwright.storage.schema import erasures, events, impressions, models, viewers, wanters

PART = 500  # keys in one statement


@dataclass(frozen=True, slots=True)
class Erased:
    """How much there was of somebody who is gone."""

    events: int
    impressions: int
    attributes: int
    wishes: int  # of those that too few want so far


class Privacy:
    """The data of one viewer, all of it."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def export(self, viewer: str) -> dict[str, Any]:
        """All of it as plain JSON, in the order in which it came."""
        with self.db.read() as connection:
            kept = select(viewers.c.attributes).where(self.db.own(viewers), viewers.c.id == viewer)
            return {
                "viewer": viewer,
                "attributes": connection.execute(kept).scalar() or [],
                "events": self._rows(connection, events, viewer),
                "impressions": self._rows(connection, impressions, viewer),
                "wanted": self._wanted(connection, viewer),
            }

    def erase(self, viewer: str, now_s: float) -> Erased:
        """Delete all of it. Of somebody who was never here, there is nothing to delete."""
        with self.db.write() as connection:
            wanted = self._wanted(connection, viewer)
            erased = Erased(
                events=self._delete(connection, events, events.c.viewer == viewer),
                impressions=self._delete(connection, impressions, impressions.c.viewer == viewer),
                attributes=self._delete(connection, viewers, viewers.c.id == viewer),
                wishes=sum(self._unwant(connection, viewer, wish) for wish in wanted),
            )
            if erased != Erased(0, 0, 0, 0):
                row = insert(erasures).values(tenant=self.db.tenant, at_s=now_s)
                connection.execute(row)  # that somebody went, not who
        self.db.settle()
        return erased

    def erased_since_training(self) -> int:
        """How many viewers went whose deeds the newest recommender has learned from."""
        trained = select(func.coalesce(func.max(models.c.kept_s), 0.0)).where(
            self.db.own(models), models.c.name == "recommender"
        )
        with self.db.read() as connection:
            since_s = connection.execute(trained).scalar_one()
            went = select(func.count()).where(self.db.own(erasures), erasures.c.at_s > since_s)
            return int(connection.execute(went).scalar_one())

    def _rows(self, connection: Connection, table: Table, viewer: str) -> list[Mapping[str, Any]]:
        columns = [column for column in table.c if column.name not in ("seq", "tenant", "viewer")]
        own = select(*columns).where(self.db.own(table), table.c.viewer == viewer)
        return [dict(row._mapping) for row in connection.execute(own.order_by(table.c.seq))]

    def _wanted(self, connection: Connection, viewer: str) -> list[str]:
        """Wishes that this viewer is noted to want; the digests can be made, but not undone."""
        open_ = select(wanters.c.wish).where(self.db.own(wanters)).distinct()
        wishes = list(connection.execute(open_.order_by(wanters.c.wish)).scalars())
        return [
            wish
            for start in range(0, len(wishes), PART)
            for wish in self._noted(connection, viewer, wishes[start : start + PART])
        ]

    def _noted(self, connection: Connection, viewer: str, wishes: Sequence[str]) -> list[str]:
        digests = [digest_of(wish, viewer) for wish in wishes]
        noted = select(wanters.c.wish).where(self.db.own(wanters), wanters.c.who.in_(digests))
        return list(connection.execute(noted.order_by(wanters.c.wish)).scalars())

    def _unwant(self, connection: Connection, viewer: str, wish: str) -> int:
        who = digest_of(wish, viewer)
        return self._delete(connection, wanters, (wanters.c.wish == wish) & (wanters.c.who == who))

    def _delete(self, connection: Connection, table: Table, which: Any) -> int:
        gone = delete(table).where(self.db.own(table), which).returning(table.c.tenant)
        return len(connection.execute(gone).all())
