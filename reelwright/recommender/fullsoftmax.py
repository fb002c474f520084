"""The cross-entropy of a softmax over many videos, whose logits are never all there at once.

A part of the rows is scored, turned into its own gradient and forgotten, before the next: it stays
in the processor's cache, where all of them would go through memory six times.

Shapes: N rows, I videos, D width, C rows of one part.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

PART = 256
TINY = 1e-30


class _FullSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        state_ND: Tensor,
        videos_ID: Tensor,
        bias_I: Tensor,
        row_N: Tensor,
        worth_N: Tensor,
    ) -> Tensor:
        loss = torch.zeros(())
        to_state_ND, to_videos_ID = torch.empty_like(state_ND), torch.zeros_like(videos_ID)
        to_videos_ID, to_bias_I = to_videos_ID.float(), torch.zeros(len(bias_I))
        for begin in range(0, len(state_ND), PART):
            part = slice(begin, begin + PART)
            state_CD, worth_C, right_C1 = state_ND[part], worth_N[part], row_N[part, None]
            slope_CI = F.linear(state_CD, videos_ID, bias_I.to(videos_ID.dtype)).softmax(-1)
            chance_C = slope_CI.gather(1, right_C1)[:, 0].float()
            loss -= chance_C.clamp(min=TINY).log() @ worth_C
            worth_C1 = worth_C[:, None].to(slope_CI.dtype)
            slope_CI.scatter_add_(1, right_C1, torch.full_like(worth_C1, -1.0))
            slope_CI *= worth_C1
            to_bias_I += slope_CI.sum(0)
            to_state_ND[part] = slope_CI @ videos_ID
            to_videos_ID += slope_CI.T @ state_CD
        ctx.save_for_backward(to_state_ND, to_videos_ID, to_bias_I)
        return loss

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        to_state_ND, to_videos_ID, to_bias_I = ctx.saved_tensors
        return slope * to_state_ND, slope * to_videos_ID, slope * to_bias_I, None, None


def full_softmax_loss(
    state_ND: Tensor, videos_ID: Tensor, bias_I: Tensor, row_N: Tensor, worth_N: Tensor
) -> Tensor:
    """The cross-entropy of video `row` for each state, each as often as it is worth, added up; in
    the precision of the videos."""
    loss: Tensor = _FullSoftmax.apply(  # type: ignore[no-untyped-call]
        state_ND.to(videos_ID.dtype), videos_ID, bias_I, row_N, worth_N
    )
    return loss
