"""Skies and light: what every scene out of doors begins with."""

import math

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Layer, Motion
from reelwright.render.sheet import Sheet, Stage

CLOUDED = 0.5  # from so much cover on, neither sun nor stars are seen


def sky(
    stage: Stage, horizon: float, *, sun: bool = True, sun_x: float | None = None
) -> list[Layer]:
    """The opaque layer behind all others, down to the horizon, with sun, moon and stars."""
    sheet = stage.sheet()
    sheet.gradient(stage.tones.sky, -0.05 * stage.h, horizon)
    dark, is_clear = stage.tones.light.dark, stage.tones.light.cover < CLOUDED
    if dark > 0.6 and is_clear:
        _stars(sheet, horizon, round(170 * (dark - 0.4)))
    if sun and is_clear:
        at = stage.between(0.24, 0.76) if sun_x is None else sun_x
        _sun(sheet, at * stage.w, horizon * (1 - stage.tones.light.sun_height))
    return sheet.layer(0.04, plain=True)


def _sun(sheet: Sheet, x: float, y: float) -> None:
    stage, light = sheet.stage, sheet.stage.tones.light
    disc = stage.tones.plain(light.sun)
    for reach, strength in ((1.0, 0.35), (0.45, 0.45), (0.22, 0.5)):
        sheet.beam(x, y, reach * stage.u, disc, strength * (0.7 if light.dark == 1 else 1))
    r = stage.u * (0.055 if light.sun_height > 0.5 else 0.105)
    sheet.shine(x - r, y - r, 2 * r, 2 * r, light.sun, round_by=r)
    if light.dark == 1:  # the moon has seas
        for dx, dy, size in ((-0.3, -0.2, 0.24), (0.25, 0.3, 0.17), (0.2, -0.4, 0.12)):
            s = size * r
            spot = mix(light.sun, light.sky[2], 0.18)
            sheet.shine(x + dx * r - s, y + dy * r - s, 2 * s, 2 * s, spot, round_by=s)


def _stars(sheet: Sheet, horizon: float, count: int) -> None:
    stage = sheet.stage
    for _ in range(count):
        x, y = stage.between(stage.left, stage.right), stage.between(stage.top, horizon * 0.85)
        r = stage.u * 0.0008 * (1 + 2.2 * stage.between(0, 1) ** 4)
        fade = mix(rgb("#ffffff"), stage.tones.light.sky[1], stage.between(0, 0.7))
        sheet.shine(x - r, y - r, 2 * r, 2 * r, fade, round_by=r)


def clouds(
    stage: Stage, top: float, bottom: float, *, count: int = 5, far: float = 0.4, depth: float = 0.1
) -> list[Layer]:
    """A drifting bank of flat-bottomed clouds."""
    sheet = stage.sheet()
    sheet.inked = stage.look.ink > 0 and not stage.look.ink_glows
    light = stage.tones.light
    white = mix(rgb("#ffffff"), light.sky[2], 0.25 + 0.4 * light.dark)
    for place in range(count):
        x = stage.left + (place + stage.between(0.1, 0.9)) * (stage.right - stage.left) / count
        y = stage.between(top, bottom)
        size = stage.u * stage.between(0.07, 0.17) * (0.6 + 0.8 * (y - top) / (bottom - top + 1))
        cloud(sheet, x, y, size, mix(white, light.haze, stage.between(0.1, far + 0.1)))
    speed = stage.u * 0.006
    return sheet.layer(depth, motion=Motion(drift=(speed, 0.0)))


def cloud(
    sheet: Sheet, x: float, y: float, size: float, colour: tuple[float, float, float]
) -> None:
    """One cloud, `size` high, its flat bottom at y."""
    stage = sheet.stage
    puffs = 4 + int(stage.rng.integers(0, 3))
    points = [(x - 1.9 * size, y + 0.04 * size)]
    for place in range(puffs):
        at = -1.5 + 3.0 * place / (puffs - 1)
        lift = size * (1 - 0.28 * at * at) * stage.between(0.75, 1.1)
        points += [(x + (at - 0.3) * size, y - lift), (x + (at + 0.3) * size, y - lift)]
        if place < puffs - 1:
            points.append((x + (at + 3.0 / (puffs - 1) / 2) * size, y - 0.55 * lift))
    points += [(x + 1.9 * size, y + 0.04 * size), (x, y + 0.06 * size)]
    sheet.curve(points, colour, glow=0.55)


def birds(sheet: Sheet, x: float, y: float, size: float, count: int, colour: str) -> None:
    """A few birds far off, each two strokes."""
    stage = sheet.stage
    for _ in range(count):
        bx, by = x + stage.between(-4, 4) * size, y + stage.between(-2.4, 2.4) * size
        s = size * stage.between(0.5, 1.0)
        left = [(bx - s, by - 0.32 * s), (bx - 0.45 * s, by - 0.42 * s), (bx, by)]
        right = [(bx, by), (bx + 0.45 * s, by - 0.42 * s), (bx + s, by - 0.32 * s)]
        sheet.line([*left, *right], 0.13 * s, colour)


def rays(
    stage: Stage,
    x: float,
    y: float,
    reach: float,
    *,
    count: int = 7,
    spread: float = 1.1,
    colour: str = "#fff4cf",
    strength: float = 0.3,
) -> list[Layer]:
    """Shafts of light from a point, to be added; they breathe slowly."""
    sheet = stage.sheet()
    paint = stage.tones.plain(colour)
    dim = mix((0.0, 0.0, 0.0), paint, strength)
    for place in range(count):
        angle = math.pi / 2 + spread * ((place + stage.between(0.2, 0.8)) / count - 0.5)
        half = 0.035 * stage.between(0.5, 1.6)
        sheet.canvas.drawPath(
            _shaft(x, y, reach, angle, half), _adding(mix((0, 0, 0), dim, stage.between(0.4, 1)))
        )
    sheet.mist(y, y + reach, (0.0, 0.0, 0.0), 1.0)
    motion = Motion(sway=(0.02 * stage.u, 0.0), period_s=7.0, pulse=0.35)
    return sheet.layer(0.5, motion=motion, adds=True)


def _shaft(x: float, y: float, reach: float, angle: float, half: float) -> skia.Path:
    path = skia.Path()
    corners = [(x, y)]
    for turn in (-half, half):
        corners.append((x + reach * math.cos(angle + turn), y + reach * math.sin(angle + turn)))
    path.addPoly([skia.Point(*corner) for corner in corners], True)
    return path


def _adding(colour: tuple[float, float, float]) -> skia.Paint:
    red, green, blue = (round(255 * max(0.0, min(1.0, part))) for part in colour)
    return skia.Paint(
        AntiAlias=True, Color=skia.Color(red, green, blue), BlendMode=skia.BlendMode.kPlus
    )
