"""What flies repeats without a seam and is at the same place at the same time."""

import cv2
import numpy as np
import pytest

from reelwright.render.airborne import Airborne, Flash, Flight, Tile
from reelwright.render.blend import Buffers
from reelwright.render.camera import Pose
from reelwright.render.layer import Pixels, struck

WIDTH, HEIGHT = 64, 96
RNG = np.random.default_rng(3)


def tile(velocity: tuple[float, float] = (13.0, 40.0)) -> Tile:
    alpha = RNG.integers(0, 256, (30, 41), dtype=np.uint8)
    pixels = cv2.merge([alpha // 2] * 3 + [alpha])
    free = cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2BGRA)
    return Tile(pixels=pixels, free=free, velocity=velocity, depth=1.0)


def drawn(flying: Airborne, t_s: float, at: Pose = Pose()) -> Pixels:  # noqa: B008
    canvas = np.full((HEIGHT, WIDTH, 4), 80, np.uint8)
    flying.draw(canvas, t_s, at, Buffers.of(WIDTH, HEIGHT))
    return canvas


@pytest.mark.parametrize("t_s", [0.0, 0.37, 5.1, 60.0])
def test_a_tile_covers_the_picture_as_one_that_is_rolled_and_repeated(t_s: float) -> None:
    one = tile()
    left, top = (round(speed * t_s) for speed in one.velocity)
    rolled = np.roll(one.pixels, (top, left), axis=(0, 1)).astype(float)
    brute = np.tile(rolled, (4, 2, 1))[:HEIGHT, :WIDTH]
    under = 80 * (1 - brute[:, :, 3:] / 255) + brute
    assert np.abs(drawn(one, t_s)[:, :, :3] - under[:, :, :3]).max() <= 1


def test_what_is_near_moves_against_the_camera() -> None:
    one = tile((0.0, 0.0))
    moved, still = drawn(one, 0.0, Pose(x=5.0)), drawn(one, 0.0)
    assert np.array_equal(moved[:, :-5], still[:, 5:])


def test_leaves_are_where_they_are_whatever_was_drawn_before() -> None:
    leaf = np.full((9, 9, 4), 255, np.uint8)
    flight = Flight(sprites=(leaf,), count=12, velocity=(40.0, 9.0), seed=4)
    first = drawn(flight, 2.0)
    drawn(flight, 9.0)
    assert np.array_equal(drawn(flight, 2.0), first)
    assert not np.array_equal(drawn(flight, 2.5), first)
    assert (first != 80).any()


def test_lightning_is_seen_for_moments_and_comes_back() -> None:
    bright = [struck(t_s / 100, 2.7, 0.25) for t_s in range(270)]
    assert max(bright) > 0.9
    assert np.mean(np.array(bright) > 0) < 0.35
    assert struck(1.0, 2.7, 0.25) == pytest.approx(struck(3.7, 2.7, 0.25))
    flash = Flash(colour=(90.0, 80.0, 70.0), every_s=2.7, phase=0.25)
    assert drawn(flash, 0.25 * 2.7)[0, 0, :3].tolist() == [170, 160, 150]
    assert (drawn(flash, 0.25 * 2.7 - 0.1) == 80).all()
