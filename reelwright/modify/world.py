"""A place behind a performer: somebody's own picture or video. Ours are drawn in `rework.py`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Asset, AssetKind
from reelwright.media.decode import Image
from reelwright.media.materials import Materials, Reel
from reelwright.modify.parallax import Parallax, view
from reelwright.modify.performance import Footage, Performance

DEPTH = 0.25  # of a picture, for the parallax: most of it is far
MOST_GROWN = 1.5  # times, that a picture covers more than the frame; further out it is mirrored
SOFT = 0.005  # of the short side: how much a lens that looks at people blurs what is behind them
SEAMLESS = 1.6  # times a usual step: no larger a step from a video's end to its start is a jump


class World(Protocol):
    """A place as the camera of one take sees it, frame by frame.

    The same number gives the same picture, opaque BGR in the footage's size, not to be written
    into. `is_still` says that all frames' are the same.
    """

    name: str

    @property
    def is_still(self) -> bool: ...

    def plate(self, number: int) -> Image: ...


@dataclass(frozen=True, slots=True)
class Stand:
    """Where performers usually are, in shares of the frame: what is put behind keeps clear."""

    left: float = 0.35
    right: float = 0.65

    @classmethod
    def of(cls, performance: Performance) -> "Stand":
        boxes = [one.box_N4 for one in performance.performers]
        known = np.concatenate(boxes) if boxes else np.zeros((0, 4), np.float32)
        known = known[np.isfinite(known[:, 0])]
        if not len(known):
            return cls()
        left, right = np.median(known[:, [0, 2]], axis=0) / performance.footage.width
        return cls(float(left), float(right))

    @property
    def free(self) -> float:
        """The middle of the wider side that they leave free."""
        return 0.5 * self.left if self.left >= 1 - self.right else 0.5 * (1 + self.right)


@dataclass(frozen=True, slots=True)
class Fitting:
    """How a picture covers the frame with room for the camera's path around it."""

    scale: float  # of the picture
    at: tuple[float, float]  # of the scaled picture, what stands in the frame's middle

    @classmethod
    def of(
        cls,
        picture: tuple[int, int],
        footage: Footage,
        path: Parallax,
        focus: tuple[float, float],
        free: float,
    ) -> "Fitting":
        """The point of interest goes where nobody stands, as far as the picture reaches."""
        width, height = footage.width, footage.height
        reach_x, reach_y = path.reach
        tilt = path.rolls
        wide = (width + 2 * reach_x + tilt * height) / path.shrinks
        high = (height + 2 * reach_y + tilt * width) / path.shrinks
        wide, high = min(wide, MOST_GROWN * width), min(high, MOST_GROWN * height)
        scale = max(wide / picture[0], high / picture[1])
        scaled = (picture[0] * scale, picture[1] * scale)
        at_x = focus[0] * scaled[0] + (0.5 - free) * width
        at_y = focus[1] * scaled[1] + 0.08 * height
        half_x, half_y = 0.5 * min(wide, scaled[0]), 0.5 * min(high, scaled[1])
        return cls(
            scale,
            (
                min(max(at_x, half_x), scaled[0] - half_x),
                min(max(at_y, half_y), scaled[1] - half_y),
            ),
        )


@dataclass(kw_only=True)
class PictureWorld:
    """A picture, its focus behind people's, that follows the camera."""

    name: str
    pixels: Image  # scaled to how it is shown
    at: tuple[float, float]
    footage: Footage
    path: Parallax
    _kept: Image | None = field(default=None, repr=False)

    @property
    def is_still(self) -> bool:
        return self.path.stands

    def plate(self, number: int) -> Image:
        if self._kept is None or not self.is_still:
            self._kept = through(self.pixels, self.at, self.path, number, self.footage)
        return self._kept


@dataclass(kw_only=True)
class VideoWorld:
    """A video that goes on for as long as the take: in a loop, or there and back."""

    name: str
    reel: Reel
    fitting: Fitting
    footage: Footage
    path: Parallax
    fps: float
    is_loop: bool
    is_still: bool = False

    def plate(self, number: int) -> Image:
        step = int(self.footage.times_N[number] * self.fps + 1e-6)
        place = round_trip(step, self.reel.count, is_loop=self.is_loop)
        frame = cv2.cvtColor(self.reel.frame(place), cv2.COLOR_BGRA2BGR)
        scaled = resized(frame, self.fitting.scale)
        return through(scaled, self.fitting.at, self.path, number, self.footage)


def round_trip(step: int, count: int, *, is_loop: bool) -> int:
    """The frame that is shown at a step: round and round, or to the end and back."""
    if is_loop or count < 3:
        return step % count
    place = step % (2 * count - 2)
    return min(place, 2 * count - 2 - place)


def loops(reel: Reel) -> bool:
    """Whether a video's end runs into its start as one of its frames does into the next."""
    if reel.count < 3:
        return True
    small = [
        cv2.resize(reel.frame(place), (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
        for place in (0, 1, 2, reel.count - 2, reel.count - 1)
    ]
    usual = max(_apart(small[0], small[1]), _apart(small[1], small[2]), _apart(small[3], small[4]))
    return _apart(small[4], small[0]) <= SEAMLESS * usual + 0.25


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.abs(one - other).mean())


def through(
    picture: Image, at: tuple[float, float], path: Parallax, number: int, footage: Footage
) -> Image:
    """The part of a picture that the camera sees; beyond its edges it is mirrored."""
    width, height = footage.width, footage.height
    affine = view(path.move(number), DEPTH, at, (0.5 * width, 0.5 * height))
    seen = cv2.warpAffine(
        picture, affine, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(seen, np.uint8)


def resized(picture: Any, scale: float) -> Image:
    """A picture of another size, without what a smaller one could not show."""
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def own_world(
    path: Path, materials: Materials, performance: Performance, *, soft: float = 1.0
) -> World:
    """The world in a file of somebody's own. What is wrong with it is told in one line."""
    asset = materials.take(path)
    if asset.kind is AssetKind.FILM:
        return _video_world(path.name, asset, materials, performance)
    footage, parallax = performance.footage, Parallax.of(performance)
    fitting = _fitting(asset, performance, parallax)
    side = max(1, round(fitting.scale * min(asset.width, asset.height)))
    flat = _opaque(materials.picture(asset, side))
    scaled = resized(flat, fitting.scale * asset.width / flat.shape[1])
    sigma = soft * SOFT * min(footage.width, footage.height)
    if sigma > 0.3:
        scaled = np.asarray(cv2.GaussianBlur(scaled, (0, 0), sigma), np.uint8)
    return PictureWorld(
        name=path.stem, pixels=scaled, at=fitting.at, footage=footage, path=parallax
    )


def _video_world(
    name: str, asset: Asset, materials: Materials, performance: Performance
) -> VideoWorld:
    footage, parallax = performance.footage, Parallax.of(performance)
    fitting = _fitting(asset, performance, parallax)
    side = max(1, round(min(1.0, fitting.scale) * min(asset.width, asset.height)))
    fps = max(1, round(footage.fps or 25))
    end_s = float(footage.times_N[-1]) + 2 / fps
    reel = materials.film(asset, fps=fps, end_s=end_s, shorter_side=side)
    shown = reel.frame(0).shape[1]
    fitting = Fitting(fitting.scale * asset.width / shown, fitting.at)
    return VideoWorld(
        name=name,
        reel=reel,
        fitting=fitting,
        footage=footage,
        path=parallax,
        fps=fps,
        is_loop=loops(reel),
    )


def _fitting(asset: Asset, performance: Performance, path: Parallax) -> Fitting:
    size = (asset.width, asset.height)
    free = Stand.of(performance).free
    return Fitting.of(size, performance.footage, path, asset.focus, free)


def _opaque(picture: Any) -> Image:
    """Premultiplied pixels on their own mean colour where they are clear."""
    clear = 255 - picture[:, :, 3:]
    weight = float(picture[:, :, 3].sum())
    mean = picture[:, :, :3].sum(axis=(0, 1)) / max(weight, 1.0)
    return np.asarray(picture[:, :, :3] + np.rint(mean * clear), np.uint8)
