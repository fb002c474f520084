"""Weather over a scene: the light that it leaves, and the air that it fills between layers."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from reelwright.render.colour import Light, Rgb, luma, mix, times
from reelwright.render.falling import FIRST_STRIKE, STRIKES_S
from reelwright.render.layer import Layer, Motion, Pixels
from reelwright.render.sheet import Drawn, Stage

WHITE: Rgb = (1.0, 1.0, 1.0)
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
    haze = cv2.multiply(alpha, 255 * np.array((blue, green, red, 1.0)), scale=1 / 255)
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
        raw = rng.standard_normal(small.shape).astype(np.float32)
        noise = cv2.GaussianBlur(raw, (0, 0), size * small.shape[1] / 1.7, sigmaY=size * 12)
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
    motion = Motion(strikes_s=STRIKES_S, phase=FIRST_STRIKE)
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
        start, end = ((round(16 * a), round(16 * b)) for a, b in ((x, y), to))
        cv2.line(line, start, end, (255, 236, 232, 255), thick, cv2.LINE_AA, 4)
        x, y = to
        if step in {3, 6} and reach > 0.3 * len(line):
            _fork(line, stage, (x, y), 0.4 * reach, 0.5 * width)
