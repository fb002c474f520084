"""The proofreader finds what is wrong with a title, and nothing where nothing is."""

import math
from dataclasses import replace

import numpy as np
import pytest
from plans import plan, shot

from reelwright.bench import legibility
from reelwright.bench.legibility import WORDS, figures, plans
from reelwright.domain import Blueprint, Format
from reelwright.progress import silent
from reelwright.render import titles
from reelwright.render.colour import Rgb, luminance, mix
from reelwright.render.colour import contrast as contrast_of
from reelwright.render.film import Film
from reelwright.render.kit import STYLES
from reelwright.render.lettering import Box
from reelwright.render.look import Palette
from reelwright.render.proofreading import Fault, brightness, contrast, read, rest, small, words_of
from reelwright.render.readable import INKS

TALL = Format(width=216, height=384, fps=10, duration_s=3.0)


def clip(style: str, words: str, duration_s: float = 3.0) -> Blueprint:
    form = replace(TALL, duration_s=duration_s)
    return plan(style, shot(duration_s=duration_s, words=words), form=form)


@pytest.mark.parametrize("style", [style.name for style in STYLES])
def test_a_good_title_has_no_fault(style: str) -> None:
    [reading] = read(clip(style, "Harbour, before the city wakes"))
    assert not reading.faults
    assert reading.contrast >= 1
    assert reading.rest >= 1


def test_a_shot_without_words_has_nothing_to_read() -> None:
    assert read(clip("comic", "")) == []


def test_lines_that_run_into_each_other_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tight = replace(titles.SETTINGS["serif"], leading=0.4, clear=-2.0)
    monkeypatch.setitem(titles.SETTINGS, "serif", tight)
    [reading] = read(clip("retro_film", "Early light, any jetty"))
    assert reading.faults == {Fault.OVERLAP}


@pytest.mark.parametrize(
    "box",
    [Box(20, -12, 180, 60), Box(20, 290, 180, 380), Box(60, 40, 214, 120), Box(-4, 40, 150, 120)],
    ids=["above", "below", "right", "left"],
)
def test_letters_under_the_phones_controls_are_found(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "title_box", lambda *_: box)
    [reading] = read(clip("bold_kinetic", "Harbour before the city wakes up"))
    assert Fault.OUTSIDE in reading.faults


def test_letters_like_their_ground_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def pale(palette: Palette) -> tuple[Rgb, Rgb]:
        return mix(palette.light, palette.dark, 0.4), palette.light

    monkeypatch.setitem(INKS, "whisper", pale)
    [reading] = read(clip("calm_minimal", "Harbour, up close"))
    assert reading.faults == {Fault.LOW_CONTRAST}
    assert reading.contrast < 1


def test_a_ground_that_turns_bright_before_the_title_goes_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A title that was made for the first moments only, on a picture that changes under it."""
    form = Format(width=216, height=384, fps=10, duration_s=6.0)
    shots = (
        shot(duration_s=3.0, scene="space", light="night", subject="", words="Out there"),
        shot(
            start_s=3.0,
            duration_s=3.0,
            scene="winter",
            light="day",
            subject="",
            transition="dissolve",
        ),
    )
    slow = replace(Film(plan("luxury", *shots, form=form)).look, blend_s=1.8)
    monkeypatch.setattr("reelwright.render.film.LOOKS", {"luxury": slow})
    assert not read(plan("luxury", *shots, form=form))[0].faults
    monkeypatch.setattr(Film, "_moments", lambda self, place: [np.zeros((384, 216, 4), np.uint8)])
    [reading] = read(plan("luxury", *shots, form=form))
    assert reading.faults == {Fault.LOW_CONTRAST}


def test_more_words_than_there_is_time_for_are_found() -> None:
    [reading] = read(clip("documentary", "Harbour, before the city wakes", duration_s=1.2))
    assert reading.faults == {Fault.TOO_FAST}
    assert reading.rest < 1


def test_a_title_that_takes_too_long_to_arrive_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "Harbour before"
    assert not read(clip("calm_minimal", words, duration_s=1.6))[0].faults
    monkeypatch.setattr(titles, "ARRIVE_LEAST_S", 1.0)
    monkeypatch.setattr(titles, "ARRIVE_SHARE", 0.9)
    assert read(clip("calm_minimal", words, duration_s=1.6))[0].faults == {Fault.TOO_FAST}


def test_a_title_rests_until_it_leaves() -> None:
    film = Film(clip("bold_kinetic", "Up to the ridge"))
    title = film.scenes[0].title
    assert title is not None
    moments = rest(title, words_of(title), 3.0)
    assert moments == sorted(moments)
    assert moments[-1] == pytest.approx(2.75)
    assert 0.3 < moments[0] < 0.36 * 3.0 + 0.05


def test_brightness_is_the_luminance_of_the_standard() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (4, 5, 4)).astype(np.uint8)
    slow = [[luminance(tuple(one[2::-1] / 255)) for one in row] for row in colours]
    assert brightness(colours) == pytest.approx(np.array(slow), abs=1e-3)


def slow_contrast(cover: np.ndarray, ink: float, bright: np.ndarray, reach: int) -> list[float]:
    """The twin: the contrast at every place near a letter, with the plain ground."""
    ratios = []
    for y, x in np.ndindex(cover.shape):
        rows, columns = (
            slice(max(0, y - reach), y + reach + 1),
            slice(max(0, x - reach), x + reach + 1),
        )
        if cover[y, x] == 0 and cover[rows, columns].any():
            dark, light = sorted((ink, float(bright[y, x])))
            ratios.append((light + 0.05) / (dark + 0.05))
    return ratios


@pytest.mark.parametrize("grey", [0, 60, 120, 200])
def test_contrast_is_that_of_the_ink_with_what_is_around(grey: int) -> None:
    letters = np.zeros((60, 60, 4), np.uint8)
    letters[20:40, 25:35] = 255
    ground = np.full((60, 60, 4), grey, np.uint8)
    measured = contrast(letters, brightness(ground), 40.0)
    assert measured == pytest.approx(contrast_of((1, 1, 1), (grey / 255,) * 3), rel=1e-3)


def test_the_tenth_that_is_hardest_to_read_on_decides() -> None:
    letters = np.zeros((60, 60, 4), np.uint8)
    letters[20:40, 25:35] = 255
    bright = np.zeros((60, 60), np.float32)
    bright[:, 30:] = 0.5  # half of what is around
    ratios = slow_contrast(letters[:, :, 3], 1.0, bright, 2)
    assert contrast(letters, bright, 40.0) <= np.quantile(ratios, 0.5)
    assert contrast(letters, bright, 40.0) == pytest.approx(min(ratios), rel=0.05)
    assert contrast(np.zeros_like(letters), bright, 40.0) == math.inf


def test_plans_differ_and_come_again_the_same() -> None:
    once, again = list(plans(12)), list(plans(12))
    assert once == again
    assert {one.style for one in once} == {style.name for style in STYLES}
    assert len({(one.format.width, one.format.height) for one in once}) == 3
    assert sum(bool(shot.words) for one in once for shot in one.shots) > 12


def test_what_is_looked_at_has_the_shape_of_the_clip() -> None:
    assert small(Format(width=1080, height=1920)) == Format(width=216, height=384)
    assert small(Format(width=1280, height=720)) == Format(width=384, height=216)


def test_every_figure_has_words_and_none_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legibility, "FEW", 6)
    measured = legibility.measure(quick=True, progress=silent)
    assert set(measured) == set(WORDS)
    assert measured["titles"] > 6
    assert not any(measured[fault.value] for fault in Fault)


def test_faults_are_counted_by_title() -> None:
    [bad] = read(clip("documentary", "Harbour, before the city wakes", duration_s=1.2))
    [good] = read(clip("documentary", "Harbour"))
    counted = figures([bad, good, bad])
    assert counted["titles"] == 3
    assert counted["too_fast_to_read"] == 2
    assert counted["overlaps"] == counted["outside"] == counted["low_contrast"] == 0
    assert counted["least_rest"] == round(bad.rest, 3)
