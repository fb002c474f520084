"""Scenes among things that grow: forest, campsite, garden, farm."""

import math

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Motion, Particles
from reelwright.render.scenes import air, land
from reelwright.render.scenes.sea import water
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def forest(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    layers = air.sky(stage, 0.75 * h, sun_x=0.5 + stage.between(-0.15, 0.15))
    for far, y, step, thick in (
        (0.74, 0.66, 0.075, 0.016),
        (0.5, 0.71, 0.12, 0.03),
        (0.24, 0.76, 0.2, 0.055),
    ):
        sheet = stage.sheet()
        sheet.far = far
        outline = land.skyline(stage, y * h + 0.05 * u, 0.06 * u, wave=0.5 * u)
        _canopy(sheet, far, "#3c7350")
        for x in stage.steps(step * u, 0.4):
            if far > 0.3 or abs(x - 0.5 * w) > 0.2 * w:
                _trunk(sheet, x, land.height_at(outline, x), thick * u * stage.between(0.7, 1.3))
        land.ground(sheet, outline, "#44734a")
        sheet.mist(y * h - 0.25 * u, y * h + 0.25 * u, stage.tones.haze, 0.5 * far + 0.1)
        layers += sheet.layer(0.8 - far)
    layers += air.rays(
        stage, stage.between(0.2, 0.8) * w, -0.15 * h, 1.1 * h, strength=0.26, colour="#ffeeb8"
    )
    sheet = stage.sheet()
    outline = land.skyline(stage, 0.83 * h, 0.07 * u, wave=0.7 * u)
    land.ground(sheet, outline, "#4f8a45")
    sheet.mist(0.80 * h, 1.04 * h, stage.tones.lit("#1d4a34"), 0.85)
    for x in stage.steps(0.13 * u, 0.5):
        if abs(x - 0.5 * w) > 0.2 * w:
            _fern(
                sheet,
                x,
                land.height_at(outline, x) + 0.05 * u,
                u * stage.between(0.1, 0.19),
                "#4fa054",
            )
    _mushroom(sheet, stage.between(0.2, 0.3) * w, 0.875 * h, 0.06 * u)
    _mushroom(sheet, stage.between(0.72, 0.8) * w, 0.885 * h, 0.045 * u)
    layers += sheet.layer(1.0)
    sheet = stage.sheet()
    side = float(stage.rng.choice([-1, 1]))
    _trunk(sheet, (0.5 + 0.53 * side) * w, 1.04 * h, 0.17 * u)
    for x in stage.steps(0.17 * u, 0.4):
        _fern(sheet, x, 1.04 * h, u * stage.between(0.16, 0.26), "#1f5238")
    layers += sheet.layer(1.3, motion=Motion(sway=(0.004 * u, 0), period_s=4))
    motes = Particles(
        count=24,
        colour=stage.bgr("#fff3b0"),
        size=(0.0015 * u, 0.0035 * u),
        velocity=(0.012 * u, -0.02 * u),
        sway=0.03 * u,
        twinkle=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.3, 0.85),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.5 * u), (motes,))


def _trunk(sheet: Sheet, x: float, y: float, thick: float) -> None:
    """A trunk that rises out of the picture, with a shaded side and two branches."""
    stage = sheet.stage
    top, lean = stage.top, stage.between(-0.4, 0.4) * thick
    sheet.poly(
        [
            (x - 1.5 * thick, y + 0.2 * thick),
            (x - 0.6 * thick, y - 1.2 * thick),
            (x - 0.42 * thick + lean, top),
            (x + 0.42 * thick + lean, top),
            (x + 0.6 * thick, y - 1.2 * thick),
            (x + 1.5 * thick, y + 0.2 * thick),
        ],
        "#5a4236",
    )
    sheet.inked, kept = False, sheet.inked
    sheet.poly(
        [
            (x + 0.12 * thick, y),
            (x + 0.08 * thick + lean, top),
            (x + 0.42 * thick + lean, top),
            (x + 0.6 * thick, y - 1.2 * thick),
            (x + 1.3 * thick, y + 0.1 * thick),
        ],
        "#43302c",
    )
    for _ in range(2):
        at = stage.between(0.25, 0.62) * stage.h
        side = float(stage.rng.choice([-1, 1]))
        sheet.line(
            [
                (x, at),
                (x + side * 1.6 * thick, at - 1.0 * thick),
                (x + side * 2.4 * thick, at - 2.4 * thick),
            ],
            0.2 * thick,
            "#4d382f",
        )
    sheet.inked = kept


def _canopy(sheet: Sheet, far: float, colour: str) -> None:
    """Leaves that hang in from above; the nearer, the lower."""
    stage, u = sheet.stage, sheet.stage.u
    low = stage.h * (0.10 + 0.10 * far)
    points = [(stage.left - 9, stage.top - 9)]
    for x in stage.steps(0.11 * u, 0.3):
        drop = low * stage.between(0.4, 1.3)
        points += [(x, drop), (x + 0.05 * u, drop - 0.05 * u)]
    sheet.curve([*points, (stage.right + 9, stage.top - 9)], colour)


def _fern(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    stage = sheet.stage
    sheet.inked, kept = False, sheet.inked
    for place in range(5):
        angle = math.pi * (0.16 + 0.17 * place) + stage.between(-0.08, 0.08)
        tip = (
            x + size * math.cos(angle) * 1.1,
            y - size * math.sin(angle) * stage.between(0.8, 1.1),
        )
        bend = (x + 0.35 * size * math.cos(angle), y - 0.75 * size * math.sin(angle))
        tint = mix(rgb(colour), rgb("#c8e86a"), 0.10 * (place % 3))
        sheet.curve(
            [
                (x - 0.02 * size, y),
                bend,
                tip,
                (tip[0], tip[1] + 0.02 * size),
                (bend[0] + 0.09 * size, bend[1] + 0.14 * size),
                (x + 0.04 * size, y),
            ],
            tint,
        )
    sheet.inked = kept


def _mushroom(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.rect(
        x - 0.18 * size, y - 0.7 * size, 0.36 * size, 0.7 * size, "#f3e6d2", round_by=0.14 * size
    )
    sheet.curve(
        [
            (x - 0.95 * size, y - 0.52 * size),
            (x - 0.62 * size, y - 1.35 * size),
            (x + 0.62 * size, y - 1.35 * size),
            (x + 0.95 * size, y - 0.52 * size),
        ],
        "#e0483a",
    )
    sheet.inked, kept = False, sheet.inked
    for dx, up, r in ((-0.3, 0.8, 0.1), (0.05, 1.0, 0.12), (0.35, 0.76, 0.09)):
        sheet.circle(x + dx * size, y - up * size, r * size, "#fff4ea")
    sheet.inked = kept


def campsite(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    horizon, side = 0.57 * h, float(stage.rng.choice([-1, 1]))
    layers = air.sky(stage, horizon, sun_x=0.5 - 0.2 * side)
    for far, y, height in ((0.68, 0.56, 0.26), (0.42, 0.575, 0.14)):
        sheet = stage.sheet()
        sheet.far = far
        outline = land.skyline(stage, y * h, height * u, wave=0.5 * u, jagged=far > 0.5)
        land.ground(sheet, outline, "#3c5a72", bottom=horizon + 0.012 * u)
        if far < 0.5:
            for x in stage.steps(0.035 * u, 0.4):
                land.fir(sheet, x, horizon + 0.008 * u, u * stage.between(0.05, 0.1), "#2c5348")
        layers += sheet.layer(0.75 - far)
    layers += water(stage, horizon, ("#7fb3c9", "#2a5f86"), glint_x=0.5 - 0.2 * side)
    sheet = stage.sheet()
    outline = land.skyline(stage, 0.78 * h, 0.06 * u, wave=0.8 * u)
    for x in (-0.02, 0.13, 0.92, 1.05):
        land.fir(
            sheet,
            x * w,
            land.height_at(outline, x * w) + 0.02 * u,
            u * stage.between(0.5, 0.8),
            "#255247",
        )
    land.ground(sheet, outline, "#4d7a4a")
    tent = (0.5 + 0.24 * side) * w
    _tent(sheet, tent, land.height_at(outline, tent) + 0.05 * u, 0.24 * u)
    sheet.mist(0.77 * h, 1.04 * h, stage.tones.lit("#1b3f35"), 0.85)
    fire = (0.5 - 0.26 * side) * w
    glow = 0.25 + 0.6 * stage.tones.light.dark
    sheet.beam(fire, 0.84 * h, 0.55 * u, stage.tones.plain("#ffb05a"), glow * 0.8)
    layers += sheet.layer(0.9)
    sheet = stage.sheet()
    _fire(sheet, fire, 0.865 * h, 0.12 * u)
    layers += sheet.layer(0.92, motion=Motion(sway=(0.0015 * u, 0.003 * u), period_s=0.45))
    sheet = stage.sheet()
    land.grass(sheet, 1.0 * h, 0.06 * u, "#1d4435", step=0.022 * u)
    layers += sheet.layer(1.25)
    sparks = Particles(
        count=20,
        colour=stage.bgr("#ffb347"),
        size=(0.0015 * u, 0.0035 * u),
        velocity=(0.01 * u, -0.16 * u),
        sway=0.03 * u,
        twinkle=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.3, 0.88),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.80 * h, size=0.48 * u), (sparks,))


def _tent(sheet: Sheet, x: float, y: float, size: float) -> None:
    glow = 0.6 * sheet.stage.tones.light.dark
    sheet.poly(
        [(x - 1.1 * size, y), (x - 0.1 * size, y - 1.15 * size), (x + 1.1 * size, y)],
        "#e5793b",
        glow=glow,
    )
    sheet.poly(
        [
            (x - 0.1 * size, y - 1.15 * size),
            (x + 1.1 * size, y),
            (x + 1.25 * size, y - 0.12 * size),
            (x + 0.2 * size, y - 1.12 * size),
        ],
        "#b6522b",
        glow=0.4 * glow,
    )
    sheet.poly(
        [(x - 0.42 * size, y), (x - 0.1 * size, y - 0.9 * size), (x + 0.3 * size, y)],
        "#ffd27a" if glow > 0.3 else "#5c2a20",
        glow=glow,
    )
    sheet.line([(x - 1.1 * size, y), (x - 1.4 * size, y + 0.05 * size)], 0.02 * size, "#e8dcc4")


def _fire(sheet: Sheet, x: float, y: float, size: float) -> None:
    for angle in (-0.35, 0.3):
        sheet.line(
            [
                (x - size * math.cos(angle), y - 0.5 * size * math.sin(angle)),
                (x + size * math.cos(angle), y + 0.5 * size * math.sin(angle)),
            ],
            0.22 * size,
            "#5b3a28",
        )
    for scale, colour in ((1.0, "#ff6a2a"), (0.68, "#ffa634"), (0.38, "#ffe680")):
        s = scale * size
        sheet.curve(
            [
                (x - 0.75 * s, y + 0.05 * s),
                (x - 0.85 * s, y - 0.8 * s),
                (x - 0.2 * s, y - 0.9 * s),
                (x + 0.02 * s, y - 2.2 * s),
                (x + 0.4 * s, y - 1.1 * s),
                (x + 0.9 * s, y - 0.9 * s),
                (x + 0.75 * s, y + 0.05 * s),
            ],
            colour,
            glow=1.0,
        )
