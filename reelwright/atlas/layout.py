"""Where things lie on a map: neighbours near each other, and nothing on top of anything else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# N points, D dimensions.

Places = NDArray[np.float64]  # (N, 2)

ROUNDS = 500
EARLY = 100  # rounds in which attraction is exaggerated, so that groups find together
EXAGGERATION = 6.0
EVEN = 0.7  # how much order counts beside distance where places are stretched over a field
RATE_SHARE = 0.1  # of the number of points: the length of a step
MOMENTUM = (0.5, 0.8)
SEARCH = 40  # halvings for a width that gives the perplexity
PUSHES = 800  # at most, until rectangles lie apart
STEP = 0.3  # of an overlap that one push undoes
TOUCH = 0.5  # an overlap that nobody sees
PULL = 0.004  # back to where a rectangle wants to be, each time


def neighbour_map(vectors_ND: NDArray[Any], *, perplexity: float = 12.0) -> Places:
    """t-SNE in the plane, begun at the two main directions: no chance enters it."""
    count = len(vectors_ND)
    if count < 3:
        return np.array([[float(place), 0.0] for place in range(count)])
    affinity_NN = affinities(vectors_ND, min(perplexity, (count - 1) / 3))
    centred = vectors_ND - vectors_ND.mean(0)
    _, _, main = np.linalg.svd(centred, full_matrices=False)
    place_N2 = centred @ main[:2].T if len(main) > 1 else np.c_[centred, np.zeros(count)]
    place_N2 = 1e-2 * place_N2 / max(float(place_N2.std()), 1e-12)
    step_N2 = np.zeros_like(place_N2)
    for number in range(ROUNDS):
        early = number < EARLY
        apart_N2N = place_N2[:, None] - place_N2[None]
        near_NN = 1 / (1 + np.square(apart_N2N).sum(-1))
        np.fill_diagonal(near_NN, 0)
        pull_NN = (EXAGGERATION if early else 1.0) * affinity_NN - near_NN / near_NN.sum()
        slope_N2 = 4 * np.einsum("ij,ijk->ik", pull_NN * near_NN, apart_N2N)
        step_N2 = MOMENTUM[not early] * step_N2 - max(RATE_SHARE * count, 5.0) * slope_N2
        place_N2 = place_N2 + step_N2
    return np.asarray(place_N2 - place_N2.mean(0))


def affinities(vectors_ND: NDArray[Any], perplexity: float) -> NDArray[np.float64]:
    """How much each pair belongs together: every point has about `perplexity` neighbours."""
    square_N = np.square(vectors_ND, dtype=np.float64).sum(1)
    far_NN = np.maximum(square_N[:, None] + square_N - 2.0 * vectors_ND @ vectors_ND.T, 0)
    share_NN = np.zeros_like(far_NN)
    for row, far_N in enumerate(far_NN):
        others = np.delete(far_N, row)
        others -= others.min()
        low, high = 1e-9, 1e9
        for _ in range(SEARCH):
            sharpness = (low * high) ** 0.5
            share = np.exp(-sharpness * others)
            share /= share.sum()
            entropy = -(share * np.log(np.maximum(share, 1e-300))).sum()
            low, high = (sharpness, high) if entropy > np.log(perplexity) else (low, sharpness)
        share_NN[row] = np.insert(share, row, 0)
    return np.asarray(np.maximum((share_NN + share_NN.T) / (2 * len(far_NN)), 1e-12))


def spread(places_N2: Places, width: float, height: float) -> Places:
    """The places stretched over a field: by their order in each direction and by their distance."""
    field = np.array([width, height])
    low, high = places_N2.min(0), places_N2.max(0)
    by_distance = (places_N2 - low) / np.maximum(high - low, 1e-12)
    by_order = places_N2.argsort(0).argsort(0) / max(len(places_N2) - 1, 1)
    return np.asarray(((1 - EVEN) * by_distance + EVEN * by_order) * field)


def overlap(middles_N2: Places, sizes_N2: Places) -> int:
    """How many pairs of rectangles lie on each other."""
    between = np.abs(middles_N2[:, None] - middles_N2[None])
    deep = (sizes_N2[:, None] + sizes_N2[None]) / 2 - between
    return int(np.triu(deep.min(-1) > TOUCH, 1).sum())


def apart(middles_N2: Places, sizes_N2: Places, width: float, height: float) -> Places:
    """Rectangles pushed apart until none lies on another, near where they wanted to be.

    They stay within the field; where it is too small for them all, they overlap as little as the
    pushing could reach.
    """
    wanted_N2, half_N2 = middles_N2.copy(), sizes_N2 / 2
    field = np.array([width, height])
    places_N2 = middles_N2.copy()
    order = np.sign(np.arange(len(half_N2))[:, None] - np.arange(len(half_N2)))
    for number in range(PUSHES):
        between = places_N2[:, None] - places_N2[None]
        deep = half_N2[:, None] + half_N2[None] - np.abs(between)
        np.einsum("iik->ik", deep)[:] = -1
        both = deep.min(-1) > TOUCH
        if not both.any() and number > PUSHES // 4:
            break
        axis = deep.argmin(-1)
        side = np.where(between == 0, order[..., None], np.sign(between))
        push = np.where(both[..., None] & (np.arange(2) == axis[..., None]), deep * side, 0)
        pull = PULL * (wanted_N2 - places_N2) * max(0.0, 1 - 2 * number / PUSHES)
        places_N2 = places_N2 + STEP * push.sum(1) + pull
        places_N2 = np.clip(places_N2, half_N2, np.maximum(field - half_N2, half_N2))
    return places_N2
