"""Weather over a scene: the light that it leaves, the air that it fills, and what falls."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from reelwright.render.airborne import Airborne, Flash, Flight, Tile
from reelwright.render.colour import Light, Rgb, luma, mix, times
from reelwright.render.layer import Layer, Motion, Pixels
from reelwright.render.sheet import Drawn, Stage

WHITE: Rgb = (1.0, 1.0, 1.0)
STRIKES_S = 2.7  # from one lightning to the next: slower than any flicker that harms
DUSTY = frozenset({"desert", "beach", "road", "skatepark"})  # where wind carries sand, not leaves
LEAVES = ("#d9642e", "#e8a33a", "#b8452f", "#8f9a3f", "#c98a3a")
SAND = "#d9b88a"
FLAT_STEPS = 3  # of fog where there are flat colours only


@dataclass(frozen=True, kw_only=True, slots=True)
class Weather:
    """What a weather does to the light and the air; shares of 1."""

    cover: float  # of the sky by clouds
    bright: float  # of a surface, against a clear sky
    pale: float = 0.0  # how far the air is drawn towards white
    lamps: float = 0.0  # how dark it is at least, as lamps see it
    veil: float = 0.0  # how much of what is infinitely far is lost in the air


WEATHERS = {
    "rain": Weather(cover=0.85, bright=0.84, lamps=0.35, veil=0.42),
    "snow": Weather(cover=0.85, bright=1.0, pale=0.45, lamps=0.15, veil=0.50),
    "fog": Weather(cover=1.0, bright=1.0, pale=0.30, lamps=0.25, veil=0.88),
    "wind": Weather(cover=0.25, bright=1.0, veil=0.14),
    "storm": Weather(cover=1.0, bright=0.55, lamps=0.7, veil=0.36),
}


def under(light: Light, name: str) -> Light:
    """The light of a time of day under a weather; a clear sky leaves it as it is."""
    if not name:
        return light
    weather = WEATHERS[name]
    sky = tuple(_clouded(stop, weather) for stop in light.sky)
    key = mix(light.key, (luma(light.key),) * 3, 0.6 * weather.cover)
    return replace(
        light,
        sky=sky,
        sun=mix(light.sun, sky[-1], 0.8 * weather.cover),
        key=times(key, (weather.bright,) * 3),
        haze=_clouded(light.haze, weather),
        dark=max(light.dark, weather.lamps),
        cover=weather.cover,
    )


def _clouded(colour: Rgb, weather: Weather) -> Rgb:
    """A colour of the sky behind clouds: grey, a little blue, as bright as it is left."""
    level = luma(colour) * weather.bright
    grey = (0.94 * level, 0.99 * level, 1.06 * level)
    pale = weather.pale * min(1.0, 1.6 * level)  # at night there is no white
    return mix(mix(colour, grey, 0.85 * weather.cover), WHITE, pale)


def weathered(drawn: Drawn, name: str, stage: Stage) -> Drawn:
    """A scene in its weather: what is far is veiled, and there is fog between its layers."""
    if not name:
        return drawn
    weather = WEATHERS[name]
    layers = [_veiled(layer, weather, stage) for layer in drawn.layers]
    if name == "fog":
        for depth, y, tall, strength in ((0.5, 0.60, 0.30, 0.8), (1.15, 0.88, 0.26, 0.6)):
            _insert(layers, _bank(stage, depth, y, tall, strength))
    if name == "storm":
        _insert(layers, _bolt(stage))
    return Drawn(tuple(layers), drawn.spot, drawn.particles)


def air(name: str, stage: Stage, scene: str) -> tuple[Airborne, ...]:
    """All that flies in a weather, the farthest first."""
    return FLYING[name](stage, scene) if name else ()


# ---- between the layers ---------------------------------------------------------------------


def _veiled(layer: Layer, weather: Weather, stage: Stage) -> Layer:
    """A layer behind so much air: once and for all, so that no frame pays for it."""
    if layer.adds:
        dim = cv2.convertScaleAbs(layer.pixels, alpha=1 - 0.5 * weather.cover)
        return replace(layer, pixels=dim)
    share = weather.veil * max(0.0, 1 - layer.depth) ** 0.8
    if share < 0.02:
        return layer
    red, green, blue = stage.tones.haze
    alpha = cv2.merge([cv2.extractChannel(layer.pixels, 3)] * 4)
    haze = cv2.multiply(alpha, (255 * blue, 255 * green, 255 * red, 255.0), scale=1 / 255)
    return replace(layer, pixels=cv2.addWeighted(layer.pixels, 1 - share, haze, share, 0))


def _insert(layers: list[Layer], layer: Layer) -> None:
    """Put a layer behind all that are nearer; the backdrop stays the first."""
    place = next((k for k, other in enumerate(layers) if k and other.depth > layer.depth), None)
    layers.insert(len(layers) if place is None else place, layer)


def _bank(stage: Stage, depth: float, y: float, tall: float, strength: float) -> Layer:
    """A bank of fog about a height of the frame, that drifts to and fro."""
    wide, high = round(1.7 * stage.w), round(2 * tall * stage.h)
    rng = stage.rng
    small = np.zeros((max(4, high // 8), max(4, wide // 8)), np.float32)
    for size in (0.18, 0.07, 0.03):
        noise = rng.standard_normal(small.shape).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), size * small.shape[1] / 1.7, sigmaY=size * 12)
        small += size**0.5 * noise / float(noise.std())
    cloud = np.clip(0.55 + 0.55 * small, 0, 1)
    rows = np.linspace(-1, 1, len(small))[:, None]
    cloud = cloud * np.clip(1 - rows * rows, 0, 1) ** 1.2 * strength
    shape = (wide, high)
    alpha = cv2.resize(np.asarray(cloud, np.float32), shape, interpolation=cv2.INTER_CUBIC)
    if stage.look.levels_only:
        alpha = np.round(alpha * FLAT_STEPS) / FLAT_STEPS * 0.7
    red, green, blue = mix(stage.tones.haze, WHITE, 0.25 * (1 - stage.tones.light.dark))
    pixels = alpha.clip(0, 1)[:, :, None] * (255 * np.array((blue, green, red, 1.0)))
    return Layer(
        pixels=np.asarray(pixels, np.uint8),
        x=-0.35 * stage.w,
        y=(y - tall) * stage.h,
        depth=depth,
        motion=Motion(
            sway=(0.13 * stage.w, 0.006 * stage.h), period_s=16.0, phase=stage.between(0, 1)
        ),
    )


def _bolt(stage: Stage) -> Layer:
    """A lightning behind everything, to be seen for moments."""
    wide, high = round(0.5 * stage.u), round(0.46 * stage.h)
    line = np.zeros((high, wide, 4), np.uint8)
    _fork(line, stage, (0.55 * wide, 0.0), high, 0.012 * stage.u)
    glow = cv2.GaussianBlur(line, (0, 0), 0.018 * stage.u)
    pixels = cv2.add(line, cv2.convertScaleAbs(glow, alpha=1.6))
    pixels[:, :, 3] = 0
    x = stage.between(0.05, 0.45) * stage.w
    motion = Motion(strikes_s=STRIKES_S, phase=_strike_phase(stage))
    return Layer(pixels=pixels, x=x, y=0.0, depth=0.05, motion=motion, adds=True)


def _fork(
    line: Pixels, stage: Stage, start: tuple[float, float], reach: float, width: float
) -> None:
    """A jagged line downwards, thinner and thinner, with branches."""
    steps = 11
    x, y = start
    for step in range(steps):
        to = (x + stage.between(-0.5, 0.45) * reach / 7, y + reach / steps)
        thick = max(1, round(width * (1 - step / steps)))
        ends = [(round(16 * a), round(16 * b)) for a, b in ((x, y), to)]
        cv2.line(line, *ends, (255, 236, 232, 255), thick, cv2.LINE_AA, 4)
        x, y = to
        if step in {3, 6} and reach > 0.3 * len(line):
            _fork(line, stage, (x, y), 0.4 * reach, 0.5 * width)


def _strike_phase(stage: Stage) -> float:
    """When lightning strikes: the same for the bolt and for its light."""
    return (stage.palette.accent[0] + stage.palette.second[2] + stage.w / 977) % 1.0 * 0.5


# ---- what falls and flies -----------------------------------------------------------------------


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
    flash = Flash(
        colour=(90 * blue, 90 * green, 90 * red), every_s=STRIKES_S, phase=_strike_phase(stage)
    )
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
    along: np.ndarray,
    width: float,
    colour: Rgb,
    strength: float,
) -> None:
    """A drop as long as it falls in a moment."""
    for px, py in _copies(pixels, x, y, float(np.abs(along).max()) + 2):
        ends = [
            (round(16 * px), round(16 * py)),
            (round(16 * (px + along[0])), round(16 * (py + along[1]))),
        ]
        cv2.line(pixels, *ends, _paint(colour, strength), max(1, round(width)), cv2.LINE_AA, 4)


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
    ends = [(round(16 * (0.5 * side + dx * size)), 8 * side) for dx in (-0.62, 0.38)]
    cv2.line(pixels, *ends, _paint(rib, 1.0), max(1, round(0.05 * size)), cv2.LINE_AA, 4)
    if look.ink and not look.ink_glows:
        width = max(1, round(0.6 * look.ink * stage.u))
        cv2.polylines(
            pixels, [points], True, _paint(stage.palette.dark, 1.0), width, cv2.LINE_AA, 4
        )
    return pixels
