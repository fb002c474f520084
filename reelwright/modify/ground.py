"""The shadow of performers in their new place: under their feet where these are seen."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.modify.light import Light
from reelwright.modify.performance import Floats, Performance

HEELS, TOES = (29, 30), (31, 32)  # of the points of a body
SURE = 0.5  # how surely a point is seen that is built on
SMALL = 4  # times smaller: shadows are soft
AROUND = 0.07  # how dark it is close behind somebody
CAST, CONTACT = 0.42, 0.72  # ... where their shadow falls, and where they touch the ground
FLAT = 0.24  # of their height, that their shadow is long
Places = NDArray[np.float64]  # feet, each its x, its y and half its width


def feet(performance: Performance, number: int) -> Places:
    """Where somebody stands on the ground, of those whose feet are in the picture."""
    width, height = performance.footage.width, performance.footage.height
    found = []
    for one in performance.performers:
        body_P3 = one.body_NP3[number]
        tall = float(one.box_N4[number, 3] - one.box_N4[number, 1])
        for heel, toe in zip(HEELS, TOES, strict=True):
            pair = body_P3[[heel, toe]]
            if not np.isfinite(pair).all() or float(pair[:, 2].min()) < SURE:
                continue
            (x, y), low = pair[:, :2].mean(axis=0), float(pair[:, 1].max())
            if 0 <= x < width and y < height and low < height - 2:
                half = 0.5 * abs(float(pair[0, 0] - pair[1, 0])) + 0.035 * tall
                found.append((float(x), low, half))
    return np.array(found, np.float64).reshape(-1, 3)


def light_left(alpha: Floats, standing: Places, light: Light, unit: float) -> Floats:
    """How much of the light each place of the new background keeps behind and below people."""
    height, width = alpha.shape
    size = (max(2, width // SMALL), max(2, height // SMALL))
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    unit = unit / SMALL
    dark = AROUND * moved(
        cv2.GaussianBlur(small, (0, 0), 0.045 * unit), -0.05 * light.side * unit, 0.025 * unit
    )
    if len(standing):
        dark = np.maximum(dark, CAST * _fallen(small, standing / SMALL, light, unit))
        dark = np.maximum(dark, CONTACT * _touched(small.shape, standing / SMALL))
    return np.asarray(
        1 - cv2.resize(dark, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def moved(picture: NDArray[Any], x: float, y: float) -> Floats:
    """The same, further to the right and down."""
    to = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    return np.asarray(
        cv2.warpAffine(picture, to, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )


def _fallen(small: NDArray[Any], standing: Places, light: Light, unit: float) -> Floats:
    """The silhouette laid down on the ground, away from the light, towards whoever looks."""
    line = float(standing[:, 1].max())
    lean = -0.8 * light.side
    # a place of the shadow, d below the line of the feet, is that of the body d / FLAT above it
    back = np.array([[1.0, -lean, lean * line], [0.0, -1 / FLAT, line + line / FLAT]])
    laid = cv2.warpAffine(
        small, back, small.shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    soft = cv2.GaussianBlur(laid, (0, 0), max(0.6, 0.012 * unit))
    rows = np.arange(small.shape[0], dtype=np.float32)[:, None]
    fades = np.exp(-np.maximum(rows - line, 0) / (0.16 * unit))
    return np.asarray(soft * fades, np.float32)


def _touched(shape: tuple[int, ...], standing: Places) -> Floats:
    """Soft dark spots under the feet."""
    dark = np.zeros(shape[:2], np.float32)
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    for x, y, half in standing.tolist():
        far = ((xs - x) / max(half, 1.0)) ** 2 + ((ys - y) / max(0.28 * half, 0.7)) ** 2
        dark = np.maximum(dark, np.exp(-0.9 * far))
    return np.asarray(dark, np.float32)
