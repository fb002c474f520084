"""Ground and what grows on it: ridges, hills, trees, grass, stones."""

import math

import numpy as np
import skia

from reelwright.render.colour import Rgb, mix, rgb
from reelwright.render.sheet import Points, Sheet, Stage


def skyline(
    stage: Stage, y: float, height: float, *, wave: float, rough: float = 0.5, jagged: bool = False
) -> list[tuple[float, float]]:
    """A random outline from edge to edge, `height` up from y, its features about `wave` wide."""
    count = 7 if jagged else 5
    points = max(48, int((stage.right - stage.left) / max(2.0, 0.012 * stage.u)))
    xs = np.linspace(stage.left, stage.right, points)
    total, weight, size = np.zeros(points), 0.0, 1.0
    for octave in range(count):
        step = wave / 2**octave
        knots = stage.rng.random(int((stage.right - stage.left) / step) + 4)
        at = (xs - stage.left) / step + stage.between(0, 1)
        whole = at.astype(int)
        part = at - whole
        if not jagged:
            part = part * part * (3 - 2 * part)
        total += size * (knots[whole] * (1 - part) + knots[whole + 1] * part)
        weight += size
        size *= rough
    lift = total / weight
    lift = (lift - lift.min()) / max(1e-6, lift.max() - lift.min())
    return [(float(x), float(y - height * up)) for x, up in zip(xs, lift, strict=True)]


def ground(
    sheet: Sheet, outline: Points, colour: str | Rgb, *, bottom: float | None = None
) -> None:
    """Everything below an outline."""
    stage = sheet.stage
    low = stage.bottom + 4 if bottom is None else bottom
    sheet.poly([*outline, (stage.right + 9, low), (stage.left - 9, low)], colour)


def height_at(outline: Points, x: float) -> float:
    return float(np.interp(x, [p[0] for p in outline], [p[1] for p in outline]))


def snowcaps(sheet: Sheet, outline: Points, line_y: float, colour: str | Rgb) -> None:
    """White on every part of an outline above a height, ragged at its lower edge."""
    stage = sheet.stage
    run: list[tuple[float, float]] = []
    for x, y in [*outline, (outline[-1][0], line_y + 1)]:
        if y < line_y:
            run.append((x, y))
        elif run:
            if len(run) > 3:
                lower = [
                    (px, min(line_y, py + (line_y - py) * stage.between(0.25, 0.95)))
                    for px, py in run[::-2]
                ]
                sheet.inked, kept = False, sheet.inked
                sheet.poly([*run, *lower], colour, glow=0.25)
                sheet.inked = kept
            run = []


def fir(
    sheet: Sheet, x: float, y: float, height: float, colour: str | Rgb, snow: float = 0
) -> None:
    """A fir tree on its foot (x, y), its right side in shade."""
    trunk = height * 0.05
    sheet.rect(x - trunk / 2, y - 0.16 * height, trunk, 0.17 * height, "#5b3f33")
    tiers = 4
    shade = mix(rgb(colour), rgb("#0c1a2c"), 0.35)
    for tier in range(tiers):
        low = y - height * (0.10 + 0.20 * tier)
        top = y - height * min(1.0, 0.48 + 0.18 * tier)
        half = height * (0.26 - 0.047 * tier)
        sheet.poly([(x - half, low), (x, top), (x + half, low), (x, low + 0.03 * height)], colour)
        sheet.inked, kept = False, sheet.inked
        sheet.poly([(x, top), (x + half, low), (x, low + 0.03 * height)], shade)
        if snow:
            sheet.poly(
                [
                    (x - half * 0.55, low - (low - top) * 0.45),
                    (x, top),
                    (x + half * 0.4, low - (low - top) * 0.6),
                    (x - half * 0.1, low - (low - top) * 0.38),
                ],
                "#f4f8ff",
                glow=0.2,
            )
        sheet.inked = kept


def leafy(sheet: Sheet, x: float, y: float, height: float, colour: str | Rgb) -> None:
    """A broad tree of three tones of leaves."""
    stage = sheet.stage
    trunk = 0.055 * height
    sheet.poly(
        [
            (x - trunk, y),
            (x - 0.5 * trunk, y - 0.5 * height),
            (x + 0.5 * trunk, y - 0.5 * height),
            (x + trunk, y),
        ],
        "#6b4a35",
    )
    r = 0.27 * height
    crown = [
        (0.0, 0.72, 1.0),
        (-0.75, 0.58, 0.72),
        (0.75, 0.56, 0.75),
        (-0.35, 0.86, 0.7),
        (0.4, 0.88, 0.62),
    ]
    blob = skia.Path()
    for dx, up, size in crown:
        blob = skia.Op(
            blob, skia.Path.Circle(x + dx * r, y - up * height, size * r), skia.PathOp.kUnion_PathOp
        )
    sheet.path(blob, colour)
    sheet.inked, kept = False, sheet.inked
    lighter = mix(rgb(colour), rgb("#fff6b0"), 0.28)
    for dx, up, size in crown[1:]:
        sheet.circle(x + (dx - 0.14) * r, y - (up + 0.045) * height, 0.62 * size * r, lighter)
    dark = mix(rgb(colour), rgb("#102040"), 0.25)
    for _ in range(5):
        sheet.circle(
            x + stage.between(-0.5, 0.9) * r, y - stage.between(0.5, 0.66) * height, 0.13 * r, dark
        )
    sheet.inked = kept


def palm(
    sheet: Sheet, x: float, y: float, height: float, lean: float, colour: str = "#2f7d4f"
) -> None:
    """A palm on its foot (x, y), its crown `lean` heights to the side."""
    tx, ty = x + lean * height, y - height
    bend = (x + 0.15 * lean * height, y - 0.55 * height)
    w = 0.035 * height
    trunk = skia.Path()
    trunk.moveTo(x - w, y)
    trunk.quadTo(bend[0] - 0.7 * w, bend[1], tx - 0.5 * w, ty)
    trunk.lineTo(tx + 0.5 * w, ty)
    trunk.quadTo(bend[0] + 0.7 * w, bend[1], x + w, y)
    trunk.close()
    sheet.path(trunk, "#8a6242")
    for place in range(9):
        angle = math.pi * (1.0 + 0.125 * place) + sheet.stage.between(-0.06, 0.06)
        reach = height * 0.46 * sheet.stage.between(0.85, 1.1)
        ex, ey = tx + reach * math.cos(angle), ty + reach * (0.45 * math.sin(angle) + 0.30)
        mx, my = tx + 0.55 * reach * math.cos(angle), ty + reach * (0.62 * math.sin(angle) - 0.06)
        leaf = skia.Path()
        leaf.moveTo(tx, ty)
        leaf.quadTo(mx, my, ex, ey)
        leaf.quadTo(mx, my + 0.19 * height * 0.8, tx, ty)
        leaf.close()
        tint = mix(rgb(colour), rgb("#d7e86b"), 0.05 + 0.05 * (place % 4))
        sheet.path(leaf, tint)


def grass(sheet: Sheet, y: float, height: float, colour: str | Rgb, *, step: float) -> None:
    """A row of blades from edge to edge, standing on y and filled down to the bottom."""
    stage = sheet.stage
    points: list[tuple[float, float]] = [(stage.left - 9, y)]
    for x in stage.steps(step, 0.4):
        tip = height * stage.between(0.45, 1.0)
        points += [(x, y), (x + stage.between(-0.6, 0.9) * step, y - tip), (x + 0.62 * step, y)]
    low = min(stage.bottom + 4, y + 6 * height + 0.2 * stage.h)
    sheet.inked, kept = False, sheet.inked
    sheet.poly(
        [*points, (stage.right + 9, y), (stage.right + 9, low), (stage.left - 9, low)], colour
    )
    sheet.inked = kept


def bush(sheet: Sheet, x: float, y: float, size: float, colour: str | Rgb) -> None:
    stage = sheet.stage
    blob = skia.Path.Rect(skia.Rect.MakeXYWH(x - size, y - 0.2 * size, 2 * size, 0.22 * size))
    for place in range(5):
        at = -0.85 + 0.42 * place
        r = size * (0.46 - 0.16 * abs(at)) * stage.between(0.9, 1.2)
        blob = skia.Op(
            blob, skia.Path.Circle(x + at * size, y - 0.30 * size, r), skia.PathOp.kUnion_PathOp
        )
    sheet.path(blob, colour)


def flower(sheet: Sheet, x: float, y: float, height: float, colour: str) -> None:
    """A flower on a bent stem that stands on (x, y)."""
    stage = sheet.stage
    top = (x + stage.between(-0.12, 0.12) * height, y - height)
    sheet.line(
        [(x, y), ((x + top[0]) / 2 + 0.03 * height, y - 0.5 * height), top],
        0.045 * height,
        "#3f7d3c",
    )
    leaf = [
        (x, y - 0.3 * height),
        (x + 0.2 * height, y - 0.52 * height),
        (x + 0.08 * height, y - 0.2 * height),
    ]
    sheet.curve(leaf, "#57a04a")
    petals, r = 6, 0.16 * height
    for place in range(petals):
        angle = 2 * math.pi * place / petals + 0.3
        sheet.circle(
            top[0] + r * math.cos(angle), top[1] + r * math.sin(angle), 0.72 * r, colour, glow=0.15
        )
    sheet.circle(*top, 0.62 * r, "#ffd35c", glow=0.2)


def stone(sheet: Sheet, x: float, y: float, size: float, colour: str | Rgb) -> None:
    """A boulder that sits on y, lit from the left."""
    stage = sheet.stage
    top = [
        (x + size * math.cos(a), y - 0.75 * size * math.sin(a) * stage.between(0.8, 1.15))
        for a in (math.pi * k / 6 for k in range(7))
    ]
    sheet.poly(top, colour)
    sheet.inked, kept = False, sheet.inked
    sheet.poly([*top[:4], (x + 0.15 * size, y)], mix(rgb(colour), rgb("#101426"), 0.25))
    sheet.inked = kept
