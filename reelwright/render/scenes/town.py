"""Scenes of streets: the city by day, the city in neon, the open road, the market."""

import skia

from reelwright.render.colour import Rgb, mix, rgb
from reelwright.render.scenes import air, land
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage, filled


def tower(sheet: Sheet, x: float, y: float, w: float, tall: float, colour: str | Rgb) -> None:
    """A building with a shaded side, a roof of its own kind, and windows that light up at dusk."""
    stage = sheet.stage
    sheet.rect(x, y - tall, w, tall, colour)
    sheet.inked, kept = False, sheet.inked
    sheet.rect(x + 0.72 * w, y - tall, 0.28 * w, tall, mix(rgb(colour), rgb("#0d1533"), 0.28))
    kind = int(stage.rng.integers(4))
    if kind == 0:
        sheet.rect(
            x + 0.2 * w,
            y - tall - 0.07 * w,
            0.5 * w,
            0.08 * w,
            mix(rgb(colour), rgb("#101830"), 0.15),
        )
        sheet.rect(x + 0.42 * w, y - tall - 0.5 * w, 0.04 * w, 0.5 * w, "#5d6680")
    elif kind == 1:
        sheet.poly(
            [(x, y - tall), (x + w, y - tall), (x + w, y - tall - 0.32 * w)],
            mix(rgb(colour), rgb("#ffffff"), 0.12),
        )
    elif kind == 2:
        sheet.rect(
            x + 0.14 * w,
            y - tall - 0.22 * w,
            0.6 * w,
            0.22 * w,
            mix(rgb(colour), rgb("#ffffff"), 0.1),
        )
    _windows(sheet, x, y, w, tall)
    sheet.inked = kept


def _windows(sheet: Sheet, x: float, y: float, w: float, tall: float) -> None:
    stage, light = sheet.stage, sheet.stage.tones.light
    columns = max(2, min(6, round(w / (0.035 * stage.u))))
    pitch = w / (columns + 0.5)
    rows = min(26, int(tall / (1.35 * pitch)))
    glass = mix(light.sky[1], rgb("#20304e"), 0.35)
    warm = [mix(light.lamp, rgb(c), 0.3) for c in ("#ffffff", "#ffb35c")]
    lit_share = 0.06 + 0.5 * light.dark
    paints = [filled(stage.tones.regrade(mix(c, light.haze, sheet.far))) for c in (glass, *warm)]
    dice = stage.rng.random((rows, columns))
    for row in range(rows):
        top = y - tall + (0.5 + 1.35 * row) * pitch
        for column in range(columns):
            roll = dice[row, column]
            paint = paints[0 if roll > lit_share else 1 + (roll < 0.4 * lit_share)]
            left = x + (0.4 + column) * pitch
            sheet.canvas.drawRect(skia.Rect.MakeXYWH(left, top, 0.58 * pitch, 0.8 * pitch), paint)


def skyscrapers(
    sheet: Sheet, y: float, low: float, high: float, width: float, colours: tuple[str, ...]
) -> None:
    """A row of towers from edge to edge; lower in the middle, so that the eye goes deep."""
    stage = sheet.stage
    x = stage.left
    while x < stage.right:
        w = width * stage.between(0.7, 1.3)
        valley = min(1.0, abs(x + w / 2 - 0.5 * stage.w) / (0.5 * stage.w))
        tall = (low + (high - low) * stage.between(0.35, 1.0)) * (0.55 + 0.45 * valley)
        tower(sheet, x, y, w * 0.94, tall, str(stage.rng.choice(colours)))
        x += w


def city(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    layers = [*air.sky(stage, 0.66 * h), *air.clouds(stage, 0.10 * h, 0.40 * h)]
    for far, low, high, width, colours in (
        (0.72, 0.3, 0.62, 0.11, ("#6f86b8", "#7c93bf")),
        (0.42, 0.22, 0.62, 0.16, ("#5f86a8", "#8a7fb0", "#6a9cb0", "#b88f86")),
    ):
        sheet = stage.sheet()
        sheet.far = far
        skyscrapers(sheet, 0.83 * h, low * u + 0.06 * h, high * u + 0.12 * h, width * u, colours)
        sheet.mist(0.55 * h, 0.77 * h, stage.tones.haze, 0.6)
        layers += sheet.layer(0.75 - far)
    sheet = stage.sheet()
    _shops(sheet, 0.76 * h)
    layers += sheet.layer(0.68)
    sheet = stage.sheet()
    _street(sheet, 0.76 * h, "#565d70", "#c8c2b8")
    layers += sheet.layer(0.9)
    sheet = stage.sheet()
    for side in (-1, 1):
        _lamp_post(sheet, (0.5 + 0.46 * side) * w, 1.0 * h, 0.72 * u, -side)
    layers += sheet.layer(1.2)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u))


def _shops(sheet: Sheet, y: float) -> None:
    """Street-level houses with awnings, open in the middle."""
    stage, u = sheet.stage, sheet.stage.u
    x = stage.left
    while x < stage.right:
        w = u * stage.between(0.22, 0.32)
        if abs(x + w / 2 - 0.5 * stage.w) > 0.27 * u:
            tall = u * stage.between(0.26, 0.5)
            colour = str(stage.rng.choice(["#d98b6a", "#e3b27a", "#7fa3a6", "#b9737a", "#8b84b5"]))
            tower(sheet, x, y, w, tall, colour)
            sheet.rect(x, y, w, 0.06 * stage.h, colour)
            sheet.rect(x + 0.06 * w, y - 0.13 * u, 0.88 * w, 0.13 * u, "#3d4a5c")
            glass = mix(rgb("#9fc4d4"), stage.tones.light.lamp, stage.tones.light.dark)
            sheet.shine(x + 0.10 * w, y - 0.115 * u, 0.36 * w, 0.10 * u, glass)
            sheet.shine(x + 0.54 * w, y - 0.115 * u, 0.36 * w, 0.10 * u, glass)
            awning(
                sheet,
                x + 0.02 * w,
                y - 0.17 * u,
                0.96 * w,
                0.065 * u,
                str(stage.rng.choice(["#d9453d", "#2f8f83", "#e2a52e", "#3d6fb8"])),
            )
        x += w * 1.02


def awning(sheet: Sheet, x: float, y: float, w: float, tall: float, colour: str) -> None:
    """A striped awning with a scalloped edge."""
    stripes = 7
    for place in range(stripes):
        a, b = x + w * place / stripes, x + w * (place + 1) / stripes
        inset = 0.06 * w
        top = [inset + (p - x) * (w - 2 * inset) / w + x for p in (a, b)]
        tint = colour if place % 2 == 0 else "#fbf3e4"
        path = skia.Path()
        path.moveTo(top[0], y)
        path.lineTo(top[1], y)
        path.lineTo(b, y + tall)
        path.arcTo(
            (b - a) / 2,
            (b - a) / 2.2,
            0,
            skia.Path.kSmall_ArcSize,
            skia.PathDirection.kCW,
            a,
            y + tall,
        )
        path.close()
        sheet.path(path, tint)


def _street(sheet: Sheet, y: float, road: str, kerb: str) -> None:
    stage, w, h = sheet.stage, sheet.stage.w, sheet.stage.h
    sheet.rect(stage.left - 9, y, stage.right - stage.left + 18, stage.bottom - y + 9, kerb)
    sheet.poly(
        [(0.40 * w, y), (0.60 * w, y), (1.35 * w, stage.bottom + 9), (-0.35 * w, stage.bottom + 9)],
        road,
    )
    sheet.inked = False
    for step in range(7):
        a, b = (step / 7) ** 1.8, ((step + 0.5) / 7) ** 1.8
        ya, yb = y + a * (stage.bottom - y), y + b * (stage.bottom - y)
        wa, wb = 0.004 * w + 0.03 * w * a, 0.004 * w + 0.03 * w * b
        sheet.poly(
            [(0.5 * w - wa, ya), (0.5 * w + wa, ya), (0.5 * w + wb, yb), (0.5 * w - wb, yb)],
            "#f2e9d2",
        )
    for side in (-1, 1):
        sheet.line(
            [((0.5 + 0.105 * side) * w, y), ((0.5 + 0.90 * side) * w, stage.bottom)],
            0.008 * w,
            "#e9dfc8",
        )
    sheet.mist(0.8 * h, 1.06 * h, stage.tones.lit("#262b3f"), 0.7)
    sheet.inked = True


def _lamp_post(sheet: Sheet, x: float, y: float, tall: float, side: int) -> None:
    light = sheet.stage.tones.light
    sheet.rect(
        x - 0.014 * tall,
        y - tall,
        0.028 * tall,
        tall + 0.2 * sheet.stage.h,
        "#2f3648",
        round_by=0.01 * tall,
    )
    sheet.line(
        [
            (x, y - tall),
            (x + side * 0.12 * tall, y - 1.07 * tall),
            (x + side * 0.24 * tall, y - 1.05 * tall),
        ],
        0.024 * tall,
        "#2f3648",
    )
    lamp = (x + side * 0.25 * tall, y - 1.03 * tall)
    sheet.shine(
        lamp[0] - 0.05 * tall,
        lamp[1] - 0.015 * tall,
        0.1 * tall,
        0.035 * tall,
        mix(rgb("#e6e2d4"), light.lamp, light.dark),
        0.015 * tall,
    )


def road(stage: Stage) -> Drawn:
    u, w, h, cx = stage.u, stage.w, stage.h, stage.hero_x
    horizon = 0.58 * h
    layers = [*air.sky(stage, horizon, sun_x=cx / w), *air.clouds(stage, 0.10 * h, 0.40 * h)]
    for far, height in ((0.66, 0.24), (0.4, 0.12)):
        sheet = stage.sheet()
        sheet.far = far
        outline = land.skyline(
            stage, horizon + 0.02 * u, height * u, wave=0.5 * u, jagged=far > 0.5
        )
        land.ground(sheet, outline, "#4d6a78" if far > 0.5 else "#5f8058")
        layers += sheet.layer(0.8 - far)
    sheet = stage.sheet()
    land.ground(sheet, [(stage.left - 9, horizon), (stage.right + 9, horizon)], "#7a9a54")
    sheet.inked = False
    for row in range(18):
        down = (row / 18) ** 1.8
        y = horizon + down * (stage.bottom - horizon)
        tint = ("#86a55a", "#6f8f4c")[row % 2]
        sheet.rect(stage.left - 9, y, stage.right - stage.left + 18, (0.01 + 0.07 * down) * h, tint)
    half = 0.85 * max(w, 0.6 * h)
    edge = [
        (cx - 0.012 * w, horizon),
        (cx + 0.012 * w, horizon),
        (cx + half, stage.bottom + 9),
        (cx - half, stage.bottom + 9),
    ]
    sheet.poly(edge, "#4b4f5e")
    for side in (-1, 1):
        sheet.poly(
            [
                (cx + side * 0.010 * w, horizon),
                (cx + side * 0.0105 * w, horizon),
                (cx + side * 0.93 * half, stage.bottom + 9),
                (cx + side * 0.88 * half, stage.bottom + 9),
            ],
            "#f3ecd9",
        )
    for step in range(9):
        a, b = (step / 9) ** 2.2, ((step + 0.5) / 9) ** 2.2
        ya, yb = horizon + a * (stage.bottom - horizon), horizon + b * (stage.bottom - horizon)
        wa, wb = 0.001 * w + 0.03 * half * a, 0.001 * w + 0.03 * half * b
        sheet.poly(
            [(cx - wa, ya), (cx + wa, ya), (cx + wb, yb), (cx - wb, yb)],
            "#ffd75e",
        )
    sheet.mist(0.8 * h, 1.08 * h, stage.tones.lit("#20243a"), 0.75)
    sheet.mist(horizon + 0.10 * h, horizon - 0.001, stage.tones.haze, 0.35)
    layers += sheet.layer(0.8)
    sheet = stage.sheet()
    for step in range(7):
        near = ((step + 1) / 7) ** 2
        for side in (-1, 1):
            x = cx + side * (0.03 * w + 1.05 * half * near)
            y = horizon + near * (stage.bottom - horizon)
            tall = 0.02 * u + 0.22 * u * near
            if abs(x - cx) > 0.05 * w:
                sheet.rect(x - 0.035 * tall, y - tall, 0.09 * tall, tall, "#f7f3ea")
                sheet.rect(
                    x - 0.035 * tall, y - 0.85 * tall, 0.09 * tall, 0.16 * tall, "#e1483c", glow=0.4
                )
    layers += sheet.layer(1.0)
    return Drawn(tuple(layers), Spot(x=cx, y=0.80 * h, size=0.52 * u))
