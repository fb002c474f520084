"""The bench of codes: what it says of a catalogue whose two factors are known."""

import numpy as np
import pytest
import torch
from test_codebook import CONFIG, World

from reelwright.bench import sids
from reelwright.bench.sids import BOTH, WORDS, Catalogue, at_scale, codes
from reelwright.config import SidsConfig
from reelwright.progress import silent


def catalogue_of(world: World) -> Catalogue:
    return Catalogue(
        videos=world.videos,
        contents_ND=world.contents,
        creatives_ND=world.creatives,
        traits=world.traits,
        topics_N=np.array(world.topics),
        styles_N=np.array(world.styles),
    )


def test_branches_that_keep_apart_are_said_to() -> None:
    figures = codes(catalogue_of(World()), CONFIG)
    assert set(figures) == set(BOTH)
    assert figures["own_content"] > 0.9
    assert figures["own_creative"] > 0.9
    for one, other in (("content", "creative"), ("creative", "content")):
        assert figures[f"leak_{one}_to_{other}"] < 1.5 * figures[f"chance_{one}"]


def test_a_branch_that_tells_the_other_factor_is_found_out() -> None:
    world = World()
    world.creatives = np.concatenate([world.creatives, 2 * world.contents], 1)
    figures = codes(catalogue_of(world), CONFIG)
    assert figures["leak_content_to_creative"] > 3 * figures["chance_content"]


def test_every_figure_has_words() -> None:
    assert {f"{name}_heads" for name in BOTH} | set(BOTH) < set(WORDS)


@pytest.mark.slow
def test_a_hundred_thousand_videos_fit_into_bounded_memory() -> None:
    """Two files of 241 MB in all, vectors of 552 and 50 dimensions."""
    figures = at_scale(SidsConfig(), progress=silent)
    assert set(figures) == {"seconds_100k", "encode_per_s_100k", "peak_mb_100k"}
    assert figures["peak_mb_100k"] < 1_500


def test_vectors_are_written_as_they_are_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    kinds = np.random.default_rng(0).integers(3, size=50)
    path = tmp_path_factory.mktemp("vectors") / "one"
    file = sids._written(path, kinds, 7, np.random.default_rng(1))
    assert len(file) == 50
    assert np.linalg.norm(file[:], axis=1) == pytest.approx(np.ones(50), abs=1e-5)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)
