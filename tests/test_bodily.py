"""Bodies against bodies: joints, limbs and the motion of their pixels."""

import numpy as np
import pytest
from performances import acted, delayed

from reelwright.modify.bodily import (
    flow_errors,
    joint_errors,
    limb_correlation,
    shoulder_width,
)

BODY = acted(40).performers[0].body_NP3


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
    flow = np.asarray(other.flow_NHW2)
    flow[:, :1] += 9  # above the matte
    assert flow_errors(take, other, np.arange(20))[:-1] == pytest.approx(0)
    flow[:, 4:] += 2
    assert np.nanmean(flow_errors(take, other, np.arange(20))) > 0.5
