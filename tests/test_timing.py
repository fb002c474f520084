"""Movements against movements: by how many frames one follows the other, and how alike."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from performances import acted, changed, reordered

from reelwright.modify.pairing import pairs, shown_at
from reelwright.modify.performance import Performance, Performer
from reelwright.modify.timing import (
    FARTHEST,
    LITTLE,
    SPAN,
    VOICES,
    channels,
    lag,
    span,
    swept,
    thinned,
    timing,
)


def brute_lag(ours: np.ndarray, theirs: np.ndarray) -> int:
    """Every lag, every pair of frames, every channel, one by one."""
    best, most, none = 0, -np.inf, -np.inf
    for late in sorted(range(-FARTHEST, FARTHEST + 1), key=abs):
        products = squares = others = 0.0
        for frame in range(len(ours)):
            if 0 <= frame + late < len(theirs):
                for one, other in zip(ours[frame], theirs[frame + late], strict=True):
                    if np.isfinite(one) and np.isfinite(other):
                        products += one * other
                        squares += one * one
                        others += other * other
        if len(ours) - abs(late) >= LITTLE and squares * others > 0:
            alike = products / np.sqrt(squares * others)
            none = alike if late == 0 else none
            if alike > most + 1e-9:
                best, most = late, alike
    return best if 1 - most <= (1 - none) / 2 else 0


def test_a_lag_that_fits_hardly_better_is_none() -> None:
    slow = np.cumsum(np.random.default_rng(3).normal(0, 1, (60, 1)), axis=0)
    noisy = np.roll(slow, 1, axis=0) + np.random.default_rng(4).normal(0, 2, (60, 1))
    found = lag(slow, noisy)
    assert found is not None
    assert found[0] == 0


@pytest.mark.parametrize("seed", range(6))
def test_the_lag_is_the_one_that_brute_force_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours = rng.normal(0, 1, (40, 3))
    theirs = np.roll(ours, seed, axis=0) + rng.normal(0, 0.6, (40, 3))
    theirs[rng.random((40, 3)) < 0.2] = np.nan
    found = lag(ours, theirs)
    assert found is not None
    assert found[0] == brute_lag(ours, theirs)


def test_of_what_rests_or_is_too_short_no_lag_is_told() -> None:
    assert lag(np.zeros((40, 2)), np.zeros((40, 2))) is None
    assert lag(np.full((40, 2), np.nan), np.ones((40, 2))) is None
    assert lag(np.ones((LITTLE - 1, 2)), np.ones((LITTLE - 1, 2))) is None


def timed(source: Performance, result: Performance) -> tuple[int, float] | None:
    at_N = shown_at(source.footage, result.footage)
    return timing(source, result, pairs(source, result), at_N)


def filmed(num: int = 60) -> Performance:
    """A take whose performer has a texture: it sways, each part of it a little otherwise."""
    take = acted(num)
    rng = np.random.default_rng(9)
    sway = np.cumsum(rng.normal(0, 0.4, (num, 6, 8, 2)), axis=0)
    flow = np.zeros((num, 6, 8, 2), np.float16)
    flow[:-1] = np.diff(sway, axis=0)
    return replace(take, flow_NHW2=flow)


def mistaken(one: Performer) -> Performer:
    """A detector that takes a sleeve for the wrist, and loses the face."""
    rng = np.random.default_rng(4)
    body = one.body_NP3.copy()
    body[..., :2] += np.cumsum(rng.normal(0, 12, body[..., :2].shape), axis=0)
    return replace(one, body_NP3=body, face_NP3=np.full_like(one.face_NP3, np.nan))


def test_pixels_that_move_alike_bear_out_what_a_detector_mistakes() -> None:
    source = filmed()
    kept = changed(source, mistaken)
    (pair,) = pairs(source, kept)
    by_points, found = lag(*channels(pair)), timed(source, kept)
    assert by_points is not None
    assert found is not None
    assert found[0] == 0
    assert found[1] > by_points[1] + 0.2


@pytest.mark.parametrize("late", [1, 3, -3])
def test_a_delay_is_told_by_the_pixels_alone(late: int) -> None:
    nobody = np.full_like(filmed().performers[0].face_NP3, np.nan)

    def unseen(one: Performer) -> Performer:
        return replace(one, face_NP3=nobody, body_NP3=np.full_like(one.body_NP3, np.nan))

    source = changed(filmed(), unseen)
    order = np.clip(np.arange(60) - late, 0, 59).tolist()
    found = timed(source, reshown(source, order))
    assert found is not None
    assert found[0] == late
    assert found[1] > 0.9


def reshown(take: Performance, order: Sequence[int]) -> Performance:
    """The take in another order, with the motion that is then between its frames."""
    known = np.asarray(take.flow_NHW2)
    path = np.concatenate([np.zeros((1, *known.shape[1:])), known[:-1]])
    places = np.cumsum(path, axis=0)[list(order)]
    flow = np.zeros_like(known)
    flow[:-1] = np.diff(places, axis=0)
    return replace(reordered(take, order), flow_NHW2=flow)


@pytest.mark.parametrize(
    "order",
    [[20] * 60, [number // 2 for number in range(60)], list(range(60))[::-1]],
    ids=["frozen", "half as fast", "backwards"],
)
def test_what_moves_otherwise_is_not_alike(order: list[int]) -> None:
    found = timed(filmed(), reshown(filmed(), order))
    assert found is not None
    assert found[1] < 0.3


def test_a_result_of_twice_the_rate_moves_as_far_in_two_frames() -> None:
    source = filmed()
    halves = np.repeat(np.asarray(source.flow_NHW2) / 2, 2, axis=0).astype(np.float16)
    twice = reordered(source, np.repeat(np.arange(60), 2).tolist())
    fast = replace(twice.footage, times_N=np.arange(120) / (2 * source.footage.fps))
    ours, theirs = swept(
        source,
        replace(twice, footage=fast, flow_NHW2=halves),
        shown_at(source.footage, fast),
    )
    seen = np.isfinite(ours)
    assert theirs[seen] == pytest.approx(ours[seen], abs=0.02)


def test_a_hurried_film_is_looked_at_over_as_long() -> None:
    source = filmed()
    assert span(source) == SPAN
    hurried = replace(source.footage, times_N=source.footage.times_N / 3)
    fast = replace(source, footage=hurried)
    assert span(fast) == 5
    assert len(swept(fast, fast, np.arange(60))[0]) == len(channels(pairs(fast, fast)[0], 5)[0])
    found = timed(fast, fast)
    assert found is not None
    assert found[1] == pytest.approx(1)


def test_pixels_count_as_much_as_all_points_and_unrest_for_nothing() -> None:
    source = filmed()
    ours, _ = swept(source, source, np.arange(60))
    assert 0.9 * VOICES < np.nansum(ours**2) / len(ours) <= VOICES
    trembling = replace(source, flow_NHW2=(np.asarray(source.flow_NHW2) / 20).astype(np.float16))
    assert not np.nansum(swept(trembling, trembling, np.arange(60))[0])
    taller = replace(source, flow_NHW2=np.asarray(source.flow_NHW2)[:, :5])
    assert not swept(source, taller, np.arange(60))[0].size


def test_of_a_long_film_fewer_motions_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    source = filmed()
    every, _ = swept(source, source, np.arange(60))
    monkeypatch.setattr("reelwright.modify.timing.MOST", 60 * 4)
    ours, _ = swept(source, source, np.arange(60))
    assert ours.shape[1] <= 4 * 2 < every.shape[1]
    assert np.nansum(ours**2) == pytest.approx(np.nansum(every**2), rel=0.05)
    late = reshown(source, np.clip(np.arange(60) - 3, 0, 59).tolist())
    found = timed(source, late)
    assert found is not None
    assert found[0] == 3


def test_thinned_cells_are_spread_and_no_more_than_asked_for() -> None:
    cells = np.random.default_rng(3).random((9, 12)) > 0.4
    for most in (1, 5, 30, cells.sum(), 10_000):
        some = thinned(cells, int(most))
        assert (some <= cells).all()
        assert 1 <= some.sum() <= most
        assert some.sum() > most / 2 or some.sum() == cells.sum() or most < 3
    assert not thinned(np.zeros((3, 4), bool), 5).any()
    assert thinned(cells, 0).sum() == 1, "one at least"
