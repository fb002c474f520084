"""The ground of a product card in each style: its shape, its colours, its type."""

from dataclasses import dataclass

import cv2
import numpy as np
import skia

from reelwright.render.colour import Rgb, contrast, mix
from reelwright.render.dress import surface_on
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Box
from reelwright.render.look import Palette
from reelwright.render.mount import shadowed
from reelwright.render.readable import CLEAR_ENOUGH
from reelwright.render.shaping import Setting
from reelwright.render.sheet import filled, stroked
from reelwright.render.surface import on_paper

BLACK, WHITE = (0.03, 0.03, 0.03), (1.0, 1.0, 1.0)
GROWN = 0.06  # of the short side, that frames and shadows reach around a panel


@dataclass(frozen=True, slots=True)
class Paints:
    """A card's colours. Every ink can be read on what it stands on."""

    ground: Rgb
    ink: Rgb
    quiet: Rgb  # for what matters less: the old price, the number of ratings
    price: Rgb
    star: Rgb
    button: Rgb
    label: Rgb  # on the button


@dataclass(frozen=True, slots=True)
class Types:
    """A card's typefaces: of its name and price, and of all that is small."""

    large: Setting
    small: Setting
    centred: bool


TYPES = {
    "slam": Types(
        Setting(family="anton", upper=True, leading=1.16, largest=0.105, lines=3),
        Setting(family="montserrat", weight=800, largest=0.05, lines=2),
        False,
    ),
    "whisper": Types(
        Setting(family="inter", weight=300, leading=1.2, largest=0.075, lines=3),
        Setting(family="inter", weight=400, largest=0.05, lines=2),
        True,
    ),
    "serif": Types(
        Setting(family="playfair-italic", weight=800, leading=1.12, largest=0.085, lines=3),
        Setting(family="montserrat", weight=600, largest=0.05, lines=2),
        True,
    ),
    "tube": Types(
        Setting(family="bebas", upper=True, leading=1.04, spacing=0.03, largest=0.11, lines=3),
        Setting(family="montserrat", weight=600, largest=0.05, lines=2),
        True,
    ),
    "strips": Types(
        Setting(family="montserrat", weight=900, leading=1.14, largest=0.075, lines=3),
        Setting(family="montserrat", weight=700, largest=0.05, lines=2),
        False,
    ),
    "caption": Types(
        Setting(family="inter", weight=700, leading=1.18, largest=0.068, lines=3),
        Setting(family="inter", weight=500, largest=0.05, lines=2),
        False,
    ),
    "shout": Types(
        Setting(family="anton", upper=True, leading=1.16, spacing=0.015, largest=0.1, lines=3),
        Setting(family="montserrat", weight=800, largest=0.05, lines=2),
        True,
    ),
    "engraved": Types(
        Setting(
            family="playfair",
            weight=500,
            upper=True,
            leading=1.25,
            spacing=0.1,
            largest=0.07,
            lines=3,
        ),
        Setting(family="playfair", weight=500, spacing=0.04, largest=0.05, lines=2),
        True,
    ),
}


def paints(lettering: str, palette: Palette) -> Paints:
    """The colours of a style's card, for a palette that a brand may have changed."""
    dark, light, accent, second = palette.dark, palette.light, palette.accent, palette.second
    match lettering:
        case "slam":
            ground, wish, button = dark, second, accent
        case "whisper":
            ground, wish, button = mix(light, WHITE, 0.55), dark, dark
        case "serif":
            ground, wish, button = light, accent, accent
        case "tube":
            ground, wish, button = mix(dark, accent, 0.06), second, accent
        case "strips":
            ground, wish, button = light, accent, second
        case "caption":
            ground, wish, button = dark, accent, accent
        case "shout":
            ground, wish, button = light, dark, accent
        case _:
            ground, wish, button = mix(dark, second, 0.10), accent, accent
    ink = readable(ground, dark, light)
    return Paints(
        ground=ground,
        ink=ink,
        quiet=readable(ground, mix(ink, ground, 0.35), mix(ink, ground, 0.2), ink),
        price=readable(ground, wish, mix(wish, ink, 0.4), ink),
        star=readable(ground, accent, mix(accent, ink, 0.45), ink, least=3.0),
        button=button,
        label=readable(button, dark, light),
    )


def readable(ground: Rgb, *wishes: Rgb, least: float = CLEAR_ENOUGH) -> Rgb:
    """The first of the colours that can be read on the ground; else black or white."""
    for wish in wishes:
        if contrast(wish, ground) >= least:
            return wish
    return max((BLACK, WHITE), key=lambda colour: contrast(colour, ground))


def panel(
    lettering: str, box: Box, palette: Palette, colours: Paints, u: float
) -> tuple[Pixels, float]:
    """The panel of a card as a sprite, and how far that reaches around the box."""
    pad = float(round(GROWN * u))
    width, height = round(box.width + 2 * pad), round(box.height + 2 * pad)
    pixels = np.zeros((height, width, 4), np.uint8)
    rect = skia.Rect.MakeXYWH(pad, pad, box.width, box.height)
    with surface_on(pixels) as canvas:
        PANELS[lettering](canvas, rect, palette, colours, u)
    if lettering == "strips":
        pixels = on_paper(pixels, cv2.extractChannel(pixels, 3))
    if lettering in {"whisper", "serif", "strips"}:
        pixels = shadowed(pixels, pixels, u, 0.30)
    return pixels, pad


def _slam(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.drawRect(box.makeOffset(0.022 * u, 0.022 * u), filled(palette.second))
    c.drawRect(box, filled(colours.ground))


def _whisper(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.drawRoundRect(box, 0.045 * u, 0.045 * u, filled(colours.ground))


def _serif(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.drawRoundRect(box, 0.02 * u, 0.02 * u, filled(colours.ground))
    inner = box.makeInset(0.016 * u, 0.016 * u)
    c.drawRoundRect(inner, 0.012 * u, 0.012 * u, stroked(palette.dark, 0.0032 * u))


def _tube(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    r = 0.03 * u
    for width, alpha in ((0.075, 0.06), (0.045, 0.10), (0.022, 0.28)):
        c.drawRoundRect(box, r, r, stroked(palette.second, width * u, alpha))
    c.drawRoundRect(box, r, r, filled(colours.ground))
    c.drawRoundRect(box, r, r, stroked(palette.second, 0.008 * u))
    c.drawRoundRect(box, r, r, stroked(mix(palette.second, WHITE, 0.8), 0.003 * u))


def _strips(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.save()
    c.rotate(-1.6, box.centerX(), box.centerY())
    c.drawRect(box.makeOffset(0.012 * u, -0.004 * u), filled(palette.second))
    c.restore()
    c.save()
    c.rotate(0.5, box.centerX(), box.centerY())
    c.drawRect(box, filled(colours.ground))
    c.restore()


def _caption(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.drawRect(box, filled(colours.ground, 0.96))
    bar = skia.Rect.MakeXYWH(box.left(), box.top(), 0.012 * u, box.height())
    c.drawRect(bar, filled(palette.accent))


def _shout(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.drawRect(box.makeOffset(0.018 * u, 0.02 * u), filled(palette.dark))
    c.drawRect(box, filled(colours.ground))
    c.drawRect(box, stroked(palette.dark, 0.014 * u))


def _engraved(c: skia.Canvas, box: skia.Rect, palette: Palette, colours: Paints, u: float) -> None:
    c.drawRect(box, filled(colours.ground, 0.97))
    for inset, width in ((0.0, 0.0038), (0.014, 0.0018)):
        c.drawRect(box.makeInset(inset * u, inset * u), stroked(palette.accent, width * u))


PANELS = {
    "slam": _slam,
    "whisper": _whisper,
    "serif": _serif,
    "tube": _tube,
    "strips": _strips,
    "caption": _caption,
    "shout": _shout,
    "engraved": _engraved,
}
