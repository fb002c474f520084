"""Does the catalogue already have what a viewer wants next? The model's own answer, calibrated.

The model's answer is the probability that it gives to the semantic IDs that exist, summed over the
likeliest of them: over all where they are not too many to be gone through while a viewer waits.
Two numbers turn it into a frequency; they are learned by hiding parts of the catalogue from cases
whose answer is known (Platt, Probabilistic outputs for support vector machines, 1999).

Shapes: N cases, F leaves.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reelwright.recommender.search import Floats
from reelwright.recommender.trie import Flags

STEPS = 50  # of Newton's method, which needs about ten
RIDGE = 1e-3  # keeps the two numbers finite where the cases can be told apart without a mistake
LEAST = 1e-9  # a probability is taken to be this far from 0 and 1 at least


@dataclass(frozen=True, slots=True)
class Calibration:
    """sigmoid(slope * logit(p) + shift). As it stands it changes nothing."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, raw_N: Floats) -> Floats:
        told_N: Floats = 1.0 / (1.0 + np.exp(-(self.slope * logit(raw_N) + self.shift)))
        return told_N

    @classmethod
    def fit(cls, raw_N: Floats, true_N: Flags) -> "Calibration":
        """The two numbers under which the cases are likeliest."""
        x_N2 = np.column_stack([logit(raw_N), np.ones(len(raw_N))])
        theta = start = np.array([1.0, 0.0])
        for _ in range(STEPS):
            told_N = 1.0 / (1.0 + np.exp(-x_N2 @ theta))
            slope_2 = x_N2.T @ (told_N - true_N) + RIDGE * (theta - start)
            bend_22 = (x_N2.T * (told_N * (1 - told_N))) @ x_N2 + RIDGE * np.eye(2)
            step_2 = np.linalg.solve(bend_22, slope_2)
            theta = theta - step_2 * min(1.0, 4.0 / float(np.abs(step_2).max()))
        return cls(float(theta[0]), float(theta[1]))


def logit(raw_N: Floats) -> Floats:
    p_N = np.clip(raw_N, LEAST, 1 - LEAST)
    odds_N: Floats = np.log(p_N / (1 - p_N))
    return odds_N


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How what a viewer wants next is spread over the IDs that exist."""

    p_F: Floats  # 0 where it was too small to be told
    met_F: Flags  # leads to nothing but what they have met, and they want something new

    def within(self, open_F: Flags) -> float:
        """The share of these leaves in all that is new to the viewer, existing or not."""
        met = min(float(self.p_F @ self.met_F), 1.0 - LEAST)
        return float(self.p_F @ (open_F & ~self.met_F)) / (1.0 - met)


def hidden(
    cases: Iterable[tuple[Spread, int]], *, rounds: int, rng: np.random.Generator
) -> tuple[Floats, Flags]:
    """What the model says, and what is true, while random parts of the catalogue are hidden.

    A case is a viewer's spread and the leaf that they turned out to want. In each of the `rounds`
    another share of the leaves is hidden.
    """
    raw, true = [], []
    for spread, wanted in cases:
        for _ in range(rounds):
            open_F = rng.random(len(spread.p_F)) < rng.random()
            raw.append(spread.within(open_F))
            true.append(bool(open_F[wanted]))
    return np.array(raw), np.array(true, bool)


def calibration_error(told_N: Floats, true_N: Flags, *, bins: int = 10) -> float:
    """The expected calibration error: how far told and true lie apart, in bins of as many cases."""
    parts = np.array_split(np.argsort(told_N, kind="stable"), bins)
    gaps = [len(p) * abs(told_N[p].mean() - true_N[p].mean()) for p in parts if len(p)]
    return float(sum(gaps) / len(told_N))
