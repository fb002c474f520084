"""Scenes at, on and under the sea."""

import math

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Layer, Motion
from reelwright.render.scenes import air, land
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def water(
    stage: Stage, horizon: float, colours: tuple[str, str], *, glint_x: float = 0.5
) -> list[Layer]:
    """A calm sea from the horizon down, mirroring the sky, with the sun's road on it."""
    sheet, u = stage.sheet(), stage.u
    light = stage.tones.light
    far, near = (mix(rgb(c), light.sky[k], 0.45) for c, k in zip(colours, (3, 1), strict=True))
    sheet.inked = False
    sheet.rect(
        stage.left - 9, horizon, stage.right - stage.left + 18, stage.bottom - horizon + 9, far
    )
    sheet.mist(horizon, stage.h * 0.95, stage.tones.lit(near), 1.0)
    bright = mix(light.sun, light.sky[3], 0.25)
    for place in range(46):
        down = (place / 46) ** 1.7
        y = horizon + 0.008 * u + down * (stage.h - horizon) * 0.9
        width = u * (0.02 + 0.14 * down) * stage.between(0.5, 1.4)
        spread = u * (0.05 + 0.35 * down)
        x = glint_x * stage.w + stage.between(-1, 1) * spread
        thick = u * (0.0016 + 0.006 * down)
        sheet.shine(
            x - width / 2, y, width, thick, mix(bright, near, stage.between(0.0, 0.6)), thick / 2
        )
    for place in range(40):
        down = (place / 40) ** 1.5
        y = horizon + 0.02 * u + down * (stage.h - horizon)
        width = u * (0.03 + 0.2 * down) * stage.between(0.4, 1.2)
        x = stage.between(stage.left, stage.right)
        tint = mix(near, light.sky[0] if place % 2 else light.sky[3], 0.16)
        sheet.shine(x, y, width, u * (0.0015 + 0.005 * down), tint, 0.002 * u)
    return sheet.layer(0.35, motion=Motion(sway=(0.006 * u, 0.0), period_s=3.2), plain=True)


def waves(
    stage: Stage, y: float, size: float, colour: str, depth: float, phase: float
) -> list[Layer]:
    """One rolling row of waves with a pale crest."""
    sheet = stage.sheet()
    step = size * 3.1
    crest: list[tuple[float, float]] = []
    for x in stage.steps(step):
        crest += [
            (
                x + step * part,
                y - size * 0.42 * math.sin(math.pi * part) ** 2 * (1 + 0.25 * math.sin(x)),
            )
            for part in (0, 0.14, 0.28, 0.42, 0.56, 0.7, 0.85)
        ]
    land.ground(sheet, crest, colour)
    sheet.line(
        [(x, py + 0.05 * size) for x, py in crest],
        0.055 * size,
        mix(rgb(colour), rgb("#ffffff"), 0.55),
    )
    sheet.mist(y, y + 5 * size, stage.tones.lit(mix(rgb(colour), rgb("#04203c"), 0.5)), 0.9)
    motion = Motion(sway=(0.5 * size, 0.22 * size), period_s=3.4, phase=phase)
    return sheet.layer(depth, motion=motion)


def sailboat(sheet: Sheet, x: float, y: float, size: float, sail: str, hull: str) -> None:
    sheet.line([(x, y), (x, y - size)], 0.02 * size, "#5d4a3c")
    sheet.poly(
        [
            (x + 0.03 * size, y - size),
            (x + 0.46 * size, y - 0.14 * size),
            (x + 0.03 * size, y - 0.14 * size),
        ],
        sail,
    )
    sheet.poly(
        [
            (x - 0.03 * size, y - 0.88 * size),
            (x - 0.3 * size, y - 0.14 * size),
            (x - 0.03 * size, y - 0.14 * size),
        ],
        mix(rgb(sail), rgb("#20304f"), 0.18),
    )
    sheet.curve(
        [
            (x - 0.5 * size, y - 0.12 * size),
            (x + 0.62 * size, y - 0.12 * size),
            (x + 0.36 * size, y + 0.07 * size),
            (x - 0.34 * size, y + 0.07 * size),
        ],
        hull,
    )


def _lighthouse(sheet: Sheet, x: float, y: float, height: float) -> None:
    stage = sheet.stage
    half, top = 0.11 * height, 0.07 * height
    bands = 5
    for band in range(bands):
        a, b = band / bands, (band + 1) / bands
        wa, wb = half + (top - half) * a, half + (top - half) * b
        ya, yb = y - 0.78 * height * a, y - 0.78 * height * b
        colour = "#f6f1e6" if band % 2 else "#d8453a"
        sheet.poly([(x - wa, ya), (x - wb, yb), (x + wb, yb), (x + wa, ya)], colour)
    sheet.inked, kept = False, sheet.inked
    shade = [(x + 0.3 * half, y), (x + 0.3 * top, y - 0.78 * height)]
    sheet.poly([*shade, (x + top, y - 0.78 * height), (x + half, y)], "#a9a49c")
    for band in (0, 2, 4):
        a, b = band / bands, (band + 1) / bands
        wa, wb = half + (top - half) * a, half + (top - half) * b
        ya, yb = y - 0.78 * height * a, y - 0.78 * height * b
        sheet.poly([(x + 0.3 * wa, ya), (x + 0.3 * wb, yb), (x + wb, yb), (x + wa, ya)], "#a02f2f")
    sheet.inked = kept
    sheet.rect(x - 1.35 * top, y - 0.81 * height, 2.7 * top, 0.03 * height, "#39424f")
    sheet.rect(x - 0.8 * top, y - 0.93 * height, 1.6 * top, 0.12 * height, "#2f3845")
    glow = stage.tones.light.dark
    sheet.shine(
        x - 0.55 * top,
        y - 0.915 * height,
        1.1 * top,
        0.09 * height,
        mix(rgb("#bcd6e4"), rgb("#ffe9a8"), glow),
    )
    sheet.poly(
        [(x - 1.1 * top, y - 0.93 * height), (x, y - height), (x + 1.1 * top, y - 0.93 * height)],
        "#c23b33",
    )


def harbour(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    horizon, side = 0.52 * h, float(stage.rng.choice([-1, 1]))
    sun_x = 0.5 - side * 0.18
    layers = [*air.sky(stage, horizon, sun_x=sun_x), *air.clouds(stage, 0.12 * h, 0.42 * h)]
    sheet = stage.sheet()
    sheet.far = 0.55
    land.ground(
        sheet, land.skyline(stage, horizon, 0.10 * u, wave=0.7 * u), "#5b7d8c", bottom=horizon + 2
    )
    for _ in range(4):
        sailboat(
            sheet,
            stage.between(0.02, 0.98) * w,
            horizon + 0.006 * u,
            u * stage.between(0.05, 0.1),
            "#fff6e6",
            "#8a4b3c",
        )
    layers += sheet.layer(0.2)
    layers += water(stage, horizon, ("#5fb7c9", "#11688a"), glint_x=sun_x)
    sheet = stage.sheet()
    sheet.far = 0.12
    x = (0.5 + side * 0.36) * w
    rock = [
        (x + dx * u, horizon + (0.11 - up) * u)
        for dx, up in (
            (-0.34, 0),
            (-0.25, 0.07),
            (-0.1, 0.1),
            (0.06, 0.12),
            (0.2, 0.09),
            (0.36, 0.05),
            (0.45, 0),
        )
    ]
    _lighthouse(sheet, x, horizon + 0.01 * u, 0.52 * u)
    sheet.poly(rock, "#5a5f63")
    sheet.inked = False
    sheet.poly([rock[0], *rock[1:4], (x - 0.02 * u, horizon + 0.11 * u)], "#787c7b")
    layers += sheet.layer(0.55)
    sheet = stage.sheet()
    for place in range(2):
        sailboat(
            sheet,
            (0.5 - side * (0.16 + 0.3 * place)) * w,
            horizon + (0.12 + 0.07 * place) * u,
            u * (0.26 + 0.1 * place),
            ("#fff4df", "#ffd9a0")[place],
            ("#b5403a", "#23506e")[place],
        )
    layers += sheet.layer(0.75, motion=Motion(sway=(0.006 * u, 0.005 * u), period_s=3.1))
    layers += waves(stage, 0.80 * h, 0.05 * u, "#1d7a96", 0.95, 0.2)
    sheet = stage.sheet()
    deck = h * 0.93
    for x in stage.steps(0.17 * u, 0.1):
        sheet.rect(x, deck - 0.10 * u, 0.035 * u, 0.6 * u, "#6b4a35", round_by=0.008 * u)
    sheet.rect(stage.left - 9, deck - 0.01 * u, stage.right - stage.left + 18, 0.055 * u, "#8d6544")
    sheet.rect(stage.left - 9, deck + 0.05 * u, stage.right - stage.left + 18, 0.4 * h, "#5d4230")
    layers += sheet.layer(1.25)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.745 * h, size=0.5 * u))


def beach(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    horizon, side = 0.47 * h, float(stage.rng.choice([-1, 1]))
    layers = [
        *air.sky(stage, horizon, sun_x=0.5 + 0.15 * side),
        *air.clouds(stage, 0.10 * h, 0.36 * h),
    ]
    sheet = stage.sheet()
    sheet.far = 0.5
    island = land.skyline(stage, horizon, 0.13 * u, wave=0.5 * u)
    land.ground(
        sheet,
        [(x, y + 0.10 * u if (x - 0.5 * w) * side > 0 else y) for x, y in island],
        "#3f8a7d",
        bottom=horizon + 2,
    )
    layers += sheet.layer(0.2)
    layers += water(stage, horizon, ("#6fd6d6", "#1287a8"), glint_x=0.5 + 0.15 * side)
    layers += waves(stage, 0.60 * h, 0.055 * u, "#2aa5b8", 0.6, 0.0)
    layers += waves(stage, 0.68 * h, 0.075 * u, "#3fbcc6", 0.75, 0.4)
    sheet = stage.sheet()
    shore = [
        (x, 0.75 * h + 0.02 * u * math.sin(9 * x / w) + 0.06 * u * side * (x / w - 0.5))
        for x in stage.steps(0.04 * u)
    ]
    sheet.inked = False
    land.ground(sheet, [(x, y - 0.022 * u) for x, y in shore], "#f4fbf7")
    sheet.inked = True
    land.ground(sheet, shore, "#f1d39a")
    sheet.mist(0.75 * h, 1.05 * h, stage.tones.lit("#d9a765"), 0.9)
    sheet.inked = False
    for _ in range(70):
        y = stage.between(0.79, 1.0) * h
        sheet.oval(stage.between(-0.1, 1.1) * w, y, 0.006 * u, 0.0025 * u, "#d3a566")
    star = (0.5 - 0.27 * side) * w
    sheet.inked = True
    points = [
        (
            star + 0.045 * u * (1 if k % 2 else 0.45) * math.cos(k * math.pi / 5),
            0.86 * h + 0.03 * u * (1 if k % 2 else 0.45) * math.sin(k * math.pi / 5),
        )
        for k in range(10)
    ]
    sheet.poly(points, "#ef7d54")
    layers += sheet.layer(0.95)
    sheet = stage.sheet()
    land.palm(sheet, (0.5 + 0.50 * side) * w, 0.93 * h, 0.95 * u, -0.18 * side)
    land.palm(sheet, (0.5 + 0.60 * side) * w, 0.97 * h, 0.72 * u, -0.08 * side, "#3b8f55")
    land.bush(sheet, (0.5 + 0.56 * side) * w, 0.99 * h, 0.2 * u, "#2d7049")
    layers += sheet.layer(1.2, motion=Motion(sway=(0.004 * u, 0), tilt=0.006, period_s=4.4))
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.765 * h, size=0.52 * u))
