"""The last stage of a sound track: no rumble, one loudness for all, no peak that clips."""

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d
from scipy.signal import butter, resample_poly, sosfilt

from reelwright.render.synth import Sound

LOUDNESS_LUFS = -14.0  # what feeds of short films turn everything to
NEAR_DB = 0.03  # enough
RUMBLE_HZ = 28.0  # nothing below it
WIDE_HZ = 120.0  # no difference of the sides below it
CEILING_DB = -2.0  # a lossy encoder overshoots: AAC at 128 kbps took half of this decibel
BLOCK_S = 0.0007  # the limiter thinks in blocks of this length
AHEAD = 4  # blocks that its gain takes to fall before a peak
RELEASE_S = 0.08
FINER = 4  # samples of the curve for each of the sound
OVERLAP = 16  # samples on either side that the curve still depends on
FADE_S = 0.06  # a clip is looped: its end must not click


def master(
    sound: Sound, *, rate: int, loudness_lufs: float = LOUDNESS_LUFS, rounds: int = 6
) -> Sound:
    """`sound` (n, 2) at that integrated loudness, with true peaks below the ceiling."""
    clean = _faded(_clean(sound, rate), rate)
    peaks = _true_peaks(clean, rate)
    gain, limited = np.float32(1.0), clean
    for _ in range(rounds):  # the limiter takes some loudness away; ask for as much more
        missing_db = loudness_lufs - loudness(limited, rate)
        assert np.isfinite(missing_db), f"{missing_db} dB are missing: this is silence"
        if abs(missing_db) < NEAR_DB:
            break
        gain = np.float32(gain * 10 ** (missing_db / 20))
        limited = clean * (gain * _limiter(peaks * gain, len(clean), rate))[:, None]
    return limited


def loudness(sound: Sound, rate: int) -> float:
    """Integrated loudness in LUFS (BS.1770-4). What is shorter than one block is repeated."""
    shortest = int(0.4 * rate) + 1
    if len(sound) < shortest:
        sound = np.tile(sound, (-(-shortest // len(sound)), 1))
    with np.errstate(divide="ignore"):  # a silent block is minus infinity, and gated away
        return float(pyloudnorm.Meter(rate).integrated_loudness(sound))


def true_peak_db(sound: Sound) -> float:
    """The highest point of the curve through the samples, by four times as many of them."""
    return float(20 * np.log10(np.abs(resample_poly(sound, FINER, 1, axis=0)).max() + 1e-12))


def _clean(sound: Sound, rate: int) -> Sound:
    """Without rumble, and with its bass in the middle, where every loudspeaker has it."""
    left, right = sound.T
    middle = _above((left + right) / 2, RUMBLE_HZ, rate)
    side = _above((left - right) / 2, WIDE_HZ, rate)
    return np.stack([middle + side, middle - side], axis=1)


def _above(signal: Sound, hz: float, rate: int) -> Sound:
    high = butter(2, hz, "highpass", fs=rate, output="sos")
    return np.asarray(sosfilt(high, signal), np.float32)


def _faded(sound: Sound, rate: int) -> Sound:
    n_in, n_out = max(2, rate // 1000), max(2, int(FADE_S * rate))
    age = np.arange(len(sound), dtype=np.float32)
    ramp = np.minimum(np.minimum(age / n_in, age[::-1] / n_out), 1)
    return np.asarray(sound * (ramp * ramp * (3 - 2 * ramp))[:, None], np.float32)


def _block(rate: int) -> int:
    return max(1, int(BLOCK_S * rate))


def _true_peaks(sound: Sound, rate: int) -> NDArray[np.float32]:
    """The highest true peak of either side in each block, found a stretch at a time."""
    size = _block(rate)
    stretch = size * max(1, rate // size)
    peaks = []
    for start in range(0, len(sound), stretch):
        before, after = min(start, OVERLAP), min(len(sound), start + stretch)
        part = sound[start - before : after + OVERLAP]
        left, right = np.abs(resample_poly(part.T, FINER, 1, axis=1))
        fine = np.maximum(left, right)
        fine = fine[FINER * before : FINER * (before + after - start)]
        whole = np.pad(fine, (0, -len(fine) % (FINER * size)))
        peaks.append(whole.reshape(-1, FINER * size).max(axis=1))
    return np.asarray(np.concatenate(peaks), np.float32)


def _limiter(peaks: NDArray[np.float32], n: int, rate: int) -> NDArray[np.float32]:
    """The gain of every sample: it falls before a peak comes, and returns slowly after it."""
    ceiling = 10 ** (CEILING_DB / 20)
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    recovery = 1 - float(np.exp(-BLOCK_S / RELEASE_S))
    released, gain = np.empty(len(wanted)), 1.0
    for k, limit in enumerate(wanted.tolist()):
        gain = min(limit, gain + recovery * (1 - gain))
        released[k] = gain
    # One block more than the smoothing needs: between two blocks the gain is interpolated.
    early = minimum_filter1d(released, 2 * AHEAD + 3, mode="nearest")
    window = np.hanning(2 * AHEAD + 3)[1:-1]
    smooth = np.convolve(np.pad(early, AHEAD, mode="edge"), window / window.sum(), "valid")
    block = _block(rate)
    centres = (np.arange(len(smooth)) + 0.5) * block
    return np.interp(np.arange(n), centres, smooth).astype(np.float32)
