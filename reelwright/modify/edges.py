"""The performer's own colour where edges are half transparent: without the old place's in it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.performance import Floats

# A pixel of an edge is alpha of the performer's colour and the rest of the old place's. Both are
# known nearby, where alpha is 1 and 0; what fits the pixel itself best lies on a line through them.

Numbers = NDArray[Any]  # float32; what OpenCV says that it returns is wider

NEAR, WIDE = 0.008, 0.05  # of the short side, over which colours are gathered: first the nearest
FAINT = 1e-3  # how little the wider counts where anything is near
SPILL = 0.13  # ... and so far from the old place its tint is looked for on performers
TINTED = 30.0  # levels, from which on a tint is thrown on what is near
LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # of blue, green and red
OPAQUE = 0.985  # from here on a pixel is the performer's own
SURE = 0.9  # ... and from here on its colour tells what theirs is


def decontaminated(frame: Image, alpha: Floats, unit: float) -> Image:
    """The frame with the performer's colour alone wherever alpha says that they are at all.

    `unit` is the short side of the whole frame, of which this may be a part.
    """
    edge = cv2.inRange(alpha, 1e-3, OPAQUE)
    if not edge.any():
        return frame
    size = (max(1, frame.shape[1] // 2), max(1, frame.shape[0] // 2))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    share = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    solid = np.asarray(np.maximum(share - SURE, 0), np.float32)  # what is nearly all theirs
    clear = np.asarray(np.maximum(1 - SURE - share, 0), np.float32)
    whole = frame.shape[1::-1]
    own = cv2.resize(_gathered(small, solid, 0.5 * unit), whole, interpolation=cv2.INTER_LINEAR)
    old = cv2.resize(_gathered(small, clear, 0.5 * unit), whole, interpolation=cv2.INTER_LINEAR)
    places = edge > 0
    part = alpha[places][:, None]
    seen, near, behind = frame[places].astype(np.float32), own[places], old[places]
    left_over = seen - part * near - (1 - part) * behind
    clean = frame.copy()
    clean[places] = np.clip(near + part * left_over, 0, 255).astype(np.uint8)
    return _unspilled(clean, alpha, small, (solid, clear), unit)


def _unspilled(
    frame: Image, alpha: Floats, small: Numbers, shares: tuple[Numbers, Numbers], unit: float
) -> Image:
    """Without the tint that a colourful place threw on edges and let through hair.

    Only what strays from the performer's tint straight towards the old place's is taken back.
    """
    solid, clear = shares
    reach = 2 * max(1, round(0.5 * SPILL * unit)) + 1
    clear_by = cv2.blur(clear, (reach, reach))
    near = np.minimum(1, clear_by * 20)
    inner = solid * (1.02 - near)  # what is further in is the cleaner
    mean = _meant(small, inner, 2 * reach + 1)
    way = _tint(_meant(small, clear, 2 * reach + 1))
    own = _tint(mean) / np.maximum(mean @ LUMA, 8)[..., None]  # what is darker has less of a tint
    apart = (way * way).sum(axis=2)
    if float(np.where(clear_by > 0.005, apart, 0).max()) < TINTED**2:
        return frame
    strength = near * np.clip(np.sqrt(apart) / TINTED - 1, 0, 1)
    fields = cv2.merge([*cv2.split(own), *cv2.split(way), strength / np.maximum(apart, 1)])
    large = cv2.resize(fields, frame.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    share = large[:, :, 6]
    band = (share > 0) & (alpha > 0.02)
    seen, way = frame[band].astype(np.float32), large[band][:, 3:6]
    usual = large[band][:, :3] * (seen @ LUMA)[:, None]
    far = ((_tint(seen) - usual) * way).sum(axis=1) * share[band]
    clean = frame.copy()
    back = np.clip(far, 0, 1)[:, None] * way
    clean[band] = np.clip(seen - back, 0, 255).astype(np.uint8)
    return clean


def _tint(colour: Numbers) -> Numbers:
    """A colour without its lightness."""
    return np.asarray(colour - (colour @ LUMA)[..., None], np.float32)


def _meant(colour: Numbers, weight: Numbers, reach: int) -> Numbers:
    """The mean colour around each pixel by weight, over a wide square."""
    total = cv2.blur(cv2.merge([*cv2.split(colour * weight[:, :, None]), weight]), (reach, reach))
    total = total + FAINT**2 * total.mean(axis=(0, 1))
    return np.asarray(total[:, :, :3] / np.maximum(total[:, :, 3:], 1e-9), np.float32)


def _gathered(colour: Numbers, weight: Numbers, unit: float) -> Numbers:
    """The mean colour around each pixel by weight; from further away where nothing is near."""
    near, wide = (2 * max(1, round(reach * unit)) + 1 for reach in (NEAR, WIDE))
    weighted = cv2.merge([*cv2.split(colour * weight[:, :, None]), weight])
    total = cv2.blur(weighted, (near, near)) + FAINT * cv2.blur(weighted, (wide, wide))
    total = total + FAINT**2 * total.mean(axis=(0, 1))
    return np.asarray(total[:, :, :3] / np.maximum(total[:, :, 3:], 1e-9), np.float32)
