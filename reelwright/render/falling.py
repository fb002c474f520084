"""What falls and flies in a weather, painted once: drops, flakes, sand and leaves."""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.render.airborne import Airborne, Flash, Flight, Tile
from reelwright.render.colour import Rgb, luma, mix
from reelwright.render.layer import Pixels
from reelwright.render.sheet import Stage

WHITE: Rgb = (1.0, 1.0, 1.0)
STRIKES_S = 2.7  # from one lightning to the next: slower than any flicker that harms
FIRST_STRIKE = 0.17  # of that time after a shot begins
DUSTY = frozenset({"desert", "beach", "road", "skatepark"})  # where wind carries sand, not leaves
LEAVES = ("#d9642e", "#e8a33a", "#b8452f", "#8f9a3f", "#c98a3a")
SAND = "#d9b88a"


def air(name: str, stage: Stage, scene: str) -> tuple[Airborne, ...]:
    """All that flies in a weather, the farthest first."""
    return FLYING[name](stage, scene) if name else ()


def _rain(
    stage: Stage, scene: str, slant: float = 0.14, heavy: float = 1.0
) -> tuple[Airborne, ...]:
    u = stage.u
    colour = _drop(stage)
    planes = (
        (0.5, 150, 0.028, 0.0016, 0.95, 0.34, True),
        (0.9, 70, 0.060, 0.0022, 1.55, 0.42, False),
        (1.4, 20, 0.130, 0.0040, 2.40, 0.30, False),
    )
    tiles = []
    for depth, count, length, width, speed, strength, behind in planes:
        pixels = _tile(stage)
        along = np.array((-slant * length * u, length * u))
        for x, y in stage.rng.random((round(heavy * count), 2)) * pixels.shape[1::-1]:
            _streak(pixels, x, y, along, max(1.0, width * u), colour, strength)
        if depth > 1:
            pixels = _wrapped_blur(pixels, 0.0016 * u)
        velocity = (-slant * speed * u, speed * u)
        tiles.append(_fly(pixels, velocity, depth=depth, behind=behind))
    return tuple(tiles)


def _storm(stage: Stage, scene: str) -> tuple[Airborne, ...]:
    red, green, blue = stage.tones.plain("#8fa0d8")
    flash = Flash(colour=(90 * blue, 90 * green, 90 * red), every_s=STRIKES_S, phase=FIRST_STRIKE)
    return (flash, *_rain(stage, scene, slant=0.42, heavy=1.5))


def _snow(stage: Stage, scene: str) -> tuple[Airborne, ...]:
    u, colour = stage.u, mix(stage.tones.plain("#ffffff"), stage.tones.haze, 0.1)
    planes = (
        (0.5, 130, 0.0022, 0.11, 0.75, True),
        (0.9, 60, 0.0045, 0.20, 0.9, False),
        (1.4, 16, 0.0110, 0.36, 0.7, False),
    )
    tiles = []
    for depth, count, radius, speed, strength, behind in planes:
        pixels = _tile(stage)
        sizes = radius * u * stage.rng.uniform(0.6, 1.25, count)
        places = stage.rng.random((count, 2)) * pixels.shape[1::-1]
        for (x, y), size in zip(places, sizes, strict=True):
            _flake(pixels, x, y, size, colour, strength, stage)
        if depth > 1 and not stage.look.levels_only:
            pixels = _wrapped_blur(pixels, 0.003 * u)
        velocity = (0.03 * speed * u, speed * u)
        tiles.append(_fly(pixels, velocity, sway=0.05 * depth * u, depth=depth, behind=behind))
    return tuple(tiles)


def _wind(stage: Stage, scene: str) -> tuple[Airborne, ...]:
    u = stage.u
    tiles = []
    dusty = scene in DUSTY
    colour = stage.tones.lit(SAND) if dusty else _drop(stage)
    for depth, count, length, speed, behind in (
        (0.6, 26, 0.10, 0.9, True),
        (1.3, 12, 0.22, 1.9, False),
    ):
        pixels = _tile(stage)
        along = np.array((length * u, -0.05 * length * u))
        for x, y in stage.rng.random((count * (2 if dusty else 1), 2)) * pixels.shape[1::-1]:
            thick = max(1.0, 0.0022 * depth * u)
            _streak(pixels, x, y, along, thick, colour, 0.40 if dusty else 0.22)
        pixels = _wrapped_blur(pixels, 0.0016 * u)
        tiles.append(_fly(pixels, (speed * u, 0.0), sway=0.0, depth=depth, behind=behind))
    if dusty:
        return tuple(tiles)
    leaves = tuple(_leaf(stage, colour) for colour in LEAVES)
    flights = [
        Flight(
            sprites=leaves,
            count=count,
            velocity=(0.55 * u, 0.16 * u),
            seed=int(stage.rng.integers(1 << 30)),
            behind=behind,
        )
        for count, behind in ((9, True), (10, False))
    ]
    return (tiles[0], flights[0], tiles[1], flights[1])


def _fog(stage: Stage, scene: str) -> tuple[Airborne, ...]:
    return ()


FLYING: dict[str, Callable[[Stage, str], tuple[Airborne, ...]]] = {
    "rain": _rain,
    "snow": _snow,
    "fog": _fog,
    "wind": _wind,
    "storm": _storm,
}


def _drop(stage: Stage) -> Rgb:
    """The colour of water in the air: lighter than it, or darker where the air is pale."""
    haze = stage.tones.haze
    if stage.look.ink_glows:
        return mix(stage.palette.second, WHITE, 0.45)
    return mix(haze, stage.palette.dark, 0.35) if luma(haze) > 0.7 else mix(haze, WHITE, 0.7)


def _tile(stage: Stage) -> Pixels:
    return np.zeros((round(0.72 * stage.h), round(stage.w), 4), np.uint8)


def _fly(
    pixels: Pixels,
    velocity: tuple[float, float],
    *,
    depth: float,
    behind: bool,
    sway: float = 0.0,
) -> Tile:
    free = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(pixels, 3)), cv2.COLOR_GRAY2BGRA)
    return Tile(pixels=pixels, free=free, velocity=velocity, sway=sway, depth=depth, behind=behind)


def _paint(colour: Rgb, strength: float) -> tuple[float, float, float, float]:
    """Premultiplied, as OpenCV takes it."""
    red, green, blue = (255 * strength * part for part in colour)
    return blue, green, red, 255 * strength


def _copies(pixels: Pixels, x: float, y: float, reach: float) -> list[tuple[float, float]]:
    """Where a thing must be drawn so that the tile repeats without a seam."""
    height, width = pixels.shape[:2]
    return [
        (x + dx, y + dy)
        for dx in (-width, 0, width)
        for dy in (-height, 0, height)
        if -reach < x + dx < width + reach and -reach < y + dy < height + reach
    ]


def _streak(
    pixels: Pixels,
    x: float,
    y: float,
    along: NDArray[np.float64],
    width: float,
    colour: Rgb,
    strength: float,
) -> None:
    """A drop as long as it falls in a moment."""
    for px, py in _copies(pixels, x, y, float(np.abs(along).max()) + 2):
        start = (round(16 * px), round(16 * py))
        end = (round(16 * (px + along[0])), round(16 * (py + along[1])))
        paint = _paint(colour, strength)
        cv2.line(pixels, start, end, paint, max(1, round(width)), cv2.LINE_AA, 4)


def _flake(
    pixels: Pixels, x: float, y: float, r: float, colour: Rgb, strength: float, stage: Stage
) -> None:
    """A flake; where a style draws outlines, it has one."""
    look = stage.look
    for px, py in _copies(pixels, x, y, 2 * r + 2):
        at = (round(16 * px), round(16 * py))
        if look.ink and not look.ink_glows and r > 2:
            rim = round(16 * (r + 0.4 * look.ink * stage.u))
            cv2.circle(pixels, at, rim, _paint(stage.palette.dark, 1.0), -1, cv2.LINE_AA, 4)
        solid = 1.0 if look.levels_only else strength
        cv2.circle(pixels, at, max(12, round(16 * r)), _paint(colour, solid), -1, cv2.LINE_AA, 4)


def _wrapped_blur(pixels: Pixels, sigma: float) -> Pixels:
    """Soft, and still without a seam."""
    pad = math.ceil(3 * sigma) + 1
    wide = cv2.copyMakeBorder(pixels, pad, pad, pad, pad, cv2.BORDER_WRAP)
    return np.ascontiguousarray(cv2.GaussianBlur(wide, (0, 0), max(0.3, sigma))[pad:-pad, pad:-pad])


def _leaf(stage: Stage, colour: str) -> Pixels:
    """A leaf with its rib, about its middle."""
    size = 0.078 * stage.u
    side = math.ceil(1.3 * size)
    pixels = np.zeros((side, side, 4), np.uint8)
    ts = np.linspace(0, math.pi, 15)
    upper = np.stack([-np.cos(ts), 0.42 * np.sin(ts) ** 1.2], axis=1)
    outline = np.concatenate([upper, (upper * (1, -1))[::-1]]) * 0.5 * size + 0.5 * side
    points = np.round(16 * outline).astype(np.int32)
    fill, look = stage.tones.lit(colour), stage.look
    cv2.fillPoly(pixels, [points], _paint(fill, 1.0), cv2.LINE_AA, 4)
    rib = mix(fill, stage.palette.dark, 0.4)
    start, end = ((round(16 * (0.5 * side + dx * size)), 8 * side) for dx in (-0.62, 0.38))
    cv2.line(pixels, start, end, _paint(rib, 1.0), max(1, round(0.05 * size)), cv2.LINE_AA, 4)
    if look.ink and not look.ink_glows:
        width = max(1, round(0.6 * look.ink * stage.u))
        cv2.polylines(
            pixels, [points], True, _paint(stage.palette.dark, 1.0), width, cv2.LINE_AA, 4
        )
    return pixels
