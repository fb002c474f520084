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
from reelwright.modify.crop import as_seen
from reelwright.modify.flow import carried, sized
from reelwright.modify.nets import Floats, Net, likely

# H rows, W columns.

LONGER = 192  # of the small mattes
SIDE = 256  # that the network sees
SOLID = 0.5
LEAST_BLOB = 0.25  # of the largest: what is smaller is no performer, unless a body lies in it
MISSED = (0.4, 0.6)  # the outline says less, a body's mask more: something is missing
FRESH = 0.65  # share of what is seen now where it agrees with what was seen before
CALM = 0.35  # a difference from which on only what is seen now counts

WORK = 160  # the longer side at which the colours around an edge are compared
CERTAIN = 0.06  # nearer to 0 or 1 a small matte is believed
AROUND = (17, 17)  # cells of the working picture in which colours count as near
ENOUGH = 0.06  # of these cells must be known
NOISE = 0.01  # of two colours' squared distance: below it they tell little
SHALLOW = 0.5  # of a small matte: up to here what looks like the background is background
MANY = (
    12.0  # times the spread of one side's colours, likewise: hair and skin, say, are both in front
)
CALM_PIXELS = 0.6  # of a blur: the noise of single pixels would flicker in the matte
RIDGE = 1e-3  # of the guided filter
REACH = (7, 7)  # of its squares
LEVELS = (0.08, 0.92)  # beyond them nothing is half clear
PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))  # of the three colours
SUM = np.ones((1, 3), np.float32)
THREE = np.ones((3, 3), np.uint8)
FIVE = np.ones((5, 5), np.uint8)
# Of the breadth of the shoulders: what is nearer to a body's mask, to its head or to its other
# points may be it. Where the hips are not seen a mask leaves out half a shoulder.
MASK_REACH, HEAD_REACH, POINT_REACH = 0.05, 0.35, 0.12
CLOSE_UP_REACH = 2.5  # times as far
HEAD = 11  # so many of a body's points are its face's
TRUNK = (11, 12, 24, 23)  # round about it
BONES = ((11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (24, 26))  # of arms and thighs
WITHIN = 0.1  # of the breadth: so far about a bone, and inside the trunk's outline, is solid
HAND_REACH = 5  # cells of a small matte


def looked_at(net: Net, frame: Image, size: tuple[int, int]) -> Floats:
    """What the network takes for people, 0 to 1, in `size` (width, height)."""
    picture = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    (seen, *_) = net(as_seen(np.asarray(picture, np.uint8)))
    return np.asarray(cv2.resize(seen[0, :, :, 0], size, interpolation=cv2.INTER_AREA), np.float32)


def joined(outline_HW: Floats, bodies: Sequence[Body], shown: tuple[int, int]) -> Floats:
    """The outline of everybody, with what it missed of the bodies, each seen in its own square.

    A body's mask is wider than the body; so only what is missing by more than an edge counts.
    """
    height, width = outline_HW.shape
    both = outline_HW
    for body in bodies:
        own = likely(body.crop.lay(body.mask, (width, height), shown))
        lacks = np.asarray((own > MISSED[1]) & (both < MISSED[0]), np.uint8)
        missed = cv2.dilate(cv2.morphologyEx(lacks, cv2.MORPH_OPEN, FIVE), FIVE)
        both = np.where(missed > 0, np.maximum(both, own), both)
    return np.asarray(np.clip(both, 0, 1), np.float32)


def within(
    outline_HW: Floats, bodies: Sequence[Body], hands: Sequence[Floats], shown: tuple[int, int]
) -> Floats:
    """The outline without what is far from every body: a dark screen behind, say, is no sleeve.

    Near is what lies about a body's mask, or about the points of a body or a hand.
    """
    height, width = outline_HW.shape
    scale = np.array([width / shown[0], height / shown[1]])
    near = np.zeros((height, width), np.uint8)
    for body in bodies:
        seen, points = body.points_P3[:, 2] > SOLID, body.points_P3[:, :2] * scale
        breadth = float(np.hypot(*(points[TRUNK[0]] - points[TRUNK[1]])))
        reach = breadth * (1 if seen[list(TRUNK)].all() else CLOSE_UP_REACH)
        mask = body.crop.lay(body.mask, (width, height), shown)
        about = np.ones((1 + 2 * max(3, round(reach * MASK_REACH)),) * 2, np.uint8)
        near = np.maximum(near, cv2.dilate(np.asarray(mask > 0, np.uint8), about)).astype(np.uint8)
        _dot(near, points[:HEAD][seen[:HEAD]], breadth * HEAD_REACH)
        _dot(near, points[HEAD:][seen[HEAD:]], reach * POINT_REACH)
    for hand in hands:
        _dot(near, hand[:, :2] * scale, HAND_REACH)
    return np.asarray(outline_HW * cv2.blur(near.astype(np.float32), (5, 5)), np.float32)


def _dot(near: Image, places: NDArray[np.float64], radius: float) -> None:
    for x, y in np.rint(places).astype(int):
        cv2.circle(near, (int(x), int(y)), max(2, round(radius)), 1, -1)


def filled(matte_HW: Floats, bodies: Sequence[Body], shown: tuple[int, int]) -> Floats:
    """The matte without holes where a body surely is: a white badge before a white wall, say."""
    height, width = matte_HW.shape
    whole = matte_HW
    for body in bodies:
        own = likely(body.crop.lay(body.mask, (width, height), shown))
        core = cv2.blur(inside(body.points_P3, (width, height), shown), (3, 3)) * (own > SOLID)
        whole = np.maximum(whole, core)
    return np.asarray(whole, np.float32)


def inside(points_P3: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:
    """1 along the bones and within the trunk, as far as a body's points are surely seen."""
    core = np.zeros((size[1], size[0]), np.uint8)
    places = np.rint(points_P3[:, :2] * (np.array(size) / shown)).astype(np.int32)
    seen = points_P3[:, 2] > SOLID
    reach = max(1, round(WITHIN * float(np.hypot(*(places[TRUNK[0]] - places[TRUNK[1]])))))
    if seen[list(TRUNK)].all():
        cv2.fillConvexPoly(core, cv2.convexHull(places[list(TRUNK)]), 1)
        core = cv2.erode(core, np.ones((1 + 2 * reach,) * 2, np.uint8)).astype(np.uint8)
    for start, end in BONES:
        if seen[start] and seen[end]:
            cv2.line(core, places[start].tolist(), places[end].tolist(), 1, 2 * reach)
    return core.astype(np.float32)


def belonging(matte_HW: Floats, boxes: Sequence[Floats]) -> Floats:
    """The matte without blobs that are no performer's. Boxes are those of faces and trunks."""
    solid = np.asarray(matte_HW > SOLID, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count <= 2:
        return matte_HW
    area = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    area[0] = 0
    wanted = {int(number) for number in np.flatnonzero(area > LEAST_BLOB * area.max())}
    for left, top, right, bottom in (np.rint(box).astype(int) for box in boxes):
        inside = labels[max(0, top) : bottom + 1, max(0, left) : right + 1]
        wanted |= {int(number) for number in np.unique(inside)}
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
    line = _lines(colour, prior) / (LEVELS[1] - LEVELS[0])
    gain, constant = line[..., :3] / 255, line[..., 3] - LEVELS[0] / (LEVELS[1] - LEVELS[0])
    whole = (width, height)
    calm = cv2.GaussianBlur(frame, (3, 3), CALM_PIXELS).astype(np.float32)
    alpha = dot(calm, cv2.resize(gain, whole)) + cv2.resize(constant, whole)
    return np.asarray(np.clip(alpha, 0, 1, out=alpha), np.float32)


def _lines(colour_HW3: Floats, prior_HW: Floats) -> Floats:
    """For each cell the three factors of a colour and the constant that make up its alpha."""
    solid = np.asarray(prior_HW > 1 - CERTAIN, np.float32)
    outside = cv2.erode(np.asarray(prior_HW < CERTAIN, np.float32), THREE)
    front, front_known, front_spread = _near(colour_HW3, cv2.erode(solid, THREE))
    back, back_known, back_spread = _near(colour_HW3, outside)
    way = front - back
    apart = dot(way, way)
    deep = np.clip((prior_HW - SHALLOW) / (1 - CERTAIN - SHALLOW), 0, 1) ** 2
    spread = deep * front_spread + (1 - deep) * back_spread
    told = np.minimum(front_known, back_known) * apart / (apart + NOISE + MANY * spread)
    gain = way / (apart + 1e-4)[..., None]
    by_colour = np.dstack([gain, -dot(back, gain)])
    by_shape = _guided(colour_HW3, prior_HW)
    line = told[..., None] * by_colour + (1 - told[..., None]) * by_shape
    open_ = cv2.blur(1 - np.maximum(cv2.erode(solid, THREE), outside), (3, 3))[..., None]
    settled = np.dstack([np.zeros_like(colour_HW3), prior_HW])
    return np.asarray(open_ * line + (1 - open_) * settled, np.float32)


def _near(colour_HW3: Floats, known_HW: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """The mean of the known colours around each cell, how much is known, and how they differ."""
    square = dot(colour_HW3, colour_HW3)[..., None]
    known = np.dstack([colour_HW3, square, np.ones_like(square)]) * known_HW[..., None]
    sums = cv2.blur(known, AROUND)
    mean = sums[..., :4] / np.maximum(sums[..., 4:], 1e-6)
    spread = np.maximum(mean[..., 3] - dot(mean[..., :3], mean[..., :3]), 0)
    return mean[..., :3], np.minimum(1, sums[..., 4] / ENOUGH), spread


def _guided(colour_HW3: Floats, prior_HW: Floats) -> Floats:
    """The line that best turns the colours around each cell into the matte there (He et al.)."""
    pairs = [colour_HW3[..., i] * colour_HW3[..., j] for i, j in PAIRS]
    along = colour_HW3 * prior_HW[..., None]
    sums = cv2.blur(np.dstack([colour_HW3, prior_HW, *pairs, along]), REACH)
    mean_3, mean = sums[..., :3], sums[..., 3]
    spread = [sums[..., 4 + n] - mean_3[..., i] * mean_3[..., j] for n, (i, j) in enumerate(PAIRS)]
    gain = solved(spread, sums[..., 10:] - mean_3 * mean[..., None], RIDGE)
    line = cv2.blur(np.dstack([gain, mean - dot(gain, mean_3)]), REACH)
    return np.asarray(line, np.float32)


def solved(square: Sequence[Floats], right_HW3: Floats, ridge: float) -> Floats:
    """The solutions of many symmetric systems of three: their entries in the order of PAIRS."""
    a, b, c, d, e, f = square
    a, d, f = a + ridge, d + ridge, f + ridge
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    fourth, fifth, sixth = a * f - c * c, b * c - a * e, a * d - b * b
    x, y, z = (right_HW3[..., n] for n in range(3))
    whole = a * first + b * second + c * third
    rows = (
        first * x + second * y + third * z,
        second * x + fourth * y + fifth * z,
        third * x + fifth * y + sixth * z,
    )
    return np.asarray(np.dstack(rows) / whole[..., None], np.float32)


def dot(one_HW3: NDArray[Any], other_HW3: NDArray[Any]) -> Floats:
    """The products of two pictures' colours, added up for each cell."""
    return np.asarray(cv2.transform(cv2.multiply(one_HW3, other_HW3), SUM), np.float32)


def _unit(picture: NDArray[Any]) -> Floats:
    """From 0 to 1, whichever way it is kept."""
    if picture.dtype == np.uint8:
        return np.asarray(picture / 255, np.float32)
    return np.asarray(picture, np.float32)
