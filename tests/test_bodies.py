"""Bodies and hands out of the numbers of their networks, with networks that say what tests want."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.bodies import HEAT_REACH, HEAT_SIDE, SIDE, Bodies, warmed
from reelwright.modify.crop import Crop
from reelwright.modify.hands import PALM, WRIST, Hands, about, at_wrist
from reelwright.modify.performance import BODY_POINTS

Floats = NDArray[np.float32]
FRAME = np.zeros((240, 320, 3), np.uint8)


def brute_warmed(points: Floats, heat: Floats) -> Floats:
    """Point by point, cell by cell."""
    moved = points.copy()
    for n, (x, y) in enumerate(points[:, :2] * HEAT_SIDE / SIDE):
        if not (0 <= x < HEAT_SIDE and 0 <= y < HEAT_SIDE):
            continue
        total, across, down, best = 0.0, 0.0, 0.0, 0.0
        for row in range(max(0, int(y) - HEAT_REACH), min(HEAT_SIDE, int(y) + HEAT_REACH + 1)):
            for column in range(
                max(0, int(x) - HEAT_REACH), min(HEAT_SIDE, int(x) + HEAT_REACH + 1)
            ):
                warm = 1 / (1 + np.exp(-heat[row, column, n]))
                total, best = total + warm, max(best, warm)
                across, down = across + warm * column, down + warm * row
        if best >= 0.5:
            moved[n, :2] = np.array([across, down]) / total * SIDE / HEAT_SIDE
    return moved


def test_points_go_to_the_heat_as_cell_by_cell() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-20, SIDE + 20, (39, 5)).astype(np.float32)
    heat = rng.normal(-2, 2, (HEAT_SIDE, HEAT_SIDE, 39)).astype(np.float32)
    heat[..., 5] = -9
    assert warmed(points, heat) == pytest.approx(brute_warmed(points, heat), abs=1e-2)


class Net:
    """Says the same to every picture, and counts how often it was asked."""

    def __init__(self, *says: Floats) -> None:
        self.says = says
        self.asked = 0

    def __call__(self, *given: Floats) -> tuple[Floats, ...]:
        self.asked += 1
        return self.says


def body_net(sure: float) -> Net:
    points = np.zeros((39, 5), np.float32)
    points[:, :2] = SIDE / 2
    points[BODY_POINTS + 1, 1] = SIDE / 2 - 100  # upwards of the middle of the hips
    points[:, 3] = 4
    return Net(
        points.reshape(1, -1),
        np.array([[sure]], np.float32),
        np.zeros((1, 256, 256, 1), np.float32),
        np.full((1, 64, 64, 39), -9, np.float32),
        np.zeros((1, 117), np.float32),
    )


def finder_net(sure: bool) -> Net:
    raw = np.zeros((1, 2254, 12), np.float32)
    raw[..., 7] = -40  # the second key point stands above the first
    logits = np.full((1, 2254, 1), -9, np.float32)
    logits[0, 1200] = 4 if sure else -9
    return Net(raw, logits)


def test_a_body_is_followed_by_its_own_points_and_searched_for_no_more() -> None:
    finder, body = finder_net(sure=True), body_net(0.9)
    bodies = Bodies(finder, body)
    (first,) = bodies.see(FRAME)
    assert first is not None
    assert first.points_P3[:, 2] == pytest.approx(1 / (1 + np.exp(-4)), abs=1e-3)
    (second,) = bodies.see(FRAME, [first.follow], search=False)
    assert second is not None
    assert finder.asked == 1
    middle = first.follow
    assert (second.points_P3[0, 0], second.points_P3[0, 1]) == pytest.approx(
        (middle.x, middle.y), abs=0.1
    )


def test_a_body_that_is_gone_leaves_its_place_empty() -> None:
    bodies = Bodies(finder_net(sure=False), body_net(0.1))
    assert bodies.see(FRAME, [Crop(100, 100, 50), None]) == [None, None]


def hand_net(sure: float) -> Net:
    points = np.zeros((21, 3), np.float32)
    points[:, 0] = 112 + np.linspace(-40, 40, 21)
    points[:, 1] = 150 - 3 * np.arange(21)
    points[WRIST] = (112, 190, 0)
    return Net(points.reshape(1, -1), np.array([[sure]], np.float32))


def arms(left: tuple[float, float], right: tuple[float, float], sure: float = 0.9) -> Floats:
    body = np.zeros((33, 3), np.float32)
    for (x, y), (wrist, index, little) in ((left, (15, 19, 17)), (right, (16, 20, 18))):
        body[wrist], body[index], body[little] = (
            (x, y, sure),
            (x, y - 20, sure),
            (x + 4, y - 18, sure),
        )
    return body


def test_both_hands_are_looked_for_at_their_wrists() -> None:
    finder = Net(np.array([[[[128, 128, 128, 200]]]], np.float32))
    hands = Hands(finder, hand_net(0.9))
    left, right = hands.see(FRAME, arms((250, 150), (60, 150)))
    assert left is not None
    assert right is not None
    assert left[:, 0].mean() > 200
    assert right[:, 0].mean() < 110
    hands.see(FRAME, arms((250, 150), (60, 150)), (left, right))
    assert finder.asked == 2  # hands that are known are followed


def test_hands_that_are_not_there_are_none() -> None:
    finder = Net(np.array([[[[128, 128, 128, 200]]]], np.float32))
    assert Hands(finder, hand_net(0.1)).see(FRAME, arms((250, 150), (60, 150))) == (None, None)
    unsure = arms((250, 150), (60, 150), sure=0.05)
    assert Hands(finder, hand_net(0.9)).see(FRAME, unsure) == (None, None)
    assert finder.asked == 2


def test_a_twin_beside_sees_what_one_alone_sees() -> None:
    finder, other = (Net(np.array([[[[128, 128, 128, 200]]]], np.float32)) for _ in range(2))
    both = Hands(finder, hand_net(0.9), twin=Hands(other, hand_net(0.9)))
    alone = Hands(finder, hand_net(0.9)).see(FRAME, arms((250, 150), (60, 150)))
    with ThreadPoolExecutor(1) as pool:
        beside = both.see(FRAME, arms((250, 150), (60, 150)), pool=pool)
    assert other.asked == 1
    for one, same in zip(alone, beside, strict=True):
        assert one is not None
        assert same is not None
        assert (one == same).all()


def test_one_hand_found_twice_belongs_to_the_nearer_wrist() -> None:
    finder = Net(np.array([[[[128, 128, 128, 200]]]], np.float32))
    left, right = Hands(finder, hand_net(0.9)).see(FRAME, arms((150, 150), (151, 150)))
    assert (left is None) != (right is None)


def test_squares_about_hands_point_along_them() -> None:
    arm = np.array([[100, 100, 1], [130, 100, 1], [130, 108, 1]], np.float32)
    crop = at_wrist(arm)
    assert crop.angle == pytest.approx(np.pi / 2, abs=0.15)  # fingers point to the right
    assert crop.x > 125
    hand = np.zeros((21, 3), np.float32)
    hand[:, 0] = np.linspace(-10, 10, 21) + 50
    hand[:, 1] = 60 - np.arange(21)
    hand[WRIST] = (50, 90, 0)
    square = about(hand)
    assert abs(square.angle) < 0.3
    inside = np.abs(hand[list(PALM), :2] - (square.x, square.y)).max()
    assert inside < square.side / 2
