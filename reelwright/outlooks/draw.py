"""Which wishes a page answers, drawn by chance, each with the probability of that choice.

All is plain Python: for two dozen wishes NumPy's calls cost more, and each lets other threads in.
"""

import math
from collections.abc import Collection, Sequence
from itertools import accumulate

import numpy as np

BLOCK = 8192  # numbers drawn at once


class Chance:
    """Gumbel noise from a generator, thousands of numbers at once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._noise: list[float] = []
        self._next = 0

    def __call__(self, count: int) -> list[float]:
        if self._next + count > len(self._noise):
            self._noise, self._next = self.rng.gumbel(size=max(BLOCK, count)).tolist(), 0
        self._next += count
        return self._noise[self._next - count : self._next]


def drawn(
    logits: Sequence[float], chance: Chance, without: Collection[int] = ()
) -> tuple[list[int], list[float]]:
    """The places of all wishes but `without` in a drawn order, each with the probability of being
    drawn there.

    Places are filled one after another in proportion to exp(logit), without repeats, so that the
    log knows how likely each choice was and can be learned from. The order of logits with Gumbel
    noise is distributed just so, and all of it is drawn at once (Yellott 1977; Kool and others,
    Stochastic beams and where to find them, 2019).
    """
    noisy = [logit + noise for logit, noise in zip(logits, chance(len(logits)), strict=True)]
    order = [place for place in range(len(noisy)) if place not in without]
    order.sort(key=noisy.__getitem__, reverse=True)
    top = max((logits[place] for place in order), default=0.0)
    weights = [math.exp(logits[place] - top) for place in order]
    left = [*accumulate(reversed(weights))][::-1]  # of a place and all behind it
    return order, [weight / of for weight, of in zip(weights, left, strict=True)]


def logits(probabilities: Sequence[float], temperature: float) -> tuple[float, ...]:
    """What `drawn` takes, for draws in proportion to probability ** (1 / temperature)."""
    return tuple(math.log(one) / temperature for one in probabilities)
