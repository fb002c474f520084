"""Faces in a picture: searched for, then followed from frame to frame by their own points."""

from collections.abc import Sequence

import numpy as np

from reelwright.media.decode import Image
from reelwright.modify.crop import Crop, around, whole
from reelwright.modify.finding import Found, anchors, found, overlap
from reelwright.modify.mesh import SIDE
from reelwright.modify.nets import Floats, Net
from reelwright.modify.performance import FACE_POINTS

# P points.

NEAR_SIDE, NEAR_LAYERS = 128, ((8, 2), (16, 6))
FAR_SIDE, FAR_LAYERS = 192, ((4, 1),)
GROW = 1.5  # of the square about a face; the mesh was trained with it
PRESENT = 0.5  # as surely must it be a face
RIGHT_EYE, LEFT_EYE = 33, 263  # their outer corners, by which a mesh is turned upright
SETTLING = 2  # rounds until a face that was just found is where it will be followed
SAME = 0.3  # of two faces' boxes in common: they are one


class Faces:
    """Finds the meshes of faces. It remembers nothing: what was seen before is handed in."""

    def __init__(self, near: Net, far: Net, mesh: Net) -> None:
        self._near = near
        self._far = far
        self._mesh = mesh
        self._near_anchors = anchors(NEAR_SIDE, NEAR_LAYERS)
        self._far_anchors = anchors(FAR_SIDE, FAR_LAYERS)

    def see(
        self, frame: Image, before: Sequence[Floats] = (), *, search: bool = True
    ) -> list[Floats]:
        """Meshes in pixels: those of `before` in their order, as far as they are there, then new.

        NaN stands where a face of before is not seen any more.
        """
        seen = [
            points_P3 if np.isnan(points_P3[0, 0]) else self.trace(frame, _follow(points_P3))
            for points_P3 in before
        ]
        if search:
            for crop in self.find(frame):
                there = [points_P3 for points_P3 in seen if not np.isnan(points_P3[0, 0])]
                if not any(_inside(crop, points_P3) for points_P3 in there):
                    new = self.settled(frame, crop)
                    if not np.isnan(new[0, 0]) and not any(same(new, old) for old in there):
                        seen.append(new)
        return seen

    def find(self, frame: Image) -> list[Crop]:
        """Squares about the faces that are there, surest first; small ones if none is large."""
        crop = whole(frame)
        things = self._things(self._near, crop.cut(frame, NEAR_SIDE), NEAR_SIDE, self._near_anchors)
        if not things:
            things = self._things(self._far, crop.cut(frame, FAR_SIDE), FAR_SIDE, self._far_anchors)
        return [_square(thing, crop) for thing in things]

    def closely(self, frame: Image, head: Crop) -> Floats:
        """The mesh of the face of a head whose place is known; all NaN where none is seen.

        Of a whole picture the finders see a small face with too few pixels to be sure of it.
        """
        picture = head.cut(frame, NEAR_SIDE)
        things = self._things(self._near, picture, NEAR_SIDE, self._near_anchors)
        if not things:
            return np.full((FACE_POINTS, 3), np.nan, np.float32)
        return self.settled(frame, _square(things[0], head))

    def count(self, frame: Image, parts: int = 3) -> int:
        """How many faces there are, small ones too: the frame is looked at in parts, each way.

        A face across a border may be counted twice, so this tells a crowd from a few.
        """
        height, width = frame.shape[:2]
        total = 0
        for row, column in np.ndindex(parts, parts):
            part = frame[
                row * height // parts : (row + 1) * height // parts,
                column * width // parts : (column + 1) * width // parts,
            ]
            picture = whole(part).cut(part, FAR_SIDE)
            total += len(self._things(self._far, picture, FAR_SIDE, self._far_anchors))
        return total

    def trace(self, frame: Image, crop: Crop) -> Floats:
        """The mesh of the face in the square; all NaN where there is none."""
        points_P3, sure = self._mesh(crop.cut(frame, SIDE))
        if float(sure[0]) < PRESENT:
            return np.full_like(points_P3, np.nan)
        return crop.back(points_P3, SIDE)

    def settled(self, frame: Image, crop: Crop) -> Floats:
        """Likewise, seen once more in the square about its own points, as it will be followed.

        The finder's square is coarser: what was traced in it was up to a fifth of the distance
        between the eyes off what the next frames say.
        """
        found = self.trace(frame, crop)
        for _ in range(SETTLING):
            if not np.isnan(found[0, 0]):
                found = self.trace(frame, _follow(found))
        return found

    @staticmethod
    def _things(net: Net, picture: Floats, side: int, anchors_A2: Floats) -> list[Found]:
        raw, logits = net(2 * picture - 1)
        return found(raw[0], logits[0, :, 0], anchors_A2, side)


def _follow(points_P3: Floats) -> Crop:
    return around(points_P3, start=RIGHT_EYE, end=LEFT_EYE, upright=0.0, grow=GROW)


def _square(thing: Found, crop: Crop) -> Crop:
    """Where the mesh is looked for: about the box, turned by the eyes (the first two points)."""
    corners = crop.back(thing.box_4.reshape(2, 2), 1)
    eyes = crop.back(thing.points_K2[:2], 1)
    way = eyes[1] - eyes[0]
    middle, size = corners.mean(0), (corners[1] - corners[0]).max()
    return Crop(
        float(middle[0]), float(middle[1]), GROW * float(size), float(np.arctan2(way[1], way[0]))
    )


def _inside(crop: Crop, points_P3: Floats) -> bool:
    """Whether the square lies about a face that is known already."""
    low, high = points_P3[:, :2].min(0), points_P3[:, :2].max(0)
    return bool(np.all(low <= (crop.x, crop.y)) and np.all((crop.x, crop.y) <= high))


def box(points_P3: Floats) -> Floats:
    """Left, top, right and bottom of points; NaN of none."""
    return np.concatenate([points_P3[:, :2].min(0), points_P3[:, :2].max(0)]).astype(np.float32)


def same(one: Floats, other: Floats) -> bool:
    return bool(overlap(box(one), box(other)[None])[0] > SAME)
