"""Viewers' outlooks, read many at once and kept: a page of somebody who did nothing since is cheap.

An outlook is what a viewer would like next. It follows from what they did and from the model
alone, so it is kept until they do something, in this process or in another. Whoever asks while
viewers are being read waits for the next batch, in which all who wait are read together.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from reelwright.config import FeedConfig
from reelwright.errors import ReelwrightError
from reelwright.outlooks.draw import Lots
from reelwright.outlooks.reader import Foretold, Reader
from reelwright.outlooks.sight import Shown, Sight
from reelwright.outlooks.soon import fail
from reelwright.storage.database import Busy
from reelwright.storage.events import EventLog

logger = logging.getLogger(__name__)

READERS = 2  # threads: while what came of a batch is handed out, the next is being read
BATCH = 32  # viewers read together: more gain little and let the first of them wait
MOST_WAITING = 1024  # viewers; whoever comes then hears "busy"
REST = 19.0  # times as long as a coverage took nothing is done before the next, while others ask
NUM_LATE = 512  # viewers whose coverage waits for time; of more, the latest
Ask = Callable[[Sequence[Sight], float], None]


class Outlooks:
    """Reads viewers and keeps what came of it, of so many viewers; any thread may ask."""

    def __init__(
        self,
        *,
        reader: Reader,
        log: EventLog,
        config: FeedConfig,
        asks: Ask,
    ) -> None:
        """`asks` hears, once for each reading of viewers, what each of them wishes for."""
        self.reader = reader
        self.log = log
        self.config = config
        self.asks = asks
        self.num_read = 0  # viewers
        self._kept: OrderedDict[str, Sight] = OrderedDict()
        self._stale: dict[str, Sight] = {}  # by viewer: did something since; who was shown what
        self._waiting: dict[str, Future[Sight]] = {}
        self._secret: set[str] = set()  # of those who wait
        self._turn = threading.Lock()
        self._reading: set[str] = set()
        self._spoilt: set[str] = set()  # did something while they were being read
        self._void: set[str] = set()  # were being read when somebody was erased: it may be them
        self._late: OrderedDict[str, Sight] = OrderedDict()  # whose coverage is to be read
        self._seq, self._version = log.newest(), log.db.version()
        self._num_erasures = log.num_erasures()
        self._lock = threading.Lock()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="outlooks")
        self._coverer = ThreadPoolExecutor(1, thread_name_prefix="coverage")
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="asks")
        self._wishing: list[Sight] = []  # for whom it is to ask
        self._ended = threading.Event()
        self._is_covering = False  # or rests before the next

    def close(self) -> None:
        """Read nobody any more; what is being read is the last, and who waits hears of it."""
        self._ended.set()
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            future.set_exception(Busy("The server is ending."))
        for executor in (self._coverer, self._readers):
            executor.shutdown(cancel_futures=True)
        self._asker.shutdown()
        self.reader.close()

    def kept(self, viewer_id: str) -> Sight | None:
        """The viewer as they are now, if that is known."""
        with self._lock:
            sight = self._kept.get(viewer_id)
            if sight is not None:
                self._kept.move_to_end(viewer_id)
            return sight

    def read(self, viewer_id: str, now_s: float, *, secretly: bool = False) -> "Future[Sight]":
        """The viewer as they are now, once they were read. Raises Busy where too many wait.

        Of one who is read `secretly` nobody hears what they wish for.
        """
        with self._lock:
            if self._ended.is_set():
                raise Busy("The server is ending.")
            if secretly:
                self._secret.add(viewer_id)
            waiting = self._waiting.get(viewer_id)
            if waiting is None:
                if len(self._waiting) >= MOST_WAITING:
                    raise Busy(f"{len(self._waiting)} viewers wait to be read.")
                waiting = self._waiting[viewer_id] = Future()
                self._readers.submit(self._read_waiting, now_s)
        return waiting

    def forget(self, viewer_ids: Collection[str]) -> None:
        """These did something: what is kept of them is of the past."""
        with self._lock:
            for viewer_id in viewer_ids:
                self._forget(viewer_id)

    def catch_up(self) -> bool:
        """Forget those who did something by way of another process.

        True: somebody's data was erased, so nothing of anybody is remembered any more.
        """
        version = self.log.db.version()  # before looking, so that nothing falls in between
        if version == self._version:
            return False
        num_erasures = self.log.num_erasures()
        came = self.log.whose_after(self._seq)
        with self._lock:
            self._version = version
            for seq, viewer_id in came:
                sight = self._kept.get(viewer_id)
                if sight is None or sight.seq < seq:
                    self._forget(viewer_id)
                self._seq = max(self._seq, seq)
            is_erased = num_erasures != self._num_erasures
            if is_erased:
                self._num_erasures = num_erasures
                self._void |= self._reading
                for kept in (self._kept, self._late, self._stale):
                    kept.clear()
        return is_erased

    def _forget(self, viewer_id: str) -> None:
        if viewer_id in self._reading:
            self._spoilt.add(viewer_id)
        if (sight := self._kept.pop(viewer_id, None)) is not None:
            self._stale[viewer_id] = sight
            self._late.pop(viewer_id, None)
            if len(self._stale) > self.config.kept_viewers:
                self._stale.pop(next(iter(self._stale)))

    # ---- reading, in threads of its own ----------------------------------------------------------

    def _read_waiting(self, now_s: float) -> None:
        """Read those who wait, if an earlier call did not."""
        some: dict[str, Future[Sight]] = {}
        try:
            with self._turn:  # whoever comes until then is read along
                secret, is_alone = self._take(some)
                if not some:
                    return
                sights = self._read(list(some), now_s)
            wishing = [sight for sight in sights if sight.viewer.id not in secret]
            if is_alone:
                self._cover(sights[0])
                self.asks(wishing, now_s)
            else:
                self._ask_later(wishing, now_s)
            self._keep(sights)
        finally:
            self._let_go(some, now_s)
            fail(some.values())
        for future, sight in zip(some.values(), sights, strict=True):
            future.set_result(sight)

    def _take(self, some: "dict[str, Future[Sight]]") -> tuple[set[str], bool]:
        """Who is to be read now; who of them in secret, and whether nobody else asks.

        Who is being read already waits for that: what they were shown is known only then.
        """
        with self._lock:
            is_alone = len(self._waiting) <= 1 and not self._reading
            free = (one for one in self._waiting.items() if one[0] not in self._reading)
            some.update(islice(free, BATCH))
            for viewer_id in some:
                del self._waiting[viewer_id]
            self._reading |= set(some)
            secret, self._secret = self._secret & set(some), self._secret - set(some)
        return secret, is_alone

    def _let_go(self, viewer_ids: Collection[str], now_s: float) -> None:
        """These are read; some may wait again, whose call has found them being read."""
        with self._lock:
            for marked in (self._reading, self._spoilt, self._void):
                marked.difference_update(viewer_ids)
            if viewer_ids and self._waiting and not self._ended.is_set():
                self._readers.submit(self._read_waiting, now_s)

    def _read(self, viewer_ids: Sequence[str], now_s: float) -> list[Sight]:
        with self._lock:
            before = [self._stale.get(viewer_id) for viewer_id in viewer_ids]
        new = [id_ for id_, sight in zip(viewer_ids, before, strict=True) if sight is None]
        seq, foretold = self.reader.read(viewer_ids, new, now_s - self.config.remember_s)
        self.num_read += len(foretold)
        with self._lock:
            for viewer_id in viewer_ids:
                self._stale.pop(viewer_id, None)
        return [
            self._sight(one, sight, seq, now_s) for one, sight in zip(foretold, before, strict=True)
        ]

    def _sight(self, one: Foretold, before: Sight | None, seq: int, now_s: float) -> Sight:
        """What is remembered from `before` tells better than the log when somebody was shown it."""
        state, wishes, lately = one
        if before is None:
            shown = Shown(self.config.remember)
            shown.add(lately, now_s)
        else:
            shown = before.shown
        return Sight(
            viewer=state,
            wishes=tuple(wishes),
            lots=Lots.of([one.probability for one in wishes], self.config.temperature),
            seen=state.seen,
            shown=shown,
            seq=seq,
            read_s=now_s,
            coverage=before.coverage if before else None,
        )

    def _ask_later(self, wishing: Sequence[Sight], now_s: float) -> None:
        """No crowd waits for the disk, nor do those who are read next."""
        with self._lock:
            self._wishing += wishing
        self._asker.submit(self._ask_waiting, now_s)

    def _ask_waiting(self, now_s: float) -> None:
        """For all who are there by now, in one commit, if an earlier call did not."""
        with self._lock:
            wishing, self._wishing = self._wishing, []
        if wishing:
            try:
                self.asks(wishing, now_s)
            except ReelwrightError as error:  # their next reading asks again
                logger.warning("what is missing is not asked for just now: %s", error)

    def _keep(self, sights: Sequence[Sight]) -> None:
        with self._lock:
            for sight in sights:
                if sight.viewer.id in self._void:
                    continue
                if sight.viewer.id in self._spoilt:
                    self._stale[sight.viewer.id] = sight
                    continue
                self._kept[sight.viewer.id] = sight
                if not sight.is_covered:
                    self._late[sight.viewer.id] = sight
            while len(self._kept) > self.config.kept_viewers:
                self._kept.popitem(last=False)
            while len(self._late) > NUM_LATE:
                self._late.popitem(last=False)
            begins = bool(self._late) and not (self._is_covering or self._ended.is_set())
            if begins:
                self._is_covering = True
                self._coverer.submit(self._cover_late)

    def _cover_late(self) -> None:
        """Read the coverage of those who wait for it, resting after each, for others are at work.

        It ends with the server: nobody waits for what is left.
        """
        try:
            while (sight := self._latest()) is not None:
                began_s = time.monotonic()
                self._cover(sight)
                self._ended.wait(REST * (time.monotonic() - began_s))
        finally:
            self._is_covering = False

    def _latest(self) -> Sight | None:
        """Of those whose coverage is to be read; None where nothing is to be read any more."""
        with self._lock:
            if self._ended.is_set() or not self._late:
                self._is_covering = False  # with the lock: who comes now begins anew
                return None
            return self._late.popitem()[1]

    def _cover(self, sight: Sight) -> None:
        sight.coverage = self.reader.coverage(sight.viewer)
        sight.is_covered = True
