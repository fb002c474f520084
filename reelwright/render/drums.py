"""The drums of a music bed, each a stroke that is drawn once."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from reelwright.render.noise import Signal, band, glide, noise, settled
from reelwright.render.synth import Sound, fall


def _kick(rate: int) -> Signal:
    n = int(0.42 * rate)
    click = band(noise(n, 11), 1500, 7000, rate) * fall(n, rate, 0.004)
    return glide(n, rate, 210, 49, 0.026) * fall(n, rate, 0.13) + 0.22 * click


def _soft_kick(rate: int) -> Signal:
    n = int(0.40 * rate)
    return glide(n, rate, 120, 52, 0.03) * fall(n, rate, 0.11) * (1 - fall(n, rate, 0.003))


def _heart(rate: int) -> Signal:
    n = int(0.50 * rate)
    return glide(n, rate, 85, 55, 0.05) * fall(n, rate, 0.12) * (1 - fall(n, rate, 0.006))


def _tom(rate: int) -> Signal:
    n = int(0.35 * rate)
    skin = 0.3 * band(noise(n, 13), 300, 3000, rate) * fall(n, rate, 0.02)
    return glide(n, rate, 190, 105, 0.05) * fall(n, rate, 0.10) + skin


def _snare(rate: int) -> Signal:
    n = int(0.30 * rate)
    wires = band(noise(n, 14), 1400, 9000, rate) * fall(n, rate, 0.075)
    return 0.7 * glide(n, rate, 290, 185, 0.02) * fall(n, rate, 0.06) + 0.8 * wires


def _gated_snare(rate: int) -> Signal:
    n = int(0.34 * rate)
    gate = np.clip(np.linspace(5, 0, n), 0, 1)
    hall = band(noise(n, 15), 500, 8000, rate) * gate
    return glide(n, rate, 260, 165, 0.03) * fall(n, rate, 0.09) + 0.55 * hall * fall(n, rate, 0.2)


def _brush(rate: int) -> Signal:
    n = int(0.25 * rate)
    return band(noise(n, 16), 900, 6500, rate) * fall(n, rate, 0.06) * (1 - fall(n, rate, 0.005))


def _clap(rate: int) -> Signal:
    n = int(0.30 * rate)
    hands = np.zeros(n)
    for k, start_s in enumerate((0.0, 0.009, 0.019)):
        start = int(start_s * rate)
        hands[start:] += (0.7 + 0.15 * k) * fall(n - start, rate, 0.006 if k < 2 else 0.065)
    return band(noise(n, 17), 850, 5200, rate) * hands


def _hat(rate: int) -> Signal:
    n = int(0.09 * rate)
    return band(noise(n, 18), 6500, 15000, rate) * fall(n, rate, 0.018)


def _open_hat(rate: int) -> Signal:
    n = int(0.30 * rate)
    return band(noise(n, 19), 5800, 14000, rate) * fall(n, rate, 0.085)


def _shaker(rate: int) -> Signal:
    n = int(0.12 * rate)
    swing = np.hanning(n)
    return band(noise(n, 20), 4200, 11000, rate) * swing


def _rim(rate: int) -> Signal:
    n = int(0.10 * rate)
    t = np.arange(n) / rate
    wood = np.sin(2 * np.pi * 1720 * t) + 0.7 * np.sin(2 * np.pi * 2530 * t)
    knock = band(noise(n, 21), 2000, 8000, rate) * fall(n, rate, 0.006)
    return np.asarray(wood * fall(n, rate, 0.010) + 0.3 * knock)


def _block(rate: int) -> Signal:
    n = int(0.14 * rate)
    t = np.arange(n) / rate
    wood = np.sin(2 * np.pi * 910 * t) + 0.4 * np.sin(2 * np.pi * 2290 * t)
    return np.asarray(wood * fall(n, rate, 0.024))


def _tick(rate: int) -> Signal:
    n = int(0.08 * rate)
    return band(noise(n, 22), 2500, 7000, rate) * fall(n, rate, 0.008)


def _crash(rate: int) -> Signal:
    n = int(1.6 * rate)
    wide = noise(n, 23, sides=2)
    return band(wide, 3200, 13000, rate) * fall(n, rate, 0.38)[:, None]


def _chime(rate: int) -> Signal:
    """A handful of small bars, swept."""
    n = int(1.4 * rate)
    rng, sound = np.random.default_rng(25), np.zeros((n, 2))
    for k in range(9):
        start = int(0.028 * k * rate)
        tone = np.sin(2 * np.pi * (2100 + 260 * k) * np.arange(n - start) / rate)
        pan = rng.uniform(0.2, 0.8)
        sound[start:] += (tone * fall(n - start, rate, 0.28))[:, None] * (1 - pan, pan)
    return sound


ONE_SHOTS: dict[str, Callable[[int], Signal]] = {
    "kick": _kick,
    "soft_kick": _soft_kick,
    "heart": _heart,
    "tom": _tom,
    "snare": _snare,
    "gated_snare": _gated_snare,
    "brush": _brush,
    "clap": _clap,
    "hat": _hat,
    "open_hat": _open_hat,
    "shaker": _shaker,
    "rim": _rim,
    "block": _block,
    "tick": _tick,
    "crash": _crash,
    "chime": _chime,
}


@lru_cache(maxsize=64)
def hit(name: str, rate: int) -> Sound:
    """One stroke with a peak of one. Shared: never write into it."""
    return settled(ONE_SHOTS[name](rate), rate)
