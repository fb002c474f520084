"""Which wishes a page answers, drawn by chance, each with the probability of that choice.

All is plain Python: for two dozen wishes NumPy's calls cost more, and each lets other threads in.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add, truediv

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


@dataclass(frozen=True, slots=True)
class Lots:
    """What wishes are drawn by: log odds, and the odds themselves, of which the largest is 1."""

    logits: tuple[float, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, probabilities: Sequence[float], temperature: float) -> "Lots":
        """For draws in proportion to probability ** (1 / temperature)."""
        logits = tuple(math.log(one) / temperature for one in probabilities)
        return cls(logits, _weights(logits))


def drawn(
    lots: Lots, chance: Chance, without: Collection[int] = ()
) -> tuple[list[int], list[float]]:
    """The places of all wishes but `without` in a drawn order, each with the probability of being
    drawn there.

    Places are filled one after another in proportion to the odds, without repeats, so that the
    log knows how likely each choice was and can be learned from. The order of log odds with Gumbel
    noise is distributed just so, and all of it is drawn at once (Yellott 1977; Kool and others,
    Stochastic beams and where to find them, 2019).
    """
    noisy = list(map(add, lots.logits, chance(len(lots.logits))))
    order = sorted(range(len(noisy)), key=noisy.__getitem__, reverse=True)
    if without:
        order = [place for place in order if place not in without]
        weights = _weights([lots.logits[place] for place in order])  # anew, of what they are among
    else:
        weights = tuple([lots.weights[place] for place in order])
    left = [*accumulate(reversed(weights))]  # of a place and all behind it, from the last on
    left.reverse()
    return order, list(map(truediv, weights, left))


def _weights(logits: Sequence[float]) -> tuple[float, ...]:
    top = max(logits, default=0.0)
    return tuple([math.exp(logit - top) for logit in logits])
