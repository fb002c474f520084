"""Scenes where something is played: stadium, court, skate park, stage."""

import skia

from reelwright.render.layer import Layer, Particles
from reelwright.render.scenes import air
from reelwright.render.scenes.rooms import wall
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage, filled

SHIRTS = ("#e5483b", "#f2b632", "#f6f1e6", "#3d6fb8", "#2f8f83", "#d98fa0", "#5d4a7a")


def crowd(sheet: Sheet, y: float, rows: int, size: float, *, spread: float = 1.0) -> None:
    """Rows of people seen from afar, the nearest row lowest and largest."""
    stage = sheet.stage
    sheet.inked, kept = False, sheet.inked
    heads = [filled(stage.tones.lit(c, sheet.far)) for c in ("#f0c6a4", "#c98f6a", "#8a5a42")]
    shirts = [filled(stage.tones.lit(c, sheet.far)) for c in SHIRTS]
    for row in range(rows):
        s = size * (0.7 + 0.3 * row / max(1, rows - 1))
        low = y + row * 1.5 * size * spread
        for x in stage.steps(2.3 * s, 0.25):
            dy = stage.between(-0.3, 0.3) * s
            body = skia.Rect.MakeLTRB(x - s, low + dy + 0.5 * s, x + s, low + dy + 2.6 * s)
            sheet.canvas.drawRRect(
                skia.RRect.MakeRectXY(body, 0.8 * s, 0.8 * s),
                shirts[int(stage.rng.integers(len(shirts)))],
            )
            sheet.canvas.drawCircle(x, low + dy, 0.68 * s, heads[int(stage.rng.integers(3))])
    sheet.inked = kept


def floodlight(sheet: Sheet, x: float, y: float, tall: float) -> None:
    sheet.poly(
        [
            (x - 0.025 * tall, y),
            (x - 0.012 * tall, y - tall),
            (x + 0.012 * tall, y - tall),
            (x + 0.025 * tall, y),
        ],
        "#4a5568",
    )
    half, low = 0.15 * tall, y - 0.94 * tall
    sheet.rect(x - half, low - 0.19 * tall, 2 * half, 0.19 * tall, "#2f3848", round_by=0.01 * tall)
    for row in range(3):
        for column in range(5):
            r = 0.02 * tall
            cx, cy = x + (column - 2) * 0.058 * tall, low - (0.035 + 0.058 * row) * tall
            sheet.shine(cx - r, cy - r, 2 * r, 2 * r, "#fffbe4", r)


def stadium(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    layers = [*air.sky(stage, 0.55 * h), *air.clouds(stage, 0.08 * h, 0.3 * h, count=3)]
    sheet = stage.sheet()
    sheet.far = 0.2
    for side in (-1, 1):
        floodlight(sheet, (0.5 + 0.36 * side) * w, 0.56 * h, 0.50 * u + 0.06 * h)
    for side in (-1, 1):
        sheet.beam(
            (0.5 + 0.36 * side) * w,
            0.56 * h - 0.50 * u - 0.06 * h,
            0.3 * u,
            stage.tones.plain("#fffbe4"),
            0.4,
        )
    layers += sheet.layer(0.25)
    sheet = stage.sheet()
    sheet.far = 0.12
    roof = [
        (stage.left - 9, 0.43 * h),
        (0.5 * w, 0.47 * h),
        (stage.right + 9, 0.43 * h),
        (stage.right + 9, 0.46 * h),
        (0.5 * w, 0.495 * h),
        (stage.left - 9, 0.46 * h),
    ]
    sheet.rect(stage.left - 9, 0.46 * h, stage.right - stage.left + 18, 0.25 * h, "#39445c")
    crowd(sheet, 0.50 * h, 9, 0.0095 * max(u, 0.8 * h))
    sheet.mist(0.56 * h, 0.46 * h, stage.tones.lit("#1b2238"), 0.75)
    sheet.poly(roof, "#dfe5ec")
    layers += sheet.layer(0.4)
    sheet = stage.sheet()
    sheet.rect(stage.left - 9, 0.655 * h, stage.right - stage.left + 18, 0.045 * h, "#243a8a")
    for place, x in enumerate(stage.steps(0.30 * u)):
        tint = ("#f2b632", "#e5483b", "#f6f1e6", "#2fa58f")[place % 4]
        sheet.rect(x, 0.66 * h, 0.28 * u, 0.035 * h, tint)
        sheet.shine(x + 0.05 * u, 0.672 * h, 0.18 * u, 0.010 * h, "#22304a", 0.004 * h)
    layers += sheet.layer(0.55)
    sheet = stage.sheet()
    _pitch(sheet, 0.695 * h)
    layers += sheet.layer(0.9)
    flashes = Particles(
        count=16,
        colour=(255, 255, 255),
        size=(0.002 * u, 0.005 * u),
        velocity=(0, 0),
        twinkle=True,
        behind=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.49, 0.64),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u), (flashes,))


def _pitch(sheet: Sheet, y: float) -> None:
    """Mown stripes running away, with white lines."""
    stage, u, w = sheet.stage, sheet.stage.u, sheet.stage.w
    sheet.rect(stage.left - 9, y, stage.right - stage.left + 18, stage.bottom - y + 9, "#3f9a4a")
    sheet.inked = False
    bands = 10
    for band in range(0, bands, 2):
        a, b = (band / bands) ** 1.7, ((band + 1) / bands) ** 1.7
        sheet.rect(
            stage.left - 9,
            y + a * (stage.bottom - y),
            stage.right - stage.left + 18,
            (b - a) * (stage.bottom - y),
            "#4fae55",
        )
    for side in (-1, 1):
        sheet.line(
            [(0.5 * w + side * 0.34 * u, y), (0.5 * w + side * 0.95 * u, stage.bottom)],
            0.010 * u,
            "#f6fff2",
        )
    sheet.line([(stage.left, y + 0.012 * u), (stage.right, y + 0.012 * u)], 0.006 * u, "#f6fff2")
    ring = skia.Path.Oval(
        skia.Rect.MakeLTRB(0.5 * w - 0.42 * u, y + 0.16 * u, 0.5 * w + 0.42 * u, y + 0.40 * u)
    )
    paint = filled(stage.tones.lit("#f6fff2"))
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(0.011 * u)
    sheet.canvas.drawPath(ring, paint)
    sheet.mist(y + 0.3 * (stage.bottom - y), stage.bottom, stage.tones.lit("#14503a"), 0.8)


def court(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, w, h = stage.u, stage.w, stage.h
    side = float(stage.rng.choice([-1, 1]))
    sheet = wall(stage, ("#2d3f63", "#7f93b5"), glow=0.45)
    sheet.inked = False
    for x in stage.steps(0.22 * u):
        sheet.rect(x, stage.top, 0.022 * u, 0.8 * h, "#3a4d74", glow=0.4)
    layers = sheet.layer(0.2, plain=True)
    sheet = stage.sheet()
    for place in range(4):
        x = (0.5 + 0.32 * (place - 1.5)) * max(w, u)
        x += 0.5 * w - 0.5 * max(w, u)
        sheet.poly(
            [
                (x - 0.10 * u, 0.10 * h),
                (x + 0.10 * u, 0.10 * h),
                (x + 0.085 * u, 0.155 * h),
                (x - 0.085 * u, 0.155 * h),
            ],
            "#fff7dc",
            glow=1.0,
        )
    sheet.rect(stage.left - 9, 0.50 * h, stage.right - stage.left + 18, 0.17 * h, "#54617f")
    crowd(sheet, 0.525 * h, 5, 0.013 * max(u, 0.7 * h))
    sheet.rect(stage.left - 9, 0.645 * h, stage.right - stage.left + 18, 0.055 * h, "#c4473a")
    layers += sheet.layer(0.4)
    layers += _lamp_cones(stage)
    sheet = stage.sheet()
    _hoop(sheet, (0.5 + 0.32 * side) * w, 0.70 * h, 0.62 * u, -side)
    layers += sheet.layer(0.62)
    sheet = stage.sheet()
    floor = 0.69 * h
    sheet.rect(
        stage.left - 9, floor, stage.right - stage.left + 18, stage.bottom - floor + 9, "#d39a5c"
    )
    sheet.inked = False
    for place in range(-16, 17):
        sheet.line(
            [(0.5 * w + place * 0.07 * u, floor), (0.5 * w + place * 0.26 * u, stage.bottom)],
            0.003 * u,
            "#b87f46",
        )
    sheet.inked = True
    sheet.poly(
        [
            (0.5 * w - 0.22 * u, floor),
            (0.5 * w + 0.22 * u, floor),
            (0.5 * w + 0.66 * u, stage.bottom + 9),
            (0.5 * w - 0.66 * u, stage.bottom + 9),
        ],
        "#c4573f",
    )
    sheet.inked = False
    for s in (-1, 1):
        sheet.line(
            [(0.5 * w + s * 0.22 * u, floor), (0.5 * w + s * 0.66 * u, stage.bottom)],
            0.012 * u,
            "#fdf6e8",
        )
    sheet.line(
        [(stage.left, floor + 0.008 * u), (stage.right, floor + 0.008 * u)], 0.010 * u, "#fdf6e8"
    )
    sheet.beam(0.5 * w, 0.80 * h, 0.55 * u, stage.tones.plain("#fff0cc"), 0.3)
    sheet.mist(0.84 * h, 1.08 * h, stage.tones.lit("#6b3a2a"), 0.75)
    layers += sheet.layer(0.92)
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.805 * h, size=0.5 * u))


def _lamp_cones(stage: Stage) -> list[Layer]:
    return air.rays(
        stage,
        0.5 * stage.w,
        -0.2 * stage.h,
        1.1 * stage.h,
        count=5,
        spread=1.0,
        strength=0.16,
        colour="#fff4d8",
    )


def _hoop(sheet: Sheet, x: float, y: float, tall: float, side: float) -> None:
    sheet.rect(x - side * 0.16 * tall, y - tall, 0.05 * tall, tall, "#39445c")
    sheet.line(
        [(x - side * 0.14 * tall, y - 0.86 * tall), (x, y - 0.80 * tall)], 0.035 * tall, "#39445c"
    )
    sheet.rect(
        x - 0.28 * tall, y - 1.08 * tall, 0.56 * tall, 0.38 * tall, "#f7f7f4", round_by=0.01 * tall
    )
    frame = skia.Path.Rect(
        skia.Rect.MakeXYWH(x - 0.11 * tall, y - 0.92 * tall, 0.22 * tall, 0.16 * tall)
    )
    paint = filled(sheet.stage.tones.lit("#e5483b"))
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(0.018 * tall)
    sheet.canvas.drawPath(frame, paint)
    for k in range(5):
        top = x + (-0.12 + 0.06 * k) * tall
        sheet.line(
            [(top, y - 0.72 * tall), (x + (-0.07 + 0.035 * k) * tall, y - 0.55 * tall)],
            0.006 * tall,
            "#fdfaf0",
        )
    for k in range(3):
        half = (0.115 - 0.018 * k) * tall
        sheet.line(
            [(x - half, y - (0.68 - 0.05 * k) * tall), (x + half, y - (0.68 - 0.05 * k) * tall)],
            0.005 * tall,
            "#fdfaf0",
        )
    sheet.line(
        [(x - 0.13 * tall, y - 0.72 * tall), (x + 0.13 * tall, y - 0.72 * tall)],
        0.03 * tall,
        "#f0642f",
    )
