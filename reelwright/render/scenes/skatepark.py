"""The scene of a skate park."""

import math

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.scenes import air
from reelwright.render.scenes.town import skyscrapers
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def skatepark(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    layers = [
        *air.sky(stage, 0.62 * h, sun_x=0.5 - 0.2 * side),
        *air.clouds(stage, 0.10 * h, 0.36 * h),
    ]
    sheet = stage.sheet()
    sheet.far = 0.55
    skyscrapers(sheet, 0.66 * h, 0.12 * u, 0.5 * u, 0.14 * u, ("#6a7fa8", "#8a86b0"))
    sheet.mist(0.5 * h, 0.66 * h, stage.tones.haze, 0.6)
    layers += sheet.layer(0.25)
    sheet = stage.sheet()
    sheet.far = 0.08
    sheet.rect(stage.left - 9, 0.57 * h, stage.right - stage.left + 18, 0.23 * h, "#9a8f94")
    _graffiti(sheet, 0.575 * h, 0.13 * h)
    sheet.rect(stage.left - 9, 0.562 * h, stage.right - stage.left + 18, 0.016 * h, "#b8adb0")
    layers += sheet.layer(0.5)
    sheet = stage.sheet()
    ramp = skia.Path()
    x0 = (0.5 + 0.62 * side) * w
    ramp.moveTo(x0 + side * u, 0.56 * h)
    ramp.lineTo(x0 - side * 0.06 * u, 0.56 * h)
    ramp.quadTo(x0 - side * 0.10 * u, 0.765 * h, x0 - side * 0.52 * u, 0.775 * h)
    ramp.lineTo(x0 + side * u, 0.80 * h)
    ramp.close()
    sheet.path(ramp, "#c2bbb8")
    sheet.line([(x0 + side * u, 0.56 * h), (x0 - side * 0.06 * u, 0.56 * h)], 0.016 * u, "#5d6470")
    rail = (0.5 - 0.46 * side) * w
    sheet.line([(rail - 0.22 * u, 0.705 * h), (rail + 0.20 * u, 0.705 * h)], 0.016 * u, "#e0a93f")
    for dx in (-0.18, 0.16):
        sheet.line([(rail + dx * u, 0.705 * h), (rail + dx * u, 0.775 * h)], 0.013 * u, "#e0a93f")
    layers += sheet.layer(0.7)
    sheet = stage.sheet()
    sheet.rect(stage.left - 9, 0.768 * h, stage.right - stage.left + 18, 0.5 * h, "#aaa3a3")
    sheet.inked = False
    for place in range(-6, 7):
        sheet.line(
            [(0.5 * w + place * 0.2 * u, 0.77 * h), (0.5 * w + place * 0.55 * u, stage.bottom)],
            0.003 * u,
            "#8d8688",
        )
    sheet.line([(stage.left, 0.845 * h), (stage.right, 0.845 * h)], 0.003 * u, "#8d8688")
    for _ in range(3):
        x, y = stage.between(0.1, 0.9) * w, stage.between(0.86, 0.97) * h
        sheet.oval(x, y, u * stage.between(0.08, 0.16), 0.012 * u, "#9a9294")
    sheet.mist(0.80 * h, 1.06 * h, stage.tones.lit("#3f3a4a"), 0.75)
    layers += sheet.layer(0.93)
    sheet = stage.sheet()
    x = (0.5 - 0.45 * side) * w
    sheet.poly(
        [(x - 0.05 * u, 1.02 * h), (x, 1.02 * h - 0.2 * u), (x + 0.05 * u, 1.02 * h)], "#f0742f"
    )
    sheet.rect(x - 0.10 * u, 1.015 * h, 0.2 * u, 0.03 * u, "#d65f22")
    layers += sheet.layer(1.2)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u))


def _graffiti(sheet: Sheet, y: float, tall: float) -> None:
    """Big painted letters without meaning."""
    stage, u = sheet.stage, sheet.stage.u
    colours = ("#ff4f79", "#21c7c0", "#ffd23f", "#7a5cff", "#ff8a2f")
    for place, x in enumerate(stage.steps(0.2 * u, 0.1)):
        tint, size = colours[place % 5], 0.5 * tall * stage.between(0.75, 1.0)
        cx, cy = x, y + 0.52 * tall
        sides = 5 + int(stage.rng.integers(4))
        points = []
        for k in range(2 * sides):
            angle = math.pi * k / sides + 0.3 * place
            reach = size * (stage.between(0.6, 0.8) if k % 2 else stage.between(0.95, 1.25))
            points.append((cx + reach * math.cos(angle), cy + 0.85 * reach * math.sin(angle)))
        sheet.curve([(px + 0.014 * u, py + 0.014 * u) for px, py in points], "#37303f")
        sheet.curve(points, tint)
        inner = [(cx + 0.5 * (px - cx), cy + 0.5 * (py - cy)) for px, py in points]
        sheet.curve(inner, mix(rgb(tint), rgb("#ffffff"), 0.5))
