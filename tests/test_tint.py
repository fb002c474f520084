"""What a look does to colours, learned from one frame."""

from collections.abc import Callable

import numpy as np
import pytest
from moving import ground

from reelwright.media.decode import Image
from reelwright.modify.tint import Tint, gathered, plain

Look = Callable[[Image], Image]


def swapped(frame: Image) -> Image:
    return np.ascontiguousarray(255 - frame[..., ::-1])


def curved(frame: Image) -> Image:
    return plain((255 * (frame / np.float32(255)) ** 2).astype(np.float32))


@pytest.mark.parametrize("look", [swapped, curved])
def test_colours_of_another_frame_become_what_the_look_makes_of_them(look: Look) -> None:
    seen, other = ground(120, 160), ground(60, 80, seed=4)
    tint = Tint.learned(seen, look(seen))
    assert np.abs(tint(other) - look(other)).mean() < 3


def test_a_frame_between_two_steps_goes_straight_between_them() -> None:
    rng = np.random.default_rng(1)
    tint = Tint(rng.uniform(0, 255, (17, 17, 17, 3)).astype(np.float32))
    blue, green, red = 16 * 3 + 4, 16 * 7, 16 * 11 + 8
    found = tint(np.array([[[blue, green, red]]], np.uint8))[0, 0]
    table = tint.table_GGG3
    low, high = (0.75 * table[r, 7, 3] + 0.25 * table[r, 7, 4] for r in (11, 12))
    assert np.abs(found - (low + high) / 2).max() < 4  # OpenCV looks up in 32nds of a step


def test_colours_are_gathered_as_one_by_one() -> None:
    rng = np.random.default_rng(2)
    old, new = (rng.uniform(0, 255, (50, 3)).astype(np.float32) for _ in range(2))
    sums, counts = gathered(old, new)
    brute = np.zeros((17, 17, 17))
    for colour in old / 16:
        for corner in np.ndindex(2, 2, 2):
            at = np.floor(colour).astype(int) + corner
            share = np.prod(1 - np.abs(colour - at))
            brute[at[2], at[1], at[0]] += share
    assert np.allclose(counts, brute, atol=1e-4)
    assert sums.sum() == pytest.approx(new.sum(), rel=1e-4)


def test_a_frame_of_one_colour_teaches_that_colour() -> None:
    grey, blue = np.full((20, 20, 3), 128, np.uint8), np.full((20, 20, 3), (200, 30, 20), np.uint8)
    assert np.abs(Tint.learned(grey, blue)(grey) - blue).max() < 2


def test_black_and_white_keep_their_place_at_the_ends_of_the_table() -> None:
    steps = np.arange(17) * 16.0
    red, green, blue = np.meshgrid(steps, steps, steps, indexing="ij")
    same = Tint(np.stack([blue, green, red], axis=-1).astype(np.float32))
    for level in (0, 1, 127, 254, 255):
        frame = np.full((3, 3, 3), level, np.uint8)
        assert np.abs(same(frame) - level).max() < 0.6, level
