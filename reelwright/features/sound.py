"""How a film sounds: loudness, tempo, brightness and movement of its sound, from mono samples.

Loudness follows ITU-R BS.1770-4 with its gates. The two K-weighting filters are applied to the
spectrum; mono counts as played by both speakers, so that a stereo mix at -14 LUFS reads -14.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
HOP = 240  # 10 ms
WINDOW = 1024
SILENCE_LUFS = -70.0  # the standard's absolute gate
BEAT_STRENGTH = 0.12  # of the flux's own energy must repeat, or there is no beat
FAINTEST = 0.02  # rise of the bands, in tenths of a bel over 20 ms, that can be an onset
SLOWEST_BPM, FASTEST_BPM = 60.0, 190.0
USUAL_BPM, OCTAVES = 112.0, 0.65  # of two octaves of one tempo the one nearer to this is named
SPAN_S = 2.4  # of beats that must repeat

# Second-order sections of the standard at 48 kHz: a shelf for the head, then a high-pass.
SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """The measures of a sound track."""

    loudness_lufs: float = SILENCE_LUFS
    tempo_bpm: float = 0.0  # 0 where there is no beat
    beat: float = 0.0  # how strongly it repeats, 0 to 1
    centroid_hz: float = 0.0
    low: float = 0.0  # share of the power below 200 Hz
    high: float = 0.0  # and above 3 kHz
    noise: float = 0.0  # spectral flatness, 0 a tone, 1 noise
    dynamics_db: float = 0.0  # between its loud and its quiet tenth
    onsets: float = 0.0  # notes or strokes that begin in a second


def hear(samples: NDArray[np.float32], rate: int = RATE) -> Heard:
    """The measures of a mono sound; those of silence where there is next to nothing to hear."""
    loudness = loudness_lufs(samples, rate)
    if loudness <= SILENCE_LUFS or len(samples) < 4 * WINDOW:
        return Heard()
    power_TF = spectrogram(samples)
    flux_T = flux(power_TF)
    tempo_bpm, beat = tempo(flux_T)
    mean_F = power_TF.mean(0)
    hertz_F = np.linspace(0, rate / 2, len(mean_F))
    level_T = 10 * np.log10(power_TF.sum(1) + 1e-6 * power_TF.sum(1).max())
    return Heard(
        loudness_lufs=loudness,
        tempo_bpm=tempo_bpm,
        beat=beat,
        centroid_hz=float((hertz_F * np.sqrt(mean_F)).sum() / np.sqrt(mean_F).sum()),
        low=float(mean_F[hertz_F < 200].sum() / mean_F.sum()),
        high=float(mean_F[hertz_F > 3000].sum() / mean_F.sum()),
        noise=float(np.exp(np.log(mean_F + 1e-12).mean()) / (mean_F.mean() + 1e-12)),
        dynamics_db=float(np.percentile(level_T, 90) - np.percentile(level_T, 10)),
        onsets=float(peaks(flux_T) * rate / HOP / len(flux_T)),
    )


def loudness_lufs(samples: NDArray[np.float32], rate: int) -> float:
    """Integrated loudness over blocks of 400 ms, gated at -70 LUFS and 10 below the mean."""
    block, step = int(0.4 * rate), int(0.1 * rate)
    if len(samples) < block:
        return SILENCE_LUFS
    weighted = k_weighted(samples, rate)
    until = np.concatenate([[0.0], np.cumsum(weighted.astype(np.float64) ** 2)])
    starts = np.arange(0, len(samples) - block + 1, step)
    power = 2 * (until[starts + block] - until[starts]) / block  # two speakers
    power = power[_lufs(power) > SILENCE_LUFS]
    if power.size:
        power = power[_lufs(power) > _lufs(power.mean()) - 10]
    return max(SILENCE_LUFS, float(_lufs(power.mean()))) if power.size else SILENCE_LUFS


def _lufs(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))


def k_weighted(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The samples as the ear weighs them, by the response of both filters."""
    padded = 1 << int(len(samples) + rate // 10).bit_length()
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(padded, 1 / rate) / 48_000)
    response = np.ones_like(z)
    for (b0, b1, b2), (a1, a2) in (SHELF, HIGH_PASS):
        response *= (b0 + b1 * z + b2 * z**2) / (1 + a1 * z + a2 * z**2)
    spectrum = np.fft.rfft(samples, padded) * response
    return np.fft.irfft(spectrum, padded)[: len(samples)].astype(np.float32)


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power over time and frequency, a row every HOP samples."""
    slices = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    window = np.hanning(WINDOW).astype(np.float32)
    return np.asarray(np.abs(np.fft.rfft(slices * window)) ** 2, np.float32)


def flux(power_TF: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much louder the bands become from one moment to the next: high where a note begins."""
    edges = np.unique(np.geomspace(1, power_TF.shape[1] - 1, 33).astype(int))
    bands_TB = np.add.reduceat(power_TF, edges, axis=1)
    level_TB = np.log10(bands_TB + 1e-4 * bands_TB.max())
    rise_T = np.maximum(level_TB[2:] - level_TB[:-2], 0).mean(1)
    deep_T = np.sqrt(bands_TB[:, :8].sum(1))  # drum and bass carry the beat
    struck_T = np.maximum(deep_T[2:] - deep_T[:-2], 0) / (deep_T.max() + 1e-9)
    rise_T = rise_T + 0.5 * struck_T
    slow_T = np.convolve(rise_T, np.ones(41) / 41, mode="same")
    return np.asarray(np.maximum(rise_T - slow_T, 0), np.float32)


def tempo(flux_T: NDArray[np.float32], step_s: float = HOP / RATE) -> tuple[float, float]:
    """Beats a minute and how strongly they repeat; (0, strength) where there is no beat."""
    if flux_T.max(initial=0) < FAINTEST:
        return 0.0, 0.0
    centred = flux_T - flux_T.mean()
    padded = 1 << (2 * len(centred)).bit_length()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(centred, padded)) ** 2)[: len(centred)]
    correlation /= max(float(correlation[0]), 1e-9)
    correlation *= len(centred) / np.maximum(len(centred) - np.arange(len(centred)), 1)
    bpm = np.exp(np.linspace(np.log(SLOWEST_BPM), np.log(FASTEST_BPM), 400))
    lag_s = 60 / bpm
    counts = np.arange(1, int(SPAN_S * FASTEST_BPM / 60) + 1)[:, None]
    within = counts * lag_s <= SPAN_S  # every tempo is heard over the same time
    again = np.interp(counts * lag_s / step_s, np.arange(len(centred)), correlation)
    # the geometric mean is low where one beat is missing
    repeats = np.exp(np.where(within, np.log(np.clip(again, 1e-3, 1)), 0).sum(0) / within.sum(0))
    usual = np.exp(-0.5 * (np.log2(bpm / USUAL_BPM) / OCTAVES) ** 2)
    best = int((repeats * usual).argmax())
    strength = float(repeats[best])
    return (float(bpm[best]) if strength > BEAT_STRENGTH else 0.0), strength


def peaks(flux_T: NDArray[np.float32]) -> int:
    """How many onsets stand out of the flux."""
    high = max(FAINTEST, 0.3 * float(flux_T.max()))
    inner = flux_T[1:-1]
    return int(((inner > flux_T[:-2]) & (inner >= flux_T[2:]) & (inner > high)).sum())
