"""Residual quantisation of one branch: each level names what the levels before left over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Codes
from reelwright.sids.kmeans import Floats, assign, kmeans
from reelwright.sids.natural import natural_count

# N vectors, D dimensions, K codes of a level, L levels.


@dataclass(frozen=True, slots=True)
class Branch:
    """The centroids of a branch, level by level."""

    levels: tuple[Floats, ...]  # each (K, D)

    @classmethod
    def fit(
        cls, vectors_ND: Floats, *, depth: int, count: int, rng: np.random.Generator
    ) -> "Branch":
        """`depth` levels of up to `count` codes; a level clusters the residuals of the last.

        The first level has fewer codes where the vectors fall into fewer kinds.
        """
        residuals_ND = vectors_ND.astype(np.float32)
        counts = [natural_count(residuals_ND, count, rng), *(depth - 1) * [count]]
        levels: list[Floats] = []
        for codes in counts:
            levels.append(kmeans(residuals_ND, codes, rng))
            residuals_ND = residuals_ND - levels[-1][assign(residuals_ND, levels[-1])[0]]
        return cls(tuple(levels))

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(level) for level in self.levels)

    def encode(self, vectors_ND: Floats) -> NDArray[np.intp]:
        """A row of L codes for each vector."""
        residuals_ND = np.asarray(vectors_ND, np.float32)
        assert residuals_ND.shape[1:] == self.levels[0].shape[1:], (
            f"vectors of {residuals_ND.shape}, centroids of {self.levels[0].shape}"
        )
        codes = []
        for level in self.levels:
            codes.append(assign(residuals_ND, level)[0])
            residuals_ND = residuals_ND - level[codes[-1]]
        return np.stack(codes, axis=1)

    def decode(self, codes: Codes) -> Floats:
        """The vector that the codes stand for: the sum of their centroids."""
        assert len(codes) == len(self.levels), f"{codes} for {len(self.levels)} levels"
        for code, size in zip(codes, self.sizes, strict=True):
            assert 0 <= code < size, f"code {code} of {size} in {codes}"
        summed: Floats = np.sum(
            [level[code] for code, level in zip(codes, self.levels, strict=True)], axis=0
        )
        return summed
