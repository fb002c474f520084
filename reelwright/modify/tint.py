"""What a look does to colours alone: learned from a frame before and after, true for all frames."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from reelwright.media.decode import Image

# G steps of blue, green and red each; 3 colours, blue first.

Floats = NDArray[np.float32]

STEPS = 17
APART = 256 / (STEPS - 1)  # of the 256 that there are, between two steps
EVERY = 3  # one pixel of so many is learned from
COARSE_TO_FINE = (3.0, 1.5, 0.8)  # how far, in steps, a colour tells of those beside it
DOUBT = 2.0  # pixels' worth of what is believed already, at each of these


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour for each colour; between the steps it goes straight."""

    table_GGG3: Floats  # by red, green and blue

    @classmethod
    def learned(cls, before: NDArray[np.generic], after: NDArray[np.generic]) -> "Tint":
        """What became of the colours of one picture in the other. Others follow their likes."""
        old = before.reshape(-1, 3)[::EVERY].astype(np.float32)
        new = after.reshape(-1, 3)[::EVERY].astype(np.float32)
        table, foretold = straight(old, new)
        sums_GGG3, counts_GGG = gathered(old, new - foretold)
        bend_GGG3 = np.zeros_like(table)  # what is not straight about it
        for reach in COARSE_TO_FINE:
            near_GGG = gaussian_filter(counts_GGG, reach)[..., None]
            heard = [gaussian_filter(sums_GGG3[..., colour], reach) for colour in range(3)]
            heavy = DOUBT * reach**-3  # a wide look hears little of each
            bend_GGG3 = (np.stack(heard, axis=-1) + heavy * bend_GGG3) / (near_GGG + heavy)
        return cls(np.clip(table + bend_GGG3, 0, 255).astype(np.float32))

    def __call__(self, picture: NDArray[np.generic]) -> Floats:
        """The picture in the new colours, BGR from 0 to 255."""
        at_HW3 = np.clip(picture, 0, 255).astype(np.float32) / np.float32(APART)
        below_HW = np.floor(at_HW3[..., 2])
        share_HW = at_HW3[..., 2] - below_HW
        atlas = self.table_GGG3.reshape(STEPS * STEPS, STEPS, 3)  # one page for each red, beneath
        blue_HW = np.ascontiguousarray(at_HW3[..., 0])
        down_HW = below_HW * STEPS + at_HW3[..., 1]
        dark = cv2.remap(atlas, blue_HW, down_HW, cv2.INTER_LINEAR)
        light = cv2.remap(atlas, blue_HW, down_HW + STEPS, cv2.INTER_LINEAR)
        return np.asarray(dark + (light - dark) * share_HW[..., None], np.float32)


def gathered(old: Floats, new: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The new colours summed, and counted, at the eight steps about each old one."""
    at = old / np.float32(APART)
    below = np.floor(at).astype(np.intp)
    share = at - below
    sums, counts = np.zeros((STEPS**3, 3)), np.zeros(STEPS**3)
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, share, 1 - share), axis=1)
        blue, green, red = np.minimum(below + corner, STEPS - 1).T
        place = (red * STEPS + green) * STEPS + blue
        counts += np.bincount(place, weight, STEPS**3)
        for colour in range(3):
            sums[:, colour] += np.bincount(place, weight * new[:, colour], STEPS**3)
    return sums.reshape(STEPS, STEPS, STEPS, 3), counts.reshape(STEPS, STEPS, STEPS)


def straight(old: Floats, new: Floats) -> tuple[NDArray[np.float64], Floats]:
    """What the best linear map makes of every step, and of the old colours."""
    known = np.column_stack([old, np.ones(len(old))]).astype(np.float64)
    slack = 1e-3 * len(old) * np.eye(4)  # a picture of one colour has no slopes
    map_43 = np.linalg.solve(known.T @ known + slack, known.T @ new.astype(np.float64))
    red, green, blue = np.indices((STEPS, STEPS, STEPS)) * APART
    every = np.stack([blue, green, red, np.ones_like(red)], axis=-1)
    return every @ map_43, (known @ map_43).astype(np.float32)


def plain(picture: Floats) -> Image:
    """Rounded to what a film can hold."""
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
