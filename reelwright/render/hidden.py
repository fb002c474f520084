"""What nobody will see need not be drawn: from which row on a layer hides those behind it."""

from collections.abc import Sequence

import cv2
import numpy as np

from reelwright.render.blend import Affine
from reelwright.render.layer import Layer, Pixels
from reelwright.render.outline import Box


def solid_part(pixels: Pixels) -> Box | None:
    """A large part of a sprite without a gap: about its middle column, from its lowest such row up.

    The whole of it is opaque, and so is everything that lies between two of its pixels.
    """
    opaque = cv2.extractChannel(pixels, 3) == 255
    width = opaque.shape[1]
    middle = width // 2
    rows = np.flatnonzero(opaque[:, middle])
    if not len(rows):
        return None
    bottom = int(rows[-1]) + 1
    gaps = np.flatnonzero(np.diff(rows) > 1)
    top = int(rows[gaps[-1] + 1]) if len(gaps) else int(rows[0])
    run = opaque[top:bottom][::-1]  # from its lowest row up
    lefts = middle - np.where(
        run[:, :middle].all(axis=1), middle, _until_gap(run[:, :middle][:, ::-1])
    )
    rights = middle + np.where(
        run[:, middle:].all(axis=1), width - middle, _until_gap(run[:, middle:])
    )
    left, right = np.maximum.accumulate(lefts), np.minimum.accumulate(rights)
    best = int(np.argmax((right - left) * np.arange(1, len(run) + 1)))
    return int(left[best]), bottom - best - 1, int(right[best]), bottom


def _until_gap(opaque: Pixels) -> Pixels:
    """How many pixels of each row come before its first gap; 0 where there are none at all."""
    if not opaque.shape[1]:
        return np.zeros(len(opaque), np.int64)
    return np.asarray((~opaque).argmax(axis=1))


def hidden_from(solid: Box, affine: Affine, width: int, limit: int) -> int:
    """The row of the frame from which down to `limit` a moved solid part covers everything.

    `limit` where it does not: where it is too narrow, or does not reach down so far.
    """
    left, top, right, bottom = solid
    # A pixel within the edge, so that what lies between two pixels is solid too.
    xs, ys = (left + 1, right - 2), (top + 1, bottom - 2)
    if xs[0] > xs[1] or ys[0] > ys[1]:
        return limit
    corners = affine @ np.array(
        [[xs[0], xs[1], xs[0], xs[1]], [ys[0], ys[0], ys[1], ys[1]], [1] * 4]
    )
    (x0, x1, x2, x3), (y0, y1, y2, y3) = corners
    if max(x0, x2) > 0 or min(x1, x3) < width - 1 or min(y2, y3) < limit - 1:
        return limit
    return min(limit, max(0, int(np.ceil(max(y0, y1)))))


def bands(
    layers: Sequence[Layer],
    solids: Sequence[Box | None],
    places: Sequence[Affine],
    frame: tuple[int, int],
) -> list[tuple[int, int]]:
    """For each layer, back to front: from which row on it hides everything, and where it ends.

    Below its end others hide it.
    """
    width, limit = frame
    found = []
    for layer, solid, place in zip(
        reversed(layers), reversed(solids), reversed(places), strict=True
    ):
        hides = solid is not None and not layer.adds and not layer.motion.pulse
        first = hidden_from(solid, place, width, limit) if solid and hides else limit
        found.append((first, limit))
        limit = first
    return found[::-1]
