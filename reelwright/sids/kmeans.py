"""k-means for codebooks: seeded, restarted, without empty clusters, in bounded memory.

Where there are more points than a sample holds, the sample's centroids are carried over all points
in a few sweeps, a chunk at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.sids.rows import CHUNK, Floats, Rows

# N points, K centroids, D dimensions.

Codes_N = NDArray[np.intp]

SAMPLE = 256  # points for each centroid are enough to place it
MOST_SAMPLED = 32_768  # points that are held at once, however many centroids there are
SWEEPS = 3  # over all points, after the sample has settled
SEED_SAMPLE = 32  # and so many to choose where it starts
CANDIDATES = 5  # for each seed; with one alone, topics are merged: purity .90 against .98
RESTARTS = 4
TRIAL_ROUNDS = 6  # after these the best start shows
ROUNDS = 60
STILL = 1e-4  # a smaller share of the distortion is not worth another round


def kmeans(points: Rows, count: int, rng: np.random.Generator) -> Floats:
    """`count` centroids, or as many as points differ; the best of RESTARTS starts, settled."""
    assert count >= 1, f"{count} clusters"
    assert len(points) > 0, "clusters of no points"
    sample_ND = some(points, min(SAMPLE * count, MOST_SAMPLED), rng)
    trials = [
        settle(
            sample_ND,
            seeds(some(sample_ND, SEED_SAMPLE * count, rng), count, rng),
            rounds=TRIAL_ROUNDS,
        )
        for _ in range(RESTARTS)
    ]
    best_KD, _ = min(trials, key=lambda trial: trial[1])
    centroids_KD, _ = settle(sample_ND, best_KD, rounds=ROUNDS)
    for _ in range(SWEEPS if len(points) > len(sample_ND) else 0):
        centroids_KD = sweep(points, centroids_KD)
    return centroids_KD


def some(points: Rows, most: int, rng: np.random.Generator) -> Floats:
    """The points, or `most` of them, in their order."""
    if len(points) <= most:
        return np.asarray(points[:])
    return np.asarray(points[np.sort(rng.choice(len(points), most, replace=False))])


def seeds(points_ND: Floats, count: int, rng: np.random.Generator) -> Floats:
    """k-means++: seeds are drawn in proportion to the squared distance from the seeds so far.

    Of CANDIDATES drawn for each place the one that helps most is taken. There are fewer than
    `count` where fewer points differ.
    """
    chosen = [int(rng.integers(len(points_ND)))]
    far_N = distance(points_ND, points_ND[chosen[0]])
    while len(chosen) < count and far_N.any():
        drawn = rng.choice(len(points_ND), CANDIDATES, p=far_N / far_N.sum(dtype=np.float64))
        left = [np.minimum(far_N, distance(points_ND, points_ND[one])) for one in drawn]
        best = int(np.argmin([one_N.sum() for one_N in left]))
        chosen.append(int(drawn[best]))
        far_N = left[best]
    return points_ND[chosen]


def settle(points_ND: Floats, centroids_KD: Floats, *, rounds: int) -> tuple[Floats, float]:
    """Lloyd's rounds until they gain nothing: the centroids, and the mean squared distance."""
    codes_N, far_N = assign(points_ND, centroids_KD)
    for _ in range(rounds):
        before = far_N.mean()
        centroids_KD = means(points_ND, codes_N, far_N, len(centroids_KD))
        codes_N, far_N = assign(points_ND, centroids_KD)
        full = np.bincount(codes_N, minlength=len(centroids_KD)).all()
        if full and before - far_N.mean() <= STILL * before:
            break
    return centroids_KD, float(far_N.mean())


def means(points_ND: Floats, codes_N: Codes_N, far_N: Floats, count: int) -> Floats:
    """The middle of each cluster; an empty one moves to the points that are served worst."""
    tally = Tally.empty(count, points_ND.shape[1])
    tally.add(points_ND, codes_N, far_N)
    return tally.centroids()


def sweep(points: Rows, centroids_KD: Floats) -> Floats:
    """The next round's centroids, from points that are read once and chunk by chunk."""
    tally = Tally.empty(*centroids_KD.shape)
    for start in range(0, len(points), CHUNK):
        chunk_ND = points[start : start + CHUNK]
        tally.add(chunk_ND, *assign(chunk_ND, centroids_KD))
    return tally.centroids()


@dataclass(slots=True)
class Tally:
    """What a round needs to know of the points that it has seen: sums, counts, the worst served."""

    sums_KD: NDArray[np.float64]
    sizes_K: Codes_N
    worst_KD: Floats  # K at most, the worst first
    far_K: Floats

    @classmethod
    def empty(cls, count: int, dim: int) -> "Tally":
        return cls(
            np.zeros((count, dim)),
            np.zeros(count, np.intp),
            np.empty((0, dim), np.float32),
            np.empty(0, np.float32),
        )

    def add(self, points_ND: Floats, codes_N: Codes_N, far_N: Floats) -> None:
        order_N = np.argsort(codes_N, kind="stable")
        used, first, sizes = np.unique(codes_N[order_N], return_index=True, return_counts=True)
        self.sums_KD[used] += np.add.reduceat(points_ND[order_N], first, axis=0, dtype=np.float64)
        self.sizes_K[used] += sizes
        worst = np.argsort(-far_N, kind="stable")[: len(self.sizes_K)]
        far = np.concatenate([self.far_K, far_N[worst]])
        worst_all = np.argsort(-far, kind="stable")[: len(self.sizes_K)]
        self.worst_KD = np.concatenate([self.worst_KD, points_ND[worst]])[worst_all]
        self.far_K = far[worst_all]

    def means(self) -> Floats:
        """Zero where there was nothing."""
        return (self.sums_KD / np.maximum(self.sizes_K, 1)[:, None]).astype(np.float32)

    def centroids(self) -> Floats:
        """The means; where there was nothing, a point that was served worst."""
        centroids_KD = self.means()
        empty = np.flatnonzero(self.sizes_K == 0)
        centroids_KD[empty] = self.worst_KD[: len(empty)]
        return centroids_KD


def assign(points: Rows, centroids_KD: Floats) -> tuple[Codes_N, Floats]:
    """The nearest centroid of each point, the first of equals, and its squared distance."""
    codes_N = np.empty(len(points), np.intp)
    far_N = np.empty(len(points), np.float32)
    half_K = 0.5 * (centroids_KD**2).sum(1)
    for start in range(0, len(points), CHUNK):
        chunk_ND = points[start : start + CHUNK]
        half_NK = half_K - chunk_ND @ centroids_KD.T  # half the squared distance, less the point's
        nearest = half_NK.argmin(1)
        codes_N[start : start + CHUNK] = nearest
        least = np.take_along_axis(half_NK, nearest[:, None], 1)[:, 0]
        far_N[start : start + CHUNK] = np.einsum("nd,nd->n", chunk_ND, chunk_ND) + 2 * least
    return codes_N, np.maximum(far_N, 0)


def distance(points_ND: Floats, point_D: Floats) -> Floats:
    """The squared distance of each point from one: zero for its equals, and for them alone."""
    far_N = np.empty(len(points_ND), np.float32)
    for start in range(0, len(points_ND), CHUNK):
        apart = points_ND[start : start + CHUNK] - point_D
        far_N[start : start + CHUNK] = np.einsum("nd,nd->n", apart, apart)
    return far_N
