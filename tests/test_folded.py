"""The folded decoder against the model itself, module by module."""

import itertools
from collections.abc import Mapping, Sequence

import known_videos
import numpy as np
import planted
import pytest
import torch
from torch import Tensor

from reelwright.domain import Viewer
from reelwright.recommender.context import NOTHING, read, side_by_side
from reelwright.recommender.folded import Folded
from reelwright.recommender.foresight import Foresight
from reelwright.recommender.model import Model

ALIKE = 1e-4


@torch.inference_mode()
def plain(
    model: Model,
    viewer: Viewer,
    before_Nl: Tensor,
    known_from: int,
    rows: Mapping[str, int] = NOTHING,
) -> Tensor:
    """The slow twin: every state through every module. After all codes: the states themselves."""
    reading = read(viewer, history=50, depth=len(model.sizes), rows=rows)
    memory = model.read(side_by_side([reading]))
    place_11 = torch.tensor([[memory.weight_BT.shape[1]]])
    view = memory.view(place_11, model.votes([reading], place_11))
    level = before_Nl.shape[1]
    x_ND = model.begin(memory, view)[0, 0, level].repeat(len(before_Nl), 1)
    for earlier in range(known_from, level):
        x_ND += model.chosen(earlier, before_Nl[:, earlier])
    x_11ND = model.finish(x_ND[None, None], memory, view)
    if level == len(model.sizes):
        return x_11ND[0, 0]
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


@pytest.fixture(scope="module", params=[False, True], ids=["", "shortcut"])
def knowing(request: pytest.FixtureRequest) -> Model:
    return known_videos.model(shortcut=request.param)


@pytest.mark.parametrize("deeds", [0, 1, 8])
def test_of_known_videos_the_folded_decoder_says_the_same(knowing: Model, deeds: int) -> None:
    viewer, sizes, rows = known_videos.viewer(1, deeds), knowing.sizes, known_videos.rows()
    with torch.inference_mode():
        seen = Folded(knowing).before(known_videos.reading(viewer))
    for level, known_from in ((0, 0), (1, 0), (2, 0), (2, 2), (3, 0), (3, 2)):
        codes = list(itertools.product(*map(range, sizes[:level])))
        before_Nl = torch.tensor(codes, dtype=torch.long).view(len(codes), level)
        with torch.inference_mode():
            found_NV = seen.logits(before_Nl.numpy(), known_from)
        twin_NV = plain(knowing, viewer, before_Nl, known_from, rows)
        assert found_NV == pytest.approx(twin_NV.numpy(), rel=ALIKE, abs=ALIKE)


@pytest.mark.parametrize("deeds", [0, 1, 8])
@torch.inference_mode()
def test_which_video_and_how_well_it_fits_is_what_the_model_says(
    knowing: Model, deeds: int
) -> None:
    viewer, rows = known_videos.viewer(1, deeds), known_videos.rows()
    foresight = Foresight(Folded(knowing), viewer, history=50, beyond=0.0, rows=rows)
    codes_IL = knowing.known.codes_IL
    x_ID = plain(knowing, viewer, torch.from_numpy(codes_IL), 0, rows)
    reading = known_videos.reading(viewer)
    votes = knowing.votes([reading], torch.tensor([[len(reading)]]))
    here_I = torch.zeros(len(x_ID), dtype=torch.long)
    whose_M, video_M, logit_M = knowing.which(x_ID, knowing.twigs.sid_I, here_I, votes)
    own = video_M == whose_M + 1
    row_I = np.arange(1, 1 + len(codes_IL))
    found_I = np.asarray(foresight.which(codes_IL, row_I))
    assert found_I == pytest.approx(logit_M[own].numpy(), rel=ALIKE, abs=ALIKE)
    state_1D = knowing.read(side_by_side([known_videos.reading(viewer)])).state_BPD[:, deeds]
    dense_I = knowing.dense(state_1D, knowing.videos(), knowing.popular_video)[0, 1:]
    found_I = foresight.dense(codes_IL, row_I)
    assert found_I == pytest.approx(dense_I.numpy(), rel=ALIKE, abs=ALIKE)

    unknown = np.zeros(len(codes_IL), np.int64)
    assert not foresight.which(codes_IL, unknown).any(), "nothing tells it from others"
    about_ID = sum(
        (knowing.codes[level](torch.from_numpy(codes_IL[:, level])) for level in range(4)),
        torch.zeros(()),
    )
    nothing_I = torch.zeros(len(codes_IL))
    dense_I = knowing.dense(state_1D, about_ID, nothing_I)[0]
    found_I = foresight.dense(codes_IL, unknown)
    assert found_I == pytest.approx(dense_I.numpy(), rel=ALIKE, abs=ALIKE)
