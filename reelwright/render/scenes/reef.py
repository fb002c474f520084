"""The scene under water: a reef."""

import skia

from reelwright.render.colour import mix, rgb
from reelwright.render.layer import Motion, Particles
from reelwright.render.scenes import air, land
from reelwright.render.sheet import Drawn, Sheet, Spot, Stage


def underwater(stage: Stage) -> Drawn:
    u, w, h = stage.u, stage.w, stage.h
    tones = stage.tones
    deep = 0.55 * tones.light.dark
    sheet = stage.sheet()
    stops = [
        mix(tones.lit(c, 0.0, 0.55), tones.regrade(rgb("#04122e")), deep)
        for c in ("#8be8e4", "#2fb4cf", "#127bb0", "#0b4a86")
    ]
    sheet.gradient(stops, -0.05 * h, 1.0 * h)
    sheet.beam(0.5 * w, -0.02 * h, 0.75 * u, tones.plain("#e9fff6"), 0.7)
    layers = sheet.layer(0.05, plain=True)
    water_haze = rgb("#1c86b5")
    for far, y, height in ((0.72, 0.74, 0.24), (0.45, 0.84, 0.22)):
        sheet = stage.sheet()
        outline = land.skyline(stage, y * h, height * u, wave=0.35 * u, rough=0.6)
        land.ground(sheet, outline, mix(rgb("#123c63"), water_haze, far))
        for x in stage.steps(0.16 * u, 0.4):
            _coral(
                sheet,
                x,
                land.height_at(outline, x) + 0.02 * u,
                u * stage.between(0.07, 0.15),
                mix(rgb(str(stage.rng.choice(CORALS))), water_haze, far),
            )
        layers += sheet.layer(1 - far)
    sheet = stage.sheet()
    for _ in range(9):
        _fish(
            sheet,
            stage.between(0.05, 0.95) * w,
            stage.between(0.3, 0.66) * h,
            u * stage.between(0.025, 0.055),
            str(stage.rng.choice(["#ffd25c", "#ff8a5c", "#f5f0ff", "#ff6f91"])),
        )
    layers += sheet.layer(
        0.5, motion=Motion(drift=(0.035 * u, 0), sway=(0, 0.012 * u), period_s=2.6)
    )
    layers += air.rays(
        stage, 0.5 * w, -0.25 * h, 1.2 * h, colour="#c9fff4", strength=0.28, count=8, spread=1.3
    )
    sheet = stage.sheet()
    outline = land.skyline(stage, 0.95 * h, 0.07 * u, wave=0.6 * u)
    for x in stage.steps(0.115 * u, 0.45):
        y = land.height_at(outline, x) + 0.03 * u
        if abs(x - 0.5 * w) > 0.25 * w or stage.rng.random() < 0.4:
            if stage.rng.random() < 0.4:
                _weed(sheet, x, y, u * stage.between(0.16, 0.36), "#2f9a6b")
            else:
                _coral(sheet, x, y, u * stage.between(0.09, 0.19), str(stage.rng.choice(CORALS)))
    land.ground(sheet, outline, "#e6cf9f")
    sheet.mist(0.9 * h, 1.1 * h, tones.lit("#6a6f86"), 0.9)
    layers += sheet.layer(1.05, motion=Motion(sway=(0.004 * u, 0), period_s=3.6))
    bubbles = Particles(
        count=26,
        colour=stage.bgr("#d9fff8"),
        size=(0.003 * u, 0.009 * u),
        velocity=(0, -0.13 * u),
        sway=0.015 * u,
        seed=int(stage.rng.integers(1 << 30)),
    )
    return Drawn(tuple(layers), Spot(x=0.5 * w, y=0.76 * h, size=0.52 * u, floats=True), (bubbles,))


CORALS = ("#ff6b6b", "#ff9f5a", "#e85fa8", "#b96bff", "#ffd166", "#f25f7a")


def _coral(
    sheet: Sheet, x: float, y: float, size: float, colour: str | tuple[float, float, float]
) -> None:
    """A coral of one of three kinds."""
    stage = sheet.stage
    kind = int(stage.rng.integers(3))
    tint = rgb(colour)
    if kind == 0:
        for dx, up in ((-0.5, 0.7), (0.0, 1.0), (0.5, 0.78), (-0.25, 0.85), (0.27, 0.6)):
            tip = (x + dx * size, y - up * size)
            sheet.line(
                [(x + 0.25 * dx * size, y), (x + 0.8 * dx * size, y - 0.5 * up * size), tip],
                0.13 * size,
                tint,
            )
            sheet.circle(*tip, 0.09 * size, mix(tint, rgb("#ffffff"), 0.35))
    elif kind == 1:
        sheet.curve(
            [
                (x - 0.8 * size, y + 0.1 * size),
                (x - 0.75 * size, y - 0.75 * size),
                (x + 0.1 * size, y - 0.95 * size),
                (x + 0.85 * size, y - 0.6 * size),
                (x + 0.8 * size, y + 0.1 * size),
            ],
            tint,
        )
        sheet.inked, kept = False, sheet.inked
        for _ in range(7):
            sheet.circle(
                x + stage.between(-0.5, 0.5) * size,
                y - stage.between(0.1, 0.6) * size,
                0.06 * size,
                mix(tint, rgb("#ffffff"), 0.4),
            )
        sheet.inked = kept
    else:
        for place in range(4):
            px, up = x + (place - 1.5) * 0.3 * size, stage.between(0.5, 1.0) * size
            sheet.rect(
                px - 0.13 * size, y - up, 0.26 * size, up + 0.05 * size, tint, round_by=0.12 * size
            )
            sheet.oval(
                px, y - up + 0.08 * size, 0.085 * size, 0.04 * size, mix(tint, rgb("#10103a"), 0.5)
            )


def _weed(sheet: Sheet, x: float, y: float, height: float, colour: str) -> None:
    for blade in range(4):
        lean = (blade - 1.5) * 0.13 * height
        path = skia.Path()
        path.moveTo(x + lean * 0.4 - 0.04 * height, y)
        path.cubicTo(
            x + lean - 0.14 * height,
            y - 0.4 * height,
            x + lean + 0.16 * height,
            y - 0.6 * height,
            x + 1.6 * lean,
            y - height * (1 - 0.12 * blade),
        )
        path.cubicTo(
            x + lean + 0.22 * height,
            y - 0.55 * height,
            x + lean - 0.06 * height,
            y - 0.4 * height,
            x + lean * 0.4 + 0.04 * height,
            y,
        )
        path.close()
        sheet.path(path, mix(rgb(colour), rgb("#d4f27a"), 0.12 * blade))


def _fish(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    sheet.poly(
        [
            (x - 0.7 * size, y),
            (x - 1.45 * size, y - 0.5 * size),
            (x - 1.25 * size, y),
            (x - 1.45 * size, y + 0.5 * size),
        ],
        colour,
    )
    sheet.oval(x, y, size, 0.52 * size, colour)
    sheet.inked, kept = False, sheet.inked
    sheet.oval(x - 0.05 * size, y, 0.14 * size, 0.5 * size, "#ffffff")
    sheet.circle(x + 0.6 * size, y - 0.1 * size, 0.1 * size, "#10142a")
    sheet.inked = kept
