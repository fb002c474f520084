"""The style of a picture on a take, without flicker: what a painter makes of each frame is colours,
which follow the footage, and drawing, which is carried along the motion from frame to frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify import dense
from reelwright.modify.dense import Floats
from reelwright.modify.performance import Performance
from reelwright.modify.response import blurred
from reelwright.modify.tint import Tint, plain

# H rows, W columns; h, w those of the small frames on which a painter works.

SIDE = 384  # of the longer side; it is what the network of `magenta.py` was trained on
KEPT = 0.88  # of the drawing of the frame before, where it is where motion says
SURE, LOST = 12.0, 60.0  # of doubt: up to the first all of KEPT, from the second nothing
LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green and red
WIDER = 1.25  # than the face's points is what is sheltered: hairline and jaw
FADING = 0.8  # a face that is not found is sheltered a little while yet


class Painter(Protocol):
    """Paints frames in a style, each for itself. The same shot and frame give the same picture."""

    def begin(self, frame: Image, amount: float) -> None:
        """A shot begins with this frame; `amount` says how far to go, 0 to 1."""

    def paint(self, frame: Image) -> Floats:
        """The frame, BGR with a longer side of SIDE, painted: BGR from 0 to 255."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How far a style goes at a strength."""

    paint: float  # what the painter is told
    colour: float  # of the way from the footage's colours to the painted ones
    light: float  # of the way from its light and shade: faces are recognised by them
    face: float  # of all this on faces
    detail: float  # of what is too fine for the painter


AMOUNTS: Mapping[str, Amount] = {
    "adhere_1": Amount(0.6, 0.55, 0.20, 0.35, 1.0),
    "adhere_2": Amount(0.7, 0.65, 0.30, 0.40, 1.0),
    "adhere_3": Amount(0.8, 0.75, 0.40, 0.45, 0.9),
    "flex_1": Amount(0.9, 0.85, 0.55, 0.45, 0.8),
    "flex_2": Amount(1.0, 0.90, 0.70, 0.45, 0.7),
    "flex_3": Amount(1.0, 1.00, 0.80, 0.60, 0.6),
    "reimagine_1": Amount(1.0, 1.0, 0.9, 0.85, 0.5),
    "reimagine_2": Amount(1.0, 1.0, 1.0, 0.95, 0.4),
    "reimagine_3": Amount(1.0, 1.0, 1.0, 1.0, 0.3),
}


@dataclass(frozen=True, slots=True)
class Before:
    """What the next frame takes over."""

    frame_hw3: Image
    grey_hw: Image
    drawing_hw3: Floats  # what was painted beyond colours
    face_hw: Floats


@dataclass(slots=True)
class Style:
    """A stage of an edit: every frame in the style, faces less than the rest."""

    painter: Painter
    amount: Amount
    performance: Performance
    _tint: Tint | None = None
    _before: Before | None = field(default=None)

    def __call__(self, number: int, frame: Image, alpha: Floats | None = None) -> Image:
        small = reduced(frame)
        if self._tint is None or number in self.performance.shots:
            self.painter.begin(small, self.amount.paint)
            painted = self.painter.paint(small)
            self._tint, self._before = Tint.learned(small, painted), None
        else:
            painted = self.painter.paint(small)
        drawing = steadied(painted - self._tint(small), small, self._before)
        face = self._face(number, frame.shape[:2], small.shape[:2])
        self._before = Before(small, dense.grey(small), drawing, face)
        return plain(self._mixed(frame, small, drawing, face))

    def _mixed(self, frame: Image, small: Image, drawing: Floats, face: Floats) -> Floats:
        """Footage and painting, each as far as it goes."""
        size, tint = frame.shape[1::-1], self._tint
        assert tint is not None, "a style before its first frame"
        whole = frame.astype(np.float32)
        coarse = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
        softer = coarse + self.amount.detail * (whole - coarse)
        styled = tint(softer) + cv2.resize(drawing, size, interpolation=cv2.INTER_CUBIC)
        change = styled - whole
        light = (change @ LUMA)[..., None]
        less = 1 - (1 - self.amount.face) * cv2.resize(face, size)[..., None]
        far = self.amount.colour * (change - light) + self.amount.light * light
        return np.asarray(whole + less * far, np.float32)

    def _face(self, number: int, full: tuple[int, ...], size: tuple[int, ...]) -> Floats:
        """How much of a face each pixel is."""
        scale = np.array([size[1] / full[1], size[0] / full[0]])
        mask = np.zeros(size, np.float32)
        for performer in self.performance.performers:
            points = performer.face_NP3[number, :, :2] * scale
            if np.isnan(points[0, 0]):
                continue
            middle = points.mean(axis=0)
            hull = cv2.convexHull(((points - middle) * WIDER + middle).astype(np.float32))
            soft = max(1.0, 0.06 * float(np.ptp(points[:, 1])))
            drawn = np.zeros(size, np.float32)
            cv2.fillConvexPoly(drawn, np.rint(hull).astype(np.int32), 1.0)
            mask = np.maximum(mask, blurred(drawn, soft))
        if self._before is None:
            return mask
        return np.asarray(np.maximum(mask, FADING * self._before.face_hw), np.float32)


def steadied(drawing: Floats, small: Image, before: Before | None) -> Floats:
    """The drawing, mixed with the last one where that can have moved to."""
    if before is None:
        return drawing
    flow_hw2 = dense.flow(dense.grey(small), before.grey_hw)
    carried = dense.pulled(before.frame_hw3, flow_hw2)
    doubt = blurred(np.abs(small.astype(np.float32) - carried).sum(axis=2), 1.5)
    keep = np.interp(doubt, (SURE, LOST), (KEPT, 0.0)).astype(np.float32)[..., None]
    held = dense.pulled(before.drawing_hw3, flow_hw2, sharp=True)
    return np.asarray(keep * held + (1 - keep) * drawing, np.float32)


def reduced(frame: Image) -> Image:
    """The frame with a longer side of SIDE."""
    height, width = frame.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(frame, size, interpolation=way), np.uint8)
