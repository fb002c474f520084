"""A picture's style without a network: its colours, and its strokes as wide as its own are."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.dense import Floats

# H rows, W columns, 3 of Lab: light, green to red, blue to yellow.

READ_SIDE = 256  # of the picture, longer side
STROKE = 7  # pixels; of the four squares about a pixel whose evenest is taken
FIRM = 8  # how strictly the evenest
LINE = 0.35  # how dark a stroke's edge becomes
SLACK = 4.0  # squared levels; a picture of one colour has no spread
STEEPEST = 2.5  # times that colours may be spread: more is noise
LIGHT = np.array([2.55, 1, 1], np.float32)
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """The colours of a picture: their middle, and how they lie about it."""

    mean_3: Matrix
    cov_33: Matrix

    @classmethod
    def of(cls, picture: Image) -> "Spread":
        lab = lab_of(picture).reshape(-1, 3).astype(np.float64)
        return cls(lab.mean(axis=0), np.cov(lab, rowvar=False) + SLACK * np.eye(3))


@dataclass(slots=True)
class Palette:
    """Paints in the colours of a picture."""

    style: Image
    _spread: Spread = field(init=False)
    _turn_33: Floats = field(init=False, default_factory=lambda: np.eye(3, dtype=np.float32))
    _shift_3: Floats = field(init=False, default_factory=lambda: np.zeros(3, np.float32))

    def __post_init__(self) -> None:
        scale = min(1.0, READ_SIDE / max(self.style.shape[:2]))
        small = cv2.resize(self.style, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._spread = Spread.of(np.asarray(small, np.uint8))

    def begin(self, frame: Image, amount: float) -> None:
        """How this shot's colours become the picture's; for all of the shot."""
        own = Spread.of(frame)
        turn_33 = (1 - amount) * np.eye(3) + amount * transport(own.cov_33, self._spread.cov_33)
        middle_3 = (1 - amount) * own.mean_3 + amount * self._spread.mean_3
        self._turn_33 = turn_33.astype(np.float32)
        self._shift_3 = (middle_3 - turn_33 @ own.mean_3).astype(np.float32)

    def paint(self, frame: Image) -> Floats:
        lab = lab_of(frame) @ self._turn_33.T + self._shift_3
        stroked = strokes(np.asarray(lab, np.float32))
        bgr = cv2.cvtColor(np.asarray(stroked / LIGHT, np.float32), cv2.COLOR_LAB2BGR)
        return np.asarray(np.clip(bgr, 0, 1) * 255, np.float32)


def transport(own_33: Matrix, wanted_33: Matrix) -> Matrix:
    """The linear map that makes colours lie as wanted and moves them least (Pitie 2007)."""
    root, back = power(own_33, 0.5), power(own_33, -0.5)
    turn_33 = back @ power(root @ wanted_33 @ root, 0.5) @ back
    steepness = float(np.linalg.norm(turn_33, 2))
    return turn_33 * min(1.0, STEEPEST / steepness)


def power(symmetric: Matrix, exponent: float) -> Matrix:
    values, vectors = np.linalg.eigh(symmetric)
    return np.asarray(vectors * np.maximum(values, 1e-9) ** exponent @ vectors.T)


def strokes(lab_HW3: Floats) -> Floats:
    """Even areas with clear edges: each pixel takes the evenest square that touches it."""
    half = STROKE // 2
    light = np.ascontiguousarray(lab_HW3[..., 0])
    mean = mean_about(lab_HW3)
    uneven = np.sqrt(np.maximum(mean_about(light * light) - mean[..., 0] ** 2, 0))
    summed, weights = np.zeros_like(mean), np.full(light.shape, 1e-12, np.float32)
    for across, down in ((-half, -half), (half, -half), (-half, half), (half, half)):
        weight = (1 + moved(uneven, across, down)) ** -FIRM
        summed += moved(mean, across, down) * weight[..., None]
        weights += weight
    painted = summed / weights[..., None]
    shade = np.ascontiguousarray(painted[..., 0])
    slopes = (cv2.Sobel(shade, cv2.CV_32F, *way, scale=0.25) for way in ((1, 0), (0, 1)))
    painted[..., 0] *= 1 - LINE * np.clip(np.hypot(*slopes) / 30, 0, 1)
    return np.asarray(painted, np.float32)


def mean_about(picture: Floats) -> Floats:
    """Of the square about each pixel."""
    size = (STROKE, STROKE)
    return np.asarray(cv2.blur(picture, size, borderType=cv2.BORDER_REFLECT_101), np.float32)


def moved(picture: Floats, across: int, down: int) -> Floats:
    shift = np.array([[1, 0, across], [0, 1, down]], np.float32)
    size = picture.shape[1::-1]
    return np.asarray(
        cv2.warpAffine(picture, shift, size, None, cv2.INTER_NEAREST, cv2.BORDER_REFLECT_101)
    )


def lab_of(picture: Image) -> Floats:
    """Light from 0 to 255, so that it weighs as much as colour."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return np.asarray(lab * LIGHT, np.float32)
