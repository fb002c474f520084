"""A style's way with photographs: its colours, its inks, its paper.

`Regrade` works on one colour and is what a painted scene goes through; here is the same for a
picture, in whole-picture operations, so that it can be done to every frame of a film.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.domain import AssetKind
from reelwright.render.colour import LUMA, Regrade, along
from reelwright.render.layer import Pixels
from reelwright.render.look import Look
from reelwright.render.surface import backdrop

HOLD = {AssetKind.PHOTO: 0.52, AssetKind.FILM: 0.52, AssetKind.CUTOUT: 0.16}  # of a style's tint
LIFT = {AssetKind.PHOTO: 0.75, AssetKind.FILM: 0.75, AssetKind.CUTOUT: 0.25}
LEVELS = 2  # times as many steps of brightness as paint has: a photograph's forms lie in its tones
STRETCH = 1.3  # the most by which a flat photograph is stretched
WHITE = 245.0  # where the brightest hundredth of a photograph should lie


@dataclass(frozen=True, slots=True)
class Developer:
    """Turns pictures of one kind into pictures of one style."""

    look: Look
    grade: Regrade
    u: float
    kind: AssetKind
    exposure: tuple[float, float] = (1.0, 0.0)  # one for all pictures, so that no film flickers

    @classmethod
    def of(
        cls, look: Look, grade: Regrade, u: float, kind: AssetKind, sample: Pixels
    ) -> "Developer":
        """For pictures like the sample.

        Photographs keep more of their own colours than paint does, single things most.
        """
        if kind is AssetKind.LOGO:
            return cls(look, Regrade(), u, kind)
        mild = replace(
            grade,
            hold=HOLD[kind] * grade.hold,
            lift=LIFT[kind] * grade.lift,
            saturation=grade.saturation + (1 - grade.saturation) * (1 - 1.4 * HOLD[kind]),
            contrast=1 + HOLD[kind] * (grade.contrast - 1),
            gain=1 - 0.5 * (1 - grade.gain),
            levels=LEVELS * grade.levels,
        )
        bare = kind is AssetKind.CUTOUT
        return cls(look, mild, u, kind, (1.0, 0.0) if bare else exposure(sample))

    def __call__(self, picture: Pixels) -> Pixels:
        """Premultiplied BGRA in the style; its alpha stays."""
        if self.kind is AssetKind.LOGO:
            return picture
        alpha = cv2.extractChannel(picture, 3)
        bgr = cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR)
        if self.exposure != (1.0, 0.0):
            bgr = cv2.convertScaleAbs(bgr, alpha=self.exposure[0], beta=self.exposure[1])
        if self.look.ink and self.look.levels_only:
            bgr = inked(bgr, self.u)
        flat = cv2.cvtColor(graded(bgr, self.grade), cv2.COLOR_BGR2BGRA)
        if self.kind is not AssetKind.CUTOUT:
            flat = backdrop(flat, self.look, self.u)
        else:
            flat = cv2.multiply(flat, cv2.merge([alpha] * 4), scale=1 / 255)
        return cv2.insertChannel(alpha, flat, 3)


def graded(bgr: Pixels, grade: Regrade) -> Pixels:
    """What `grade` makes of every pixel, to within the rounding of eight bits."""
    luma = np.array(LUMA[::-1], np.float64)
    matrix = grade.contrast * (grade.saturation * np.eye(3) + (1 - grade.saturation) * luma)
    pivot = np.full((3, 1), 255 * (0.5 - 0.5 * grade.contrast))
    picture = cv2.transform(bgr, np.hstack([matrix, pivot]))
    if grade.levels:
        picture = _stepped(picture, grade.levels)
    if grade.stops:
        bright = cv2.transform(picture, luma[None, :])
        ramp = [along(grade.stops, level / 255)[::-1] for level in range(256)]
        table = np.rint(255 * np.array(ramp)).astype(np.uint8).reshape(256, 1, 3)
        tint = cv2.LUT(cv2.merge([bright] * 3), table)
        picture = cv2.addWeighted(picture, 1 - grade.hold, tint, grade.hold, 0)
    if grade.lift or grade.gain != 1:
        table = np.clip(255 * grade.lift + np.arange(256) * (grade.gain - grade.lift), 0, 255)
        picture = cv2.LUT(picture, np.rint(table).astype(np.uint8))
    return picture


def _stepped(picture: Pixels, levels: int) -> Pixels:
    """Brightness in few steps; hue stays."""
    bright = picture.max(axis=2)
    values = np.arange(256) / 255
    steps = np.maximum(1, np.rint(values * levels)) / levels
    table = np.where(values < 0.02, 1.0, steps / np.maximum(values, 1e-6)).astype(np.float32)
    share = cv2.merge([cv2.LUT(bright, table)] * 3)
    return cv2.multiply(picture, share, dtype=cv2.CV_8U)


def exposure(picture: Pixels) -> tuple[float, float]:
    """Gain and offset that draw a flat picture out, so that those of several cameras fit."""
    sample = cv2.cvtColor(np.ascontiguousarray(picture[::7, ::7, :3]), cv2.COLOR_BGR2GRAY)
    low, high = (float(level) for level in np.quantile(sample, (0.01, 0.99)))
    gain = min(STRETCH, WHITE / max(1.0, high - 0.5 * low))
    return (gain, max(-40.0, -0.5 * gain * low)) if gain > 1.02 else (1.0, 0.0)


def inked(bgr: Pixels, u: float) -> Pixels:
    """Smoothed, with a drawn line wherever light changes suddenly: a photograph as a drawing."""
    half = cv2.resize(bgr, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = cv2.bilateralFilter(half, 5, 42, 0.004 * u)  # at full size it takes four times as long
    smooth = cv2.resize(half, bgr.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(smooth, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine, wide = max(0.7, 0.0016 * u), max(1.1, 0.0028 * u)
    ridge = cv2.GaussianBlur(grey, (0, 0), fine) - 0.985 * cv2.GaussianBlur(grey, (0, 0), wide)
    line: NDArray[np.float32] = np.clip(1 + 0.42 * np.minimum(ridge - 0.2, 0), 0.12, 1)
    lines = cv2.cvtColor(cv2.convertScaleAbs(line, alpha=255), cv2.COLOR_GRAY2BGR)
    return cv2.multiply(smooth, lines, scale=1 / 255)
