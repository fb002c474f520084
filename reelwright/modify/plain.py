"""Who stands out of a picture, found without a network: by colour, motion, and where people are.

The frame's upper edges are taken for background, what moves in its middle for a performer; between
them the colours decide (GrabCut), and from then on the mask is carried along the motion.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.flow import carried, sized
from reelwright.modify.nets import Floats

# H rows, W columns.

LONGER = 96  # of the pictures in which colours are compared
EDGE = 0.06  # of the frame's sides: background at its top and upper sides
SIDES = 0.6  # of its height, from the top
MOVES = 0.004  # of the frame's width in one frame: clear motion
FIRST, EACH = 4, 1  # rounds of comparing, in a shot's first frame and in the others
CARRIED = 0.75  # how far a mask that was carried along counts for itself
NOWHERE = (0, 0, 0, 0)  # GrabCut begins with a mask, not with a box
SHAPE = ((0.5, 0.36, 0.13, 0.24), (0.5, 0.98, 0.30, 0.55))  # where, and how large: head and trunk


class Plain:
    """Finds the outline of whoever stands out; it learns the colours of one shot as it goes."""

    name = "colour and motion (GrabCut), without weights"

    def __init__(self) -> None:
        self.cut()

    def cut(self) -> None:
        self._mask: Floats | None = None
        self._back, self._front = np.zeros((1, 65)), np.zeros((1, 65))

    def see(self, frame: Image, flow_HW2: Floats | None, size: tuple[int, int]) -> Floats:
        """0 to 1 in `size`; the flow leads from the frame before to this one."""
        height, width = frame.shape[:2]
        size_of = sized(LONGER, width, height)
        small = np.asarray(cv2.resize(frame, size_of, interpolation=cv2.INTER_AREA), np.uint8)
        first = self._mask is None
        likely = expected(small.shape[1], small.shape[0])
        if self._mask is not None and flow_HW2 is not None:
            likely += CARRIED * (carried(self._mask, flow_HW2) - likely)
        elif flow_HW2 is not None:
            likely = np.maximum(likely, moving(flow_HW2, small.shape[1], small.shape[0]))
        trimap = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        trimap[rim(small.shape[1], small.shape[0]) & (likely < 0.8)] = cv2.GC_BGD
        trimap[likely > 0.97] = cv2.GC_FGD
        mask = self._divided(small, trimap, first=first)
        self._mask = mask
        calm = cv2.GaussianBlur(mask, (0, 0), 0.7)
        return np.asarray(cv2.resize(calm, size, interpolation=cv2.INTER_LINEAR), np.float32)

    def _divided(self, small: Image, trimap: Image, *, first: bool) -> Floats:
        front = (trimap == cv2.GC_PR_FGD) | (trimap == cv2.GC_FGD)
        if not front.any() or front.all():
            return np.asarray(front, np.float32)
        cv2.setRNGSeed(1)  # GrabCut begins with a random division of the colours
        cv2.grabCut(
            small, trimap, NOWHERE, self._back, self._front, FIRST if first else EACH,
            cv2.GC_INIT_WITH_MASK,
        )  # fmt: skip
        return np.asarray((trimap == cv2.GC_PR_FGD) | (trimap == cv2.GC_FGD), np.float32)


def expected(width: int, height: int) -> Floats:
    """How likely somebody is at each place of a frame of which nothing is known."""
    y, x = np.indices((height, width), dtype=np.float32)
    parts = [
        np.exp(
            -((((x + 0.5) / width - cx) / wide) ** 2 + (((y + 0.5) / height - cy) / high) ** 2)
            * np.log(2)
        )
        for cx, cy, wide, high in SHAPE
    ]
    return np.asarray(np.maximum(*parts), np.float32)


def moving(flow_HW2: Floats, width: int, height: int) -> Floats:
    """How clearly each place moves otherwise than the frame does as a whole."""
    way = flow_HW2 - np.median(flow_HW2, axis=(0, 1))
    far = np.hypot(way[..., 0], way[..., 1]) / (MOVES * flow_HW2.shape[1])
    return np.asarray(np.minimum(1, cv2.resize(far, (width, height)) / 2), np.float32)


def rim(width: int, height: int) -> NDArray[np.bool_]:
    """The upper and outer edges of a frame."""
    y, x = np.indices((height, width))
    aside = (x < EDGE * width) | (x >= (1 - EDGE) * width)
    return (y < EDGE * height) | (aside & (y < SIDES * height))
