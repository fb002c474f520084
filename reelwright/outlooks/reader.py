"""Who reads viewers for the feed: what they did, and what they would like next."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, Protocol

from reelwright.domain import RankedWish, SemanticId, Viewer
from reelwright.recommender.recommender import Recommender
from reelwright.viewers.viewers import Viewers


class Foretold(NamedTuple):
    """A viewer as the log has them now, and their likeliest wishes, best first."""

    viewer: Viewer
    wishes: Sequence[RankedWish]
    shown: Collection[str]  # videos that were put before them lately, where that was asked for


class Reading(NamedTuple):
    """What came of reading viewers, each in their place."""

    seq: int  # of the newest event that anybody had done when it began
    foretold: list[Foretold]


class Reader(Protocol):
    """Two threads may ask: for readings, and for coverages."""

    @property
    def spent_s(self) -> float:
        """The processor's time that the recommender took."""
        ...

    def read(self, viewer_ids: Sequence[str], new: Sequence[str], since_s: float, /) -> Reading:
        """Each viewer, and what those who are `new` among them were shown since then."""
        ...

    def coverage(self, viewer: Viewer, /) -> float:
        """How likely it is that what this viewer wants next is there and not met yet."""
        ...

    def add(self, video_id: str, sid: SemanticId, /) -> None:
        """From the next reading on the catalogue has this video."""
        ...

    def remove(self, video_id: str, /) -> None: ...

    def close(self) -> None: ...


class Here:
    """Reads in this process, in the thread that asks."""

    def __init__(
        self,
        viewers: Viewers,
        recommender: Recommender,
        *,
        count: int,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """`count` wishes of each."""
        self.viewers = viewers
        self.recommender = recommender
        self.count = count
        self.clock = clock
        self.spent_s = 0.0

    def read(self, viewer_ids: Sequence[str], new: Sequence[str], since_s: float) -> Reading:
        seq = self.viewers.log.newest()  # before looking, so that nothing falls in between
        states = self.viewers.states(viewer_ids)
        shown = self.viewers.log.shown_to_each(new, since_s)
        began_s = self.clock()
        wishes = self.recommender.wishes_of(states, count=self.count)
        self.spent_s += self.clock() - began_s
        lately = dict(zip(new, shown, strict=True))
        return Reading(
            seq,
            [
                Foretold(state, some, lately.get(state.id, ()))
                for state, some in zip(states, wishes, strict=True)
            ],
        )

    def coverage(self, viewer: Viewer) -> float:
        began_s = self.clock()
        coverage = self.recommender.coverage(viewer, without=viewer.seen)
        self.spent_s += self.clock() - began_s
        return coverage

    def add(self, video_id: str, sid: SemanticId) -> None:
        self.recommender.add(video_id, sid)

    def remove(self, video_id: str) -> None:
        self.recommender.remove(video_id)

    def close(self) -> None:
        """Nothing has to be written."""
