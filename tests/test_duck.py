"""Ducking: the bed goes down when something is in front, and comes back."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.render.duck import BLOCK_S, KNEE_DB, SILENCE, Ducking, duck, gain

Sound = NDArray[np.float32]
RATE = 16_000
DUCKING = Ducking(depth_db=9.0, threshold_db=-12.0, attack_s=0.02, release_s=0.2)


def noise(duration_s: float, seed: int = 0) -> Sound:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal((int(duration_s * RATE), 2))).astype(np.float32)


def burst(from_s: float, to_s: float, duration_s: float = 3.0) -> Sound:
    sound = noise(duration_s, seed=1)
    sound[: int(from_s * RATE)] = 0
    sound[int(to_s * RATE) :] = 0
    return sound


def gain_block_by_block(bed: Sound, front: Sound, how: Ducking) -> list[float]:
    """The slow twin: decibels down at the middle of each block."""
    size = int(BLOCK_S * RATE)
    mean = 10 * math.log10(sum(float(x) ** 2 for x in bed.ravel()) / bed.size + SILENCE)
    asked = []
    for start in range(0, len(front), size):
        block = front[start : start + size].ravel()
        level = 10 * math.log10(sum(float(x) ** 2 for x in block) / (2 * size) + SILENCE)
        above = (level - mean - how.threshold_db) / KNEE_DB
        asked.append(how.depth_db * min(1.0, max(0.0, above)))
    ahead, now, down = round(how.attack_s / BLOCK_S), 0.0, []
    for k in range(len(asked)):
        wanted = max(asked[max(0, k - ahead) : k + ahead + 1])
        time_s = how.attack_s if wanted > now else how.release_s
        now += (1 - math.exp(-BLOCK_S / time_s)) * (wanted - now)
        down.append(now)
    return down


def test_the_gain_is_what_counting_block_by_block_says() -> None:
    bed, front = noise(1.0), burst(0.3, 0.5, 1.0)
    front[int(0.4 * RATE) : int(0.45 * RATE)] *= 0.1
    size = int(BLOCK_S * RATE)
    slow = 10 ** (-np.array(gain_block_by_block(bed, front, DUCKING)) / 20)
    fast = gain(bed, front, DUCKING, RATE)
    middles = (np.arange(len(slow)) * size + size // 2).astype(int)
    assert fast[middles] == pytest.approx(slow, abs=1e-4)


def test_the_bed_is_down_by_the_depth_while_something_is_in_front() -> None:
    down_db = -20 * np.log10(gain(noise(3.0), burst(1.0, 2.0), DUCKING, RATE))
    assert down_db[int(1.2 * RATE) : int(1.9 * RATE)] == pytest.approx(9.0, abs=0.1)


def test_it_begins_to_fall_before_and_takes_its_time_to_return() -> None:
    down_db = -20 * np.log10(gain(noise(3.0), burst(1.0, 2.0), DUCKING, RATE))
    assert down_db[int(0.97 * RATE)] == pytest.approx(0.0, abs=1e-3)
    assert down_db[int(1.0 * RATE)] > 4.0
    # One release after the foreground (and the blocks that it is held for) a third is left.
    assert down_db[int((2.0 + 0.02 + 0.2) * RATE)] == pytest.approx(9.0 / math.e, abs=0.5)
    assert down_db[-1] < 0.2


def test_nothing_in_front_changes_nothing() -> None:
    bed = noise(1.0)
    assert np.array_equal(duck(bed, np.zeros_like(bed), DUCKING, RATE), bed)


def test_what_stays_below_the_threshold_changes_nothing() -> None:
    bed = noise(1.0)
    assert np.array_equal(duck(bed, 0.1 * noise(1.0, seed=1), DUCKING, RATE), bed)


def test_only_the_relation_of_both_counts() -> None:
    bed, front = noise(1.0), burst(0.3, 0.6, 1.0)
    quiet, loud = gain(bed, front, DUCKING, RATE), gain(8 * bed, 8 * front, DUCKING, RATE)
    assert loud == pytest.approx(quiet, abs=1e-4)


def test_a_side_chain_never_makes_the_bed_louder() -> None:
    assert gain(noise(3.0), burst(1.0, 2.0), DUCKING, RATE).max() <= 1.0
