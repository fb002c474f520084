"""The pace: a bucket of tokens, held against one that is filled in small steps."""

import numpy as np
import pytest

from reelwright.serve.pace import MOST, Pace


def test_a_burst_goes_through_and_then_one_is_told_exactly_when_to_come_back() -> None:
    pace = Pace(2.0, burst=3)
    assert [pace.wait_s("ann", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    wait_s = pace.wait_s("ann", 0.0)
    assert wait_s == pytest.approx(0.5)
    assert pace.wait_s("ann", 0.49) > 0
    assert pace.wait_s("ann", 0.5) == 0.0
    assert pace.wait_s("bob", 0.5) == 0.0, "everybody has a bucket of their own"


def test_it_lets_through_what_a_bucket_filled_drop_by_drop_lets_through() -> None:
    rng = np.random.default_rng(3)
    pace, step_s = Pace(4.0, burst=5), 1 / 64
    tokens, allowed, brute = 5.0, [], []
    for tick in range(4000):
        tokens = min(5.0, tokens + 4.0 * step_s)
        if rng.random() < 0.2:
            allowed.append(pace.wait_s("ann", tick * step_s) == 0)
            brute.append(tokens >= 1)
            tokens -= tokens >= 1
    assert allowed == brute
    assert 0 < sum(allowed) < len(allowed), "some came through and some did not"


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    pace = Pace(1.0, burst=1)
    assert pace.wait_s("ann", 100.0) == 0
    assert pace.wait_s("ann", 50.0) > 0


def test_whoever_asked_longest_ago_is_forgotten_first() -> None:
    pace = Pace(0.001, burst=1)
    for number in range(MOST + 1):
        pace.wait_s(str(number), 0.0)
    assert pace.would_wait_s("0", 0.0) == 0
    assert pace.would_wait_s("1", 0.0) > 0
