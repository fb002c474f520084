"""The folded decoder against the model itself, module by module."""

from collections.abc import Sequence

import numpy as np
import planted
import pytest
import torch
from torch import Tensor

from reelwright.domain import Viewer
from reelwright.recommender.context import read, side_by_side
from reelwright.recommender.folded import Folded
from reelwright.recommender.model import Model

ALIKE = 1e-4


@torch.inference_mode()
def plain(model: Model, viewer: Viewer, before_Nl: Tensor, known_from: int) -> Tensor:
    """The slow twin: every state through every module."""
    memory = model.read(side_by_side([read(viewer, history=50, depth=len(model.sizes))]))
    view = memory.view(torch.tensor([[memory.weight_BT.shape[1]]]))
    level = before_Nl.shape[1]
    x_ND = model.begin(memory, view)[0, 0, level].repeat(len(before_Nl), 1)
    for earlier in range(known_from, level):
        x_ND += model.chosen(earlier, before_Nl[:, earlier])
    x_11ND = model.finish(x_ND[None, None], memory, view)
    return model.logits(level, x_11ND, before_Nl[None, None], memory, view)[0, 0]


def viewers() -> Sequence[Viewer]:
    someone = planted.cases()[0].viewer
    few = Viewer(id="few", history=someone.history[:3])
    nameless = Viewer(id="nameless", history=someone.history)
    return someone, few, nameless, Viewer(id="new"), planted.cases()[1].viewer


@pytest.mark.parametrize("place", range(5))
def test_the_folded_decoder_says_what_the_model_says(place: int) -> None:
    model, viewer = planted.recommender().model, viewers()[place]
    folded, rng = Folded(model), np.random.default_rng(place)
    for level in range(len(model.sizes)):
        for known_from in {0, min(level, 2)}:
            codes_Nl = rng.integers(model.sizes[:level], size=(7, level)).astype(np.int64)
            met = [deed.sid.codes[:level] for deed in viewer.history[:3]]  # whom deeds speak for
            codes_Nl = np.concatenate([codes_Nl, np.array(met, np.int64).reshape(len(met), level)])
            before_Nl = torch.from_numpy(codes_Nl)
            with torch.inference_mode():
                reading = read(viewer, history=50, depth=len(model.sizes))
                found_NV = folded.before(reading).logits(codes_Nl, known_from)
            twin_NV = plain(model, viewer, before_Nl, known_from)
            assert found_NV == pytest.approx(twin_NV.numpy(), rel=ALIKE, abs=ALIKE)
