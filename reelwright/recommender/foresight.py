"""A search's step for one viewer, who is read once however many beams ask about them.

Shapes: B beams, S ways to know a beam, l codes chosen so far, V codes of one level.
"""

from collections.abc import Mapping
from copy import copy

import torch
from torch import Tensor

from reelwright.domain import Viewer
from reelwright.recommender.context import NOTHING, read
from reelwright.recommender.folded import Folded
from reelwright.recommender.search import Floats, steered
from reelwright.recommender.trie import Ints


class Foresight:
    """Tells, for one viewer, how likely each next code is. Steering is already in it."""

    def __init__(
        self,
        folded: Folded,
        viewer: Viewer,
        *,
        history: int,
        beyond: float,
        rows: Mapping[str, int] = NOTHING,
    ) -> None:
        reading = read(viewer, history=history, depth=len(folded.model.sizes), rows=rows)
        self.beyond = beyond
        self.depth = folded.half
        self.branches = (viewer.more_content, viewer.more_creative)
        self.seen = folded.before(reading)

    def __call__(self, codes_Bl: Ints) -> Floats:
        logp_BV = _log_softmax(self.seen.logits(codes_Bl))
        if self.beyond and codes_Bl.shape[1] >= self.depth:
            free_BV = _log_softmax(self.seen.logits(codes_Bl, known_from=self.depth))
            logp_BV = logp_BV.lerp(free_BV, self.beyond).log_softmax(-1)
        return steered(logp_BV.numpy(), codes_Bl, depth=self.depth, branches=self.branches)

    def leaning(self, beyond: float) -> "Foresight":
        """The same of the same viewer, who is not read again, with another leaning."""
        other = copy(self)
        other.beyond = beyond
        return other

    def which(self, codes_NL: Ints, row_N: Ints) -> Floats:
        """(N,): how well each video fits, of all those with its codes."""
        return self.seen.which(codes_NL, row_N)

    def dense(self, codes_NL: Ints, row_N: Ints) -> Floats:
        """(N,): how well each video fits, by the dense score alone."""
        return self.seen.dense(codes_NL, row_N)


def _log_softmax(logits_BV: Floats) -> Tensor:
    return torch.from_numpy(logits_BV).log_softmax(-1)
