"""A colour for each creative code: as far from the others as can be, as near to its films as that.

Hues stand evenly around the circle, in the order in which the codes' own palettes stand on it.
"""

import colorsys
from collections.abc import Mapping, Sequence
from math import atan2, cos, pi, sin

import numpy as np

from reelwright.domain import Colour

LIGHTNESS, CHROMA = 0.79, 0.125  # in OKLCH: bright enough for a dark ground, never shrill
RED = 0.51  # where OKLCH has the hue that a colour wheel begins with
TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def tints(palettes: Mapping[int, Sequence[Colour]]) -> dict[int, Colour]:
    """The colour of each code, from all colours of the films that have it."""
    hues = {code: hue(colours) for code, colours in palettes.items()}
    order = sorted(hues, key=lambda code: (hues[code], code))
    turns = {code: 2 * pi * place / len(order) for place, code in enumerate(order)}
    apart = [hues[code] - turn for code, turn in turns.items()]
    turned = atan2(sum(map(sin, apart)), sum(map(cos, apart)))  # so that they fit best
    return {code: oklch(LIGHTNESS, CHROMA, RED + turned + turn) for code, turn in turns.items()}


def hue(colours: Sequence[Colour]) -> float:
    """The hue that colours have together, the colourful ones above all; 0 to 2 pi."""
    across = up = 0.0
    for colour in colours:
        angle, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
        across += saturation * value * cos(2 * pi * angle)
        up += saturation * value * sin(2 * pi * angle)
    return atan2(up, across) % (2 * pi)


def oklch(lightness: float, chroma: float, angle: float) -> Colour:
    """The colour of a perceptual lightness, colourfulness and hue, as near as a screen has it."""
    lab = np.array([lightness, chroma * cos(angle), chroma * sin(angle)])
    linear = np.clip(TO_RGB @ (TO_LMS @ lab) ** 3, 0, 1)
    curved = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(linear, 1 / 2.4) - 0.055
    )
    red, green, blue = (round(float(part) * 255) for part in curved)
    return red, green, blue
