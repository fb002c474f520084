"""Bodies in a picture: searched for, then followed by their own points: 33, and a mask."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.media.decode import Image
from reelwright.modify.crop import Crop, whole
from reelwright.modify.finding import anchors, found
from reelwright.modify.nets import Floats, Net, likely
from reelwright.modify.performance import BODY_POINTS

# P points.

FINDER_SIDE, FINDER_LAYERS = 224, ((8, 2), (16, 2), (32, 6))
SIDE = 256
GROW = 1.25  # of the circle about a body; the network was trained with it
PRESENT = 0.5
HEAT_SIDE, HEAT_REACH = 64, 3  # points are moved to the middle of their heat about them
HEAT_SURE = 0.5
MASK_SIDE = 256
HEAD, HEAD_GROW = slice(0, 11), 3.0  # nose, eyes, ears and mouth, and the square about them
APART = 0.35  # of the smaller one's side: squares whose middles are nearer show one body


@dataclass(frozen=True, slots=True)
class Body:
    """One person's: points with how surely each was seen, and which part of a square is them."""

    points_P3: Floats
    follow: Crop  # where to look in the next frame
    crop: Crop  # what the mask covers
    mask: Floats  # logits


class Bodies:
    """Finds bodies. It remembers nothing: what was seen before is handed in."""

    def __init__(self, finder: Net, body: Net) -> None:
        self._finder = finder
        self._body = body
        self._anchors = anchors(FINDER_SIDE, FINDER_LAYERS)

    def see(
        self, frame: Image, before: Sequence[Crop | None] = (), *, search: bool = True
    ) -> list[Body | None]:
        """Those that were followed, in their order, as far as they are there; then new ones."""
        seen = [None if crop is None else self.trace(frame, crop) for crop in before]
        if search:
            for crop in self.find(frame):
                known = [body.follow for body in seen if body is not None]
                if any(same(crop, other) for other in known):
                    continue
                new = self.trace(frame, crop)
                if new is not None and not any(same(new.follow, other) for other in known):
                    seen.append(new)
        return seen

    def find(self, frame: Image) -> list[Crop]:
        """Squares about those who are there, surest first."""
        crop = whole(frame)
        raw, logits = self._finder(2 * crop.cut(frame, FINDER_SIDE) - 1)
        things = found(raw[0], logits[0, :, 0], self._anchors, FINDER_SIDE)
        return [_square(crop.back(thing.points_K2[:2], 1)) for thing in things]

    def trace(self, frame: Image, crop: Crop) -> Body | None:
        """The body in the square, if there is one."""
        raw, sure, mask, heat, _ = self._body(crop.cut(frame, SIDE))
        if float(sure.ravel()[0]) < PRESENT:
            return None
        points_P5 = warmed(raw.reshape(-1, 5), heat[0])
        placed = crop.back(points_P5[:, :2], SIDE)
        seen = likely(points_P5[:BODY_POINTS, 3])
        return Body(
            np.column_stack([placed[:BODY_POINTS], seen]).astype(np.float32),
            _square(placed[BODY_POINTS : BODY_POINTS + 2]),
            crop,
            mask[0, :, :, 0],
        )


def warmed(points_P5: Floats, heat: Floats) -> Floats:
    """Points moved to the middle of the heat around them, where that is clear."""
    reach = np.arange(-HEAT_REACH, HEAT_REACH + 1)
    column, row = np.floor(points_P5[:, :2] * HEAT_SIDE / SIDE).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < HEAT_SIDE) & (row < HEAT_SIDE)
    rows, columns = row[:, None] + reach, column[:, None] + reach  # of a square about each point
    safe_rows, safe_columns = (np.clip(way, 0, HEAT_SIDE - 1) for way in (rows, columns))
    number = np.arange(len(points_P5))[:, None, None]
    warm = likely(heat[safe_rows[:, :, None], safe_columns[:, None, :], number])
    warm *= (rows == safe_rows)[:, :, None] & (columns == safe_columns)[:, None, :]
    total = np.maximum(warm.sum((1, 2)), 1e-6)
    x = (warm.sum(1) * columns).sum(1) / total
    y = (warm.sum(2) * rows).sum(1) / total
    clear = inside & (warm.max((1, 2)) >= HEAT_SURE)
    moved = points_P5.copy()
    moved[clear, :2] = np.stack([x, y], 1)[clear] * SIDE / HEAT_SIDE
    return moved


def head(points_P3: Floats) -> Crop:
    """A square about a body's head, in which its face must be."""
    places = points_P3[HEAD, :2]
    x, y = places.mean(0)
    return Crop(float(x), float(y), HEAD_GROW * float(np.ptp(places, axis=0).max()))


def same(one: Crop, other: Crop) -> bool:
    apart = np.hypot(one.x - other.x, one.y - other.y)
    return bool(apart < APART * min(one.side, other.side))


def _square(points_22: Floats) -> Crop:
    """About the middle of the hips; the way to the second point is half its side, and upwards."""
    (x, y), way = points_22[0], points_22[1] - points_22[0]
    side = 2 * GROW * float(np.hypot(*way))
    return Crop(float(x), float(y), side, float(np.arctan2(way[1], way[0]) + np.pi / 2))
