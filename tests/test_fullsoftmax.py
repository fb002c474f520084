"""The softmax in parts, against torch's own cross-entropy over everything at once."""

import pytest
import torch
from torch.nn import functional as F

from reelwright.recommender import fullsoftmax
from reelwright.recommender.fullsoftmax import full_softmax_loss


def parts(num: int) -> tuple[torch.Tensor, ...]:
    chance = torch.Generator().manual_seed(0)
    state, videos = (torch.randn(count, 8, generator=chance) for count in (num, 50))
    bias = torch.randn(50, generator=chance)
    bias[7] = -torch.inf  # nobody liked it yet
    row = torch.randint(8, 50, (num,), generator=chance)
    return state, videos, bias, row, torch.rand(num, generator=chance)


@pytest.mark.parametrize("num", [1, fullsoftmax.PART, 2 * fullsoftmax.PART + 5])
def test_loss_and_gradients_are_those_of_the_whole(num: int) -> None:
    state, videos, bias, row, worth = parts(num)
    learned = tuple(one.requires_grad_() for one in (state, videos, bias))
    whole = F.cross_entropy(F.linear(state, videos, bias), row, reduction="none") @ worth
    found = full_softmax_loss(state, videos, bias, row, worth)
    assert found.item() == pytest.approx(whole.item(), rel=1e-5)
    for one, other in zip(
        torch.autograd.grad(3 * found, learned),
        torch.autograd.grad(3 * whole, learned),
        strict=True,
    ):
        assert torch.allclose(one, other, atol=1e-4)


def test_in_half_precision_it_stays_close() -> None:
    state, videos, bias, row, worth = parts(300)
    whole = full_softmax_loss(state, videos, bias, row, worth)
    half = full_softmax_loss(state, videos.bfloat16(), bias, row, worth)
    assert float(half) == pytest.approx(float(whole), rel=0.02)
