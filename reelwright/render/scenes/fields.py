"""Scenes of tended land: garden and farm."""

import math

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Motion, Particles
from reelwright.render.scenes import air, land
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def garden(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    layers = [*air.sky(stage, 0.60 * h), *air.clouds(stage, 0.12 * h, 0.44 * h)]
    sheet = stage.sheet()
    sheet.far = 0.5
    outline = land.skyline(stage, 0.62 * h, 0.12 * u, wave=0.7 * u)
    for x in stage.steps(0.2 * u, 0.4):
        land.leafy(
            sheet,
            x,
            land.height_at(outline, x) + 0.02 * u,
            u * stage.between(0.16, 0.28),
            "#5f9e55",
        )
    land.ground(sheet, outline, "#7fb562")
    layers += sheet.layer(0.25)
    sheet = stage.sheet()
    sheet.far = 0.16
    outline = land.skyline(stage, 0.70 * h, 0.08 * u, wave=0.9 * u)
    for x in stage.steps(0.075 * u):
        sheet.rect(x, 0.625 * h, 0.045 * u, 0.16 * u + 0.06 * h, "#f7f2e6", round_by=0.016 * u)
    for y in (0.645, 0.685):
        sheet.rect(stage.left - 5, y * h, stage.right - stage.left + 10, 0.02 * u, "#ece4d2")
    for x in stage.steps(0.16 * u, 0.4):
        land.bush(
            sheet,
            x,
            0.735 * h,
            u * stage.between(0.09, 0.15),
            str(stage.rng.choice(["#4f9a4c", "#3f8a48", "#68ab4e"])),
        )
    land.ground(sheet, [(x, y + 0.045 * h) for x, y in outline], "#78b552")
    layers += sheet.layer(0.6)
    sheet = stage.sheet()
    land.grass(sheet, 0.815 * h, 0.035 * u, "#69aa48", step=0.018 * u)
    sheet.mist(0.80 * h, 1.04 * h, stage.tones.lit("#2f6b38"), 0.85)
    for x in stage.steps(0.075 * u, 0.5):
        near = abs(x - 0.5 * w) > 0.24 * w
        land.flower(
            sheet,
            x,
            stage.between(0.855, 0.90) * h,
            u * stage.between(0.07, 0.15 if near else 0.09),
            str(stage.rng.choice(PETALS)),
        )
    layers += sheet.layer(1.0, motion=Motion(sway=(0.003 * u, 0), period_s=3.0))
    sheet = stage.sheet()
    for x in stage.steps(0.2 * u, 0.5):
        if abs(x - 0.5 * w) > 0.22 * w:
            land.flower(
                sheet, x, 1.06 * h, u * stage.between(0.26, 0.44), str(stage.rng.choice(PETALS))
            )
    land.grass(sheet, 1.02 * h, 0.10 * u, "#2f7a3a", step=0.03 * u)
    layers += sheet.layer(1.3, motion=Motion(sway=(0.006 * u, 0), period_s=3.4))
    seeds = Particles(
        count=16,
        colour=stage.bgr("#fffbe8"),
        size=(0.002 * u, 0.004 * u),
        velocity=(0.04 * u, -0.015 * u),
        sway=0.03 * u,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.25, 0.9),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u), (seeds,))


PETALS = ("#ff7b9c", "#ffb13d", "#c58cff", "#ff5d5d", "#ffffff", "#ffd8ec")


def farm(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    layers = [*air.sky(stage, 0.60 * h), *air.clouds(stage, 0.12 * h, 0.42 * h)]
    for far, y, colour in ((0.6, 0.60, "#7fa86a"), (0.36, 0.655, "#9dbb5c")):
        sheet = stage.sheet()
        sheet.far = far
        outline = land.skyline(stage, y * h, 0.11 * u, wave=0.8 * u)
        land.ground(sheet, outline, colour)
        for x in stage.steps(0.1 * u, 0.45):
            if stage.rng.random() < 0.5:
                land.leafy(
                    sheet,
                    x,
                    land.height_at(outline, x) + 0.012 * u,
                    u * stage.between(0.07, 0.13),
                    "#4f8648",
                )
        layers += sheet.layer(0.75 - far)
    sheet = stage.sheet()
    sheet.far = 0.1
    _windmill(sheet, (0.5 - 0.34 * side) * w, 0.70 * h, 0.42 * u)
    _barn(sheet, (0.5 + 0.31 * side) * w, 0.715 * h, 0.30 * u)
    outline = land.skyline(stage, 0.72 * h, 0.035 * u, wave=0.7 * u)
    land.ground(sheet, outline, "#c9b24c")
    layers += sheet.layer(0.65)
    sheet = stage.sheet()
    sheet.inked = False
    land.ground(sheet, [(stage.left - 9, 0.76 * h), (stage.right + 9, 0.76 * h)], "#b7953f")
    for place in range(-9, 10):
        x0, x1 = (0.5 + 0.06 * place) * w, (0.5 + 0.30 * place) * w
        sheet.poly(
            [
                (x0 - 0.012 * u, 0.76 * h),
                (x0 + 0.012 * u, 0.76 * h),
                (x1 + 0.08 * u, stage.bottom + 9),
                (x1 - 0.08 * u, stage.bottom + 9),
            ],
            "#d8bb55" if place % 2 else "#a7c24e",
        )
    sheet.mist(0.80 * h, 1.05 * h, stage.tones.lit("#5d5a25"), 0.7)
    layers += sheet.layer(0.95)
    sheet = stage.sheet()
    for x in stage.steps(0.035 * u, 0.4):
        tall = u * stage.between(0.13, 0.24)
        sheet.line([(x, 1.05 * h), (x + 0.012 * u, 1.05 * h - tall)], 0.006 * u, "#8f7a2c")
        sheet.oval(x + 0.014 * u, 1.05 * h - tall, 0.009 * u, 0.034 * u, "#e3c158")
    layers += sheet.layer(1.3, motion=Motion(sway=(0.007 * u, 0), period_s=2.8))
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u))


def _barn(sheet: Sheet, x: float, y: float, size: float) -> None:
    walls = [
        (x - 0.6 * size, y),
        (x - 0.6 * size, y - 0.5 * size),
        (x - 0.36 * size, y - 0.84 * size),
        (x, y - size),
        (x + 0.36 * size, y - 0.84 * size),
        (x + 0.6 * size, y - 0.5 * size),
        (x + 0.6 * size, y),
    ]
    sheet.poly(walls, "#b8402f")
    sheet.inked, kept = False, sheet.inked
    sheet.poly([(x + 0.15 * size, y), (x + 0.15 * size, y - 0.94 * size), *walls[4:]], "#94332a")
    sheet.line([walls[1], walls[2], walls[3], walls[4], walls[5]], 0.055 * size, "#f4ece0")
    sheet.inked = kept
    sheet.rect(x - 0.2 * size, y - 0.42 * size, 0.4 * size, 0.42 * size, "#f4ece0")
    sheet.rect(x - 0.165 * size, y - 0.385 * size, 0.33 * size, 0.385 * size, "#7d2a22")
    sheet.line(
        [(x - 0.165 * size, y), (x + 0.165 * size, y - 0.385 * size)], 0.03 * size, "#f4ece0"
    )
    sheet.line(
        [(x + 0.165 * size, y), (x - 0.165 * size, y - 0.385 * size)], 0.03 * size, "#f4ece0"
    )
    sheet.shine(
        x - 0.08 * size,
        y - 0.72 * size,
        0.16 * size,
        0.13 * size,
        mix(rgb("#4a2a24"), sheet.stage.tones.light.lamp, sheet.stage.tones.light.dark),
    )


def _windmill(sheet: Sheet, x: float, y: float, height: float) -> None:
    hub = (x, y - 0.72 * height)
    sheet.poly(
        [
            (x - 0.16 * height, y),
            (x - 0.09 * height, y - 0.68 * height),
            (x, y - 0.82 * height),
            (x + 0.09 * height, y - 0.68 * height),
            (x + 0.16 * height, y),
        ],
        "#f1e7d6",
    )
    for place in range(4):
        angle = 0.5 + place * math.pi / 2
        ax, ay = math.cos(angle), math.sin(angle)
        tip = (hub[0] + 0.42 * height * ax, hub[1] + 0.42 * height * ay)
        near = (hub[0] + 0.10 * height * ax, hub[1] + 0.10 * height * ay)
        across = (-0.085 * height * ay, 0.085 * height * ax)
        sheet.poly(
            [
                near,
                tip,
                (tip[0] + across[0], tip[1] + across[1]),
                (near[0] + across[0], near[1] + across[1]),
            ],
            "#d9c7a6",
        )
        sheet.line([hub, tip], 0.018 * height, "#6a4e3a")
    sheet.circle(*hub, 0.03 * height, "#6a4e3a")
