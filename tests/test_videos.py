"""Videos, their names in a codebook, and their measures read back as they were kept."""

from dataclasses import replace

import numpy as np
import pytest

from reelwright.domain import SemanticId, Traits, Video
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos

VIDEO = Video(
    id="v1",
    title="Hafen, 夜明け 🌅",
    film="ab/film.mp4",
    poster="cd/poster.jpg",
    duration_s=5.25,
    width=360,
    height=640,
    fps=23.976,
    has_sound=True,
    tags=("harbour", "sunrise"),
    wish="w",
)
TRAITS = Traits(
    cuts_per_minute=12.0,
    motion=0.1,
    brightness=0.5,
    contrast=0.25,
    saturation=0.75,
    warmth=0.6,
    sharpness=0.3,
    grain=0.0,
    loudness_lufs=-14.5,
    tempo_bpm=120.0,
    palette=((255, 128, 0), (0, 0, 64)),
)


@pytest.fixture
def videos(db: Database) -> Videos:
    return Videos(db)


def test_a_video_reads_back_as_it_was(videos: Videos) -> None:
    plain = replace(VIDEO, id="v2", tags=(), wish="", has_sound=False)
    assert videos.add(VIDEO, added_s=1.0)
    assert videos.add(plain, added_s=2.0)
    assert videos.all() == [VIDEO, plain]
    assert videos.get("v2") == plain
    assert videos.get("none") is None


def test_a_video_that_is_known_is_left_as_it_is(videos: Videos) -> None:
    assert videos.add(VIDEO, added_s=1.0)
    assert not videos.add(replace(VIDEO, title="another"), added_s=2.0)
    assert videos.all() == [VIDEO]


def test_one_can_ask_what_came_since(videos: Videos) -> None:
    several = [replace(VIDEO, id=f"v{num}") for num in range(4)]
    for video in several:
        videos.add(video, added_s=1.0)
    numbered = videos.added_after(0)
    assert [video for _, video in numbered] == several
    assert videos.added_after(numbered[1][0]) == numbered[2:]
    assert videos.added_after(numbered[-1][0]) == []


def test_each_codebook_has_its_own_names(videos: Videos) -> None:
    for num in range(3):
        videos.add(replace(VIDEO, id=f"v{num}"), added_s=1.0)
    old = {"v0": SemanticId((1, 2), (3,)), "v2": SemanticId((8191, 0), (7,))}
    new = {"v0": SemanticId((5,), (6,))}
    videos.set_sids("old", old)
    videos.set_sids("new", new)
    videos.set_sids("new", {})
    assert videos.sids("old") == old
    assert videos.sids("new") == new
    assert videos.sids("none") == {}


def test_a_codebook_says_the_same_of_a_video_for_ever(videos: Videos) -> None:
    videos.add(VIDEO, added_s=1.0)
    videos.set_sids("a", {"v1": SemanticId((1,), (2,))})
    videos.set_sids("a", {"v1": SemanticId((9,), (9,))})
    assert videos.sids("a") == {"v1": SemanticId((1,), (2,))}


def test_a_video_named_late_is_found_by_who_reads_on(videos: Videos) -> None:
    first, second = VIDEO, replace(VIDEO, id="v2")
    for video in (first, second):
        videos.add(video, added_s=1.0)
    videos.set_sids("a", {"v2": SemanticId((1,), (2,))})
    ((seq, video, sid),) = videos.named_after("a", 0)
    assert (video, sid) == (second, SemanticId((1,), (2,)))
    videos.set_sids("b", {"v1": SemanticId((3,), (4,))})
    videos.set_sids("a", {"v1": SemanticId((5,), (6,))})
    assert [video for _, video, _ in videos.named_after("a", seq)] == [first]


def test_measures_read_back_as_they_were_and_can_be_written_to(videos: Videos) -> None:
    rng = np.random.default_rng(0)
    content = rng.normal(size=512).astype(np.float32)
    creative = np.array([1e-30, np.inf, -2], np.float32)
    videos.add(VIDEO, added_s=1.0)
    videos.keep_encoding("v1", "local 1", content, creative, TRAITS)
    (back,) = videos.encodings("local 1").values()
    np.testing.assert_array_equal(back[0], content)
    np.testing.assert_array_equal(back[1], creative)
    assert back[0].dtype == back[1].dtype == np.float32
    assert back[0].flags.writeable
    assert back[2] == TRAITS
    assert videos.encodings("local 2") == {}


def test_measuring_again_replaces_the_measures(videos: Videos) -> None:
    videos.add(VIDEO, added_s=1.0)
    for value in (1.0, 2.0):
        vector = np.full(3, value, np.float32)
        videos.keep_encoding("v1", "a", vector, vector, replace(TRAITS, motion=value))
    content, _, traits = videos.encodings("a")["v1"]
    assert (content[0], traits.motion) == (2.0, 2.0)
