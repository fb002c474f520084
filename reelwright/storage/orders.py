"""What programs ordered: each a wish in somebody's words, and how far it is."""

import secrets
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, delete, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.domain import Format
from reelwright.storage.database import Database
from reelwright.storage.schema import orders, outbox, renders, reworks, videos

LATELY = 32  # makings that what is foretold is learned from


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """What was asked for. `digest` tells whether the same idempotency key asks for the same."""

    id: str
    wish: str  # its key
    prompt: str
    model: str
    size: str
    seconds: str
    metadata: dict[str, str]
    asked_by: str
    idempotency: str | None
    digest: str
    webhook_url: str
    made_s: float
    source: str = ""  # a take; then `wish` names what is made of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order, and what became of its wish."""

    asked: Ordered
    state: str  # of the render row
    reason: str
    begun_s: float | None
    ended_s: float | None
    film: str = ""  # keys among the blobs
    poster: str = ""
    captions: str = ""
    step: str = ""  # of what is made of a take, and how far that is
    share: float = 0.0


def new_id() -> str:
    """Nobody can guess one."""
    return f"video_{secrets.token_hex(16)}"


class Orders:
    """The orders of one tenant."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.tenant = db.tenant

    def add(self, asked: Ordered) -> Ordered:
        """Keep it; or what the same caller kept before under the same idempotency key."""
        cells = {name: getattr(asked, name) for name in Ordered.__dataclass_fields__}
        row = insert(orders).values(tenant=self.tenant, announced=not asked.webhook_url, **cells)
        row = row.on_conflict_do_nothing(index_elements=["tenant", "asked_by", "idempotency"])
        with self.db.write() as connection:
            if connection.execute(row.returning(orders.c.id)).first() is not None:
                return asked
            before = select(orders).where(
                self._ours(),
                orders.c.asked_by == asked.asked_by,
                orders.c.idempotency == asked.idempotency,
            )
            return _ordered(connection.execute(before).one())

    def known(self, asked_by: str, idempotency: str) -> Ordered | None:
        """What was kept under an idempotency key."""
        same = (orders.c.asked_by == asked_by) & (orders.c.idempotency == idempotency)
        with self.db.read() as connection:
            row = connection.execute(select(orders).where(self._ours(), same)).first()
        return None if row is None else _ordered(row)

    def get(self, id_: str) -> Order | None:
        with self.db.read() as connection:
            row = connection.execute(whole().where(self._ours(), orders.c.id == id_)).first()
        return None if row is None else order_of(row)

    def page(
        self, *, after: Ordered | None, limit: int, order: Literal["asc", "desc"]
    ) -> tuple[list[Order], bool]:
        """So many orders by age, behind `after`; and whether more follow."""
        by_age = (orders.c.made_s, orders.c.id)
        query = whole().where(self._ours())
        if after is not None:
            place, last = tuple_(*by_age), tuple_(literal(after.made_s), literal(after.id))
            query = query.where(place > last if order == "asc" else place < last)
        first = [column.asc() if order == "asc" else column.desc() for column in by_age]
        with self.db.read() as connection:
            rows = connection.execute(query.order_by(*first).limit(limit + 1)).all()
        return [order_of(row) for row in rows[:limit]], len(rows) > limit

    def remove(self, id_: str) -> bool:
        """Forget the order and its words; the clip stays, for others may wish for the same."""
        gone = delete(orders).where(self._ours(), orders.c.id == id_).returning(orders.c.id)
        mail = delete(outbox).where(self.db.own(outbox), outbox.c.order_id == id_)
        with self.db.write() as connection:
            connection.execute(mail)
            return connection.execute(gone).first() is not None

    def waiting(self) -> int:
        """How many wishes wait to be made."""
        with self.db.read() as connection:
            waits = self.db.own(renders) & (renders.c.state == "pending")
            pending = select(func.count()).select_from(renders).where(waits)
            return int(connection.execute(pending).scalar_one())

    def state_of(self, wish: str) -> str | None:
        """The state of the wish's row; None while nobody wished for it."""
        with self.db.read() as connection:
            its = self.db.own(renders) & (renders.c.key == wish)
            return connection.execute(select(renders.c.state).where(its)).scalar()

    def foretold_s(self, form: Format) -> float | None:
        """Seconds of work that a clip will take, from those that were made last; None at first."""
        made = (
            select(renders.c.wish, renders.c.ended_s - renders.c.begun_s)
            .where(self.db.own(renders))
            .where(renders.c.state == "done", renders.c.begun_s.is_not(None))
            .order_by(renders.c.ended_s.desc())
            .limit(LATELY)
        )
        with self.db.read() as connection:
            took = connection.execute(made).all()
        rates = [took_s / _size(Format(**wish["format"])) for wish, took_s in took]
        return median(rates) * _size(form) if rates else None

    def _ours(self) -> ColumnElement[bool]:
        return self.db.own(orders)


def _size(form: Format) -> float:
    """Pixels of all frames: what drawing and encoding grow with."""
    return form.width * form.height * form.fps * form.duration_s


def whole() -> Select[Any]:
    """Orders with what became of their wishes."""
    its_render = (renders.c.tenant == orders.c.tenant) & (renders.c.key == orders.c.wish)
    its_work = (reworks.c.tenant == orders.c.tenant) & (reworks.c.id == orders.c.wish)
    its_video = (videos.c.tenant == renders.c.tenant) & (videos.c.id == renders.c.video)
    return select(
        orders,
        func.coalesce(renders.c.state, reworks.c.state).label("state"),
        func.coalesce(renders.c.reason, reworks.c.reason).label("reason"),
        func.coalesce(renders.c.begun_s, reworks.c.begun_s).label("begun_s"),
        func.coalesce(renders.c.ended_s, reworks.c.ended_s).label("ended_s"),
        func.coalesce(videos.c.film, reworks.c.film).label("film"),
        func.coalesce(videos.c.poster, reworks.c.poster).label("poster"),
        videos.c.captions,
        reworks.c.step,
        reworks.c.share,
    ).select_from(
        orders.outerjoin(renders, its_render)
        .outerjoin(videos, its_video)
        .outerjoin(reworks, its_work)
    )


def _ordered(row: Any) -> Ordered:
    return Ordered(**{name: getattr(row, name) for name in Ordered.__dataclass_fields__})


def order_of(row: Any) -> Order:
    return Order(
        asked=_ordered(row),
        state=row.state or ("evicted" if row.source else "pending"),
        reason=row.reason or "",
        begun_s=row.begun_s,
        ended_s=row.ended_s,
        film=row.film or "",
        poster=row.poster or "",
        captions=row.captions or "",
        step=row.step or "",
        share=row.share or 0.0,
    )
