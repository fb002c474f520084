"""Which part of a picture is performers: a small matte for every frame, and its fine edges again.

The small one is what a performance keeps. `fine` finds hair and fingers in the frame itself.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.bodies import Body
from reelwright.modify.flow import carried, sized
from reelwright.modify.nets import Floats, Net

# H rows, W columns.

LONGER = 192  # of the small mattes
SIDE = 256  # that the network sees
SOLID = 0.5
LEAST_BLOB = 0.15  # of the largest: what is smaller is no performer, unless a body lies in it
FRESH = 0.65  # share of what is seen now where it agrees with what was seen before
CALM = 0.35  # a difference from which on only what is seen now counts

WORK = 160  # the longer side at which the colours around an edge are compared
CERTAIN = 0.06  # nearer to 0 or 1 a small matte is believed
AROUND = (17, 17)  # cells of the working picture in which colours count as near
ENOUGH = 0.06  # of these cells must be known
NOISE = 0.01  # of two colours' squared distance: below it they tell little
RIDGE = 1e-3  # of the guided filter
REACH = (7, 7)  # of its squares
LEVELS = (0.08, 0.92)  # beyond them nothing is half clear
THREE = np.ones((3, 3), np.uint8)


def looked_at(net: Net, frame: Image, size: tuple[int, int]) -> Floats:
    """What the network takes for people, 0 to 1, in `size` (width, height)."""
    picture = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., ::-1]
    (seen, *_) = net(np.asarray(picture / 255, np.float32))
    return np.asarray(cv2.resize(seen[0, :, :, 0], size, interpolation=cv2.INTER_AREA), np.float32)


def joined(outline_HW: Floats, bodies: Sequence[Body], shown: tuple[int, int]) -> Floats:
    """The outline of everybody, mended by those of the bodies, each in its own square."""
    height, width = outline_HW.shape
    both = outline_HW.copy()
    for body in bodies:
        own = body.crop.lay(body.mask, (width, height), shown)
        both = np.where(own >= 0, np.maximum(both, np.minimum(own, (own + both) / 2 + 0.1)), both)
    return np.clip(both, 0, 1)


def belonging(matte_HW: Floats, boxes: Sequence[Floats]) -> Floats:
    """The matte without blobs that are no performer's. Boxes are those of faces and trunks."""
    solid = np.asarray(matte_HW > SOLID, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count <= 2:
        return matte_HW
    area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    area[0] = 0
    wanted = {int(number) for number in np.flatnonzero(area > LEAST_BLOB * area.max())}
    if boxes:
        wanted = {int(area.argmax())} | {
            int(number)
            for left, top, right, bottom in (np.rint(box).astype(int) for box in boxes)
            for number in np.unique(labels[max(0, top) : bottom + 1, max(0, left) : right + 1])
        }
    stray = np.isin(labels, [n for n in range(1, count) if n not in wanted]).astype(np.uint8)
    if not stray.any():
        return matte_HW
    around = cv2.dilate(stray, np.ones((5, 5), np.uint8)).astype(bool)
    kept = np.isin(labels, sorted(wanted - {0}))
    return np.where(around & ~kept, 0, matte_HW).astype(np.float32)


def steadied(now_HW: Floats, before_HW: Floats | None, flow_HW2: Floats | None) -> Floats:
    """The matte of now, calmed by that of before where both say nearly the same."""
    if before_HW is None or flow_HW2 is None:
        return now_HW
    old = carried(before_HW, flow_HW2)
    fresh = np.clip(FRESH + (1 - FRESH) * np.abs(now_HW - old) / CALM, FRESH, 1)
    return np.asarray(fresh * now_HW + (1 - fresh) * old, np.float32)


def fine(frame: Image, small_matte: Floats | Image) -> Floats:
    """The matte at the frame's own size, with the edges that the frame shows: 0 to 1.

    Near an edge a pixel's colour is placed between those that are surely the performer's and surely
    the background's around it. Where the two are alike, colours tell nothing, and a guided filter
    of the small matte stands. Both are linear in the colour, so that their terms can be found small
    and laid over the whole frame.
    """
    height, width = frame.shape[:2]
    size = sized(min(WORK, max(width, height)), width, height)
    prior = _unit(cv2.resize(small_matte, size, interpolation=cv2.INTER_AREA))
    colour = _unit(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
    line = _lines(colour, prior)
    whole = cv2.resize(line, (width, height), interpolation=cv2.INTER_LINEAR)
    placed = cv2.multiply(frame, whole[..., :3], scale=1 / 255, dtype=cv2.CV_32F)
    alpha = cv2.transform(placed, np.ones((1, 3), np.float32)) + whole[..., 3]
    return np.asarray(np.clip((alpha - LEVELS[0]) / (LEVELS[1] - LEVELS[0]), 0, 1), np.float32)


def _lines(colour_HW3: Floats, prior_HW: Floats) -> Floats:
    """For each cell the three factors of a colour and the constant that make up its alpha."""
    inside = cv2.erode(np.asarray(prior_HW > 1 - CERTAIN, np.float32), THREE)
    outside = cv2.erode(np.asarray(prior_HW < CERTAIN, np.float32), THREE)
    front, front_known = _near(colour_HW3, inside)
    back, back_known = _near(colour_HW3, outside)
    way = front - back
    apart = (way * way).sum(-1)
    told = np.minimum(front_known, back_known) * apart / (apart + NOISE)
    gain = way / (apart + 1e-4)[..., None]
    by_colour = np.dstack([gain, -(back * gain).sum(-1)])
    by_shape = _guided(colour_HW3, prior_HW)
    line = told[..., None] * by_colour + (1 - told[..., None]) * by_shape
    open_ = cv2.blur(1 - np.maximum(inside, outside), (3, 3))[..., None]
    settled = np.dstack([np.zeros_like(colour_HW3), prior_HW])
    return np.asarray(open_ * line + (1 - open_) * settled, np.float32)


def _near(colour_HW3: Floats, known_HW: NDArray[Any]) -> tuple[Floats, Floats]:
    """The mean of the known colours around each cell, and how much of it is known."""
    weight = cv2.blur(known_HW, AROUND)
    mean = cv2.blur(colour_HW3 * known_HW[..., None], AROUND) / np.maximum(weight, 1e-6)[..., None]
    return np.asarray(mean, np.float32), np.asarray(np.minimum(1, weight / ENOUGH), np.float32)


def _guided(colour_HW3: Floats, prior_HW: Floats) -> Floats:
    """The line that best turns the colours around each cell into the matte there (He et al.)."""
    mean_3, mean = cv2.blur(colour_HW3, REACH), cv2.blur(prior_HW, REACH)
    pairs = cv2.blur(np.dstack([colour_HW3[..., i] * colour_HW3 for i in range(3)]), REACH)
    spread = pairs.reshape(*mean.shape, 3, 3) - mean_3[..., None] * mean_3[..., None, :]
    along = cv2.blur(colour_HW3 * prior_HW[..., None], REACH) - mean_3 * mean[..., None]
    gain = np.linalg.solve(spread + RIDGE * np.eye(3, dtype=np.float32), along[..., None])[..., 0]
    line = np.dstack([gain, mean - (gain * mean_3).sum(-1)])
    return np.asarray(cv2.blur(line, REACH), np.float32)


def _unit(picture: NDArray[Any]) -> Floats:
    """From 0 to 1, whichever way it is kept."""
    if picture.dtype == np.uint8:
        return np.asarray(picture / 255, np.float32)
    return np.asarray(picture, np.float32)
