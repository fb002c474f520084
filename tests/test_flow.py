"""How pictures move: measured, kept coarsely, and used to carry a picture along."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.flow import CELLS, LONGER, STEP, Flow, carried, coarse, greyed, sized


def textured() -> NDArray[Any]:
    rng = np.random.default_rng(0)
    return cv2.resize(rng.integers(0, 255, (40, 50), np.uint8), (400, 300)).astype(np.uint8)


def test_a_shift_is_measured() -> None:
    place = textured()
    views = [np.ascontiguousarray(place[y : y + 240, x : x + 320]) for y, x in ((20, 20), (24, 13))]
    flow = Flow().between(*views)
    middle = flow[40:200, 40:280]
    assert np.median(middle, axis=(0, 1)) == pytest.approx([7, -4], abs=0.2)


def test_the_kept_grid_is_in_pixels_of_the_footage_and_rounded() -> None:
    flow = np.full((240, 320, 2), (1.51, -0.77), np.float32)
    kept = coarse(flow, 640, 480)
    assert kept.shape == (30, CELLS, 2)
    assert kept[10, 10] == pytest.approx([3.02, -1.54], abs=STEP / 2)
    assert (kept / STEP == np.rint(kept / STEP)).all()


def test_a_portrait_keeps_its_shape() -> None:
    assert sized(40, 1080, 1920) == (22, 40)
    assert greyed(np.zeros((960, 540, 3), np.uint8)).shape == (LONGER, 180)


def test_a_picture_is_carried_to_where_it_went() -> None:
    before = np.zeros((60, 80), np.float32)
    before[20:30, 20:30] = 1
    flow = np.zeros((240, 320, 2), np.float32)
    flow[..., 0], flow[..., 1] = 16, -8  # of 320 columns: 4 of 80, and 2 rows up
    after = np.zeros_like(before)
    after[18:28, 24:34] = 1
    assert carried(before, flow) == pytest.approx(after, abs=1e-3)
