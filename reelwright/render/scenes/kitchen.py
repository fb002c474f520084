"""The scene of a kitchen."""

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Motion, Particles
from reelwright.render.scenes.rooms import glow_of, table, wall, window
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def kitchen(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    base = str(stage.rng.choice(["#7fa89a", "#d98f6f", "#8fa3bf", "#c9a86a"]))
    sheet = wall(stage, (base, "#f0dfc4"))
    sheet.inked = False
    tile = 0.105 * u
    for row in range(int(0.36 * h / tile)):
        for x in stage.steps(tile):
            if stage.rng.random() < 0.28:
                tint = mix(rgb("#f6ecda"), rgb(base), stage.between(0.05, 0.3))
                sheet.rect(x + 1, 0.40 * h + row * tile, tile - 2, tile - 2, tint, glow=0.3)
    layers = sheet.layer(0.25, plain=True)
    sheet = stage.sheet()
    window(sheet, (0.5 - 0.18 * side) * w - 0.2 * u, 0.20 * h, 0.40 * u, 0.40 * u)
    for level in range(2):
        y = (0.235 + 0.115 * level) * h
        x0 = (0.5 + 0.30 * side) * w - 0.23 * u
        sheet.rect(x0, y, 0.46 * u, 0.02 * u, "#8a5f41")
        for place in range(4):
            _jar(sheet, x0 + (0.055 + 0.115 * place) * u, y, u * stage.between(0.075, 0.11))
    layers += sheet.layer(0.4)
    sheet = stage.sheet()
    bar = 0.455 * h
    sheet.rect(stage.left, bar, stage.right - stage.left, 0.010 * u, "#5b5f66")
    for place, x in enumerate(stage.steps(0.19 * u, 0.1)):
        _pan(sheet, x, bar, 0.12 * u, place % 3)
    layers += sheet.layer(0.55, motion=Motion(sway=(0.002 * u, 0), period_s=3))
    sheet = stage.sheet()
    counter = 0.655 * h
    sheet.rect(stage.left - 9, counter, stage.right - stage.left + 18, 0.4 * h, "#4f6f6a")
    for x in stage.steps(0.27 * u):
        sheet.rect(
            x + 0.02 * u, counter + 0.05 * u, 0.23 * u, 0.26 * u, "#5d807a", round_by=0.012 * u
        )
        sheet.rect(
            x + 0.10 * u, counter + 0.075 * u, 0.07 * u, 0.012 * u, "#e6c78b", round_by=0.006 * u
        )
    sheet.rect(
        stage.left - 9, counter - 0.028 * u, stage.right - stage.left + 18, 0.045 * u, "#efe6d6"
    )
    for dx, kind in ((-0.40, 0), (0.38, 1), (-0.24, 2)):
        ware(sheet, (0.5 + side * dx) * w, counter - 0.026 * u, 0.17 * u, kind)
    layers += sheet.layer(0.68)
    sheet = stage.sheet()
    table(sheet, 0.775 * h, "#b57b4e")
    layers += sheet.layer(0.95)
    sheet = stage.sheet()
    _board(sheet, (0.5 + 0.34 * side) * w, 0.90 * h, 0.34 * u)
    _bowl(sheet, (0.5 - 0.38 * side) * w, 0.93 * h, 0.17 * u)
    layers += sheet.layer(1.18)
    layers += glow_of(stage, 0.5 * w, 0.12 * h, 0.8 * u, 0.5)
    steam = Particles(
        count=10,
        colour=(250, 250, 250),
        size=(0.002 * u, 0.004 * u),
        velocity=(0.0, -0.06 * u),
        sway=0.02 * u,
        twinkle=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.35, 0.72),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.815 * h, size=0.52 * u), (steam,))


def _jar(sheet: Sheet, x: float, y: float, tall: float) -> None:
    stage = sheet.stage
    tint = str(stage.rng.choice(["#e3b458", "#c9593f", "#7f9b55", "#e9e0cf", "#a86f45"]))
    half = 0.36 * tall
    sheet.rect(
        x - half,
        y - tall,
        2 * half,
        tall,
        mix(rgb(tint), rgb("#ffffff"), 0.12),
        round_by=0.2 * half,
    )
    sheet.inked, kept = False, sheet.inked
    sheet.rect(
        x + 0.35 * half,
        y - 0.9 * tall,
        0.4 * half,
        0.8 * tall,
        mix(rgb(tint), rgb("#2b1a1a"), 0.2),
        round_by=0.2 * half,
    )
    sheet.rect(x - 0.7 * half, y - 0.62 * tall, 1.4 * half, 0.3 * tall, "#fbf6ea")
    sheet.inked = kept
    sheet.rect(
        x - 1.05 * half, y - 1.1 * tall, 2.1 * half, 0.16 * tall, "#6a4a3a", round_by=0.1 * half
    )


def _pan(sheet: Sheet, x: float, y: float, size: float, kind: int) -> None:
    metal = ("#3f444c", "#b8713f", "#8c949c")[kind]
    sheet.line([(x, y), (x, y + 0.9 * size)], 0.13 * size, metal)
    if kind == 2:
        sheet.oval(x, y + 1.15 * size, 0.3 * size, 0.36 * size, metal)
        return
    sheet.circle(x, y + 1.35 * size, 0.52 * size, metal)
    sheet.inked, kept = False, sheet.inked
    sheet.circle(x, y + 1.35 * size, 0.40 * size, mix(rgb(metal), rgb("#ffffff"), 0.16))
    sheet.inked = kept


def ware(sheet: Sheet, x: float, y: float, size: float, kind: int) -> None:
    if kind == 0:  # a kettle
        sheet.curve(
            [
                (x - 0.6 * size, y + 0.02 * size),
                (x - 0.62 * size, y - 0.75 * size),
                (x, y - 1.15 * size),
                (x + 0.62 * size, y - 0.75 * size),
                (x + 0.6 * size, y + 0.02 * size),
            ],
            "#d9523f",
        )
        sheet.line(
            [(x + 0.42 * size, y - 0.4 * size), (x + 0.8 * size, y - 0.75 * size)],
            0.13 * size,
            "#d9523f",
        )
        sheet.line(
            [
                (x - 0.36 * size, y - 0.8 * size),
                (x - 0.2 * size, y - 1.2 * size),
                (x + 0.2 * size, y - 1.2 * size),
                (x + 0.36 * size, y - 0.8 * size),
            ],
            0.07 * size,
            "#2f2b2d",
        )
    elif kind == 1:  # a plant
        for lean in (-0.5, -0.2, 0.12, 0.42):
            sheet.curve(
                [
                    (x - 0.05 * size, y - 0.5 * size),
                    (x + lean * size, y - 1.5 * size),
                    (x + 1.3 * lean * size, y - 1.25 * size),
                    (x + 0.1 * size, y - 0.45 * size),
                ],
                "#4f8f55",
            )
        sheet.poly(
            [
                (x - 0.38 * size, y - 0.6 * size),
                (x + 0.38 * size, y - 0.6 * size),
                (x + 0.28 * size, y),
                (x - 0.28 * size, y),
            ],
            "#c9734b",
        )
    else:  # bottles
        for dx, tint in ((-0.25, "#6d8a3c"), (0.12, "#b8862f")):
            sheet.rect(
                x + dx * size, y - 0.8 * size, 0.26 * size, 0.8 * size, tint, round_by=0.08 * size
            )
            sheet.rect(x + (dx + 0.085) * size, y - 1.2 * size, 0.09 * size, 0.45 * size, tint)


def _board(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.poly(
        [
            (x - 0.55 * size, y),
            (x - 0.42 * size, y - 0.3 * size),
            (x + 0.42 * size, y - 0.3 * size),
            (x + 0.55 * size, y),
        ],
        "#dca871",
    )
    sheet.rect(x - 0.55 * size, y, 1.1 * size, 0.05 * size, "#a8764b")
    for dx, tint in ((-0.22, "#e5483b"), (0.02, "#e5483b"), (0.25, "#7fb24a")):
        sheet.circle(x + dx * size, y - 0.2 * size, 0.12 * size, tint)


def _bowl(sheet: Sheet, x: float, y: float, size: float) -> None:
    for dx, tint in ((-0.35, "#f2b632"), (0.05, "#7fb24a"), (0.4, "#e5703b")):
        sheet.circle(x + dx * size, y - 0.55 * size, 0.34 * size, tint)
    sheet.curve(
        [
            (x - size, y - 0.55 * size),
            (x + size, y - 0.55 * size),
            (x + 0.6 * size, y + 0.3 * size),
            (x - 0.6 * size, y + 0.3 * size),
        ],
        "#3f6f8f",
    )
