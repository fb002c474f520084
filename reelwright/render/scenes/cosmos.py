"""The scene above all others: space, seen from a moon."""

import math

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Motion, Particles
from reelwright.render.scenes import land
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def space(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    tones = stage.tones
    sheet = stage.sheet()
    warm = mix(tones.light.sky[1], rgb("#2a1060"), 0.55)
    deep = [tones.regrade(rgb(c)) for c in ("#05041a", "#0d0b34", warm, "#0a0726")]
    sheet.gradient(deep, stage.top, stage.bottom)
    for _ in range(7):
        colour = str(stage.rng.choice(["#8a3ffc", "#ff4f9a", "#21b6d7", "#ff9d5c", "#3d5bff"]))
        x, y = stage.between(0, 1) * w, stage.between(0.1, 0.75) * h
        sheet.beam(
            x, y, u * stage.between(0.35, 0.8), tones.plain(colour), stage.between(0.2, 0.42)
        )
    for _ in range(260):
        r = u * 0.0009 * (1 + 3.0 * stage.between(0, 1) ** 6)
        tint = mix(
            rgb("#ffffff"),
            rgb(str(stage.rng.choice(["#9fd0ff", "#ffd9a0", "#6b6bb0"]))),
            stage.between(0, 0.8),
        )
        sheet.shine(
            stage.between(stage.left, stage.right),
            stage.between(stage.top, stage.bottom),
            2 * r,
            2 * r,
            tint,
            r,
        )
    layers = sheet.layer(0.06, plain=True)
    side = float(stage.rng.choice([-1, 1]))
    sheet = stage.sheet()
    _planet(
        sheet,
        (0.5 + 0.30 * side) * w,
        0.30 * h,
        0.17 * u,
        ("#e8a15c", "#b9603f", "#f6d6a0"),
        ring=True,
    )
    _planet(sheet, (0.5 - 0.37 * side) * w, 0.44 * h, 0.055 * u, ("#8fb6d9", "#5a7fae", "#cfe4f2"))
    layers += sheet.layer(0.3, motion=Motion(sway=(0.004 * u, 0.006 * u), period_s=9))
    sheet = stage.sheet()
    for _ in range(9):
        _rock(
            sheet,
            stage.between(0, 1) * w,
            stage.between(0.52, 0.70) * h,
            u * stage.between(0.012, 0.04),
            "#6a6280",
        )
    layers += sheet.layer(
        0.6, motion=Motion(drift=(-0.012 * u, 0.0), sway=(0, 0.01 * u), period_s=6)
    )
    sheet = stage.sheet()
    outline = [
        (
            x,
            0.90 * h
            - 0.20 * u * (1 - ((x - 0.5 * w) / (0.95 * u)) ** 2)
            + 0.008 * u * math.sin(11 * x / u),
        )
        for x in stage.steps(0.02 * u)
    ]
    land.ground(sheet, outline, "#a9a3bd")
    sheet.mist(0.74 * h, 1.05 * h, tones.lit("#3a3458"), 0.9)
    for _ in range(12):
        x = stage.between(0, 1) * w
        y = land.height_at(outline, x) + stage.between(0.05, 0.32) * u
        r = u * stage.between(0.02, 0.06)
        sheet.oval(x, y, r, 0.34 * r, "#6b6588")
        sheet.inked = False
        sheet.oval(x, y + 0.06 * r, 0.86 * r, 0.25 * r, "#544e72")
        sheet.inked = True
    layers += sheet.layer(0.95)
    stars = Particles(
        count=22,
        colour=(255, 246, 236),
        size=(0.0016 * u, 0.003 * u),
        velocity=(0, 0),
        twinkle=True,
        behind=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.02, 0.68),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.715 * h, size=0.5 * u, floats=True), (stars,))


def _planet(
    sheet: Sheet, x: float, y: float, r: float, colours: tuple[str, str, str], *, ring: bool = False
) -> None:
    if ring:
        sheet.path(_half_ring(x, y, r, behind=True), "#d9c39a", glow=0.6)
    sheet.circle(x, y, r, colours[0], glow=0.7)
    sheet.inked, kept = False, sheet.inked
    sheet.canvas.save()
    sheet.canvas.clipPath(skia.Path.Circle(x, y, r), True)
    for at, half, colour in (
        (-0.5, 0.13, colours[2]),
        (-0.1, 0.1, colours[1]),
        (0.32, 0.16, colours[2]),
        (0.68, 0.1, colours[1]),
    ):
        sheet.oval(x, y + at * r, 1.2 * r, half * r, colour, glow=0.7)
    sheet.path(_crescent(x, y, r), mix(rgb(colours[1]), rgb("#08061e"), 0.72))
    sheet.canvas.restore()
    sheet.inked = kept
    if ring:
        sheet.path(_half_ring(x, y, r, behind=False), "#efdcb4", glow=0.6)


def _rock(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    stage = sheet.stage
    points = [
        (
            x + size * stage.between(0.7, 1.1) * math.cos(a),
            y + size * stage.between(0.6, 1.0) * math.sin(a),
        )
        for a in (k * math.pi / 4 for k in range(8))
    ]
    sheet.poly(points, colour, glow=0.4)
    sheet.inked, kept = False, sheet.inked
    sheet.poly(
        [points[0], points[1], points[2], points[3], (x, y)], mix(rgb(colour), rgb("#0a0820"), 0.4)
    )
    sheet.inked = kept


def _half_ring(x: float, y: float, r: float, *, behind: bool) -> skia.Path:
    """The half of a planet's tilted ring that lies behind it, or before it."""
    outer = skia.Path.Oval(skia.Rect.MakeLTRB(-2.1 * r, -0.5 * r, 2.1 * r, 0.5 * r))
    inner = skia.Path.Oval(skia.Rect.MakeLTRB(-1.45 * r, -0.3 * r, 1.45 * r, 0.3 * r))
    ring = skia.Op(outer, inner, skia.PathOp.kDifference_PathOp)
    top, bottom = (-r, 0.0) if behind else (0.0, r)
    half = skia.Path.Rect(skia.Rect.MakeLTRB(-3 * r, top, 3 * r, bottom))
    ring = skia.Op(ring, half, skia.PathOp.kIntersect_PathOp)
    turned = skia.Matrix()
    turned.setRotate(-18)
    turned.postTranslate(x, y)
    ring.transform(turned)
    return ring


def _crescent(x: float, y: float, r: float) -> skia.Path:
    """The part of a disc that the light from the upper left does not reach."""
    lit = skia.Path.Circle(x - 0.38 * r, y - 0.3 * r, 1.12 * r)
    whole = skia.Path.Circle(x, y, 1.02 * r)
    return skia.Op(whole, lit, skia.PathOp.kDifference_PathOp)
