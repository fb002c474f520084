"""The scene of a café."""

import skia

from reelwright.render.layer import Motion
from reelwright.render.scenes.kitchen import ware
from reelwright.render.scenes.rooms import glow_of, hanging_lamp, table, wall, window
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def cafe(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    sheet = wall(stage, (str(stage.rng.choice(["#3f5a54", "#6b4a3e", "#4a4f6b"])), "#c79a72"))
    sheet.inked = False
    for x in stage.steps(0.12 * u):
        sheet.rect(x, 0.44 * h, 0.004 * u, 0.3 * h, "#3a2722")
    layers = sheet.layer(0.22, plain=True)
    sheet = stage.sheet()
    window(sheet, (0.5 - 0.24 * side) * w - 0.27 * u, 0.20 * h, 0.54 * u, 0.62 * u, "#2d2522")
    board = (0.5 + 0.30 * side) * w - 0.18 * u
    sheet.rect(board, 0.245 * h, 0.36 * u, 0.44 * u, "#8a6040")
    sheet.rect(board + 0.018 * u, 0.245 * h + 0.018 * u, 0.324 * u, 0.404 * u, "#23302d")
    sheet.inked = False
    for row in range(6):
        width = u * stage.between(0.10, 0.24)
        sheet.rect(
            board + 0.05 * u,
            0.245 * h + (0.06 + 0.058 * row) * u,
            width,
            0.012 * u,
            "#e9e4d6",
            round_by=0.006 * u,
        )
    layers += sheet.layer(0.4)
    sheet = stage.sheet()
    for dx, y in ((-0.3, 0.235), (0.02, 0.20), (0.33, 0.245)):
        hanging_lamp(
            sheet,
            (0.5 + dx) * w,
            y * h,
            0.085 * u,
            str(stage.rng.choice(["#e0a93f", "#2f2a2b", "#c4573f"])),
        )
    layers += sheet.layer(0.62, motion=Motion(sway=(0.004 * u, 0), period_s=4.2))
    sheet = stage.sheet()
    counter = 0.645 * h
    sheet.rect(stage.left - 9, counter, stage.right - stage.left + 18, 0.4 * h, "#4a3029")
    for x in stage.steps(0.09 * u):
        sheet.rect(x, counter + 0.03 * u, 0.012 * u, 0.4 * h, "#38231f")
    sheet.rect(
        stage.left - 9, counter - 0.03 * u, stage.right - stage.left + 18, 0.05 * u, "#d9b48a"
    )
    _coffee_machine(sheet, (0.5 + 0.33 * side) * w, counter - 0.028 * u, 0.30 * u)
    for place in range(4):
        _cup(
            sheet,
            (0.5 - side * (0.24 + 0.085 * place)) * w,
            counter - 0.03 * u,
            0.055 * u,
            stacked=place % 2 == 0,
        )
    layers += sheet.layer(0.68)
    sheet = stage.sheet()
    table(sheet, 0.78 * h, "#8f5d3d")
    layers += sheet.layer(0.95)
    layers += glow_of(stage, 0.5 * w, 0.24 * h, 0.85 * u, 0.55)
    sheet = stage.sheet()
    _cup(sheet, (0.5 + 0.40 * side) * w, 0.945 * h, 0.14 * u)
    ware(sheet, (0.5 - 0.44 * side) * w, 0.95 * h, 0.20 * u, 1)
    layers += sheet.layer(1.2)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.815 * h, size=0.52 * u))


def _coffee_machine(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.rect(
        x - 0.6 * size, y - 0.9 * size, 1.2 * size, 0.36 * size, "#c9ccd1", round_by=0.06 * size
    )
    sheet.rect(x - 0.52 * size, y - 0.56 * size, 1.04 * size, 0.4 * size, "#6c7078")
    sheet.rect(
        x - 0.62 * size, y - 0.18 * size, 1.24 * size, 0.18 * size, "#b3b7bd", round_by=0.04 * size
    )
    for dx in (-0.28, 0.24):
        sheet.rect(x + (dx - 0.09) * size, y - 0.55 * size, 0.18 * size, 0.12 * size, "#2e2c30")
        _cup(sheet, x + dx * size, y - 0.19 * size, 0.10 * size)
    sheet.circle(x, y - 0.72 * size, 0.08 * size, "#f2efe6")
    for place in range(4):
        _cup(sheet, x + (-0.42 + 0.28 * place) * size, y - 0.9 * size, 0.09 * size)


def _cup(sheet: Sheet, x: float, y: float, size: float, *, stacked: bool = False) -> None:
    for level in range(2 if stacked else 1):
        low = y - 0.8 * level * size
        path = skia.Path()
        path.moveTo(x - size, low - 1.05 * size)
        path.lineTo(x + size, low - 1.05 * size)
        path.cubicTo(x + size, low - 0.3 * size, x + 0.6 * size, low, x + 0.4 * size, low)
        path.lineTo(x - 0.4 * size, low)
        path.cubicTo(x - 0.6 * size, low, x - size, low - 0.3 * size, x - size, low - 1.05 * size)
        path.close()
        sheet.path(path, "#f7f1e7")
        sheet.line(
            [
                (x + 0.85 * size, low - 0.8 * size),
                (x + 1.3 * size, low - 0.75 * size),
                (x + 0.7 * size, low - 0.3 * size),
            ],
            0.16 * size,
            "#f7f1e7",
        )
