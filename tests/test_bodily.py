"""Bodies against bodies: joints, limbs and the frames by which one follows the other."""

import numpy as np
import pytest
from performances import acted, delayed

from reelwright.modify.bodily import (
    FARTHEST,
    LITTLE,
    flow_errors,
    joint_errors,
    lag,
    limb_correlation,
    shoulder_width,
)

BODY = acted(40).performers[0].body_NP3


def brute_lag(ours: np.ndarray, theirs: np.ndarray) -> int:
    """Every lag, every pair of frames, every channel, one by one."""
    best, most, none = 0, -np.inf, -np.inf
    for late in sorted(range(-FARTHEST, FARTHEST + 1), key=abs):
        products = squares = others = 0.0
        for frame in range(len(ours)):
            if 0 <= frame + late < len(theirs):
                for one, other in zip(ours[frame], theirs[frame + late], strict=True):
                    if np.isfinite(one) and np.isfinite(other):
                        products += one * other
                        squares += one * one
                        others += other * other
        if len(ours) - abs(late) >= LITTLE and squares * others > 0:
            alike = products / np.sqrt(squares * others)
            none = alike if late == 0 else none
            if alike > most + 1e-9:
                best, most = late, alike
    return best if 1 - most <= (1 - none) / 2 else 0


def test_a_lag_that_fits_hardly_better_is_none() -> None:
    slow = np.cumsum(np.random.default_rng(3).normal(0, 1, (60, 1)), axis=0)
    noisy = np.roll(slow, 1, axis=0) + np.random.default_rng(4).normal(0, 2, (60, 1))
    found = lag(slow, noisy)
    assert found is not None
    assert found[0] == 0


@pytest.mark.parametrize("seed", range(6))
def test_the_lag_is_the_one_that_brute_force_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours = rng.normal(0, 1, (40, 3))
    theirs = np.roll(ours, seed, axis=0) + rng.normal(0, 0.6, (40, 3))
    theirs[rng.random((40, 3)) < 0.2] = np.nan
    found = lag(ours, theirs)
    assert found is not None
    assert found[0] == brute_lag(ours, theirs)


def test_of_what_rests_or_is_too_short_no_lag_is_told() -> None:
    assert lag(np.zeros((40, 2)), np.zeros((40, 2))) is None
    assert lag(np.full((40, 2), np.nan), np.ones((40, 2))) is None
    assert lag(np.ones((LITTLE - 1, 2)), np.ones((LITTLE - 1, 2))) is None


def test_joints_are_measured_in_shoulders() -> None:
    assert shoulder_width(BODY) == 80
    assert joint_errors(BODY, BODY + np.array([8, 0, 0], np.float32)) == pytest.approx(0.1)


def test_guessed_joints_count_for_nothing() -> None:
    moved = BODY.copy()
    moved[:, 15, 0] += 500
    unsure = BODY.copy()
    unsure[:, 15, 2] = 0.1
    assert joint_errors(unsure, moved) == pytest.approx(0, abs=1e-6)
    moved[:, 15, 2] = 0.1
    found = limb_correlation(unsure, moved)
    assert found is not None
    assert found[0] == pytest.approx(1)


def test_limbs_that_go_the_other_way_are_opposed() -> None:
    mirrored = 2 * BODY[:1] - BODY
    mirrored[..., 2] = BODY[..., 2]
    found = limb_correlation(BODY, mirrored)
    assert found is not None
    assert found[0] == pytest.approx(-1)
    assert limb_correlation(BODY[:1].repeat(40, axis=0), BODY) is None


def test_motion_is_compared_within_the_performers_alone() -> None:
    take = acted(20)
    other = delayed(take, 0)
    other.flow_NHW2[:, :1] += 9  # above the matte
    assert flow_errors(take, other, np.arange(20))[:-1] == pytest.approx(0)
    other.flow_NHW2[:, 4:] += 2
    assert np.nanmean(flow_errors(take, other, np.arange(20))) > 0.5
