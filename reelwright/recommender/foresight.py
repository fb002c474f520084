"""A search's step for one viewer, who is read once however many beams ask about them.

Shapes: B beams, S ways to know a beam, N = S x B, l codes chosen so far, V codes of one level,
D width of the model, L levels.
"""

import torch
from torch import Tensor

from reelwright.domain import Viewer
from reelwright.recommender.context import read, side_by_side
from reelwright.recommender.model import Model
from reelwright.recommender.search import Floats, steered
from reelwright.recommender.trie import Ints


class Foresight:
    """Tells, for one viewer, how likely each next code is. Steering is already in it."""

    @torch.inference_mode()
    def __init__(self, model: Model, viewer: Viewer, *, history: int, beyond: float) -> None:
        reading = read(viewer, history=history, depth=len(model.sizes))
        self.model = model
        self.beyond = beyond
        self.branches = (viewer.more_content, viewer.more_creative)
        self.memory = model.read(side_by_side([reading]))
        self.view = self.memory.view(torch.tensor([[len(reading)]]))
        self.begun_LD = model.begin(self.memory, self.view)[0, 0]

    @torch.inference_mode()
    def __call__(self, codes_Bl: Ints) -> Floats:
        before_Bl, depth = torch.from_numpy(codes_Bl), len(self.model.sizes) // 2
        if self.beyond and codes_Bl.shape[1] >= depth:
            logp_2BV = self._logp(before_Bl, known_from=(0, depth))
            logp_BV = logp_2BV[0].lerp(logp_2BV[1], self.beyond).log_softmax(-1)
        else:
            (logp_BV,) = self._logp(before_Bl, known_from=(0,))
        return steered(logp_BV.double().numpy(), codes_Bl, depth=depth, branches=self.branches)

    def _logp(self, before_Bl: Tensor, *, known_from: tuple[int, ...]) -> Tensor:
        """The next code's log-probabilities, (..., B, V): as states foretell it that know the
        codes chosen from this level on, for each of these levels."""
        level = before_Bl.shape[1]
        x_SBD = self.begun_LD[level].repeat(len(known_from), len(before_Bl), 1)
        for earlier in range(level):
            chosen_BD = self.model.chosen(earlier, before_Bl[:, earlier])
            for states_BD, first in zip(x_SBD, known_from, strict=True):
                if earlier >= first:
                    states_BD += chosen_BD
        x_11ND = self.model.finish(x_SBD.view(1, 1, -1, self.model.dim), self.memory, self.view)
        before_11Nl = before_Bl.repeat(len(known_from), 1)[None, None]
        logits_11NV = self.model.logits(level, x_11ND, before_11Nl, self.memory, self.view)
        return logits_11NV.log_softmax(-1).view(*x_SBD.shape[:2], -1)
