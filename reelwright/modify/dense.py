"""Motion between two frames for every pixel: along it a look is carried from frame to frame.

A flow says where a pixel of the first frame is found in the second, in pixels across and down.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image

# H rows, W columns, 2 across and down.
Floats = NDArray[np.float32]


def grey(frame: Image) -> Image:
    """What motion is measured on."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)


def flow(first: Image, second: Image, start_HW2: Floats | None = None) -> Floats:
    """From the first grey frame to the second; a guess to start from bridges what is far apart."""
    search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    guess = None if start_HW2 is None else start_HW2.copy()  # it is written over
    return np.asarray(search.calc(first, second, guess), np.float32)


def places(height: int, width: int) -> Floats:
    """Where every pixel is."""
    x_HW, y_HW = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    return np.dstack([x_HW, y_HW])


def pulled(picture: NDArray[Any], flow_HW2: Floats, *, sharp: bool = False) -> NDArray[Any]:
    """What the picture shows where the flow leads; its edge goes on beyond it."""
    at_HW2 = places(*flow_HW2.shape[:2]) + flow_HW2
    x_HW, y_HW = (np.ascontiguousarray(at_HW2[..., axis]) for axis in (0, 1))
    way = cv2.INTER_CUBIC if sharp else cv2.INTER_LINEAR
    return np.asarray(cv2.remap(picture, x_HW, y_HW, way, borderMode=cv2.BORDER_REPLICATE))


def joined(first_HW2: Floats, second_HW2: Floats) -> Floats:
    """One flow after another."""
    return np.asarray(first_HW2 + pulled(second_HW2, first_HW2), np.float32)


def astray(there_HW2: Floats, back_HW2: Floats) -> Floats:
    """How many pixels off one lands who goes there and back; far for what is hidden there."""
    return np.asarray(np.linalg.norm(joined(there_HW2, back_HW2), axis=2), np.float32)


def resized(flow_HW2: Floats, width: int, height: int) -> Floats:
    """The same flow between frames of another size."""
    was_high, was_wide = flow_HW2.shape[:2]
    if (was_wide, was_high) == (width, height):
        return flow_HW2
    scale = np.array([width / was_wide, height / was_high], np.float32)
    return np.asarray(cv2.resize(flow_HW2, (width, height)) * scale, np.float32)
