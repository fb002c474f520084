"""Small contests with a known answer, for the tests of the leaderboard."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reelwright.leaderboard.contender import Contender, Fitted, Lesson
from reelwright.leaderboard.protocol import held, rank
from reelwright.leaderboard.sequences import Features, Histories, histories
from reelwright.progress import silent

NUM_ITEMS = 30


def ring(users: int = 150, seed: int = 0) -> Histories:
    """Whoever took item i takes i + 1 next, once round the ring."""
    rng = np.random.default_rng(seed)
    taken = {}
    for user in range(users):
        begin, length = int(rng.integers(NUM_ITEMS)), int(rng.integers(4, 9))
        taken[f"u{user}"] = [(begin + step) % NUM_ITEMS for step in range(length)]
    features = [Features(f"item {i}", (f"third {i % 3}",)) for i in range(NUM_ITEMS)]
    return histories("ring", taken, [str(i) for i in range(NUM_ITEMS)], features)


class Forgetful:
    """Keeps nothing, and the curves."""

    def __init__(self) -> None:
        self.curve: list[tuple[str, float, int]] = []

    def save(self, state: Mapping[str, Any]) -> None:
        """Nothing is kept."""

    def load(self) -> dict[str, Any] | None:
        return None

    def note(self, what: str, value: float, step: int) -> None:
        self.curve.append((what, value, step))


def fitted(contender: Contender, lesson: Lesson, seed: int = 0) -> Fitted:
    return contender.fit(lesson, seed=seed, keep=Forgetful(), progress=silent)


def asked(contender: Contender, data: Histories, seed: int = 0) -> dict[str, float]:
    """Its figures under `held`."""
    split = held(data)
    scorer = fitted(contender, split.lesson, seed).scorers[contender.name]
    return rank(scorer, split.tests, what="asking").masked.figures()
