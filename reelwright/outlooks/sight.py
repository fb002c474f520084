"""What is kept of a viewer between two pages: what they would like, and what they were shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from reelwright.domain import RankedWish, Viewer
from reelwright.viewers.why import Listened


class Shown:
    """What was put before a viewer lately: at most the last `most` videos, each once."""

    __slots__ = ("_at_s", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._at_s: dict[str, float] = {}  # the oldest first

    def add(self, videos: Iterable[str], now_s: float) -> None:
        for video in videos:
            self._at_s.pop(video, None)
            self._at_s[video] = now_s
        while len(self._at_s) > self.most:
            del self._at_s[next(iter(self._at_s))]

    def since(self, since_s: float) -> Collection[str]:
        """The videos put before them since then; what is older is forgotten."""
        while self._at_s and self._at_s[oldest := next(iter(self._at_s))] < since_s:
            del self._at_s[oldest]
        return self._at_s.keys()


@dataclass(slots=True, eq=False)
class Sight:
    """One viewer, as they were when they were read.

    `viewer` and `wishes` stay as they are; whoever did something is read anew. `coverage` is read
    when there is time for it: until then it is that of the reading before, or None.
    """

    viewer: Viewer
    wishes: tuple[RankedWish, ...]
    logits: tuple[float, ...]  # of the wishes, to be drawn by
    seen: frozenset[str]
    shown: Shown
    seq: int  # of the newest event that anybody had done by then
    read_s: float
    coverage: float | None = None
    is_covered: bool = False  # whether the coverage is of this reading
    listened: Listened | None = None  # once they were shown something
    made: tuple[int, ...] = field(default=())  # wishes whose clip was made, as of `made_seq`
    made_seq: int = -1
