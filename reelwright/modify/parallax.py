"""How a new place moves behind a performer: after the measured camera, what is far less of it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.modify.performance import Performance

# N frames. A camera's move is four numbers: pixels right and down at the middle of the picture,
# growth, and turn in radians, each against the middle of what the shot does.

Moves = NDArray[np.float64]

FAR = 0.62  # of the camera's shift that what is infinitely far makes: much of it is turning
STILL_PX = 1.2  # a camera that moves the whole shot no further stands: the rest is measuring
SMOOTH = 1.0  # frames over which the measured path is smoothed


@dataclass(frozen=True, slots=True)
class Move:
    """What the camera did to the picture, in one frame."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0


STANDS = Move()


@dataclass(frozen=True, slots=True)
class Parallax:
    """The camera's path through a take."""

    moves_N4: Moves

    @classmethod
    def of(cls, performance: Performance) -> "Parallax":
        """From the homographies that were measured, shot by shot."""
        known = performance.footage
        middle = (0.5 * known.width, 0.5 * known.height)
        moves_N4 = np.array([moved(camera, middle) for camera in performance.camera_N33])
        moves_N4 = moves_N4.reshape(-1, 4)
        number = 0
        while number < known.num_frames:
            shot = performance.shot_of(number)
            part = slice(shot.start, shot.stop)
            moves_N4[part] = settled(moves_N4[part], math.hypot(*middle))
            number = shot.stop
        return cls(moves_N4)

    def move(self, number: int) -> Move:
        x, y, zoom, roll = self.moves_N4[number].tolist()
        return Move(x, y, math.exp(zoom), roll)

    @property
    def stands(self) -> bool:
        """Whether the camera never moves."""
        return not self.moves_N4.any()

    @property
    def reach(self) -> tuple[float, float]:
        """The furthest that it goes to the side, and up or down."""
        x, y = np.abs(self.moves_N4[:, :2]).max(axis=0).tolist()
        return x, y

    @property
    def shrinks(self) -> float:
        """The smallest growth: below 1 more is seen than of a standing camera."""
        return math.exp(float(self.moves_N4[:, 2].min()))

    @property
    def rolls(self) -> float:
        return float(np.abs(self.moves_N4[:, 3]).max())


def moved(camera_33: NDArray[np.floating], middle: tuple[float, float]) -> tuple[float, ...]:
    """Shift at the middle of the picture, logarithm of growth, and turn, of a homography."""
    if not np.isfinite(camera_33).all():
        return (math.nan,) * 4
    x, y = middle
    (a, b, c), (d, e, f), (g, h, i) = camera_33.astype(np.float64).tolist()
    w = g * x + h * y + i
    to_x, to_y = (a * x + b * y + c) / w, (d * x + e * y + f) / w
    (j00, j01), (j10, j11) = (  # what it does to small steps there
        ((a - g * to_x) / w, (b - h * to_x) / w),
        ((d - g * to_y) / w, (e - h * to_y) / w),
    )
    area = j00 * j11 - j01 * j10
    if area <= 0:
        return (math.nan,) * 4
    return to_x - x, to_y - y, 0.5 * math.log(area), math.atan2(j10 - j01, j00 + j11)


def settled(moves_N4: Moves, reach: float) -> Moves:
    """A shot's path about its middle, without gaps and trembling; nothing where it stands.

    `reach` is how far a corner is from the middle: there growth and turn are pixels, too.
    """
    places = np.arange(len(moves_N4))
    filled = np.zeros_like(moves_N4)
    for column in range(4):
        known = np.isfinite(moves_N4[:, column])
        if known.any():
            filled[:, column] = np.interp(places, places[known], moves_N4[known, column])
    low, high = filled.min(axis=0), filled.max(axis=0)
    if float(((high - low) * (1, 1, reach, reach)).max()) <= STILL_PX:
        return np.zeros_like(moves_N4)
    smooth = cv2.GaussianBlur(
        filled, (1, 0), sigmaX=0.01, sigmaY=SMOOTH, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(smooth - 0.5 * (low + high), np.float64)


def share(depth: float) -> float:
    """How much of the camera's shift a thing makes: 0 is infinitely far, 1 where people stand."""
    return FAR + (1 - FAR) * depth


def view(
    move: Move, depth: float, at: tuple[float, float], middle: tuple[float, float]
) -> NDArray[np.float64]:
    """From a picture's pixels to the frame's: `at` stands in the middle while the camera rests."""
    part = share(depth)
    zoom = 1 + (move.zoom - 1) * part
    cos, sin = zoom * math.cos(move.roll), zoom * math.sin(move.roll)
    x, y = middle[0] + part * move.x, middle[1] + part * move.y
    return np.array(
        [[cos, -sin, x - cos * at[0] + sin * at[1]], [sin, cos, y - sin * at[0] - cos * at[1]]]
    )
