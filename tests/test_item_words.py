"""Items as vectors: those with the same words, and those that go together, are the nearest."""

import numpy as np
import pytest
import scipy.sparse as sp

from reelwright.leaderboard import wording
from reelwright.leaderboard.sequences import Features, Ints
from reelwright.leaderboard.wording import (
    FADE,
    NEAR,
    POPULAR,
    SHARP,
    Floats,
    company,
    directions,
    words,
)

GROUPS, EACH = 4, 6
TITLES = ("Boats in the harbour", "A stadium at night", "Slow coffee", "Mountains by train")
NUM_ITEMS = GROUPS * EACH


def group(item: int) -> int:
    return item % GROUPS


def titled() -> list[Features]:
    """The titles of a group share words; every item has one of its own."""
    return [
        Features(f"{TITLES[group(item)]} {item}", (f"kind {group(item)}",))
        for item in range(NUM_ITEMS)
    ]


def taken(users: int = 60) -> list[Ints]:
    """Everybody keeps to one group."""
    rng = np.random.default_rng(0)
    return [
        (rng.permutation(EACH)[:5] * GROUPS + user % GROUPS).astype(np.int32)
        for user in range(users)
    ]


def neighbours(vectors: Floats) -> set[tuple[int, int]]:
    """The groups of each item and of all the items that are nearest to it."""
    close = vectors @ vectors.T
    np.fill_diagonal(close, -np.inf)
    return {
        (group(item), group(int(other)))
        for item in range(len(vectors))
        for other in np.argsort(-close[item])[: EACH - 1]
    }


SAME = {(one, one) for one in range(GROUPS)}


def test_items_with_the_same_words_are_nearest() -> None:
    assert neighbours(words(titled(), 8, seed=0)) == SAME
    attributes = [Features(attributes=features.attributes) for features in titled()]
    assert neighbours(words(attributes, 4, seed=0)) == SAME
    keywords = [Features(keywords=features.attributes) for features in titled()]
    assert neighbours(words(keywords, 4, seed=0)) == SAME


def test_items_that_go_together_are_nearest() -> None:
    assert neighbours(company(taken(), NUM_ITEMS, 8, seed=0)) == SAME


def test_company_is_what_all_pairs_add_up_to() -> None:
    sequences = [np.arange(14, dtype=np.int32) % 9, np.array([3, 1, 3], np.int32)]
    near = np.zeros((9, 9))
    for sequence in sequences:
        for here, item in enumerate(sequence):
            for there, other in enumerate(sequence):
                if 0 < abs(there - here) <= NEAR:
                    near[item, other] += FADE ** (abs(there - here) - 1)
    counts = np.bincount(np.concatenate(sequences), minlength=9)
    together = np.log1p(SHARP * near / np.outer(counts**POPULAR, counts**POPULAR))
    brute = directions(sp.csr_matrix(together), 4, seed=1)
    found = company(sequences, 9, 4, seed=1)
    assert found @ found.T == pytest.approx(brute @ brute.T, abs=1e-3)


def test_a_seed_repeats_itself() -> None:
    for one, same in (
        [words(titled(), 8, seed=3) for _ in range(2)],
        [company(taken(), NUM_ITEMS, 8, seed=3) for _ in range(2)],
    ):
        assert one.dtype == np.float32
        assert one.shape == (NUM_ITEMS, 8)
        assert (one == same).all()


@pytest.mark.parametrize("small", [0, 512])
def test_directions_are_the_main_ones_and_rows_are_of_length_1(
    small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "SMALL", small)
    table = np.random.default_rng(0).normal(size=(12, 7)) * np.arange(1, 8)
    left, strength, _ = np.linalg.svd(table, full_matrices=False)
    brute = left[:, :3] * strength[:3]
    brute /= np.linalg.norm(brute, axis=1, keepdims=True)
    found = directions(sp.csr_matrix(table), 3, seed=0)
    assert found @ found.T == pytest.approx(brute @ brute.T, abs=1e-3)
    assert np.abs((found * brute).sum(axis=0)) == pytest.approx((brute**2).sum(axis=0), abs=1e-3)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0)


def test_what_has_no_words_and_no_company_is_no_direction() -> None:
    silent = [Features("unheard"), *titled(), Features("unseen")]
    found = words(silent, 8, seed=0)
    assert not found[[0, -1]].any()
    assert np.linalg.norm(found[1:-1], axis=1) == pytest.approx(1.0)
    later = [sequence + 1 for sequence in taken()]
    found = company(later, NUM_ITEMS + 2, 8, seed=0)
    assert not found[[0, -1]].any()
    assert np.linalg.norm(found[1:-1], axis=1) == pytest.approx(1.0)


def test_where_no_words_are_shared_there_is_nothing_to_tell_items_apart() -> None:
    unlike = [Features(f"w{item}") for item in range(5)]
    assert not words(unlike, 8, seed=0).any()
    assert len(words(unlike, 8, seed=0)) == 5


def test_one_word_alone_tells_who_has_it() -> None:
    few = [Features("boat" if item < 3 else f"w{item}") for item in range(6)]
    vectors = words(few, 8, seed=0)
    assert vectors.shape[0] == 6
    assert np.abs(vectors).sum(axis=1) == pytest.approx([1, 1, 1, 0, 0, 0])


def test_where_everybody_took_one_item_nothing_goes_together() -> None:
    alone = [np.array([item], np.int32) for item in range(4)]
    assert not company(alone, 4, 2, seed=0).any()
