"""A photograph that nobody took: a thing on a table, in all the detail of a real one."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

# H high, W wide.

Floats = NDArray[np.float32]
OCTAVES = 7


def photograph(width: int, height: int, *, seed: int) -> NDArray[np.uint8]:
    """BGR. Another seed is another thing in another light; it stands in front, low and clear."""
    rng = np.random.default_rng(seed)
    xs, ys = np.meshgrid(
        np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
    )
    hue = rng.uniform(0, 180)
    scene = _room(xs, ys, hue, rng)
    covered, thing = _thing(xs, ys, width / height, hue, rng)
    picture = scene * (1 - covered[..., None]) + thing * covered[..., None]
    picture += np.asarray(rng.normal(0, 0.012, picture.shape), np.float32)  # the sensor's own noise
    return np.asarray(np.clip(255 * picture, 0, 255), np.uint8)


def _room(xs_HW: Floats, ys_HW: Floats, hue: float, rng: np.random.Generator) -> Floats:
    """Lights out of focus above, wood with its grain below."""
    height, width = xs_HW.shape
    cloudy = clouds(width, height, rng)
    wall = _coloured(hue + 100, 0.35, 0.30 + 0.30 * (1 - ys_HW) + 0.16 * (cloudy - 0.5))
    for _ in range(14):
        x, y, radius = rng.uniform(0, 1), rng.uniform(0, 0.55), rng.uniform(0.02, 0.07)
        away = np.hypot(xs_HW - x, (ys_HW - y) * height / width)
        light = np.clip((radius - away) / 0.01, 0, 1) * rng.uniform(0.10, 0.28)
        wall += light[..., None] * _coloured(hue + rng.uniform(60, 140), 0.3, np.float32(1.0))
    grain = np.sin(60 * ys_HW + 9 * clouds(width, height, rng) + 2 * xs_HW)
    wood = _coloured(14.0, 0.55, 0.38 + 0.05 * grain + 0.10 * (cloudy - 0.5))
    table = np.clip((ys_HW - 0.70) / 0.012, 0, 1)[..., None]
    return np.asarray(wall * (1 - table) + wood * table, np.float32)


def _thing(
    xs_HW: Floats, ys_HW: Floats, aspect: float, hue: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """How much of every pixel a glazed ball covers, and what it looks like there."""
    radius = 0.30
    x, y = (xs_HW - 0.5) / radius, (ys_HW - 0.66) / (radius * aspect)
    away = np.hypot(x, y)
    depth = np.sqrt(np.clip(1 - away * away, 0, 1))
    lit = np.clip(0.35 + 0.75 * (0.55 * depth - 0.5 * y - 0.45 * x), 0.05, 1.2)
    turn = np.arctan2(x, depth + 1e-3)
    glaze = np.sin(11 * np.arcsin(np.clip(y, -1, 1)) + 1.2 * np.sin(5 * turn + hue))
    speckle = clouds(xs_HW.shape[1], xs_HW.shape[0], rng)
    tone = lit * (0.72 + 0.20 * np.sign(glaze) + 0.5 * (speckle - 0.5))
    ball = _coloured(hue, 0.78, np.asarray(tone, np.float32))
    shine = np.exp(-((x + 0.38) ** 2 + (y + 0.42) ** 2) / 0.018)
    covered = np.clip((1 - away) * 0.5 * xs_HW.shape[1] * radius, 0, 1)
    return np.asarray(covered, np.float32), np.asarray(ball + 0.8 * shine[..., None], np.float32)


def clouds(width: int, height: int, rng: np.random.Generator) -> Floats:
    """Noise with detail at every size, 0 to 1."""
    whole = np.zeros((height, width), np.float32)
    for octave in range(OCTAVES):
        cells = (min(width, 3 << octave), min(height, math.ceil((3 << octave) * height / width)))
        rough = rng.random((cells[1], cells[0]), np.float32)
        whole += cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC) / (1 << octave)
    low, high = float(whole.min()), float(whole.max())
    return np.asarray((whole - low) / (high - low), np.float32)


def _coloured(hue: float, saturation: float, level: Floats | np.float32) -> Floats:
    """BGR of one hue, brighter and darker."""
    hsv = np.array([[[hue % 180 * 2, saturation, 1.0]]], np.float32)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0] * np.asarray(level)[..., None])
