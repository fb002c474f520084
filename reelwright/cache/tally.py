"""How wishes are answered, and how much what was made is watched: counted apart from the log.

The log knows both, but adding it up takes as long as it is; and who looked is not needed for it.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, func, literal, select
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.cache.fading import faded
from reelwright.config import CacheConfig
from reelwright.domain import Answer, Way
from reelwright.storage.database import Busy, Database
from reelwright.storage.schema import demand, renders, ways

logger = logging.getLogger(__name__)

HOUR_S = 3600


Later = Callable[[Callable[[float], None], float], object]


def at_once(act: Callable[[float], None], now_s: float) -> None:
    act(now_s)


class Tally:
    """Counts in memory, written together at most every `ask_every_s`; a kill may cost that much."""

    def __init__(self, db: Database, config: CacheConfig, *, later: Later = at_once) -> None:
        self.db = db
        self.config = config
        self.later = later  # does the writing, now or in a thread of its own
        self._views: Counter[str] = Counter()
        self._ways: Counter[Way] = Counter()
        self._given: list[Answer] = []  # and not counted yet: many at once cost less
        self._written_s = float("-inf")
        self._lock = threading.Lock()
        self._view, self._answer = _add_views(config), _add_answers()

    def count(self, answers: Iterable[Answer], now_s: float) -> None:
        """These were put before somebody."""
        with self._lock:
            self._given.extend(answers)
            is_due = now_s - self._written_s >= self.config.ask_every_s
            self._written_s = now_s if is_due else self._written_s
        if is_due:
            self.later(self.flush, now_s)

    def flush(self, now_s: float) -> None:
        """Write what was counted. A store that is busy gets it another time."""
        with self._lock:
            views, self._views = self._views, Counter()
            ways_, self._ways = self._ways, Counter()
            given, self._given = self._given, []
        ways_.update(answer.way for answer in given)
        views.update(answer.video.id for answer in given if answer.video.is_made)
        try:
            with self.db.write(durable=False) as connection:
                self._write(connection, views, ways_, now_s)
        except Busy as error:
            logger.warning("what was watched could not be counted: %s", error)
            with self._lock:
                self._views.update(views)
                self._ways.update(ways_)

    def ways(self, since_s: float) -> dict[Way, int]:
        """How often wishes were answered in each way, in whole hours since then."""
        added = (
            select(ways.c.way, func.sum(ways.c.answers))
            .where(self.db.own(ways), ways.c.hour >= int(since_s // HOUR_S))
            .group_by(ways.c.way)
        )
        with self.db.read() as connection:
            found = {Way(way): int(num) for way, num in connection.execute(added)}
        return {way: found.get(way, 0) for way in Way}

    def _write(
        self, connection: Connection, views: Counter[str], ways_: Counter[Way], now_s: float
    ) -> None:
        tenant = {"tenant": self.db.tenant}
        if views:
            seen = {"weighed_s": now_s}
            rows = [
                tenant | seen | {"video": id_, "views": n, "weight": n} for id_, n in views.items()
            ]
            connection.execute(self._view, rows)
        if ways_:
            hour = {"hour": int(now_s // HOUR_S)}
            cells = [tenant | hour | {"way": way.value, "answers": n} for way, n in ways_.items()]
            connection.execute(self._answer, cells)


def begin_demand(
    connection: Connection, tenant: str, key: str, *, now_s: float, half_life_s: float
) -> None:
    """A clip that nobody has seen yet counts as much as it was wished for."""
    wished = faded(renders.c.priority, renders.c.wanted_s, now_s, half_life_s)
    row = select(renders.c.tenant, renders.c.video, literal(0), wished, literal(now_s)).where(
        renders.c.tenant == tenant, renders.c.key == key
    )
    names = ["tenant", "video", "views", "weight", "weighed_s"]
    new = insert(demand).from_select(names, row)
    connection.execute(new.on_conflict_do_nothing(index_elements=["tenant", "video"]))


def _add_views(config: CacheConfig) -> Any:
    new = insert(demand)
    was = new.excluded
    now = faded(demand.c.weight, demand.c.weighed_s, was.weighed_s, config.half_life_s)
    return new.on_conflict_do_update(
        index_elements=["tenant", "video"],
        set_={
            "views": demand.c.views + was.views,
            "weight": now + was.weight,
            "weighed_s": was.weighed_s,
        },
    )


def _add_answers() -> Any:
    new = insert(ways)
    return new.on_conflict_do_update(
        index_elements=["tenant", "hour", "way"],
        set_={"answers": ways.c.answers + new.excluded.answers},
    )
