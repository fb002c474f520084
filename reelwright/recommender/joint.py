"""A second opinion on what a beam recalled: semantic IDs find, dense scores rank.

Shapes: N videos.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.recommender.search import Floats


@dataclass(frozen=True, slots=True)
class Joint:
    """Scores for one viewer, which are log-probabilities up to a constant, and their weight.

    At weight 0 the beam's own order is left; the larger, the more the scores decide.
    """

    scores: Callable[[Sequence[str]], Floats]
    weight: float = 1.0

    def ranked(self, videos: Sequence[str], chance_N: Floats) -> Floats:
        """The chances of what was recalled, shared out anew; their sum stays what it was."""
        if not len(videos):
            return chance_N
        score_N = np.asarray(self.scores(videos), np.float64)
        assert score_N.shape == chance_N.shape, f"{score_N.shape} scores, {len(videos)} videos"
        moved_N = np.log(np.maximum(chance_N, TINY)) + self.weight * score_N
        share_N = np.exp(moved_N - moved_N.max())
        shared_N: Floats = share_N * (chance_N.sum() / share_N.sum())
        return shared_N


TINY = 1e-300  # what a chance that is too small for a number counts as
