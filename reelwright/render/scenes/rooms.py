"""Scenes indoors: kitchen, café, workshop, library, gallery, and the bare podium."""

import math

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Layer, Motion
from reelwright.render.sheet import Sheet, Stage


def wall(stage: Stage, colours: tuple[str, str], *, glow: float = 0.35) -> Sheet:
    """An opaque wall, brighter in the middle, as the layer behind everything in a room."""
    sheet = stage.sheet()
    top, low = (stage.tones.lit(colour, 0.0, glow) for colour in colours)
    sheet.gradient([top, low], stage.top, 0.8 * stage.h)
    return sheet


def window(sheet: Sheet, x: float, y: float, w: float, tall: float, frame: str = "#f3ece0") -> None:
    """A window on the sky of this light."""
    light = sheet.stage.tones.light
    pad = 0.045 * w
    sheet.rect(x - pad, y - pad, w + 2 * pad, tall + 2 * pad, frame)
    bands = 14
    for band in range(bands):
        at = (band + 0.5) / bands * (len(light.sky) - 1)
        k = min(int(at), len(light.sky) - 2)
        tint = mix(light.sky[k], light.sky[k + 1], at - k)
        sheet.shine(x, y + tall * band / bands, w, tall / bands + 1, tint)
    sheet.inked, kept = False, sheet.inked
    hill = [
        (x + w * k / 12, y + tall * (0.80 - 0.10 * math.sin(1.0 + 3.4 * k / 12))) for k in range(13)
    ]
    sheet.poly([*hill, (x + w, y + tall), (x, y + tall)], mix(rgb("#5d8a6a"), light.haze, 0.45))
    sheet.rect(x + 0.48 * w, y, 0.04 * w, tall, frame)
    sheet.rect(x, y + 0.46 * tall, w, 0.035 * w, frame)
    sheet.inked = kept
    sheet.rect(x - 2.2 * pad, y + tall + 0.5 * pad, w + 4.4 * pad, 1.3 * pad, frame)


def hanging_lamp(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    """A lamp on a cord from the ceiling, with its pool of light."""
    stage = sheet.stage
    sheet.line([(x, stage.top), (x, y - 0.4 * size)], 0.05 * size, "#2e2a2c")
    dome = skia.Path()
    dome.moveTo(x - size, y)
    dome.cubicTo(
        x - 0.9 * size,
        y - 0.75 * size,
        x - 0.25 * size,
        y - 0.6 * size,
        x - 0.16 * size,
        y - 0.85 * size,
    )
    dome.lineTo(x + 0.16 * size, y - 0.85 * size)
    dome.cubicTo(x + 0.25 * size, y - 0.6 * size, x + 0.9 * size, y - 0.75 * size, x + size, y)
    dome.close()
    sheet.path(dome, colour, glow=0.3)
    sheet.oval(x, y, 0.42 * size, 0.16 * size, "#fff2c9", glow=1.0)


def glow_of(stage: Stage, x: float, y: float, r: float, strength: float) -> list[Layer]:
    """Lamp light in the air, to be added."""
    sheet = stage.sheet()
    red, green, blue = stage.tones.lamp
    box = skia.Rect.MakeLTRB(x - r, y - r, x + r, y + r)
    paint = skia.Paint(Color=skia.Color(0, 0, 0, 255))
    sheet.canvas.drawRect(box, paint)
    share = strength * (0.35 + 0.65 * stage.tones.light.dark)
    sheet.beam(x, y, r, (red * share, green * share, blue * share), 1.0)
    return sheet.layer(0.6, motion=Motion(pulse=0.1, period_s=2.7), adds=True)


def table(sheet: Sheet, y: float, colour: str, *, planks: bool = True) -> None:
    """A table top that fills the lower part of the picture, in perspective."""
    stage, u = sheet.stage, sheet.stage.u
    sheet.rect(stage.left - 9, y, stage.right - stage.left + 18, stage.bottom - y + 9, colour)
    sheet.inked, kept = False, sheet.inked
    sheet.rect(
        stage.left - 9,
        y,
        stage.right - stage.left + 18,
        0.012 * u,
        mix(rgb(colour), rgb("#fff2d8"), 0.4),
    )
    if planks:
        for place in range(-7, 8):
            x0, x1 = 0.5 * stage.w + place * 0.13 * u, 0.5 * stage.w + place * 0.34 * u
            sheet.line(
                [(x0, y + 0.012 * u), (x1, stage.bottom)],
                0.004 * u,
                mix(rgb(colour), rgb("#2a1410"), 0.35),
            )
    sheet.mist(y, stage.bottom, stage.tones.lit(mix(rgb(colour), rgb("#2a1a22"), 0.72)), 0.9)
    sheet.inked = kept
