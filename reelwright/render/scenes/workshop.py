"""The scene of a desk in a workshop."""

import math

from reelwright.render.colour import mix, rgb
from reelwright.render.scenes.rooms import glow_of, table, wall
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def workshop(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    sheet = wall(stage, (str(stage.rng.choice(["#3c5468", "#5a5068", "#54685a"])), "#b9a58c"))
    sheet.inked = False
    peg = 0.05 * u
    for row in range(11):
        for x in stage.steps(peg):
            sheet.shine(
                x,
                0.20 * h + row * peg,
                0.008 * u,
                0.008 * u,
                mix(rgb("#2b3440"), rgb("#5d6a76"), 0.3),
                0.004 * u,
            )
    layers = sheet.layer(0.22, plain=True)
    sheet = stage.sheet()
    for place, x in enumerate(stage.steps(0.17 * u, 0.08)):
        _tool(sheet, x, 0.22 * h + (place % 2) * 0.07 * u, 0.2 * u, place % 4)
    sheet.rect(stage.left, 0.44 * h, stage.right - stage.left, 0.024 * u, "#8a623f")
    for x in stage.steps(0.14 * u, 0.2):
        _box(sheet, x, 0.44 * h, u * stage.between(0.07, 0.12))
    layers += sheet.layer(0.42)
    sheet = stage.sheet()
    desk = 0.66 * h
    _screen(sheet, (0.5 + 0.34 * side) * w, desk, 0.34 * u)
    _desk_lamp(sheet, (0.5 - 0.37 * side) * w, desk, 0.40 * u, side)
    sheet.rect(stage.left - 9, desk, stage.right - stage.left + 18, 0.035 * u, "#c48f5c")
    sheet.rect(stage.left - 9, desk + 0.035 * u, stage.right - stage.left + 18, 0.4 * h, "#59483f")
    for x in stage.steps(0.36 * u):
        sheet.rect(x + 0.02 * u, desk + 0.06 * u, 0.31 * u, 0.13 * u, "#6b574a", round_by=0.01 * u)
        sheet.rect(
            x + 0.14 * u, desk + 0.11 * u, 0.08 * u, 0.016 * u, "#d6b685", round_by=0.008 * u
        )
    layers += sheet.layer(0.66)
    lamp_x = (0.5 - 0.37 * side) * w + 0.22 * side * u
    layers += glow_of(stage, lamp_x, desk - 0.16 * u, 0.5 * u, 0.55)
    sheet = stage.sheet()
    table(sheet, 0.785 * h, "#a87448")
    layers += sheet.layer(0.95)
    sheet = stage.sheet()
    _gear(sheet, (0.5 + 0.38 * side) * w, 0.93 * h, 0.11 * u, "#8a929c")
    _gear(sheet, (0.5 + 0.22 * side) * w, 0.965 * h, 0.07 * u, "#c08a4a")
    sheet.line(
        [((0.5 - 0.48 * side) * w, 0.955 * h), ((0.5 - 0.22 * side) * w, 0.935 * h)],
        0.03 * u,
        "#f2b632",
    )
    layers += sheet.layer(1.15)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.815 * h, size=0.5 * u))


def _tool(sheet: Sheet, x: float, y: float, size: float, kind: int) -> None:
    if kind == 0:  # hammer
        sheet.line([(x, y + 0.15 * size), (x, y + size)], 0.1 * size, "#c98f56")
        sheet.rect(x - 0.26 * size, y, 0.52 * size, 0.2 * size, "#5b636d", round_by=0.04 * size)
    elif kind == 1:  # screwdriver
        sheet.rect(x - 0.08 * size, y, 0.16 * size, 0.42 * size, "#e0523c", round_by=0.06 * size)
        sheet.line([(x, y + 0.42 * size), (x, y + size)], 0.06 * size, "#aeb5bd")
    elif kind == 2:  # saw
        sheet.poly(
            [
                (x - 0.1 * size, y),
                (x + 0.12 * size, y),
                (x + 0.16 * size, y + 1.05 * size),
                (x - 0.02 * size, y + 1.05 * size),
            ],
            "#b9c0c7",
        )
        sheet.rect(
            x - 0.16 * size,
            y - 0.18 * size,
            0.34 * size,
            0.24 * size,
            "#b06f3c",
            round_by=0.06 * size,
        )
    else:  # wrench
        sheet.line([(x, y + 0.12 * size), (x, y + 0.9 * size)], 0.1 * size, "#8d97a3")
        sheet.circle(x, y + 0.1 * size, 0.15 * size, "#8d97a3")
        sheet.circle(x, y + 0.92 * size, 0.13 * size, "#8d97a3")


def _box(sheet: Sheet, x: float, y: float, size: float) -> None:
    tint = str(sheet.stage.rng.choice(["#d06a4a", "#4f8a8b", "#e0b050", "#7d6fa5"]))
    sheet.rect(x, y - size, 0.95 * size, size, tint)
    sheet.rect(x + 0.25 * size, y - 0.62 * size, 0.45 * size, 0.22 * size, "#f6f0e2")


def _screen(sheet: Sheet, x: float, y: float, size: float) -> None:
    stage = sheet.stage
    sheet.rect(x - 0.05 * size, y - 0.3 * size, 0.1 * size, 0.3 * size, "#3a3f4a")
    sheet.rect(x - 0.22 * size, y - 0.03 * size, 0.44 * size, 0.035 * size, "#3a3f4a")
    sheet.rect(
        x - 0.62 * size, y - 1.05 * size, 1.24 * size, 0.82 * size, "#23272f", round_by=0.04 * size
    )
    sheet.shine(x - 0.57 * size, y - 1.0 * size, 1.14 * size, 0.70 * size, "#123247")
    for row in range(8):
        indent = 0.06 * size * int(stage.rng.integers(0, 4))
        width = size * stage.between(0.15, 0.6)
        tint = str(stage.rng.choice(["#4fd1c5", "#ffd166", "#9ab8ff", "#ff8fa3"]))
        sheet.shine(
            x - 0.52 * size + indent,
            y - (0.94 - 0.082 * row) * size,
            width,
            0.03 * size,
            tint,
            0.015 * size,
        )


def _desk_lamp(sheet: Sheet, x: float, y: float, size: float, side: float) -> None:
    sheet.oval(x, y, 0.2 * size, 0.05 * size, "#e2a13a")
    joint, head = (
        (x - 0.18 * side * size, y - 0.5 * size),
        (x + 0.30 * side * size, y - 0.86 * size),
    )
    sheet.line([(x, y), joint, head], 0.04 * size, "#e2a13a")
    sheet.poly(
        [
            (head[0] - 0.08 * side * size, head[1] - 0.10 * size),
            (head[0] + 0.12 * side * size, head[1] - 0.02 * size),
            (head[0] + 0.36 * side * size, head[1] + 0.26 * size),
            (head[0] + 0.0 * side * size, head[1] + 0.34 * size),
        ],
        "#e2a13a",
    )
    sheet.oval(
        head[0] + 0.18 * side * size,
        head[1] + 0.30 * size,
        0.17 * size,
        0.06 * size,
        "#fff4cf",
        glow=1.0,
    )


def _gear(sheet: Sheet, x: float, y: float, r: float, colour: str) -> None:
    teeth = 9
    points = []
    for place in range(teeth * 4):
        reach = r if place % 4 in (0, 1) else 0.78 * r
        angle = 2 * math.pi * (place + 0.5) / (teeth * 4)
        points.append((x + reach * math.cos(angle), y + 0.55 * reach * math.sin(angle)))
    sheet.poly(points, colour)
    sheet.oval(x, y, 0.3 * r, 0.17 * r, "#4a3a34")
