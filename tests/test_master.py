"""Mastering: one loudness, no peak that clips, no rumble, ends that do not click."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from reelwright.render.master import CEILING_DB, _block, _true_peaks, loudness, master, true_peak_db


def test_mastering_reaches_the_target_through_the_limiter() -> None:
    rate, rng = 48_000, np.random.default_rng(0)
    spiky = rng.standard_normal((2 * rate, 2)).astype(np.float32) * 0.02
    spiky[:: rate // 7] += 1.0
    loud = master(spiky, rate=rate)
    assert loudness(loud, rate) == pytest.approx(-14.0, abs=0.5)
    assert true_peak_db(loud) < CEILING_DB + 0.3


def test_peaks_between_samples_are_found_although_no_sample_shows_them() -> None:
    rate = 48_000
    # A sine at a quarter of the rate, sampled at 45 degrees: its samples are at .707.
    wave = np.sin(np.pi / 2 * np.arange(rate) + np.pi / 4)[:, None] * np.hanning(rate)[:, None]
    wave = np.tile(wave, (1, 2)).astype(np.float32)
    assert np.abs(wave).max() == pytest.approx(0.707, abs=0.001)
    assert true_peak_db(wave) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("n", [100, 24_000, 61_234])
def test_peaks_found_in_stretches_are_those_of_the_whole(n: int) -> None:
    rate = 24_000
    sound = np.random.default_rng(n).standard_normal((n, 2)).astype(np.float32)
    fine = np.abs(resample_poly(sound, 4, 1, axis=0)).max(axis=1)
    size = 4 * _block(rate)
    slow = [fine[start : start + size].max() for start in range(0, len(fine), size)]
    assert _true_peaks(sound, rate) == pytest.approx(np.array(slow), rel=1e-5)


def test_the_bass_ends_up_in_the_middle_and_the_treble_stays_wide() -> None:
    rate = 24_000
    t = np.arange(2 * rate) / rate
    for hz, kept in ((45.0, False), (2000.0, True)):
        wave = np.sin(2 * np.pi * hz * t)
        sound = master(np.stack([wave, -0.2 * wave], axis=1).astype(np.float32), rate=rate)
        middle, side = sound.sum(axis=1), sound[:, 0] - sound[:, 1]
        wide = (side[rate // 2 : -rate // 2] ** 2).mean() / (
            middle[rate // 2 : -rate // 2] ** 2
        ).mean()
        assert wide == pytest.approx(1.5**2, rel=0.05) if kept else wide < 0.1


def test_a_hum_without_an_end_loses_its_direct_current_and_its_edges() -> None:
    rate = 24_000
    hum = 0.3 + 0.2 * np.sin(2 * np.pi * 220 * np.arange(2 * rate) / rate)
    sound = master(np.stack([hum, hum], axis=1).astype(np.float32), rate=rate)
    assert np.abs(sound[rate // 2 :].mean(axis=0)).max() < 1e-3
    assert sound[0] == pytest.approx([0, 0])
    assert sound[-1] == pytest.approx([0, 0])
