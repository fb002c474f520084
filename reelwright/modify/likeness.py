"""How alike two pictures are."""

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image

# H high, W wide, C channels.

BEST_DB = 99.0  # of two pictures that are the same
WINDOW, SPREAD = 11, 1.5  # of the Gaussian that the paper on SSIM weighs neighbourhoods with
FLOOR = ((0.01 * 255) ** 2, (0.03 * 255) ** 2)  # its two constants


def psnr(one: Image, other: Image) -> float:
    """In dB, at most `BEST_DB`."""
    error = float(((one.astype(np.float32) - other) ** 2).mean())
    return min(BEST_DB, 10 * np.log10(255**2 / error)) if error else BEST_DB


def ssim(one: Image, other: Image) -> float:
    """Structural similarity of their brightness: 1 for the same."""
    return float(ssim_map(grey(one), grey(other)).mean())


def ssim_map(one_HW: NDArray[np.float32], other_HW: NDArray[np.float32]) -> NDArray[np.float32]:
    """Likewise, pixel by pixel."""
    means = _blurred(one_HW), _blurred(other_HW)
    spreads = (
        _blurred(one_HW * one_HW) - means[0] * means[0],
        _blurred(other_HW * other_HW) - means[1] * means[1],
    )
    shared = _blurred(one_HW * other_HW) - means[0] * means[1]
    light = (2 * means[0] * means[1] + FLOOR[0]) / (means[0] ** 2 + means[1] ** 2 + FLOOR[0])
    form = (2 * shared + FLOOR[1]) / (spreads[0] + spreads[1] + FLOOR[1])
    return np.asarray(light * form, np.float32)


def grey(picture_HWC: Image) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture_HWC, cv2.COLOR_BGR2GRAY), np.float32)


def _blurred(values_HW: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values_HW, (WINDOW, WINDOW), SPREAD), np.float32)
