"""The floor of the leaderboard: what most people took, for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.leaderboard.contender import Checkpoint, Fitted, Floats, Lesson
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress


@dataclass(frozen=True, slots=True)
class Popularity:
    """Counts, and nothing else."""

    name = "popularity"
    seeded = False

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        counts = np.bincount(np.concatenate(lesson.sequences), minlength=lesson.num_items)
        scores_I = counts.astype(np.float32)

        def score(histories: Sequence[Ints]) -> Floats:
            return np.broadcast_to(scores_I, (len(histories), lesson.num_items))

        return Fitted({self.name: score})
