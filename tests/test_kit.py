"""Everything on offer can be drawn, and is told in words that a planner can choose by."""

import itertools

import pytest

from reelwright.render.colour import LIGHTS as DRAWN_LIGHTS
from reelwright.render.fonts import face
from reelwright.render.kit import CAMERAS, LIGHTS, MOODS, SUBJECTS, TRANSITIONS, kit
from reelwright.render.look import LOOKS
from reelwright.render.moods import MOODS as PLAYED_MOODS
from reelwright.render.paint import PAINT, parts
from reelwright.render.scenes.all import PAINTERS


def test_the_kit_is_as_large_as_was_promised() -> None:
    assert len(kit().scenes) >= 10
    assert len(kit().subjects) >= 60
    assert len(kit().styles) == 8
    assert len(kit().moods) >= 6


def test_what_is_offered_is_what_can_be_drawn() -> None:
    assert [scene.name for scene in kit().scenes] == list(PAINTERS)
    assert [style.name for style in kit().styles] == list(LOOKS)
    assert {subject.glyph for subject in kit().subjects} == set(PAINT)
    assert set(kit().lights) == set(DRAWN_LIGHTS)
    assert set(kit().moods) == set(PLAYED_MOODS)


def test_everything_is_told_in_words_of_its_own() -> None:
    told = [
        *(scene.about for scene in kit().scenes),
        *(subject.about for subject in kit().subjects),
        *(style.about for style in kit().styles),
    ]
    assert len(set(told)) == len(told)
    assert all(len(words.split()) >= 2 for words in told)


def test_what_a_style_prefers_is_in_the_kit() -> None:
    for style in kit().styles:
        assert style.mood in MOODS
        assert set(style.cameras) <= set(CAMERAS)
        assert set(style.transitions) <= {*TRANSITIONS, ""}
        assert set(style.lights) <= set(LIGHTS)
        assert 0 < style.shot_s[0] < style.shot_s[1]


@pytest.mark.parametrize("octave", [0.5, 1.0, 2.0])
def test_no_two_styles_share_a_tempo_even_an_octave_apart(octave: float) -> None:
    for one, other in itertools.combinations(kit().styles, 2):
        low, high = (octave * bpm for bpm in other.tempo_bpm)
        assert one.tempo_bpm[1] < low or high < one.tempo_bpm[0], (one.name, other.name, octave)


@pytest.mark.parametrize("glyph", SUBJECTS)
def test_every_subject_has_a_drawing_and_colours(glyph: str) -> None:
    assert len(glyph) == 1
    assert face("NotoEmoji[wght]", 500).unicharToGlyph(ord(glyph)) > 0
    colours, solid = parts(glyph)
    assert all(len(colour) == 7 for colour in (*colours, solid))
