"""The peer of the beam bench finds what we find, and its world is as it says."""

import sys

import numpy as np
import pytest

from reelwright import cli
from reelwright.bench.codeworld import MEDIAN_DEEDS, SIZES, catalogue, viewers
from reelwright.errors import ReelwrightError
from reelwright.recommender.search import Floats, beam_search
from reelwright.recommender.trie import Ints, Trie


def step(codes_Bl: Ints) -> Floats:
    """Some numbers that depend on nothing but the codes."""
    size = SIZES[codes_Bl.shape[1]]
    weight_B1 = (codes_Bl * [3, 7, 11, 13][: codes_Bl.shape[1]]).sum(1)[:, None] + 1
    logit_BV = np.sin(weight_B1 * 0.37 + np.arange(size) * 1.7) * 3
    return np.asarray(logit_BV - np.log(np.exp(logit_BV).sum(1, keepdims=True)))


@pytest.mark.filterwarnings("ignore")
def test_hugging_face_finds_the_beams_that_we_find() -> None:
    pytest.importorskip("transformers", reason="the bench extra is not installed")
    from reelwright.bench.huggingface import Peer

    videos = catalogue(500, rng=np.random.default_rng(1))
    trie = Trie.of({video: sid.codes for video, sid in videos.items()}, depth=len(SIZES))
    peer, ours = Peer(SIZES), beam_search(step, depth=len(SIZES), width=10, trie=trie)
    allowed = peer.allowed([sid.codes for sid in videos.values()])
    assert peer.search(step, allowed, width=10) == [tuple(c) for c in ours.codes_BL.tolist()]


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
