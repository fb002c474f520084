"""All known videos in order, for many viewers at once: what a measurement asks for.

Shapes: B viewers, K beams, V codes of one level, I known videos, l codes chosen so far, D width.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from reelwright.recommender.context import Reading, side_by_side
from reelwright.recommender.model import Memory, Model, View, grouped_log_softmax


class Ranking:
    """Log-probabilities of a model's known videos, in the order in which it knows them."""

    @torch.inference_mode()
    def __init__(self, model: Model, *, width: int) -> None:
        self.model, self.width = model.eval(), width
        self.videos_ID, self.popular_I = model.videos()[1:], model.popular_video[1:]

    @torch.inference_mode()
    def __call__(self, readings: Sequence[Reading]) -> tuple[Tensor, Tensor]:
        """(B, I) twice: by the beam of semantic IDs, -inf where it did not come; and dense."""
        memory = self.model.read(side_by_side(readings))
        place_B1 = torch.tensor([[len(reading)] for reading in readings])
        view = memory.view(place_B1, self.model.votes(readings, place_B1))
        state_BD = self.model.state(memory, view)[:, 0]
        dense_BI = self.model.dense(state_BD, self.videos_ID, self.popular_I).log_softmax(-1)
        return self._beam(memory, view), dense_BI

    def _beam(self, memory: Memory, view: View) -> Tensor:
        model, twigs = self.model, self.model.twigs
        begun_B1LD = model.begin(memory, view)
        num_B, dim = len(begun_B1LD), model.dim
        codes_BKl = torch.zeros(num_B, 1, 0, dtype=torch.long)
        twig_BK = torch.zeros(num_B, 1, dtype=torch.long)
        logp_BK = torch.zeros(num_B, 1)
        told_BKD = torch.zeros(num_B, 1, dim)
        for level, size in enumerate(model.sizes):
            x_B1KD = (begun_B1LD[:, 0, level, None] + told_BKD)[:, None]
            x_B1KD = model.finish(x_B1KD, memory, view)
            logits_BKV = model.logits(level, x_B1KD, codes_BKl[:, None], memory, view)[:, 0]
            logits_BKV = logits_BKV.log_softmax(-1) + logp_BK[:, :, None]
            whose_M, code_M, child_M = twigs.children(level, twig_BK.flatten())
            place_M = whose_M * size + code_M
            score_X = torch.full((logits_BKV.numel(),), -math.inf)
            score_X[place_M] = logits_BKV.flatten()[place_M]
            child_X = torch.zeros(logits_BKV.numel(), dtype=torch.long)
            child_X[place_M] = child_M
            width = min(self.width, len(twigs.keys[level]))
            logp_BK, at_BK = score_X.view(num_B, -1).topk(min(width, score_X.numel() // num_B))
            from_BK, code_BK = at_BK // size, at_BK % size
            twig_BK = child_X.view(num_B, -1).gather(1, at_BK)
            before_BKl = codes_BKl.gather(1, from_BK[:, :, None].expand(-1, -1, level))
            codes_BKl = torch.cat([before_BKl, code_BK[:, :, None]], dim=-1)
            told_BKD = told_BKD.gather(1, from_BK[:, :, None].expand(-1, -1, dim))
            told_BKD = told_BKD + model.chosen(level, code_BK)
        x_B1KD = model.finish((begun_B1LD[:, 0, -1, None] + told_BKD)[:, None], memory, view)
        sid_N = twig_BK.flatten()
        place_N = torch.arange(num_B).repeat_interleave(twig_BK.shape[1])
        whose_M, video_M, logit_M = model.which(x_B1KD.flatten(0, 2), sid_N, place_N, view.votes)
        logp_M = grouped_log_softmax(logit_M, whose_M, len(sid_N)) + logp_BK.flatten()[whose_M]
        found_BI = torch.full((num_B, len(model.known)), -math.inf)
        found_BI[whose_M // twig_BK.shape[1], video_M - 1] = logp_M
        return found_BI
