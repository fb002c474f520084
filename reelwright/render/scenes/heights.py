"""Scenes of wide open country: mountains, snow, desert, and what is above them all."""

import math

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Particles
from reelwright.render.scenes import air, land
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def mountains(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    horizon = 0.62 * h
    layers = [*air.sky(stage, horizon), *air.clouds(stage, 0.10 * h, 0.36 * h, depth=0.08)]
    for far, y, height, wave in ((0.78, 0.57, 0.34, 0.5), (0.55, 0.62, 0.36, 0.42)):
        sheet = stage.sheet()
        sheet.far = far
        outline = land.skyline(stage, y * h, height * u, wave=wave * u, jagged=True)
        land.ground(sheet, outline, "#4a5b7c")
        land.snowcaps(sheet, outline, (y * h) - 0.62 * height * u, "#ffffff")
        sheet.mist((y - 0.02) * h, (y + 0.12) * h, stage.tones.haze, 0.8)
        layers += sheet.layer(0.75 - 0.75 * far)
    layers += air.clouds(stage, 0.56 * h, 0.62 * h, count=6, far=0.5, depth=0.3)
    sheet = stage.sheet()
    sheet.far = 0.28
    outline = land.skyline(stage, 0.72 * h, 0.16 * u, wave=0.5 * u)
    land.ground(sheet, outline, "#3f6d5c")
    for x in stage.steps(0.055 * u, 0.4):
        land.fir(
            sheet,
            x,
            land.height_at(outline, x) + 0.01 * u,
            u * stage.between(0.07, 0.13),
            "#2f5f52",
        )
    sheet.mist(0.68 * h, 0.80 * h, stage.tones.haze, 0.55)
    layers += sheet.layer(0.6)
    sheet = stage.sheet()
    outline = land.skyline(stage, 0.84 * h, 0.10 * u, wave=0.9 * u)
    land.ground(sheet, outline, "#5d8a52")
    _trail(sheet, 0.5 * w, land.height_at(outline, 0.5 * w), h)
    sheet.mist(0.82 * h, 1.05 * h, stage.tones.lit("#2c5340"), 0.8)
    for x in stage.steps(0.21 * u, 0.4):
        if abs(x - 0.5 * w) > 0.24 * w:
            land.fir(
                sheet,
                x,
                land.height_at(outline, x) + 0.04 * u,
                u * stage.between(0.2, 0.4),
                "#2d6a4f",
            )
    layers += sheet.layer(0.95)
    sheet = stage.sheet()
    for x in (0.02, 0.94):
        land.stone(
            sheet,
            (x + stage.between(-0.05, 0.05)) * w,
            1.0 * h,
            u * stage.between(0.12, 0.2),
            "#7c8088",
        )
    land.grass(sheet, 1.0 * h, 0.07 * u, "#2c5a3f", step=0.02 * u)
    layers += sheet.layer(1.3)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u))


def _trail(sheet: Sheet, x: float, y: float, h: float) -> None:
    u = sheet.stage.u
    left, right = [], []
    for step in range(13):
        down = step / 12
        mid = x + 0.10 * u * math.sin(5.2 * down) * (0.4 + down)
        half = u * (0.008 + 0.12 * down**1.6)
        left.append((mid - half, y + 0.012 * u + down * (1.06 * h - y)))
        right.append((mid + half, y + 0.012 * u + down * (1.06 * h - y)))
    sheet.poly([*left, *right[::-1]], "#d8b98a")


def winter(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    layers = air.sky(stage, 0.6 * h)
    sheet = stage.sheet()
    sheet.far = 0.6
    outline = land.skyline(stage, 0.56 * h, 0.34 * u, wave=0.5 * u, jagged=True)
    land.ground(sheet, outline, "#6d86a8")
    land.snowcaps(sheet, outline, 0.56 * h - 0.10 * u, "#ffffff")
    sheet.mist(0.5 * h, 0.66 * h, stage.tones.haze, 0.75)
    layers += sheet.layer(0.2)
    for far, y, trees in ((0.4, 0.64, 0.14), (0.14, 0.74, 0.26)):
        sheet = stage.sheet()
        sheet.far = far
        outline = land.skyline(stage, y * h, 0.13 * u, wave=0.8 * u)
        for x in stage.steps(trees * 0.62 * u, 0.4):
            if far > 0.3 or abs(x - 0.5 * w) > 0.22 * w:
                size = trees * u * stage.between(0.8, 1.5)
                land.fir(sheet, x, land.height_at(outline, x) + 0.02 * u, size, "#2f6561", snow=1)
        land.ground(sheet, outline, "#e9f2fb")
        sheet.mist(y * h - 0.05 * u, (y + 0.2) * h, stage.tones.lit("#a9c4e4"), 0.85)
        layers += sheet.layer(0.85 - far)
    sheet = stage.sheet()
    slope = [
        (stage.left - 9, 0.80 * h),
        (0.3 * w, 0.835 * h),
        (0.7 * w, 0.85 * h),
        (stage.right + 9, 0.80 * h),
    ]
    land.ground(sheet, slope, "#fbfdff")
    sheet.mist(0.82 * h, 1.06 * h, stage.tones.lit("#9dbce0"), 0.8)
    sheet.inked = False
    for offset in (-0.05, 0.04):
        track = [
            ((0.5 + offset) * w + 0.22 * u * math.sin(3.4 * d), (0.84 + 0.3 * d) * h)
            for d in (k / 14 for k in range(15))
        ]
        sheet.line(track, 0.012 * u, "#b9cfe8")
    layers += sheet.layer(1.0)
    sheet = stage.sheet()
    for x in (-0.03, 1.02):
        land.fir(sheet, x * w, 1.05 * h, 0.85 * u * stage.between(0.8, 1.1), "#24574f", snow=1)
    layers += sheet.layer(1.3)
    flakes = [
        Particles(
            count=n,
            colour=(255, 250, 246),
            size=(r * u, 1.8 * r * u),
            velocity=(0.02 * u, v * u),
            sway=0.02 * u,
            seed=int(stage.rng.integers(1 << 30)),
        )
        for n, r, v in ((46, 0.0022, 0.14), (20, 0.0042, 0.26))
    ]
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.82 * h, size=0.5 * u), tuple(flakes))


def desert(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    horizon = 0.58 * h
    layers = [*air.sky(stage, horizon), *air.clouds(stage, 0.16 * h, 0.34 * h, count=3)]
    for far, y, size in ((0.62, 0.585, 0.22), (0.36, 0.61, 0.34)):
        sheet = stage.sheet()
        sheet.far = far
        for x in stage.steps(0.52 * u, 0.3):
            if stage.rng.random() < 0.72:
                _mesa(sheet, x, y * h + 0.03 * u, u * size * stage.between(0.6, 1.25))
        land.ground(
            sheet, land.skyline(stage, y * h + 0.02 * u, 0.025 * u, wave=0.5 * u), "#d98f5a"
        )
        sheet.mist((y - 0.02) * h, (y + 0.08) * h, stage.tones.haze, 0.4)
        layers += sheet.layer(0.7 - far)
    for place, (y, colour, depth) in enumerate(((0.68, "#eab26c", 0.55), (0.75, "#e29a55", 0.75))):
        sheet = stage.sheet()
        crest = [
            (
                x,
                y * h
                + 0.045 * u * math.sin(2.4 * x / u + 2.1 * place + float(stage.palette.accent[0]))
                - 0.02 * u * math.sin(5 * x / u),
            )
            for x in stage.steps(0.02 * u)
        ]
        land.ground(sheet, crest, colour)
        sheet.inked = False
        lee = [
            (x, py + 0.055 * u * max(0.0, math.sin(2.4 * x / u + 2.1 * place + 0.8)))
            for x, py in crest
        ]
        sheet.poly([*crest, *lee[::-1]], mix(rgb(colour), rgb("#7b3f2d"), 0.32))
        layers += sheet.layer(depth)
    sheet = stage.sheet()
    land.ground(sheet, land.skyline(stage, 0.85 * h, 0.06 * u, wave=0.9 * u), "#d98a4a")
    sheet.mist(0.8 * h, 1.06 * h, stage.tones.lit("#8f4a30"), 0.75)
    sheet.inked = False
    for row in range(9):
        y = (0.86 + 0.018 * row) * h
        sheet.line(
            [(x, y + 0.006 * u * math.sin(14 * x / u + row)) for x in stage.steps(0.03 * u)],
            0.003 * u,
            "#b96d3a",
        )
    layers += sheet.layer(0.98)
    sheet = stage.sheet()
    side = float(stage.rng.choice([-1, 1]))
    _cactus(sheet, (0.5 + 0.40 * side) * w, 0.93 * h, 0.62 * u)
    _cactus(sheet, (0.5 - 0.47 * side) * w, 0.97 * h, 0.36 * u)
    land.stone(sheet, (0.5 + 0.27 * side) * w, 0.955 * h, 0.08 * u, "#a0603f")
    layers += sheet.layer(1.2)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u))


def _mesa(sheet: Sheet, x: float, y: float, size: float) -> None:
    stage = sheet.stage
    half, tall = size * stage.between(0.5, 0.9), size * stage.between(0.7, 1.1)
    top = [
        (x - 0.62 * half, y - tall),
        (x - 0.1 * half, y - tall * 1.03),
        (x + 0.6 * half, y - 0.97 * tall),
    ]
    body = [
        (x - 1.25 * half, y),
        (x - 0.8 * half, y - 0.42 * tall),
        (x - 0.7 * half, y - 0.5 * tall),
        *top,
        (x + 0.72 * half, y - 0.52 * tall),
        (x + 0.85 * half, y - 0.4 * tall),
        (x + 1.3 * half, y),
    ]
    sheet.poly(body, "#c0603c")
    sheet.inked, kept = False, sheet.inked
    sheet.poly(
        [(x + 0.18 * half, y - tall), top[2], body[-3], body[-2], body[-1], (x + 0.35 * half, y)],
        "#94432f",
    )
    for up, colour in ((0.78, "#e08a56"), (0.6, "#a34c33"), (0.3, "#d27748")):
        sheet.line(
            [(x - 0.66 * half, y - up * tall), (x + 0.12 * half, y - (up - 0.01) * tall)],
            0.035 * size,
            colour,
        )
    sheet.inked = kept


def _cactus(sheet: Sheet, x: float, y: float, height: float) -> None:
    w = 0.085 * height
    for dx, low, top in ((-0.24, 0.36, 0.68), (0.22, 0.46, 0.82)):
        sheet.line(
            [
                (x, y - low * height),
                (x + dx * height, y - low * height),
                (x + dx * height, y - top * height),
            ],
            1.25 * w,
            "#3f7f4f",
        )
    sheet.line([(x, y), (x, y - height)], 2 * w, "#4a8f58")
    for dx in (-0.4, 0.1, 0.55):
        sheet.line([(x + dx * w, y), (x + dx * w, y - 0.97 * height)], 0.14 * w, "#2f6a45")
    for dx, up in ((0.0, 1.06), (0.22, 0.88)):
        sheet.circle(x + dx * height, y - up * height, 0.55 * w, "#ff7fa0", glow=0.2)
