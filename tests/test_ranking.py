"""All known videos in order: one code at a time gives what the batched beam gives."""

import math
from collections.abc import Callable

import known_videos
import pytest
import torch
from known_videos import SIZES, numbered
from torch import Tensor

from reelwright.config import RecommenderConfig
from reelwright.domain import Format, SemanticId, Viewer
from reelwright.recommender.context import side_by_side
from reelwright.recommender.model import Model
from reelwright.recommender.ranking import Ranking
from reelwright.recommender.recommender import Recommender

Path = tuple[int, ...]
EVERYTHING = 1_000


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module", params=[False, True], ids=["", "shortcut"])
def model(request: pytest.FixtureRequest) -> Model:
    return known_videos.model(shortcut=request.param)


def crowd() -> list[Viewer]:
    return [known_videos.viewer(seed, deeds) for seed, deeds in ((1, 4), (2, 0), (3, 11))]


def after(model: Model, viewer: Viewer) -> Callable[[Path], Tensor]:
    """The slow twin, one path at a time: what the model foretells after these codes. After all of
    them, that is the finished state."""
    reading = known_videos.reading(viewer)
    memory = model.read(side_by_side([reading]))
    place_11 = torch.tensor([[len(reading)]])
    view = memory.view(place_11, model.votes([reading], place_11))

    def foretold(path: Path) -> Tensor:
        x_D = model.begin(memory, view)[0, 0, len(path)]
        for level, code in enumerate(path):
            x_D = x_D + model.chosen(level, torch.tensor(code))
        x_111D = model.finish(x_D[None, None, None], memory, view)
        if len(path) == len(SIZES):
            return x_111D[0, 0, 0]
        before = torch.tensor(path, dtype=torch.long)[None, None, None]
        return model.logits(len(path), x_111D, before, memory, view)[0, 0, 0].log_softmax(-1)

    return foretold


def shared(model: Model, viewer: Viewer, x_D: Tensor, path: Path) -> dict[int, float]:
    """The log-probability of each known video with these codes, given them; by its row."""
    reading = known_videos.reading(viewer)
    rows = [row for row, codes in enumerate(model.known.codes_IL.tolist()) if tuple(codes) == path]
    told = [
        x_D @ model.of_their_own(torch.tensor(row + 1))
        + model.popular_video[row + 1]
        + known_videos.heard(model, reading, path, (*path, row))
        for row in rows
    ]
    return dict(zip(rows, torch.stack(told).log_softmax(-1).tolist(), strict=True))


def beam(model: Model, viewer: Viewer, width: int) -> list[float]:
    """By row of the video; -inf where a beam of this width does not come."""
    foretold = after(model, viewer)
    best: dict[Path, float] = {(): 0.0}
    for level in range(len(SIZES)):
        longer = numbered(model.known.codes_IL, level + 1)
        ways = {path: foretold(path) for path in best}
        scores = {
            path: best[path[:-1]] + float(ways[path[:-1]][path[-1]])
            for path in longer
            if path[:-1] in best
        }
        best = dict(sorted(scores.items(), key=lambda item: -item[1])[:width])
    found = [-math.inf] * len(model.known)
    for path, logp in best.items():
        for row, part in shared(model, viewer, foretold(path), path).items():
            found[row] = logp + part
    return found


@pytest.mark.parametrize("width", [1, 3, EVERYTHING])
@torch.inference_mode()
def test_the_batched_beam_finds_what_one_code_at_a_time_finds(model: Model, width: int) -> None:
    readings = [known_videos.reading(viewer) for viewer in crowd()]
    found_BI, _ = Ranking(model, width=width)(readings)
    for row, viewer in enumerate(crowd()):
        brute = beam(model, viewer, width)
        assert found_BI[row].tolist() == pytest.approx(brute, abs=1e-3)
        paths = {
            tuple(model.known.codes_IL[place].tolist())
            for place, logp in enumerate(brute)
            if logp > -math.inf
        }
        assert len(paths) == min(width, known_videos.PATHS)


@torch.inference_mode()
def test_at_full_width_each_video_has_the_product_along_its_own_path(model: Model) -> None:
    (found_I,), _ = Ranking(model, width=EVERYTHING)([known_videos.reading(crowd()[0])])
    foretold = after(model, crowd()[0])
    for row, codes in enumerate(model.known.codes_IL.tolist()):
        path = tuple(codes)
        logp = sum(float(foretold(path[:level])[code]) for level, code in enumerate(path))
        logp += shared(model, crowd()[0], foretold(path), path)[row]
        assert float(found_I[row]) == pytest.approx(logp, abs=1e-3)
    assert 0 < float(found_I.exp().sum()) < 1, "the rest are codes that no video has"


@torch.inference_mode()
def test_the_dense_scores_are_a_softmax_over_all_known_videos(model: Model) -> None:
    _, dense_BI = Ranking(model, width=1)([known_videos.reading(viewer) for viewer in crowd()])
    for row, viewer in enumerate(crowd()):
        reading = known_videos.reading(viewer)
        state_D = model.read(side_by_side([reading])).state_BPD[0, len(reading)]
        told = [
            model.dense_norm(state_D) @ model.videos()[place + 1] + model.popular_video[place + 1]
            for place in range(len(model.known))
        ]
        brute = torch.stack(told).log_softmax(-1).tolist()
        assert dense_BI[row].tolist() == pytest.approx(brute, abs=1e-3)


@pytest.mark.parametrize("dense", [0.0, 0.7])
def test_a_recommender_that_answers_one_viewer_agrees(model: Model, dense: float) -> None:
    """With a dense score joined, the chances are shared out anew and stay in the same order."""
    config = RecommenderConfig(layers=2, dim=32, dense=dense)
    learned = Recommender(model, codebook="c", format=Format(), config=config)
    for video, codes in zip(model.known.ids, model.known.codes_IL.tolist(), strict=True):
        learned.add(video, SemanticId(tuple(codes[:2]), tuple(codes[2:])))
    readings = [known_videos.reading(viewer) for viewer in crowd()]
    sid_BI, dense_BI = Ranking(model, width=EVERYTHING)(readings)
    for row, viewer in enumerate(crowd()):
        found = dict(learned.within(viewer, count=len(model.known), width=EVERYTHING))
        logp_I = (sid_BI[row] + dense * dense_BI[row]).log_softmax(-1) + sid_BI[row].logsumexp(-1)
        brute = dict(zip(model.known.ids, logp_I.exp().tolist(), strict=True))
        assert found == pytest.approx(brute, rel=1e-3)


def test_what_is_not_known_shares_its_codes_by_nothing_of_its_own(model: Model) -> None:
    config = RecommenderConfig(layers=2, dim=32)
    learned, viewer = Recommender(model, codebook="c", format=Format(), config=config), crowd()[0]
    codes = tuple(model.known.codes_IL[0].tolist())
    sid = SemanticId(codes[:2], codes[2:])
    learned.add(model.known.ids[0], sid)
    alone = dict(learned.within(viewer, count=9))
    learned.add("new", sid)
    both = dict(learned.within(viewer, count=9))
    assert sum(both.values()) == pytest.approx(sum(alone.values()), rel=1e-3)
    with torch.inference_mode():
        x_D = after(model, viewer)(codes)
        told = x_D @ model.of_their_own(torch.tensor(1)) + model.popular_video[1]
        told += known_videos.heard(model, known_videos.reading(viewer), codes, (*codes, 0))
    share = both[model.known.ids[0]] / sum(both.values())
    assert share == pytest.approx(float(told.sigmoid()), rel=1e-3)


def test_what_is_kept_answers_as_before_company_included(model: Model) -> None:
    config = RecommenderConfig(layers=2, dim=32, shortcut=model.shortcut)
    learned = Recommender(model, codebook="c", format=Format(), config=config)
    again = Recommender.from_bytes(learned.to_bytes())
    assert again.model.known.company is not None
    for video, codes in zip(model.known.ids, model.known.codes_IL.tolist(), strict=True):
        for one in (learned, again):
            one.add(video, SemanticId(tuple(codes[:2]), tuple(codes[2:])))
    viewer = crowd()[2]
    assert again.within(viewer, count=9) == learned.within(viewer, count=9)
