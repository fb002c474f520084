"""What answers a wish right now, and where what is missing is asked for. Never waits for a clip."""

import threading
from collections.abc import Collection, Sequence
from functools import lru_cache

from reelwright.cache.asks import Asks
from reelwright.cache.shelf import Locate, Shelf
from reelwright.config import CacheConfig
from reelwright.domain import Answer, SemanticId, Video, Wish
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos


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
        self._asks = Asks(db, config)
        self._seq = 0  # of the newest name on the shelf
        self._version = -1  # of the database when it was last looked at
        self._lock = threading.Lock()
        self.refresh()

    def refresh(self) -> list[tuple[Video, SemanticId]]:
        """What came since the last time, now on the shelf. Each is told to one caller only."""
        version = self.db.version()  # before looking, so that nothing falls in between
        if version == self._version:
            return []
        with self._lock:
            came = self.videos.named_after(self.codebook, self._seq)
            for seq, video, sid in came:
                self._shelf.put(video, sid)
                self._seq = seq
            self._version = version
        return [(video, sid) for _, video, sid in came]

    def answer(self, wish: Wish, *, without: Collection[str]) -> Answer | None:
        """The best video for a wish that is not among `without`; None if that leaves nothing.

        Exact is what was made for it or has exactly its codes; else the same content in the nearest
        style; else what lies nearest.
        """
        with self._lock:
            return self._shelf.answer(wish, self._key(wish), without)

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

    def ask(self, wish: Wish, *, priority: float, now_s: float) -> bool:
        """Ask for the video to be made; True when nobody had asked before.

        Asking again for a row that is pending raises its priority. One that is being made, was made
        or was given up stays as it is: what failed so often would fail again.
        """
        return self._asks.ask(wish, self._key(wish), priority=priority, now_s=now_s)

    def ask_all(self, asks: Sequence[tuple[Wish, float]], *, now_s: float) -> None:
        """Ask for several with their priorities, in one commit."""
        self._asks.ask_all([(wish, self._key(wish), more) for wish, more in asks], now_s=now_s)

    def _key(self, wish: Wish) -> str:
        assert wish.codebook == self.codebook, f"{wish} for the cache of {self.codebook}"
        return _key(wish)


@lru_cache(maxsize=1 << 16)
def _key(wish: Wish) -> str:
    return wish.key  # a hash of its JSON, and a page asks for it some fifty times
