"""Asking for what is missing: one row for one wish, however many ask, and few commits for many."""

import hashlib
import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.cache.fading import faded
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig
from reelwright.domain import Wish
from reelwright.storage.database import Busy, Database
from reelwright.storage.schema import renders, wanters

logger = logging.getLogger(__name__)

KNOWN = 100_000  # keys that are remembered; forgetting them costs one write each
ASKABLE = (RenderState.WANTED, RenderState.PENDING, RenderState.EVICTED)

WANT = insert(wanters).on_conflict_do_nothing(index_elements=["tenant", "wish", "who"])


@dataclass(slots=True, eq=False)
class _Ask:
    """Everything asked for one wish since the last commit."""

    wish: Wish
    priority: float
    now_s: float
    times: int = 1
    viewers: set[str] = field(default_factory=set)
    created: Future[bool] = field(default_factory=Future)


class Asks:
    """The asking end of the render rows; `Renders` is the making end.

    The first to ask waits until the row is there; whoever comes while a commit is under way
    shares the next one. Asking again adds to `asked` and `priority`, so that priority is the number
    of viewers expected to want it now; that is gathered here and written at most every
    `ask_every_s`. Until `config.viewers` different ones asked, the row waits as `WANTED`.
    """

    def __init__(self, db: Database, config: CacheConfig) -> None:
        self.db = db
        self.config = config
        self._ask = _upsert(config)
        self._waiting: dict[str, _Ask] = {}
        self._known: set[str] = set()  # these have a row
        self._written_s = float("-inf")
        self._gathering = threading.Lock()
        self._writing = threading.Lock()

    def ask(self, wish: Wish, key: str, *, viewer: str, priority: float, now_s: float) -> bool:
        """Whether this call created the row. A store that is busy is asked another time."""
        with self._gathering:
            ask, is_first = self._gathered(wish, key, viewer, priority, now_s)
            if not is_first and now_s - self._written_s < self.config.ask_every_s:
                return False
        with self._writing:
            if not ask.created.done():
                self._write(now_s)
        return is_first and ask.created.result()

    def ask_all(self, asks: Sequence[tuple[Wish, str, str, float]], *, now_s: float) -> None:
        """The same for several, each with its key, viewer and priority, in at most one commit."""
        with self._gathering:
            are_first = [self._gathered(*one, now_s)[1] for one in asks]
            is_due = bool(asks) and now_s - self._written_s >= self.config.ask_every_s
        if is_due or any(are_first):
            with self._writing:
                self._write(now_s)

    def _gathered(
        self, wish: Wish, key: str, viewer: str, priority: float, now_s: float
    ) -> tuple[_Ask, bool]:
        """What is asked for a wish since the last commit, this included; whether it is the first
        that this process knows of."""
        ask = self._waiting.get(key)
        is_first = ask is None and key not in self._known
        if ask is None:
            ask = self._waiting[key] = _Ask(wish, priority, now_s)
        else:
            ask.times += 1
            ask.priority += priority
        if self.config.viewers > 1:
            ask.viewers.add(viewer)
        return ask, is_first

    def _write(self, now_s: float) -> None:
        """Commit all that was gathered, on behalf of everybody who waits for it."""
        with self._gathering:
            asks, self._waiting = self._waiting, {}
            self._written_s = now_s
        created: set[str] = set()
        try:
            created = self._commit(asks)
        except Busy as error:
            logger.warning("%d wishes could not be asked for: %s", len(asks), error)
        else:
            self._remember(asks)
        finally:
            for key, ask in asks.items():
                ask.created.set_result(key in created)

    def _commit(self, asks: dict[str, _Ask]) -> set[str]:
        """Keys of the rows that did not exist before."""
        rows = [self._row(key, ask) for key, ask in asks.items()]
        with self.db.write(durable=False) as connection:  # it is no promise to anybody
            told = connection.execute(self._ask, rows).all()
            wanted = [key for key, _, state in told if state == RenderState.WANTED.value]
            if wanted:
                self._count(connection, {key: asks[key] for key in wanted})
        return {key for key, asked, _ in told if asked == asks[key].times}

    def _count(self, connection: Connection, asks: dict[str, _Ask]) -> None:
        """Note who wants these; what enough want is to be made, and who it was is forgotten."""
        connection.execute(
            WANT,
            [
                {
                    "tenant": self.db.tenant,
                    "wish": key,
                    "who": digest_of(key, viewer),
                    "at_s": ask.now_s,
                }
                for key, ask in asks.items()
                for viewer in ask.viewers
            ],
        )
        enough = (
            select(wanters.c.wish)
            .where(self.db.own(wanters), wanters.c.wish.in_(asks))
            .group_by(wanters.c.wish)
            .having(func.count() >= self.config.viewers)
        )
        if keys := list(connection.execute(enough).scalars()):
            promote(connection, self.db.tenant, keys)

    def _remember(self, asks: Iterable[str]) -> None:
        with self._gathering:
            if len(self._known) > KNOWN:
                self._known.clear()
            self._known.update(asks)

    def _row(self, key: str, ask: _Ask) -> dict[str, Any]:
        return {
            "tenant": self.db.tenant,
            "key": key,
            "wish": asdict(ask.wish),
            "state": _first(self.config).value,
            "priority": ask.priority,
            "asked": ask.times,
            "asked_s": ask.now_s,
            "wanted_s": ask.now_s,
            "attempts": 0,
            "fence": 0,
            "worker": "",
            "lease_until_s": 0.0,
            "reason": "",
            "bytes": 0,
            "pinned": False,
        }


def digest_of(key: str, viewer: str) -> str:
    """A viewer, told apart from others who want the same and not to be recognised elsewhere."""
    return hashlib.blake2b(viewer.encode(), key=key.encode()[:64], digest_size=16).hexdigest()


def promote(connection: Connection, tenant: str, keys: list[str]) -> None:
    """From now on these are to be made."""
    connection.execute(
        update(renders)
        .where(renders.c.tenant == tenant, renders.c.key.in_(keys))
        .values(state=RenderState.PENDING.value)
    )
    connection.execute(delete(wanters).where(wanters.c.tenant == tenant, wanters.c.wish.in_(keys)))


def _first(config: CacheConfig) -> RenderState:
    return RenderState.WANTED if config.viewers > 1 else RenderState.PENDING


def _upsert(config: CacheConfig) -> Any:
    """Create the row, or add to it where it is not being made; what was evicted begins anew."""
    new = insert(renders)
    was = new.excluded
    evicted = renders.c.state == RenderState.EVICTED.value
    anew = renders.c.state != RenderState.PENDING.value if config.viewers == 1 else evicted
    now = faded(renders.c.priority, renders.c.wanted_s, was.wanted_s, config.half_life_s)
    return new.on_conflict_do_update(
        index_elements=["tenant", "key"],
        set_={
            "asked": renders.c.asked + was.asked,
            "priority": now + was.priority,
            "wanted_s": was.wanted_s,
            "state": case((anew, _first(config).value), else_=renders.c.state),
            "attempts": case((evicted, 0), else_=renders.c.attempts),
        },
        # Not IN: its list could not be the same for many rows at once.
        where=or_(*(renders.c.state == state.value for state in ASKABLE)),
    ).returning(renders.c.key, renders.c.asked, renders.c.state)
