"""What histories vote for, against recounting everything without what is to be foretold."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import sparse

from reelwright.recommender.company import (
    BACK,
    FADE,
    OTHER,
    OWN,
    STEPS,
    Company,
    Ints,
    Votes,
    _nearest,
)

KNOWN = 30


def histories(seed: int = 0, count: int = 25) -> list[Ints]:
    rng = np.random.default_rng(seed)
    return [
        rng.choice(np.arange(1, KNOWN + 1), rng.integers(0, 15), replace=False)
        for _ in range(count)
    ]


def recounted(told: list[Ints], who: int, place: int) -> NDArray[np.float64]:
    """The slow twin: neighbours counted as if `who` had stopped at `place`, by plain loops."""
    close = np.zeros((KNOWN + 1, KNOWN + 1))
    for number, history in enumerate(told):
        heard = history[:place] if number == who else history
        for one in range(len(heard)):
            for other in range(one + 1, min(one + STEPS + 1, len(heard))):
                close[heard[one], heard[other]] += 1 / (other - one)
                close[heard[other], heard[one]] += BACK / (other - one)
    liked = np.maximum(np.bincount(np.concatenate(told).astype(int), minlength=KNOWN + 1), 1)
    votes = np.zeros(KNOWN + 1)
    for back, video in enumerate(told[who][:place][::-1][:STEPS]):
        votes += FADE**back * close[video] / liked[video] ** OWN / liked**OTHER
    votes[told[who][:place]] = 0.0
    return votes


def test_votes_are_those_counted_without_what_comes_after_the_place() -> None:
    told = histories()
    company = Company.of(told, KNOWN)
    places = [list(range(len(history) + 1)) for history in told]
    votes = company.votes(told, places).by_video.toarray()
    brute = [recounted(told, who, at) for who, some in enumerate(places) for at in some]
    assert votes == pytest.approx(np.array(brute), abs=1e-5)
    assert votes.any(), "somebody votes for something"


def test_at_its_end_a_history_hides_nothing() -> None:
    """Only what it was built from is counted, so a history from elsewhere hides nothing either."""
    told = histories()
    company = Company.of(told, KNOWN)
    asked = [history[::-1].copy() for history in told if len(history) > 1]
    ends = [[len(history)] for history in asked]
    votes = company.votes(asked, ends).by_video.toarray()
    for row, history in zip(votes, asked, strict=True):
        own = sum(
            FADE**back * company.near_II.toarray()[video]
            for back, video in enumerate(history[::-1][:STEPS])
        )
        own[history] = 0.0
        assert row == pytest.approx(own, abs=1e-5)
        assert company.said(history) == pytest.approx(own, abs=1e-5), "one alone, the short way"


def test_nobody_votes_without_a_history() -> None:
    company = Company.of(histories(), KNOWN)
    assert company.votes([np.empty(0, np.int64)], [[0]]).by_video.nnz == 0
    assert company.votes([], []).by_video.shape == (0, KNOWN + 1)


def test_only_the_nearest_neighbours_are_kept() -> None:
    rng = np.random.default_rng(0)
    near = rng.random((12, 12)) * (rng.random((12, 12)) < 0.7)
    kept = _nearest(sparse.csr_array(near), 3).toarray()
    for row, left in zip(near, kept, strict=True):
        best = np.sort(row)[::-1][:3]
        assert np.sort(left)[::-1][:3] == pytest.approx(best)
        assert (left > 0).sum() == (best > 0).sum()


def test_a_stranger_keeps_the_company_of_those_that_it_is_like() -> None:
    company = Company.of([np.array([1, 2]), np.array([1, 2]), np.array([3, 4])], 5)
    alike = sparse.csr_array(([0.75, 0.25], ([5, 5], [2, 4])), (6, 6))
    near, before = company.with_strangers(alike).near_II.toarray(), company.near_II.toarray()
    assert near[1, 5] == pytest.approx(0.75 * before[1, 2])
    assert near[3, 5] == pytest.approx(0.25 * before[3, 4])
    assert near[5] == pytest.approx(0.75 * before[2] + 0.25 * before[4])
    assert near[:5, :5] == pytest.approx(before[:5, :5])


def test_counts_along_a_tree_are_sums_over_its_videos() -> None:
    rng = np.random.default_rng(1)
    votes = rng.random((4, 9)) * (rng.random((4, 9)) < 0.5)
    votes[:, 0] = 0.0
    groups = [np.zeros(9, np.int64), np.array([0, 1, 1, 2, 2, 2, 3, 3, 1])]
    tally = Votes(sparse.csr_array(votes)).along(groups)
    for level, group in enumerate([*groups, np.arange(9)]):
        numbers = np.arange(1 if level == 0 else group.max() + 1)
        for place in range(4):
            found = tally.counts(
                level, torch.full((len(numbers),), place), torch.from_numpy(numbers)
            )
            brute = [votes[place, group == number].sum() for number in numbers]
            assert found.numpy() == pytest.approx(brute, abs=1e-6)


def test_what_is_kept_comes_back_the_same() -> None:
    company = Company.of(histories(), KNOWN)
    same = Company.from_arrays(company.arrays())
    assert (same.near_II != company.near_II).nnz == 0
    assert (same.liked_I == company.liked_I).all()


def test_strangers_are_compared_in_parts_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(KNOWN + 1, 4)).astype(np.float32)
    company = Company.of([np.array([3, 1, 7, 12]), np.array([12, 9])], KNOWN)
    whole = company.alike(features).toarray()
    monkeypatch.setattr("reelwright.recommender.company.AT_ONCE", 2)
    assert company.alike(features).toarray() == pytest.approx(whole)
    assert (whole.sum(axis=1) > 0).sum() == KNOWN - 5, "all but those who were liked"


def test_where_nobody_liked_anything_nobody_is_alike_or_near() -> None:
    company = Company.of([np.empty(0, np.int64)], 3)
    alike = company.alike(np.ones((4, 2), np.float32))
    assert alike.nnz == company.with_strangers(alike).near_II.nnz == 0


def test_strangers_are_like_those_of_the_nearest_features() -> None:
    company = Company.of([np.array([1, 2, 3])], 5)
    features = np.array([[0, 0], [1, 0], [0, 1], [-1, 0], [3, 1], [0, 0]], np.float32)
    alike = company.alike(features).toarray()
    near = np.array([3, 1]) / np.sqrt(10)
    assert alike[4, 1:4] == pytest.approx([near[0] / near.sum(), near[1] / near.sum(), 0])
    assert not alike[[0, 1, 2, 3, 5]].any(), "who was liked needs none, who says nothing has none"
