"""Light, colour and texture of pictures whose values are known."""

import cv2
import numpy as np
import pytest

from reelwright.features.film import fine_structure, small
from reelwright.features.look import PALETTE, Look, look
from reelwright.media.decode import Image


def flat(blue: int, green: int, red: int) -> Image:
    return np.full((3, 40, 24, 3), (blue, green, red), np.uint8)


def test_brightness_saturation_and_warmth_of_plain_colours() -> None:
    grey, orange, blue = (look(flat(*bgr)) for bgr in ((128,) * 3, (0, 128, 255), (255, 128, 0)))
    assert grey.brightness == pytest.approx(0.502, abs=0.001)
    assert (grey.saturation, grey.contrast) == (0, 0)
    assert grey.warmth == pytest.approx(0.5)
    assert orange.saturation == pytest.approx(1, abs=0.01)
    assert orange.warmth > 0.99 > 0.01 > blue.warmth


def test_saturation_does_not_depend_on_light() -> None:
    bright, dark = look(flat(60, 120, 240)), look(flat(15, 30, 60))
    assert dark.saturation == pytest.approx(bright.saturation, abs=0.01)


def test_hues_are_shares_that_follow_the_colour_wheel() -> None:
    red = look(flat(0, 0, 255)).hues
    assert sum(red) == pytest.approx(1)
    assert red[0] == pytest.approx(1)
    assert look(flat(0, 255, 0)).hues[4] == pytest.approx(1)
    assert sum(look(flat(9, 9, 9)).hues) == 0


def test_the_palette_names_the_largest_colour_first_and_each_once() -> None:
    film = flat(30, 60, 200)
    film[:, :10] = (200, 90, 20)
    film[:, 10:14] = (20, 220, 220)
    found = look(film).palette
    assert found[:3] == tuple(
        pytest.approx(colour, abs=8) for colour in ((200, 60, 30), (20, 90, 200), (220, 220, 20))
    )
    assert len(found) == 3 <= PALETTE


def test_a_vignette_and_bars_are_measured() -> None:
    plain = np.full((2, 100, 60, 3), 150, np.uint8)
    assert look(plain).vignette == pytest.approx(0, abs=0.02)
    assert look(plain).bars == 0
    y, x = np.indices((100, 60))
    fall = 1 - 0.6 * (((y - 50) / 50) ** 2 + ((x - 30) / 30) ** 2) / 2
    assert look((plain * fall[..., None]).astype(np.uint8)).vignette > 0.3
    plain[:, :10] = plain[:, -10:] = 3
    assert look(plain).bars == pytest.approx(0.2)


def test_a_grade_shows_in_shadows_and_highlights_apart() -> None:
    film = np.zeros((2, 60, 60, 3), np.uint8)
    film[:, :30] = (80, 50, 30)  # blue shadows
    film[:, 30:] = (120, 190, 230)  # yellow highlights
    seen: Look = look(film)
    assert seen.tints[1] < -0.05 < 0.05 < seen.tints[5]


@pytest.fixture
def picture() -> Image:
    rng = np.random.default_rng(2)
    grey = np.full((320, 180), 90, np.uint8)
    for _ in range(12):
        x, y, r = (int(value) for value in rng.integers((0, 0, 10), (180, 320, 50)))
        cv2.circle(grey, (x, y), r, int(rng.integers(0, 255)), -1, cv2.LINE_AA)
    return grey


def test_blur_lowers_sharpness_alone_and_noise_raises_grain_alone(picture: Image) -> None:
    sharp, grain, edges = fine_structure(picture)
    soft = fine_structure(np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.uint8))
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    noisy = fine_structure(np.clip(picture + noise, 0, 255).astype(np.uint8))
    assert sharp > 0.7 > 0.4 > soft[0]
    assert grain < 0.001 < 0.01 < noisy[1] < 0.03
    assert soft[1] < 0.001
    assert noisy[0] == pytest.approx(sharp, abs=0.15)
    assert 0 < edges < 1


def test_nothing_to_see_is_no_error() -> None:
    assert fine_structure(np.zeros((40, 40), np.uint8)) == (0, 0, 0)
    look(np.zeros((1, 8, 8, 3), np.uint8))


def test_small_pictures_keep_their_shape() -> None:
    assert small(np.zeros((640, 360, 3), np.uint8)).shape == (113, 63, 3)
    assert small(np.zeros((360, 640, 3), np.uint8)).shape == (63, 113, 3)
    assert small(np.zeros((20, 10, 3), np.uint8)).shape == (20, 10, 3)
