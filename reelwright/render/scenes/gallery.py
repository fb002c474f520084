"""Scenes that show one thing: an art gallery and the bare podium of a studio."""

import skia

from reelwright.render.colour import Rgb, mix, rgb
from reelwright.render.layer import Particles
from reelwright.render.scenes import land
from reelwright.render.scenes.rooms import wall
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def gallery(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, w, h, x = stage.u, stage.w, stage.h, stage.hero_x
    sheet = wall(
        stage, (str(stage.rng.choice(["#d9d4ca", "#7d8fa0", "#a06a5a", "#5f7a6d"])), "#f2eee6")
    )
    layers = sheet.layer(0.22, plain=True)
    sheet = stage.sheet()
    for dx, y, width, tall in (
        (-0.36, 0.26, 0.32, 0.40),
        (0.37, 0.24, 0.34, 0.46),
        (-0.02, 0.22, 0.26, 0.30),
        (-0.80, 0.25, 0.3, 0.4),
        (0.82, 0.26, 0.3, 0.36),
    ):
        cx = 0.5 * w + dx * max(w, 0.8 * u)
        sheet.beam(cx, y * h - 0.02 * u, 0.5 * u, stage.tones.plain("#fff3d6"), 0.35)
        _painting(sheet, cx - width * u / 2, y * h, width * u, tall * u)
    layers += sheet.layer(0.45)
    sheet = stage.sheet()
    floor = 0.69 * h
    sheet.rect(
        stage.left - 9, floor - 0.03 * u, stage.right - stage.left + 18, 0.035 * u, "#fbf8f2"
    )
    sheet.rect(stage.left - 9, floor, stage.right - stage.left + 18, 0.5 * h, "#b98a62")
    sheet.inked = False
    for row in range(9):
        y = floor + (stage.bottom - floor) * (row / 9) ** 1.6
        sheet.line([(stage.left, y), (stage.right, y)], 0.003 * u, "#94694a")
    for place in range(-9, 10):
        sheet.line(
            [(0.5 * w + place * 0.11 * u, floor), (0.5 * w + place * 0.5 * u, stage.bottom)],
            0.003 * u,
            "#94694a",
        )
    sheet.mist(0.78 * h, 1.06 * h, stage.tones.lit("#4a3228"), 0.8)
    sheet.beam(x, 0.80 * h, 0.45 * u, stage.tones.plain("#fff0cc"), 0.4)
    layers += sheet.layer(0.85)
    sheet = stage.sheet()
    sheet.rect(x - 0.24 * u, 0.80 * h, 0.48 * u, 0.05 * u, "#fbfaf6", round_by=0.006 * u)
    sheet.rect(x - 0.21 * u, 0.80 * h + 0.05 * u, 0.42 * u, 0.2 * h, "#e6e1d8")
    sheet.inked = False
    sheet.rect(x + 0.08 * u, 0.80 * h + 0.05 * u, 0.13 * u, 0.2 * h, "#cbc4b8")
    layers += sheet.layer(1.0)
    return Drawn(tuple(layers), Spot(x=x, y=0.803 * h, size=0.48 * u))


def _painting(sheet: Sheet, x: float, y: float, w: float, tall: float) -> None:
    """A framed picture of one of three schools."""
    stage, u = sheet.stage, sheet.stage.u
    pad = 0.022 * u
    sheet.rect(
        x - pad,
        y - pad,
        w + 2 * pad,
        tall + 2 * pad,
        str(stage.rng.choice(["#b98c45", "#2d2a2c", "#7a5236"])),
    )
    sheet.rect(x, y, w, tall, "#f6f1e6")
    sheet.canvas.save()
    sheet.canvas.clipRect(skia.Rect.MakeXYWH(x, y, w, tall), True)
    sheet.inked, kept = False, sheet.inked
    school = int(stage.rng.integers(3))
    colours = ("#e4573d", "#f2b632", "#2f7f86", "#35507a", "#d98fa0", "#7fa35a")
    if school == 0:
        for _ in range(6):
            tint = colours[int(stage.rng.integers(6))]
            sheet.rect(
                x + w * stage.between(-0.1, 0.8),
                y + tall * stage.between(-0.1, 0.8),
                w * stage.between(0.15, 0.6),
                tall * stage.between(0.15, 0.5),
                tint,
            )
    elif school == 1:
        for place in range(5):
            yy = y + tall * (0.15 + 0.18 * place)
            sheet.curve(
                [
                    (x - 0.2 * w, yy),
                    (x + 0.3 * w, yy - 0.14 * tall),
                    (x + 0.7 * w, yy + 0.1 * tall),
                    (x + 1.2 * w, yy - 0.05 * tall),
                    (x + 1.2 * w, y + 1.2 * tall),
                    (x - 0.2 * w, y + 1.2 * tall),
                ],
                colours[(place + 2) % 6],
            )
        sheet.circle(x + 0.65 * w, y + 0.26 * tall, 0.13 * w, "#f8d76a")
    else:
        for place in range(4):
            r = w * (0.42 - 0.09 * place)
            sheet.circle(x + 0.5 * w, y + 0.5 * tall, r, colours[int(stage.rng.integers(6))])
    sheet.canvas.restore()
    sheet.inked = kept


def podium(stage: Stage) -> Drawn:
    stage = stage.indoors()
    u, h, cx = stage.u, stage.h, stage.hero_x
    hues: tuple[tuple[str, str, str], ...] = (
        ("#f4b8a0", "#e8836b", "#fbe3d4"),
        ("#a7c7e7", "#6f96cf", "#e3eefb"),
        ("#b8dcc0", "#6fae8f", "#e6f5e8"),
        ("#d8c2ee", "#9a7fcb", "#f1e8fb"),
        ("#f3d58a", "#dba84a", "#fdf1d2"),
    )
    pale, deep, light = hues[int(stage.rng.integers(len(hues)))]
    sheet = wall(stage, (deep, pale), glow=0.55)
    sheet.beam(cx, 0.45 * h, 0.9 * u, stage.tones.lit(light, 0.0, 0.7), 0.75)
    layers = sheet.layer(0.15, plain=True)
    sheet = stage.sheet()
    arch = skia.Path()
    r = 0.40 * u
    arch.addArc(skia.Rect.MakeLTRB(cx - r, 0.42 * h - r, cx + r, 0.42 * h + r), 180, 180)
    arch.lineTo(cx + r, 0.8 * h)
    arch.lineTo(cx - r, 0.8 * h)
    arch.close()
    sheet.path(arch, mix(rgb(deep), rgb("#ffffff"), 0.12), glow=0.5)
    layers += sheet.layer(0.4)
    sheet = stage.sheet()
    for dx, r, tall, tint in (
        (-0.43, 0.13, 0.34, pale),
        (0.45, 0.10, 0.22, light),
        (0.33, 0.08, 0.13, deep),
    ):
        _cylinder(sheet, cx + dx * u, 0.77 * h, r * u, tall * u, tint)
    sheet.circle(
        cx - 0.43 * u,
        0.77 * h - 0.42 * u,
        0.085 * u,
        mix(rgb(deep), rgb("#ffffff"), 0.3),
        glow=0.5,
    )
    layers += sheet.layer(0.62)
    sheet = stage.sheet()
    land.ground(
        sheet,
        [(stage.left - 9, 0.765 * h), (stage.right + 9, 0.765 * h)],
        mix(rgb(pale), rgb(deep), 0.35),
    )
    sheet.mist(0.78 * h, 1.08 * h, stage.tones.lit(mix(rgb(deep), rgb("#2a1a3a"), 0.4)), 0.8)
    sheet.beam(cx, 0.83 * h, 0.6 * u, stage.tones.lit(light, 0.0, 0.7), 0.5)
    _cylinder(sheet, cx, 0.90 * h, 0.42 * u, 0.09 * u, pale)
    _cylinder(sheet, cx, 0.90 * h - 0.09 * u, 0.33 * u, 0.07 * u, light)
    layers += sheet.layer(0.95)
    dust = Particles(
        count=18,
        colour=(255, 255, 255),
        size=(0.0015 * u, 0.003 * u),
        velocity=(0.01 * u, -0.02 * u),
        sway=0.02 * u,
        twinkle=True,
        seed=int(stage.rng.integers(1 << 30)),
        area=(0.15, 0.75),
    )
    return Drawn(tuple(layers), Spot(x=cx, y=0.90 * h - 0.155 * u, size=0.5 * u), (dust,))


def _cylinder(sheet: Sheet, x: float, y: float, r: float, tall: float, colour: str | Rgb) -> None:
    """A round block, lit from the left."""
    flat = 0.24 * r
    side = skia.Path()
    side.moveTo(x - r, y - tall)
    side.lineTo(x - r, y)
    side.arcTo(r, flat, 0, skia.Path.kSmall_ArcSize, skia.PathDirection.kCCW, x + r, y)
    side.lineTo(x + r, y - tall)
    side.close()
    sheet.path(side, mix(rgb(colour), rgb("#3a2440"), 0.16), glow=0.35)
    sheet.inked, kept = False, sheet.inked
    sheet.canvas.save()
    sheet.canvas.clipPath(side, True)
    for place in range(6):
        left = x + r * (0.05 + 0.16 * place)
        sheet.rect(
            left,
            y - tall,
            r,
            tall + flat,
            mix(rgb(colour), rgb("#3a2440"), 0.20 + 0.045 * place),
            glow=0.3,
        )
    sheet.canvas.restore()
    sheet.inked = kept
    sheet.oval(x, y - tall, r, flat, mix(rgb(colour), rgb("#ffffff"), 0.25), glow=0.4)
