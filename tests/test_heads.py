"""Learned heads: who counts as alike, and that each branch comes to tell its own factor alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from test_codebook import CONFIG, STYLES, World

from reelwright.errors import ReelwrightError
from reelwright.sids import codebook as codebooks
from reelwright.sids import heads, words
from reelwright.sids.codebook import Codebook
from reelwright.sids.heads import Alike, Head, Heads
from reelwright.sids.residual import Branch

WITH_HEADS = replace(CONFIG, heads=True)


class Tangled(World):
    """The small world, with each factor mixed into the other's vector, and louder than its own."""

    def __init__(self) -> None:
        super().__init__()
        rng = np.random.default_rng(9)
        contents, creatives = self.contents, self.creatives
        self.contents = contents + 2 * creatives @ mix(10, 24, rng)
        self.creatives = creatives + 2 * contents @ mix(24, 10, rng)


def mix(wide: int, into: int, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(rng.normal(size=(wide, into)) / wide**0.5, np.float32)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def tangled() -> Tangled:
    return Tangled()


@pytest.fixture(scope="module")
def codebook(tangled: Tangled) -> Codebook:
    return tangled.fit(config=WITH_HEADS)


def alike_in(world: World) -> Alike:
    return Alike.of(world.videos, world.traits)


def test_alike_in_content_shares_a_word(tangled: Tangled) -> None:
    alike, rows = alike_in(tangled), np.arange(len(tangled.videos))
    others = alike.content(rows, np.random.default_rng(0))
    for row, other in zip(rows, others, strict=True):
        assert row != other
        assert set(words.terms(tangled.videos[row])) & set(words.terms(tangled.videos[other]))


def test_a_video_that_shares_no_word_is_alike_to_itself() -> None:
    world = World(takes=1)
    world.videos[3] = replace(world.videos[3], title="Zyzzyva", tags=())
    assert alike_in(world).content(np.array([3]), np.random.default_rng(0)).tolist() == [3]


def test_alike_in_creative_is_the_nearest_in_traits_with_no_word_in_common(
    tangled: Tangled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "POOL_SHARE", 1.0)
    alike, rows = alike_in(tangled), np.arange(len(tangled.videos))
    for row, other in zip(rows, alike.creative(rows, np.random.default_rng(0)), strict=True):
        free = [
            one
            for one in rows
            if not set(words.terms(tangled.videos[row])) & set(words.terms(tangled.videos[one]))
        ]
        apart = np.square(alike.traits_NT[free] - alike.traits_NT[row]).sum(1)
        assert other in free
        assert np.square(alike.traits_NT[other] - alike.traits_NT[row]).sum() == apart.min()


def test_where_all_share_a_word_a_video_is_alike_to_itself_in_creative() -> None:
    world = World(takes=1)
    world.videos = [replace(video, tags=("tea",)) for video in world.videos]
    rows = np.arange(len(world.videos))
    assert np.array_equal(alike_in(world).creative(rows, np.random.default_rng(0)), rows)


def test_equal_traits_have_equal_places() -> None:
    places_NT = alike_in(World(takes=2)).traits_NT
    assert len(np.unique(places_NT, axis=0)) == len(STYLES)
    assert 0 <= places_NT.min() < places_NT.max() <= 1


def test_heads_untangle_what_an_encoder_mixes(tangled: Tangled, codebook: Codebook) -> None:
    plain = tangled.fit(config=CONFIG)
    for branch, bare, vectors, own in (
        (codebook.content, plain.content, tangled.contents, tangled.topics),
        (codebook.creative, plain.creative, tangled.creatives, tangled.styles),
    ):
        assert purity(branch, vectors, own) > 0.95
        assert purity(bare, vectors, own) < 0.9, "or there was nothing to untangle"


def purity(branch: Branch, vectors: np.ndarray, labels: list[int]) -> float:
    """The share of videos that have the commonest label of their first code."""
    firsts, kinds = branch.encode(vectors)[:, 0], np.array(labels)
    commonest = [np.bincount(kinds[firsts == code]).max() for code in np.unique(firsts)]
    return float(sum(commonest) / len(kinds))


def test_what_codes_stand_for_is_the_middle_of_their_videos(
    tangled: Tangled, codebook: Codebook
) -> None:
    branch = codebook.content
    codes = branch.encode(tangled.contents)
    first = int(codes[0, 0])
    behind = tangled.contents[codes[:, 0] == first]
    assert branch.stands[0][first] == pytest.approx(behind.mean(0), abs=1e-4)
    assert branch.decode((first, int(codes[0, 1]))).shape == (24,)


def test_a_head_ends_on_the_sphere() -> None:
    rng = np.random.default_rng(0)
    head = Head(rng.normal(size=(5, 3)).astype(np.float32), np.zeros(3, np.float32))
    seen = head(rng.normal(size=(20, 5)).astype(np.float32))
    assert np.linalg.norm(seen, axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    assert not head(np.zeros((1, 5), np.float32)).any()


def test_contrast_is_what_the_formula_says() -> None:
    rng = np.random.default_rng(1)
    one, other = (
        torch.nn.functional.normalize(torch.tensor(rng.normal(size=(6, 4)))) for _ in range(2)
    )
    unfair = np.zeros((6, 6), bool)
    unfair[0, 3] = True
    losses = []
    for i in range(6):
        fair = [k for k in range(6) if not unfair[i, k]]
        each = {k: np.exp(float(one[i] @ other[k]) / heads.TAU) for k in fair}
        losses.append(-np.log(each[i] / sum(each.values())))
    assert float(heads._contrast(one, other, unfair)) == pytest.approx(np.mean(losses))


def test_overlap_is_nothing_between_strangers_and_much_between_twins() -> None:
    rng = np.random.default_rng(2)
    one, other = (torch.tensor(rng.normal(size=(4000, 3))) for _ in range(2))
    assert float(heads._overlap(one, one)) > 2
    assert float(heads._overlap(one, other)) < 0.05
    assert float(heads._overlap(one, other + 5)) < 0.05, "a shift foretells nothing"


def test_the_same_chance_gives_the_same_heads(tangled: Tangled, codebook: Codebook) -> None:
    assert tangled.fit(config=WITH_HEADS).to_bytes() == codebook.to_bytes()
    one, two = (
        Heads.learn(
            tangled.contents,
            tangled.creatives,
            alike_in(tangled),
            dim=4,
            rng=np.random.default_rng(seed),
            steps=3,
        )
        for seed in (1, 2)
    )
    assert not np.array_equal(one.content.weight_DH, two.content.weight_DH)


def test_heads_are_kept_with_the_codebook(tangled: Tangled, codebook: Codebook) -> None:
    loaded = Codebook.from_bytes(codebook.to_bytes())
    assert loaded.version == codebook.version
    sids = codebook.encode_all(tangled.contents, tangled.creatives)
    assert loaded.encode_all(tangled.contents, tangled.creatives) == sids
    assert loaded.encode(tangled.contents[5], tangled.creatives[5]) == sids[5], "a new video's"
    assert loaded.meaning(sids[0]) == codebook.meaning(sids[0])


def test_too_few_videos_have_no_heads(tangled: Tangled) -> None:
    config = replace(WITH_HEADS, heads_from=len(tangled.videos) + 1)
    assert tangled.fit(config=config).content.head is None


def test_a_codebook_of_another_format_is_refused(
    codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codebooks, "FORMAT", 1)
    old = codebook.to_bytes()
    monkeypatch.undo()
    with pytest.raises(ReelwrightError, match=r"cannot be read \(format 1, not 2\). Train again."):
        Codebook.from_bytes(old)
