"""What is heard: loudness frame by frame, and speech without a network."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.hearing import RATE, SILENT_DB, hear, loudness, speech

Floats = NDArray[np.float32]


def parts(samples: Floats, size: int) -> Iterator[Floats]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def spoken(seconds: float, *, level: float = 0.2) -> Floats:
    """Syllables: a buzz with formants, four times a second."""
    time = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) ** 0.5
    return (level * syllables * buzz / 2).astype(np.float32)


def hum(seconds: float, level: float = 0.1) -> Floats:
    time = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 400 * time)).astype(np.float32)


def test_loudness_is_that_of_the_samples_while_a_frame_is_shown() -> None:
    rng = np.random.default_rng(0)
    samples = (rng.normal(0, 0.1, 2 * RATE) * np.linspace(0, 1, 2 * RATE)).astype(np.float32)
    times = np.array([0.0, 0.1, 0.3, 0.35, 1.2])  # not evenly
    edges = [*times, 2.0]
    brute = [
        10 * np.log10((samples[int(a * RATE) : int(b * RATE)] ** 2).mean())
        for a, b in itertools.pairwise(edges)
    ]
    assert loudness(hear(parts(samples, 777)), times, 2.0) == pytest.approx(brute, abs=0.5)


@pytest.mark.parametrize("size", [100, 5000, 10**9])
def test_it_does_not_matter_in_which_parts_sound_comes(size: int) -> None:
    samples = spoken(2.3)
    whole, cut = hear([samples]), hear(parts(samples, size))
    assert cut.power_T == pytest.approx(whole.power_T)
    assert cut.voice_T == pytest.approx(whole.voice_T)


def test_silence_and_no_sound_are_as_quiet_as_can_be() -> None:
    times = np.array([0.0, 0.5])
    assert (loudness(hear([]), times, 1.0) == SILENT_DB).all()
    assert (loudness(hear([np.zeros(RATE, np.float32)]), times, 1.0) == SILENT_DB).all()
    assert speech(hear([])) == ()
    assert speech(hear([np.zeros(RATE, np.float32)])) == ()


def test_speech_is_found_between_silences() -> None:
    noise = np.random.default_rng(1).normal(0, 3e-4, 5 * RATE).astype(np.float32)
    noise[RATE : 3 * RATE] += spoken(2.0)
    (span,) = speech(hear([noise]))
    assert span == pytest.approx((1.0, 3.0), abs=0.25)


def test_a_hum_and_a_click_are_no_speech() -> None:
    sound = hum(4.0)
    assert speech(hear([sound])) == ()
    click = np.random.default_rng(2).normal(0, 3e-4, 2 * RATE).astype(np.float32)
    click[RATE : RATE + 300] += 0.5
    assert speech(hear([click])) == ()
