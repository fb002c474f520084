"""The 478 points of a face: a network that looks at the whole, and again at lips and eyes.

The second look is cut out of what the first one made, about the first one's points. MediaPipe's
runtime does that inside the network; here it stands between its two halves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from reelwright.modify.nets import Floats, Net, likely
from reelwright.modify.performance import FACE_POINTS

# P points, R those of one region.

SIDE = 192  # of the picture that the network looks at
FINER = 16  # of a region's own square
SHARE = SIDE // 48  # the first look's own picture is 48 wide
REGION_SIDE = FINER * SHARE  # a region's points come in pixels of this square
GROW = 1.5  # of a region's square about its points
FIRST_LOOK = (0,), (35, 719, 710)  # tensors of the file: the picture; features, points, presence
SECOND_LOOK = (
    (199, 200, 201),
    (697, 700, 703, 704, 707),
)  # three squares; lips, eye, iris, eye, iris
MESH_POINTS = FACE_POINTS - 10
LIDS = 16  # the points with which an eye's region begins lie along its lids


@dataclass(frozen=True, slots=True)
class Region:
    """What is looked at again, and which points come of it."""

    points: Sequence[int]  # of the mesh, in the order in which they come back
    start: int  # from this corner to that one lies its own x axis
    end: int


class Mesh:
    """Finds a face's points in a picture of SIDE pixels; and says how surely it is one."""

    def __init__(self, first: Net, second: Net, regions: Sequence[Region]) -> None:
        self._first = first
        self._second = second
        self._lips, self._right, self._left = regions  # the performer's own right eye

    def __call__(self, *given: Floats) -> tuple[Floats, ...]:
        features, rough, logit = self._first(*given)
        points_P3 = np.full((FACE_POINTS, 3), np.nan, np.float32)
        points_P3[:MESH_POINTS] = rough.reshape(MESH_POINTS, 3)
        regions = (self._lips, self._right, self._left)
        squares = [square(points_P3, region) for region in regions]
        found = self._second(*(zoomed(features[0], place) for place in squares))
        lips, right, right_iris, left, left_iris = (near.reshape(-1, 2) for near in found)
        for region, place, near in zip(regions, squares, (lips, right, left), strict=True):
            points_P3[list(region.points), :2] = mapped(near, place)
        for number, (eye, place, iris) in enumerate(
            zip(regions[1:], squares[1:], (right_iris, left_iris), strict=True)
        ):
            rows = slice(MESH_POINTS + 5 * number, MESH_POINTS + 5 * number + 5)
            points_P3[rows, :2] = mapped(iris, place)
            points_P3[rows, 2] = points_P3[list(eye.points[:LIDS]), 2].mean()
        return points_P3, likely(logit.ravel())


def square(points_P3: Floats, region: Region) -> Floats:
    """From a region's own pixels, REGION_SIDE wide, to those of the whole: an affine map.

    The region may be wider than high; it is stretched to a square.
    """
    corners = points_P3[[region.start, region.end], :2]
    way = corners[1] - corners[0]
    angle = float(np.arctan2(way[1], way[0]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points_P3[list(region.points), :2] @ turn
    low, high = turned.min(0), turned.max(0)
    stretch = turn * (GROW * (high - low) / REGION_SIDE)
    offset = turn @ ((low + high) / 2) - stretch @ np.full(2, REGION_SIDE / 2)
    return np.column_stack([stretch, offset]).astype(np.float32)


def mapped(points_R2: Floats, affine: Floats) -> Floats:
    return np.asarray(points_R2 @ affine[:, :2].T + affine[:, 2], np.float32)


def zoomed(features: Floats, affine: Floats) -> Floats:
    """The region's part of the first look's features, FINER wide; nothing beyond their edge."""
    own = affine.astype(np.float64).copy()  # both pictures are SHARE times smaller
    own[:, 2] = own[:, 2] / SHARE + own[:, :2].sum(1) / 2 - 0.5
    planes = [
        cv2.warpAffine(
            np.ascontiguousarray(features[..., start : start + 4]),
            own,
            (FINER, FINER),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        for start in range(0, features.shape[-1], 4)  # OpenCV takes four at once
    ]
    return np.concatenate(planes, axis=-1)
