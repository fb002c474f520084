"""How a picture moves from one frame to the next: dense, by DIS, on small grey pictures."""

from typing import Any

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify.nets import Floats

# H rows, W columns, 2 the way's x and y.

LONGER = 320  # of the grey pictures that are compared
CELLS = 40  # of the grid that is kept, along the longer side
STEP = 1 / 16  # of a pixel, to which the kept flow is rounded
EDGE = cv2.BORDER_REPLICATE


def sized(longer: int, width: int, height: int) -> tuple[int, int]:
    """Width and height in the shape of a picture whose longer side becomes `longer`."""
    scale = longer / max(width, height)
    return max(2, round(width * scale)), max(2, round(height * scale))


def greyed(frame: Image) -> Image:
    """What `Flow` compares: the frame without colours, small."""
    height, width = frame.shape[:2]
    small = cv2.resize(frame, sized(LONGER, width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


class Flow:
    """Compares pairs of grey pictures. It holds its buffers: two threads may not share it."""

    def __init__(self) -> None:
        self._dis: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def between(self, before: Image, after: Image) -> Floats:
        """Where each pixel of `before` goes, in its own pixels."""
        return np.asarray(self._dis.calc(before, after, None), np.float32)


def coarse(flow_HW2: Floats, width: int, height: int) -> Floats:
    """The grid that is kept of a flow: means over cells, in pixels of the footage, rounded."""
    scale = np.array([width / flow_HW2.shape[1], height / flow_HW2.shape[0]], np.float32)
    grid = cv2.resize(flow_HW2, sized(CELLS, width, height), interpolation=cv2.INTER_AREA) * scale
    return np.asarray(np.rint(grid / STEP) * STEP, np.float32)


def carried(picture_HW: Floats, flow_HW2: Floats) -> Floats:
    """A picture moved along: the flow from its frame to the next brings it there, nearly."""
    rows, columns = picture_HW.shape[:2]
    scale = np.array([columns / flow_HW2.shape[1], rows / flow_HW2.shape[0]], np.float32)
    way = cv2.resize(flow_HW2, (columns, rows), interpolation=cv2.INTER_LINEAR) * scale
    y, x = np.indices((rows, columns), dtype=np.float32)
    moved = cv2.remap(picture_HW, x - way[..., 0], y - way[..., 1], cv2.INTER_LINEAR, None, EDGE)
    return np.asarray(moved, np.float32)
