"""Ways in which the next shot shows through: where it is bright, from a point, as paper tears."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.render import ease
from reelwright.render.blend import Buffers, lay, placed, shaped
from reelwright.render.colour import Rgb, clipped
from reelwright.render.layer import Pixels

MIDDLE = (0.5, 0.54)  # of an iris: where subjects stand
BAND = 0.12  # of the way: how broad the colour ahead of a sharp edge is
CRISP = 0.02  # how soft a sharp edge is
COARSE = 4  # what is soft is worked out at a fraction of the size
BURN = 0.16  # of the way: how broad the glow ahead of a burning edge is
FRAYED = 0.03  # and how soft its edge is
RIM = 0.022  # of the width: the white inside of torn paper
SHADOW = 0.05  # of the width: how far torn paper darkens what lies below it
Floats = NDArray[np.float64]


def passed(order: Pixels, share: float, soft: float, out: Pixels | None = None) -> Pixels:
    """Where an edge has been, 255, and where it has not, 0; `order` says when it comes by."""
    steps = np.arange(256) / 255
    curve = np.clip((share * (1 + soft) - steps) / soft, 0, 1) * 255
    return cv2.LUT(order, np.rint(curve).astype(np.uint8), out)


def through(one: Pixels, other: Pixels, mask: Pixels, buffers: Buffers) -> Pixels:
    """The next picture where the mask is 255, this one where it is 0. Writes into both."""
    many = shaped(buffers.free, one)
    cv2.cvtColor(mask, cv2.COLOR_GRAY2BGRA, many)
    cv2.multiply(other, many, other, 1 / 255)
    cv2.bitwise_not(many, many)
    cv2.multiply(one, many, one, 1 / 255)
    return cv2.add(one, other, one)


def edge(
    one: Pixels, other: Pixels, order: Pixels, share: float, soft: float, buffers: Buffers
) -> Pixels:
    """A soft edge that passes over the picture."""
    mask = buffers.alpha[: order.size].reshape(order.shape)
    return through(one, other, passed(order, share, soft, mask), buffers)


def banded(
    one: Pixels, other: Pixels, order: Pixels, share: float, tint: Rgb, buffers: Buffers
) -> Pixels:
    """A sharp edge that passes over the picture, a band of colour ahead of it."""
    ahead = passed(order, min(1.0, share * (1 + BAND)), CRISP)
    behind = passed(order, max(0.0, share * (1 + BAND) - BAND), CRISP)
    many, band = shaped(buffers.free, one), shaped(buffers.moved, one)
    ring = cv2.subtract(ahead, behind)
    red, green, blue = (cv2.convertScaleAbs(ring, alpha=part) for part in clipped(tint))
    cv2.merge([blue, green, red, ring], band)
    for picture, shown in ((one, cv2.bitwise_not(ahead)), (other, behind)):
        cv2.cvtColor(shown, cv2.COLOR_GRAY2BGRA, many)
        cv2.multiply(picture, many, picture, 1 / 255)
        cv2.add(band, picture, band)
    return band


@lru_cache(maxsize=4)
def slanting(width: int, height: int) -> Pixels:
    """When a slanting edge reaches every pixel, 0 first and 255 last."""
    xs = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    ys = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    return _ordered(xs * 0.72 + (1 - ys) * 0.28)


@lru_cache(maxsize=4)
def opening(width: int, height: int) -> Pixels:
    """When a circle that opens about the middle reaches every pixel."""
    xs = np.arange(width, dtype=np.float32)[None, :] - MIDDLE[0] * width
    ys = np.arange(height, dtype=np.float32)[:, None] - MIDDLE[1] * height
    return _ordered(np.hypot(xs, ys))


def luma(one: Pixels, other: Pixels, share: float, buffers: Buffers) -> Pixels:
    """The next shot comes through where it is bright first, and in its shadows last."""
    height, width = other.shape[:2]
    small = cv2.resize(
        cv2.cvtColor(other, cv2.COLOR_BGRA2GRAY),
        (width // COARSE, height // COARSE),
        interpolation=cv2.INTER_AREA,
    )
    spread = _ordered(cv2.GaussianBlur(small, (0, 0), 0.006 * width).astype(np.float32))
    order = cv2.resize(cv2.bitwise_not(spread), (width, height), interpolation=cv2.INTER_LINEAR)
    return edge(one, other, order, ease.smooth(share), 0.35, buffers)


def burn(one: Pixels, other: Pixels, share: float, buffers: Buffers) -> Pixels:
    """The picture burns away as film does that stands before the lamp."""
    order = _burning(one.shape[1], one.shape[0])
    burnt = ease.into(share, 1.6)
    edge(one, other, order, burnt, FRAYED, buffers)
    warm, glow = shaped(buffers.free, one), shaped(buffers.moved, one)
    cv2.cvtColor(order, cv2.COLOR_GRAY2BGRA, warm)
    return cv2.add(one, cv2.LUT(warm, _embers(burnt), glow), one)


def _embers(share: float) -> Pixels:
    """What light each moment of the burning gives, when it has come so far: white to red."""
    ahead = (np.arange(256) / 255 - share * (1 + FRAYED)) / BURN  # 0 at the edge, 1 not yet warm
    heat = np.where(ahead < 0, np.exp(-((ahead / 0.22) ** 2)), np.clip(1 - ahead, 0, 1) ** 2)
    heat = heat * min(1.0, 6 * share, 5 * (1 - share) + 0.2)
    parts = (150 * heat**3, 215 * heat**1.7, 255 * np.minimum(1, 1.35 * heat), 0 * heat)
    return np.stack(parts, axis=1).clip(0, 255).astype(np.uint8)[None]


@lru_cache(maxsize=4)
def _burning(width: int, height: int) -> Pixels:
    """When the fire reaches every pixel: from some spots outwards, along frayed edges."""
    wide, tall = max(8, width // COARSE), max(8, height // COARSE)
    rng = np.random.default_rng(61)
    xs, ys = np.meshgrid(np.arange(wide), np.arange(tall))
    spots = rng.uniform(0.1, 0.9, (5, 2)) * (wide, tall)
    starts = rng.uniform(0.0, 0.3, 5) * wide
    near = np.min(
        [np.hypot(xs - x, ys - y) + s for (x, y), s in zip(spots, starts, strict=True)], 0
    )
    frayed = np.zeros((tall, wide))
    for grain, weight in ((0.16, 0.34), (0.06, 0.18), (0.02, 0.06)):
        noise = cv2.GaussianBlur(rng.standard_normal((tall, wide)), (0, 0), grain * wide)
        frayed += weight * wide * noise / (3 * noise.std())
    order = _ordered((near + frayed).astype(np.float32))
    return cv2.resize(order, (width, height), interpolation=cv2.INTER_CUBIC)


def tear(one: Pixels, other: Pixels, share: float, buffers: Buffers) -> Pixels:
    """This picture is torn from top to bottom, and both halves are pulled away."""
    height, width = one.shape[:2]
    pulled = ease.into(share, 2.2)
    for half in _halves(width, height):
        part = one[:, half.left : half.left + half.free.shape[1]]
        piece = cv2.add(cv2.multiply(part, half.free, scale=1 / 255), half.rim)
        cv2.insertChannel(half.alpha, piece, 3)
        foot = (0.5 * width, 0.9 * height)
        way = placed(
            foot[0] + half.side * 0.80 * width * pulled,
            foot[1],
            turn=half.side * 0.30 * pulled,
            about=(foot[0] - half.left, foot[1]),
        )
        lay(other, piece, way, buffers)
    return other


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a torn picture: what it keeps, its rim of white paper, and its shadow."""

    side: int  # to which it is pulled: -1 is the left
    left: int  # where its first column stands in the frame
    free: Pixels  # the share of the picture that is on it
    rim: Pixels
    alpha: Pixels  # of the paper, and of the shadow beyond it


@lru_cache(maxsize=4)
def _halves(width: int, height: int) -> tuple[Half, Half]:
    """Both sides of a ragged line from top to bottom."""
    rng = np.random.default_rng(62)
    ys = np.arange(height)
    line = np.full(height, 0.5 * width) + 0.10 * width * (0.5 - ys / height)
    for step, reach in ((0.22, 0.055), (0.06, 0.018), (0.012, 0.006), (0.004, 0.003)):
        knots = rng.uniform(-1, 1, int(1 / step) + 3)
        line += reach * width * np.interp(ys / (step * height), np.arange(len(knots)), knots)
    ragged = np.abs(cv2.GaussianBlur(rng.standard_normal((height, 1)), (0, 0), 0.004 * height))
    rim = (RIM * width * (0.25 + ragged[:, 0] / ragged.max()))[:, None]
    ahead = line[:, None] - np.arange(width)[None, :]  # pixels to the left of the tear
    beyond = round((RIM + SHADOW) * width) + 2
    middle = (max(0, int(line.min()) - beyond), min(width, int(line.max()) + 2 * beyond))
    return (
        _half(-1, ahead, rim, 0, middle[1], SHADOW * width),
        _half(1, -ahead, rim * 0.5, middle[0], width, SHADOW * width),
    )


def _half(side: int, inside: Floats, rim: Floats, left: int, right: int, shadow: float) -> Half:
    """The side of a tear that lies where `inside` is above 0, as pixels from the edge."""
    inside = inside[:, left:right]
    kept = np.clip(inside + 0.5, 0, 1)
    white = np.clip(inside + rim + 0.5, 0, 1) - kept
    thrown = 0.42 * np.clip(1 + (inside + rim) / shadow, 0, 1) ** 2
    alpha = np.maximum(kept + white, thrown)
    free = cv2.cvtColor(np.asarray(255 * kept, np.uint8), cv2.COLOR_GRAY2BGRA)
    paper = white[:, :, None] * np.array((236, 246, 250, 255))
    return Half(side, left, free, np.asarray(paper, np.uint8), np.asarray(255 * alpha, np.uint8))


def _ordered(when: NDArray[Any]) -> Pixels:
    """Any measure of when, as levels: 0 first and 255 last."""
    low, high = float(when.min()), float(when.max())
    return np.asarray((when - low) / max(1e-6, high - low) * 255, np.uint8)
