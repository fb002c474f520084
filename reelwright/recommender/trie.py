"""The videos that exist, as a tree over their codes: what the search within may walk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Codes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Trie:
    """Flat and never changed, so that any number of threads may walk it.

    Videos are rows, sorted by their codes; a node of level d is a run of rows that agree in
    their first d codes. Several videos may share all codes: then they share a leaf.
    """

    ids: tuple[str, ...]
    place: Mapping[str, int]  # id to row
    code: tuple[Ints, ...]  # of each node below the root, level by level
    child: tuple[Ints, ...]  # node n of a level has the next level's nodes child[n]:child[n + 1]
    row: tuple[Ints, ...]  # and the rows row[n]:row[n + 1]

    @classmethod
    def of(cls, paths: Mapping[str, Codes], *, depth: int) -> "Trie":
        """The tree over all `paths`, each of `depth` codes."""
        codes = np.array(list(paths.values()), np.int64).reshape(len(paths), depth)
        order = np.lexsort(codes.T[::-1])  # stable: of equal codes the first to come is first
        names = list(paths)
        ids, codes = tuple(names[row] for row in order.tolist()), codes[order]
        begins = np.zeros(len(ids), bool)  # does a node begin at this row?
        begins[:1] = True
        code, child, rows = [], [], [np.zeros(1, np.int64)]  # the root is there without a video
        for level in range(depth):
            begins = begins.copy()
            begins[1:] |= codes[1:, level] != codes[:-1, level]
            rows.append(np.flatnonzero(begins))
            code.append(codes[rows[-1], level])
            child.append(np.append(np.searchsorted(rows[-1], rows[-2]), len(rows[-1])))
        return cls(
            ids=ids,
            place={video: row for row, video in enumerate(ids)},
            code=tuple(code),
            child=tuple(child),
            row=tuple(np.append(row, len(ids)) for row in rows),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def leaves(self) -> int:
        return len(self.code[-1])

    def videos(self, leaf: int) -> tuple[str, ...]:
        """All videos with this leaf's codes."""
        return self.ids[self.row[-1][leaf] : self.row[-1][leaf + 1]]

    def barred(self, without: Collection[str]) -> tuple[Flags, ...] | None:
        """For each level below the root: which nodes lead to nothing but `without`."""
        rows = [self.place[video] for video in without if video in self.place]
        if not rows:
            return None
        dead = np.zeros(len(self), bool)
        dead[rows] = True
        return tuple(np.logical_and.reduceat(dead, row[:-1]) for row in self.row[1:])


class LiveTrie:
    """A trie whose videos come and go while others search: each search sees one whole state."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._paths: dict[str, Codes] = {}
        self._trie: Trie | None = None
        self._lock = Lock()

    def add(self, video: str, codes: Codes) -> None:
        """Cheap however often it is called: the tree is built anew by the next search."""
        assert len(codes) == self.depth, f"{codes} has not {self.depth} codes"
        with self._lock:
            if self._paths.get(video) != codes:
                self._paths[video] = codes
                self._trie = None

    def remove(self, video: str) -> None:
        with self._lock:
            if self._paths.pop(video, None) is not None:
                self._trie = None

    def now(self) -> Trie:
        """Everything that was added before this call."""
        trie = self._trie  # read once: another thread may set it to None meanwhile
        if trie is None:
            with self._lock:
                if self._trie is None:
                    self._trie = Trie.of(self._paths, depth=self.depth)
                trie = self._trie
        return trie
