"""What can be watched now, in memory: which videos stand nearest to a wish, exactly."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import filterfalse

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Answer, Codes, SemanticId, Video, Way, Wish

# N codes met in one branch, D dimensions of its vectors, S distinct semantic IDs on the shelf.
Floats = NDArray[np.float32]
Locate = Callable[[SemanticId], tuple[Floats, Floats]]

REMEMBERED = 1024  # distances to as many codes are kept; wishes repeat
ORDERED = 50_000  # likewise the videos nearest to as many semantic IDs, 0.6 KB each
FEW = (64, 1024)  # places that are ordered at first, and where these are not enough


class Shelf:
    """Videos by semantic ID. Vectors are kept once for codes, not once for videos.

    Distances are squared and in units of their branch's spread over the shelf, so that content and
    style can be added. Where two are equally near, what came first comes first.
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
        # By wish, as long as nothing comes: the nearest videos, and places of the same content.
        self._ordered: dict[SemanticId, tuple[int, list[str]]] = {}  # with how many were asked for
        self._styled: dict[SemanticId, list[int]] = {}

    def put(self, video: Video, sid: SemanticId) -> None:
        """From now on the video can be an answer."""
        if video.is_made:
            self._made_for[video.wish] = video
            self._made_sids.add(sid)
        if sid not in self._place:
            self._add(sid)
        self._videos[self._place[sid]].append(video)
        self._by_id[video.id] = video, self._place[sid]
        self._ordered.clear()

    def remove(self, video_id: str) -> None:
        """From now on it is no answer; one that is not there is none already."""
        if (known := self._by_id.pop(video_id, None)) is None:
            return
        # Its place stays: who wishes for these codes is answered by the neighbours.
        self._videos[known[1]] = [one for one in self._videos[known[1]] if one.id != video_id]
        self._made_for.pop(video_id, None)  # a made video is called as its wish is
        self._ordered.clear()

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

    def answer(self, wish: Wish, key: str, without: Collection[str]) -> Answer | None:
        """The best there is: exact, else the same content in the nearest style, else the nearest.

        `without` holds the ids of videos that are no answer; None when that leaves nothing.
        """
        if exact := self.exact(wish, key, without):
            return exact
        for place in self._by_style(wish.sid):
            for video in self._videos[place]:
                if video.id not in without:
                    return Answer(video, self._sids[place], Way.SAME_CONTENT)
        for ids in self._by_distance(wish.sid):
            if (id_ := next(filterfalse(without.__contains__, ids), None)) is not None:
                video, place = self._by_id[id_]
                return Answer(video, self._sids[place], Way.NEAREST)
        return None

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
        if (ordered := self._styled.get(sid)) is None:
            if len(self._styled) == ORDERED:
                self._styled.clear()
            style_S = self._style_distances(sid)[self._creative_S.array[places]]
            ordered = [places[index] for index in np.argsort(style_S, kind="stable")]
            self._styled[sid] = ordered
        return ordered

    def _by_distance(self, sid: SemanticId) -> Iterator[list[str]]:
        """Ids of the nearest videos first: some, which are nearly always enough, then more."""
        for few in (*FEW, len(self._sids)):
            kept = self._ordered.get(sid, (0, []))
            if kept[0] < few:
                if len(self._ordered) == ORDERED:
                    self._ordered.clear()
                places = self._nearest(sid, few)
                ids = [video.id for place in places for video in self._videos[place]]
                kept = self._ordered[sid] = few, ids
            yield kept[1]
            if kept[0] >= len(self._sids):
                return

    def _nearest(self, sid: SemanticId, num_taken: int) -> list[int]:
        if not self._sids:
            return []
        content_N = self._content.distances(sid.content, lambda: self.locate(sid)[0])
        distance_S = content_N[self._content_S.array]
        distance_S += self.style_weight * self._style_distances(sid)[self._creative_S.array]
        near = np.arange(len(distance_S))
        if num_taken + 1 < len(distance_S):
            limit = np.partition(distance_S, num_taken)[num_taken]
            near = np.flatnonzero(distance_S <= limit)
        nearest: list[int] = near[np.argsort(distance_S[near], kind="stable")].tolist()
        return nearest

    def _style_distances(self, sid: SemanticId) -> Floats:
        return self._creative.distances(sid.creative, lambda: self.locate(sid)[1])

    def _add(self, sid: SemanticId) -> None:
        content, creative = self.locate(sid)
        self._styled.clear()
        place = self._place[sid] = len(self._sids)
        self._sids.append(sid)
        self._videos.append([])
        self._same_content[sid.content].append(place)
        self._content_S.append(self._content.place(sid.content, content))
        self._creative_S.append(self._creative.place(sid.creative, creative))


class Branch:
    """The vectors of the codes that were met in one branch."""

    def __init__(self) -> None:
        self._place: dict[Codes, int] = {}
        self._vectors: list[Floats] = []
        self._centred_ND: Floats | None = None  # None when codes came since
        self._remembered: dict[Codes, Floats] = {}

    def place(self, codes: Codes, vector: Floats) -> int:
        """Where these codes stand among the distances."""
        if codes not in self._place:
            self._place[codes] = len(self._vectors)
            self._vectors.append(vector)
            self._centred_ND = None
        return self._place[codes]

    def distances(self, codes: Codes, locate: Callable[[], Floats]) -> Floats:
        """The squared distance from these codes to each that was met, over the mean one."""
        if self._centred_ND is None:
            self._settle()
        if codes not in self._remembered:
            if len(self._remembered) == REMEMBERED:
                self._remembered.clear()
            self._remembered[codes] = self._measured(locate())
        return self._remembered[codes]

    def _settle(self) -> None:
        vectors_ND = np.asarray(self._vectors, np.float32)
        self._mean_D = vectors_ND.mean(axis=0)
        self._centred_ND = vectors_ND - self._mean_D
        self._squares_N = np.einsum("nd,nd->n", self._centred_ND, self._centred_ND)
        self._spread = float(self._squares_N.mean()) or 1.0  # one place only: nothing to scale
        self._remembered.clear()

    def _measured(self, vector: Floats) -> Floats:
        assert self._centred_ND is not None
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
