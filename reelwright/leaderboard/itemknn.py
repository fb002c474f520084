"""Nothing learned: items that stood close together in sequences are neighbours.

Two items of one sequence that stand d <= `STEPS` apart are neighbours by 1/d, and by `BACK` of that
where the neighbour came before. The sum over all sequences is divided by a norm: the counts of both
items, each to a power (one half twice: the cosine), plus a constant that keeps rare pairs down. A
history votes with its last `STEPS` items, the latest most. Validation picks among few norms.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reelwright.leaderboard.contender import Checkpoint, Fitted, Floats, Lesson, Scorer
from reelwright.leaderboard.protocol import rank
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress
from reelwright.recommender.company import FADE, STEPS, closeness

CHOOSING = "ndcg_at_10"


@dataclass(frozen=True, slots=True)
class Norm:
    """What the co-occurrence of an item of the history with a neighbour is divided by."""

    own: float  # the power of the count of the item in the history
    other: float  # the power of the neighbour's count; small ones let the popular win
    shrink: float = 0.0


COSINE = (Norm(0.5, 0.5), Norm(0.5, 0.5, 1.0), Norm(0.5, 0.5, 2.0))
SKEWED = tuple(Norm(own, other) for own in (0.3, 0.5, 0.7) for other in (0.0, 0.1, 0.2, 0.3))


@dataclass(frozen=True, slots=True)
class ItemKnn:
    """Item-kNN with the norm that does best on validation."""

    name: str = "itemknn"
    norms: tuple[Norm, ...] = COSINE
    seeded = False

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        close = closeness(lesson.sequences, lesson.num_items)
        counts = np.bincount(np.concatenate(lesson.sequences), minlength=lesson.num_items)
        if lesson.checks is None:
            norm = Norm(**lesson.chosen)
        else:
            what, asked = f"{self.name}: validation", lesson.checks
            found = {
                norm: rank(_scorer(close, counts, norm), asked, what=what, progress=progress)
                for norm in self.norms
            }
            norm = max(found, key=lambda norm: found[norm].masked.figures()[CHOOSING])
        return Fitted({self.name: _scorer(close, counts, norm)}, asdict(norm))


def _scorer(close: sparse.csr_array, counts: NDArray[np.int64], norm: Norm) -> Scorer:
    pairs = close.tocoo()
    weight = np.maximum(counts, 1).astype(np.float32)
    divided = pairs.data / (
        weight[pairs.row] ** norm.own * weight[pairs.col] ** norm.other + norm.shrink
    )
    near = sparse.coo_array((divided, (pairs.row, pairs.col)), shape=close.shape).tocsr()

    def score(histories: Sequence[Ints]) -> Floats:
        last = [history[-STEPS:][::-1] for history in histories]
        rows = np.repeat(np.arange(len(last)), [len(items) for items in last])
        votes = np.concatenate([FADE ** np.arange(len(items)) for items in last])
        shape = (len(last), close.shape[0])
        asked = sparse.coo_array((votes, (rows, np.concatenate(last))), shape=shape).tocsr()
        scores: Floats = (asked @ near).toarray().astype(np.float32)
        return scores

    return score
