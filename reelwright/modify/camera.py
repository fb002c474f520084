"""How the camera moved, from what the background shows of it; a camera that stands stays put."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.nets import Floats

# P points, 2 their x and y.

Points = NDArray[np.float32]
Map = NDArray[np.float64]  # 3 by 3

MOST_POINTS, APART, QUALITY = 300, 6, 0.005
FLAT = 1e-3  # of OpenCV's smaller eigenvalue: below it lies a screen's own noise
FEWEST = 12  # points: fewer say nothing of a camera
BACKGROUND = 0.1  # of the matte; what is above may be a performer
MARGIN = 9  # pixels of the grey picture about a performer that are not looked at
STANDS = 0.35  # grey pixels: a camera that never moved further than points can be followed stands
PLAIN = 0.15  # grey pixels: a plainer motion that leaves no more than this is preferred
INLIER = 1.0  # grey pixels
STALE = 0.5  # of the points of a reference must still be there, or a new one is taken
AGREE = 0.5  # of the followed points must move as one
ROUND = 1e-9
WINDOW: Any = {"winSize": (15, 15), "maxLevel": 3}
BACK = 0.5  # grey pixels: a point followed there and back must come home


class Camera:
    """Follows the background of one shot, each frame against a frame as far back as can be seen.

    So errors do not add up from frame to frame, and where nothing moves nothing is reported.
    """

    def __init__(self) -> None:
        self._reference: Image | None = None
        self._points: Points = np.zeros((0, 1, 2), np.float32)
        self._count = 0
        self._to_reference = np.eye(3)  # from the shot's first frame to the reference
        self._last = np.eye(3)  # from the reference to the frame before
        self._moves = False

    def see(self, grey: Image, matte_HW: Floats) -> Map:
        """From the shot's first frame to this one, in grey pixels counted from the corner."""
        if self._reference is None:
            self._refer(grey, matte_HW, np.eye(3))
            return np.eye(3)
        here, there = self._followed(grey, matte_HW)
        moved = None
        if len(here) >= FEWEST:
            self._moves = self._moves or rest(np.eye(3), here, there) > STANDS
            moved = fitted(here, there) if self._moves else np.eye(3)
        if moved is not None:
            self._last = moved
        found = self._last @ self._to_reference
        if moved is None or len(here) < STALE * self._count:
            self._refer(grey, matte_HW, found)
        return found

    def _refer(self, grey: Image, matte_HW: Floats, found: Map) -> None:
        self._reference = grey
        self._to_reference = found
        self._last = np.eye(3)
        mask = background(matte_HW, grey)
        mask[cv2.cornerMinEigenVal(grey, 3) < FLAT] = 0
        corners = cv2.goodFeaturesToTrack(grey, MOST_POINTS, QUALITY, APART, mask=mask)
        none = np.zeros((0, 1, 2), np.float32)
        self._points = none if corners is None else np.asarray(corners, np.float32)
        self._count = len(self._points)

    def _followed(self, grey: Image, matte_HW: Floats) -> tuple[Points, Points]:
        """Points of the reference and where they are now, as far as they are background."""
        if not len(self._points):
            return self._points[:, 0], self._points[:, 0]
        assert self._reference is not None, "a shot begins with a reference"
        guess = cv2.perspectiveTransform(self._points.astype(np.float64), self._last)
        now, there, _ = cv2.calcOpticalFlowPyrLK(
            self._reference, grey, self._points, guess.astype(np.float32),
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW, **WINDOW,
        )  # fmt: skip
        back, home, _ = cv2.calcOpticalFlowPyrLK(
            grey, self._reference, now, self._points.copy(),
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW, **WINDOW,
        )  # fmt: skip
        open_HW = background(matte_HW, grey)
        column, row = np.rint(now[:, 0]).astype(int).T
        height, width = grey.shape
        inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
        free = open_HW[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] > 0
        true = np.hypot(*(back - self._points)[:, 0].T) < BACK
        kept = inside & free & true & (there[:, 0] > 0) & (home[:, 0] > 0)
        return self._points[kept, 0], now[kept, 0]


def background(matte_HW: Floats, grey: Image) -> Image:
    """255 where the grey picture surely shows no performer."""
    height, width = grey.shape
    matte = cv2.resize(matte_HW, (width, height), interpolation=cv2.INTER_LINEAR)
    near = cv2.dilate(np.asarray(matte > BACKGROUND, np.uint8), np.ones((MARGIN, MARGIN), np.uint8))
    return np.asarray(255 * (1 - near), np.uint8)


def fitted(here_P2: Points, there_P2: Points) -> Map | None:
    """The plainest motion that explains most points: a shift, a similarity, a homography."""
    x, y = np.median(there_P2 - here_P2, axis=0)
    shift = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
    if rest(shift, here_P2, there_P2) < PLAIN:
        return shift
    affine, inliers = cv2.estimateAffinePartial2D(
        here_P2, there_P2, method=cv2.RANSAC, ransacReprojThreshold=INLIER
    )
    if affine is None or inliers.mean() < AGREE:
        return None
    similar = np.vstack([affine, [0, 0, 1]])
    if rest(similar, here_P2, there_P2) < PLAIN or len(here_P2) < 2 * FEWEST:
        return similar
    plane, inliers = cv2.findHomography(here_P2, there_P2, cv2.RANSAC, INLIER)
    if plane is None or inliers.mean() < AGREE:
        return similar
    return np.asarray(plane / plane[2, 2], np.float64)


def rest(found: Map, here_P2: Points, there_P2: Points) -> float:
    """How far points usually are from where the motion takes them."""
    mapped = cv2.perspectiveTransform(here_P2[:, None].astype(np.float64), found)[:, 0]
    return float(np.median(np.hypot(*(mapped - there_P2).T)))


def at_size(found: Map, grey: Sequence[int], width: int, height: int) -> Floats:
    """The same motion between frames of that size; `grey` is a shape, rows first."""
    x, y = width / grey[1], height / grey[0]
    scale = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])  # middles to middles
    large = scale @ found @ np.linalg.inv(scale)
    return np.asarray(np.rint(large / ROUND) * ROUND, np.float32)  # nothing is exactly nothing
