"""The hidden middle of a clip, foretold from its ends."""

from pathlib import Path

import numpy as np
from moving import sliding

from reelwright.media.decode import Image
from reelwright.modify.middle import blended, hidden_middle
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


def test_a_blend_is_half_of_each_in_the_middle() -> None:
    one, other = np.full((4, 4, 3), 40, np.uint8), np.full((4, 4, 3), 100, np.uint8)
    assert (blended(one, other, 0.5) == 70).all()
