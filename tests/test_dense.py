"""Motion for every pixel, what is pulled along it, and motion that nothing holds to its place."""

import numpy as np
from moving import ground

from reelwright.modify import dense


def constant(height: int, width: int, across: float, down: float) -> dense.Floats:
    return np.full((height, width, 2), (across, down), np.float32)


def test_a_slide_is_found_and_undone() -> None:
    wide = ground(80, 130)
    first, second = wide[:, 3:123], wide[:, 0:120]  # what was at x is at x + 3 now
    flow = dense.flow(dense.grey(first), dense.grey(second))
    assert np.abs(flow[10:-10, 10:-10] - (3, 0)).mean() < 0.2
    back = dense.pulled(second, flow, sharp=True).astype(float)
    assert np.abs(back - first)[10:-10, 10:-10].mean() < 3


def test_a_guess_bridges_what_is_too_far_to_be_found() -> None:
    wide = ground(64, 240)
    first, second = dense.grey(wide[:, 90:186]), dense.grey(wide[:, 40:136])
    far = dense.flow(first, second, constant(64, 96, 49, 0))
    seen = far[8:-8, :40]
    assert np.abs(seen - (50, 0)).mean() < 1


def test_a_guess_is_not_written_over() -> None:
    guess = constant(48, 64, 1, 1)
    dense.flow(dense.grey(ground(48, 64)), dense.grey(ground(48, 64, seed=8)), guess)
    assert (guess == 1).all()


def test_pulling_follows_the_flow_pixel_by_pixel() -> None:
    picture = ground(20, 30)
    rng = np.random.default_rng(1)
    flow = rng.integers(-3, 4, (20, 30, 2)).astype(np.float32)
    pulled = dense.pulled(picture, flow)
    for y, x in ((5, 5), (10, 20), (14, 8)):
        across, down = flow[y, x].astype(int)
        assert (pulled[y, x] == picture[y + down, x + across]).all()


def test_one_flow_after_another_leads_where_both_lead() -> None:
    first, second = constant(20, 30, 2, -1), constant(20, 30, 1, 3)
    assert (dense.joined(first, second) == (3, 2)).all()


def test_there_and_back_is_nowhere_astray_unless_the_ways_differ() -> None:
    there, back = constant(20, 30, 2, 1), constant(20, 30, -2, -1)
    back[:, 20:] = (5, -1)
    astray = dense.astray(there, back)
    assert astray[:, :17].max() == 0
    assert astray[:, 20:].min() == 7


def test_motion_of_an_even_wall_is_that_of_what_stands_about_it() -> None:
    frame = ground(96, 128)
    frame[30:70, 40:100] = 140
    flow = constant(96, 128, 0, 0)
    flow[36:64, 46:94] = (6, -4)  # nothing there says so
    settled = dense.settled(flow, dense.grey(frame), dense.grey(frame))
    assert np.abs(settled[42:58, 54:86]).max() < 0.6


def test_motion_that_is_sure_stays() -> None:
    wide = ground(96, 140)
    first, second = dense.grey(wide[:, 4:132]), dense.grey(wide[:, 0:128])
    flow = dense.flow(first, second)
    settled = dense.settled(flow, first, second)
    assert np.abs(settled - flow)[12:-12, 12:-12].mean() < 0.1


def test_a_flow_of_another_size_leads_to_the_same_places() -> None:
    assert np.allclose(dense.resized(constant(10, 20, 1, 2), 40, 30), (2, 6))


def test_of_two_ways_each_place_takes_the_one_that_leads_to_its_like() -> None:
    frame = dense.grey(ground(80, 120))
    frame[:, 60:] = 90  # even: both lead to the same, and the usual way is gone
    right, usual = constant(80, 120, 0, 0), constant(80, 120, 7, 0)
    truer = dense.truer(right, usual, frame, frame)
    assert np.abs(truer[10:-10, 10:45] - right[10:-10, 10:45]).mean() < 0.5
    assert (truer[10:-10, 75:105] == usual[10:-10, 75:105]).all()
    led = dense.truer(right, usual, frame, frame, lead=0.5)
    assert (led[10:-10, 75:105] == right[10:-10, 75:105]).all()
