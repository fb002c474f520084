"""The stage that changes clothes: their colour or cloth, with the folds and the light on them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.clothes import HIPS, LIMBS, SHOULDERS, Body, Clothes, bodies
from reelwright.modify.fabric import TILE, Fabric
from reelwright.modify.performance import Floats, Performance
from reelwright.modify.strength import Strength

FOLLOW = 0.08  # of a newly measured lightness that is taken on
FLATTEST, STEEPEST = 0.75, 1.9  # times, that the contrast of folds becomes
OWN = 0.12  # of its colour's variation that cloth keeps: prints stay to be guessed
CREASE = 0.035  # of a tile, that a pattern is moved by along a fold's slope of 10 levels
Affine = NDArray[np.float64]
Bone = tuple[Affine, Affine]  # from and to


class Costume:
    """Dyes the clothes of all performers, or lays a pattern on them. Remembers their lightness."""

    def __init__(self, performance: Performance, cloth: Fabric, strength: Strength) -> None:
        self._performance, self._cloth, self._strength = performance, cloth, strength
        self._clothes = Clothes(performance)
        self._usual: NDArray[np.float64] | None = None  # Lab of the clothes as they were filmed

    def __call__(self, number: int, frame: Image, alpha: Floats) -> Image:
        people = bodies(self._performance, number)
        mask = self._clothes.mask(number, frame, alpha, people)
        left, top, wide, high = cv2.boundingRect(cv2.inRange(mask, 0.02, 2.0))
        if not wide:
            return frame
        part = (slice(top, top + high), slice(left, left + wide))
        seen = cv2.cvtColor(np.ascontiguousarray(frame[part]), cv2.COLOR_BGR2LAB)
        self._look(number, np.asarray(seen), mask[part])
        dyed = self._dyed(np.asarray(seen, np.float32), people, (left, top))
        bgr = cv2.cvtColor(dyed, cv2.COLOR_LAB2BGR).astype(np.float32)
        changed = frame.copy()
        own = frame[part].astype(np.float32)
        changed[part] = cv2.convertScaleAbs(own + mask[part][:, :, None] * (bgr - own))
        return changed

    def _look(self, number: int, seen: NDArray[np.uint8], mask: Floats) -> None:
        """How light and of what colour the clothes usually are: what dye is measured against."""
        cloth = seen[mask > 0.7]
        if len(cloth) < 20:
            self._usual = self._usual if self._usual is not None else np.array([90.0, 128, 128])
            return
        now = np.median(cloth, axis=0).astype(np.float64)
        begins = self._usual is None or number in self._performance.shots
        self._usual = (
            now if begins or self._usual is None else self._usual + FOLLOW * (now - self._usual)
        )

    def _dyed(
        self, seen: NDArray[np.float32], people: list[Body], corner: tuple[int, int]
    ) -> NDArray[np.uint8]:
        """The clothes in their new cloth. Folds are what is lighter or darker than usual."""
        assert self._usual is not None, "looked at before"
        light = seen[:, :, 0]
        fold = light - np.float32(self._usual[0])
        to = self._worn(light, people, corner)
        level = self._usual[0] + self._strength.cloth * (to[..., 0] - self._usual[0])
        steeper = np.clip(
            (self._cloth.mean[0] / max(float(self._usual[0]), 12.0)) ** 0.6, FLATTEST, STEEPEST
        )
        new_light = bent(level + np.float32(steeper) * fold)
        depth = np.clip(new_light / np.maximum(to[..., 0], 12.0), 0.35, 1.25)
        depth *= np.clip((262 - new_light) / 60, 0.25, 1)  # what shines has little colour
        chroma = [
            128 + depth * (to[..., at] - 128) + OWN * (seen[:, :, at] - np.float32(self._usual[at]))
            for at in (1, 2)
        ]
        return np.asarray(cv2.convertScaleAbs(cv2.merge([new_light, *chroma])), np.uint8)

    def _worn(
        self, light: NDArray[np.float32], people: list[Body], corner: tuple[int, int]
    ) -> NDArray[np.float32]:
        """The cloth's Lab at every place of a part of the frame."""
        if self._cloth.is_plain or not people:
            mean = self._cloth.mean.astype(np.float32)
            return np.broadcast_to(mean, (*light.shape, 3))
        us, vs = woven(light.shape[:2], people, corner, self._cloth.width)
        soft = cv2.GaussianBlur(light, (0, 0), 2.0)
        us += CREASE / 10 * cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3)
        vs += CREASE / 10 * cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
        if self._cloth.mirrors:
            us, vs = (1 - np.abs((one + 0.5) % 2 - 1) for one in (us, vs))
        else:
            us, vs = us % 1, vs % 1
        tile = cv2.copyMakeBorder(self._cloth.lab, 0, 1, 0, 1, cv2.BORDER_WRAP)
        worn = cv2.remap(
            tile, (us * TILE).astype(np.float32), (vs * TILE).astype(np.float32), cv2.INTER_LINEAR
        )
        return np.asarray(worn, np.float32)


def bent(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lightness kept within 0 to 255 without flat patches: what is near the ends is bent."""
    low, high = 24.0, 225.0
    up = high + (255 - high) * np.tanh((light - high) / (255 - high))
    down = low - low * np.tanh((low - light) / low)
    return np.asarray(np.where(light > high, up, np.where(light < low, down, light)), np.float32)


def woven(
    shape: tuple[int, ...], people: list[Body], corner: tuple[int, int], width: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where in the cloth each place lies, in tiles: each part of a body has cloth of its own.

    Sleeves and legs meet the rest in a seam, as those of real clothes do.
    """
    known = [
        (frame / (width * one.shoulders), bone, reach)
        for one in people
        for frame, bone, reach in parts(one)
    ]
    whose = nearest(shape, corner, [(bone, reach) for _, bone, reach in known])
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    us, vs = np.zeros_like(xs), np.zeros_like(ys)
    for number, (frame, (start, _), _) in enumerate(known):
        here = whose == number
        right, down = xs[here] + (corner[0] - start[0]), ys[here] + (corner[1] - start[1])
        us[here] = frame[0, 0] * right + frame[0, 1] * down
        vs[here] = frame[1, 0] * right + frame[1, 1] * down
    return us, vs


def nearest(
    shape: tuple[int, ...], corner: tuple[int, int], bones: list[tuple[Bone, float]]
) -> NDArray[np.uint8]:
    """The bone that each place belongs to: how far it is counts by how far the bone reaches."""
    rows, columns = (max(1, side // 2) for side in shape[:2])  # seams need not be finer
    ys, xs = np.mgrid[:rows, :columns].astype(np.float32)
    xs, ys = 2 * xs + corner[0], 2 * ys + corner[1]
    whose, best = np.zeros((rows, columns), np.uint8), np.full((rows, columns), np.inf, np.float32)
    for number, ((start, end), reach) in enumerate(bones):
        far = _distance(xs, ys, start, end) / np.float32(reach)
        here = far < best
        whose[here], best[here] = number, far[here]
    large = cv2.resize(whose, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(large, np.uint8)


def parts(one: Body) -> list[tuple[Affine, tuple[Affine, Affine], float]]:
    """Of each part of a body: the directions of its cloth, its bone, and how far it reaches."""
    points, wide = one.points_P2, one.shoulders
    left, right = points[SHOULDERS[0]], points[SHOULDERS[1]]
    if not np.isfinite([left, right]).all():
        if one.face is None:
            return []
        x, y, _, tall = one.face
        left = np.array([x + 0.5 * wide, y + 2.2 * tall])
        right = np.array([x - 0.5 * wide, y + 2.2 * tall])
    across = (left - right) / max(float(np.hypot(*(left - right))), 1e-6)
    middle = 0.5 * (left + right)
    hips = points[list(HIPS)]
    spine = np.array([-across[1], across[0]])
    end = hips.mean(axis=0) if np.isfinite(hips).all() else middle + 1.6 * wide * spine
    found = [(np.stack([across, spine]), (middle, end), 0.62 * wide)]
    for start, stop in LIMBS:
        ends = points[[start, stop]]
        if np.isfinite(ends).all() and float(np.hypot(*(ends[1] - ends[0]))) > 2:
            down = (ends[1] - ends[0]) / float(np.hypot(*(ends[1] - ends[0])))
            frame = np.stack([np.array([down[1], -down[0]]), down])
            found.append((frame, (ends[0], ends[1]), 0.2 * wide))
    return found


def _distance(
    xs: NDArray[np.float32], ys: NDArray[np.float32], start: Affine, end: Affine
) -> NDArray[np.float32]:
    """How far each place is from a bone."""
    bone = end - start
    along = ((xs - start[0]) * bone[0] + (ys - start[1]) * bone[1]) / max(float(bone @ bone), 1e-6)
    along = np.clip(along, 0, 1)
    return np.asarray(
        np.hypot(xs - start[0] - along * bone[0], ys - start[1] - along * bone[1]), np.float32
    )
