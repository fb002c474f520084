"""The scene of a street market."""

import math

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Motion
from reelwright.render.scenes import air, land
from reelwright.render.scenes.town import awning, tower
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def market(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    layers = [*air.sky(stage, 0.6 * h), *air.clouds(stage, 0.10 * h, 0.3 * h, count=3)]
    sheet = stage.sheet()
    sheet.far = 0.35
    x = stage.left
    while x < stage.right:
        width = u * stage.between(0.2, 0.3)
        tall = u * stage.between(0.55, 0.85)
        tower(
            sheet,
            x,
            0.82 * h,
            width,
            tall + 0.12 * h,
            str(stage.rng.choice(["#d9a37c", "#c98a76", "#e2c08e", "#a99bb8", "#8fae9f"])),
        )
        x += 1.01 * width
    sheet.mist(0.52 * h, 0.75 * h, stage.tones.haze, 0.4)
    layers += sheet.layer(0.3)
    sheet = stage.sheet()
    for row, (y, sag) in enumerate(((0.30, 0.05), (0.36, 0.06))):
        _lanterns(sheet, y * h, sag * h, row)
    layers += sheet.layer(0.5, motion=Motion(sway=(0.004 * u, 0.003 * u), period_s=3.3))
    sheet = stage.sheet()
    for place, cx in enumerate((0.10, 0.90)):
        _stall(sheet, cx * w, 0.755 * h, 0.40 * u, place)
    layers += sheet.layer(0.7)
    sheet = stage.sheet()
    sheet.rect(
        stage.left - 9, 0.752 * h, stage.right - stage.left + 18, stage.bottom - 0.75 * h, "#b59a84"
    )
    sheet.inked = False
    for row in range(9):
        y = (0.757 + 0.20 * (row / 9) ** 1.5) * h
        tall = (0.008 + 0.028 * row / 9) * h
        for x in stage.steps((0.09 + 0.012 * row) * u, 0.05):
            tint = ("#a88d79", "#bfa58f", "#b0957f")[int(stage.rng.integers(3))]
            sheet.rect(
                x + (row % 2) * 0.05 * u,
                y,
                (0.083 + 0.011 * row) * u,
                0.86 * tall,
                tint,
                round_by=0.2 * tall,
            )
    sheet.mist(0.80 * h, 1.05 * h, stage.tones.lit("#54403c"), 0.8)
    layers += sheet.layer(0.9)
    sheet = stage.sheet()
    for side in (-1, 1):
        _crate(sheet, (0.5 + 0.44 * side) * w, 0.985 * h, 0.34 * u)
    layers += sheet.layer(1.22)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u))


FRUIT = ("#e8453c", "#ffb02e", "#8cc63f", "#ff7a2f", "#c23b6b", "#f6dd4a")


def _lanterns(sheet: Sheet, y: float, sag: float, row: int) -> None:
    stage, u = sheet.stage, sheet.stage.u
    span = stage.right - stage.left
    rope = [
        (x, y + sag * math.sin(math.pi * ((x - stage.left) / span * 2.0 + 0.5 * row)) ** 2)
        for x in stage.steps(0.05 * u)
    ]
    sheet.line(rope, 0.005 * u, "#4a3a3f")
    glow = stage.tones.light.dark
    for x in stage.steps(0.15 * u, 0.1):
        top = land.height_at(rope, x)
        tint = str(stage.rng.choice(["#ff6b4a", "#ffc247", "#ff8fa3", "#6fd0c5"]))
        if glow > 0.2:
            sheet.beam(x, top + 0.04 * u, 0.10 * u, stage.tones.plain(tint), 0.3)
        sheet.oval(
            x,
            top + 0.042 * u,
            0.03 * u,
            0.034 * u,
            mix(rgb(tint), rgb("#fff3c4"), 0.4 * glow),
            glow=glow,
        )
        sheet.rect(x - 0.012 * u, top + 0.002 * u, 0.024 * u, 0.01 * u, "#5a3b33")
        sheet.rect(x - 0.012 * u, top + 0.072 * u, 0.024 * u, 0.008 * u, "#5a3b33")


def _stall(sheet: Sheet, x: float, y: float, size: float, place: int) -> None:
    stage = sheet.stage
    for dx in (-0.52, 0.5):
        sheet.rect(x + dx * size, y - 1.05 * size, 0.035 * size, 1.05 * size, "#6a4a37")
    sheet.rect(x - 0.5 * size, y - 0.86 * size, size, 0.5 * size, "#5a3d38")
    if stage.tones.light.dark > 0.2:
        sheet.beam(x, y - 0.62 * size, 0.5 * size, stage.tones.lamp, 0.75)
    for row, up in enumerate((0.40, 0.30)):
        for step in range(9):
            fx = x + (-0.46 + 0.115 * step + 0.03 * row) * size
            sheet.circle(
                fx, y - up * size, 0.062 * size, FRUIT[(step // 3 + place + row) % len(FRUIT)]
            )
    sheet.rect(
        x - 0.58 * size, y - 0.32 * size, 1.16 * size, 0.32 * size + 0.06 * stage.h, "#a8764e"
    )
    sheet.rect(x - 0.58 * size, y - 0.34 * size, 1.16 * size, 0.05 * size, "#c59468")
    awning(
        sheet,
        x - 0.66 * size,
        y - 1.12 * size,
        1.32 * size,
        0.24 * size,
        ("#d9453d", "#2f8f83", "#e2a52e")[(place + int(stage.rng.integers(3))) % 3],
    )


def _crate(sheet: Sheet, x: float, y: float, size: float) -> None:
    stage = sheet.stage
    tint = str(stage.rng.choice(FRUIT))
    for row in range(2):
        for step in range(6):
            sheet.circle(
                x + (-0.42 + 0.165 * step + 0.06 * row) * size,
                y - (0.34 + 0.10 * row) * size,
                0.105 * size,
                tint,
            )
    for k, tint in enumerate(("#b5824f", "#a37243", "#8f6138")):
        sheet.rect(
            x - 0.55 * size,
            y - (0.30 - 0.16 * k) * size,
            1.1 * size,
            0.13 * size,
            tint,
            round_by=0.02 * size,
        )
