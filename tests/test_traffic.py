"""A day of traffic: the same requests each time, popular ones met more and more, and made once."""

import numpy as np
import pytest

from reelwright.bench import traffic
from reelwright.bench.traffic import WORDS, Crowd, Dice, measure
from reelwright.progress import silent


def test_a_small_day_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "QUICK", 60)
    monkeypatch.setattr(traffic, "CATALOGUE", 20)
    figures = measure(quick=True, progress=silent)
    assert figures.keys() == WORDS.keys()
    assert figures["exact"] + figures["same_content"] + figures["nearest"] == pytest.approx(1.0)
    assert figures["renders_per_1000"] == pytest.approx(1000 * figures["renders"] / 60, abs=0.01)
    assert figures["made_twice"] == 0
    assert 0 < figures["k_renders"] < figures["renders"], "fewer are wanted by three"
    assert figures["room_evictions"] > 0
    assert figures["room_mb"] <= figures["room_limit_mb"] < figures["mb"]


def test_requests_are_the_same_each_time() -> None:
    days = [Crowd(np.random.default_rng(1)) for _ in range(2)]
    first, second = ([day.request() for _ in range(50)] for day in days)
    assert first == second
    assert len({viewer for viewer, _ in first}) > 1


def test_dice_fall_by_the_law_of_zipf() -> None:
    thrown = Dice(4, 1.0, np.random.default_rng(1)).array((50_000,))
    shares = np.bincount(thrown, minlength=4) / len(thrown)
    expected = np.array([1, 1 / 2, 1 / 3, 1 / 4])
    assert shares == pytest.approx(expected / expected.sum(), abs=0.01)
