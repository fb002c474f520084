"""What stands behind a thing that has no scene: one plain, designed ground for every style."""

import math

import numpy as np
import skia

from reelwright.render.colour import Rgb, eight_bit, mix
from reelwright.render.layer import Layer
from reelwright.render.look import Palette
from reelwright.render.sheet import Drawn, Spot, Stage, filled, stroked


def ground(stage: Stage) -> Drawn:
    """A studio in the style's own colours; the thing stands in its middle."""
    sheet = stage.sheet()
    sheet.inked = False
    sheet.canvas.clear(skia.Color(*eight_bit(base_of(stage.look.lettering, stage.palette))))
    GROUNDS[stage.look.lettering](sheet.canvas, stage.palette, stage.w, stage.h, stage)
    layers = sheet.layer(0.25, plain=True)
    if stage.look.lettering == "strips":
        layers += _hills(stage)
    spot = Spot(x=0.5 * stage.w, y=0.74 * stage.h, size=0.5 * stage.u, floats=True)
    return Drawn(tuple(layers), spot)


def base_of(lettering: str, palette: Palette) -> Rgb:
    """The colour of most of a ground."""
    match lettering:
        case "slam":
            return palette.accent
        case "whisper":
            return mix(palette.light, palette.second, 0.30)
        case "serif":
            return mix(palette.light, palette.accent, 0.22)
        case "tube":
            return mix(palette.dark, palette.accent, 0.10)
        case "strips":
            return mix(palette.light, palette.second, 0.38)
        case "caption":
            return mix(palette.dark, palette.second, 0.16)
        case "shout":
            return palette.accent
        case _:
            return palette.dark


def _slam(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """Two broad bands across, as a poster has them."""
    deep = mix(palette.accent, palette.dark, 0.16)
    canvas.save()
    canvas.translate(0.5 * w, 0.5 * h)
    canvas.rotate(-32)
    reach = 1.5 * max(w, h)
    for top, tall, colour in ((-0.06, 0.30, deep), (0.38, 0.09, palette.second)):
        box = skia.Rect.MakeLTRB(-reach, top * h, reach, (top + tall) * h)
        canvas.drawRect(box, filled(colour))
    canvas.restore()


def _whisper(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """A pale wall, and a table of a deeper tone that a soft light falls on."""
    _glow(canvas, 0.5 * w, 0.42 * h, 0.7 * max(w, h), palette.light, 0.8)
    table = mix(palette.light, palette.second, 0.62)
    canvas.drawRect(
        skia.Rect.MakeLTRB(stage.left, 0.76 * h, stage.right, stage.bottom), filled(table)
    )


def _serif(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """Rays from the middle in two tones of faded paper."""
    reach, tone = 1.3 * max(w, h), mix(palette.light, palette.accent, 0.42)
    for place in range(16):
        turn = 2 * math.pi * place / 16
        points = [(0.5 * w, 0.52 * h)]
        points += [
            (0.5 * w + reach * math.cos(a), 0.52 * h + reach * math.sin(a))
            for a in (turn, turn + math.pi / 16)
        ]
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], True)
        canvas.drawPath(path, filled(tone))
    _glow(canvas, 0.5 * w, 0.52 * h, 0.5 * min(w, h), palette.light, 0.5)


def _tube(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """A dark room that two tubes light from the sides, and their shine on the floor."""
    u = min(w, h)
    _glow(canvas, 0.02 * w, 0.45 * h, 0.75 * max(w, h), palette.accent, 0.42)
    _glow(canvas, 0.98 * w, 0.45 * h, 0.75 * max(w, h), palette.second, 0.34)
    floor = mix(palette.dark, (0.0, 0.0, 0.0), 0.4)
    canvas.drawRect(
        skia.Rect.MakeLTRB(stage.left, 0.79 * h, stage.right, stage.bottom), filled(floor, 0.75)
    )
    for x, colour in ((0.065 * w, palette.accent), (0.935 * w, palette.second)):
        for width, alpha in ((0.09, 0.05), (0.05, 0.10), (0.024, 0.30)):
            canvas.drawLine(x, 0.12 * h, x, 0.785 * h, stroked(colour, width * u, alpha))
        canvas.drawLine(x, 0.12 * h, x, 0.785 * h, stroked(mix(colour, (1, 1, 1), 0.7), 0.008 * u))


def _strips(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """The sheet at the back; `_hills` lie on it."""


def _hills(stage: Stage) -> list[Layer]:
    """Sheets with cut edges, one on the other."""
    layers: list[Layer] = []
    for depth, top, colour in (
        (0.4, 0.60, mix(stage.palette.second, stage.palette.light, 0.35)),
        (0.55, 0.74, stage.palette.second),
        (0.7, 0.87, mix(stage.palette.second, stage.palette.dark, 0.35)),
    ):
        sheet = stage.sheet()
        xs = np.linspace(stage.left, stage.right, 40)
        wave = 0.028 * stage.h * np.sin(5.5 * xs / stage.w + 9 * depth)
        points = [(float(x), float(top * stage.h + y)) for x, y in zip(xs, wave, strict=True)]
        path = skia.Path()
        corners = [*points, (stage.right, stage.bottom), (stage.left, stage.bottom)]
        path.addPoly([skia.Point(*point) for point in corners], True)
        sheet.canvas.drawPath(path, filled(colour))
        layers += sheet.layer(depth)
    return layers


def _caption(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """A grey cyclorama, lit from above."""
    _glow(
        canvas, 0.5 * w, 0.40 * h, 0.62 * max(w, h), mix(palette.second, palette.light, 0.5), 0.42
    )


def _shout(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """Lines of speed towards the middle."""
    reach, pale = 1.4 * max(w, h), mix(palette.accent, palette.light, 0.62)
    for place in range(26):
        turn = 2 * math.pi * (place + 0.25 * math.sin(7.1 * place)) / 26
        points = [
            (0.5 * w + r * math.cos(a), 0.52 * h + r * math.sin(a))
            for r, a in ((0.12 * reach, turn), (reach, turn - 0.05), (reach, turn + 0.05))
        ]
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], True)
        canvas.drawPath(path, filled(pale))


def _engraved(canvas: skia.Canvas, palette: Palette, w: float, h: float, stage: Stage) -> None:
    """Black velvet under one warm lamp."""
    _glow(
        canvas, 0.5 * w, 0.40 * h, 0.66 * max(w, h), mix(palette.second, palette.dark, 0.25), 0.85
    )
    _glow(canvas, 0.5 * w, 0.40 * h, 0.30 * max(w, h), palette.accent, 0.16)


GROUNDS = {
    "slam": _slam,
    "whisper": _whisper,
    "serif": _serif,
    "tube": _tube,
    "strips": _strips,
    "caption": _caption,
    "shout": _shout,
    "engraved": _engraved,
}


def _glow(canvas: skia.Canvas, x: float, y: float, r: float, colour: Rgb, strength: float) -> None:
    """Round light that fades to nothing."""
    red, green, blue = eight_bit(colour)
    stops = [
        skia.Color(red, green, blue, round(255 * strength * (1 - k / 8) ** 2)) for k in range(9)
    ]
    paint = skia.Paint(AntiAlias=True, Dither=True)
    paint.setShader(skia.GradientShader.MakeRadial(skia.Point(x, y), r, stops))
    canvas.drawPaint(paint)
