"""The row that promises a clip is the job that makes it: claimed, beaten for, finished once."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, insert, select, update

from reelwright.cache.fading import faded
from reelwright.cache.states import RenderState
from reelwright.cache.tally import begin_demand
from reelwright.config import CacheConfig
from reelwright.domain import Blueprint, Made, Manifest, SemanticId, Wish
from reelwright.plain import from_plain
from reelwright.storage.database import Database
from reelwright.storage.schema import makings, renders
from reelwright.storage.videos import forget_sid, insert_sids, insert_video

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """A claim on a row. It is void as soon as its lease ran out or a later claim was made."""

    wish: Wish
    fence: int
    attempts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderRow:
    """What there is to tell of a row."""

    wish: Wish
    state: RenderState
    priority: float  # as it was at `wanted_s`
    asked: int
    asked_s: float
    wanted_s: float
    attempts: int
    worker: str
    reason: str
    video: str | None
    manifest: Manifest | None
    ended_s: float | None
    bytes: int
    pinned: bool


class Renders:
    """The making end of the render rows; `Cache.ask` is the asking end.

    pending -> making -> done, or back to pending after a failure, or failed after so many attempts.
    What was made may be withdrawn again (`stock.py`).
    Whatever a claim wants to write is written only while the claim holds, so however many workers
    die or dawdle, one result is kept.
    """

    def __init__(self, db: Database, config: CacheConfig) -> None:
        self.db = db
        self.config = config
        self._own = db.own(renders)

    def claim(self, worker: str, now_s: float) -> Job | None:
        """The row that most are expected to want now and nobody is making, this worker's to make.

        None, too, when this hour's makings are used up.
        """
        lapsed = _lapsed(now_s)
        wanted = faded(renders.c.priority, renders.c.wanted_s, now_s, self.config.half_life_s)
        ready = (
            select(renders.c.key)
            .where(self._own, (renders.c.state == RenderState.PENDING.value) | lapsed)
            .order_by(wanted.desc(), renders.c.asked_s, renders.c.key)
            .limit(1)
        )
        with self.db.write() as connection:
            self._give_up(connection, lapsed, now_s)
            if self._is_spent(connection, now_s):
                return None
            key = connection.execute(ready).scalar()
            return None if key is None else self._claimed(connection, key, worker, now_s)

    def beat(self, job: Job, now_s: float) -> bool:
        """Renew the lease. False: it was lost, and nothing that comes of it will be kept."""
        with self.db.write() as connection:
            return _changed(
                connection, self._held(job, now_s), lease_until_s=now_s + self.config.lease_s
            )

    def finish(self, job: Job, made: Made, sid: SemanticId, now_s: float) -> bool:
        """Keep the video, its codes and where it comes from, all at once; or nothing if lost."""
        video = made.video
        with self.db.write() as connection:
            if not self._holds(connection, job, now_s):
                return False
            insert_video(connection, self.db.tenant, video, added_s=now_s)
            forget_sid(connection, self.db.tenant, job.wish.codebook, video.id)
            insert_sids(connection, self.db.tenant, job.wish.codebook, {video.id: sid})
            self._end(connection, job, RenderState.DONE.value, now_s)
            _changed(
                connection,
                self._held(job, now_s),
                state=RenderState.DONE.value,
                video=video.id,
                manifest=asdict(made.manifest),
                blueprint=asdict(made.blueprint),
                steps=list(made.steps),
                reason="",
                ended_s=now_s,
                bytes=made.bytes,
            )
            half_life_s = self.config.half_life_s
            begin_demand(
                connection, self.db.tenant, job.wish.key, now_s=now_s, half_life_s=half_life_s
            )
            return True

    def fail(self, job: Job, reason: str, now_s: float) -> bool:
        """Put the row back for another attempt, or give it up; False if it was lost already."""
        is_last = job.attempts >= self.config.attempts
        with self.db.write() as connection:
            if not self._holds(connection, job, now_s):
                return False
            self._end(connection, job, RenderState.FAILED.value, now_s)
            return _changed(
                connection,
                self._held(job, now_s),
                state=RenderState.FAILED.value if is_last else RenderState.PENDING.value,
                reason=reason,
                ended_s=now_s if is_last else None,
            )

    def take_back(self, now_s: float) -> int:
        """Put the rows of lost workers back for another attempt; how many there were."""
        lapsed = _lapsed(now_s)
        back = update(renders).where(self._own, lapsed).values(state=RenderState.PENDING.value)
        with self.db.write() as connection:
            self._give_up(connection, lapsed, now_s)
            return len(connection.execute(back.returning(renders.c.key)).all())

    def get(self, key: str) -> RenderRow | None:
        """The row of the wish with this key."""
        with self.db.read() as connection:
            row = connection.execute(self._of(key, *renders.c)).first()
        return None if row is None else _told(row)

    def blueprint(self, key: str) -> Blueprint | None:
        """The plan from which the clip of this wish was drawn; None while there is no clip."""
        with self.db.read() as connection:
            cells = connection.execute(self._of(key, renders.c.blueprint)).scalar()
        return None if cells is None else from_plain(Blueprint, cells)

    def steps(self, key: str) -> tuple[dict[str, Any], ...]:
        """How that plan came to be, step by step; none where an older program made the clip."""
        with self.db.read() as connection:
            return tuple(connection.execute(self._of(key, renders.c.steps)).scalar() or ())

    def recent(self, n: int) -> list[RenderRow]:
        """The rows that ended or were asked for last, newest first."""
        newest = func.coalesce(renders.c.ended_s, renders.c.asked_s).desc()
        with self.db.read() as connection:
            own = select(renders).where(self._own)
            rows = connection.execute(own.order_by(newest, renders.c.key).limit(n))
            return [_told(row) for row in rows]

    def counts(self) -> dict[RenderState, int]:
        """How many rows are in each state."""
        own = select(renders.c.state, func.count()).where(self._own)
        with self.db.read() as connection:
            by_state = connection.execute(own.group_by(renders.c.state))
            found = {RenderState(state): num for state, num in by_state}
        return {state: found.get(state, 0) for state in RenderState}

    def _give_up(self, connection: Connection, lapsed: ColumnElement[bool], now_s: float) -> None:
        """A wish whose workers were lost so many times is not worth another."""
        lost = f"Its worker was lost in the last of {self.config.attempts} attempts."
        _changed(
            connection,
            self._own & lapsed & (renders.c.attempts >= self.config.attempts),
            state=RenderState.FAILED.value,
            reason=case((renders.c.reason == "", lost), else_=renders.c.reason),
            ended_s=now_s,
        )

    def _is_spent(self, connection: Connection, now_s: float) -> bool:
        """Whether as many makings began within the last hour as the settings allow."""
        if not self.config.per_hour:
            return False
        begun = select(func.count()).where(self.db.own(makings), makings.c.began_s > now_s - HOUR_S)
        return int(connection.execute(begun).scalar_one()) >= self.config.per_hour

    def _claimed(self, connection: Connection, key: str, worker: str, now_s: float) -> Job:
        claim = (
            update(renders)
            .where(self._own, renders.c.key == key)
            .values(
                state=RenderState.MAKING.value,
                worker=worker,
                fence=renders.c.fence + 1,
                attempts=renders.c.attempts + 1,
                lease_until_s=now_s + self.config.lease_s,
                begun_s=now_s,
            )
            .returning(renders.c.wish, renders.c.fence, renders.c.attempts)
        )
        wish, fence, attempts = connection.execute(claim).one()
        connection.execute(
            insert(makings).values(
                tenant=self.db.tenant,
                wish=key,
                fence=fence,
                worker=worker,
                began_s=now_s,
                outcome="",
            )
        )
        return Job(from_plain(Wish, wish), fence, attempts)

    def _end(self, connection: Connection, job: Job, outcome: str, now_s: float) -> None:
        its = (makings.c.wish == job.wish.key) & (makings.c.fence == job.fence)
        ended = update(makings).where(self.db.own(makings), its)
        connection.execute(ended.values(ended_s=now_s, outcome=outcome))

    def _of(self, key: str, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*columns).where(self._own, renders.c.key == key)

    def _held(self, job: Job, now_s: float) -> ColumnElement[bool]:
        """The row, if the claim still holds."""
        return (
            self._own
            & (renders.c.key == job.wish.key)
            & (renders.c.fence == job.fence)
            & (renders.c.state == RenderState.MAKING.value)
            & (renders.c.lease_until_s > now_s)
        )

    def _holds(self, connection: Connection, job: Job, now_s: float) -> bool:
        held = select(renders.c.key).where(self._held(job, now_s))
        return connection.execute(held).first() is not None


def _lapsed(now_s: float) -> ColumnElement[bool]:
    """The rows whose worker has not been heard of for too long."""
    return (renders.c.state == RenderState.MAKING.value) & (renders.c.lease_until_s <= now_s)


def _changed(connection: Connection, where: ColumnElement[bool], **values: Any) -> bool:
    """Whether there was a row to change; RETURNING, since not every driver counts rows."""
    change = update(renders).where(where).values(**values).returning(renders.c.key)
    return connection.execute(change).first() is not None


def _told(row: Any) -> RenderRow:
    cells = {name: getattr(row, name) for name in RenderRow.__dataclass_fields__}
    manifest = from_plain(Manifest, cells["manifest"]) if cells["manifest"] else None
    return RenderRow(
        **cells
        | {
            "wish": from_plain(Wish, cells["wish"]),
            "state": RenderState(cells["state"]),
            "manifest": manifest,
        }
    )
