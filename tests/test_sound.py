"""Loudness against a reference meter, tempo against known beats, silence as silence."""

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from reelwright.features.sound import RATE, SILENCE_LUFS, hear, loudness_lufs


def beats(bpm: float, *, seconds: float = 5.0, seed: int = 0) -> NDArray[np.float32]:
    """A drum on every beat, a softer hat between, over a quiet tone."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 0.003, int(seconds * RATE))
    time_s = np.arange(int(0.08 * RATE)) / RATE
    drum = np.sin(2 * np.pi * 60 * time_s) * np.exp(-40 * time_s)
    hat = rng.normal(0, 0.1, len(time_s)) * np.exp(-120 * time_s)
    for half_beat in range(int(seconds * bpm / 30)):
        start = int(half_beat * 30 / bpm * RATE)
        stroke = (hat if half_beat % 2 else drum)[: len(sound) - start]
        sound[start : start + len(stroke)] += stroke
    return (sound + 0.05 * np.sin(2 * np.pi * 220 * np.arange(len(sound)) / RATE)).astype(
        np.float32
    )


@pytest.mark.parametrize("bpm", [80, 96, 110, 120, 128, 140, 150])
def test_the_tempo_of_a_drum_is_found(bpm: float) -> None:
    assert hear(beats(bpm)).tempo_bpm == pytest.approx(bpm, rel=0.02)


def test_noise_and_a_steady_tone_have_no_beat() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 5 * RATE).astype(np.float32)
    steady = np.sin(np.arange(5 * RATE) * 0.1).astype(np.float32)
    assert hear(noise).tempo_bpm == hear(steady).tempo_bpm == 0
    assert hear(noise).noise > 0.9 > 0.1 > hear(steady).noise
    assert hear(noise).centroid_hz > 4 * hear(steady).centroid_hz


@pytest.mark.parametrize("level", [0.5, 0.1, 0.01])
def test_loudness_agrees_with_a_reference_meter(level: float) -> None:
    """Music-like: tones of three octaves, a quiet second that the gate leaves out."""
    rate = 48_000
    time_s = np.arange(4 * rate) / rate
    wave = np.mean([np.sin(2 * np.pi * hertz * time_s) for hertz in (110, 440, 1760)], axis=0)
    wave *= level
    wave[:rate] *= 0.01
    reference = pyloudnorm.Meter(rate).integrated_loudness(np.stack([wave, wave], 1))
    assert loudness_lufs(wave.astype(np.float32), rate) == pytest.approx(reference, abs=0.1)
    assert loudness_lufs(wave[::2].astype(np.float32), 24_000) == pytest.approx(reference, abs=0.2)


def test_silence_is_the_gate_and_nothing_else() -> None:
    for nothing in (np.zeros(0, np.float32), np.zeros(RATE, np.float32), np.ones(3, np.float32)):
        heard = hear(nothing)
        assert (heard.loudness_lufs, heard.tempo_bpm) == (SILENCE_LUFS, 0)


def test_louder_is_louder_and_nothing_else_changes() -> None:
    quiet, loud = hear(0.1 * beats(120)), hear(beats(120))
    assert loud.loudness_lufs - quiet.loudness_lufs == pytest.approx(20, abs=0.01)
    assert loud.tempo_bpm == quiet.tempo_bpm
    assert loud.centroid_hz == pytest.approx(quiet.centroid_hz, rel=1e-3)
