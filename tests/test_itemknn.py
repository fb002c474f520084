"""Popularity and item-kNN: counted like brute force, and what validation picks is kept."""

import numpy as np
import pytest
from contests import NUM_ITEMS, asked, fitted, ring

from reelwright.leaderboard.itemknn import COSINE, ItemKnn, Norm
from reelwright.leaderboard.popularity import Popularity
from reelwright.leaderboard.protocol import everything, held
from reelwright.recommender.company import BACK, FADE, STEPS, closeness


def test_closeness_is_what_every_pair_of_every_sequence_adds_up_to() -> None:
    sequences = [data for data in held(ring(40)).lesson.sequences]
    brute = np.zeros((NUM_ITEMS, NUM_ITEMS))
    for sequence in sequences:
        for here, item in enumerate(sequence):
            for there, other in enumerate(sequence):
                apart = there - here
                if item != other and 0 < abs(apart) <= STEPS:
                    brute[item, other] += (1.0 if apart > 0 else BACK) / abs(apart)
    assert closeness(sequences, NUM_ITEMS).toarray() == pytest.approx(brute, rel=1e-5)


def test_scores_are_the_votes_of_the_last_items_over_the_norm() -> None:
    split = held(ring(40))
    norm = Norm(0.5, 0.2, 1.0)
    scorer = fitted(ItemKnn(norms=(norm,)), split.lesson).scorers["itemknn"]
    close = closeness(split.lesson.sequences, NUM_ITEMS).toarray()
    counts = np.bincount(np.concatenate(split.lesson.sequences), minlength=NUM_ITEMS).clip(1)
    history = split.tests.histories[0]
    brute = np.zeros(NUM_ITEMS)
    for back, item in enumerate(history[::-1][:STEPS]):
        brute += FADE**back * close[item] / (counts[item] ** 0.5 * counts**0.2 + 1.0)
    assert scorer([history])[0] == pytest.approx(brute, rel=1e-4)


def test_neighbours_find_what_popularity_does_not() -> None:
    data = ring()
    assert asked(ItemKnn(), data)["recall_at_5"] > 0.95
    assert asked(Popularity(), data)["recall_at_5"] < 0.5


def test_without_validation_the_norm_is_the_one_that_was_chosen_before() -> None:
    data = ring()
    chosen = fitted(ItemKnn(), held(data).lesson).chosen
    assert Norm(**chosen) in COSINE
    again = fitted(ItemKnn(), everything(data, {"own": 0.1, "other": 0.2, "shrink": 3.0}).lesson)
    assert again.chosen == {"own": 0.1, "other": 0.2, "shrink": 3.0}


def test_popularity_counts_what_was_trained_on() -> None:
    split = held(ring())
    counts = np.bincount(np.concatenate(split.lesson.sequences), minlength=NUM_ITEMS)
    scores = fitted(Popularity(), split.lesson).scorers["popularity"](split.tests.histories[:2])
    assert scores.tolist() == [counts.tolist()] * 2
