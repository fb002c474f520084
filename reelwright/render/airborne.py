"""What flies through the air before a scene: drawn once, moved in every frame."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.render.blend import Buffers, lay
from reelwright.render.camera import Pose
from reelwright.render.layer import Pixels, struck

Floats = NDArray[np.float64]


class Airborne(Protocol):
    """Something between the camera and the scene. The same time gives the same place."""

    @property
    def behind(self) -> bool:
        """Whether it is farther than the subject."""
        ...

    def draw(self, canvas: Pixels, t_s: float, at: Pose, buffers: Buffers) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """Drops or flakes of one depth on a picture that repeats in both directions."""

    pixels: Pixels  # premultiplied BGRA
    free: Pixels  # what they let through
    velocity: tuple[float, float]  # pixels a second
    sway: float = 0.0
    depth: float = 1.0
    behind: bool = False

    def draw(self, canvas: Pixels, t_s: float, at: Pose, buffers: Buffers) -> None:
        height, width = self.pixels.shape[:2]
        swung = self.sway * math.sin(1.1 * t_s + 5 * self.depth)
        left = round(self.velocity[0] * t_s + swung - at.x * self.depth) % width - width
        top = round(self.velocity[1] * t_s - at.y * self.depth) % height - height
        for y in range(top, canvas.shape[0], height):
            for x in range(left, canvas.shape[1], width):
                self._lay(canvas, x, y)

    def _lay(self, canvas: Pixels, x: int, y: int) -> None:
        """One of its copies, whole pixels alone: what is so small and quick needs no parts."""
        height, width = self.pixels.shape[:2]
        left, right = max(0, x), min(canvas.shape[1], x + width)
        top, bottom = max(0, y), min(canvas.shape[0], y + height)
        if left >= right or top >= bottom:
            return
        region = canvas[top:bottom, left:right]
        part = (slice(top - y, bottom - y), slice(left - x, right - x))
        cv2.multiply(region, self.free[part], region, 1 / 255)
        cv2.add(region, self.pixels[part], region)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flight:
    """Leaves that tumble past, each on a way of its own."""

    sprites: tuple[Pixels, ...]
    count: int
    velocity: tuple[float, float]  # pixels a second of the nearest
    seed: int
    behind: bool = False

    def draw(self, canvas: Pixels, t_s: float, at: Pose, buffers: Buffers) -> None:
        height, width = canvas.shape[:2]
        places, near, phase = _scattered(self.seed, self.count)
        room = float(max(self.sprites[0].shape))
        for k in range(self.count):
            speed = 0.5 + 0.5 * near[k]
            gust = 1 + 0.25 * math.sin(0.9 * t_s + 6.28 * phase[k]) / 0.9
            way_x, way_y = width + 2 * room, height + 2 * room
            x = places[k, 0] * way_x + self.velocity[0] * speed * (t_s + gust) - at.x * speed
            y = places[k, 1] * way_y + self.velocity[1] * speed * t_s - at.y * speed
            y += 0.05 * height * math.sin(1.7 * t_s + 6.28 * phase[k])
            sprite = self.sprites[k % len(self.sprites)]
            turn = (1.5 + 2 * phase[k]) * t_s + 6.28 * places[k, 1]
            flip = math.cos((2.2 + 2 * phase[k]) * t_s + 6.28 * near[k])
            lay(
                canvas,
                sprite,
                _tumbled(sprite, x % way_x - room, y % way_y - room, speed, turn, flip),
                buffers,
            )


def _tumbled(
    sprite: Pixels, x: float, y: float, scale: float, turn: float, flip: float
) -> NDArray[np.float64]:
    """A sprite about its middle at (x, y), turned in the plane and out of it."""
    height, width = sprite.shape[:2]
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    thin = math.copysign(max(0.18, abs(flip)), flip)
    linear = np.array([[cos * thin, -sin], [sin * thin, cos]])
    middle = linear @ (0.5 * width, 0.5 * height)
    return np.column_stack([linear, (x - middle[0], y - middle[1])])


@dataclass(frozen=True, kw_only=True, slots=True)
class Flash:
    """The light of a lightning on all that lies behind the subject."""

    colour: tuple[float, float, float]  # BGR that is added at its brightest
    every_s: float
    phase: float
    behind: bool = True

    def draw(self, canvas: Pixels, t_s: float, at: Pose, buffers: Buffers) -> None:
        strength = struck(t_s, self.every_s, self.phase)
        if strength > 0.02:
            light = np.array([*(strength * part for part in self.colour), 0.0])
            cv2.add(canvas, light, canvas)


@lru_cache(maxsize=64)
def _scattered(seed: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Where things start, how near each is, and where in its swing."""
    rng = np.random.default_rng(seed)
    return rng.random((count, 2)), rng.random(count), rng.random(count)
