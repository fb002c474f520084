"""Sees to it that a title can be read on whatever lies behind it."""

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.render.blend import Overlay
from reelwright.render.colour import Rgb, contrast, luminance, mix
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Box
from reelwright.render.look import Palette

CLEAR_ENOUGH = 4.5  # the contrast that WCAG 2 asks of text
AIM = 5.4  # on a picture, because a glow or a gradient takes some of it
GRID = (20, 12)  # places behind a title that are looked at; about one a letter
WORST = 4  # of these decide: the tenth of what is around one word of many


# The letters' colour, and the colour of the ground that the style gives them; None where they
# stand on the picture itself.
INKS: dict[str, Callable[[Palette], tuple[Rgb, Rgb | None]]] = {
    "slam": lambda palette: (palette.light, palette.dark),
    "whisper": lambda palette: (palette.dark, palette.light),
    "serif": lambda palette: (palette.light, None),
    "tube": lambda palette: (mix(palette.accent, (1.0, 1.0, 1.0), 0.86), None),
    "strips": lambda palette: (palette.dark, palette.light),
    "caption": lambda palette: (palette.light, palette.dark),
    "shout": lambda palette: (palette.light, palette.dark),
    "engraved": lambda palette: (mix(palette.accent, palette.light, 0.45), None),
}


def brightest_behind(behind: list[Pixels], box: Box) -> Rgb:
    """Of what lies behind the box at any moment, the brightest colour.

    Letters that stand on the picture are light, so it is the one that has to be shaded most. It is
    the mean of a few places, so that a spark counts less than a lamp.
    """
    return max((_brightest(picture, box) for picture in behind), key=luminance)


def _brightest(picture: Pixels, box: Box) -> Rgb:
    height, width = picture.shape[:2]
    rows = slice(max(0, int(box.top)), min(height, math.ceil(box.bottom)))
    columns = slice(max(0, int(box.left)), min(width, math.ceil(box.right)))
    small = cv2.resize(
        np.ascontiguousarray(picture[rows, columns, :3]), GRID, interpolation=cv2.INTER_AREA
    )
    colours = small.reshape(-1, 3)[:, ::-1] / 255.0
    order = np.argsort([-luminance(tuple(colour)) for colour in colours])
    red, green, blue = colours[order[:WORST]].mean(axis=0)
    return float(red), float(green), float(blue)


def scrim(box: Box, ink: Rgb, ground: Rgb, palette: Palette, frame: tuple[int, int]) -> Overlay:
    """A soft shade behind the letters, just strong enough that they can be read."""
    shade = mix(palette.dark, (0.0, 0.0, 0.0), 0.4)
    strength = 0.3
    while strength < 0.92 and contrast(ink, mix(ground, shade, strength)) < AIM:
        strength += 0.05
    width, height = frame
    pad = 0.13 * min(frame)
    small: NDArray[Any] = np.zeros((height // 8 + 1, width // 8 + 1), np.float32)
    top, bottom = int((box.top - 0.5 * pad) / 8), math.ceil((box.bottom + 0.5 * pad) / 8)
    left, right = int((box.left - 0.5 * pad) / 8), math.ceil((box.right + 0.5 * pad) / 8)
    small[max(0, top) : bottom, max(0, left) : right] = strength
    small = cv2.GaussianBlur(small, (0, 0), max(1.0, 0.35 * pad / 8))
    small = np.minimum(small * 1.12, strength)
    alpha = cv2.resize(small, frame, interpolation=cv2.INTER_LINEAR)
    pixels = np.empty((height, width, 4), np.uint8)
    for channel, part in enumerate((*shade[::-1], 1.0)):
        pixels[:, :, channel] = alpha * (255 * part)
    rows = np.flatnonzero(alpha.max(axis=1) > 0.004)
    first, last = int(rows[0]), int(rows[-1]) + 1
    return Overlay.of(np.ascontiguousarray(pixels[first:last]), 0, first)
