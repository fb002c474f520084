"""A new place moves as the camera did, what is far less, and stands where the camera stood."""

import math
from dataclasses import replace

import numpy as np
import pytest
from figure import Figure

from reelwright.modify.parallax import FAR, Move, Parallax, moved, settled, share, view

MIDDLE = (160.0, 120.0)


def homography(x: float, y: float, zoom: float, roll: float) -> np.ndarray:
    """What a camera does to a background, about the middle of the picture."""
    cos, sin = zoom * math.cos(roll), zoom * math.sin(roll)
    about = np.array([[1, 0, MIDDLE[0] + x], [0, 1, MIDDLE[1] + y], [0, 0, 1]])
    back = np.array([[1, 0, -MIDDLE[0]], [0, 1, -MIDDLE[1]], [0, 0, 1]])
    return np.asarray(about @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ back)


def test_a_move_is_read_back_out_of_a_homography() -> None:
    found = moved(homography(12, -7, 1.2, 0.1), MIDDLE)
    assert found == pytest.approx((12, -7, math.log(1.2), 0.1))


def test_its_scale_does_not_matter_and_perspective_is_read_at_the_middle() -> None:
    bent = homography(5, 3, 1.1, 0.02)
    bent[2, :2] = 2e-4, -1e-4
    step, (x, y) = 1e-4, MIDDLE

    def to(px: float, py: float) -> np.ndarray:
        place = bent @ (px, py, 1)
        return np.asarray(place[:2] / place[2])

    across, down = ((to(*there) - to(x, y)) / step for there in ((x + step, y), (x, y + step)))
    area = across[0] * down[1] - across[1] * down[0]
    slow = (*(to(x, y) - MIDDLE), 0.5 * math.log(area))
    assert moved(bent, MIDDLE)[:3] == pytest.approx(slow, abs=1e-5)
    assert moved(-3 * bent, MIDDLE) == pytest.approx(moved(bent, MIDDLE))


def test_a_camera_that_stands_stands_perfectly_whatever_was_measured() -> None:
    rng = np.random.default_rng(1)
    noise = np.zeros((40, 4))
    noise[:, :2] = rng.uniform(-0.5, 0.5, (40, 2))
    assert not settled(noise, 200.0).any()


def test_a_path_lies_about_its_middle_and_its_gaps_are_filled() -> None:
    path = np.zeros((21, 4))
    path[:, 0] = np.arange(21) * 4.0
    path[5:8] = math.nan
    steady = settled(path, 200.0)
    assert steady[10, 0] == pytest.approx(0)
    assert np.diff(steady[3:-3, 0]) == pytest.approx(np.full(14, 4.0), abs=1e-2)


def test_shots_are_settled_each_for_itself() -> None:
    figure = Figure(count=20, pans=3.0, shots=(0, 12))
    path = Parallax.of(figure.performance)
    assert path.move(0).x > 0 > path.move(11).x
    assert path.move(12).x > 0 > path.move(19).x
    assert path.reach[0] == pytest.approx(0.5 * 3 * 11, abs=2)


def test_what_was_never_measured_stands() -> None:
    performance = Figure(count=6).performance
    unknown = replace(performance, camera_N33=np.full_like(performance.camera_N33, math.nan))
    assert Parallax.of(unknown).stands


def test_what_is_far_moves_less() -> None:
    shifts = [view(Move(x=20), depth, (0, 0), (0, 0))[0, 2] for depth in (0.0, 0.5, 1.0)]
    assert shifts == pytest.approx([20 * FAR, 20 * share(0.5), 20])
    assert shifts == sorted(shifts)


def test_a_resting_camera_sees_the_chosen_place_in_the_middle() -> None:
    affine = view(Move(), 0.3, (70.0, 40.0), MIDDLE)
    assert affine @ (70, 40, 1) == pytest.approx(MIDDLE)
    turned = view(Move(zoom=1.5, roll=0.3), 0.3, (70.0, 40.0), MIDDLE)
    assert turned @ (70, 40, 1) == pytest.approx(MIDDLE)
