"""Turned squares of a picture: what is seen in them lies where it lay."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.crop import UNLIKELY, Crop, around, whole


def spotted(x: float, y: float) -> NDArray[Any]:
    """A soft white spot on black, 200 wide and 150 high."""
    row, column = np.indices((150, 200))
    spot = np.exp(-((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2) / 18)
    return np.repeat((255 * spot)[..., None], 3, 2).astype(np.uint8)


def brightest(picture: NDArray[Any]) -> NDArray[Any]:
    """The middle of what is bright, in pixels from the corner."""
    weight = np.maximum(picture, 0)
    row, column = np.indices(weight.shape)
    middle = [(weight * (column + 0.5)).sum(), (weight * (row + 0.5)).sum()]
    return np.asarray(middle / weight.sum(), np.float64)


@pytest.mark.parametrize("angle", [0.0, 0.4, -2.0])
def test_a_spot_comes_back_to_where_it_is(angle: float) -> None:
    crop = Crop(100, 80, 90, angle)
    seen = crop.cut(spotted(112.3, 71.8), 64)
    point = np.array([[*brightest(seen[..., 0]), 5.0]], np.float32)
    back = crop.back(point, 64)
    assert back[0, :2] == pytest.approx([112.3, 71.8], abs=0.2)
    assert back[0, 2] == pytest.approx(5 * 90 / 64)


def test_colours_come_as_red_green_blue() -> None:
    frame = np.zeros((40, 40, 3), np.uint8)
    frame[...] = (255, 102, 0)
    assert whole(frame).cut(frame, 8)[4, 4] == pytest.approx([0, 0.4, 1])


def test_beyond_the_picture_it_is_black() -> None:
    seen = Crop(0, 0, 40).cut(np.full((40, 40, 3), 255, np.uint8), 40)
    assert seen[5, 5].max() == 0
    assert seen[30, 30].min() == 1


@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_a_square_is_laid_where_it_was_cut(angle: float) -> None:
    crop = Crop(100, 80, 90, angle)
    square = crop.cut(spotted(112.3, 71.8), 64)[..., 0]
    laid = crop.lay(square, (100, 75), (200, 150))
    assert brightest(laid) == pytest.approx([112.3 / 2, 71.8 / 2], abs=0.2)
    assert laid[0, 0] == UNLIKELY


def test_a_square_about_points_holds_them_upright() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(-20, 20, (30, 2)) * (2, 1)
    turn = cv2.getRotationMatrix2D((0, 0), -40, 1)[:, :2]
    turned = (points @ turn.T + (100, 90)).astype(np.float32)
    ends = np.array([[-30, 0], [30, 0]]) @ turn.T + (100, 90)
    both = np.vstack([turned, ends]).astype(np.float32)
    crop = around(both, start=-2, end=-1, upright=0.0, grow=1.0)
    assert crop.angle == pytest.approx(np.deg2rad(40), abs=0.01)
    span = np.vstack([points, [[-30, 0], [30, 0]]])
    assert crop.side == pytest.approx(np.ptp(span, axis=0).max(), rel=0.01)
