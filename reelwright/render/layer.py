"""A cached picture with a place in depth: what a scene is made of and what every frame moves."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]  # uint8; what OpenCV says that it returns is wider than what it does


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """What a layer does by itself, in pixels and seconds. The same time gives the same place."""

    drift: tuple[float, float] = (0.0, 0.0)  # a second
    sway: tuple[float, float] = (0.0, 0.0)
    tilt: float = 0.0  # radians to either side
    period_s: float = 4.0
    phase: float = 0.0
    pulse: float = 0.0  # share of its strength that comes and goes
    strikes_s: float = 0.0  # lightning: seen for moments, so far apart

    def offset(self, t_s: float) -> tuple[float, float]:
        wave = math.sin(2 * math.pi * (t_s / self.period_s + self.phase))
        swing = math.sin(2 * math.pi * (t_s / self.period_s + self.phase + 0.25))
        return self.drift[0] * t_s + self.sway[0] * wave, self.drift[1] * t_s + self.sway[1] * swing

    def angle(self, t_s: float) -> float:
        return self.tilt * math.sin(2 * math.pi * (t_s / self.period_s + self.phase))

    def strength(self, t_s: float) -> float:
        if self.strikes_s:
            return struck(t_s, self.strikes_s, self.phase)
        wave = math.sin(2 * math.pi * (t_s / self.period_s + self.phase))
        return 1.0 - self.pulse * (0.5 + 0.5 * wave)


def struck(t_s: float, every_s: float, phase: float) -> float:
    """How bright lightning is: a stroke, a second one right after it, and dark until the next."""
    since_s = (t_s + (1 - phase) * every_s) % every_s
    second = math.exp(-(since_s - 0.20) / 0.12) if since_s >= 0.20 else 0.0
    bright = math.exp(-since_s / 0.07) + 0.7 * second
    return min(1.0, bright) if bright > 0.02 else 0.0


STILL = Motion()


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """Premultiplied BGRA pixels whose top left corner stands at (x, y) of the frame."""

    pixels: Pixels
    x: float
    y: float
    depth: float  # 0 infinitely far, 1 where the subject stands, more is nearer
    motion: Motion = STILL
    adds: bool = False  # light, which is added and hides nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Particles:
    """Many small things that fall or float in front of a scene: snow, rain, sparks, bubbles."""

    count: int
    colour: tuple[int, int, int]  # BGR
    size: tuple[float, float]  # radius in pixels, from and to
    velocity: tuple[float, float]  # pixels a second of the nearest
    sway: float = 0.0
    streak_s: float = 0.0  # drawn as long as it moves in this time
    twinkle: bool = False
    seed: int = 0
    behind: bool = False  # the subject, not before it
    area: tuple[float, float] = (0.0, 1.0)  # shares of the height between which they live


def trimmed(pixels: Pixels) -> tuple[Pixels, int, int] | None:
    """The part that holds anything, with a clear border where it was cut, and where that lies."""
    alpha = pixels[:, :, 3]
    rows = np.flatnonzero(alpha.any(axis=1))
    if not len(rows):
        return None
    columns = np.flatnonzero(alpha[rows[0] : rows[-1] + 1].any(axis=0))
    top, bottom = max(0, rows[0] - 1), rows[-1] + 2
    left, right = max(0, columns[0] - 1), columns[-1] + 2
    return np.ascontiguousarray(pixels[top:bottom, left:right]), int(left), int(top)
