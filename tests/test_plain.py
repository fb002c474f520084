"""Without weights: whoever stands out of a picture, by colour, motion and place."""

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.modify.flow import Flow, greyed
from reelwright.modify.plain import Plain, expected, moving, rim

Picture = NDArray[np.uint8]


def bust(x: float, *, wall: tuple[int, int, int] = (180, 120, 40)) -> tuple[Picture, Picture]:
    """A head and shoulders before a plain wall, and where they are."""
    rng = np.random.default_rng(3)
    where = np.zeros((240, 320), np.uint8)
    cv2.ellipse(where, (round(160 + x), 110), (38, 50), 0, 0, 360, 1, -1)
    cv2.ellipse(where, (round(160 + x), 250), (95, 95), 0, 0, 360, 1, -1)
    frame = np.full((240, 320, 3), wall, np.float32) + rng.normal(0, 4, (240, 320, 3))
    frame[where > 0] = (90, 120, 190)
    frame[170:][where[170:] > 0] = (40, 60, 60)
    return np.clip(frame, 0, 255).astype(np.uint8), where


def alike(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Share of what both cover that both have."""
    return float((one & other).sum() / (one | other).sum())


def test_a_performer_before_a_plain_wall_is_found_and_followed() -> None:
    plain, flow = Plain(), Flow()
    before = None
    for step in range(8):
        frame, where = bust(4 * step)
        grey = greyed(frame)
        moved = None if before is None else flow.between(before, grey)
        matte = plain.see(frame, moved, (320, 240))
        assert alike(matte > 0.5, where > 0) > 0.9
        before = grey


def test_a_wall_alone_has_nobody_after_all() -> None:
    frame = np.full((240, 320, 3), (180, 120, 40), np.uint8)
    matte = Plain().see(frame, None, (160, 120))
    assert matte.shape == (120, 160)
    assert 0 <= matte.min() <= matte.max() <= 1


def test_the_same_frames_give_the_same_matte() -> None:
    frame, _ = bust(0)
    one, other = (Plain().see(frame, None, (160, 120)) for _ in range(2))
    assert (one == other).all()


def test_somebody_is_likeliest_in_the_middle_below() -> None:
    likely = expected(96, 72)
    assert likely[68, 48] > 0.9
    assert likely[5, 5] < 0.1
    edges = rim(96, 72)
    assert edges[0].all()
    assert not edges[70, 0]
    assert not edges[36, 48]


def test_what_moves_otherwise_than_the_frame_is_told() -> None:
    flow = np.full((60, 80, 2), 5, np.float32)
    flow[20:40, 30:50] += 4
    moves = moving(flow, 80, 60)
    assert moves[30, 40] == 1
    assert moves[5, 5] == 0
