"""The scene of a city street at night, wet and full of signs."""

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Particles
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage, filled

NEON = ("#ff2bd6", "#19e3ff", "#ffe14d", "#7a5cff", "#ff5a5a", "#3dffb0")


def neon_city(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    tones = stage.tones
    sheet = stage.sheet()
    sky = [mix(stop, rgb("#0a0626"), 0.55) for stop in tones.light.sky]
    sheet.gradient([tones.regrade(stop) for stop in sky], stage.top, 0.7 * h)
    sheet.beam(0.5 * w, 0.62 * h, 0.8 * u, tones.plain("#ff3fa8"), 0.5)
    layers = sheet.layer(0.05, plain=True)
    for far, low, high, width in ((0.5, 0.5, 0.95, 0.13), (0.22, 0.4, 1.0, 0.2)):
        sheet = stage.sheet()
        sheet.far = far * 0.5
        stage_colours = ("#1d1a4a", "#2a1850", "#16264f")
        _night_towers(
            sheet, 0.80 * h, low * u + 0.06 * h, high * u + 0.14 * h, width * u, stage_colours
        )
        sheet.mist(0.5 * h, 0.76 * h, tones.plain("#6b1f7d"), 0.5)
        layers += sheet.layer(0.65 - far)
    sheet = stage.sheet()
    signs: list[tuple[float, float, str]] = []
    for side in (-1, 1):
        for place in range(3):
            signs.append(_shopfront(sheet, side, place))
    layers += sheet.layer(0.7)
    sheet = stage.sheet()
    _wet_street(sheet, signs)
    layers += sheet.layer(0.9, plain=True)
    rain = Particles(
        count=60,
        colour=stage.bgr("#9fd8ff"),
        size=(0.0012 * u, 0.0016 * u),
        velocity=(-0.12 * u, 1.5 * u),
        streak_s=0.03,
        seed=int(stage.rng.integers(1 << 30)),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u), (rain,))


def _night_towers(
    sheet: Sheet, y: float, low: float, high: float, width: float, colours: tuple[str, ...]
) -> None:
    stage = sheet.stage
    x = stage.left
    while x < stage.right:
        w = width * stage.between(0.7, 1.3)
        valley = min(1.0, abs(x + w / 2 - 0.5 * stage.w) / (0.5 * stage.w))
        tall = (low + (high - low) * stage.between(0.3, 1.0)) * (0.4 + 0.6 * valley)
        sheet.rect(x, y - tall, 0.94 * w, tall, str(stage.rng.choice(colours)), glow=0.7)
        pitch = 0.028 * stage.u
        columns, rows = int(0.8 * w / pitch), min(30, int(tall / (1.5 * pitch)))
        dice = stage.rng.random((rows + 1, columns + 1))
        for row in range(rows):
            for column in range(columns):
                if dice[row, column] < 0.3:
                    tint = (
                        NEON[int(dice[row, column] * 100) % 3]
                        if dice[row, column] < 0.06
                        else "#ffd98a"
                    )
                    sheet.shine(
                        x + (0.6 + column) * pitch,
                        y - tall + (0.7 + 1.5 * row) * pitch,
                        0.5 * pitch,
                        0.7 * pitch,
                        tint,
                    )
        x += w


def _shopfront(sheet: Sheet, side: int, place: int) -> tuple[float, float, str]:
    """One house of the street in steep perspective, with a sign; where its light falls."""
    stage, u, w, h = sheet.stage, sheet.stage.u, sheet.stage.w, sheet.stage.h
    near, away = (0.62, 0.40, 0.27)[2 - place], (0.40, 0.27, 0.19)[2 - place]
    xa, xb = (0.5 + side * near) * w, (0.5 + side * away) * w
    ya, yb = (0.755 + 0.26 * (near - 0.19)) * h, (0.755 + 0.26 * (away - 0.19)) * h
    ta, tb = ya - (0.3 + 0.95 * near) * u, yb - (0.3 + 0.95 * away) * u
    sheet.poly(
        [(xa, ya + 0.06 * h), (xa, ta), (xb, tb), (xb, yb + 0.06 * h)],
        ("#1b1440", "#241a50", "#151a45")[place],
        glow=0.8,
    )
    tint = str(stage.rng.choice(NEON))
    inner = [
        (xa + (xb - xa) * 0.18, ya - 0.04 * u),
        (xa + (xb - xa) * 0.18, ya - 0.24 * u * near / 0.62),
        (xb + (xa - xb) * 0.15, yb - 0.24 * u * near / 0.7),
        (xb + (xa - xb) * 0.15, yb - 0.03 * u),
    ]
    sheet.poly(inner, mix(rgb("#ffcf8a"), rgb(tint), 0.35), glow=1.0)
    sx, sy = xa + (xb - xa) * 0.5, ta + (ya - ta) * stage.between(0.18, 0.34)
    half, tall = 0.13 * u * near, 0.30 * u * near
    sheet.rect(sx - half, sy - tall, 2 * half, 2 * tall, "#0a0720", round_by=0.2 * half, glow=1.0)
    frame = skia.Path.RRect(
        skia.Rect.MakeLTRB(sx - 0.84 * half, sy - 0.94 * tall, sx + 0.84 * half, sy + 0.94 * tall),
        0.15 * half,
        0.15 * half,
    )
    sheet.inked, kept = False, sheet.inked
    sheet.canvas.drawPath(frame, _tube(stage, tint, 0.09 * half))
    other = str(stage.rng.choice(NEON))
    for step in range(4):
        y = sy + (-0.66 + 0.44 * step) * tall
        kind = int(stage.rng.integers(3))
        if kind == 0:
            sheet.canvas.drawCircle(sx, y, 0.36 * half, _tube(stage, other, 0.11 * half))
        elif kind == 1:
            sheet.canvas.drawPath(_cross(sx, y, 0.42 * half), _tube(stage, other, 0.11 * half))
        else:
            for dy in (-0.22, 0.0, 0.22):
                sheet.canvas.drawLine(
                    sx - 0.42 * half,
                    y + dy * tall * 0.5,
                    sx + 0.42 * half,
                    y + dy * tall * 0.5,
                    _tube(stage, other, 0.1 * half),
                )
    sheet.beam(sx, sy, 0.34 * u * (0.4 + near), stage.tones.plain(tint), 0.42)
    sheet.inked = kept
    return sx, max(ya, yb), tint


def _tube(stage: Stage, colour: str, width: float) -> skia.Paint:
    paint = filled(stage.tones.plain(mix(rgb(colour), rgb("#ffffff"), 0.25)))
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    return paint


def _cross(x: float, y: float, r: float) -> skia.Path:
    path = skia.Path()
    for dx, dy in ((1, 0), (0.3, 1), (0.75, 0.75)):
        path.moveTo(x - dx * r, y - dy * r)
        path.lineTo(x + dx * r, y + dy * r)
    return path


def _wet_street(sheet: Sheet, signs: list[tuple[float, float, str]]) -> None:
    stage, u, w, h = sheet.stage, sheet.stage.u, sheet.stage.w, sheet.stage.h
    y = 0.752 * h
    sheet.inked = False
    sheet.poly(
        [(0.40 * w, y), (0.60 * w, y), (1.5 * w, stage.bottom + 9), (-0.5 * w, stage.bottom + 9)],
        "#14102e",
        glow=0.8,
    )
    sheet.poly(
        [
            (stage.left - 9, stage.bottom + 9),
            (stage.left - 9, 0.86 * h),
            (0.31 * w, y + 0.003 * h),
            (0.40 * w, y),
            (-0.5 * w, stage.bottom + 9),
        ],
        "#1f1840",
        glow=0.8,
    )
    sheet.poly(
        [
            (stage.right + 9, stage.bottom + 9),
            (stage.right + 9, 0.86 * h),
            (0.69 * w, y + 0.003 * h),
            (0.60 * w, y),
            (1.5 * w, stage.bottom + 9),
        ],
        "#1f1840",
        glow=0.8,
    )
    for x, foot, tint in signs:
        for _ in range(16):
            down = stage.between(0.01, 0.24) * h
            width = u * stage.between(0.02, 0.13)
            cx = x + (0.5 * w - x) * 0.18 + stage.between(-0.05, 0.05) * u
            paint = filled(stage.tones.plain(tint), stage.between(0.15, 0.55))
            box = skia.Rect.MakeXYWH(cx - width / 2, foot + down, width, 0.006 * u)
            sheet.canvas.drawRRect(skia.RRect.MakeRectXY(box, 0.003 * u, 0.003 * u), paint)
    sheet.beam(0.5 * w, y, 0.5 * u, stage.tones.plain("#ff5ab8"), 0.55)
