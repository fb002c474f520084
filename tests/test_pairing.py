"""Which frame answers to which, and who is who."""

from dataclasses import replace

import numpy as np
from performances import acted, footage, reordered

from reelwright.modify.pairing import enlarged, joined, pairs, shown_at


def test_frames_are_paired_by_what_is_shown_at_their_time() -> None:
    assert shown_at(footage(6), footage(6)).tolist() == [0, 1, 2, 3, 4, 5]
    assert shown_at(footage(6), footage(12, fps=50)).tolist() == [0, 2, 4, 6, 8, 10]
    assert shown_at(footage(12, fps=50), footage(6)).tolist() == sorted([*range(6)] * 2)
    assert shown_at(footage(6), footage(4)).tolist() == [0, 1, 2, 3, -1, -1]
    assert shown_at(footage(3), footage(0)).tolist() == [-1, -1, -1]
    assert shown_at(footage(1), footage(1)).tolist() == [0]


def test_uneven_times_are_followed() -> None:
    uneven = replace(footage(4), times_N=np.array([0.0, 0.04, 0.2, 0.24]))
    assert shown_at(uneven, uneven).tolist() == [0, 1, 2, 3]
    hurried = replace(footage(6), times_N=np.array([0.0, 0.04, 0.05, 0.09, 0.13, 0.132]))
    rounded = replace(hurried, times_N=hurried.times_N + np.array([0, 1, -1, 1, -1, 1]) * 5e-4)
    assert shown_at(hurried, rounded).tolist() == [0, 1, 2, 3, 4, 5]


def test_the_column_that_makes_an_odd_width_even_scales_nothing() -> None:
    assert enlarged(footage(1, width=355), footage(1, width=356)) == 1
    assert enlarged(footage(1, width=320), footage(1, width=640)) == 0.5
    assert enlarged(footage(1, width=320), footage(1, width=320)) == 1


def test_who_is_not_in_the_result_is_nobody_there() -> None:
    take = acted(20)
    (pair,) = pairs(take, replace(take, performers=()))
    assert np.isnan(pair.result.face_NP3).all()
    assert pair.source is take.performers[0]
    (short,) = pairs(take, reordered(take, range(15)))
    assert short.result.face_seen_N.tolist() == [True] * 15 + [False] * 5


def test_the_worst_of_everybody_counts() -> None:
    found = joined([np.array([1.0, np.nan, np.nan]), np.array([0.5, 2.0, np.nan])])
    assert np.array_equal(found, [1.0, 2.0, np.nan], equal_nan=True)
