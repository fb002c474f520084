"""RecTools' SASRec as a contender. Skipped where RecTools is not installed."""

import dataclasses
import warnings

import numpy as np
import pytest
from contests import NUM_ITEMS, asked, fitted, ring

from reelwright.leaderboard.protocol import everything, held, removed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("rectools.models", reason="RecTools is not installed", exc_type=ImportError)
    from reelwright.leaderboard.rectools_sasrec import RecToolsSasRec, Theirs

SMALL = RecToolsSasRec(
    width=16, layers=1, heads=2, length=10, negatives=8, batch=16, rate=0.01, epochs=12
)


def test_it_learns_what_comes_next() -> None:
    assert asked(SMALL, ring())["recall_at_5"] > 0.9


def test_a_seed_repeats_itself() -> None:
    lesson = everything(ring(), {"epochs": 2}).lesson
    history = held(ring()).tests.histories[:3]
    one, same, other = (
        fitted(SMALL, lesson, seed).scorers[SMALL.name](history) for seed in (0, 0, 1)
    )
    assert (one == same).all()
    assert (one != other).any()


def test_what_it_was_not_trained_on_comes_last() -> None:
    split = removed(ring(), share=0.2, seed=0)
    scores = fitted(SMALL, split.lesson).scorers[SMALL.name](split.tests.histories)
    assert scores.shape == (len(split.tests), NUM_ITEMS)
    assert (np.isneginf(scores) == split.unseen).all()


def test_leaving_padding_out_changes_nothing_of_their_loss() -> None:
    theirs = Theirs(dataclasses.replace(SMALL, dropout=0.0), held(ring()).lesson)
    for batch in theirs.batches():
        logits = theirs.module.get_batch_logits(batch)
        whole = theirs.module.loss_calculator(logits, batch["y"], batch["yw"])
        assert float(theirs.loss(batch)) == pytest.approx(float(whole), rel=1e-5)
