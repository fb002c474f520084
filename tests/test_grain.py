"""The grain of a camera is measured, and comes back in what it did not film."""

import numpy as np
import pytest

from reelwright.modify.grain import Grain, amount

NOBODY = np.zeros((120, 160), np.float32)


def noisy(levels: float) -> np.ndarray:
    rng = np.random.default_rng(4)
    ramp = np.linspace(60, 180, 160)[None, :] + np.zeros((120, 1))
    grey = ramp + rng.normal(0, levels, (120, 160))
    return np.repeat(np.clip(np.rint(grey), 0, 255)[:, :, None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("levels", [2.0, 5.0])
def test_its_amount_is_found(levels: float) -> None:
    assert amount(noisy(levels), NOBODY) == pytest.approx(levels, rel=0.25)


def test_a_clean_picture_has_none_and_gets_none() -> None:
    clean = noisy(0.0)
    assert amount(clean, NOBODY) < 0.6
    assert Grain(160, 120, 1).over(clean, 3, 0.0) is clean


def test_what_is_added_can_be_measured_again() -> None:
    plain = np.full((120, 160, 3), 128, np.uint8)
    given = Grain(160, 120, 1).over(plain, 3, 4.0).astype(float)
    assert given.std() == pytest.approx(4.0, rel=0.15)
    assert given.mean() == pytest.approx(128, abs=0.3)


def test_every_frame_has_its_own_and_always_the_same() -> None:
    plain = np.full((120, 160, 3), 128, np.uint8)
    one, other = (Grain(160, 120, seed=1) for _ in range(2))
    assert (one.over(plain, 3, 4.0) == other.over(plain, 3, 4.0)).all()
    assert (one.over(plain, 3, 4.0) != one.over(plain, 4, 4.0)).any()
