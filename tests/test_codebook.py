"""Codes, vectors and words of a small world: what is promised of a codebook."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.config import SidsConfig
from reelwright.domain import SemanticId, Traits, Video
from reelwright.errors import ReelwrightError
from reelwright.sids.codebook import Codebook
from reelwright.sids.heads import Head
from reelwright.sids.kmeans import assign, kmeans, seeds, settle, sweep
from reelwright.sids.natural import distances, natural_count, silhouette
from reelwright.sids.residual import Branch
from reelwright.sids.rows import VectorFile

TOPICS = (
    ("Boats leave the harbour", ("harbour", "sailing")),
    ("Sourdough bread at home", ("baking",)),
    ("The robot walks", ("robots", "machine learning")),
    ("Night sky over the desert", ("astronomy", "stars")),
    ("A goal in the last minute", ("football",)),
    ("How to plant tulips", ("garden",)),
)
PLAIN = Traits(
    cuts_per_minute=10,
    motion=0.02,
    brightness=0.5,
    contrast=0.5,
    saturation=0.5,
    warmth=0.5,
    sharpness=0.5,
    grain=0.002,
    loudness_lufs=-16,
    tempo_bpm=100,
    palette=((120, 120, 120),),
)
STYLES = (
    replace(PLAIN, cuts_per_minute=60, motion=0.06, tempo_bpm=140, palette=((255, 0, 0),)),
    replace(PLAIN, warmth=0.7, grain=0.012, tempo_bpm=0, palette=((200, 140, 60),)),
    replace(PLAIN, brightness=0.2, saturation=0.1, palette=((10, 10, 10),)),
    PLAIN,
)
CONFIG = SidsConfig(depth=2, width=8, videos_per_code=5, heads=False)


class World:
    """Videos of each topic in each style, with vectors around the centre of each."""

    def __init__(self, takes: int = 4, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        topics = rng.normal(size=(len(TOPICS), 24))
        styles = rng.normal(size=(len(STYLES), 10))
        pairs = [(t, s) for t in range(len(TOPICS)) for s in range(len(STYLES))] * takes
        self.topics = [topic for topic, _ in pairs]
        self.styles = [style for _, style in pairs]
        self.contents = noisy(topics[self.topics], rng)
        self.creatives = noisy(styles[self.styles], rng)
        self.traits = [STYLES[style] for style in self.styles]
        self.videos = [
            Video(
                id=str(number),
                title=TOPICS[topic][0],
                film="f",
                poster="p",
                duration_s=5,
                width=360,
                height=640,
                fps=24,
                has_sound=True,
                tags=TOPICS[topic][1],
            )
            for number, (topic, _) in enumerate(pairs)
        ]

    def fit(self, seed: int = 1, config: SidsConfig = CONFIG) -> Codebook:
        return Codebook.fit(
            self.contents,
            self.creatives,
            self.videos,
            self.traits,
            config=config,
            rng=np.random.default_rng(seed),
        )


def noisy(means: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    return (means + 0.2 * rng.normal(size=means.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def codebook(world: World) -> Codebook:
    return world.fit()


# ---- k-means --------------------------------------------------------------------------------


def test_assignment_is_what_brute_force_finds() -> None:
    rng = np.random.default_rng(3)
    points, centroids = (rng.normal(size=(n, 7)).astype(np.float32) for n in (300, 11))
    codes, far = assign(points, centroids)
    for point, code, apart in zip(points, codes, far, strict=True):
        each = [float(((point - centroid) ** 2).sum()) for centroid in centroids]
        assert code == each.index(min(each))
        assert apart == pytest.approx(min(each), abs=1e-4)


def test_well_parted_clusters_are_found_whole() -> None:
    rng = np.random.default_rng(0)
    centres = 20 * rng.normal(size=(9, 5))
    points = (np.repeat(centres, 30, 0) + rng.normal(size=(270, 5))).astype(np.float32)
    codes, _ = assign(points, kmeans(points, 9, rng))
    for start in range(0, 270, 30):
        assert len(set(codes[start : start + 30])) == 1
    assert len(set(codes)) == 9


def test_settling_never_leaves_a_cluster_empty() -> None:
    points = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    far_off = np.concatenate([points[:2], 1000 + points[:4]])
    centroids, _ = settle(points, far_off, rounds=50)
    assert np.bincount(assign(points, centroids)[0], minlength=6).all()


def test_more_clusters_than_points_that_differ_become_fewer() -> None:
    rng = np.random.default_rng(0)
    points = np.repeat(rng.normal(size=(3, 4)), 5, 0).astype(np.float32)
    assert len(seeds(points, 8, rng)) == 3
    centroids = kmeans(points, 8, rng)
    assert assign(points, centroids)[1].max() == pytest.approx(0, abs=1e-5)


def test_a_sample_is_enough_for_many_points() -> None:
    rng = np.random.default_rng(0)
    centres = 20 * rng.normal(size=(4, 3))
    points = (np.repeat(centres, 600, 0) + rng.normal(size=(2400, 3))).astype(np.float32)
    assert assign(points, kmeans(points, 4, rng))[1].mean() < 4


def test_a_sweep_over_chunks_is_a_round_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(130, 4)).astype(np.float32)
    centroids = np.concatenate([points[:5], 100 + points[:2]])  # two of them are dead
    codes, far = assign(points, centroids)
    worst = points[np.argsort(-far)]
    monkeypatch.setattr("reelwright.sids.kmeans.CHUNK", 17)
    swept = sweep(points, centroids)
    for code in range(5):
        assert swept[code] == pytest.approx(points[codes == code].mean(0), abs=1e-5)
    assert np.array_equal(swept[5:], worst[:2]), "the dead move to the points that are served worst"


def test_vectors_in_a_file_give_the_codes_that_they_give_in_memory(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    points = (np.repeat(4 * rng.normal(size=(12, 6)), 50, 0)).astype("<f4")
    points += rng.normal(size=points.shape).astype(np.float32)
    (tmp_path / "vectors").write_bytes(points.tobytes())
    file = VectorFile(tmp_path / "vectors", 6)
    assert len(file) == 600
    head = Head(rng.normal(size=(6, 5)).astype(np.float32), np.ones(5, np.float32))
    for one in (None, head):
        fitted = [
            Branch.fit(rows, depth=2, count=8, rng=np.random.default_rng(0), head=one)
            for rows in (points, file)
        ]
        assert np.array_equal(fitted[0].encode(points), fitted[1].encode(file))
        assert np.array_equal(fitted[0].stands[1], fitted[1].stands[1])


# ---- how many codes -------------------------------------------------------------------------


def test_the_silhouette_is_what_brute_force_finds() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(size=(40, 3)).astype(np.float32)
    codes = np.concatenate([rng.integers(4, size=39), [7]])  # the last one is alone
    scores = []
    for one, code in enumerate(codes):
        apart = {
            other: [
                float(np.linalg.norm(points[one] - points[two]))
                for two in np.flatnonzero(codes == other)
                if two != one
            ]
            for other in set(codes.tolist())
        }
        own = apart.pop(code)
        near = min(sum(each) / len(each) for each in apart.values() if each)
        inner = sum(own) / len(own) if own else near
        scores.append((near - inner) / max(near, inner))
    assert silhouette(distances(points), codes) == pytest.approx(np.mean(scores))
    assert silhouette(distances(points), np.zeros(40, np.intp)) == 0


@pytest.mark.parametrize("kinds", [2, 5, 9])
def test_the_natural_count_is_the_number_of_kinds(kinds: int) -> None:
    rng = np.random.default_rng(kinds)
    points = (np.repeat(8 * rng.normal(size=(kinds, 6)), 12, 0)).astype(np.float32)
    points += rng.normal(size=points.shape).astype(np.float32)
    assert natural_count(points, 20, rng) == kinds


def test_where_no_kinds_show_there_are_all_codes_that_may_be() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(200, 40)).astype(np.float32)
    assert natural_count(points, 16, rng) == 16
    assert natural_count(points[:5], 16, rng) == 16
    assert natural_count(points, 1, rng) == 1


# ---- residual levels ------------------------------------------------------------------------


def test_distortion_falls_with_every_level(world: World) -> None:
    branch = Branch.fit(world.contents, depth=4, count=6, rng=np.random.default_rng(0))
    codes = branch.encode(world.contents)
    left = world.contents
    distortions = [float(np.square(left).sum(1).mean())]
    for level, column in zip(branch.levels, codes.T, strict=True):
        left = left - level[column]
        distortions.append(float(np.square(left).sum(1).mean()))
    assert distortions == sorted(distortions, reverse=True)
    assert distortions[-1] < 0.6 * distortions[1]


def test_what_is_decoded_is_remembered_and_cannot_be_spoiled(codebook: Codebook) -> None:
    sid = SemanticId((1, 3), (0, 2))
    for vector, again in zip(codebook.decode(sid), codebook.decode(sid), strict=True):
        assert vector is again
        with pytest.raises(ValueError, match="read-only"):
            vector += 1


def test_decoding_is_the_sum_of_centroids(codebook: Codebook) -> None:
    content, creative = codebook.decode(SemanticId((1, 3), (0, 2)))
    first, second = codebook.content.levels
    assert content == pytest.approx(
        [float(a + b) for a, b in zip(first[1], second[3], strict=True)]
    )
    assert creative == pytest.approx(
        codebook.creative.levels[0][0] + codebook.creative.levels[1][2]
    )


def test_decoded_codes_come_near_to_what_was_encoded(world: World, codebook: Codebook) -> None:
    sids = codebook.encode_all(world.contents, world.creatives)
    for content, sid in zip(world.contents, sids, strict=True):
        decoded, _ = codebook.decode(sid)
        assert np.square(decoded - content).sum() < 0.15 * np.square(content).sum()


# ---- the codebook ---------------------------------------------------------------------------


def test_codes_tell_the_planted_factors(world: World, codebook: Codebook) -> None:
    sids = codebook.encode_all(world.contents, world.creatives)
    by_code: dict[int, set[int]] = {}
    for sid, topic in zip(sids, world.topics, strict=True):
        by_code.setdefault(sid.content[0], set()).add(topic)
    assert all(len(topics) == 1 for topics in by_code.values())
    one_style = {(sid.creative[0], style) for sid, style in zip(sids, world.styles, strict=True)}
    assert len(one_style) == len({code for code, _ in one_style})


def test_a_first_level_has_a_code_for_every_kind_and_later_ones_all_they_may(
    codebook: Codebook,
) -> None:
    assert codebook.sizes == (len(TOPICS), 8, len(STYLES), 8)


def test_sizes_grow_with_the_catalogue_up_to_the_width() -> None:
    small = World(takes=1).fit()
    assert max(small.sizes) == 4  # 24 videos, 5 a code
    assert World(takes=1).fit(config=SidsConfig(depth=3, width=2, heads=False)).sizes == (2,) * 6


def test_batch_company_and_order_change_no_code(world: World, codebook: Codebook) -> None:
    together = codebook.encode_all(world.contents, world.creatives)
    order = np.random.default_rng(0).permutation(len(together))
    mixed = codebook.encode_all(world.contents[order], world.creatives[order])
    assert mixed == [together[row] for row in order]
    alone = [codebook.encode(world.contents[row], world.creatives[row]) for row in range(9)]
    assert alone == together[:9]


def test_the_same_seed_gives_the_same_codebook(world: World, codebook: Codebook) -> None:
    assert world.fit().version == codebook.version
    assert world.fit().to_bytes() == codebook.to_bytes()
    assert world.fit(seed=2).version != codebook.version


def test_saving_and_loading_gives_the_same_codes_and_words(
    world: World, codebook: Codebook
) -> None:
    loaded = Codebook.from_bytes(codebook.to_bytes())
    sids = codebook.encode_all(world.contents, world.creatives)
    assert loaded.version == codebook.version
    assert loaded.encode_all(world.contents, world.creatives) == sids
    assert [loaded.meaning(sid) for sid in sids] == [codebook.meaning(sid) for sid in sids]


def test_a_version_changes_with_the_words_too(world: World, codebook: Codebook) -> None:
    renamed = World()
    renamed.videos = [replace(video, title="Something else") for video in renamed.videos]
    assert renamed.fit().version != codebook.version


@pytest.mark.parametrize("payload", [b"", b"not a codebook", b"PK\x03\x04" + bytes(40)])
def test_a_damaged_codebook_is_refused_in_words(payload: bytes) -> None:
    with pytest.raises(ReelwrightError, match="The codebook cannot be read"):
        Codebook.from_bytes(payload)


def test_a_cut_codebook_is_refused_in_words(codebook: Codebook) -> None:
    payload = codebook.to_bytes()
    with pytest.raises(ReelwrightError, match="The codebook cannot be read"):
        Codebook.from_bytes(payload[: len(payload) // 2])


def test_codes_that_are_not_in_use_are_our_mistake(codebook: Codebook) -> None:
    with pytest.raises(AssertionError, match="code 8 of 8"):
        codebook.decode(SemanticId((0, 8), (0, 0)))
    with pytest.raises(AssertionError, match="for 2 levels"):
        codebook.meaning(SemanticId((0,), (0, 0)))


# ---- meanings -------------------------------------------------------------------------------


def test_a_meaning_names_topic_and_style(world: World, codebook: Codebook) -> None:
    sids = codebook.encode_all(world.contents, world.creatives)
    boats_fast = codebook.meaning(sids[0])
    assert boats_fast.about[0] in {"harbour", "sailing", "boats"}
    assert not set(boats_fast.about) & {"the", "leave the", "bread", "baking"}
    assert boats_fast.titles[0] == "Boats leave the harbour"
    assert "fast cuts" in boats_fast.style
    assert "140 bpm" in boats_fast.style
    assert boats_fast.traits.cuts_per_minute == 60
    assert boats_fast.traits.palette == ((255, 0, 0),)
    creative = codebook.decode(sids[0])[1]
    assert boats_fast.creative == pytest.approx(creative.tolist())
    bread_warm = codebook.meaning(sids[len(STYLES) + 1])
    assert {"baking", "bread"} & set(bread_warm.about)
    assert {"warm light", "grainy"} <= set(bread_warm.style)
    assert bread_warm.traits.tempo_bpm == 0
    assert len(bread_warm.style) <= 4


def test_every_combination_of_codes_has_a_meaning(codebook: Codebook) -> None:
    rng = np.random.default_rng(0)
    known = {one for one in codebook.about if len(one) == 2}
    unseen = 0
    for _ in range(100):
        first, second, third, fourth = (int(code) for code in rng.integers(codebook.sizes))
        meaning = codebook.meaning(SemanticId((first, second), (third, fourth)))
        unseen += (first, second) not in known
        assert 1 <= len(meaning.about) <= 4
        assert 1 <= len(meaning.titles) <= 3
        assert 1 <= len(meaning.style) <= 4
        assert meaning.traits.palette
        if (first, second) not in known:
            assert meaning.about == codebook.about[(first,)]
    assert unseen > 5


def test_one_video_is_a_catalogue() -> None:
    tiny = World(takes=1)
    codebook = Codebook.fit(
        tiny.contents[:1],
        tiny.creatives[:1],
        tiny.videos[:1],
        tiny.traits[:1],
        config=CONFIG,
        rng=np.random.default_rng(0),
    )
    sid = codebook.encode(tiny.contents[0], tiny.creatives[0])
    assert sid == SemanticId((0, 0), (0, 0))
    assert codebook.meaning(sid).style == ("balanced",)


def test_progress_ends_whole(world: World) -> None:
    heard: list[tuple[int, int]] = []
    Codebook.fit(
        world.contents,
        world.creatives,
        world.videos,
        world.traits,
        config=CONFIG,
        rng=np.random.default_rng(0),
        progress=lambda what, done, total: heard.append((done, total)),
    )
    assert heard[-1][0] == heard[-1][1]


def test_a_kind_is_what_all_with_the_same_first_code_have_in_common(codebook: Codebook) -> None:
    first, finer = codebook.creative.sizes[:2]
    for kind in range(first):
        told = {
            codebook.meaning(SemanticId((0, 0), (kind, other))).kind
            for other in range(min(3, finer))
        }
        assert told == {tuple(map(float, codebook.creative.stands[0][kind]))}
