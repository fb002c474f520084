"""Full-frame work in OpenCV: move a cached layer and lay it on the canvas, without allocating."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.render.layer import Pixels
from reelwright.render.outline import Box, Outline

Affine = NDArray[np.float64]  # 2 x 3, from the pixels of a sprite to those of the frame


@dataclass(frozen=True, slots=True)
class Buffers:
    """Memory of one thread: a frame's worth for every step, used again for every layer."""

    moved: Pixels
    alpha: Pixels
    free: Pixels

    @classmethod
    def of(cls, width: int, height: int) -> "Buffers":
        size = width * height
        return cls(
            np.empty(4 * size, np.uint8), np.empty(size, np.uint8), np.empty(4 * size, np.uint8)
        )


def shaped(buffer: Pixels, like: Pixels) -> Pixels:
    """Memory of a thread in the shape of a frame: fresh memory would cost more than the work."""
    return buffer[: like.size].reshape(like.shape)


def placed(
    x: float, y: float, *, scale: float = 1.0, turn: float = 0.0, about: tuple[float, float]
) -> Affine:
    """Scale and turn a sprite about a point of its own, and put that point at (x, y)."""
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    ax, ay = about
    return np.array([[cos, -sin, x - cos * ax + sin * ay], [sin, cos, y - sin * ax - cos * ay]])


def lay(
    canvas: Pixels,
    sprite: Pixels,
    affine: Affine,
    buffers: Buffers,
    *,
    adds: bool = False,
    strength: float = 1.0,
    above: int | None = None,
    outline: Outline | None = None,
) -> None:
    """Draw a premultiplied sprite, moved by parts of a pixel, over the canvas or added to it.

    Only what lies above a row of the canvas, where one is given, and only where the sprite's
    outline says that there is anything.
    """
    if strength <= 0.004:
        return
    whole = _reach(sprite, affine, canvas[:above])
    if whole is None:
        return
    for box in outline.boxes(affine, whole) if outline is not None else [whole]:
        _lay(canvas, sprite, affine, buffers, box, adds=adds, strength=strength)


def _lay(
    canvas: Pixels,
    sprite: Pixels,
    affine: Affine,
    buffers: Buffers,
    box: Box,
    *,
    adds: bool,
    strength: float,
) -> None:
    """The part of a moved sprite that lies in a box of the canvas."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    moved = buffers.moved[: 4 * width * height].reshape(height, width, 4)
    shift = affine.copy()
    shift[:, 2] -= left, top
    cv2.warpAffine(
        sprite, shift, (width, height), moved, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, (0, 0, 0, 0)
    )
    if strength < 0.998:
        cv2.convertScaleAbs(moved, moved, strength)
    region = canvas[top:bottom, left:right]
    if adds:
        cv2.add(region, moved, region)
        return
    alpha = buffers.alpha[: width * height].reshape(height, width)
    free = buffers.free[: 4 * width * height].reshape(height, width, 4)
    cv2.extractChannel(moved, 3, alpha)
    cv2.bitwise_not(alpha, alpha)
    cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGRA, free)
    cv2.multiply(region, free, region, 1 / 255)
    cv2.add(region, moved, region)


def cover(
    canvas: Pixels, backdrop: Pixels, affine: Affine, rows: tuple[int, int] | None = None
) -> None:
    """Fill the canvas, or some rows of it, with an opaque layer, its edges drawn out beyond it."""
    top, bottom = rows or (0, canvas.shape[0])
    if top >= bottom:
        return
    shift = affine.copy()
    shift[1, 2] -= top
    size = (canvas.shape[1], bottom - top)
    part = canvas[top:bottom]
    cv2.warpAffine(backdrop, shift, size, part, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A sprite that never moves, with what it lets through already worked out."""

    pixels: Pixels
    free: Pixels
    left: int
    top: int

    @classmethod
    def of(cls, pixels: Pixels, left: int = 0, top: int = 0) -> "Overlay":
        alpha = np.ascontiguousarray(pixels[:, :, 3])
        return cls(pixels, cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2BGRA), left, top)

    def lay(self, canvas: Pixels) -> None:
        height, width = self.pixels.shape[:2]
        top, left = max(0, self.top), max(0, self.left)
        bottom = min(canvas.shape[0], self.top + height)
        right = min(canvas.shape[1], self.left + width)
        if top >= bottom or left >= right:
            return
        rows, columns = (
            slice(top - self.top, bottom - self.top),
            slice(left - self.left, right - self.left),
        )
        region = canvas[top:bottom, left:right]
        cv2.multiply(region, self.free[rows, columns], region, 1 / 255)
        cv2.add(region, self.pixels[rows, columns], region)


def _reach(sprite: Pixels, affine: Affine, canvas: Pixels) -> Box | None:
    """The part of the canvas that the moved sprite can touch, or None."""
    height, width = sprite.shape[:2]
    (a, b, x), (c, d, y) = affine.tolist()
    left = max(0, math.floor(x + min(0, a * width) + min(0, b * height)) - 1)
    top = max(0, math.floor(y + min(0, c * width) + min(0, d * height)) - 1)
    right = math.ceil(x + max(0, a * width) + max(0, b * height)) + 1
    bottom = math.ceil(y + max(0, c * width) + max(0, d * height)) + 1
    right, bottom = min(canvas.shape[1], right), min(canvas.shape[0], bottom)
    return (left, top, right, bottom) if left < right and top < bottom else None
