"""SASRec and the pointwise ranker: they learn the ring, look at no future, repeat by seed."""

import numpy as np
import pytest
import torch
from contests import NUM_ITEMS, Forgetful, asked, fitted, ring

from reelwright.leaderboard.contender import Lesson
from reelwright.leaderboard.pointwise import Pointwise, words_of
from reelwright.leaderboard.protocol import everything, held, removed
from reelwright.leaderboard.sasrec import SasRec, Transformer
from reelwright.leaderboard.sequences import Features
from reelwright.progress import silent

SMALL = SasRec(width=16, layers=1, shared=16, negatives=4, batch=16, rate=0.01, epochs=20)
SMALL_POINTWISE = Pointwise(
    width=16, negatives=8, batch=128, rate=0.02, epochs=40, patience=10, dropout=0.0
)


@pytest.mark.parametrize("contender", [SMALL, SMALL_POINTWISE], ids=lambda one: one.name)
def test_it_learns_what_comes_next(contender: SasRec | Pointwise) -> None:
    assert asked(contender, ring())["recall_at_5"] > 0.9


@pytest.mark.parametrize("contender", [SMALL, SMALL_POINTWISE], ids=lambda one: one.name)
def test_a_seed_repeats_itself_and_another_differs(contender: SasRec | Pointwise) -> None:
    split = held(ring())
    history = split.tests.histories[:3]
    lesson = everything(ring(), {"epochs": 2}).lesson
    one, same, other = (
        fitted(contender, lesson, seed).scorers[contender.name](history) for seed in (0, 0, 1)
    )
    assert (one == same).all()
    assert (one != other).any()


def test_a_place_sees_nothing_after_it_and_padding_changes_nothing() -> None:
    torch.manual_seed(0)
    model = Transformer(NUM_ITEMS, SMALL).eval()
    items_BT = torch.tensor([[1, 2, 3, 4], [1, 2, 3, NUM_ITEMS]])
    with torch.inference_mode():
        states = model.states(items_BT)
        alone = model.states(items_BT[:1, :3])
    assert torch.allclose(states[0, :3], states[1, :3], atol=1e-6)
    assert torch.allclose(states[0, :3], alone[0], atol=1e-6)


def test_all_places_are_learned_from_once_an_epoch_with_little_padding() -> None:
    lesson = held(ring()).lesson
    seen, cells = [], 0
    for batch in SMALL.batches(lesson, np.random.default_rng(0)):
        true = batch.items_BT != NUM_ITEMS
        assert int(true.sum()) == len(batch.target_N) == len(batch.negative_NK)
        before = batch.items_BT[true]
        assert ((before + 1) % NUM_ITEMS == batch.target_N).all()
        seen += batch.target_N.tolist()
        cells += true.numel()
    assert sorted(seen) == sorted(item for s in lesson.sequences for item in s[1:].tolist())
    assert len(seen) > 0.8 * cells


def test_the_loss_is_a_softmax_over_the_target_and_what_was_drawn() -> None:
    torch.manual_seed(0)
    model = Transformer(NUM_ITEMS, SMALL).eval()
    batch = next(iter(SMALL.batches(held(ring()).lesson, np.random.default_rng(0))))
    state_ND = model.states(batch.items_BT)[batch.items_BT != NUM_ITEMS]
    table = model.items.weight
    losses = []
    for state, target, drawn in zip(state_ND, batch.target_N, batch.negative_NK, strict=True):
        others = [i for i in (*drawn.tolist(), *batch.shared_S.tolist()) if i != int(target)]
        logits = torch.stack([state @ table[i] for i in (int(target), *others)])
        losses.append(-torch.log_softmax(logits, 0)[0])
    assert float(model.loss(batch).detach()) == pytest.approx(
        float(torch.stack(losses).mean().detach()), rel=1e-5
    )


def test_validation_says_when_to_stop_and_the_best_epoch_counts() -> None:
    keep = Forgetful()
    found = SMALL.fit(held(ring()).lesson, seed=0, keep=keep, progress=silent)
    curve = [(value, epoch) for what, value, epoch in keep.curve if what.startswith("validation")]
    best, first = max((value, -epoch) for value, epoch in curve)
    assert found.chosen == {"epochs": -first}
    assert curve[-1][1] <= -first + SMALL.patience
    assert best > 0.5


def test_attributes_let_the_pointwise_ranker_judge_what_nobody_has_taken() -> None:
    """Viewers keep to one third of the items; half of the answers are items never trained on."""
    rng = np.random.default_rng(0)
    thirds = [np.arange(NUM_ITEMS)[np.arange(NUM_ITEMS) % 3 == third] for third in range(3)]
    data = ring()
    taken = {f"u{user}": rng.permutation(thirds[user % 3])[:6].tolist() for user in range(200)}
    data = type(data)(
        name="thirds",
        users=tuple(taken),
        ids=data.ids,
        items=np.concatenate([np.array(rows, dtype=np.int32) for rows in taken.values()]),
        first=np.arange(201, dtype=np.int64) * 6,
        features=data.features,
    )
    split = removed(data, share=0.3, seed=0)
    scores = fitted(SMALL_POINTWISE, split.lesson).scorers["pointwise"](split.tests.histories)
    cold = np.flatnonzero(split.unseen)
    own = [
        scores[row, target] - scores[row, cold[cold % 3 != target % 3]].mean()
        for row, target in enumerate(split.tests.targets)
    ]
    assert np.mean(np.array(own) > 0) > 0.8


def test_words_that_one_item_alone_has_are_no_features_and_their_order_is_no_chance() -> None:
    flat, first, count = words_of(
        [Features("d b z", ("a",)), Features("B d", ("c",)), Features("c", (), ("a", "y"))]
    )
    assert count == 4
    assert first.tolist() == [0, 3, 6]
    assert flat.tolist() == [0, 1, 3, 1, 2, 3, 0, 2]


def test_a_lesson_without_anything_to_learn_ends_in_scores() -> None:
    one = Lesson((np.array([1], dtype=np.int32),), 3, (Features("x"),) * 3, None, {"epochs": 1})
    for contender in (SMALL, SMALL_POINTWISE):
        scores = fitted(contender, one).scorers[contender.name]([np.array([1], dtype=np.int32)])
        assert scores.shape == (1, 3)
