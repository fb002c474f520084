"""Hills where things stand close, and their isolines, as a map of land has them."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

# H rows, W columns of a small picture of the height.

ISOLINES = (0.06, 0.16, 0.3, 0.46, 0.64)  # of a place that is covered all around
SMALLER = 8  # than the field is the picture on which the height is worked out
BEYOND = 300  # pixels around the field that shores may reach
FEWEST = 12  # points of a line
SMOOTHED = 7  # points of which a line's point is the mean

Box = tuple[float, float, float, float]  # left, top, width, height


def isolines(boxes: Iterable[Box], width: float, height: float, soft: float) -> Iterator[skia.Path]:
    """The lines around all that is higher than each of ISOLINES, the shore first."""
    shape = tuple(int(side + 2 * BEYOND) // SMALLER for side in (height, width))
    hills_HW = np.zeros(shape, np.float32)
    for box in boxes:
        left, top = (max(0, int(place + BEYOND) // SMALLER) for place in box[:2])
        wide, tall = (int(side / SMALLER) + 1 for side in box[2:])
        hills_HW[top : top + tall, left : left + wide] = 1
    hills_HW[:] = cv2.GaussianBlur(hills_HW, (0, 0), soft / SMALLER)
    for level in ISOLINES:
        yield around(hills_HW > level)


def around(mask_HW: NDArray[np.bool_]) -> skia.Path:
    """The line around everything in the mask, smooth and closed, holes left out."""
    lines, _ = cv2.findContours(mask_HW.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    path = skia.Path()
    path.setFillType(skia.PathFillType.kEvenOdd)
    kernel, turn = np.ones(SMOOTHED) / SMOOTHED, SMOOTHED // 2
    for line in lines:
        if len(line) < FEWEST:
            continue
        smooth = [
            np.convolve(np.r_[one[-turn:], one, one[:turn]], kernel, "valid")
            for one in line[:, 0].T.astype(np.float64)
        ]
        points = (np.stack(smooth, 1) + 0.5) * SMALLER - BEYOND
        path.addPoly([skia.Point(*point) for point in points[::2].tolist()], True)
    return path
