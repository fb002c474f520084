"""Asking for what is missing: one row for one wish, however many ask, and few commits for many."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.cache.renders import RenderState
from reelwright.config import CacheConfig
from reelwright.domain import Wish
from reelwright.storage.database import Busy, Database
from reelwright.storage.schema import renders

logger = logging.getLogger(__name__)

KNOWN = 100_000  # keys that are remembered; forgetting them costs one write each

_ROW = insert(renders)
ASK = _ROW.on_conflict_do_update(
    index_elements=["key"],
    set_={
        "asked": renders.c.asked + _ROW.excluded.asked,
        "priority": renders.c.priority + _ROW.excluded.priority,
    },
    where=renders.c.state == RenderState.PENDING.value,
).returning(renders.c.key, renders.c.asked)


@dataclass(slots=True, eq=False)
class _Ask:
    """Everything asked for one wish since the last commit."""

    wish: Wish
    priority: float
    now_s: float
    times: int = 1
    created: Future[bool] = field(default_factory=Future)


class Asks:
    """The asking end of the render rows; `Renders` is the making end.

    The first to ask waits until the row is there; whoever comes while a commit is under way
    shares the next one. Asking again adds to `asked` and `priority`, so that priority is the number
    of viewers expected to want it; that is gathered here and written at most every `ask_every_s`.
    """

    def __init__(self, db: Database, config: CacheConfig) -> None:
        self.db = db
        self.config = config
        self._waiting: dict[str, _Ask] = {}
        self._known: set[str] = set()  # these have a row
        self._written_s = float("-inf")
        self._gathering = threading.Lock()
        self._writing = threading.Lock()

    def ask(self, wish: Wish, key: str, *, priority: float, now_s: float) -> bool:
        """Whether this call created the row. A store that is busy is asked another time."""
        with self._gathering:
            ask = self._waiting.get(key)
            is_first = ask is None and key not in self._known
            if ask is None:
                ask = self._waiting[key] = _Ask(wish, priority, now_s)
            else:
                ask.times += 1
                ask.priority += priority
            if not is_first and now_s - self._written_s < self.config.ask_every_s:
                return False
        with self._writing:
            if not ask.created.done():
                self._write(now_s)
        return is_first and ask.created.result()

    def ask_all(self, asks: Sequence[tuple[Wish, str, float]], *, now_s: float) -> None:
        """The same for several, each with its key and priority, in at most one commit."""
        is_due = False
        with self._gathering:
            for wish, key, priority in asks:
                ask = self._waiting.get(key)
                is_due |= ask is None and key not in self._known
                if ask is None:
                    self._waiting[key] = _Ask(wish, priority, now_s)
                else:
                    ask.times += 1
                    ask.priority += priority
            is_due |= bool(asks) and now_s - self._written_s >= self.config.ask_every_s
        if is_due:
            with self._writing:
                self._write(now_s)

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
        with self.db.write(durable=False) as connection:  # it is no promise to anybody
            rows = connection.execute(ASK, [_row(key, ask) for key, ask in asks.items()]).all()
        return {key for key, asked in rows if asked == asks[key].times}

    def _remember(self, asks: dict[str, _Ask]) -> None:
        with self._gathering:
            if len(self._known) > KNOWN:
                self._known.clear()
            self._known.update(asks)


def _row(key: str, ask: _Ask) -> dict[str, Any]:
    return {
        "key": key,
        "wish": asdict(ask.wish),
        "state": RenderState.PENDING.value,
        "priority": ask.priority,
        "asked": ask.times,
        "asked_s": ask.now_s,
        "attempts": 0,
        "fence": 0,
        "worker": "",
        "lease_until_s": 0.0,
        "reason": "",
    }
