"""What was made does not stay for ever: room is made for what is watched more, and some must go.

A clip that is withdrawn is no answer from that moment on, in any process. Its files follow later,
for pages that show it already.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from reelwright.cache.fading import faded
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.schema import demand, renders, videos, wanters, withdrawals

MB = 1_000_000
FILES = [videos.c.film, videos.c.poster, videos.c.preview, videos.c.captions]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A clip that was made, and how much it is watched."""

    wish: str
    title: str
    bytes: int
    pinned: bool
    views: int
    lately: float  # views, those of a half-life ago counting half


@dataclass(frozen=True, slots=True)
class Promise:
    """A row that says that there is a clip."""

    wish: str
    fence: int  # of the claim that made it
    bytes: int  # of all files; 0 where an older program made it
    files: tuple[str, ...]  # among the blobs


class Stock:
    """Holds what was made to `config.capacity_mb`, by how much it is watched of late."""

    def __init__(self, db: Database, blobs: Blobs, config: CacheConfig) -> None:
        self.db = db
        self.blobs = blobs
        self.config = config

    def kept(self, now_s: float) -> list[Kept]:
        """Every clip that was made, those watched least of late, which go first, first."""
        with self.db.read() as connection:
            return [Kept(**row._mapping) for row in connection.execute(self._least_first(now_s))]

    def num_bytes(self) -> int:
        """What the clips that were made take."""
        with self.db.read() as connection:
            return self._size(connection)

    def make_room(self, now_s: float) -> list[str]:
        """Withdraw the least watched clips until the rest fits; says whose wishes they were for.

        Pinned ones stay, whether or not the rest fits then.
        """
        capacity = self.config.capacity_mb * MB
        if not capacity or self.num_bytes() <= capacity:
            return []
        with self.db.write() as connection:
            excess, victims = self._size(connection) - capacity, []
            for row in connection.execute(self._least_first(now_s)).all():
                if excess > 0 and not row.pinned:
                    self._withdraw(
                        connection, row.wish, RenderState.EVICTED, "To make room.", now_s
                    )
                    victims.append(row.wish)
                    excess -= row.bytes
        return victims

    def pin(self, wish: str, pinned: bool = True) -> None:
        """Keep the clip of this wish however little it is watched; or no longer."""
        with self.db.write() as connection:
            self._state(connection, wish)
            connection.execute(update(renders).where(self._row(wish)).values(pinned=pinned))

    def bury(self, wish: str, why: str, now_s: float) -> None:
        """Withdraw the clip of this wish if there is one, and never make it again."""
        with self.db.write() as connection:
            self._state(connection, wish)
            self._withdraw(connection, wish, RenderState.BURIED, why, now_s)

    def unbury(self, wish: str) -> None:
        """Let this wish be made again once somebody asks for it."""
        with self.db.write() as connection:
            if self._state(connection, wish) is not RenderState.BURIED:
                raise ReelwrightError(f"The wish {wish} is not buried.", hint="It is as it was.")
            again = {"state": RenderState.EVICTED.value, "reason": ""}
            connection.execute(update(renders).where(self._row(wish)).values(**again))

    def again(self, wish: str) -> None:
        """Let a wish that was given up be tried as if it were new."""
        with self.db.write() as connection:
            if self._state(connection, wish) is not RenderState.FAILED:
                raise ReelwrightError(
                    f"The wish {wish} was not given up.", hint="Only what failed is tried again."
                )
            anew = {"state": RenderState.PENDING.value, "attempts": 0, "ended_s": None}
            connection.execute(update(renders).where(self._row(wish)).values(**anew))

    def promises(self) -> list[Promise]:
        """Every clip that was made, and the files that it is made of."""
        its = (videos.c.tenant == renders.c.tenant) & (videos.c.id == renders.c.video)
        found = select(renders.c.key, renders.c.fence, renders.c.bytes, *FILES).select_from(
            renders.join(videos, its)
        )
        with self.db.read() as connection:
            return [
                Promise(key, fence, size, tuple(dict.fromkeys(filter(None, files))))
                for key, fence, size, *files in connection.execute(found.where(self._made()))
            ]

    def make_again(self, promise: Promise, why: str, now_s: float) -> bool:
        """Withdraw a clip and have it made once more; False where that has happened already."""
        as_it_was = self._made() & (renders.c.fence == promise.fence)
        found = select(renders.c.key).where(self._row(promise.wish), as_it_was)
        with self.db.write() as connection:
            if connection.execute(found).first() is None:
                return False
            self._withdraw(connection, promise.wish, RenderState.PENDING, why, now_s)
            anew = {"attempts": 0, "ended_s": None}
            connection.execute(update(renders).where(self._row(promise.wish)).values(**anew))
            return True

    def sweep(self, now_s: float) -> int:
        """Delete the files of what was withdrawn long enough ago; the bytes that this freed."""
        before_s = now_s - self.config.linger_s
        due = (
            self.db.own(withdrawals)
            & (withdrawals.c.at_s <= before_s)
            & withdrawals.c.swept.is_(False)
        )
        found = select(withdrawals.c.blobs).where(due)
        with self.db.read() as connection:
            if connection.execute(found.limit(1)).first() is None:
                return 0
        with self.db.write() as connection:  # meanwhile no other clip can come to show a file
            keys = [key for keys in connection.execute(found).scalars() for key in keys]
            freed = sum(self._delete(connection, key, before_s) for key in keys)
            connection.execute(update(withdrawals).where(due).values(swept=True))
        return freed

    def _size(self, connection: Connection) -> int:
        added = select(func.coalesce(func.sum(renders.c.bytes), 0)).where(self._made())
        return int(connection.execute(added).scalar_one())

    def _least_first(self, now_s: float) -> Select[Any]:
        """The rows of `Kept`."""
        half_life_s = self.config.half_life_s
        lately = func.coalesce(faded(demand.c.weight, demand.c.weighed_s, now_s, half_life_s), 0.0)
        its_demand = (demand.c.tenant == renders.c.tenant) & (demand.c.video == renders.c.video)
        its_video = (videos.c.tenant == renders.c.tenant) & (videos.c.id == renders.c.video)
        return (
            select(
                renders.c.key.label("wish"),
                videos.c.title,
                renders.c.bytes,
                renders.c.pinned,
                func.coalesce(demand.c.views, 0).label("views"),
                lately.label("lately"),
            )
            .select_from(renders.join(videos, its_video).outerjoin(demand, its_demand))
            .where(self._made())
            .order_by(lately, renders.c.ended_s, renders.c.key)
        )

    def _withdraw(
        self, connection: Connection, wish: str, state: RenderState, why: str, now_s: float
    ) -> None:
        """The row says so, the video is no answer any more, and nobody is known to want it."""
        made = select(renders.c.video, renders.c.bytes).where(self._row(wish))
        video, size = connection.execute(made).one()
        gone = {"state": state.value, "reason": why, "video": None, "bytes": 0, "ended_s": now_s}
        connection.execute(update(renders).where(self._row(wish)).values(**gone))
        wanted = self.db.own(wanters) & (wanters.c.wish == wish)
        connection.execute(delete(wanters).where(wanted))
        if video is None:
            return
        own = self.db.own(videos) & (videos.c.id == video)
        connection.execute(update(videos).where(own).values(withdrawn_s=now_s))
        files = connection.execute(select(*FILES).where(own)).one()
        connection.execute(
            insert(withdrawals).values(
                tenant=self.db.tenant,
                video=video,
                why=why,
                bytes=size,
                blobs=[file for file in files if file],
                at_s=now_s,
                swept=False,
            )
        )

    def _delete(self, connection: Connection, key: str, before_s: float) -> int:
        """Delete a file that no video shows; how many bytes that frees."""
        shown = select(videos.c.id).where(
            self.db.own(videos),
            videos.c.withdrawn_s.is_(None),
            or_(*(file == key for file in FILES)),
        )
        if connection.execute(shown.limit(1)).first() is not None:
            return 0
        return self.blobs.delete(key, unused_since_s=before_s)

    def _state(self, connection: Connection, wish: str) -> RenderState:
        state = connection.execute(select(renders.c.state).where(self._row(wish))).scalar()
        if state is None:
            raise ReelwrightError(
                f"Nobody wished for {wish!r}.", hint="reelwright cache lists what was made."
            )
        return RenderState(state)

    def _row(self, wish: str) -> ColumnElement[bool]:
        return self.db.own(renders) & (renders.c.key == wish)

    def _made(self) -> ColumnElement[bool]:
        done = renders.c.state == RenderState.DONE.value
        return self.db.own(renders) & done
