"""Whether the house is well: the rows, the workers, and what is kept, at a glance."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from reelwright.storage.database import Database
from reelwright.storage.schema import renders

WEIGH_EVERY_S = 60.0  # a walk over all files takes a while


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """How it stood a moment ago."""

    rows: Mapping[str, int]  # by state
    working: int  # workers that hold a claim
    idle_s: float  # for which the oldest wish has waited though nobody makes anything
    cache_bytes: int


class Physician:
    """Feels the pulse. `gave_up` tells whether our own worker died too often."""

    def __init__(
        self,
        db: Database,
        blobs: Path,
        clock: Callable[[], float],
        gave_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self.db = db
        self.blobs = blobs
        self.clock = clock
        self.gave_up = gave_up
        self._weighed_s = float("-inf")
        self._bytes = 0

    def pulse(self) -> Pulse:
        now_s = self.clock()
        own = self.db.own(renders)
        by_state = select(renders.c.state, func.count()).where(own).group_by(renders.c.state)
        alive = own & (renders.c.state == "making") & (renders.c.lease_until_s > now_s)
        workers = select(func.count(renders.c.worker.distinct())).where(alive)
        oldest = select(func.min(renders.c.asked_s)).where(own, renders.c.state == "pending")
        with self.db.read() as connection:
            rows = {state: count for state, count in connection.execute(by_state)}
            working = int(connection.execute(workers).scalar_one())
            asked_s = connection.execute(oldest).scalar()
        return Pulse(
            rows=rows,
            working=working,
            idle_s=0.0 if asked_s is None or working else now_s - asked_s,
            cache_bytes=self._weight(now_s),
        )

    def _weight(self, now_s: float) -> int:
        if now_s - self._weighed_s >= WEIGH_EVERY_S:
            self._weighed_s, self._bytes = now_s, _weigh(self.blobs)
        return self._bytes


def _weigh(folder: Path) -> int:
    """Bytes of all files in it; one that goes meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(place, name)).st_size
            except FileNotFoundError:
                continue
    return total
