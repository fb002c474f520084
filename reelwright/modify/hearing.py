"""What is heard in a take: how loud each frame is, and when somebody speaks. No network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.modify.nets import Floats

# T steps of STEP_S, N frames.

Levels = NDArray[np.float64]

RATE = 16_000
STEP = 160  # samples, 10 ms
BLOCK = 100 * STEP
SILENT_DB = -120.0
BAND_HZ = (250.0, 3800.0)  # where a voice has most of its power
SPEECH_DB = -50.0  # quieter is no speech, however still the rest is
ABOVE_DB = 9.0  # over the quiet tenth of the take
SYLLABLE = 17  # steps on either side within which a voice's loudness moves
MOVES_DB = 6.0  # so much at least; a hum's does not
PAUSE_S, SHORTEST_S = 0.3, 0.2  # a shorter pause is part of the speech, shorter speech is a click


@dataclass(frozen=True, slots=True)
class Heard:
    """The power of a sound, every 10 ms: of all of it, and of a voice's band."""

    power_T: Levels
    voice_T: Levels


def hear(parts: Iterable[Floats]) -> Heard:
    """The sound in parts, at RATE; a second of it is held at once."""
    window = np.hanning(2 * STEP)
    hertz = np.fft.rfftfreq(2 * STEP, 1 / RATE)
    band = (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])
    power, voice = [np.zeros(0)], [np.zeros(0)]
    last = np.zeros(STEP, np.float32)  # of the block before: windows reach into it
    for block in _blocks(parts):
        steps = np.concatenate([last, block]).reshape(-1, STEP)
        pairs = np.concatenate([steps[:-1], steps[1:]], axis=1)
        spectrum = np.abs(np.fft.rfft(pairs * window, axis=1)) ** 2
        voice.append(2 * spectrum[:, band].sum(1) / (2 * STEP * (window**2).sum()))
        power.append((steps[1:].astype(np.float64) ** 2).mean(1))
        last = steps[-1]
    return Heard(np.concatenate(power), np.concatenate(voice))


def _blocks(parts: Iterable[Floats]) -> Iterator[Floats]:
    """Whole steps, many at once; the rest of a step at the end counts with silence."""
    held, length = [np.zeros(0, np.float32)], 0
    for part in parts:
        held.append(part)
        length += len(part)
        if length >= BLOCK:
            joined = np.concatenate(held)
            whole = len(joined) // STEP * STEP
            yield joined[:whole]
            held, length = [joined[whole:]], len(joined) - whole
    rest = np.concatenate(held)
    if len(rest):
        yield np.pad(rest, (0, -len(rest) % STEP))


def loudness(heard: Heard, times_N: Levels, end_s: float) -> Floats:
    """For each frame the level of the sound until the next one, dB below full."""
    so_far = np.append(0.0, np.cumsum(heard.power_T))
    edges = np.append(times_N, end_s) * RATE / STEP
    until = np.interp(edges, np.arange(len(so_far)), so_far)
    mean = np.diff(until) / np.maximum(np.diff(edges), 1e-9)
    level = 10 * np.log10(np.maximum(mean, 1e-12))
    return np.asarray(np.maximum(level, SILENT_DB), np.float32)


def speech(heard: Heard) -> tuple[tuple[float, float], ...]:
    """Seconds from and to of what is likely speech: loud in a voice's band, and in syllables."""
    level_T = 10 * np.log10(np.maximum(heard.voice_T, 1e-12))
    if not len(level_T):
        return ()
    near = np.lib.stride_tricks.sliding_window_view(
        np.pad(level_T, SYLLABLE, mode="edge"), 2 * SYLLABLE + 1
    )
    low, high = np.percentile(near, [10, 90], axis=1)
    floor = max(SPEECH_DB, float(np.percentile(level_T, 10)) + ABOVE_DB)
    return _spans((high > floor) & (high - low > MOVES_DB) & (level_T > floor - ABOVE_DB / 2))


def _spans(speaks_T: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], speaks_T, [False]]).astype(int)))
    spans: list[tuple[float, float]] = []
    for start, end in edges.reshape(-1, 2) * STEP / RATE:
        if spans and start - spans[-1][1] < PAUSE_S:
            spans[-1] = (spans[-1][0], float(end))
        else:
            spans.append((float(start), float(end)))
    return tuple(span for span in spans if span[1] - span[0] >= SHORTEST_S)
