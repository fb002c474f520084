"""What the tables say of making and keeping, added up for people: rows, ways, seconds, views."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from reelwright.cache.fading import faded
from reelwright.cache.states import RenderState
from reelwright.cache.tally import HOUR_S
from reelwright.config import CacheConfig
from reelwright.domain import Way, Wish
from reelwright.plain import from_plain
from reelwright.storage.database import Database
from reelwright.storage.schema import demand, makings, renders, videos, wanters, ways

HOURS = 24  # a day of answers
TYPICAL_OF = 50  # makings; what ended last tells best how long one takes


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A wish on its way to a clip, or behind it."""

    key: str
    wish: Wish
    state: RenderState
    asked: int
    expected: float  # viewers who want it now
    asked_s: float
    begun_s: float | None
    ended_s: float | None
    attempts: int
    worker: str
    reason: str
    pinned: bool
    bytes: int
    title: str  # of the clip; empty where there is none
    poster: str
    work_s: float  # that making it took, failures too
    views: int
    wanters: int  # who are counted until enough want it


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """The answers of one hour."""

    starts_s: float
    answers: dict[Way, int]

    @property
    def total(self) -> int:
        return sum(self.answers.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds of making over views; a clip that nobody has seen yet is told as if one had."""

    key: str
    title: str
    poster: str
    seconds: float
    attempts: int
    failures: int
    views: int

    @property
    def per_view_s(self) -> float:
        return self.seconds / max(1, self.views)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """All making over all views."""

    seconds: float
    failed_s: float  # of them, for nothing
    attempts: int
    clips: int
    views: int

    @property
    def per_view_s(self) -> float | None:
        """None until somebody has seen something that was made."""
        return self.seconds / self.views if self.views else None


class Ledger:
    """Reads only. Every number is as of `now_s`."""

    def __init__(self, db: Database, config: CacheConfig) -> None:
        self.db = db
        self.config = config

    def lines(self, states: Iterable[RenderState], n: int, now_s: float) -> list[Line]:
        """Rows in these states: those that ended by when, all others by how many want them."""
        query = self._lines(now_s).where(renders.c.state.in_([state.value for state in states]))
        expected = self._expected(now_s)
        newest = func.coalesce(renders.c.ended_s, 0.0).desc()
        query = query.order_by(newest, expected.desc(), renders.c.asked_s, renders.c.key)
        with self.db.read() as connection:
            return [_line(row) for row in connection.execute(query.limit(n))]

    def line(self, key: str, now_s: float) -> Line | None:
        """The row of one wish."""
        with self.db.read() as connection:
            row = connection.execute(self._lines(now_s).where(renders.c.key == key)).first()
        return None if row is None else _line(row)

    def posters(self, keys: Sequence[str]) -> dict[str, str]:
        """Of the clips that were made for these wishes."""
        its = select(videos.c.id, videos.c.poster).where(self.db.own(videos), videos.c.id.in_(keys))
        with self.db.read() as connection:
            return {id_: poster for id_, poster in connection.execute(its)}

    def hours(self, now_s: float) -> list[Hour]:
        """How wishes were answered in each hour of the last day, the current one last."""
        first = int(now_s // HOUR_S) - HOURS + 1
        query = select(ways.c.hour, ways.c.way, ways.c.answers)
        with self.db.read() as connection:
            rows = connection.execute(query.where(self.db.own(ways), ways.c.hour >= first))
            found = {(hour, Way(way)): int(num) for hour, way, num in rows}
        return [
            Hour(
                starts_s=float(hour * HOUR_S),
                answers={way: found.get((hour, way), 0) for way in Way},
            )
            for hour in range(first, first + HOURS)
        ]

    def costs(self, n: int) -> list[Cost]:
        """The clips that cost most for a view."""
        seconds, views = func.sum(_seconds()), func.coalesce(func.max(demand.c.views), 0)
        query = (
            select(
                makings.c.wish.label("key"),
                videos.c.title,
                videos.c.poster,
                seconds.label("seconds"),
                func.count().label("attempts"),
                func.sum(_is_failure()).label("failures"),
                views.label("views"),
            )
            # A made video is called as its wish is.
            .join(videos, (videos.c.tenant == makings.c.tenant) & (videos.c.id == makings.c.wish))
            .outerjoin(
                demand, (demand.c.tenant == makings.c.tenant) & (demand.c.video == makings.c.wish)
            )
            .where(self.db.own(makings))
            .group_by(makings.c.wish, videos.c.title, videos.c.poster)
            .order_by((seconds / case((views < 1, 1), else_=views)).desc(), makings.c.wish)
        )
        with self.db.read() as connection:
            return [Cost(**row._mapping) for row in connection.execute(query.limit(n))]

    def bill(self) -> Bill:
        """What all of it came to; an attempt whose worker was lost counts, its time is unknown."""
        of_makings = select(
            func.coalesce(func.sum(_seconds()), 0.0),
            func.coalesce(func.sum(_seconds() * _is_failure()), 0.0),
            func.count(),
            func.count(case((makings.c.outcome == RenderState.DONE.value, 1))),
        ).where(self.db.own(makings))
        of_views = select(func.coalesce(func.sum(demand.c.views), 0)).where(self.db.own(demand))
        with self.db.read() as connection:
            seconds, failed_s, attempts, clips = connection.execute(of_makings).one()
            views = int(connection.execute(of_views).scalar_one())
        return Bill(seconds=seconds, failed_s=failed_s, attempts=attempts, clips=clips, views=views)

    def typical_s(self) -> float | None:
        """How long a making takes that succeeds; None before the first."""
        its = self.db.own(makings) & (makings.c.outcome == RenderState.DONE.value)
        query = select(_seconds()).where(its).order_by(makings.c.seq.desc()).limit(TYPICAL_OF)
        with self.db.read() as connection:
            took = list(connection.execute(query).scalars())
        return median(took) if took else None

    def _lines(self, now_s: float) -> Select[Any]:
        its = videos.c.tenant == renders.c.tenant
        return (
            select(
                *(renders.c[name] for name in _OWN),
                self._expected(now_s).label("expected"),
                func.coalesce(videos.c.title, "").label("title"),
                func.coalesce(videos.c.poster, "").label("poster"),
                self._of_its(makings, func.coalesce(func.sum(_seconds()), 0.0)).label("work_s"),
                self._of_its(wanters, func.count()).label("wanters"),
                select(func.coalesce(func.sum(demand.c.views), 0))
                .where(self.db.own(demand), demand.c.video == renders.c.key)
                .correlate(renders)
                .scalar_subquery()
                .label("views"),
            )
            .select_from(renders.outerjoin(videos, its & (videos.c.id == renders.c.video)))
            .where(self.db.own(renders))
        )

    def _of_its(self, table: Any, figure: ColumnElement[Any]) -> Any:
        its = select(figure).where(self.db.own(table), table.c.wish == renders.c.key)
        return its.correlate(renders).scalar_subquery()

    def _expected(self, now_s: float) -> ColumnElement[float]:
        return faded(renders.c.priority, renders.c.wanted_s, now_s, self.config.half_life_s)


_OWN = (
    *("key", "wish", "state", "asked", "asked_s", "begun_s", "ended_s"),
    *("attempts", "worker", "reason", "pinned", "bytes"),
)


def _seconds() -> ColumnElement[float]:
    """Of one attempt; 0 while it is under way, or where nobody knows when it ended."""
    return func.coalesce(makings.c.ended_s - makings.c.began_s, 0.0)


def _is_failure() -> ColumnElement[int]:
    return case((makings.c.outcome == RenderState.FAILED.value, 1), else_=0)


def _line(row: Any) -> Line:
    cells = dict(row._mapping)
    return Line(
        **cells
        | {
            "wish": from_plain(Wish, cells["wish"]),
            "state": RenderState(cells["state"]),
            "views": int(cells["views"]),
        }
    )
