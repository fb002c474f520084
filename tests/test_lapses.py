"""Black, frozen and silent stretches are found where they are, and nowhere else."""

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.features.lapses import (
    BLACK,
    SILENT_DB,
    STILL,
    Stretch,
    black,
    frozen,
    silent,
    stretches,
)

EVERY_S = 0.125
RATE = 8_000


def noise(count: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 16)).astype(np.uint8)


def slow_stretches(flags: list[bool], every_s: float, least_s: float) -> list[Stretch]:
    """The twin: every pair of ends, kept where all between is true and nothing beside is."""
    found = []
    for start in range(len(flags)):
        for end in range(start + 1, len(flags) + 1):
            outside = flags[start - 1 : start] + flags[end : end + 1]
            if all(flags[start:end]) and not any(outside) and (end - start) * every_s >= least_s:
                found.append((start * every_s, end * every_s))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_stretches_are_what_brute_force_finds(seed: int) -> None:
    flags = np.random.default_rng(seed).random(30) < 0.7
    assert stretches(flags, 0.5, 1.5) == slow_stretches(flags.tolist(), 0.5, 1.5)


def test_a_picture_without_light_is_black_however_its_specks_shine() -> None:
    pictures = noise(16)
    pictures[4:8] = BLACK - 1
    pictures[4:8, 0, :4] = 255
    assert black(pictures, EVERY_S) == [(0.5, 1.0)]
    pictures[4:8, :2] = 255
    assert black(pictures, EVERY_S) == []


def test_one_dark_frame_is_no_black_stretch() -> None:
    pictures = noise(16)
    pictures[4] = 0
    assert black(pictures, EVERY_S) == []


def test_pictures_that_stay_the_same_for_a_second_are_frozen() -> None:
    pictures = noise(24)
    pictures[4:12] = pictures[4]
    assert frozen(pictures, EVERY_S) == [(0.5, 1.5)]
    pictures[8] = 255 - pictures[8]
    assert frozen(pictures, EVERY_S) == []


def test_a_picture_that_hardly_moves_is_not_frozen() -> None:
    """One pixel of 448 by 27 levels is twice what is still."""
    pictures = np.full((16, 28, 16), 100, np.uint8)
    pictures[::2, 3, 3] += 27
    assert pytest.approx(2 * STILL, rel=0.01) == 27 / (28 * 16)
    assert frozen(pictures, EVERY_S) == []
    assert frozen(pictures[::2], EVERY_S) == [(0.0, 1.0)]


def test_a_single_picture_is_neither() -> None:
    assert frozen(noise(1), EVERY_S) == black(noise(1), EVERY_S) == []


def test_sound_that_nobody_hears_is_silent() -> None:
    rng = np.random.default_rng(0)
    sound = (0.1 * rng.standard_normal((3 * RATE, 2))).astype(np.float32)
    sound[RATE : 2 * RATE] *= 10 ** ((SILENT_DB - 6) / 20) / 0.1
    [(start_s, end_s)] = silent(sound, RATE)
    assert (start_s, end_s) == pytest.approx((1.0, 2.0))
    sound[RATE : 2 * RATE] *= 10 ** (12 / 20)
    assert silent(sound, RATE) == []


def test_a_breath_is_no_silence() -> None:
    sound = np.full((2 * RATE, 2), 0.1, np.float32)
    sound[RATE : RATE + RATE // 3] = 0
    assert silent(sound, RATE) == []
