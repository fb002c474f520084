"""How well a probe reads a label from vectors or codes that it was not shown: the measure of leaks.

The probe is the nearest class centre, with every fold of the videos held out once. Small samples
flatter and slander: chance is what the same probe reads from labels that were dealt anew.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# N videos, D dimensions, C classes, L levels.

Values = NDArray[np.floating]
Labels = NDArray[np.intp]

FOLDS = 5
TIMES = 5  # the folds are cut anew, and the mean is taken
DEALS = 40  # of labels, for chance


def reading(values_ND: Values, labels_N: Labels, rng: np.random.Generator) -> float:
    """The share of held-out videos whose label is read right."""
    return float(np.mean([_held_out(values_ND, labels_N, rng) for _ in range(TIMES)]))


def chance(
    values_ND: Values,
    labels_N: Labels,
    rng: np.random.Generator,
    *,
    within_N: Labels | None = None,
) -> float:
    """What is read from labels dealt anew, to all videos or among those of each group."""
    groups_N = np.zeros_like(labels_N) if within_N is None else within_N
    return float(
        np.mean([_held_out(values_ND, _dealt(labels_N, groups_N, rng), rng) for _ in range(DEALS)])
    )


def without(values_ND: Values, labels_N: Labels) -> Values:
    """The values with the middle of each label's videos taken away: what the label left over."""
    return values_ND - class_means(values_ND, labels_N)[labels_N]


def one_hot(codes_NL: NDArray[np.intp], sizes: Sequence[int]) -> Values:
    """Every code as a measure of its own."""
    levels = [np.eye(size)[codes_NL[:, level]] for level, size in enumerate(sizes)]
    return np.concatenate(levels, axis=1)


def _held_out(values_ND: Values, labels_N: Labels, rng: np.random.Generator) -> float:
    fold_N = rng.permutation(len(labels_N)) % FOLDS
    right = 0
    for fold in range(FOLDS):
        shown_N = fold_N != fold
        known, numbered = np.unique(labels_N[shown_N], return_inverse=True)
        centre_CD = class_means(values_ND[shown_N], numbered)
        asked_ND = values_ND[~shown_N]
        half_NC = 0.5 * np.square(centre_CD).sum(1) - asked_ND @ centre_CD.T
        right += int((known[half_NC.argmin(1)] == labels_N[~shown_N]).sum())
    return right / len(labels_N)


def class_means(values_ND: Values, labels_N: Labels) -> Values:
    """The middle of each label's videos; labels count from 0 and each has one."""
    member_NC = np.eye(labels_N.max() + 1)[labels_N]
    return np.asarray(member_NC.T @ values_ND / member_NC.sum(0)[:, None])


def _dealt(labels_N: Labels, groups_N: Labels, rng: np.random.Generator) -> Labels:
    dealt_N = labels_N.copy()
    for group in np.unique(groups_N):
        members = np.flatnonzero(groups_N == group)
        dealt_N[members] = labels_N[rng.permutation(members)]
    return dealt_N
