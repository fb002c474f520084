"""What is kept of a viewer between two pages: what they would like, and what they were shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from reelwright.cache.shelf import Bookmark
from reelwright.domain import RankedWish, Viewer, Words
from reelwright.outlooks.draw import Lots
from reelwright.viewers.why import Listened

MANY_MET = 48  # videos: beyond, it is worth a place in memory how far somebody went


class Shown:
    """What was put before a viewer lately: at most the last `most` videos, each once.

    `met` is that and what they saw before. It is kept from page to page, so that what a page costs
    does not grow with what somebody met.
    """

    __slots__ = ("_at_s", "_met", "_seen", "most", "num_forgotten")

    def __init__(self, most: int) -> None:
        self.most = most
        self.num_forgotten = 0
        self._at_s: dict[str, float] = {}  # the oldest first
        self._seen: Collection[str] = ()
        self._met: set[str] = set()

    def __len__(self) -> int:
        return len(self._at_s)

    def add(self, videos: Iterable[str], now_s: float) -> None:
        for video in videos:
            self._at_s.pop(video, None)
            self._at_s[video] = now_s
            self._met.add(video)
        while len(self._at_s) > self.most:
            self._forget(next(iter(self._at_s)))

    def met(self, seen: Collection[str], since_s: float) -> set[str]:
        """The videos put before them since then, what is older being forgotten, and `seen`."""
        while self._at_s and self._at_s[oldest := next(iter(self._at_s))] < since_s:
            self._forget(oldest)
        if self._seen is not seen:
            self._seen, self._met = seen, {*seen, *self._at_s}
        return self._met

    def _forget(self, video: str) -> None:
        del self._at_s[video]
        self.num_forgotten += 1
        if video not in self._seen:
            self._met.discard(video)


@dataclass(slots=True, eq=False)
class Sight:
    """One viewer, as they were when they were read.

    `viewer` and `wishes` stay as they are; whoever did something is read anew. `coverage` is read
    when there is time for it: until then it is that of the reading before, or None.
    """

    viewer: Viewer
    wishes: tuple[RankedWish, ...]
    lots: Lots  # that the wishes are drawn by
    seen: frozenset[str]
    shown: Shown
    seq: int  # of the newest event that anybody had done by then
    read_s: float
    coverage: float | None = None
    is_covered: bool = False  # whether the coverage is of this reading
    listened: Listened | None = None  # once they were shown something
    told: tuple[tuple[str, Words], ...] = ()  # likewise: the wishes' keys, and what they say
    made: tuple[int, ...] = field(default=())  # wishes whose clip was made, as of `made_seq`
    made_seq: int = -1
    marks: dict[int, Bookmark] = field(default_factory=dict)  # by place, of who met many videos
    marked: int = 0  # what of `shown` had been forgotten by then

    def mark(self, place: int) -> Bookmark | None:
        """How far they went in search of what answers this wish and was not met.

        What is forgotten may be shown again: once as many are as are remembered, they begin anew.
        """
        if len(self.shown) <= MANY_MET:
            return None
        if self.shown.num_forgotten - self.marked > self.shown.most:
            self.marks, self.marked = {}, self.shown.num_forgotten
        if (mark := self.marks.get(place)) is None:
            mark = self.marks[place] = Bookmark()
        return mark
