"""The videos that exist, as a tree over their codes: what the search within may walk.

Shapes: N rows (videos in the order of their codes), L levels, S slots (videos ever met), M videos
that a request or a change names.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Codes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEW = 64  # with more newcomers than these, sorting all rows is quicker than finding their places


class Slots:
    """Every video's number, for as long as the program runs. Numbers are given and never taken
    back, so that what was prepared for some videos stays right while others come and go."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._slot: dict[str, int] = {}

    def of(self, video: str) -> int:
        if video not in self._slot:
            self._slot[video] = len(self.names)
            self.names.append(video)
        return self._slot[video]

    def known(self, videos: Collection[str]) -> Ints:
        """The numbers of those among `videos` that have one."""
        found = map(self._slot.get, videos)
        return np.array([slot for slot in found if slot is not None], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Some of the videos: a category, what is fresh. Made once, it serves any number of requests
    while videos come and go; one that is met only later is not in it."""

    open_S: Flags

    def __and__(self, other: "Mask") -> "Mask":
        """The videos that are in both."""
        both = min(len(self.open_S), len(other.open_S))
        return Mask(self.open_S[:both] & other.open_S[:both])


@dataclass(frozen=True, slots=True, eq=False)
class Trie:
    """Flat and never changed, so that any number of threads may walk it.

    Videos are rows, sorted by their codes; a node of level d is a run of rows that agree in
    their first d codes. Several videos may share all codes: then they share a leaf.
    """

    slots: Slots
    slot_N: Ints
    codes_LN: Ints
    code: tuple[Ints, ...]  # of each node below the root, level by level
    child: tuple[Ints, ...]  # node n of a level has the next level's nodes child[n]:child[n + 1]
    row: tuple[Ints, ...]  # and the rows row[n]:row[n + 1]

    @classmethod
    def of(cls, paths: Mapping[str, Codes], *, depth: int) -> "Trie":
        """The tree over all `paths`, each of `depth` codes."""
        slots = Slots()
        slot_N = np.array([slots.of(video) for video in paths], np.int64)
        codes_NL = np.array(list(paths.values()), np.int64).reshape(len(paths), depth)
        return cls.sorted(slots, slot_N, codes_NL.T)

    @classmethod
    def sorted(cls, slots: Slots, slot_N: Ints, codes_LN: Ints) -> "Trie":
        order = np.lexsort(codes_LN[::-1])  # stable: of equal codes the first to come is first
        return cls._over(slots, slot_N[order], np.ascontiguousarray(codes_LN[:, order]))

    @classmethod
    def _over(cls, slots: Slots, slot_N: Ints, codes_LN: Ints) -> "Trie":
        """The tree over rows that are in order already: no more than a few passes over them."""
        num = len(slot_N)
        begins_N = np.zeros(num, bool)  # does a node begin at this row?
        begins_N[:1] = True
        code, child, rows = [], [], [np.zeros(1, np.int64)]  # the root is there without a video
        for codes_N in codes_LN:
            begins_N = begins_N.copy()
            begins_N[1:] |= codes_N[1:] != codes_N[:-1]
            rows.append(np.flatnonzero(begins_N))
            code.append(codes_N[rows[-1]])
            before_N = np.concatenate([[0], np.cumsum(begins_N)])  # nodes that begin before a row
            child.append(before_N[np.append(rows[-2], num)])
        ends = tuple(np.append(row, num) for row in rows)
        return cls(slots, slot_N, codes_LN, tuple(code), tuple(child), ends)

    def __len__(self) -> int:
        return len(self.slot_N)

    @property
    def ids(self) -> tuple[str, ...]:
        """All videos, row by row."""
        return tuple(self.slots.names[slot] for slot in self.slot_N.tolist())

    @property
    def leaves(self) -> int:
        return len(self.code[-1])

    def videos(self, leaf: int) -> tuple[str, ...]:
        """All videos with this leaf's codes."""
        first, end = self.row[-1][leaf], self.row[-1][leaf + 1]
        return tuple(self.slots.names[slot] for slot in self.slot_N[first:end].tolist())

    def path(self, level: int, node_M: Ints) -> Ints:
        """(M, level): the codes that lead to these nodes of a level."""
        return self.codes_LN[:level].take(self.row[level].take(node_M), axis=1).T

    def leaf(self, codes: Codes) -> int | None:
        """The leaf with these codes, where one exists."""
        node = 0
        for code, child, wanted in zip(self.code, self.child, codes, strict=True):
            first, end = child[node : node + 2].tolist() if len(self) else (0, 0)
            node = first + int(np.searchsorted(code[first:end], wanted))
            if node == end or code[node] != wanted:
                return None
        return node

    def barred(
        self, without: Collection[str], among: Mask | None = None
    ) -> tuple[Flags, ...] | None:
        """For each level below the root: which nodes lead only to `without` or out of `among`."""
        shut_S = self.shut(without, among)
        if shut_S is None:
            return None
        if among is not None or shut_S.sum() > len(self) // 8:
            open_N = np.concatenate([[0], np.cumsum(~shut_S[self.slot_N])])
            return tuple(open_N[row[1:]] == open_N[row[:-1]] for row in self.row[1:])
        return self._few_barred(np.flatnonzero(shut_S[self.slot_N]))

    def shut(self, without: Collection[str], among: Mask | None) -> Flags | None:
        """By slot, which videos may not be answered with; None where all may be."""
        shunned = self.slots.known(without) if without else np.zeros(0, np.int64)
        if among is None and not len(shunned):
            return None
        shut_S = np.full(len(self.slots.names), among is not None)
        if among is not None:
            shut_S[: len(among.open_S)] = ~among.open_S[: len(shut_S)]
        shut_S[shunned[shunned < len(shut_S)]] = True
        return shut_S

    def _few_barred(self, row_M: Ints) -> tuple[Flags, ...] | None:
        """As `barred`, touching nothing but the nodes above these rows."""
        if not len(row_M):
            return None
        levels = []
        for row in self.row[1:]:
            node_M = row.searchsorted(row_M, side="right") - 1
            num_M = node_M.searchsorted(node_M, side="right") - node_M.searchsorted(node_M)
            shut = np.zeros(len(row) - 1, bool)
            shut[node_M] = num_M == row[node_M + 1] - row[node_M]
            levels.append(shut)
        return tuple(levels)

    def changed(self, gone: Collection[int], come: Mapping[int, Codes]) -> "Trie":
        """Without the slots that are gone, then with those that came: a few passes over the rows,
        however many there are of either."""
        slot_N, codes_LN = self.slot_N, self.codes_LN
        if gone:
            gone_S = np.zeros(len(self.slots.names), bool)
            gone_S[list(gone)] = True
            left = np.flatnonzero(~gone_S[slot_N])
            slot_N, codes_LN = slot_N[left], codes_LN.take(left, axis=1)
        slot_M = np.array(list(come), np.int64)
        codes_LM = np.array(list(come.values()), np.int64).reshape(len(come), len(codes_LN)).T
        if len(come) > FEW:
            return Trie.sorted(
                self.slots,
                np.concatenate([slot_N, slot_M]),
                np.concatenate([codes_LN, codes_LM], axis=1),
            )
        order = np.lexsort(codes_LM[::-1])
        place_M = np.array([_place(codes_LN, codes_LM[:, one]) for one in order], np.int64)
        return Trie._over(
            self.slots,
            np.insert(slot_N, place_M, slot_M[order]),
            np.insert(codes_LN, place_M, codes_LM[:, order], axis=1),
        )


def _place(codes_LN: Ints, codes_L: Ints) -> int:
    """Behind the last row whose codes are not larger."""
    first, end = 0, int(codes_LN.shape[1])
    for codes_N, code in zip(codes_LN, codes_L, strict=True):
        run_N, start = codes_N[first:end], first
        first = start + int(np.searchsorted(run_N, code))
        end = start + int(np.searchsorted(run_N, code, side="right"))
    return end


class LiveTrie:
    """A trie whose videos come and go while others search: each search sees one whole state."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._slots = Slots()
        self._codes: dict[int, Codes] = {}  # of each slot that is in the catalogue
        self._gone: set[int] = set()  # since the trie below was made
        self._come: dict[int, Codes] = {}
        self._trie = Trie.sorted(self._slots, np.zeros(0, np.int64), np.zeros((depth, 0), np.int64))
        self._lock = Lock()

    def add(self, video: str, codes: Codes) -> None:
        """Cheap however often it is called: the next search takes in all that came."""
        assert len(codes) == self.depth, f"{codes} has not {self.depth} codes"
        with self._lock:
            slot = self._slots.of(video)
            if self._codes.get(slot) != codes:
                self._leave(slot)
                self._codes[slot] = self._come[slot] = codes

    def remove(self, video: str) -> None:
        with self._lock:
            for slot in self._slots.known([video]).tolist():
                self._leave(slot)

    def mask(self, videos: Collection[str]) -> Mask:
        """These videos, where they exist, as what a search may keep to."""
        with self._lock:
            open_S = np.zeros(len(self._slots.names), bool)
            open_S[self._slots.known(videos)] = True
        return Mask(open_S)

    def now(self) -> Trie:
        """Everything that was added before this call."""
        if self._gone or self._come:
            with self._lock:
                if self._gone or self._come:
                    self._trie = self._trie.changed(self._gone, self._come)
                    self._gone, self._come = set(), {}
        return self._trie

    def _leave(self, slot: int) -> None:
        if self._codes.pop(slot, None) is not None and self._come.pop(slot, None) is None:
            self._gone.add(slot)
