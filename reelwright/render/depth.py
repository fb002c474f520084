"""A photograph taken apart by depth: what stands in front, and the ground drawn on behind it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.focus import salience
from reelwright.render.layer import Pixels

SIDE = 160  # of the small copy on which front and ground are told apart
FEW, MOST = 0.04, 0.55  # of the picture that may stand in front; else nothing clearly does
HIGH = 0.43  # of the height, from above: what has its middle higher is sky
SHARP = 0.8  # of the detail behind it is at least in front
ROUNDS = 3
GROWN = 0.003  # of the short side, by which its hole is wider: more would be seen as a halo
MOVES = 0.05  # ... and by so much the front may move before a hole would show
Weights = NDArray[Any]  # float32


def apart(picture: Pixels) -> tuple[Pixels, Pixels] | None:
    """Ground and front as premultiplied BGRA; None where nothing clearly stands in front."""
    near = front(picture)
    if near is None:
        return None
    u = min(picture.shape[:2])
    alpha = np.rint(255 * near).astype(np.uint8)
    reach = max(1, round(GROWN * u))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    hidden = cv2.dilate(np.asarray(near > 0.5, np.uint8), kernel)
    ground = picture.copy()
    ground[:, :, :3] = filled_in(picture[:, :, :3], np.asarray(1 - hidden, np.float32))
    return ground, cv2.multiply(picture, cv2.merge([alpha] * 4), scale=1 / 255)


def front(picture: Pixels) -> Weights | None:
    """How much of every pixel stands in front, 0 to 1: what draws the eye, cut out along edges."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = cv2.resize(picture[:, :, :3], size, interpolation=cv2.INTER_AREA)
    weights = cv2.resize(cv2.GaussianBlur(salience(picture), (0, 0), 2), size)
    marks = np.full(weights.shape, cv2.GC_PR_BGD, np.uint8)
    marks[weights > 0.45] = cv2.GC_PR_FGD
    marks[weights > 0.8] = cv2.GC_FGD
    marks[weights < 0.08] = cv2.GC_BGD
    if not (marks == cv2.GC_FGD).any() or not (marks == cv2.GC_BGD).any():
        return None
    cv2.setRNGSeed(7)  # the cut begins with clusters drawn by chance
    model = (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(small, marks, (0, 0, 1, 1), *model, ROUNDS, cv2.GC_INIT_WITH_MASK)
    mask = np.asarray((marks & 1) > 0, np.uint8)
    mask = _largest(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    if not FEW <= mask.mean() <= MOST or not _stands(mask, small):
        return None
    return _along_edges(mask.astype(np.float32), picture)


def _stands(mask: Pixels, picture: Pixels) -> bool:
    """Whether it can be near: not high up, as clouds are, nor emptier than what is behind."""
    height = float(np.argwhere(mask)[:, 0].mean()) / len(mask)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    inside, outside = float(detail[mask > 0].mean()), float(detail[mask == 0].mean())
    return height > HIGH and inside > SHARP * outside


def _largest(mask: Pixels) -> Pixels:
    """The parts of a mask that are no crumbs, their holes closed."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas >= 0.25 * areas.max())
    whole = np.isin(labels, kept).astype(np.uint8)
    return cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))


def _along_edges(mask: Weights, picture: Pixels) -> Weights:
    """A small mask at full size, its edge drawn to that of the picture: a guided filter."""
    height, width = picture.shape[:2]
    half = (max(1, width // 2), max(1, height // 2))
    grey = cv2.cvtColor(picture[:, :, :3], cv2.COLOR_BGR2GRAY)
    guide = cv2.resize(grey, half, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    rough = cv2.resize(mask, half, interpolation=cv2.INTER_LINEAR)
    reach = 2 * max(2, round(0.012 * min(half))) + 1

    def mean(values: Weights) -> Weights:
        return np.asarray(cv2.blur(values, (reach, reach)), np.float32)

    guide_mean, rough_mean = mean(guide), mean(rough)
    varies = mean(guide * guide) - guide_mean**2
    slope = (mean(guide * rough) - guide_mean * rough_mean) / (varies + 2e-3)
    fine = mean(slope) * guide + mean(rough_mean - slope * guide_mean)
    whole = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip((whole - 0.32) / 0.36, 0, 1), np.float32)


def filled_in(bgr: Pixels, known: Weights) -> Pixels:
    """The picture where it is known; elsewhere drawn on from there, the nearest counting most.

    Push and pull: halved until everything is known, then filled from the small to the large.
    """
    colour = bgr.astype(np.float32) * known[:, :, None]
    return np.asarray(np.clip(np.rint(_pulled(colour, known)), 0, 255), np.uint8)


def _pulled(colour: Weights, weight: Weights) -> Weights:
    height, width = weight.shape
    own = colour / np.maximum(weight, 1e-6)[:, :, None]
    if weight.min() >= 1 or max(height, width) <= 2:
        return own
    half = ((width + 1) // 2, (height + 1) // 2)
    small = cv2.resize(colour, half, interpolation=cv2.INTER_AREA)
    share = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    scale = np.minimum(1, 4 * share) / np.maximum(share, 1e-6)  # one known of four is enough
    below = _pulled(small * scale[:, :, None], np.minimum(1, 4 * share))
    large = cv2.resize(below, (width, height), interpolation=cv2.INTER_LINEAR)
    keep = np.minimum(weight, 1)[:, :, None]
    return np.asarray(own * keep + large * (1 - keep), np.float32)
