"""What answers a wish right now, and where what is missing is asked for. Never waits for a clip."""

import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache

from reelwright.cache.asks import Asks
from reelwright.cache.shelf import Bookmark, Locate, Shelf
from reelwright.cache.tally import Tally
from reelwright.config import CacheConfig
from reelwright.domain import Answer, SemanticId, Video, Wish
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos


@dataclass(frozen=True, slots=True)
class News:
    """What became of the shelf since somebody last looked."""

    came: list[tuple[Video, SemanticId]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # ids; what went and came again is among both


class Cache:
    """The shelf of all videos that have a name in one codebook, and the asking for more.

    It starts with what is there; `refresh` puts on the shelf what came since, from any process.
    """

    def __init__(
        self,
        db: Database,
        videos: Videos,
        *,
        codebook: str,
        locate: Locate,
        config: CacheConfig,
    ) -> None:
        self.db = db
        self.videos = videos
        self.codebook = codebook
        self._shelf = Shelf(locate, style_weight=config.style_weight)
        # No page waits for the disk.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="tally")
        self.tally = Tally(db, config, later=self._writer.submit)
        self._asks = Asks(db, config)
        self._seq = 0  # of the newest name on the shelf
        self._gone_seq = 0  # of the newest withdrawal that was heeded
        self._version = -1  # of the database when it was last looked at
        self._lock = threading.Lock()
        self.refresh()

    def close(self, now_s: float) -> None:
        """Write down what was counted and is not written yet."""
        self._writer.shutdown()
        self.tally.flush(now_s)

    def refresh(self) -> News:
        """What came and went since the last time, now true of the shelf. One caller is told."""
        version = self.db.version()  # before looking, so that nothing falls in between
        if version == self._version:
            return News()
        with self._lock:
            # In this order: what goes after the first look is not there in the second.
            gone = self.videos.withdrawn_after(self._gone_seq)
            came = self.videos.named_after(self.codebook, self._seq)
            for self._gone_seq, video_id in gone:
                self._shelf.remove(video_id)
            for self._seq, video, sid in came:
                self._shelf.put(video, sid)
            self._version = version
        return News([(video, sid) for _, video, sid in came], [id_ for _, id_ in gone])

    def answer(
        self,
        wish: Wish,
        key: str = "",
        *,
        without: Collection[str],
        mark: Bookmark | None = None,
    ) -> Answer | None:
        """The best video for a wish that is not among `without`; None if that leaves nothing.

        Exact is what was made for it or has exactly its codes; else the same content in the nearest
        style; else what lies nearest. `key` is the wish's, if it is known, `mark` as a shelf has
        it.
        """
        key = key or self._key(wish)
        with self._lock:
            return self._shelf.answer(wish, key, without, mark)

    def exact(self, wish: Wish, *, without: Collection[str] = ()) -> Answer | None:
        """The same where it is exact, else None: there, nothing has to be compared."""
        with self._lock:
            return self._shelf.exact(wish, self._key(wish), without)

    @property
    def seq(self) -> int:
        """Differs from what it was whenever something came since."""
        return self._seq

    def is_made(self, wish: Wish) -> bool:
        """Whether a clip that this program made is an exact answer."""
        with self._lock:
            is_likely = self._shelf.may_be_made(wish.sid)  # rarely, so nothing else is looked at
            return is_likely and self._shelf.has_made(wish, self._key(wish))

    def key(self, wish: Wish) -> str:
        """`wish.key`, remembered."""
        return self._key(wish)

    def has(self, wish: Wish) -> bool:
        """Whether there is an exact answer."""
        return self.exact(wish) is not None

    def ask(self, wish: Wish, *, viewer: str, priority: float, now_s: float) -> bool:
        """Ask for the video to be made; True when nobody had asked before.

        Asking again for a row that is pending raises its priority. One that is being made, was made
        or was given up stays as it is: what failed so often would fail again.
        """
        key = self._key(wish)
        return self._asks.ask(wish, key, viewer=viewer, priority=priority, now_s=now_s)

    def ask_all(self, asks: Sequence[tuple[Wish, str, float]], *, now_s: float) -> None:
        """Ask for several, each with who wants it and its priority, in one commit."""
        keyed = [(wish, self._key(wish), viewer, more) for wish, viewer, more in asks]
        self._asks.ask_all(keyed, now_s=now_s)

    def _key(self, wish: Wish) -> str:
        assert wish.codebook == self.codebook, f"{wish} for the cache of {self.codebook}"
        return _key(wish)


@lru_cache(maxsize=1 << 16)
def _key(wish: Wish) -> str:
    return wish.key  # a hash of its JSON, and a page asks for it some fifty times
