"""The search beyond the catalogue for many viewers at once: what `_beyond` of `search.py` finds for
one after the other, in as many operations as it takes for one.

Shapes: B viewers, K beams, L levels, l codes chosen so far, V codes of one level, D width of the
model, N candidates of one viewer, C codes kept of one beam.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from reelwright.domain import Viewer
from reelwright.recommender.context import Reading, side_by_side
from reelwright.recommender.model import Memory, Model, View
from reelwright.recommender.search import Variety, steered


@dataclass(slots=True, eq=False)
class _Beams:
    """The beams of all viewers so far."""

    codes_BKl: Tensor
    logp_BK: Tensor
    told_BKD: Tensor  # what their codes add to the states
    style_BKD: Tensor  # likewise, those of the creative branch alone
    stem_BK: Tensor  # which of them began alike

    @classmethod
    def none(cls, num_B: int, dim: int) -> "_Beams":
        nothing, root = torch.zeros(num_B, 1, dim), torch.zeros(num_B, 1, dtype=torch.long)
        empty = torch.zeros(num_B, 1, 0, dtype=torch.long)
        return cls(empty, torch.zeros(num_B, 1), nothing, nothing, root)

    def longer(self, model: Model, from_BK: Tensor, code_BK: Tensor, logp_BK: Tensor) -> "_Beams":
        """The beams at `from`, each with one more code."""
        level, half = self.codes_BKl.shape[-1], len(model.sizes) // 2
        added_BKD = model.chosen(level, code_BK)
        before_BKl = _taken(self.codes_BKl, from_BK)
        style_BKD = _taken(self.style_BKD, from_BK)
        is_stem = level + 1 == half
        return _Beams(
            torch.cat([before_BKl, code_BK[:, :, None]], dim=-1),
            logp_BK,
            _taken(self.told_BKD, from_BK) + added_BKD,
            style_BKD + added_BKD if level >= half else style_BKD,
            torch.arange(from_BK.shape[1]).expand_as(from_BK)
            if is_stem
            else self.stem_BK.gather(1, from_BK),
        )


class Many:
    """A trained model before many viewers."""

    def __init__(self, model: Model, *, beyond: float, variety: Variety) -> None:
        self.model = model.eval()
        self.beyond = beyond
        self.variety = variety
        self.half = len(model.sizes) // 2
        assert variety.stem == self.half, f"stems of {variety.stem} codes, branches of {self.half}"

    @torch.inference_mode()
    def __call__(
        self, viewers: Sequence[Viewer], readings: Sequence[Reading], *, width: int
    ) -> tuple[Tensor, Tensor]:
        """(B, K, L) and (B, K): the likeliest IDs of each viewer, best first, and the logarithms
        of their probabilities."""
        model = self.model
        memory = model.read(side_by_side(readings))
        place_B1 = torch.tensor([[len(reading)] for reading in readings])
        view = memory.view(place_B1, model.votes(readings, place_B1))
        begun_BLD = model.begin(memory, view)[:, 0]
        beams = _Beams.none(len(viewers), model.dim)
        for level in range(len(model.sizes)):
            next_BKV = self._next(level, begun_BLD, beams, memory, view)
            self._steer(viewers, next_BKV, beams.codes_BKl)
            score_BKV = next_BKV + beams.logp_BK[:, :, None]
            beams = beams.longer(model, *self._best(level, score_BKV, beams.stem_BK, width))
        order_BK = beams.logp_BK.argsort(dim=1, descending=True, stable=True)
        return _taken(beams.codes_BKl, order_BK), beams.logp_BK.gather(1, order_BK)

    def _next(
        self, level: int, begun_BLD: Tensor, beams: _Beams, memory: Memory, view: View
    ) -> Tensor:
        """The log-probabilities of the next codes; the style's lean on the viewer's taste alone."""
        told, codes_BKl = [beams.told_BKD], [beams.codes_BKl]
        is_leaning = level >= self.half and self.beyond > 0
        if is_leaning:
            told, codes_BKl = [*told, beams.style_BKD], codes_BKl * 2
        x_B1KD = (begun_BLD[:, level, None] + torch.cat(told, dim=1))[:, None]
        x_B1KD = self.model.finish(x_B1KD, memory, view)
        before_B1Kl = torch.cat(codes_BKl, dim=1)[:, None]
        logits_BKV = self.model.logits(level, x_B1KD, before_B1Kl, memory, view)[:, 0]
        logp_BKV = logits_BKV.log_softmax(-1)
        if is_leaning:
            known_BKV, free_BKV = logp_BKV.chunk(2, dim=1)
            logp_BKV = known_BKV.lerp(free_BKV, self.beyond).log_softmax(-1)
        return logp_BKV

    def _steer(self, viewers: Sequence[Viewer], next_BKV: Tensor, codes_BKl: Tensor) -> None:
        for viewer, next_KV, codes_Kl in zip(viewers, next_BKV, codes_BKl, strict=True):
            branches = (viewer.more_content, viewer.more_creative)
            if any(branches):
                told_KV = steered(
                    next_KV.numpy(), codes_Kl.numpy(), depth=self.half, branches=branches
                )
                next_KV.copy_(torch.from_numpy(told_KV))

    def _best(
        self, level: int, score_BKV: Tensor, stem_BK: Tensor, width: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of the likeliest continuations: of which beam, by which code, how likely."""
        if level < self.half:
            num_V = score_BKV.shape[-1]
            score_BN = score_BKV.flatten(1)
            logp_BK, at_BK = score_BN.topk(min(width, score_BN.shape[1]), dim=1)
            return at_BK // num_V, at_BK % num_V, logp_BK
        most = self.variety.variants
        score_BKC, code_BKC = score_BKV.topk(min(most, score_BKV.shape[-1]), dim=-1)
        num_C = score_BKC.shape[-1]
        stem_BN = stem_BK.repeat_interleave(num_C, dim=1)
        score_BN, at_BN = _best_of_each(score_BKC.flatten(1), stem_BN, most)
        logp_BK, place_BK = score_BN.topk(min(width, score_BN.shape[1]), dim=1)
        at_BK = at_BN.gather(1, place_BK)
        return at_BK // num_C, code_BKC.flatten(1).gather(1, at_BK), logp_BK


def _best_of_each(score_BN: Tensor, group_BN: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """The scores by group, in each the best first, all but its `most` best at -inf; and where
    each of them stood."""
    at_BN = score_BN.argsort(dim=1, descending=True, stable=True)
    at_BN = at_BN.gather(1, group_BN.gather(1, at_BN).argsort(dim=1, stable=True))
    group_BN, score_BN = group_BN.gather(1, at_BN), score_BN.gather(1, at_BN)
    place_N = torch.arange(score_BN.shape[1])
    is_first_BN = torch.ones_like(group_BN, dtype=torch.bool)
    is_first_BN[:, 1:] = group_BN[:, 1:] != group_BN[:, :-1]
    first_BN = torch.where(is_first_BN, place_N, 0).cummax(dim=1).values
    return score_BN.masked_fill(place_N - first_BN >= most, -math.inf), at_BN


def _taken(x_BKD: Tensor, at_BM: Tensor) -> Tensor:
    return x_BKD.gather(1, at_BM[:, :, None].expand(-1, -1, x_BKD.shape[-1]))
