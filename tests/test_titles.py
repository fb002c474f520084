"""Titles fit, are clear of the phone's controls, and can be read on whatever lies behind."""

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan, shot

from reelwright.domain import Format
from reelwright.render.colour import luminance
from reelwright.render.film import Desk, Film
from reelwright.render.kit import STYLES
from reelwright.render.lettering import Box, balanced, set_into
from reelwright.render.look import LOOKS
from reelwright.render.safe import safe_area
from reelwright.render.shaping import Setting
from reelwright.render.titles import SETTINGS, title

STYLE_NAMES = [style.name for style in STYLES]
TEXTS = {
    "one": "Go",
    "plain": "Sail before breakfast",
    "long": "Everything that you always wanted to know about growing tomatoes on a balcony",
    "one long word": "Donaudampfschifffahrtsgesellschaftskapitän",
    "arabic": "قهوة الصباح على البحر",
    "hebrew": "בוקר טוב תל אביב",
    "hindi": "सुबह की चाय और बारिश",
    "thai": "กาแฟยามเช้าริมทะเล",
    "mixed": "Jazz à Montréal — 50% שלום",
    "chinese": "春天的第一杯咖啡，慢慢喝",
    "japanese": "東京タワー、夜景を見に行く",
    "korean": "서울의 밤, 커피 한 잔",
    "emoji": "Coffee ☕️ & rain 👩‍👩‍👧‍👦",
}
SHAPES = [(216, 384), (384, 216), (240, 240)]
BUSY = 255 * (np.indices((384, 384)).sum(axis=0) // 16 % 2)


def behind(width: int, height: int) -> list[np.ndarray]:
    """A chessboard: the worst there is to read on."""
    board = np.repeat(BUSY[:height, :width, None].astype(np.uint8), 4, axis=2)
    return [board]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("text", TEXTS)
def test_titles_stay_inside_the_safe_area(text: str, shape: tuple[int, int]) -> None:
    safe = safe_area(*shape)
    for look in LOOKS.values():
        made = title(TEXTS[text], look, look.palettes[0], shape, lambda: behind(*shape))
        assert made is not None
        rows, columns = np.nonzero(made.letters > 40)
        assert len(rows), f"{look.lettering} wrote nothing"
        assert safe.left <= columns.min() <= columns.max() < safe.right + 1
        assert safe.top <= rows.min() <= rows.max() < safe.bottom + 1


@pytest.mark.parametrize("style", STYLE_NAMES)
@pytest.mark.parametrize("text", ["plain", "arabic", "one long word"])
def test_letters_stand_out_from_what_is_around_them(text: str, style: str) -> None:
    form = Format(width=360, height=640, fps=10, duration_s=4.0)
    for scene, light in (("winter", "day"), ("market", "night")):
        film = Film(
            plan(
                style, shot(duration_s=4.0, scene=scene, light=light, words=TEXTS[text]), form=form
            )
        )
        frame = film.bgr(24, Desk.of(form.width, form.height))
        made = film.scenes[0].title
        assert made is not None
        inside = cv2.erode(made.letters, np.ones((2, 2), np.uint8)) > 160
        near = cv2.dilate(made.letters, np.ones((9, 9), np.uint8)) > 20
        around = near & (cv2.dilate(made.letters, np.ones((4, 4), np.uint8)) < 20)
        one, other = (
            luminance(tuple(np.median(frame[mask], axis=0)[::-1] / 255))
            for mask in (inside, around)
        )
        dark, bright = sorted((one, other))
        assert (bright + 0.05) / (dark + 0.05) > 2.4, f"{style} on {scene} by {light}"


def test_a_text_that_is_far_too_long_ends_in_an_ellipsis() -> None:
    block = set_into("word " * 400, SETTINGS["slam"], Box(10, 10, 200, 120), 216)
    assert block is not None
    assert block.pieces[-1].text.endswith("…")
    assert block.bounds.bottom <= 121


def test_lines_that_are_read_from_the_right_end_at_the_right() -> None:
    setting = Setting(family="inter", centred=False)
    block = set_into("مرحبا بالعالم الجميل جدا", setting, Box(0, 0, 120, 50), 200)
    assert block is not None
    assert block.lines == 2
    for line in range(block.lines):
        row = [piece for piece in block.pieces if piece.line == line]
        assert len(row) == 2
        assert row[0].x > row[1].x  # the first word stands at the right
        assert row[0].x + row[0].width == pytest.approx(120)


def narrowest(widths: Sequence[float], gaps: Sequence[float], count: int) -> float:
    """The slow twin: the width of the widest line, least over all ways to break words."""

    def line(first: int, end: int) -> float:
        return sum(widths[first:end]) + sum(gaps[first : end - 1])

    ways = itertools.combinations(range(1, len(widths)), count - 1)
    return min(
        max(line(a, b) for a, b in itertools.pairwise((0, *breaks, len(widths)))) for breaks in ways
    )


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.2, 9.0), st.sampled_from([0.0, 0.3])), min_size=1, max_size=7),
    st.integers(1, 4),
)
def test_lines_are_as_even_as_brute_force_makes_them(
    row: list[tuple[float, float]], count: int
) -> None:
    widths, gaps = (list(part) for part in zip(*row, strict=True))
    count = min(count, len(widths))
    ends, widest = balanced(widths, gaps, count)
    assert widest == pytest.approx(narrowest(widths, gaps, count))
    assert ends[-1] == len(widths)


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_a_title_comes_stays_and_goes(style: str) -> None:
    form = Format(width=144, height=256, fps=10, duration_s=3.0)
    words = Film(plan(style, shot(duration_s=3.0, words="Up to the ridge"), form=form))
    bare = Film(plan(style, shot(duration_s=3.0), form=form))
    desk = Desk.of(form.width, form.height)

    def shown(frame: int) -> float:
        there = words.bgr(frame, desk).astype(int)
        return float(np.abs(there - bare.bgr(frame, desk)).mean())

    rest = shown(18)
    assert rest > 0.5
    assert shown(0) < 0.5 * rest
    assert shown(15) > 0.6 * rest  # half of the time is enough to read it
