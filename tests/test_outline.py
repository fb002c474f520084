"""What is empty is passed over, and nobody can tell: compared with drawing the whole box."""

import itertools

import cv2
import numpy as np
import pytest

from reelwright.render.blend import Affine, Buffers, lay, placed
from reelwright.render.layer import Pixels
from reelwright.render.outline import Box, Outline, area, clipped, joined

WIDTH, HEIGHT = 220, 340
WHOLE = (0, 0, WIDTH, HEIGHT)


def sprite(rng: np.random.Generator) -> Pixels:
    """A few blots on a clear ground, some of them light without alpha."""
    pixels = np.zeros((int(rng.integers(40, 400)), int(rng.integers(40, 300)), 4), np.uint8)
    for _ in range(int(rng.integers(1, 6))):
        spot = tuple(int(rng.integers(0, side)) for side in pixels.shape[1::-1])
        alpha = int(rng.choice([0, 90, 255]))
        colour = (*(int(part) for part in rng.integers(20, 90, 3)), alpha)
        cv2.ellipse(pixels, spot, tuple(rng.integers(1, 60, 2).tolist()), 0, 0, 360, colour, -1)
    return pixels


def affines(pixels: Pixels, rng: np.random.Generator) -> list[Affine]:
    """Upright, slightly tilted, turned, and squeezed as a leaf that tumbles."""
    about = (0.5 * pixels.shape[1], 0.5 * pixels.shape[0])
    x, y = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
    scale = rng.uniform(0.6, 1.4)
    turns = (0.0, rng.uniform(-0.01, 0.01), rng.uniform(-0.1, 0.1), rng.uniform(-3.1, 3.1))
    upright = [placed(x, y, scale=scale, turn=turn, about=about) for turn in turns]
    leaf = upright[3].copy()
    leaf[:, 0] *= -0.3
    return [*upright, leaf]


@pytest.mark.parametrize("seed", range(60))
def test_a_sprite_drawn_by_its_outline_is_the_sprite(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = sprite(rng)
    outline = Outline.of(pixels)
    ground = rng.integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    buffers = Buffers.of(WIDTH, HEIGHT)
    for affine, adds in itertools.product(affines(pixels, rng), (False, True)):
        found, whole = ground.copy(), ground.copy()
        lay(found, pixels, affine, buffers, adds=adds, outline=outline)
        lay(whole, pixels, affine, buffers, adds=adds)
        # OpenCV counts from the corner of what it draws, and rounds accordingly.
        assert cv2.absdiff(found, whole).max() <= 2, affine


@pytest.mark.parametrize("seed", range(20))
def test_no_pixel_is_drawn_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = sprite(rng)
    for affine in affines(pixels, rng):
        times = np.zeros((HEIGHT, WIDTH), np.uint8)
        for left, top, right, bottom in Outline.of(pixels).boxes(affine, WHOLE):
            times[top:bottom, left:right] += 1
        assert times.max() <= 1


def test_what_is_far_apart_is_drawn_apart() -> None:
    pixels = np.zeros((1000, 600, 4), np.uint8)
    pixels[:40, :40] = pixels[-40:, -40:] = 255
    boxes = Outline.of(pixels).boxes(np.eye(2, 3), (0, 0, 600, 1000))
    assert len(boxes) == 2
    assert sum(area(box) for box in boxes) < 10_000


def test_a_clear_sprite_has_no_boxes() -> None:
    clear = Outline.of(np.zeros((50, 70, 4), np.uint8))
    assert clear.boxes(np.eye(2, 3), WHOLE) == []
    assert clear.boxes(placed(90, 90, turn=1.0, about=(35, 25)), WHOLE) == []


def test_two_boxes_become_one_where_little_is_wasted() -> None:
    wide, narrow, far = (0, 0, 500, 40), (0, 40, 480, 80), (300, 80, 320, 400)
    assert joined([wide, narrow, far]) == [(0, 0, 500, 80), far]


def test_clipping_keeps_what_lies_within() -> None:
    boxes: list[Box] = [(-5, -5, 10, 10), (50, 50, 60, 60)]
    first, second = clipped(boxes, (0, 0, 40, 40))
    assert first == (0, 0, 10, 10)
    assert area(second) == 0
