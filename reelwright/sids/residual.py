"""Residual quantisation of one branch: each level names what the levels before left over.

Codes are chosen where a learned head looks, if there is one; what they stand for is told in the
encoder's own space, as the middle of the videos that have them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Codes
from reelwright.sids.heads import Head
from reelwright.sids.kmeans import Tally, assign, kmeans
from reelwright.sids.natural import natural_count
from reelwright.sids.rows import CHUNK, Floats, Rows

# N vectors, D dimensions, H dimensions of a head's, K codes of a level, L levels.


@dataclass(frozen=True, slots=True)
class Branch:
    """The centroids of a branch, level by level; without a head both kinds are the same."""

    levels: tuple[Floats, ...]  # each (K, H): what is nearest gets the code
    stands: tuple[Floats, ...]  # each (K, D): what the code adds, in the encoder's space
    head: Head | None = None

    @classmethod
    def fit(
        cls,
        vectors: Rows,
        *,
        depth: int,
        count: int,
        rng: np.random.Generator,
        head: Head | None = None,
    ) -> "Branch":
        """`depth` levels of up to `count` codes; a level clusters the residuals of the last.

        The first level has fewer codes where the vectors fall into fewer kinds. No more than a
        sample of the vectors is held at once, however many there are.
        """
        levels: tuple[Floats, ...] = ()
        left = Left(vectors, levels, head)
        counts = [natural_count(left, count, rng), *(depth - 1) * [count]]
        for codes in counts:
            levels = (*levels, kmeans(left, codes, rng))
            left = Left(vectors, levels, head)
        stands = levels if head is None else _stands(vectors, cls(levels, (), head))
        return cls(levels, stands, head)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(level) for level in self.levels)

    def encode(self, vectors: Rows) -> NDArray[np.intp]:
        """A row of L codes for each vector."""
        codes_NL = np.empty((len(vectors), len(self.levels)), np.intp)
        for start in range(0, len(vectors), CHUNK):
            left_ND = Left(vectors, (), self.head)[start : start + CHUNK]
            for number, level in enumerate(self.levels):
                assert left_ND.shape[1:] == level.shape[1:], (
                    f"vectors of {left_ND.shape}, centroids of {level.shape}"
                )
                codes = assign(left_ND, level)[0]
                codes_NL[start : start + CHUNK, number] = codes
                left_ND = left_ND - level[codes]
        return codes_NL

    def decode(self, codes: Codes) -> Floats:
        """The encoder's vector that the codes stand for: the sum of what each adds."""
        assert len(codes) == len(self.levels), f"{codes} for {len(self.levels)} levels"
        for code, size in zip(codes, self.sizes, strict=True):
            assert 0 <= code < size, f"code {code} of {size} in {codes}"
        summed: Floats = np.sum(
            [level[code] for code, level in zip(codes, self.stands, strict=True)], axis=0
        )
        return summed


@dataclass(frozen=True, slots=True)
class Left:
    """What some levels left over of vectors, worked out for the rows that are asked for."""

    vectors: Rows
    levels: tuple[Floats, ...]
    head: Head | None

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: slice | NDArray[np.intp], /) -> Floats:
        left_ND = np.asarray(self.vectors[rows], np.float32)
        if self.head is not None:
            left_ND = self.head(left_ND)
        for level in self.levels:
            left_ND = left_ND - level[assign(left_ND, level)[0]]
        return left_ND


def _stands(vectors: Rows, branch: Branch) -> tuple[Floats, ...]:
    """For each level the middle of what the levels before leave over in the encoder's space."""
    codes_NL = branch.encode(vectors)
    stands: list[Floats] = []
    for number, size in enumerate(branch.sizes):
        tally: Tally | None = None
        for start in range(0, len(vectors), CHUNK):
            left_ND = np.asarray(vectors[start : start + CHUNK], np.float32)
            chunk_NL = codes_NL[start : start + CHUNK]
            for before, stand in enumerate(stands):
                left_ND = left_ND - stand[chunk_NL[:, before]]
            tally = tally or Tally.empty(size, left_ND.shape[1])
            tally.add(left_ND, chunk_NL[:, number], np.zeros(len(left_ND), np.float32))
        assert tally is not None, "levels of no vectors"
        stands.append(tally.means())
    return tuple(stands)
