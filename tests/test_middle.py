"""The hidden middle of a clip, foretold from its ends."""

from pathlib import Path

import numpy as np
import pytest
from moving import ground, sliding

from reelwright.media.decode import Image
from reelwright.modify.middle import blended, hidden_middle, psnr, ssim
from reelwright.modify.tint import plain


def drawn(frame: Image) -> Image:
    """Colours changed, and light bands over what is bright: a look with a hand of its own."""
    light = frame.astype(np.float32)
    return plain((255 - light[..., ::-1]) * 0.7 + 60 * (light[..., :1] > 140))


def test_a_carried_look_is_nearer_to_the_truth_than_a_blend_and_than_warping(
    tmp_path: Path,
) -> None:
    found = hidden_middle(sliding(13), drawn, folder=tmp_path, every=4)
    for measure in ("psnr", "ssim"):
        assert found[f"{measure}_ours"] > found[f"{measure}_flow"] > found[f"{measure}_blend"]


def test_the_same_picture_is_without_error() -> None:
    picture = ground(40, 60)
    assert psnr(picture, picture) == 100
    assert ssim(picture, picture) == pytest.approx(1, abs=1e-5)


def test_errors_are_told_in_decibels() -> None:
    grey = np.full((40, 60, 3), 100, np.uint8)
    assert psnr(grey, grey + np.uint8(5)) == pytest.approx(20 * np.log10(255 / 5), abs=1e-3)


def test_noise_is_less_alike_than_a_change_of_light() -> None:
    picture = ground(60, 80)
    lighter = plain(picture * np.float32(1.1))
    noisy = plain(
        (picture + np.random.default_rng(1).normal(0, 25, picture.shape)).astype(np.float32)
    )
    assert ssim(lighter, picture) > 0.9 > ssim(noisy, picture)


def test_a_blend_is_half_of_each_in_the_middle() -> None:
    one, other = np.full((4, 4, 3), 40, np.uint8), np.full((4, 4, 3), 100, np.uint8)
    assert (blended(one, other, 0.5) == 70).all()
