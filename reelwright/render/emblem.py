"""What a style puts behind its subject: a disc, rays, a ring of light, a burst."""

import math

import numpy as np
import skia

from reelwright.render.colour import Rgb, mix
from reelwright.render.layer import Pixels
from reelwright.render.look import Look, Palette
from reelwright.render.sheet import filled, stroked
from reelwright.render.surface import finished

# How far an emblem reaches from its middle, in sizes of the subject. Faint light and rays do not
# count, and of a burst its points may leave the frame.
REACH = {"disc": 0.83, "sunburst": 0.75, "ring": 0.80, "cutout": 0.75, "burst": 0.98, "halo": 0.85}


def emblem(look: Look, palette: Palette, size: float, u: float) -> tuple[Pixels, float] | None:
    """A square sprite and how fast it turns, radians a second; None where a style has none."""
    side = math.ceil(2.3 * size)
    pixels = np.zeros((side, side, 4), np.uint8)
    info = skia.ImageInfo.Make(
        side, side, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
    with skia.Surface.MakeRasterDirect(info, pixels) as canvas:
        canvas.translate(side / 2, side / 2)
        match look.emblem:
            case "disc":
                _disc(canvas, palette, size)
            case "sunburst":
                _sunburst(canvas, palette, size)
            case "ring":
                _ring(canvas, palette, size)
            case "cutout":
                _cutout(canvas, palette, size)
            case "burst":
                _burst(canvas, palette, size)
            case "halo":
                _halo(canvas, palette, size)
            case _:
                return None
    if look.emblem == "cutout":
        pixels, _ = finished(pixels, look, u, 0.7)
    speed = {"disc": 0.55, "sunburst": 0.10, "burst": 0.22, "cutout": 0.12}.get(look.emblem, 0.0)
    return pixels, speed


def _disc(canvas: skia.Canvas, palette: Palette, size: float) -> None:
    """A full disc cut by a band, and a thin ring of dashes that shows that it turns."""
    canvas.drawCircle(0, 0, 0.66 * size, filled(palette.accent))
    canvas.save()
    canvas.clipPath(skia.Path.Circle(0, 0, 0.66 * size), True)
    canvas.rotate(-24)
    canvas.drawRect(
        skia.Rect.MakeLTRB(-size, 0.10 * size, size, 0.24 * size), filled(palette.second)
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(-size, 0.32 * size, size, size),
        filled(mix(palette.accent, palette.dark, 0.35)),
    )
    canvas.restore()
    ring = stroked(palette.second, 0.035 * size)
    for place in range(12):
        box = skia.Rect.MakeLTRB(-0.8 * size, -0.8 * size, 0.8 * size, 0.8 * size)
        canvas.drawArc(box, 30 * place, 14, False, ring)


def _sunburst(canvas: skia.Canvas, palette: Palette, size: float) -> None:
    """A disc of the seventies: three rings and broad rays."""
    for place in range(14):
        _ray(canvas, 2 * math.pi * place / 14, math.pi / 28, 1.12 * size, palette.light, 0.40)
    for radius, colour in (
        (0.72, palette.accent),
        (0.61, mix(palette.accent, palette.light, 0.45)),
        (0.50, palette.light),
    ):
        canvas.drawCircle(0, 0, radius * size, filled(colour, 0.94))


def _ring(canvas: skia.Canvas, palette: Palette, size: float) -> None:
    """A ring of neon with its glow."""
    for width, alpha in ((0.30, 0.05), (0.20, 0.07), (0.13, 0.10), (0.085, 0.16)):
        canvas.drawCircle(0, 0, 0.74 * size, stroked(palette.second, width * size, alpha))
    canvas.drawCircle(0, 0, 0.74 * size, filled(palette.dark, 0.55))
    canvas.drawCircle(0, 0, 0.74 * size, stroked(palette.second, 0.034 * size))
    canvas.drawCircle(
        0, 0, 0.74 * size, stroked(mix(palette.second, (1, 1, 1), 0.75), 0.013 * size)
    )
    canvas.drawCircle(0, 0, 0.66 * size, stroked(palette.accent, 0.008 * size, 0.8))


def _cutout(canvas: skia.Canvas, palette: Palette, size: float) -> None:
    """A hand-cut round of paper, not quite round."""
    points = []
    for place in range(28):
        angle = 2 * math.pi * place / 28
        reach = size * (0.70 + 0.022 * math.sin(5.0 * angle + 1) + 0.014 * math.sin(11 * angle))
        points.append(skia.Point(reach * math.cos(angle), reach * math.sin(angle)))
    path = skia.Path()
    path.addPoly(points, True)
    canvas.drawPath(path, filled(palette.second))


def _burst(canvas: skia.Canvas, palette: Palette, size: float) -> None:
    """The star of an exploding word, drawn twice, the upper one smaller."""
    for reach, colour in (
        (1.0, palette.dark),
        (0.955, palette.second),
        (0.78, palette.dark),
        (0.745, palette.accent),
    ):
        points = []
        for place in range(32):
            angle = 2 * math.pi * place / 32
            outer = 1.0 + 0.10 * math.sin(2.7 * place)
            radius = reach * size * (outer if place % 2 else 0.74)
            points.append(skia.Point(radius * math.cos(angle), radius * math.sin(angle)))
        path = skia.Path()
        path.addPoly(points, True)
        canvas.drawPath(path, filled(colour))


def _halo(canvas: skia.Canvas, palette: Palette, size: float) -> None:
    """Two thin rings and a soft warm light."""
    for step in range(14):
        canvas.drawCircle(0, 0, (1.1 - 0.07 * step) * size, filled(palette.accent, 0.016))
    canvas.drawCircle(0, 0, 0.78 * size, stroked(palette.accent, 0.006 * size))
    canvas.drawCircle(0, 0, 0.82 * size, stroked(palette.accent, 0.0025 * size, 0.8))
    for place in range(4):
        angle = math.pi / 4 + place * math.pi / 2
        x, y = 0.80 * size * math.cos(angle), 0.80 * size * math.sin(angle)
        canvas.drawCircle(x, y, 0.018 * size, filled(palette.light))


def _ray(
    canvas: skia.Canvas, angle: float, half: float, reach: float, colour: Rgb, alpha: float
) -> None:
    corners = [(0.0, 0.0)]
    for turn in (-half, half):
        corners.append((reach * math.cos(angle + turn), reach * math.sin(angle + turn)))
    path = skia.Path()
    path.addPoly([skia.Point(*corner) for corner in corners], True)
    canvas.drawPath(path, filled(colour, alpha))
