"""A photograph taken apart: the front is what stands there, the ground goes on behind it."""

import cv2
import numpy as np
from stills import disc

from reelwright.render.depth import apart, filled_in, front
from reelwright.render.layer import Pixels
from reelwright.render.mount import laid


def bgra(picture: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA))


def test_a_planted_thing_is_the_front_and_nothing_else_is() -> None:
    picture = disc(240, 320, at=(0.5, 0.6), radius=0.3)
    near = front(bgra(picture))
    assert near is not None
    ys, xs = np.mgrid[:320, :240] + 0.5
    planted = np.hypot(xs - 120, ys - 192) < 72
    both = ((near > 0.5) & planted).sum() / ((near > 0.5) | planted).sum()
    assert both > 0.9


def test_where_nothing_stands_in_front_a_photograph_stays_whole() -> None:
    ramp = np.linspace(40, 200, 320)[:, None, None] * np.ones((1, 240, 3))
    assert apart(bgra(ramp.astype(np.uint8))) is None
    assert apart(bgra(disc(240, 320, at=(0.5, 0.12), radius=0.2))) is None, "a cloud"


def test_ground_and_front_together_are_the_photograph() -> None:
    picture = bgra(disc(240, 320, at=(0.5, 0.6), radius=0.3))
    parts = apart(picture)
    assert parts is not None
    again = laid(*parts)
    strayed = np.abs(again.astype(int) - picture)[:, :, :3].max(axis=2)
    assert np.quantile(strayed, 0.985) <= 3
    assert (parts[0][:, :, 3] == 255).all()


def test_the_ground_behind_a_thing_is_the_ground_around_it() -> None:
    picture = bgra(disc(240, 320, at=(0.5, 0.6), radius=0.3))
    parts = apart(picture)
    assert parts is not None
    behind = parts[0][170:210, 100:140, :3]
    assert np.abs(behind.astype(int) - (120, 90, 70)).max() < 25


def test_what_is_known_stays_and_a_plain_surrounding_fills_any_hole() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        height, width = rng.integers(3, 60, 2)
        known = (rng.random((height, width)) < rng.uniform(0.05, 0.95)).astype(np.float32)
        known[0, 0] = 1
        noise = rng.integers(0, 256, (height, width, 3), np.uint8)
        filled = filled_in(noise, known)
        assert np.array_equal(filled[known > 0], noise[known > 0])
        plain = np.where(known[:, :, None] > 0, np.uint8(77), noise)
        assert np.abs(filled_in(plain, known).astype(int) - 77).max() <= 1


def test_a_hole_between_two_colours_is_filled_from_the_nearer_one() -> None:
    """Against a slow twin: the mean of all known pixels, each weighed by its distance."""
    picture = np.zeros((32, 48, 3), np.uint8)
    picture[:, :24], picture[:, 24:] = (200, 40, 40), (40, 40, 200)
    known = np.ones((32, 48), np.float32)
    known[:, 12:36] = 0
    filled = filled_in(picture, known).astype(float)
    ys, xs = np.nonzero(known)
    for x in (14, 20, 28, 33):
        weights = 1 / np.hypot(xs - x, ys - 16) ** 4
        twin = (picture[ys, xs] * weights[:, None]).sum(axis=0) / weights.sum()
        assert np.abs(filled[16, x] - twin).max() < 50, x
    reds = filled[16, 12:36, 0]
    assert (np.diff(reds) <= 3).all(), "it falls steadily from one side to the other"
