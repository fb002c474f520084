"""The peer of the beam bench finds what we find, and its world is as it says."""

import sys

import numpy as np
import pytest
import torch

from reelwright import cli
from reelwright.bench.codeworld import MEDIAN_DEEDS, SIZES, catalogue, viewers
from reelwright.config import RecommenderConfig
from reelwright.domain import Format
from reelwright.errors import ReelwrightError
from reelwright.recommender.folded import Folded
from reelwright.recommender.foresight import Foresight
from reelwright.recommender.model import Model
from reelwright.recommender.recommender import Recommender
from reelwright.recommender.search import beam_search
from reelwright.recommender.trie import Trie


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("shortcut", [False, True], ids=["", "shortcut"])
@pytest.mark.parametrize("number", range(3))
def test_hugging_face_finds_the_beams_that_we_find(number: int, shortcut: bool) -> None:
    pytest.importorskip("transformers", reason="the bench extra is not installed")
    from reelwright.bench.huggingface import Peer

    rng = np.random.default_rng(1)
    videos = catalogue(500, rng=rng)
    viewer = viewers(videos, 3, rng=rng)[number]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(number)
        model = Model(SIZES, RecommenderConfig(shortcut=shortcut)).eval()
    trie = Trie.of({video: sid.codes for video, sid in videos.items()}, depth=len(SIZES))
    step = Foresight(Folded(model), viewer, history=50, beyond=0.0)
    ours, peer = beam_search(step, depth=len(SIZES), width=10, trie=trie), Peer(model)
    allowed = peer.allowed([sid.codes for sid in videos.values()])
    encoded = peer.read(viewer, history=50)
    for _ in range(2):  # a search leaves what was read as it was
        theirs_BL = peer.search(encoded, allowed, width=10)
        assert theirs_BL.tolist() == ours.codes_BL.tolist()


@pytest.mark.filterwarnings("ignore")
def test_in_a_race_of_uneven_turns_both_sides_find_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("transformers", reason="the bench extra is not installed")
    from reelwright.bench import beam

    rng = np.random.default_rng(1)
    videos = catalogue(500, rng=rng)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Model(SIZES, RecommenderConfig())
    learned = Recommender(model, codebook="bench", format=Format(), config=RecommenderConfig())
    for video, sid in videos.items():
        learned.add(video, sid)
    monkeypatch.setattr(beam, "TURN", 2)
    figures = beam._race(learned, viewers(videos, 5, rng=rng), lambda *_: None)
    assert figures["same_best"] == figures["overlap"] == 1.0
    assert min(figures.values()) > 0.0


def test_the_world_has_short_histories_and_shared_codes() -> None:
    rng = np.random.default_rng(1)
    videos = catalogue(2_000, rng=rng)
    people = viewers(videos, 200, rng=rng)
    # one deed more than the median, as the last one is what is to be foretold
    assert abs(np.median([len(one.history) for one in people]) - MEDIAN_DEEDS - 1) <= 1
    codes_NL = np.array([sid.codes for sid in videos.values()])
    assert ((codes_NL >= 0) & (codes_NL < SIZES)).all()
    stems = len(np.unique(codes_NL[:, :2], axis=0))
    assert SIZES[0] < stems < len(videos) / 2


@pytest.fixture
def without_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("reelwright.bench.beam", "reelwright.bench.huggingface"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "transformers", None)


@pytest.mark.usefixtures("without_transformers")
def test_without_the_extra_one_line_says_what_to_install() -> None:
    with pytest.raises(ReelwrightError, match="transformers") as refusal:
        cli.cli(["bench", "beam", "--quick"], standalone_mode=False)
    assert "reelwright[bench]" in str(refusal.value.hint)
