"""A film reduced to what the measures need: small pictures and their fine grain, in one pass."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image, frames

# T sampled times, H rows, W columns, C blue, green, red.

EVERY_S = 0.125  # often enough to tell a cut from a fast camera
MOST_S = 60.0  # a longer film is known by its first minute
SIDE = 360  # pictures are looked at with this shorter side, so that measures compare
PIXELS = 64 * 112  # of the small pictures, whatever their shape
FINE_EVERY = 4  # every so many samples the fine structure is looked at


@dataclass(frozen=True, slots=True)
class Film:
    """What is kept of a film's pictures."""

    colour_THWC: Image
    grey_THW: Image
    fine: NDArray[np.float64]  # sharpness, grain, edges: a row for each picture looked at closely

    @property
    def seconds(self) -> float:
        return len(self.grey_THW) * EVERY_S


def watch(path: Path) -> Film:
    """The film at `path`, sampled and reduced. Holds a few small pictures a second."""
    colour, fine = [], []
    sampled = frames(path, shorter_side=SIDE, every_s=EVERY_S, end_s=MOST_S)
    for number, (_, image) in enumerate(sampled):
        colour.append(small(image))
        if number % FINE_EVERY == 0:
            fine.append(fine_structure(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)))
    if not colour:
        raise ReelwrightError(f"{path.name} holds no picture.", hint="Give a whole video.")
    grey = [cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in colour]
    return Film(np.stack(colour), np.array(grey, np.uint8), np.array(fine))


def shown(path: Path, seen: Film, *, count: int, side: int) -> list[Image]:
    """Frames for a model to look at: `count` from all over the film, each from amid its part."""
    every_s = seen.seconds / count
    taken = frames(
        path, shorter_side=side, every_s=every_s, start_s=every_s / 2, end_s=seen.seconds
    )
    return [picture for _, picture in taken][:count] or [seen.colour_THWC[0]]


def small(image: Image) -> Image:
    """The picture with PIXELS pixels or fewer, in its own shape."""
    height, width = image.shape[:2]
    scale = min(1.0, (PIXELS / (width * height)) ** 0.5)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    reduced: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return reduced


def fine_structure(grey: NDArray[Any]) -> tuple[float, float, float]:
    """Sharpness, grain and share of edges of a grey picture, each in 0 to 1.

    Grain is the noise left in the quarter of the picture that is flattest. Sharpness compares the
    strongest edges, freed of grain, with themselves blurred by two pixels: a step becomes three
    times less steep, an edge that was soft before loses nothing.
    """
    calm = cv2.medianBlur(grey, 3)
    slope = slopes(cv2.GaussianBlur(grey, (0, 0), 2.0))
    steepest = cv2.dilate(slopes(calm), np.ones((5, 5), np.uint8))
    few = slope[::2, ::2]
    strong = slope >= max(1.0, float(np.percentile(few, 98)))
    flat = slope <= np.percentile(few, 25)
    gain = float(steepest[strong].mean() / slope[strong].mean()) if strong.any() else 1.0
    grain = float(cv2.absdiff(grey, calm)[flat].mean()) / 255
    return float(np.clip((gain - 1) / 2.2, 0, 1)), grain, float((slope > 3).mean())


def slopes(grey: NDArray[Any]) -> NDArray[np.float32]:
    """How steep the picture is at each pixel, in grey levels a pixel."""
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    # not cv2.magnitude: its last bit depends on where in memory the picture lies
    return np.sqrt(across * across + down * down)
