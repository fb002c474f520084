"""Where clothes are: below the head, by colour, without skin, hair and hands, and steadily so."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.performance import Floats, Performance, Performer

SMALL = 2  # times smaller than the frame, in which clothes are looked for
LEVELS, TINTS = 8, 32  # of lightness and of each colour axis, in which colours are counted
SKIN = 0.25  # of the commonest tint of a face: from here on a tint is skin's
BARE = 0.6  # of a trunk in such tints: more is cloth of that colour
FOLLOW = 0.35  # of what a frame says of the clothes that is taken on; the rest comes along its flow
LEARN_EVERY = 5  # frames, after which colours are counted again
FORGET = 0.8  # of the counts before that, which stays
SURE = 0.4  # how surely a point of a body is seen that is built on
SHOULDERS, HIPS = (11, 12), (23, 24)
LIMBS = ((11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (24, 26), (26, 28))
UPPER_ARMS = LIMBS[0:4:2]
LEGS = LIMBS[4:]
SHOES = ((29, 31), (30, 32))
WRISTS = (15, 16)
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Body:
    """One performer's places in a frame, smoothed over time; NaN where nothing is known."""

    points_P2: Points  # 33
    face: tuple[float, float, float, float] | None  # its middle, half its width and its height
    hands: tuple[Points, ...]

    @property
    def shoulders(self) -> float:
        """How wide they are, in pixels."""
        left, right = self.points_P2[list(SHOULDERS)]
        wide = float(np.hypot(*(left - right)))
        if np.isfinite(wide) and wide > 4:
            return wide
        return 4.2 * self.face[2] if self.face else 80.0


def bodies(performance: Performance, number: int) -> list[Body]:
    """Everybody in a frame."""
    around = performance.shot_of(number)
    return [_body(one, number, around) for one in performance.performers]


def _body(one: Performer, number: int, shot: range) -> Body:
    near = np.arange(max(shot.start, number - 3), min(shot.stop, number + 4))
    weight = np.exp(-0.5 * ((near - number) / 1.5) ** 2)
    known = np.where(one.body_NP3[near, :, 2] >= SURE, weight[:, None], 0.0)
    seen = np.nan_to_num(one.body_NP3[near, :, :2].astype(np.float64))
    total = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        points_P2 = (known[:, :, None] * seen).sum(axis=0) / total[:, None]
    face = None
    if one.face_seen_N[number]:
        mesh = one.face_NP3[number, :, :2]
        low, high = np.nanmin(mesh, axis=0), np.nanmax(mesh, axis=0)
        (x, y), (wide, tall) = 0.5 * (low + high), 0.5 * (high - low)
        face = float(x), float(y), float(wide), float(tall)
    hands = tuple(
        hand[np.isfinite(hand).all(axis=1)].astype(np.float64)
        for hand in (one.left_NP3[number, :, :2], one.right_NP3[number, :, :2])
    )
    return Body(points_P2, face, tuple(hand for hand in hands if len(hand) > 4))


class Clothes:
    """Finds the clothes in each frame; remembers their colours, and where they just were."""

    def __init__(self, performance: Performance) -> None:
        self._performance = performance
        self._counts: NDArray[np.float32] | None = None  # 2 x bins: of clothes and of the rest
        self._before: Floats | None = None

    def mask(self, number: int, frame: Image, alpha: Floats, people: list[Body]) -> Floats:
        """How much of each pixel is cloth, 0 to 1, in the frame's size."""
        height, width = alpha.shape
        size = (width // SMALL, height // SMALL)
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        share = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        likely = prior(size, people, share)
        begins = number in self._performance.shots
        bins = _bins(small)
        if self._counts is None or begins or number % LEARN_EVERY == 0:
            self._learn(bins, likely, share, afresh=begins)
        assert self._counts is not None, "learned above"
        cloth, rest = self._counts[0][bins], self._counts[1][bins]
        said = cloth * likely / np.maximum(cloth * likely + rest * (1 - likely), 1e-9)
        said = cv2.medianBlur(np.rint(255 * said).astype(np.uint8), 5)
        found = cv2.GaussianBlur(said, (0, 0), 1.0).astype(np.float32) / 255
        if self._before is not None and not begins:
            came = along(self._before, self._performance.flow_NHW2[number - 1], (width, height))
            found = came + FOLLOW * (found - came)
        self._before = np.asarray(found, np.float32)
        sharp = np.clip((found - 0.35) / 0.3, 0, 1)
        whole = cv2.resize(sharp, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole * alpha, np.float32)

    def _learn(
        self, bins: NDArray[Any], likely: Floats, share: NDArray[Any], *, afresh: bool
    ) -> None:
        """Count the colours of what is surely cloth, and of what is surely not but people's."""
        solid = share > 0.9
        rest = _counted(bins[solid & (likely < 0.15)])
        tints = rest.reshape(LEVELS, -1).sum(axis=0)  # skin is skin in any light
        rest = np.asarray(0.5 * rest + 0.5 * np.tile(tints / LEVELS, LEVELS), np.float32)
        cloth = bins[solid & (likely > 0.85)]
        bare = (tints > SKIN * tints.max())[cloth % TINTS**2]
        if len(bare) and bare.mean() < BARE:
            cloth = cloth[~bare]  # an arm before a chest
        counts = np.stack([_counted(cloth), rest])
        before = self._counts
        if before is None or afresh:
            self._counts = counts
        else:
            self._counts = FORGET * before + (1 - FORGET) * counts


def _bins(picture: Any) -> NDArray[Any]:
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.int32)
    light, tints = lab[:, :, 0] * LEVELS // 256, lab[:, :, 1:] * TINTS // 256
    return np.asarray((light * TINTS + tints[:, :, 0]) * TINTS + tints[:, :, 1])


def _counted(bins: NDArray[Any]) -> NDArray[np.float32]:
    """The share of each colour; neighbours count a little, and nothing is impossible."""
    shape = (LEVELS, TINTS, TINTS)
    counts = np.bincount(bins, minlength=LEVELS * TINTS**2).reshape(shape).astype(np.float32)
    for axis in range(3):
        counts = 0.6 * counts + 0.2 * (np.roll(counts, 1, axis) + np.roll(counts, -1, axis))
    flat = counts.ravel() / max(float(counts.sum()), 1.0)
    return np.asarray(flat + 1e-5, np.float32)


def prior(size: tuple[int, int], people: list[Body], share: NDArray[Any]) -> Floats:
    """How likely cloth is by place alone: bodies are clothed, heads and hands are not."""
    likely = np.full(size[::-1], 0.3, np.float32)
    for one in people:
        _draw(likely, one)
    return np.asarray(cv2.GaussianBlur(likely, (0, 0), max(1.0, 0.008 * size[0])), np.float32)


def _draw(likely: Floats, one: Body) -> None:
    points, wide = one.points_P2 / SMALL, one.shoulders / SMALL
    height = likely.shape[0]

    def at(point: Points) -> tuple[int, int]:
        return round(float(point[0])), round(float(point[1]))

    if one.face is not None:  # where nothing is known of the body, what is below the chin
        x, y, half, tall = (value / SMALL for value in one.face)
        left, right = round(x - 4.5 * half), round(x + 4.5 * half)
        trunk = np.isfinite(points[list(SHOULDERS)]).all()
        cv2.rectangle(likely, (left, round(y + 1.35 * tall)), (right, height), 0.6, -1)
        if not trunk:
            cv2.rectangle(likely, (left, round(y + 1.6 * tall)), (right, height), 0.9, -1)
    for start, end in LIMBS:
        if np.isfinite(points[[start, end]]).all():
            thick = max(1, round((0.34 if start < 23 else 0.5) * wide))
            cv2.line(likely, at(points[start]), at(points[end]), 0.78, thick)
    for start, end in (*LEGS, *UPPER_ARMS):  # their colours are learned, too
        if np.isfinite(points[[start, end]]).all():
            thin = max(1, round(0.14 * wide))
            cv2.line(likely, at(points[start]), at(points[end]), 0.9, thin)
    for heel, toe in SHOES:
        if np.isfinite(points[[heel, toe]]).all():
            thick = max(1, round(0.3 * wide))
            cv2.line(likely, at(points[heel]), at(points[toe]), 0.04, thick)
    torso = points[[*SHOULDERS, HIPS[1], HIPS[0]]]
    if np.isfinite(torso[:2]).all():
        if not np.isfinite(torso[2:]).all():
            torso[2:] = torso[1::-1] + np.array((0.0, 1.6 * wide))
        middle = torso.mean(axis=0)
        cv2.fillConvexPoly(likely, np.rint(middle + 1.12 * (torso - middle)).astype(np.int32), 0.88)
        core = np.rint(middle + (0.0, 0.06 * wide) + 0.8 * (torso - middle)).astype(np.int32)
        cv2.fillConvexPoly(likely, core, 0.97)
    if one.face is not None and np.isfinite(torso[:2]).all():  # what slopes from neck to shoulders
        x, y, half, tall = (value / SMALL for value in one.face)
        out = 0.12 * (torso[0] - torso[1])
        collar = [(x - 0.7 * half, y + 1.3 * tall), (x + 0.7 * half, y + 1.3 * tall)]
        slope = np.array([*collar, torso[0] + out, torso[1] - out])
        cv2.fillConvexPoly(likely, cv2.convexHull(np.rint(slope).astype(np.int32))[:, 0], 0.9)
    if one.face is not None:
        x, y, half, tall = (value / SMALL for value in one.face)
        neck = np.array(
            [
                (x - 0.7 * half, y),
                (x + 0.7 * half, y),
                (x + 0.7 * half, y + 1.55 * tall),
                (x, y + 1.95 * tall),
                (x - 0.7 * half, y + 1.55 * tall),
            ]
        )
        cv2.fillConvexPoly(likely, np.rint(neck).astype(np.int32), 0.12)
        above = (round(x - 2.4 * half), 0), (round(x + 2.4 * half), max(0, round(y)))
        cv2.rectangle(likely, *above, 0.02, -1)  # hair stands off a head
        axes = (max(1, round(1.45 * half)), max(1, round(1.35 * tall)))
        cv2.ellipse(likely, (round(x), round(y - 0.2 * tall)), axes, 0, 0, 360, 0.02, -1)
    for hand in one.hands:
        outline = cv2.convexHull((hand / SMALL).astype(np.float32))[:, 0]
        middle = outline.mean(axis=0)
        grown = np.rint(middle + 1.3 * (outline - middle)).astype(np.int32)
        cv2.fillConvexPoly(likely, grown, 0.03)
    if not one.hands:
        for wrist, elbow in zip(WRISTS, (13, 14), strict=True):
            if np.isfinite(points[[wrist, elbow]]).all():
                hand = points[wrist] + 0.3 * (points[wrist] - points[elbow])
                cv2.circle(likely, at(hand), max(1, round(0.22 * wide)), 0.08, -1)


def along(picture: Floats, flow_HW2: NDArray[Any], whole: tuple[int, int]) -> Floats:
    """What a small picture of the frame before becomes in this one, by the flow between them.

    The flow counts in pixels of the whole frame, whose width and height are given.
    """
    height, width = picture.shape
    flow = cv2.resize(flow_HW2.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    from_x = xs - flow[:, :, 0] * (width / whole[0])
    from_y = ys - flow[:, :, 1] * (height / whole[1])
    came = cv2.remap(picture, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(came, np.float32)
