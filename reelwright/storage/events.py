"""What viewers did and were shown: acknowledged when it is on the disk, many in one commit."""

import logging
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from math import isfinite
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select

from reelwright.config import StorageConfig
from reelwright.domain import Event, EventKind, Impression
from reelwright.errors import ReelwrightError
from reelwright.storage.database import Busy, Database
from reelwright.storage.schema import erasures, events, impressions

logger = logging.getLogger(__name__)

EVENT, SHOWN_NAMES = tuple(Event.__dataclass_fields__), Impression._fields
tell_event = attrgetter(*EVENT)  # all cells in one call
TEXTS = {"id", "viewer", "video", "wish", "way", "kind", "impression"}
texts_of, numbers_of = (
    {
        names: itemgetter(*(at for at, name in enumerate(names) if (name in TEXTS) == are_texts))
        for names in (EVENT, SHOWN_NAMES)
    }
    for are_texts in (True, False)
)
VIDEO_AT, AT_S_AT = SHOWN_NAMES.index("video"), SHOWN_NAMES.index("at_s")
VIEWER_AT, ID_AT = SHOWN_NAMES.index("viewer"), EVENT.index("id")
AT_ONCE, SHOWN_AT_ONCE = 64, 512  # events, and impressions, in one statement
GATHER_S = 0.05  # impressions, which nobody waits for, wait for others: commits cost more than rows
COLUMNS = [events.c[name] for name in Event.__dataclass_fields__]

OWN = events.c.tenant == bindparam("tenant")

# Every request of the feed runs the first two; built once, they cost a third less.
NEWEST = (
    select(*COLUMNS)
    .where(OWN, events.c.viewer == bindparam("viewer"))
    .order_by(events.c.at_s.desc(), events.c.seq.desc())
    .limit(bindparam("last"))
)
# A row for each viewer: at every row Python's other threads take over.
SHOWN = (
    select(impressions.c.viewer, func.aggregate_strings(impressions.c.video, "\n"))
    .where(
        impressions.c.tenant == bindparam("tenant"),
        impressions.c.viewer.in_(bindparam("viewers", expanding=True)),
        impressions.c.at_s >= bindparam("since_s"),
    )
    .group_by(impressions.c.viewer)
)
AFTER = (
    select(events.c.seq, *COLUMNS)
    .where(OWN, events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)
WHOSE = select(events.c.seq, events.c.viewer).where(OWN, events.c.seq > bindparam("after"))
NEWEST_SEQ = select(func.max(events.c.seq)).where(OWN)
ERASURES = select(func.count()).where(erasures.c.tenant == bindparam("tenant"))
EVERYBODY = select(events.c.viewer).where(OWN).distinct().order_by(events.c.viewer)


Row = tuple[Any, ...]  # the cells of an event or an impression in their order, then the tenant


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Rows handed in together. They are committed together, and answered together."""

    table: Table
    rows: list[Row]
    future: Future[int] = field(default_factory=Future)

    @classmethod
    def of(cls, table: Table, rows: list[Row], result: int | None = None) -> "_Batch":
        batch = cls(table, rows)
        batch.future.set_running_or_notify_cancel()  # a client that goes away cancels nothing
        if result is not None:
            batch.future.set_result(result)
        return batch

    def takes(self, more: int, most: int) -> bool:
        """Whether so many more can go with these: impressions, which nobody waits for alone."""
        return self.table is impressions and len(self.rows) + more <= most


class EventLog:
    """The log of events and impressions. One thread writes; who appends waits for a future.

    While one commit is on its way to the disk, what arrives meanwhile gathers for the next: with
    many clients the disk's latency is shared, with one no event is held back.
    """

    def __init__(self, db: Database, config: StorageConfig) -> None:
        self.db = db
        self.config = config
        self._waiting: deque[_Batch] = deque()
        self._writing: list[_Batch] = []
        self._num_refused = 0  # batches, since one was kept
        self._num_waiting = 0  # events, of both
        self._num_urgent = 0  # batches that wait and that somebody waits for
        self._shown: dict[str, list[Row]] = {}  # viewer -> impressions not committed yet
        self._changed = threading.Condition()
        self._ended = ""  # why nothing more is taken
        self._thread = threading.Thread(target=self._write, name="event-log", daemon=True)
        self._thread.start()

    def append(self, events_: Sequence[Event]) -> "Future[int]":
        """The number of these that are new, once they are on the disk. An id is kept once.

        Raises `Busy`, and keeps nothing, when too much is waiting already.
        """
        return self._hand_in(events, self._rows([*map(tell_event, events_)], EVENT))

    def impress(self, shown: Sequence[Impression]) -> "Future[int]":
        """Likewise for impressions, but nobody waits for the disk: a loss of power may cost some.
        The number is of all that were kept together.

        `shown` knows of them at once.
        """
        return self._hand_in(impressions, self._rows(shown, SHOWN_NAMES))

    def of(self, viewer: str, last: int) -> list[Event]:
        """The last so many things that this viewer did, oldest first."""
        return self.of_each([viewer], last)[0]

    def of_each(self, viewers: Sequence[str], last: int) -> list[list[Event]]:
        """Likewise for several viewers, who are looked up one after the other."""
        with self.db.read() as connection:
            own = {"tenant": self.db.tenant, "last": last}
            found = [
                connection.execute(NEWEST, own | {"viewer": viewer}).all() for viewer in viewers
            ]
        return [[_event(*row) for row in reversed(rows)] for rows in found]

    def shown(self, viewer: str, since_s: float) -> frozenset[str]:
        """Ids of the videos put before this viewer since then, the newest page included."""
        return self.shown_to_each([viewer], since_s)[0]

    def shown_to_each(self, viewers: Sequence[str], since_s: float) -> list[frozenset[str]]:
        """Likewise for several viewers, in one look."""
        # First what waits: what is committed meanwhile is then seen below.
        found = dict(zip(viewers, self.waiting_to_each(viewers, since_s), strict=True))
        if not found:
            return []
        with self.db.read() as connection:
            since = {"tenant": self.db.tenant, "viewers": list(found), "since_s": since_s}
            for viewer, videos in connection.execute(SHOWN, since).all():
                found[viewer].update(videos.split("\n"))
        return [frozenset(found[viewer]) for viewer in viewers]

    def waiting_to_each(self, viewers: Sequence[str], since_s: float) -> list[set[str]]:
        """Those of them that are not on the disk yet, which other processes do not know of."""
        with self._changed:
            waiting = [self._shown.get(viewer, ()) for viewer in viewers]
            return [{row[VIDEO_AT] for row in rows if row[AT_S_AT] >= since_s} for rows in waiting]

    def after(self, seq: int, limit: int) -> list[tuple[int, Event]]:
        """Events in the order of their commits, from the one after `seq` on."""
        with self.db.read() as connection:
            own = {"tenant": self.db.tenant, "after": seq, "limit": limit}
            rows = connection.execute(AFTER, own).all()
        return [(number, _event(*cells)) for number, *cells in rows]

    def newest(self) -> int:
        """The number of the event that was committed last; 0 where there is none."""
        with self.db.read() as connection:
            return connection.execute(NEWEST_SEQ, {"tenant": self.db.tenant}).scalar() or 0

    def whose_after(self, seq: int) -> list[tuple[int, str]]:
        """The numbers of the events after this one, and who did them."""
        with self.db.read() as connection:
            rows = connection.execute(WHOSE, {"tenant": self.db.tenant, "after": seq}).all()
        return [(number, viewer) for number, viewer in rows]

    def num_erasures(self) -> int:
        """How often somebody's data was erased: what is remembered of anybody may be theirs."""
        with self.db.read() as connection:
            return connection.execute(ERASURES, {"tenant": self.db.tenant}).scalar_one()

    def viewers(self) -> list[str]:
        """Everybody who ever did something."""
        with self.db.read() as connection:
            return list(connection.execute(EVERYBODY, {"tenant": self.db.tenant}).scalars())

    def close(self) -> None:
        """Take nothing more, and return when all that was taken is on the disk."""
        with self._changed:
            self._ended = self._ended or "The event log is closed."
            self._changed.notify()
        self._thread.join()

    def _rows(self, cells: Sequence[Row], names: tuple[str, ...]) -> list[Row]:
        """These as rows, refused here where they could spoil the commit that they share."""
        # All at once, for nearly all are plain.
        texts = "".join(chain.from_iterable(map(texts_of[names], cells)))
        numbers = sum(chain.from_iterable(map(numbers_of[names], cells)))
        if not (texts.isascii() and "\0" not in texts and isfinite(numbers)):
            for name, cell in chain.from_iterable(zip(names, row, strict=True) for row in cells):
                _require_sound(name, cell)
        own = (self.db.tenant,)
        return [row + own for row in cells]

    def _hand_in(self, table: Table, rows: list[Row]) -> "Future[int]":
        if not rows:
            return _Batch.of(table, rows, result=0).future
        with self._changed:
            if self._ended:
                raise Busy(self._ended)
            if self._waiting and self._num_waiting + len(rows) > self.config.max_waiting:
                raise Busy(f"{self._num_waiting} events wait to be written.")
            self._num_waiting += len(rows)
            if table is impressions:
                for row in rows:
                    self._shown.setdefault(row[VIEWER_AT], []).append(row)
                if self._waiting and self._waiting[-1].takes(len(rows), self.config.max_batch):
                    self._waiting[-1].rows.extend(rows)
                    return self._waiting[-1].future
            batch = _Batch.of(table, rows)
            self._waiting.append(batch)
            self._num_urgent += table is events
            if len(self._waiting) == 1 or self._is_urgent():
                self._changed.notify()
        return batch.future

    def _is_urgent(self) -> bool:
        full = self._num_waiting >= self.config.max_batch
        return bool(self._num_urgent or full or self._ended)

    def _write(self) -> None:
        """The writer thread. However it ends, nobody is left waiting."""
        try:
            while batches := self._taken():
                self._keep(batches)
                self._forget(batches)
        finally:
            with self._changed:
                self._ended = self._ended or "The event log's writer has failed; see its log."
                left = [*self._writing, *self._waiting]
                self._waiting.clear()
            for batch in left:
                if not batch.future.done():
                    batch.future.set_exception(Busy(self._ended))

    def _taken(self) -> list[_Batch]:
        """The batches of the next commit; none when the log is closed and all is written."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            self._changed.wait_for(self._is_urgent, GATHER_S)
            room = self.config.max_batch
            while self._waiting and (not self._writing or len(self._waiting[0].rows) <= room):
                self._writing.append(taken := self._waiting.popleft())
                self._num_urgent -= taken.table is events
                room -= len(taken.rows)
            return self._writing

    def _keep(self, batches: list[_Batch]) -> None:
        """Commit the batches, then answer each; that the disk is full is an answer too."""
        try:
            acknowledges = any(batch.table is events for batch in batches)
            with self.db.write(durable=acknowledges) as connection:
                num_new = _insert(connection, batches)
        except Busy as error:
            if not self._num_refused:  # one line for an outage, however many ask meanwhile
                logger.warning("what viewers do is not kept for now: %s", error)
            self._num_refused += len(batches)
            for batch in batches:
                batch.future.set_exception(error)
        else:
            if self._num_refused:
                logger.warning("it is kept again; %d batches were refused", self._num_refused)
                self._num_refused = 0
            for batch, num in num_new:
                batch.future.set_result(num)

    def _forget(self, batches: list[_Batch]) -> None:
        """What is answered waits no longer, and is remembered by the database alone."""
        with self._changed:
            for batch in batches:
                self._num_waiting -= len(batch.rows)
                for row in batch.rows if batch.table is impressions else ():
                    remembered = self._shown[row[VIEWER_AT]]
                    remembered.remove(row)  # nearly always the first
                    if not remembered:
                        del self._shown[row[VIEWER_AT]]
            batches.clear()


def _insert(connection: Connection, batches: Sequence[_Batch]) -> list[tuple[_Batch, int]]:
    """Insert all rows, a table in few statements; each batch with how many of its were new."""
    counts = [(batch, len(batch.rows)) for batch in batches if batch.table is impressions]
    mark = "%s" if "format" in connection.dialect.paramstyle else "?"
    if shown := [row for batch, _ in counts for row in batch.rows]:
        # Nobody asks which of these are new, and saying so costs as much again as keeping them.
        for some in _by_doubling(shown):
            keep = _keep(impressions, SHOWN_NAMES, mark, len(some))
            connection.exec_driver_sql(keep, tuple(chain.from_iterable(some)))
    own = [batch for batch in batches if batch.table is events]
    rows = [row for batch in own for row in batch.rows]
    new = set[str]()
    for at in range(0, len(rows), AT_ONCE):
        some = rows[at : at + AT_ONCE]
        keep = _keep(events, EVENT, mark, len(some)) + " RETURNING id"
        cells = tuple(chain.from_iterable(some))
        new.update(connection.exec_driver_sql(keep, cells).scalars())
    for batch in own:
        ids = {row[ID_AT] for row in batch.rows} & new
        new -= ids  # the same id in a later batch of this commit was not new there
        counts.append((batch, len(ids)))
    return counts


def _by_doubling(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """All rows, in few statements of few lengths, so that these are known.

    Python's other threads take over at each statement, and this one waits until they let it go
    on: where pages are drawn all the time, a row at a time took .4 ms of waiting for each.
    """
    at = 0
    while left := len(rows) - at:
        num = min(SHOWN_AT_ONCE, 1 << left.bit_length() - 1)
        yield rows[at : at + num]
        at += num


@lru_cache
def _keep(table: Table, names: Sequence[str], mark: str, num_rows: int) -> str:
    """The statement that keeps so many rows, each once. It is written out, for what SQLAlchemy does
    with each row costs more than what the database does."""
    row = f"({', '.join([mark] * (len(names) + 1))})"
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}, tenant) "
        f"VALUES {', '.join([row] * num_rows)} ON CONFLICT (tenant, id) DO NOTHING"
    )


def _require_sound(name: str, cell: str | float) -> None:
    if not isinstance(cell, str):
        if not isfinite(cell):
            raise ReelwrightError(f"{name} is {cell}.", hint="Give a finite number.")
        return
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        raise ReelwrightError(f"{name} is {cell!r}, not text.", hint="Send UTF-8.") from error
    if "\0" in cell:  # which PostgreSQL keeps in no text
        raise ReelwrightError(f"{name} is {cell!r}, not text.", hint="Leave the NUL out.")


def _event(
    id_: str, viewer: str, video: str, kind: str, at_s: float, value: float, impression: str
) -> Event:
    return Event(
        id=id_,
        viewer=viewer,
        video=video,
        kind=EventKind(kind),
        at_s=at_s,
        value=value,
        impression=impression,
    )
