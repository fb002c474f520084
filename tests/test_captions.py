"""Captions say what the picture says, when it says it, and nothing in them is markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import shot

from reelwright.media.captions import Cue, cues, escaped, timestamp, webvtt

BLOCK = re.compile(
    r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})\n(.+)"
)


def read(text: str) -> list[Cue]:
    """A reader by the book: blocks are parted by blank lines, a timing line, then the words."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    told = []
    for block in blocks:
        match = BLOCK.fullmatch(block)
        assert match, block
        *times, words = match.groups()
        start, end = (
            3600 * int(h) + 60 * int(m) + int(s) + int(ms) / 1000
            for h, m, s, ms in (times[:4], times[4:])
        )
        assert not re.search(r"<|-->|&(?!(amp|lt|gt);)", words), words
        told.append(Cue(start, end, html.unescape(words)))
    return told


@pytest.mark.parametrize(
    ("t_s", "written"),
    [
        (0.0, "00:00:00.000"),
        (0.9996, "00:00:01.000"),
        (59.9999, "00:01:00.000"),
        (61.5, "00:01:01.500"),
        (3_723.042, "01:02:03.042"),
    ],
)
def test_a_time_is_rounded_once_and_carried(t_s: float, written: str) -> None:
    assert timestamp(t_s) == written


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
STRANGE = st.sampled_from(["a < b", "--> 00:01", "<b>x</b>", "&amp;", "R&D", "NOTE", "one\n\ntwo"])


@given(st.lists(st.tuples(st.integers(0, 4000), WORDS | STRANGE), max_size=6))
def test_whatever_is_written_is_read_back_word_for_word(told: list[tuple[int, str]]) -> None:
    written = [Cue(tenths / 10, tenths / 10 + 1, words) for tenths, words in told if words.split()]
    expected = [Cue(cue.start_s, cue.end_s, " ".join(cue.words.split())) for cue in written]
    found = read(webvtt(written))
    assert [cue.words for cue in found] == [cue.words for cue in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.start_s == pytest.approx(other.start_s, abs=5e-4)
        assert one.end_s == pytest.approx(other.end_s, abs=5e-4)


def test_what_players_take_for_markup_is_escaped() -> None:
    assert escaped("a <b> & c --> d") == "a &lt;b&gt; &amp; c --&gt; d"


def test_a_shot_without_words_has_no_cue_and_words_that_stay_are_one() -> None:
    shots = [
        shot(start_s=0.0, words="First light"),
        shot(start_s=1.0, words="First  light "),
        shot(start_s=2.0, words="  "),
        shot(start_s=3.0, words="First light"),
    ]
    assert cues(shots) == [Cue(0.0, 2.0, "First light"), Cue(3.0, 4.0, "First light")]


def test_a_film_without_words_has_captions_that_say_nothing() -> None:
    assert webvtt(cues([shot(words="")])) == "WEBVTT\n"
