"""Arithmetic on colours: what light, air and a style make of a painted surface."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from reelwright.domain import Colour

Rgb = tuple[float, float, float]  # 0 to 1, as displayed

LUMA = (0.2126, 0.7152, 0.0722)  # BT.709


def rgb(value: str | Rgb) -> Rgb:
    """`#rrggbb` as fractions; what already is fractions comes back."""
    return _parsed(value) if isinstance(value, str) else value


@cache
def _parsed(value: str) -> Rgb:
    assert len(value) == 7, f"{value!r} is not #rrggbb"
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of the way from `one` to `other`."""
    keep = 1.0 - share
    return (
        one[0] * keep + other[0] * share,
        one[1] * keep + other[1] * share,
        one[2] * keep + other[2] * share,
    )


def times(one: Rgb, other: Rgb) -> Rgb:
    return one[0] * other[0], one[1] * other[1], one[2] * other[2]


def luma(colour: Rgb) -> float:
    return LUMA[0] * colour[0] + LUMA[1] * colour[1] + LUMA[2] * colour[2]


def clipped(colour: Rgb) -> Rgb:
    red, green, blue = colour
    return (
        0.0 if red < 0 else 1.0 if red > 1 else red,
        0.0 if green < 0 else 1.0 if green > 1 else green,
        0.0 if blue < 0 else 1.0 if blue > 1 else blue,
    )


def along(stops: Sequence[Rgb], at: float) -> Rgb:
    """The colour at `at` in 0 to 1 on evenly spaced stops."""
    place = min(1.0, max(0.0, at)) * (len(stops) - 1)
    left = min(int(place), len(stops) - 2)
    return mix(stops[left], stops[left + 1], place - left)


def eight_bit(colour: Rgb) -> Colour:
    red, green, blue = clipped(colour)
    return round(255 * red), round(255 * green), round(255 * blue)


def luminance(colour: Rgb) -> float:
    """Relative luminance as WCAG 2 has it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in clipped(colour)
    )
    return luma((red, green, blue))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@dataclass(frozen=True, kw_only=True, slots=True)
class Regrade:
    """What a style does to every colour before it is painted, so that no frame pays for it."""

    saturation: float = 1.0
    contrast: float = 1.0
    lift: float = 0.0  # of the blacks
    gain: float = 1.0
    stops: tuple[Rgb, ...] = ()  # dark to bright: what brightness is drawn towards
    hold: float = 0.0  # how far it is drawn there
    levels: int = 0  # steps of brightness that are left; 0 for all

    def __call__(self, colour: Rgb) -> Rgb:
        bright = luma(colour)
        red, green, blue = mix((bright, bright, bright), colour, self.saturation)
        pivot, steep = 0.5 - 0.5 * self.contrast, self.contrast
        colour = clipped((red * steep + pivot, green * steep + pivot, blue * steep + pivot))
        if self.levels:
            colour = self._stepped(colour)
        if self.stops:
            colour = mix(colour, along(self.stops, luma(colour)), self.hold)
        red, green, blue = colour
        low, span = self.lift, self.gain - self.lift
        return clipped((low + red * span, low + green * span, low + blue * span))

    def _stepped(self, colour: Rgb) -> Rgb:
        """Brightness in few steps; hue stays, as it does with printing inks."""
        bright = max(colour)
        if bright < 0.02:
            return colour
        step = max(1, round(bright * self.levels)) / self.levels
        share = step / bright
        return clipped((colour[0] * share, colour[1] * share, colour[2] * share))


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """A time of day: its sky, its sun or moon, the colour of its light and of its air."""

    sky: tuple[Rgb, ...]  # from the top to the horizon
    sun: Rgb
    sun_height: float  # above the horizon, as a share of the sky
    key: Rgb  # what a white surface looks like
    haze: Rgb  # what far things fade into
    dark: float  # how much lamps matter, 0 to 1
    lamp: Rgb = (1.0, 0.80, 0.48)
    cover: float = 0.0  # of the sky by clouds


LIGHTS = {
    "dawn": Light(
        sky=(rgb("#4a5a9e"), rgb("#9b86c6"), rgb("#f3aab6"), rgb("#ffdfb0")),
        sun=rgb("#fff3d0"),
        sun_height=0.16,
        key=(1.0, 0.90, 0.86),
        haze=rgb("#f6c3b6"),
        dark=0.3,
    ),
    "day": Light(
        sky=(rgb("#2d7fd3"), rgb("#5fb2ee"), rgb("#a6dcf6"), rgb("#e2f5f2")),
        sun=rgb("#fffbe6"),
        sun_height=0.74,
        key=(1.04, 1.02, 0.97),
        haze=rgb("#cdeaf3"),
        dark=0.0,
    ),
    "dusk": Light(
        sky=(rgb("#2a1c5a"), rgb("#7d2f80"), rgb("#ea5b6b"), rgb("#ffb65e")),
        sun=rgb("#ffe0a0"),
        sun_height=0.10,
        key=(0.98, 0.68, 0.62),
        haze=rgb("#e0687a"),
        dark=0.65,
    ),
    "night": Light(
        sky=(rgb("#060a26"), rgb("#0e1a4c"), rgb("#1d3a7c"), rgb("#3f68a8")),
        sun=rgb("#eef4ff"),
        sun_height=0.62,
        key=(0.40, 0.50, 0.78),
        haze=rgb("#2a4888"),
        dark=1.0,
    ),
}


@dataclass(frozen=True, slots=True)
class Tones:
    """Turns the colours of things into the colours of paint, for one light and one style."""

    light: Light
    regrade: Regrade

    def lit(self, colour: str | Rgb, far: float = 0.0, glow: float = 0.0) -> Rgb:
        """A surface in this light, `far` into the haze; `glow` of it shines by itself."""
        surface = mix(times(rgb(colour), self.light.key), rgb(colour), glow)
        return self.regrade(clipped(mix(surface, self.light.haze, far)))

    def plain(self, colour: str | Rgb) -> Rgb:
        """A colour that no light touches: a lamp, the sun, a screen."""
        shining = self.regrade
        if shining.gain < 1:  # a dark style is dark so that its lights can shine
            shining = replace(shining, gain=1.0, hold=0.5 * shining.hold)
        return shining(rgb(colour))

    def indoors(self) -> "Tones":
        """The tones of a room: the darker it is outside, the more its lamps decide."""
        key = mix(self.light.key, (0.98, 0.82, 0.66), 0.2 + 0.45 * self.light.dark)
        return replace(self, light=replace(self.light, key=key))

    @property
    def sky(self) -> tuple[Rgb, ...]:
        return tuple(self.regrade(stop) for stop in self.light.sky)

    @property
    def haze(self) -> Rgb:
        return self.regrade(self.light.haze)

    @property
    def lamp(self) -> Rgb:
        return self.plain(self.light.lamp)
