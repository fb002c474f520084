"""What a style does to a layer once it is drawn: paper with a shadow, printed dots."""

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.render.layer import Pixels
from reelwright.render.look import Look


def finished(pixels: Pixels, look: Look, u: float, depth: float) -> tuple[Pixels, int]:
    """The layer in the style's material, and by how many pixels it grew on every side."""
    if look.surface == "paper":
        return _paper(pixels, u, depth)
    if look.surface == "dots":
        return _dotted(pixels, u), 0
    return pixels, 0


def backdrop(pixels: Pixels, look: Look, u: float) -> Pixels:
    """The opaque layer behind all others in the style's material."""
    if look.surface == "paper":
        return on_paper(pixels, cv2.extractChannel(pixels, 3))
    if look.surface == "dots":
        return _dotted(pixels, u)
    return pixels


def _paper(pixels: Pixels, u: float, depth: float) -> tuple[Pixels, int]:
    """Fibres on it, a pale cut edge around it and a soft shadow beneath it."""
    grow = math.ceil(0.03 * u)
    pixels = cv2.copyMakeBorder(pixels, grow, grow, grow, grow, cv2.BORDER_CONSTANT)
    alpha = cv2.extractChannel(pixels, 3)
    edge = max(1, round(0.0045 * u))
    rim = cv2.subtract(alpha, cv2.erode(alpha, np.ones((edge + 1, edge + 1), np.uint8)))
    pixels = on_paper(pixels, alpha)
    cv2.add(pixels, cv2.cvtColor(cv2.convertScaleAbs(rim, alpha=0.22), cv2.COLOR_GRAY2BGRA), pixels)
    cv2.min(pixels, cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGRA), pixels)
    cv2.insertChannel(alpha, pixels, 3)
    return _with_shadow(pixels, alpha, 0.012 * u * (0.6 + depth), 0.008 * u, 0.42), grow


def on_paper(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Premultiplied colour with fibres in it."""
    fibre = cv2.cvtColor(fibres(*alpha.shape), cv2.COLOR_GRAY2BGRA)
    return cv2.multiply(pixels, fibre, scale=1 / 250)


def _with_shadow(
    pixels: Pixels, alpha: Pixels, drop: float, blur: float, strength: float
) -> Pixels:
    small = cv2.resize(alpha, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.6, blur / 4))
    height, width = alpha.shape
    shift = np.array([[4, 0, 0.5 * drop], [0, 4, drop]], np.float32)
    shadow = cv2.warpAffine(small, shift, (width, height), flags=cv2.INTER_LINEAR)
    under = cv2.multiply(shadow, cv2.bitwise_not(alpha), scale=strength / 255)
    cv2.insertChannel(cv2.add(alpha, under), pixels, 3)
    return pixels


def _dotted(pixels: Pixels, u: float) -> Pixels:
    """Printed dots that grow towards the lower right of the layer."""
    height, width = pixels.shape[:2]
    ramp = np.add.outer(
        np.linspace(-0.25, 0.85, height, dtype=np.float32),
        np.linspace(-0.35, 0.35, width, dtype=np.float32),
    )
    screen = halftone(height, width, max(3.0, 0.016 * u))
    shade = np.where(screen < ramp * 0.55, np.uint8(205), np.uint8(255))
    shades = cv2.cvtColor(shade, cv2.COLOR_GRAY2BGRA)
    return cv2.multiply(pixels, shades, scale=1 / 255)


def halftone(height: int, width: int, pitch: float) -> NDArray[np.float32]:
    """0 in the middle of every dot of a screen at 45 degrees, 1 between dots."""
    # cos(x + y) cos(x - y) is half of cos 2x + cos 2y: one cosine a row and one a column.
    turn = 2 * math.pi * math.sqrt(0.5) / pitch
    ys, xs = (0.5 * np.cos(np.arange(side) * turn) for side in (height, width))
    waves = np.add.outer(ys.astype(np.float32), xs.astype(np.float32))
    return np.asarray(1 - np.abs(waves), np.float32)


def fibres(height: int, width: int) -> Pixels:
    """Paper as light sees it: about 235, with fine fibres and slow clouds."""
    tile = _fibre_tile()
    down, across = math.ceil(height / len(tile)), math.ceil(width / len(tile))
    return np.ascontiguousarray(np.tile(tile, (down, across))[:height, :width])


@lru_cache(maxsize=1)
def _fibre_tile() -> Pixels:
    size = 512
    noise = np.random.default_rng(11).standard_normal((size, size)).astype(np.float32)
    wrap = cv2.BORDER_WRAP
    padded = cv2.copyMakeBorder(noise, 64, 64, 64, 64, wrap)
    fine = cv2.GaussianBlur(padded, (0, 0), 0.8) + cv2.GaussianBlur(padded, (0, 0), 3, sigmaY=0.6)
    slow = cv2.GaussianBlur(padded, (0, 0), 14)
    sheet = (fine / fine.std() * 4.5 + slow / slow.std() * 4.0)[64:-64, 64:-64]
    return np.asarray(np.clip(235 + sheet, 205, 255), np.uint8)
