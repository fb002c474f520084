"""The scene of a concert, seen from the crowd."""

import math

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Layer, Motion, Particles
from reelwright.render.scenes.rooms import wall
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage, filled


def concert(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    tones = stage.tones
    pair = (
        ("#ff3f8f", "#3fd0ff"),
        ("#ffb03f", "#ff4f3f"),
        ("#7a5cff", "#2fe0b0"),
        ("#ffd65c", "#5c8bff"),
    )[int(stage.rng.integers(4))]
    sheet = wall(stage, ("#0f0b26", "#3a1d5a"), glow=0.8)
    sheet.beam(0.5 * w, 0.58 * h, 0.75 * u, tones.plain(pair[0]), 0.55)
    layers = sheet.layer(0.15, plain=True)
    sheet = stage.sheet()
    sheet.rect(0.5 * w - 0.36 * u, 0.22 * h, 0.72 * u, 0.36 * u + 0.06 * h, "#150f33", glow=0.9)
    for row in range(9):
        for column in range(14):
            value = 0.5 + 0.5 * math.sin(0.9 * column + 0.4 * row * row * 0.3) * math.cos(0.7 * row)
            tint = mix(rgb(pair[0]), rgb(pair[1]), value)
            r = u * (0.004 + 0.013 * value)
            sheet.shine(
                0.5 * w + (column - 6.5) * 0.049 * u - r,
                0.245 * h + (row + 0.4) * 0.044 * u - r,
                2 * r,
                2 * r,
                tint,
                r,
            )
    sheet.rect(stage.left, 0.155 * h, stage.right - stage.left, 0.018 * u, "#3a3550", glow=0.6)
    sheet.rect(stage.left, 0.19 * h, stage.right - stage.left, 0.012 * u, "#3a3550", glow=0.6)
    for x in stage.steps(0.06 * u):
        sheet.line(
            [(x, 0.157 * h), (x + 0.03 * u, 0.192 * h), (x + 0.06 * u, 0.157 * h)],
            0.006 * u,
            "#3a3550",
            glow=0.6,
        )
    layers += sheet.layer(0.4)
    for place in range(2):
        for k in (-1, 1):
            x = (0.5 + k * (0.16 + 0.24 * place)) * w
            layers += _spot_beam(
                stage,
                x,
                0.19 * h,
                (0.5 - 0.10 * k * (1 - place)) * w,
                pair[(place + (k > 0)) % 2],
                place,
            )
    sheet = stage.sheet()
    for k in (-1, 1):
        for level in range(3):
            _speaker(sheet, (0.5 + 0.41 * k) * w, 0.71 * h - level * 0.19 * u, 0.24 * u)
    layers += sheet.layer(0.62)
    sheet = stage.sheet()
    floor = 0.70 * h
    sheet.poly(
        [
            (stage.left - 9, floor),
            (stage.right + 9, floor),
            (stage.right + 9, stage.bottom + 9),
            (stage.left - 9, stage.bottom + 9),
        ],
        "#2a1d3f",
        glow=0.6,
    )
    sheet.beam(
        0.5 * w, 0.79 * h, 0.55 * u, tones.plain(mix(rgb(pair[0]), rgb("#ffffff"), 0.35)), 0.6
    )
    sheet.rect(
        stage.left - 9, 0.845 * h, stage.right - stage.left + 18, 0.2 * h, "#160f28", glow=0.6
    )
    for x in stage.steps(0.12 * u):
        sheet.shine(x, 0.850 * h, 0.05 * u, 0.010 * u, pair[1], 0.005 * u)
    layers += sheet.layer(0.9)
    sheet = stage.sheet()
    sheet.inked = False
    for x in stage.steps(0.13 * u, 0.25):
        r, low = u * stage.between(0.045, 0.06), 0.99 * h + stage.between(-0.02, 0.03) * h
        dark = mix(rgb("#0a0716"), rgb(pair[0]), 0.10)
        sheet.circle(x, low, r, dark, glow=1.0)
        sheet.rect(x - 1.5 * r, low + 0.8 * r, 3 * r, 0.4 * h, dark, round_by=1.1 * r, glow=1.0)
        if stage.rng.random() < 0.4:
            up = float(stage.rng.choice([-1, 1]))
            sheet.line(
                [
                    (x + up * 1.3 * r, low + 1.6 * r),
                    (x + up * 1.9 * r, low - 0.6 * r),
                    (x + up * 1.5 * r, low - 2.4 * r),
                ],
                0.6 * r,
                dark,
                glow=1.0,
            )
    layers += sheet.layer(1.2, motion=Motion(sway=(0.0, 0.012 * u), period_s=1.0))
    dust = Particles(
        count=26,
        colour=stage.bgr(pair[1]),
        size=(0.0015 * u, 0.0035 * u),
        velocity=(0.015 * u, -0.03 * u),
        sway=0.03 * u,
        twinkle=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.2, 0.8),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u), (dust,))


def _spot_beam(
    stage: Stage, x: float, y: float, to_x: float, colour: str, place: int
) -> list[Layer]:
    sheet, u, h = stage.sheet(), stage.u, stage.h
    low = 0.82 * h
    path = skia.Path()
    path.addPoly(
        [
            skia.Point(*p)
            for p in (
                (x - 0.012 * u, y),
                (x + 0.012 * u, y),
                (to_x + 0.20 * u, low),
                (to_x - 0.20 * u, low),
            )
        ],
        True,
    )
    tint = mix((0.0, 0.0, 0.0), stage.tones.plain(colour), 0.34)
    sheet.canvas.drawPath(path, filled(tint))
    sheet.mist(y, low, (0.0, 0.0, 0.0), 0.95)
    motion = Motion(
        sway=(0.05 * u, 0.0), period_s=2.6 + place, phase=0.3 * place + x / stage.w, pulse=0.4
    )
    return sheet.layer(0.5, motion=motion, adds=True)


def _speaker(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.rect(
        x - 0.42 * size,
        y - 0.76 * size,
        0.84 * size,
        0.74 * size,
        "#1d1930",
        round_by=0.03 * size,
        glow=0.6,
    )
    for dy, r in ((0.27, 0.25), (0.60, 0.11)):
        sheet.circle(x, y - dy * size, r * size, "#3a3452", glow=0.6)
        sheet.circle(x, y - dy * size, 0.6 * r * size, "#120e20", glow=0.6)
