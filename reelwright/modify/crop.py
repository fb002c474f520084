"""A turned square of a picture, as networks want to see it, and the way back for what they find."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.nets import Floats

# P points, 2 or 3 their x, y and depth.

UNLIKELY = -20.0  # as a logit


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of the picture. Its own x axis points to `angle`, in radians, clockwise as seen."""

    x: float
    y: float
    side: float
    angle: float = 0.0

    def cut(self, frame: Image, side: int) -> Floats:
        """What lies in it as RGB from 0 to 1, `side` pixels wide; black beyond the picture."""
        seen = cv2.warpAffine(
            frame, self._affine(side), (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        return as_seen(np.asarray(seen, np.uint8))

    def back(self, points_P: Floats, side: int) -> Floats:
        """Points of the square cut at `side`, where they lie in the picture; depth scales along."""
        scale = self.side / side
        across, down = (points_P[:, axis] - side / 2 for axis in (0, 1))
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        found = np.array(points_P, np.float32)
        found[:, 0] = self.x + scale * (cos * across - sin * down)
        found[:, 1] = self.y + scale * (sin * across + cos * down)
        if found.shape[1] > 2:
            found[:, 2] *= scale
        return found

    def lay(self, square: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:
        """A picture of the square's, back where it belongs: `size` stands for the frame `shown`.

        Both are (width, height). Outside of the square it is UNLIKELY.
        """
        affine = self._affine(square.shape[1])
        affine[:, 2] += 0.5
        affine = np.diag([size[0] / shown[0], size[1] / shown[1]]) @ affine
        affine[:, 2] -= 0.5
        laid = cv2.warpAffine(square, affine, size, flags=cv2.INTER_LINEAR, borderValue=UNLIKELY)
        return np.asarray(laid, np.float32)

    def _affine(self, side: int) -> NDArray[np.float64]:
        """From pixels of the square to those of the picture, counted from the middle of each."""
        scale = self.side / side
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        turn = np.array([[cos, -sin], [sin, cos]])
        middle = np.array([self.x, self.y]) - turn @ np.full(2, side / 2)
        offset = middle + turn @ np.full(2, 0.5) - 0.5
        return np.column_stack([turn, offset])


def as_seen(picture: Image) -> Floats:
    """A picture as networks take it: RGB, 0 to 1."""
    return np.multiply(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.float32(1 / 255))


def whole(frame: Image) -> Crop:
    """The smallest square that holds the picture."""
    height, width = frame.shape[:2]
    return Crop(width / 2, height / 2, float(max(width, height)))


def around(points_P: Floats, *, start: int, end: int, upright: float, grow: float) -> Crop:
    """A square about points, turned so that the way from `start` to `end` points to `upright`."""
    way = points_P[end, :2] - points_P[start, :2]
    angle = float(np.arctan2(way[1], way[0])) - upright
    cos, sin = np.cos(angle), np.sin(angle)
    turned = points_P[:, :2] @ np.array([[cos, -sin], [sin, cos]])
    low, high = turned.min(0), turned.max(0)
    x, y = np.array([[cos, -sin], [sin, cos]]) @ ((low + high) / 2)
    return Crop(float(x), float(y), grow * float((high - low).max()), angle)
