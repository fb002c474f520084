"""Performers and their new place in one light: exposure, cast, haze and where it comes from."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.performance import Floats
from reelwright.modify.strength import Strength

Numbers = NDArray[Any]  # float32

SIDE = 96  # of the small copies that are measured
BRIGHT, BLACK = 0.85, 0.03  # which part of all pixels is at most as bright: what light and haze are
DARKEST, BRIGHTEST = 0.42, 1.5  # times, that anybody is made darker or brighter at most
MOST_CAST = 0.16  # by which a channel strays from the others at most
TINTED = 1.5  # times as far as brightness, that a cast is taken on: eyes forgive it less
MOST_HAZE = 26.0  # levels, that black is lifted by at most
GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Light:
    """What is measured of a picture, or of a part of it."""

    bright: float  # linear, 0 to 1
    black: float  # levels
    cast: tuple[float, float, float]  # of blue, green, red, as linear gains about 1
    side: float = 0.0  # from -1, all of the light from the left, to 1
    above: float = 0.0  # from -1, all of it from below, to 1

    def towards(self, other: "Light", share: float) -> "Light":
        """Between this and another."""

        def between(one: float, two: float) -> float:
            return one + share * (two - one)

        return Light(
            between(self.bright, other.bright),
            between(self.black, other.black),
            tuple(map(between, self.cast, other.cast)),  # type: ignore[arg-type]
            between(self.side, other.side),
            between(self.above, other.above),
        )


def measured(picture: Image) -> Light:
    """The light in a picture.

    Of footage it is that of the whole frame: what people wear and their skin are not the light.
    """
    size = _small(picture)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    luma = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    bright = float((np.quantile(luma, BRIGHT) / 255) ** GAMMA)
    side, above = _direction((luma / 255) ** GAMMA)
    black = float(np.quantile(luma, BLACK))
    return Light(max(bright, 0.01), black, _cast(small.reshape(-1, 3)), side, above)


def _small(picture: Image) -> tuple[int, int]:
    scale = SIDE / max(picture.shape[:2])
    return max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale))


def _cast(pixels: Numbers) -> tuple[float, float, float]:
    """The colour of the light: the brighter and the greyer a pixel, the more it says."""
    linear = (pixels.astype(np.float32) / 255) ** GAMMA
    level = linear.mean(axis=1)
    colourful = (linear.max(axis=1) - linear.min(axis=1)) / np.maximum(linear.max(axis=1), 1e-3)
    weight = np.sqrt(level) * (1.25 - colourful)
    mean = (linear * weight[:, None]).sum(axis=0) / max(float(weight.sum()), 1e-6)
    blue, green, red = (mean / max(float(mean.mean()), 1e-6)).tolist()
    return blue, green, red


def _direction(linear: Numbers) -> tuple[float, float]:
    """Where the light is: the middle of what is bright, against the middle of the picture."""
    soft = cv2.GaussianBlur(linear, (0, 0), 0.08 * max(linear.shape))
    strong = np.maximum(soft - np.quantile(soft, 0.5), 0)
    total = float(strong.sum())
    if total < 1e-6:
        return 0.0, 0.0
    ys, xs = (np.linspace(-1, 1, count) for count in linear.shape)
    side = float((strong.sum(axis=0) * xs).sum()) / total
    above = -float((strong.sum(axis=1) * ys).sum()) / total
    return side, above


@dataclass(frozen=True, slots=True)
class Grade:
    """What brings two lights together: a table of levels for each of them."""

    performer: NDArray[np.uint8]  # 1 x 256 x 3, for OpenCV
    plate: NDArray[np.uint8]


def grade(performer: Light, plate: Light, strength: Strength) -> Grade:
    """Each goes its share of the way to the other, gently and within bounds."""
    ratio = plate.bright / performer.bright
    neutral = replace(performer, cast=(1.0, 1.0, 1.0))  # cameras balance white by themselves
    return Grade(
        _table(ratio**strength.performer, neutral, plate, strength.performer),
        _table(ratio**-strength.plate, plate, neutral, 0.6 * strength.plate),
    )


def _table(gain: float, own: Light, other: Light, share: float) -> NDArray[np.uint8]:
    gain = min(max(gain, DARKEST), BRIGHTEST) ** (1 / GAMMA)
    tint = (np.array(other.cast) / np.array(own.cast)) ** (min(1.0, TINTED * share) / GAMMA)
    tint = np.clip(tint, 1 - MOST_CAST, 1 + MOST_CAST)
    tint /= float(tint @ (0.114, 0.587, 0.299))  # as bright as before
    haze = min(max(share * (other.black - own.black), 0.0), MOST_HAZE)
    levels = np.arange(256, dtype=np.float64)[:, None] * gain * tint
    knee = 225.0  # nothing bright becomes flat: what is above is bent
    levels = np.where(levels > knee, knee + (255 - knee) * np.tanh((levels - knee) / 60), levels)
    levels = haze + levels * (1 - haze / 255)
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)[None]


def applied(picture: Image, table: NDArray[np.uint8]) -> Image:
    """The picture with its levels changed."""
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def shading(alpha: Floats, light: Light, strength: float, unit: float) -> Floats | None:
    """By how much each place of a performer is brighter or darker for where the light is.

    A silhouette is taken for something round: its blurred edge says where each place faces.
    """
    if strength < 0.01:
        return None
    size = (max(2, alpha.shape[1] // 4), max(2, alpha.shape[0] // 4))
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    round_ = cv2.GaussianBlur(small, (0, 0), max(1.0, 0.03 * unit / 4))
    reach = 0.06 * unit / 4
    xs = cv2.Sobel(round_, cv2.CV_32F, 1, 0, ksize=3, scale=reach / 4)
    ys = cv2.Sobel(round_, cv2.CV_32F, 0, 1, ksize=3, scale=reach / 4)
    facing = -light.side * xs + light.above * ys  # edges fall outwards, rows count downwards
    places = np.linspace(-0.5, 0.5, size[0], dtype=np.float32)[None, :]
    change = strength * (1.1 * facing + 0.5 * light.side * places)
    whole = cv2.resize(change, alpha.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(1 + np.clip(whole, -0.4, 0.5), np.float32)
