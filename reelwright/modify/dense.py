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

SAME = 12.0  # levels up to which two frames may show the same
CORNER = 3.0  # of a corner, by its smaller eigenvalue, that is half sure; an even wall has 0.1
ACROSS = 0.1  # of an edge, whose one direction is sure, that counts
NEVER = 1e-4  # sure of anything at all; elsewhere nothing would be known
SPREAD = 0.1  # of what is sure that is enough not to ask round about
TRUER = 0.5  # of a level: by so much more like it, a flow counts alone
COARSEST = 4  # pixels of a side, at which all of a frame hears of itself


def grey(frame: Image) -> Image:
    """What motion is measured on."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)


def flow(first: Image, second: Image, start_HW2: Floats | None = None) -> Floats:
    """From the first grey frame to the second; a guess to start from bridges what is far apart."""
    search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    guess = None if start_HW2 is None else start_HW2.copy()  # it is written over
    return np.asarray(search.calc(first, second, guess), np.float32)


def settled(flow_HW2: Floats, first: Image, second: Image) -> Floats:
    """The flow, where nothing holds it to its place taken from round about.

    An even wall may be said to move anyhow. What is sure has corners, and looks the same at both
    ends; from there it spreads, over ever wider areas, to what is not.
    """
    missed = _missed(first, second, flow_HW2)
    same_HW = np.exp(-((cv2.GaussianBlur(missed, (0, 0), 1.5) / SAME) ** 2))
    corner_HW = corners(first)
    sure_HW = (same_HW * (corner_HW / (corner_HW + CORNER)) ** 2 + NEVER).astype(np.float32)
    levels = [(sure_HW, flow_HW2 * sure_HW[..., None])]
    while min(levels[-1][0].shape) > COARSEST:
        levels.append((cv2.pyrDown(levels[-1][0]), cv2.pyrDown(levels[-1][1])))
    weight, summed = levels[-1]
    wide_HW2 = summed / weight[..., None]
    for weight, summed in reversed(levels[:-1]):
        wide_HW2 = cv2.resize(wide_HW2, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        wide_HW2 = (summed + SPREAD * wide_HW2) / (weight + SPREAD)[..., None]
    return np.asarray(wide_HW2, np.float32)


def truer(
    one_HW2: Floats, usual_HW2: Floats, first: Image, second: Image, lead: float = 0.0
) -> Floats:
    """The usual flow, but the other one where that leads to what looks more like the first.

    By so many levels as its lead it may be worse.
    """
    missed = [
        cv2.GaussianBlur(_missed(first, second, way), (0, 0), 2.0) for way in (one_HW2, usual_HW2)
    ]
    better_HW = (missed[1] + lead - missed[0]) / TRUER
    share_HW1 = np.clip(better_HW, 0, 1)[..., None]
    return np.asarray(share_HW1 * one_HW2 + (1 - share_HW1) * usual_HW2, np.float32)


def _missed(first: Image, second: Image, flow_HW2: Floats) -> Floats:
    """How far each pixel is from what the flow leads to, in levels."""
    return cv2.absdiff(first, np.asarray(pulled(second, flow_HW2), np.uint8)).astype(np.float32)


def corners(grey_HW: Image) -> Floats:
    """How surely the motion of each pixel's neighbourhood can be told: across its edges, and along
    them, which is harder."""
    soft = cv2.GaussianBlur(grey_HW, (0, 0), 1.0).astype(np.float32)
    values = cv2.cornerEigenValsAndVecs(soft, 7, 3)[..., :2]
    return np.asarray(values.min(axis=2) + ACROSS * values.max(axis=2), np.float32)


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
