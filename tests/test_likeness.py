"""Likeness of pictures, against its definition pixel by pixel."""

import numpy as np
import pytest
from moving import ground

from reelwright.modify.likeness import BEST_DB, FLOOR, SPREAD, WINDOW, psnr, ssim, ssim_map
from reelwright.modify.tint import plain


def picture(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 255, (24, 30, 3)).astype(np.uint8)


def brute_ssim(one: np.ndarray, other: np.ndarray, row: int, column: int) -> float:
    """By the sums of the paper, at one pixel whose window lies within the picture."""
    half = WINDOW // 2
    steps = np.arange(-half, half + 1)
    bell = np.exp(-(steps**2) / (2 * SPREAD**2))
    weights = np.outer(bell, bell) / bell.sum() ** 2
    ours, theirs = (
        part[row - half : row + half + 1, column - half : column + half + 1].astype(float)
        for part in (one, other)
    )
    means = [(weights * part).sum() for part in (ours, theirs)]
    spreads = [
        (weights * (part - mean) ** 2).sum()
        for part, mean in zip((ours, theirs), means, strict=True)
    ]
    shared = (weights * (ours - means[0]) * (theirs - means[1])).sum()
    light = (2 * means[0] * means[1] + FLOOR[0]) / (means[0] ** 2 + means[1] ** 2 + FLOOR[0])
    return float(light * (2 * shared + FLOOR[1]) / (sum(spreads) + FLOOR[1]))


def test_the_map_is_what_the_definition_says() -> None:
    one, other = (picture(seed)[..., 0].astype(np.float32) for seed in (1, 2))
    other = 0.5 * one + 0.5 * other
    found = ssim_map(one, other)
    for row, column in ((6, 6), (12, 20), (17, 9)):
        assert found[row, column] == pytest.approx(brute_ssim(one, other, row, column), abs=1e-3)


def test_the_same_is_most_alike() -> None:
    assert ssim(picture(1), picture(1)) == pytest.approx(1)
    assert psnr(picture(1), picture(1)) == BEST_DB
    assert ssim(picture(1), picture(2)) < 0.2


def test_a_level_everywhere_is_forty_eight_db() -> None:
    one = picture(1) // 2
    assert psnr(one, one + 1) == pytest.approx(20 * np.log10(255), abs=1e-3)


def test_noise_is_less_alike_than_a_change_of_light() -> None:
    picture = ground(60, 80)
    lighter = plain(picture * np.float32(1.1))
    noisy = plain(
        (picture + np.random.default_rng(1).normal(0, 25, picture.shape)).astype(np.float32)
    )
    assert ssim(lighter, picture) > 0.9 > ssim(noisy, picture)
