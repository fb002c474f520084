"""What can be watched now, in memory: which videos stand nearest to a wish, exactly."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import filterfalse, islice

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Answer, Codes, SemanticId, Video, Way, Wish

# N codes met in one branch, D dimensions of its vectors, S distinct semantic IDs on the shelf.
Floats = NDArray[np.float32]
Locate = Callable[[SemanticId], tuple[Floats, Floats]]

REMEMBERED = 1024  # distances to as many codes are kept; wishes repeat
LINES = 50_000  # likewise what answers so many wishes, 0.6 KB each; 8 bytes a place that is ordered
# Places that are ordered at first, and where these are not enough. What is exact or of the same
# content needs none, and is nearly always enough: that is found without looking at all videos.
FEW = (0, 256)
NEWCOMERS = 16  # so many are compared with a line; of more, it is quicker drawn up anew
OUTGROWN = 1.01  # times as many codes as there were when a branch's spread was measured
ROUNDING = 1e-4  # relative, of distances that were worked out in different ways


@dataclass(slots=True, eq=False)
class Line:
    """Ids of what answers one wish, the best first; some, which are nearly always enough."""

    ids: list[str]
    num_exact: int  # of the first of them
    num_same: int  # likewise: exact, or of the same content
    limit: float  # as far as the places lie that were ordered; below 0 where none were
    asked_for: int  # places
    stamp: int  # how many had come by then
    answers: dict[str, Answer] = field(default_factory=dict)  # those that were given


@dataclass(slots=True, eq=False)
class Bookmark:
    """How far along a line somebody has met everything: they need not be led there again."""

    line: Line | None = None
    upto: int = 0


class Shelf:
    """Videos by semantic ID. Vectors are kept once for codes, not once for videos.

    Distances are squared and in units of their branch's spread over the shelf, measured whenever
    its codes became more by a hundredth, so that content and style can be added. Where two are
    equally near, what came first comes first.
    """

    def __init__(self, locate: Locate, *, style_weight: float) -> None:
        self.locate = locate
        self.style_weight = style_weight
        self._made_for: dict[str, Video] = {}
        self._made_sids: set[SemanticId] = set()
        self._place: dict[SemanticId, int] = {}
        self._sids: list[SemanticId] = []
        self._videos: list[list[Video]] = []  # by place
        self._by_id: dict[str, tuple[Video, int]] = {}
        self._same_content: defaultdict[Codes, list[int]] = defaultdict(list)
        self._content, self._creative = Branch(), Branch()
        self._content_S, self._creative_S = Row(), Row()
        self._lines: dict[str, Line] = {}  # by the wish's key
        self._came: list[tuple[Video, int]] = []  # everything that ever came, with its place
        self._went: set[str] = set()

    def put(self, video: Video, sid: SemanticId) -> None:
        """From now on the video can be an answer."""
        if video.is_made:
            self._made_for[video.wish] = video
            self._made_sids.add(sid)
        if sid not in self._place:
            self._add(sid)
        place = self._place[sid]
        if video.id in self._by_id or video.id in self._went:  # lines know it where it was
            self._lines.clear()
        self._videos[place].append(video)
        self._by_id[video.id] = video, place
        self._came.append((video, place))

    def remove(self, video_id: str) -> None:
        """From now on it is no answer; one that is not there is none already."""
        if (known := self._by_id.pop(video_id, None)) is None:
            return
        # Its place stays: who wishes for these codes is answered by the neighbours.
        self._videos[known[1]] = [one for one in self._videos[known[1]] if one.id != video_id]
        self._made_for.pop(video_id, None)  # a made video is called as its wish is
        self._went.add(video_id)

    def exact(self, wish: Wish, key: str, without: Collection[str]) -> Answer | None:
        """What was made for the wish or has its codes, and is not among `without`."""
        for video in self._exact(wish, key):
            if video.id not in without:
                return Answer(video, wish.sid, Way.EXACT)
        return None

    def has_made(self, wish: Wish, key: str) -> bool:
        """Whether an exact answer was made by this program."""
        return any(video.is_made for video in self._exact(wish, key))

    def may_be_made(self, sid: SemanticId) -> bool:
        """Whether any clip with these codes was made by this program."""
        return sid in self._made_sids

    def answer(
        self, wish: Wish, key: str, without: Collection[str], mark: Bookmark | None = None
    ) -> Answer | None:
        """The best there is: exact, else the same content in the nearest style, else the nearest.

        `without` holds the ids of videos that are no answer; None when that leaves nothing. The
        `mark` is of the same wish, and of a `without` that since had others come but none go.
        """
        line = self._lines.get(key)
        if line is not None and line.stamp == len(self._came):  # nearly always
            answer = self._first(wish, line, without, mark)
            if answer is not None:
                return answer
        for line in self._lines_of(wish, key):
            answer = self._first(wish, line, without, mark)
            if answer is not None:
                return answer
        return None

    def _first(
        self, wish: Wish, line: Line, without: Collection[str], mark: Bookmark | None
    ) -> Answer | None:
        begin = mark.upto if mark is not None and mark.line is line else 0
        for id_ in filterfalse(without.__contains__, islice(line.ids, begin, None)):
            if (known := self._by_id.get(id_)) is not None:
                if mark is not None:
                    mark.line, mark.upto = line, line.ids.index(id_, begin)
                if (answer := line.answers.get(id_)) is None:
                    answer = line.answers[id_] = self._answer(wish, line, *known)
                return answer
        return None

    def _answer(self, wish: Wish, line: Line, video: Video, place: int) -> Answer:
        at = line.ids.index(video.id)
        if at < line.num_exact:
            return Answer(video, wish.sid, Way.EXACT)
        return Answer(
            video, self._sids[place], Way.SAME_CONTENT if at < line.num_same else Way.NEAREST
        )

    def _lines_of(self, wish: Wish, key: str) -> Iterator[Line]:
        """Some that answer the wish, the best first; where they are not enough, more."""
        line = self._lines.get(key)
        if line is not None and self._holds(line, wish, key):
            yield line
            if line.asked_for >= len(self._sids):
                return
        for few in (*FEW, len(self._sids)):
            line = self._lines.get(key)
            if line is not None and line.asked_for >= few and self._holds(line, wish, key):
                continue
            line = self._draw_up(wish, key, few)
            yield line
            if line.asked_for >= len(self._sids):
                return

    def _holds(self, line: Line, wish: Wish, key: str) -> bool:
        """Whether none that came since belongs among what was ordered."""
        came = len(self._came)
        if line.stamp == came:
            return True
        if came - line.stamp > NEWCOMERS or line.asked_for >= len(self._sids):
            return False
        for video, place in self._came[line.stamp :]:
            sid = self._sids[place]
            if video.wish == key or sid.content == wish.sid.content:
                return False
            if line.asked_for and self._distance(wish.sid, sid) <= line.limit * (1 + ROUNDING):
                return False
        line.stamp = came
        return True

    def _draw_up(self, wish: Wish, key: str, few: int) -> Line:
        exact = [video.id for video in self._exact(wish, key)]
        same = [one.id for place in self._by_style(wish.sid) for one in self._videos[place]]
        places, limit = self._nearest(wish.sid, few)
        near = [video.id for place in places for video in self._videos[place]]
        if len(self._lines) >= LINES:  # the oldest goes; all of them would be missed at once
            del self._lines[next(iter(self._lines))]
        line = self._lines[key] = Line(
            ids=exact + same + near,  # some twice: of these, the first place counts
            num_exact=len(exact),
            num_same=len(exact) + len(same),
            limit=limit,
            asked_for=few,
            stamp=len(self._came),
        )
        return line

    def _exact(self, wish: Wish, key: str) -> Iterator[Video]:
        """What was made for the wish, then what has its codes; codes know nothing of a brief."""
        made = self._made_for.get(key)
        if made:
            yield made
        if not wish.brief and wish.sid in self._place:
            yield from self._videos[self._place[wish.sid]]

    def _by_style(self, sid: SemanticId) -> list[int]:
        """Places with the same content, nearest style first."""
        places = self._same_content.get(sid.content, [])
        if len(places) < 2:
            return places
        style_S = self._style_distances(sid)[self._creative_S.array[places]]
        return [places[index] for index in np.argsort(style_S, kind="stable")]

    def _nearest(self, sid: SemanticId, num_taken: int) -> tuple[list[int], float]:
        """So many of the nearest places, the nearest first, and how far the last of them lies."""
        if not self._sids or not num_taken:
            return [], -1.0
        content_N = self._content.distances(sid.content, lambda: self.locate(sid)[0])
        distance_S = content_N[self._content_S.array]
        distance_S += self.style_weight * self._style_distances(sid)[self._creative_S.array]
        near, limit = np.arange(len(distance_S)), np.inf
        if num_taken + 1 < len(distance_S):
            limit = np.partition(distance_S, num_taken)[num_taken]
            near = np.flatnonzero(distance_S <= limit)
        nearest: list[int] = near[np.argsort(distance_S[near], kind="stable")].tolist()
        return nearest, float(limit)

    def _distance(self, wished: SemanticId, other: SemanticId) -> float:
        """From one to one, as `_nearest` has it."""
        content, style = self.locate(wished)
        return self._content.between(other.content, content) + self.style_weight * (
            self._creative.between(other.creative, style)
        )

    def _style_distances(self, sid: SemanticId) -> Floats:
        return self._creative.distances(sid.creative, lambda: self.locate(sid)[1])

    def _add(self, sid: SemanticId) -> None:
        content, creative = self.locate(sid)
        place = self._place[sid] = len(self._sids)
        self._sids.append(sid)
        self._videos.append([])
        self._same_content[sid.content].append(place)
        self._content_S.append(self._content.place(sid.content, content))
        self._creative_S.append(self._creative.place(sid.creative, creative))
        if not (self._content.is_measured and self._creative.is_measured):
            self._lines.clear()


class Branch:
    """The vectors of the codes that were met in one branch."""

    def __init__(self) -> None:
        self._place: dict[Codes, int] = {}
        self._vectors: list[Floats] = []
        self._centred_ND: Floats = np.zeros((0, 0), np.float32)
        self._remembered: dict[Codes, Floats] = {}
        self._num_measured = 0

    @property
    def is_measured(self) -> bool:
        """Whether the spread is that of these codes, or nearly."""
        return len(self._vectors) <= OUTGROWN * self._num_measured

    def place(self, codes: Codes, vector: Floats) -> int:
        """Where these codes stand among the distances."""
        if codes not in self._place:
            self._place[codes] = len(self._vectors)
            self._vectors.append(vector)
        return self._place[codes]

    def distances(self, codes: Codes, locate: Callable[[], Floats]) -> Floats:
        """The squared distance from these codes to each that was met, over the mean one."""
        if len(self._centred_ND) < len(self._vectors):
            self._settle()
        if codes not in self._remembered:
            if len(self._remembered) == REMEMBERED:
                self._remembered.clear()
            self._remembered[codes] = self._measured(locate())
        return self._remembered[codes]

    def between(self, codes: Codes, vector: Floats) -> float:
        """The same from a vector to some that were met."""
        apart_D = self._vectors[self._place[codes]] - vector
        return float(np.dot(apart_D, apart_D)) / self._spread

    def _settle(self) -> None:
        vectors_ND = np.asarray(self._vectors, np.float32)
        if not self.is_measured:
            self._mean_D = vectors_ND.mean(axis=0)
        self._centred_ND = vectors_ND - self._mean_D
        self._squares_N = np.einsum("nd,nd->n", self._centred_ND, self._centred_ND)
        if not self.is_measured:  # where all is in one place, there is nothing to scale
            self._spread = float(self._squares_N.mean()) or 1.0
            self._num_measured = len(vectors_ND)
        self._remembered.clear()

    def _measured(self, vector: Floats) -> Floats:
        wish_D = np.asarray(vector, np.float32) - self._mean_D
        # Not `@`: its threads wait for one another, which costs 8 ms where the cores are busy.
        products_N = np.einsum("nd,d->n", self._centred_ND, wish_D)
        squared_N = self._squares_N - 2 * products_N + np.einsum("d,d->", wish_D, wish_D)
        scaled_N: Floats = np.maximum(squared_N, 0.0) / np.float32(self._spread)
        return scaled_N


class Row:
    """A row of numbers that grows; an array again only when it is looked at."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._array: NDArray[np.intp] = np.empty(0, np.intp)

    def append(self, number: int) -> None:
        self._numbers.append(number)

    @property
    def array(self) -> NDArray[np.intp]:
        if len(self._array) != len(self._numbers):
            self._array = np.asarray(self._numbers, np.intp)
        return self._array
