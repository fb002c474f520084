"""The unpitched sounds of a music bed: drums, and the effects that lead into a cut."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from reelwright.render.synth import Sound, fall

Signal = NDArray[np.float64]


def _noise(n: int, salt: int) -> Signal:
    return np.random.default_rng(salt).standard_normal(n)


def _band(sound: Signal, low_hz: float, high_hz: float, rate: int) -> Signal:
    edges = (low_hz, min(high_hz, 0.47 * rate))
    return np.asarray(sosfilt(butter(2, edges, "bandpass", fs=rate, output="sos"), sound, axis=0))


def _drop(n: int, rate: int, high_hz: float, low_hz: float, drop_s: float) -> Signal:
    """A sine that falls from one pitch to another."""
    hz = low_hz + (high_hz - low_hz) * fall(n, rate, drop_s)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hz, dtype=np.float64) / rate))


def _kick(rate: int) -> Signal:
    n = int(0.42 * rate)
    click = _band(_noise(n, 11), 1500, 7000, rate) * fall(n, rate, 0.004)
    return _drop(n, rate, 210, 49, 0.026) * fall(n, rate, 0.13) + 0.22 * click


def _soft_kick(rate: int) -> Signal:
    n = int(0.40 * rate)
    return _drop(n, rate, 120, 52, 0.03) * fall(n, rate, 0.11) * (1 - fall(n, rate, 0.003))


def _heart(rate: int) -> Signal:
    n = int(0.50 * rate)
    return _drop(n, rate, 85, 55, 0.05) * fall(n, rate, 0.12) * (1 - fall(n, rate, 0.006))


def _tom(rate: int) -> Signal:
    n = int(0.35 * rate)
    skin = 0.3 * _band(_noise(n, 13), 300, 3000, rate) * fall(n, rate, 0.02)
    return _drop(n, rate, 190, 105, 0.05) * fall(n, rate, 0.10) + skin


def _snare(rate: int) -> Signal:
    n = int(0.30 * rate)
    wires = _band(_noise(n, 14), 1400, 9000, rate) * fall(n, rate, 0.075)
    return 0.7 * _drop(n, rate, 290, 185, 0.02) * fall(n, rate, 0.06) + 0.8 * wires


def _gated_snare(rate: int) -> Signal:
    n = int(0.34 * rate)
    gate = np.clip(np.linspace(5, 0, n), 0, 1)
    hall = _band(_noise(n, 15), 500, 8000, rate) * gate
    return _drop(n, rate, 260, 165, 0.03) * fall(n, rate, 0.09) + 0.55 * hall * fall(n, rate, 0.2)


def _brush(rate: int) -> Signal:
    n = int(0.25 * rate)
    return _band(_noise(n, 16), 900, 6500, rate) * fall(n, rate, 0.06) * (1 - fall(n, rate, 0.005))


def _clap(rate: int) -> Signal:
    n = int(0.30 * rate)
    hands = np.zeros(n)
    for k, start_s in enumerate((0.0, 0.009, 0.019)):
        start = int(start_s * rate)
        hands[start:] += (0.7 + 0.15 * k) * fall(n - start, rate, 0.006 if k < 2 else 0.065)
    return _band(_noise(n, 17), 850, 5200, rate) * hands


def _hat(rate: int) -> Signal:
    n = int(0.09 * rate)
    return _band(_noise(n, 18), 6500, 15000, rate) * fall(n, rate, 0.018)


def _open_hat(rate: int) -> Signal:
    n = int(0.30 * rate)
    return _band(_noise(n, 19), 5800, 14000, rate) * fall(n, rate, 0.085)


def _shaker(rate: int) -> Signal:
    n = int(0.12 * rate)
    swing = np.hanning(n)
    return _band(_noise(n, 20), 4200, 11000, rate) * swing


def _rim(rate: int) -> Signal:
    n = int(0.10 * rate)
    t = np.arange(n) / rate
    wood = np.sin(2 * np.pi * 1720 * t) + 0.7 * np.sin(2 * np.pi * 2530 * t)
    knock = _band(_noise(n, 21), 2000, 8000, rate) * fall(n, rate, 0.006)
    return np.asarray(wood * fall(n, rate, 0.010) + 0.3 * knock)


def _block(rate: int) -> Signal:
    n = int(0.14 * rate)
    t = np.arange(n) / rate
    wood = np.sin(2 * np.pi * 910 * t) + 0.4 * np.sin(2 * np.pi * 2290 * t)
    return np.asarray(wood * fall(n, rate, 0.024))


def _tick(rate: int) -> Signal:
    n = int(0.08 * rate)
    return _band(_noise(n, 22), 2500, 7000, rate) * fall(n, rate, 0.008)


def _crash(rate: int) -> Signal:
    n = int(1.6 * rate)
    wide = np.stack([_noise(n, 23), _noise(n, 24)], axis=1)
    return _band(wide, 3200, 13000, rate) * fall(n, rate, 0.38)[:, None]


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


def _impact(rate: int) -> Signal:
    n = int(1.5 * rate)
    boom = _drop(n, rate, 130, 38, 0.12) * fall(n, rate, 0.32)
    blast = _band(np.stack([_noise(n, 26), _noise(n, 27)], axis=1), 120, 5000, rate)
    return boom[:, None] + 0.35 * blast * fall(n, rate, 0.11)[:, None]


def _flash(rate: int) -> Signal:
    """A camera's flash: a bright burst and the whine that follows."""
    n = int(0.8 * rate)
    burst = _band(np.stack([_noise(n, 28), _noise(n, 29)], axis=1), 1800, 12000, rate)
    whine = _drop(n, rate, 5200, 2600, 0.2) * fall(n, rate, 0.16)
    return burst * fall(n, rate, 0.07)[:, None] + 0.12 * whine[:, None]


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
    "impact": _impact,
    "flash": _flash,
}


@lru_cache(maxsize=64)
def hit(name: str, rate: int) -> Sound:
    """One stroke with a peak of one. Shared: never write into it."""
    sound = ONE_SHOTS[name](rate)
    sound = sound if sound.ndim == 2 else sound[:, None]
    sound *= _ends(len(sound), rate)[:, None]
    return _kept(sound)


@lru_cache(maxsize=32)
def whoosh(rise: int, low_hz: float, high_hz: float, rate: int) -> Sound:
    """Wind that swells and brightens for `rise` samples, and is gone soon after."""
    n = rise + int(0.22 * rate)
    wide = np.stack([_noise(n, 30), _noise(n, 31)], axis=1)
    swell = np.concatenate([np.linspace(0, 1, rise) ** 2.5, np.linspace(1, 0, n - rise) ** 3])
    middle_hz = (low_hz * high_hz) ** 0.5
    dark, bright = _band(wide, low_hz, middle_hz, rate), _band(wide, middle_hz, high_hz, rate)
    side = np.linspace(0.65, 0.35, n)[:, None] * (1, 0) + np.linspace(0.35, 0.65, n)[:, None] * (
        0,
        1,
    )
    return _kept(
        (dark * (1 - 0.7 * swell[:, None]) + bright * swell[:, None]) * swell[:, None] * side
    )


def _ends(n: int, rate: int) -> Signal:
    """Half a millisecond in and a fiftieth of a second out, so that no stroke clicks."""
    n_in, n_out = max(2, rate // 2000), max(2, rate // 50)
    return np.clip(np.minimum(np.arange(n) / n_in, np.arange(n)[::-1] / n_out), 0, 1)


def _kept(sound: Signal) -> Sound:
    kept = np.asarray(sound / np.abs(sound).max(), np.float32)
    kept.setflags(write=False)
    return kept
