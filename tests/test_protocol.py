"""The rules of the leaderboard: what is held out, and a full ranking counted like brute force."""

import numpy as np
import pytest

from reelwright.errors import ReelwrightError
from reelwright.leaderboard.contender import Cases
from reelwright.leaderboard.protocol import CUTS, everything, held, rank, removed
from reelwright.leaderboard.sequences import Features, Histories, Ints, histories

NUM_ITEMS = 40


def some_histories(users: int = 60, seed: int = 0) -> Histories:
    rng = np.random.default_rng(seed)
    taken = {
        f"u{user}": rng.permutation(NUM_ITEMS)[: rng.integers(1, 9)].tolist()
        for user in range(users)
    }
    return histories("made", taken, [str(i) for i in range(NUM_ITEMS)], [Features("x")] * NUM_ITEMS)


def rows(*items: int) -> Ints:
    return np.array(items, dtype=np.int32)


def test_the_last_item_is_asked_for_and_the_one_before_it_is_never_trained_on() -> None:
    data = histories("d", {"a": [0, 1, 2, 3], "b": [3, 2]}, list("wxyz"), [Features("x")] * 4)
    split = held(data)
    assert [s.tolist() for s in split.lesson.sequences] == [[0, 1], [3, 2]]
    assert split.lesson.checks is not None
    assert [h.tolist() for h in split.lesson.checks.histories] == [[0, 1]]
    assert split.lesson.checks.targets.tolist() == [2]
    assert [h.tolist() for h in split.tests.histories] == [[0, 1, 2]]
    assert split.tests.targets.tolist() == [3]
    assert split.lesson.epochs is None
    whole = everything(data, {"epochs": 7.0})
    assert [s.tolist() for s in whole.lesson.sequences] == [[0, 1, 2], [3, 2]]
    assert whole.lesson.checks is None
    assert whole.lesson.epochs == 7
    assert whole.tests.targets.tolist() == [3]


def test_unseen_items_occur_in_no_training_sequence() -> None:
    split = held(some_histories())
    trained = {item for s in split.lesson.sequences for item in s.tolist()}
    assert {i for i in range(NUM_ITEMS) if split.unseen[i]} == set(range(NUM_ITEMS)) - trained


def test_removed_items_are_nowhere_in_the_lesson_and_all_that_is_asked_for() -> None:
    data = some_histories(300)
    split = removed(data, share=0.2, seed=3)
    out = set(np.flatnonzero(split.unseen).tolist())
    assert len(out) >= NUM_ITEMS // 5
    checks = split.lesson.checks
    assert checks is not None
    met = {i for s in (*split.lesson.sequences, *checks.histories) for i in s.tolist()}
    assert not met & out
    assert not set(checks.targets.tolist()) & out
    assert set(split.tests.targets.tolist()) <= out
    assert len(split.tests) > 0
    again = removed(data, share=0.2, seed=3)
    assert (again.unseen == split.unseen).all()


def test_a_set_with_nobody_to_ask_is_refused() -> None:
    with pytest.raises(ReelwrightError, match="nobody who took 3 items"):
        held(histories("d", {"a": [0, 1]}, ["x", "y"], [Features("x")] * 2))


def brute(
    scores: np.ndarray, seen: Ints, target: int, k: int, *, masked: bool
) -> tuple[float, float]:
    """Every order of equals is as likely: the mean over the places that the target may have."""
    hidden = set(seen.tolist()) - {target} if masked else set()
    rivals = [scores[i] for i in range(NUM_ITEMS) if i not in hidden and i != target]
    better = sum(score > scores[target] for score in rivals)
    tied = sum(score == scores[target] for score in rivals)
    places = range(better, better + tied + 1)
    return (
        float(np.mean([place < k for place in places])),
        float(np.mean([1 / np.log2(place + 2) if place < k else 0.0 for place in places])),
    )


@pytest.mark.parametrize("values", [3, 1000])  # few values: many ties
def test_the_ranking_counts_like_brute_force(values: int) -> None:
    tests = held(some_histories()).tests
    table = np.random.default_rng(1).integers(0, values, (len(tests), NUM_ITEMS)).astype(np.float32)
    table[:, 5] = -np.inf
    order = {id(history): row for row, history in enumerate(tests.histories)}
    ranking = rank(lambda batch: table[[order[id(h)] for h in batch]], tests, what="x")
    for masked, ranks in ((True, ranking.masked), (False, ranking.unmasked)):
        found = ranks.figures()
        for k in CUTS:
            expected = np.mean(
                [
                    brute(table[row], history, int(target), k, masked=masked)
                    for row, (history, target) in enumerate(
                        zip(tests.histories, tests.targets, strict=True)
                    )
                ],
                axis=0,
            )
            assert [found[f"recall_at_{k}"], found[f"ndcg_at_{k}"]] == pytest.approx(expected)


def test_batches_change_nothing_and_an_item_taken_again_is_not_masked() -> None:
    cases = Cases((rows(0, 1),) * 1100, np.zeros(1100, dtype=np.int32))
    scores = np.array([3.0, 5.0, 1.0], dtype=np.float32)
    ranking = rank(lambda batch: np.broadcast_to(scores, (len(batch), 3)), cases, what="x")
    assert len(ranking.masked.better) == 1100
    assert set(ranking.masked.better.tolist()) == {0}  # item 1 is masked, the target is not
    assert set(ranking.unmasked.better.tolist()) == {1}


def test_nan_is_no_score() -> None:
    cases = Cases((rows(0),), rows(1))
    with pytest.raises(AssertionError, match="NaN"):
        rank(lambda batch: np.full((1, 3), np.nan, dtype=np.float32), cases, what="x")
