"""The nouns: what they promise about themselves."""

import dataclasses
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import plan

from reelwright.domain import Format, Music, SemanticId, Wish, digest
from reelwright.studio.saying import said

CODES = st.lists(st.integers(0, 8191), min_size=1, max_size=4).map(tuple)


@given(content=CODES, creative=CODES)
def test_a_semantic_id_reads_back_from_its_name(
    content: tuple[int, ...], creative: tuple[int, ...]
) -> None:
    sid = SemanticId(content, creative)
    assert SemanticId.parse(str(sid)) == sid
    assert sid.codes == content + creative


@pytest.mark.parametrize("text", ["", "1", "1/2/3", "a/b", "1./2"])
def test_nonsense_is_no_semantic_id(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        SemanticId.parse(text)


def test_equal_wishes_have_one_key_and_different_ones_do_not() -> None:
    wish = Wish(sid=SemanticId((1, 2), (3, 4)), codebook="a")
    same = Wish(sid=SemanticId((1, 2), (3, 4)), codebook="a")
    assert wish.key == same.key
    assert re.fullmatch(r"[0-9a-f]{32}", wish.key)
    others = [
        dataclasses.replace(wish, sid=SemanticId((1,), (2, 3, 4))),
        dataclasses.replace(wish, codebook="b"),
        dataclasses.replace(wish, brief="tea"),
        dataclasses.replace(wish, locale="de"),
        dataclasses.replace(wish, format=Format(width=1280, height=720)),
    ]
    assert len({wish.key, *(other.key for other in others)}) == 6


def test_a_plan_without_a_narrator_is_called_as_it_was_before_there_were_any() -> None:
    """Clips that were made are found by these names again."""
    silent = plan()
    assert digest(silent) == "dd255f9ea88f79d0e5d5d9c811244860"
    speaking = said(silent, "en")
    assert digest(speaking) != digest(silent)
    assert digest(replace(speaking, tongue="en-GB")) != digest(speaking)


def test_what_is_spoken_is_spoken_in_some_language() -> None:
    with pytest.raises(AssertionError, match="spoken in no language"):
        replace(said(plan(), "en"), tongue="")


def test_a_wish_has_no_field_that_could_hold_a_person() -> None:
    assert [field.name for field in dataclasses.fields(Wish)] == [
        "sid",
        "codebook",
        "brief",
        "locale",
        "format",
    ]


@given(tempo_bpm=st.floats(30, 240), at_s=st.floats(0, 60))
def test_a_moment_is_as_far_off_beat_as_the_nearest_beat(tempo_bpm: float, at_s: float) -> None:
    music = Music(mood="calm", tempo_bpm=tempo_bpm, seed=0)
    brute_s = min(abs(beat_s - at_s) for beat_s in music.beats(at_s + 60 / tempo_bpm + 0.1))
    assert music.off_beat_s(at_s) == pytest.approx(brute_s, abs=1e-9)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(sid=SemanticId((1, 22), (3,)), codebook="a"),
        Wish(
            sid=SemanticId((), (3, 4)),
            codebook='q"\\',
            brief="tea\n\x07 “ü” 😀 \u2028",
            locale="de",
        ),
        Wish(
            sid=SemanticId((0,), (0,)),
            codebook="",
            format=Format(width=360, height=640, fps=24, duration_s=1e-7),
        ),
        Wish(sid=SemanticId((0,), (0,)), codebook="c", format=Format(duration_s=6)),
    ],
)
def test_a_key_is_the_digest_of_the_wish_however_it_is_written(wish: Wish) -> None:
    assert wish.key == digest(wish)
