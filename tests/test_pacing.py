"""How many shots, and on which beats: against all there are."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.studio.pacing import beats, cuts, num_shots, shot_price


def cuts_by_trying_all(
    duration_s: float, shares: Sequence[float], tempo_bpm: float, shot_s: tuple[float, float]
) -> float:
    """The least price of any choice of beats; infinite where there are too few."""
    prices = [float("inf")]
    for chosen in itertools.combinations(beats(duration_s, tempo_bpm), len(shares) - 1):
        ends = [0.0, *chosen, duration_s]
        prices.append(
            sum(
                shot_price(end - start, duration_s * share / sum(shares), shot_s)
                for (start, end), share in zip(itertools.pairwise(ends), shares, strict=True)
            )
        )
    return min(prices)


def test_beats_lie_strictly_inside_a_clip() -> None:
    assert beats(2.0, 120.0) == [0.5, 1.0, 1.5]
    assert beats(2.1, 120.0) == [0.5, 1.0, 1.5, 2.0]
    assert beats(0.4, 120.0) == []


@settings(max_examples=150)
@given(
    st.floats(1.0, 5.0),
    st.lists(st.floats(0.2, 2.0), min_size=1, max_size=5),
    st.floats(60.0, 130.0),
    st.floats(0.5, 1.5),
    st.floats(0.0, 2.0),
)
def test_cuts_are_the_best_there_are(
    duration_s: float, shares: list[float], tempo_bpm: float, shortest_s: float, more_s: float
) -> None:
    shot_s = (shortest_s, shortest_s + more_s)
    found = cuts(duration_s, shares, tempo_bpm, shot_s)
    least = cuts_by_trying_all(duration_s, shares, tempo_bpm, shot_s)
    if found is None:
        assert least == float("inf")
        return
    assert found == sorted(set(found))
    assert set(found) <= set(beats(duration_s, tempo_bpm))
    ends = [0.0, *found, duration_s]
    price = sum(
        shot_price(end - start, duration_s * share / sum(shares), shot_s)
        for (start, end), share in zip(itertools.pairwise(ends), shares, strict=True)
    )
    assert price == pytest.approx(least)


def test_the_pace_is_followed_as_far_as_the_style_allows() -> None:
    assert num_shots(6.0, 20.0, (1.0, 3.0)) == 3
    assert num_shots(6.0, 0.0, (1.0, 3.0)) == 2
    assert num_shots(6.0, 500.0, (1.0, 3.0)) == 6


def test_a_clip_too_short_for_two_shots_has_one() -> None:
    assert num_shots(1.0, 60.0, (2.8, 3.6)) == 1
    assert num_shots(5.0, 60.0, (2.8, 3.6)) == 1


def test_a_long_clip_is_paced_quickly_enough() -> None:
    rng = np.random.default_rng(0)
    found = cuts(60.0, list(rng.uniform(0.8, 1.2, 30)), 120.0, (1.0, 3.0))
    assert found is not None
    assert len(found) == 29
