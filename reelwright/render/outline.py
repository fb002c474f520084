"""Most of a sprite's box is empty: in which parts of the frame there is anything to draw."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.render.layer import Pixels

Box = tuple[int, int, int, int]  # left, top, right, bottom

# Rows of a sprite that are looked at together. A strip is two of them, and knows one more to either
# side: so far a slight tilt may mix it with its neighbours.
SLACK = 8
BAND = 64  # rows of the frame, across a sprite that is turned
WORTH = 6_000  # pixels that are drawn in the time that one more box takes


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a sprite holds anything: in strips while it is upright, within a circle if not."""

    strips: tuple[Box, ...]  # from top to bottom, in its own pixels
    middle: tuple[float, float]
    radius: float

    @classmethod
    def of(cls, pixels: Pixels) -> "Outline":
        """Of premultiplied BGRA pixels; light without alpha counts too."""
        height, width = pixels.shape[:2]
        filled = np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0] != 0
        starts = np.arange(0, height, SLACK)
        rows = np.logical_or.reduceat(filled, starts, axis=0)
        some = rows.any(axis=1)
        firsts = np.where(some, rows.argmax(axis=1), width)
        ends = np.where(some, width - rows[:, ::-1].argmax(axis=1), 0)
        strips = []
        for top in range(-SLACK, height + SLACK, 2 * SLACK):
            near = slice(max(0, top // SLACK - 1), top // SLACK + 3)
            left, right = int(firsts[near].min(initial=width)), int(ends[near].max(initial=0))
            strips.append((left, top, right, top + 2 * SLACK))
        across = np.maximum(np.abs(firsts - 0.5 * width), np.abs(ends - 0.5 * width))
        down = np.maximum(np.abs(starts - 0.5 * height), np.abs(starts + SLACK - 0.5 * height))
        return cls(
            strips=tuple(joined(strips)),
            middle=(0.5 * width - 0.5, 0.5 * height - 0.5),
            radius=float(np.hypot(across, down)[some].max(initial=0.0)),
        )

    def boxes(self, affine: NDArray[np.float64], within: Box) -> list[Box]:
        """Boxes that share no pixel and hold all of the moved sprite that lies `within` a box."""
        if not self.strips:
            return []
        (a, b, x), (c, d, y) = affine.tolist()
        tilt = c * self.middle[0]
        if a > 0 and abs(tilt) < (SLACK - 3) * d:
            lean = max(0.0, b * SLACK, -b * SLACK)
            parts = [
                (
                    math.floor(a * (left - 1) + min(b * top, b * bottom) - lean + x) - 1,
                    math.floor(d * top + tilt + y),
                    math.ceil(a * right + max(b * top, b * bottom) + lean + x) + 2,
                    math.floor(d * bottom + tilt + y),
                )
                for left, top, right, bottom in self.strips
            ]
        else:
            parts = self._chords(affine, within)
        return joined(clipped(parts, within))

    def _chords(self, affine: NDArray[np.float64], within: Box) -> list[Box]:
        """The circle that a turning sprite never leaves, or an ellipse that it is squeezed to."""
        x, y = (affine @ (*self.middle, 1.0)).tolist()
        reach = (self.radius + 1) * float(np.linalg.norm(affine[:, :2], 2)) + 2
        parts = []
        for top in range(within[1], within[3], BAND):
            bottom = min(within[3], top + BAND)
            off = max(0.0, top - y, y - bottom)
            if off < reach:
                half = math.sqrt(reach * reach - off * off)
                parts.append((math.floor(x - half), top, math.ceil(x + half) + 1, bottom))
        return parts


def joined(boxes: Iterable[Box]) -> list[Box]:
    """Fewer boxes, from top to bottom: one for two of which it holds little more."""
    kept: list[Box] = []
    held = 0
    for box in boxes:
        size = area(box)
        if not size:
            continue
        last = kept.pop() if kept else box
        both = (min(last[0], box[0]), last[1], max(last[2], box[2]), box[3])
        wide = area(both)
        if wide - held - size < WORTH:
            kept.append(both)
            held = wide
        else:
            kept += [last, box]
            held = size
    return kept


def clipped(boxes: Iterable[Box], within: Box) -> Iterable[Box]:
    """What of each box lies within another one; nothing of it may be left."""
    left, top, right, bottom = within
    for box in boxes:
        yield max(left, box[0]), max(top, box[1]), min(right, box[2]), min(bottom, box[3])


def area(box: Box) -> int:
    """In pixels; 0 of a box that ends before it begins."""
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])
