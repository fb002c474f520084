"""How many codes the first level of a branch deserves: as many as there are kinds, if any show.

With more codes than styles a style falls apart into codes that mean the same; whoever wants less of
it would have to say so for each.
"""

import numpy as np
from numpy.typing import NDArray

from reelwright.sids.kmeans import Codes_N, assign, kmeans, some
from reelwright.sids.rows import Floats, Rows

# N vectors, K clusters, D dimensions.

LOOKED_AT = 1500  # vectors; distances between all of them are held at once
COUNTS = 16  # that are tried, evenly spread on a logarithm
CLEAR = 0.1  # a silhouette below this shows no kinds at all
AS_GOOD = 0.98  # of the best silhouette; of counts that serve as well the smallest is taken


def natural_count(vectors: Rows, most: int, rng: np.random.Generator) -> int:
    """The smallest number of clusters up to `most` that parts the vectors as well as any.

    It is `most` where no number of clusters shows.
    """
    vectors_ND = some(vectors, LOOKED_AT, rng)
    counts = sorted({round(count) for count in np.geomspace(2, max(most, 2), COUNTS)})
    if most <= 2 or len(vectors_ND) <= most:
        return most
    apart_NN = distances(vectors_ND)
    scores = {}
    for count in counts:
        codes_N, _ = assign(vectors_ND, kmeans(vectors_ND, count, rng))
        scores[count] = silhouette(apart_NN, codes_N)
    best = max(scores.values())
    return (
        min(count for count in counts if scores[count] >= AS_GOOD * best) if best > CLEAR else most
    )


def silhouette(apart_NN: NDArray[np.float64], codes_N: Codes_N) -> float:
    """How much nearer points are to their own cluster than to the next: 1 at best, 0 for none."""
    used, codes_N = np.unique(codes_N, return_inverse=True)
    if len(used) < 2:
        return 0.0
    member_NK = np.eye(len(used))[codes_N]
    size_K = member_NK.sum(0)
    total_NK = apart_NN @ member_NK
    rows = np.arange(len(codes_N))
    own_N = total_NK[rows, codes_N] / np.maximum(size_K[codes_N] - 1, 1)
    other_NK = total_NK / size_K
    other_NK[rows, codes_N] = np.inf
    next_N = other_NK.min(1)
    score_N = (next_N - own_N) / np.maximum(np.maximum(own_N, next_N), 1e-12)
    return float(np.where(size_K[codes_N] > 1, score_N, 0).mean())


def distances(vectors_ND: Floats) -> NDArray[np.float64]:
    """From each to each."""
    vectors = vectors_ND.astype(np.float64)
    square_N = (vectors**2).sum(1)
    squared_NN = square_N[:, None] + square_N - 2 * vectors @ vectors.T
    return np.asarray(np.sqrt(np.maximum(squared_NN, 0)))
