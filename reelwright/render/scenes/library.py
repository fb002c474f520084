"""The scene of a room full of books."""

from reelwright.render.scenes.rooms import glow_of, wall
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def library(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    sheet = wall(stage, (str(stage.rng.choice(["#2f4a4a", "#4a3447", "#2f3d5a"])), "#8a6a5a"))
    layers = sheet.layer(0.2, plain=True)
    sheet = stage.sheet()
    sheet.rect(stage.left - 9, 0.12 * h, stage.right - stage.left + 18, 0.70 * h, "#4a2f26")
    level = 0.095 * h
    for row in range(6):
        y = 0.13 * h + (row + 1) * level
        sheet.rect(
            stage.left - 9,
            y - level + 0.012 * u,
            stage.right - stage.left + 18,
            level - 0.012 * u,
            "#33201c",
        )
        _books(sheet, y, level)
        sheet.rect(stage.left - 9, y, stage.right - stage.left + 18, 0.02 * u, "#7a4d36")
    for x in (-0.02, 0.5, 1.02):
        sheet.rect(x * w - 0.02 * u, 0.10 * h, 0.04 * u, 0.64 * h, "#6b432f")
    sheet.mist(0.60 * h, 0.05 * h, stage.tones.lit("#1a1216"), 0.55)
    lamp_x, lamp_y = (0.5 - 0.34 * side) * w, 0.50 * h
    sheet.beam(lamp_x, lamp_y + 0.05 * u, 0.75 * u, stage.tones.lamp, 0.45)
    layers += sheet.layer(0.38)
    sheet = stage.sheet()
    floor = 0.735 * h
    sheet.rect(stage.left - 9, floor, stage.right - stage.left + 18, 0.4 * h, "#7a4f38")
    sheet.oval(0.5 * w, 0.83 * h, 0.62 * u, 0.06 * h, "#a8433f")
    sheet.oval(0.5 * w, 0.83 * h, 0.55 * u, 0.05 * h, "#c96b52")
    sheet.oval(0.5 * w, 0.83 * h, 0.50 * u, 0.044 * h, "#a8433f")
    sheet.mist(0.80 * h, 1.06 * h, stage.tones.lit("#2a1a1c"), 0.85)
    layers += sheet.layer(0.9)
    sheet = stage.sheet()
    _armchair(sheet, (0.5 + 0.40 * side) * w, 0.80 * h, 0.34 * u)
    _cat(sheet, (0.5 + 0.39 * side) * w, 0.80 * h - 0.165 * u, 0.12 * u, -side)
    sheet.line([(lamp_x, floor + 0.05 * h), (lamp_x, lamp_y)], 0.014 * u, "#c9a25a")
    sheet.oval(lamp_x, floor + 0.05 * h, 0.08 * u, 0.016 * u, "#c9a25a")
    sheet.poly(
        [
            (lamp_x - 0.13 * u, lamp_y + 0.08 * u),
            (lamp_x - 0.075 * u, lamp_y - 0.09 * u),
            (lamp_x + 0.075 * u, lamp_y - 0.09 * u),
            (lamp_x + 0.13 * u, lamp_y + 0.08 * u),
        ],
        "#ffdf9a",
        glow=0.9,
    )
    layers += sheet.layer(0.72)
    layers += glow_of(stage, lamp_x, lamp_y, 0.6 * u, 0.6)
    sheet = stage.sheet()
    for place in range(3):
        tint = ("#c4473a", "#2f7f86", "#e0b050")[place]
        sheet.rect(
            (0.5 + 0.42 * side) * w - (0.2 - 0.015 * place) * u,
            0.985 * h - 0.055 * u * (place + 1),
            (0.4 - 0.03 * place) * u,
            0.05 * u,
            tint,
            round_by=0.008 * u,
        )
    layers += sheet.layer(1.2)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.815 * h, size=0.5 * u))


def _books(sheet: Sheet, y: float, level: float) -> None:
    stage, u = sheet.stage, sheet.stage.u
    covers = (
        "#b8473d",
        "#2f6f7a",
        "#d9a441",
        "#5d4a7a",
        "#7f8f55",
        "#c97a4a",
        "#8f3a52",
        "#e3d3b4",
        "#35507a",
    )
    x = stage.left
    sheet.inked, kept = stage.look.ink > 0 and not stage.look.ink_glows, sheet.inked
    while x < stage.right:
        wide, tall = u * stage.between(0.016, 0.036), level * stage.between(0.55, 0.84)
        if stage.rng.random() < 0.07:
            x += 2.2 * wide
            continue
        tint = covers[int(stage.rng.integers(len(covers)))]
        sheet.rect(x, y - tall, 0.94 * wide, tall, tint)
        if stage.rng.random() < 0.5:
            sheet.shine(
                x + 0.1 * wide, y - 0.8 * tall, 0.74 * wide, 0.07 * tall, stage.tones.lit("#f0dcae")
            )
        x += wide
    sheet.inked = kept


def _armchair(sheet: Sheet, x: float, y: float, size: float) -> None:
    for dx in (-0.42, 0.42):
        sheet.rect(x + (dx - 0.03) * size, y - 0.05 * size, 0.07 * size, 0.14 * size, "#4a2f26")
    sheet.rect(
        x - 0.44 * size, y - 1.08 * size, 0.88 * size, 0.85 * size, "#2f7f74", round_by=0.2 * size
    )
    sheet.rect(
        x - 0.40 * size, y - 0.50 * size, 0.80 * size, 0.24 * size, "#46a092", round_by=0.08 * size
    )
    sheet.rect(
        x - 0.46 * size, y - 0.30 * size, 0.92 * size, 0.28 * size, "#2a7268", round_by=0.06 * size
    )
    for dx in (-0.62, 0.40):
        sheet.rect(
            x + dx * size, y - 0.62 * size, 0.22 * size, 0.62 * size, "#3a9082", round_by=0.1 * size
        )


def _cat(sheet: Sheet, x: float, y: float, size: float, side: float) -> None:
    """A cat asleep on the seat, curled up, its head on the given side."""
    coat, dark = "#e0954a", "#b06a2c"
    sheet.curve(
        [
            (x - 1.25 * size, y + 0.08 * size),
            (x - 1.0 * size, y - 0.95 * size),
            (x + 0.9 * size, y - 1.0 * size),
            (x + 1.3 * size, y + 0.08 * size),
        ],
        coat,
    )
    hx, hy, r = x + 0.72 * side * size, y - 0.30 * size, 0.36 * size
    for ear in (-0.62, 0.62):
        tip = (hx + 1.25 * ear * r, hy - 1.35 * r)
        foot = (hx + ear * r - 0.4 * r, hy - 0.5 * r), (hx + ear * r + 0.4 * r, hy - 0.5 * r)
        sheet.poly([foot[0], tip, foot[1]], coat)
    sheet.circle(hx, hy, r, coat)
    sheet.inked, kept = False, sheet.inked
    for eye in (-0.4, 0.4):
        lid = [(hx + (eye + dx) * r, hy + dy * r) for dx, dy in ((-0.2, 0), (0, 0.12), (0.2, 0))]
        sheet.line(lid, 0.09 * r, "#4a2c1c")
    for place in range(3):
        stripe = x - (0.15 + 0.34 * place) * side * size
        sheet.line(
            [(stripe, y - 0.78 * size), (stripe - 0.06 * side * size, y - 0.5 * size)],
            0.09 * size,
            dark,
        )
    tail = [(x - 1.0 * side * size, y - 0.1 * size), (x - 0.2 * side * size, y + 0.02 * size)]
    sheet.line([*tail, (x + 0.45 * side * size, y - 0.02 * size)], 0.17 * size, dark)
    sheet.inked = kept
