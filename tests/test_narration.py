"""A narrator says what there is time for, over music that makes room, and captions follow."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import SMALL, plan, shot

from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Blueprint
from reelwright.media.captions import Cue
from reelwright.render.compositor import Compositor, captions
from reelwright.render.duck import gain
from reelwright.render.master import LOUDNESS_LUFS, loudness, true_peak_db
from reelwright.render.narration import (
    FIRST_S,
    GAP_S,
    LEAD_S,
    beginnings,
    fitted,
    narrate,
    track,
    windows,
)
from reelwright.render.soundtrack import UNDER_VOICE, mixed, soundtrack
from reelwright.speech.voice import Humming

RATE = 16_000
VOICE = Humming()
WORDS = st.lists(
    st.sampled_from(["light", "the", "of", "harbour,", "slowly.", "and", "a", "train", "- on"]),
    max_size=14,
).map(" ".join)


def spoken(*words: str, shot_s: float = 2.0) -> Blueprint:
    """A plan of as many shots, each of which says its words."""
    form = replace(SMALL, duration_s=shot_s * len(words))
    silent = plan(
        "documentary",
        *(shot(start_s=n * shot_s, duration_s=shot_s) for n in range(len(words))),
        form=form,
    )
    shots = [replace(one, spoken=said) for one, said in zip(silent.shots, words, strict=True)]
    return replace(silent, shots=tuple(shots), tongue="en")


# ---- what fits --------------------------------------------------------------------------------


def test_every_line_lies_where_its_shot_begins() -> None:
    lines = narrate(spoken("First light", "", "and on it goes"), VOICE)
    assert [line.words for line in lines] == ["First light", "and on it goes"]
    assert [line.start_s for line in lines] == [FIRST_S, 4.0 + LEAD_S]


def test_a_line_runs_on_over_shots_that_say_nothing() -> None:
    longer = "A harbour with many boats in it"  # 2.2 s
    assert [line.words for line in narrate(spoken(longer, ""), VOICE)] == [longer]
    [cut, _] = narrate(spoken(longer, "again"), VOICE)
    assert cut.words == "A harbour"


@given(st.lists(WORDS, min_size=1, max_size=4), st.floats(0.4, 3.0))
def test_no_two_lines_are_spoken_at_once_and_none_beyond_the_end(
    words: list[str], shot_s: float
) -> None:
    blueprint = spoken(*words, shot_s=shot_s)
    lines = narrate(blueprint, VOICE)
    for line, after in pairwise(lines):
        assert line.end_s <= after.start_s
    for line in lines:
        assert line.end_s <= blueprint.format.duration_s - GAP_S + 1e-6
        assert " ".join(blueprint.shots[line.shot].spoken.split()).startswith(line.words)


@given(WORDS, st.floats(0.1, 6.0))
def test_what_is_said_is_the_longest_beginning_that_fits(words: str, seconds: float) -> None:
    """The twin says every one of them."""
    fits = [one for one in beginnings(words) if len(VOICE.speak(one, "en")) <= seconds * VOICE.rate]
    said, samples = fitted(VOICE, words, "en", seconds)
    assert said == (fits[0] if fits else "")
    assert len(samples) == len(VOICE.speak(said, "en"))


def test_words_are_cut_at_a_breath_first_and_then_before_a_small_word() -> None:
    assert list(beginnings("It floats on water, and charges in  the sun.")) == [
        "It floats on water, and charges in the sun.",
        "It floats on water",
        "It floats",
    ]
    assert list(beginnings("")) == []


def test_who_cannot_speak_the_language_says_nothing() -> None:
    blueprint = spoken("First light")
    assert narrate(replace(blueprint, tongue="de"), VOICE) == []
    assert narrate(blueprint, None) == []
    assert narrate(plan(), VOICE) == []
    assert windows(plan()) == []


# ---- how it sounds ----------------------------------------------------------------------------


def test_lines_lie_in_the_track_where_they_start() -> None:
    lines = narrate(spoken("First light", "again"), VOICE)
    sound = track(lines, 4.0, RATE)
    assert sound is not None
    assert sound.shape == (4 * RATE, 2)
    for line in lines:
        inside = sound[round(line.start_s * RATE) : round(line.end_s * RATE)]
        assert np.abs(inside).max() == pytest.approx(np.abs(line.samples).max(), rel=0.02)
    assert not np.abs(sound[: round(FIRST_S * RATE) - 20]).any()
    assert track([], 4.0, RATE) is None


def test_the_voice_stands_in_front_and_the_whole_is_as_loud_as_ever() -> None:
    blueprint = spoken("First light over here", "and on it goes", "", shot_s=2.0)
    lines = narrate(blueprint, VOICE)
    said = track(lines, blueprint.format.duration_s, RATE)
    assert said is not None
    sound = soundtrack(blueprint, rate=RATE, voice=said)
    assert loudness(sound, RATE) == pytest.approx(LOUDNESS_LUFS, abs=0.1)
    assert true_peak_db(sound) < -1.0
    bed = mixed(blueprint, RATE)
    said *= np.float32(10 ** ((loudness(bed, RATE) - loudness(said, RATE)) / 20))
    under = bed * gain(bed, said, UNDER_VOICE, RATE)[:, None]
    speaking = np.concatenate(
        [np.arange(round(line.start_s * RATE), round(line.end_s * RATE)) for line in lines]
    )
    above_lu = loudness(said, RATE) - loudness(under[speaking], RATE)
    assert 6.0 < above_lu < 11.0


# ---- in a film --------------------------------------------------------------------------------


def test_captions_tell_what_is_heard_when_it_is_heard() -> None:
    blueprint = spoken("First light", "", "later")
    shots = [
        replace(one, words=words)
        for one, words in zip(blueprint.shots, ("First light", "look", "later on"), strict=True)
    ]
    blueprint = replace(blueprint, shots=tuple(shots))
    first, last = narrate(blueprint, VOICE)
    assert captions(blueprint, [first, last]) == [
        Cue(first.start_s, first.end_s, "First light"),
        Cue(2.0, 4.0, "look"),
        Cue(last.start_s, last.end_s, "later"),
    ]
    assert [cue.words for cue in captions(blueprint, [])] == ["First light", "look", "later on"]


def test_a_film_with_the_same_voice_comes_out_the_same(tmp_path: Path) -> None:
    blueprint = spoken("Here", "again", shot_s=1.0)
    films = []
    for name, voice in (("one", VOICE), ("two", VOICE), ("silent", None)):
        (tmp_path / name).mkdir()
        hand = Compositor(RenderConfig(threads=1), MediaConfig(preset="ultrafast"), voice=voice)
        films.append(hand.render(blueprint, tmp_path / name))
    one, two, silent = (film.film.read_bytes() for film in films)
    assert one == two
    assert one != silent
    assert "Here" in films[0].captions.read_text()
    assert "Here" not in films[2].captions.read_text(), "nobody said it"
