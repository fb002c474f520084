"""What drums and effects are made of: noise in a band, gliding tones, ends without a click."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from reelwright.render.synth import Sound, fall

Signal = NDArray[np.float64]


def noise(n: int, salt: int, *, sides: int = 1) -> Signal:
    """White noise (n,), or (n, sides) of as many that know nothing of each other."""
    shape = n if sides == 1 else (n, sides)
    return np.asarray(np.random.default_rng(salt).standard_normal(shape))


def band(sound: Signal, low_hz: float, high_hz: float, rate: int) -> Signal:
    """What lies between two frequencies, with 12 dB an octave beside them."""
    limits = (low_hz, min(high_hz, 0.47 * rate))
    return np.asarray(sosfilt(butter(2, limits, "bandpass", fs=rate, output="sos"), sound, axis=0))


def glide(n: int, rate: int, high_hz: float, low_hz: float, drop_s: float) -> Signal:
    """A sine that falls from one pitch to another."""
    return tone(low_hz + (high_hz - low_hz) * fall(n, rate, drop_s).astype(np.float64), rate)


def tone(hz: Signal, rate: int) -> Signal:
    """A sine whose pitch is given for every sample."""
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hz) / rate))


def settled(sound: Signal, rate: int) -> Sound:
    """With a peak of one, half a millisecond in and a fiftieth of a second out. Read-only."""
    wide = sound if sound.ndim == 2 else sound[:, None]
    n_in, n_out = max(2, rate // 2000), max(2, rate // 50)
    age = np.arange(len(wide))
    ends = np.clip(np.minimum(age / n_in, age[::-1] / n_out), 0, 1)
    faded = wide * ends[:, None]
    kept = np.asarray(faded / np.abs(faded).max(), np.float32)
    kept.setflags(write=False)
    return kept
