"""A search's step for one viewer, who is read once however many beams ask about them.

Shapes: B beams, S ways to know a beam, l codes chosen so far, V codes of one level.
"""

import torch

from reelwright.domain import Viewer
from reelwright.recommender.context import read, side_by_side
from reelwright.recommender.folded import Folded
from reelwright.recommender.search import Floats, steered
from reelwright.recommender.trie import Ints


class Foresight:
    """Tells, for one viewer, how likely each next code is. Steering is already in it."""

    @torch.inference_mode()
    def __init__(self, folded: Folded, viewer: Viewer, *, history: int, beyond: float) -> None:
        reading = read(viewer, history=history, depth=len(folded.model.sizes))
        self.beyond = beyond
        self.depth = folded.half
        self.branches = (viewer.more_content, viewer.more_creative)
        self.seen = folded.before(side_by_side([reading]))

    @torch.inference_mode()
    def __call__(self, codes_Bl: Ints) -> Floats:
        before_Bl = torch.from_numpy(codes_Bl)
        logp_BV = self.seen.logits(before_Bl).log_softmax(-1)
        if self.beyond and codes_Bl.shape[1] >= self.depth:
            free_BV = self.seen.logits(before_Bl, known_from=self.depth).log_softmax(-1)
            logp_BV = logp_BV.lerp(free_BV, self.beyond).log_softmax(-1)
        return steered(logp_BV.double().numpy(), codes_Bl, depth=self.depth, branches=self.branches)
