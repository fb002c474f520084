"""Faces against faces: what is measured is what was moved, and rest is not movement."""

from dataclasses import replace

import numpy as np
import pytest
from performances import HEIGHT, WIDTH, acted
from scipy.spatial.transform import Rotation

from reelwright.modify.expression import (
    EYES,
    STILL,
    correlation,
    curves,
    eye_distance,
    face_errors,
    gaze_errors,
    turn_errors,
    uncovered,
    unrest,
)

FACE = acted(40).performers[0].face_NP3


def test_errors_are_parts_of_the_eye_distance() -> None:
    assert eye_distance(FACE) == pytest.approx(32, abs=0.6)
    moved = FACE + np.array([3, 4, 0], np.float32)
    assert face_errors(FACE, moved) == pytest.approx(5 / eye_distance(FACE), rel=1e-4)


def test_curves_do_not_hang_on_size_and_turn_in_the_picture() -> None:
    spun = Rotation.from_euler("z", 25, degrees=True).as_matrix().astype(np.float32)
    other = 2.5 * FACE @ spun.T + 11
    for name, curve in curves(FACE).items():
        assert curves(other)[name] == pytest.approx(curve, abs=1e-4), name


def brute_calm(values: np.ndarray) -> np.ndarray:
    near = [values[max(0, at - 1) : at + 2] for at in range(len(values))]
    return np.array([np.nanmean(some) for some in near])


def test_a_smaller_face_has_to_move_more_to_move_at_all() -> None:
    large, small = unrest(4 * FACE), unrest(FACE)
    assert all(small[name] >= large[name] for name in small)
    assert small["eyes"] == pytest.approx(0.5 / 12, rel=0.02)


def test_a_correlation_is_pearsons() -> None:
    rng = np.random.default_rng(1)
    one = rng.normal(0, 1, 50)
    other = one + rng.normal(0, 0.5, 50)
    found = correlation(one, other)
    assert found is not None
    assert found[0] == pytest.approx(np.corrcoef(brute_calm(one), brute_calm(other))[0, 1])
    gap = np.where(np.arange(50) % 7 == 0, np.nan, other)
    found = correlation(one, gap)
    assert found is not None
    seen = np.isfinite(gap)
    assert found[0] == pytest.approx(
        np.corrcoef(brute_calm(one + 0 * gap)[seen], brute_calm(gap)[seen])[0, 1]
    )


def test_two_who_rest_have_no_correlation_and_one_who_fidgets_has_none_left() -> None:
    rng = np.random.default_rng(1)
    rest, also = rng.normal(0, STILL / 2, (2, 50))
    assert correlation(rest, also) is None
    fidgets = correlation(rest, 30 * also)
    assert fidgets is not None
    assert fidgets[0] == 0
    frozen = correlation(100 * rest, np.zeros(50))
    assert frozen is not None
    assert frozen[0] == 0
    assert correlation(rest[:2], also[:2]) is None


def test_gaze_is_told_in_widths_of_the_eye() -> None:
    moved = FACE.copy()
    for _, _, iris in EYES:
        moved[:, iris, 1] += 1.2
    assert gaze_errors(FACE, moved) == pytest.approx(0.1, abs=0.007)


@pytest.mark.parametrize("degrees", [5.0, -12.0])
def test_a_turned_head_is_found_to_be_turned(degrees: float) -> None:
    about = Rotation.from_euler("y", degrees, degrees=True).as_matrix()
    middle = FACE.mean(axis=1, keepdims=True)
    turned = ((FACE - middle) @ about.T + middle).astype(np.float32)
    found = turn_errors(FACE, turned, (WIDTH, HEIGHT))
    assert np.median(found) == pytest.approx(abs(degrees), rel=0.25)
    assert turn_errors(FACE, FACE, (WIDTH, HEIGHT)) == pytest.approx(0, abs=1e-3)


def test_a_face_behind_a_hand_is_not_believed() -> None:
    (one,) = acted(40).performers
    hand = one.left_NP3.copy()
    hand[5:9] = one.face_NP3[5:9, :1] * [1, 1, 0] + [300, 0, 0]  # beside the face
    assert np.isfinite(uncovered(replace(one, left_NP3=hand))).all()
    hand[5:9, 7] = one.face_NP3[5:9].mean(axis=1)
    seen = np.isfinite(uncovered(replace(one, left_NP3=hand))[:, 0, 0])
    assert np.flatnonzero(~seen).tolist() == [5, 6, 7, 8]


def test_a_mesh_without_depth_has_no_turn() -> None:
    flat = FACE * np.array([1, 1, 0], np.float32)
    assert np.isnan(turn_errors(flat, flat, (WIDTH, HEIGHT))).all()
