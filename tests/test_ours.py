"""Our own recommender in a small contest: its rows, its seeds, its settings, and after a kill."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from contests import fitted

from reelwright.domain import Format
from reelwright.leaderboard import ours
from reelwright.leaderboard.contender import Cases, Floats, Lesson, Scorer
from reelwright.leaderboard.ours import HEARINGS, RECIPE, WEIGHTS, Opinions, Ours
from reelwright.leaderboard.protocol import everything, held, rank
from reelwright.leaderboard.sequences import Features, Histories, histories
from reelwright.learning.checkpoint import Shelf
from reelwright.progress import silent
from reelwright.recommender.context import Reading
from reelwright.recommender.ranking import Ranking
from reelwright.recommender.train import train

USERS, NUM_ITEMS, GROUPS = 60, 40, 4
TITLES = ("boats in the harbour", "a stadium at night", "slow coffee", "mountains by train")
SMALL = Ours(
    dataclasses.replace(RECIPE, dim=16, layers=1, epochs=2, batch=16, dropout=0.1),
    codes=4,
    features=8,
    beam=100,
)
ROWS = {"ours_sid", "ours_dense", "ours"}


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


def group(item: int) -> int:
    return item % GROUPS


def contest() -> Histories:
    """Everybody keeps to a group of items, whose titles are alike."""
    rng = np.random.default_rng(0)
    taken = {
        f"u{user}": (rng.permutation(NUM_ITEMS // GROUPS)[:6] * GROUPS + group(user)).tolist()
        for user in range(USERS)
    }
    features = [Features(f"{TITLES[group(item)]} {item}") for item in range(NUM_ITEMS)]
    return histories("groups", taken, [str(item) for item in range(NUM_ITEMS)], features)


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return held(contest()).lesson


@pytest.fixture(scope="module")
def tests() -> Cases:
    return held(contest()).tests


def scores(scorers: Mapping[str, Scorer], cases: Cases) -> dict[str, Floats]:
    return {name: scorer(cases.histories) for name, scorer in scorers.items()}


def same(one: Mapping[str, Floats], other: Mapping[str, Floats]) -> bool:
    return all((found == other[name]).all() for name, found in one.items())


def test_it_has_three_rows_that_repeat_by_seed_and_find_the_group(
    lesson: Lesson, tests: Cases
) -> None:
    found, again, other = (fitted(SMALL, lesson, seed=seed) for seed in (0, 0, 1))
    told = scores(found.scorers, tests)
    assert told.keys() == ROWS
    for name, scores_BI in told.items():
        assert scores_BI.shape == (USERS, NUM_ITEMS)
        assert scores_BI.dtype == np.float32
        assert not np.isnan(scores_BI).any()
        own = np.array([group(user) for user in range(USERS)])
        best = scores_BI.argmax(axis=1)
        assert np.mean(best % GROUPS == own) > 0.8, name
    assert same(told, scores(again.scorers, tests))
    assert found.chosen == again.chosen
    assert not same(told, scores(other.scorers, tests))


def test_what_validation_chose_is_no_worse_than_any_other_weight(lesson: Lesson) -> None:
    found = fitted(SMALL, lesson)
    assert found.chosen["epochs"] == SMALL.config.epochs
    assert lesson.checks is not None
    worth = {}
    for weight in WEIGHTS:
        chosen = {**found.chosen, "weight": weight}
        one = fitted(SMALL, dataclasses.replace(lesson, checks=None, chosen=chosen))
        ranking = rank(one.scorers["ours"], lesson.checks, what="asking")
        worth[weight] = ranking.masked.figures()[ours.CHOOSING]
    assert worth[found.chosen["weight"]] == max(worth.values())
    assert found.chosen["hearing"] in HEARINGS
    assert len(set(worth.values())) > 1, "weights make a difference"


def test_without_validation_it_takes_what_was_chosen_before(lesson: Lesson, tests: Cases) -> None:
    chosen = fitted(SMALL, lesson).chosen
    again = fitted(SMALL, everything(contest(), chosen).lesson)
    assert again.chosen == chosen
    assert all(np.isfinite(scores(again.scorers, tests)["ours"]).ravel())
    told = {**chosen, "weight": 3.0, "hearing": 0.0}
    other = fitted(SMALL, everything(contest(), told).lesson)
    assert other.chosen == told
    assert not same(scores(other.scorers, tests), scores(again.scorers, tests))


class Dying(Shelf):
    """Its process is killed after so many epochs."""

    left = 1

    def save(self, state: Mapping[str, Any]) -> None:
        super().save(state)
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_a_killed_run_goes_on_to_the_same_scores(
    lesson: Lesson, tests: Cases, tmp_path: Path
) -> None:
    whole = fitted(SMALL, lesson)
    for shelf_of in (Dying, Shelf):
        shelf = shelf_of(
            tmp_path, say=print, note=lambda what, value, step: None, clock=lambda: 0.0
        )
        if shelf_of is Dying:
            with pytest.raises(KeyboardInterrupt):
                SMALL.fit(lesson, seed=0, keep=shelf, progress=silent)
        else:
            kept = shelf.load()
            assert kept is not None
            assert kept["epoch"] == 1
            again = SMALL.fit(lesson, seed=0, keep=shelf, progress=silent)
    assert same(scores(whole.scorers, tests), scores(again.scorers, tests))
    assert whole.chosen == again.chosen


@pytest.mark.parametrize("depth", [1, 2])
def test_codes_come_from_words_and_from_company(lesson: Lesson, depth: int) -> None:
    known, sizes = dataclasses.replace(SMALL, depth=depth).known(lesson, seed=0)
    assert known.ids == tuple(map(str, range(NUM_ITEMS)))
    assert known.codes_IL.shape == (NUM_ITEMS, 2 * depth)
    assert sizes == tuple(known.codes_IL.max(axis=0) + 1)
    assert max(sizes) <= SMALL.codes
    for level in (0, depth):
        pairs = {(group(item), int(known.codes_IL[item, level])) for item in range(NUM_ITEMS)}
        assert len(pairs) == GROUPS, "a group is a code, and a code is a group"
    paths = {tuple(codes) for codes in known.codes_IL[:, depth:].tolist()}
    assert (len(paths) > GROUPS) == (depth > 1), "further codes name what the first one left"
    assert np.square(known.features_IF).mean(axis=1) == pytest.approx(1.0, rel=1e-4)


def test_opinions_are_joined_as_their_weights_say(
    lesson: Lesson, tests: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, sizes = SMALL.known(lesson, seed=0)
    recommender = train(
        [ours._viewer(sequence, known) for sequence in lesson.sequences],
        sizes,
        codebook="items",
        format=Format(),
        config=SMALL.config,
        seed=0,
        known=known,
    )
    batch = list(tests.histories[:5])
    opinions = Opinions(recommender, known, width=3)
    sid_BI, dense_BI = Ranking(recommender.model, width=3)(opinions._readings(batch))
    assert np.isneginf(opinions.sid(batch)).any(), "a narrow beam does not come to all"
    assert opinions.dense(batch) == pytest.approx(dense_BI.numpy(), abs=1e-3)
    for weight in (0.0, 2.0):
        brute_BI = np.maximum(sid_BI.numpy(), ours.NEVER) + weight * dense_BI.numpy()
        assert opinions.joined(weight)(batch) == pytest.approx(brute_BI, abs=1e-3)
    asked: list[int] = []
    monkeypatch.setattr(opinions, "_ranking", _counting(opinions._ranking, asked))
    monkeypatch.setattr(ours, "BATCH", 2)
    assert opinions.sid(batch[::-1]) == pytest.approx(sid_BI.numpy()[::-1], abs=1e-3)
    opinions.joined(1.0)(batch[::-1])
    assert asked == [2, 2, 1, 2, 2, 1], "a batch is asked about once for as long as it is the same"


def _counting(ranking: Ranking, asked: list[int]) -> Callable[..., tuple[torch.Tensor, ...]]:
    def counted(readings: Sequence[Reading]) -> tuple[torch.Tensor, ...]:
        asked.append(len(readings))
        return ranking(readings)

    return counted


def test_what_nobody_took_has_a_place_among_those_that_are_alike(lesson: Lesson) -> None:
    """Its codes, its company and its scores come from its words: it is never last for being new."""
    new = (5, 6, 7)
    left = tuple(s[~np.isin(s, new)] for s in lesson.sequences)
    asked = dataclasses.replace(
        lesson, sequences=left, checks=None, chosen={"weight": 1.0, "hearing": 1.5}
    )
    known, _ = SMALL.known(asked, seed=0)
    for item in new:
        alike = {
            tuple(known.codes_IL[other]) for other in range(NUM_ITEMS) if other % 4 == item % 4
        }
        assert tuple(known.codes_IL[item]) in alike
    histories = [np.array([group(item) + 12, group(item) + 16], np.int32) for item in new]
    for name, scorer in fitted(SMALL, asked).scorers.items():
        for row, item in zip(scorer(histories), new, strict=True):
            others = [other for other in range(NUM_ITEMS) if group(other) != group(item)]
            assert row[item] > np.median(row[others]), name


def test_a_history_of_nothing_still_has_scores(lesson: Lesson) -> None:
    """Where items were taken out, nothing may be left of somebody's."""
    found = fitted(SMALL, lesson)
    nothing = [np.array([], np.int32), np.array([3], np.int32)]
    for scores_BI in scores(found.scorers, Cases(tuple(nothing), np.array([1, 2]))).values():
        assert not np.isnan(scores_BI).any()
