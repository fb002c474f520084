"""Learning from histories: what is a target, what is repeatable, and when it stops."""

import dataclasses
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import planted
import pytest
import torch
from torch import Tensor

from reelwright.config import RecommenderConfig
from reelwright.domain import Deed, EventKind, Format, SemanticId, Viewer
from reelwright.errors import ReelwrightError
from reelwright.recommender import train as training
from reelwright.recommender.known import Known
from reelwright.recommender.model import Model
from reelwright.recommender.recommender import Recommender
from reelwright.recommender.train import train

BRIEF = dataclasses.replace(planted.SMALL, epochs=2)


def learn(
    viewers: tuple[Viewer, ...], *, seed: int = 1, config: RecommenderConfig = BRIEF
) -> Recommender:
    return train(viewers, planted.SIZES, codebook="c", format=Format(), config=config, seed=seed)


def test_the_same_seed_gives_the_same_model_and_leaves_torch_as_it_was() -> None:
    some = planted.viewers()[:20]
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    one, same, other = learn(some), learn(some), learn(some, seed=2)
    assert torch.equal(state, torch.get_rng_state())
    assert threads == torch.get_num_threads()
    assert one.to_bytes() == same.to_bytes() != other.to_bytes()


def test_targets_are_liked_videos_that_were_not_met_before() -> None:
    sid = SemanticId((1, 1), (1, 1))
    acts = [("a", 1.0), ("b", -1.0), ("a", 2.0), ("c", 9.0), ("b", 1.0), ("d", 0.0), ("e", 0.5)]
    history = tuple(
        Deed(video, sid, EventKind.PLAY, weight, float(at_s))
        for at_s, (video, weight) in enumerate(acts)
    )
    lesson = training._lesson(Viewer(id="u", history=history), BRIEF, planted.SIZES)
    assert lesson.places == (0, 3, 6)
    assert lesson.worths == (1.0, training.WORTH_AT_MOST, 0.5)
    late = training._lesson(
        Viewer(id="u", history=history), dataclasses.replace(BRIEF, history=5), planted.SIZES
    )
    assert late.places == (1, 4), "what was met before the window is known all the same"


def test_what_tells_when_to_stop_is_never_trained_on() -> None:
    """A last target of a code that occurs nowhere else stays as unlikely as any such code."""
    some = planted.viewers()[:20]
    rare = SemanticId((planted.CONTENTS - 1, 0), (0, 0))
    plain = tuple(
        dataclasses.replace(
            viewer, history=tuple(d for d in viewer.history if d.sid.content[0] != rare.content[0])
        )
        for viewer in some
    )
    ended = tuple(
        dataclasses.replace(
            viewer, history=(*viewer.history, Deed("rare", rare, EventKind.LIKE, 1.0, 1e6))
        )
        for viewer in plain
    )
    popular = [
        learn(viewers, config=dataclasses.replace(BRIEF, epochs=1)).model.popular[0][-1].item()
        for viewers in (plain, ended)
    ]
    assert popular[0] == pytest.approx(popular[1], abs=0.2)


def test_training_stops_when_validation_does_not_get_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losses = iter([3.0, 2.0, 2.5, 2.5, 1.0])
    monkeypatch.setattr(training, "_held_out_loss", lambda *_: next(losses))
    told: list[tuple[int, int]] = []
    train(
        planted.viewers()[:20],
        planted.SIZES,
        codebook="c",
        format=Format(),
        config=dataclasses.replace(BRIEF, epochs=9, patience=2),
        seed=1,
        progress=lambda what, done, total: told.append((done, total)),
    )
    assert told == [(0, 9), (1, 9), (2, 9), (3, 9), (9, 9)]


def test_viewers_who_liked_nothing_cannot_be_learned_from() -> None:
    with pytest.raises(ReelwrightError, match="None of 1 viewers liked a video"):
        learn((Viewer(id="u"),))


def test_forgetting_leaves_each_viewer_another_share() -> None:
    keep_BT = training._kept((2000, 30), 0.3, np.random.default_rng(0)).float()
    assert float(keep_BT.mean()) == pytest.approx(0.7 * (1 - training.FORGET_ALL), abs=0.02)
    gone = float((keep_BT.sum(1) == 0).float().mean())
    assert gone == pytest.approx(training.FORGET_ALL, abs=0.02)


class Mortal:
    """Keeps what it is given on a disk of its own, and dies after so many epochs."""

    def __init__(self, epochs: int = 99) -> None:
        self.epochs = epochs
        self.kept: list[bytes] = []

    def save(self, state: Mapping[str, Any]) -> None:
        payload = io.BytesIO()
        torch.save(dict(state), payload)
        self.kept.append(payload.getvalue())
        if len(self.kept) == self.epochs:
            raise KeyboardInterrupt

    def load(self) -> dict[str, Any] | None:
        if not self.kept:
            return None
        state: dict[str, Any] = torch.load(io.BytesIO(self.kept[-1]), weights_only=True)
        return state


TINY = dataclasses.replace(planted.SMALL, dim=16, epochs=4, batch=8, dense=0.5)
FEW = planted.viewers()[:20]


@cache
def known() -> Known:
    """Every second planted video."""
    rng = np.random.default_rng(0)
    sids = dict(list(planted.videos().items())[::2])
    return Known.of(sids, {video: rng.normal(size=3).astype(np.float32) for video in sids})


def learn_of(config: RecommenderConfig, keep: training.Keep = training.NOWHERE) -> Model:
    return train(
        FEW,
        planted.SIZES,
        codebook="c",
        format=Format(),
        config=config,
        seed=1,
        known=known(),
        keep=keep,
    ).model


def alike(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    assert one.keys() == other.keys()
    return all(torch.equal(weight, other[name]) for name, weight in one.items())


@pytest.mark.parametrize(("patience", "negatives"), [(0, 0), (4, 0), (0, 9)])
def test_a_killed_training_goes_on_to_the_very_same_weights(patience: int, negatives: int) -> None:
    config = dataclasses.replace(TINY, patience=patience, negatives=negatives)
    whole = learn_of(config).state_dict()
    keep = Mortal(epochs=2)
    with pytest.raises(KeyboardInterrupt):
        learn_of(config, keep)
    keep.epochs = 99
    assert alike(whole, learn_of(config, keep).state_dict())
    assert len(keep.kept) == config.epochs, "no epoch was learned twice"
    assert alike(whole, learn_of(config, keep).state_dict()), "killed after the last epoch"
    assert not alike(whole, learn_of(dataclasses.replace(config, epochs=3)).state_dict())


def test_without_patience_the_last_epoch_counts_and_with_it_the_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = Mortal()
    learned = learn_of(dataclasses.replace(TINY, patience=0), last)
    state = last.load()
    assert state is not None
    assert state["epoch"] == TINY.epochs
    assert alike(learned.state_dict(), state["model"])
    losses = iter([2.0, 1.0, 3.0, 3.0])
    monkeypatch.setattr(training, "_held_out_loss", lambda *_: next(losses))
    best = Mortal()
    learned = learn_of(dataclasses.replace(TINY, patience=4), best)
    states = [torch.load(io.BytesIO(kept), weights_only=True)["model"] for kept in best.kept]
    assert [alike(learned.state_dict(), state) for state in states] == [False, True, False, False]


def test_a_pause_does_not_make_training_more_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    losses = iter([1.0, 2.0, 3.0])
    monkeypatch.setattr(training, "_held_out_loss", lambda *_: next(losses))
    config, keep = dataclasses.replace(TINY, patience=2), Mortal(epochs=2)
    with pytest.raises(KeyboardInterrupt):
        learn_of(config, keep)
    keep.epochs = 99
    learn_of(config, keep)
    assert len(keep.kept) == 3, "one epoch without getting better before it, one after it"


def test_without_patience_the_last_target_is_learned_from_too() -> None:
    """A code that all histories end with, and none has before, is then no rare one."""
    rare = SemanticId((planted.CONTENTS - 1, 0), (0, 0))
    ended = []
    for viewer in FEW:
        before = [deed for deed in viewer.history if deed.sid.content[0] != rare.content[0]]
        history = (*before, Deed("rare", rare, EventKind.LIKE, 1.0, 1e6))
        ended.append(dataclasses.replace(viewer, history=history))
    popular = [
        learn(tuple(ended), config=dataclasses.replace(BRIEF, epochs=1, patience=patience))
        .model.popular[0][-1]
        .item()
        for patience in (0, 1)
    ]
    assert popular[0] > popular[1] + 1.0


def test_what_strangers_see_may_be_left_to_others() -> None:
    liked = next(viewer for viewer in FEW if viewer.history[0].weight > 0)
    places = training._lesson(liked, TINY, planted.SIZES).places
    config = dataclasses.replace(TINY, strangers=False)
    assert places[0] == 0
    assert training._lesson(liked, config, planted.SIZES).places == places[1:]


@pytest.fixture(scope="module")
def knowing() -> Model:
    """It thinks something of each video."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Model(planted.SIZES, TINY, known()).eval()
        for parameter in (*model.own.parameters(), model.popular_video, model.twig_popular[0]):
            parameter.data += torch.randn(parameter.shape)
    return model


# Of five targets one is not known, and two are the same.
TARGETS = torch.tensor([7, 0, 31, 7, 60])
WORTHS = torch.tensor([1.0, 9.0, 2.0, 0.5, 3.0])


@pytest.mark.parametrize("negatives", [0, 1, 20, 59, 60, 500])
def test_the_dense_loss_is_a_softmax_over_the_targets_and_what_was_drawn(
    knowing: Model, negatives: int
) -> None:
    config = dataclasses.replace(TINY, negatives=negatives)
    state_ND = torch.randn(5, knowing.dim, generator=torch.Generator().manual_seed(2))
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(5)
        loss = training._dense_loss(knowing, state_ND, TARGETS, WORTHS, config)
        torch.manual_seed(5)
        drawn = 1 + torch.randperm(len(known()))
    if 0 < negatives < len(known()):
        drawn = drawn[:negatives]
    among = sorted({*drawn.tolist(), *TARGETS[TARGETS > 0].tolist()})
    brute = 0.0
    with torch.inference_mode():
        for state_D, target, worth in zip(state_ND, TARGETS.tolist(), WORTHS, strict=True):
            if target:
                asked_D = knowing.dense_norm(state_D)
                told = knowing.videos()[among] @ asked_D + knowing.popular_video[among]
                brute -= float(worth * told.log_softmax(-1)[among.index(target)])
    assert float(loss) == pytest.approx(brute, rel=1e-4)


@pytest.mark.parametrize("knows", [False, True])
def test_halves_are_near_the_whole_and_left_alone_where_the_processor_knows_none(
    knowing: Model, knows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "multiplies_halves", lambda: knows)
    state_ND = torch.randn(5, knowing.dim, generator=torch.Generator().manual_seed(2))
    losses = [
        float(
            training._dense_loss(
                knowing, state_ND, TARGETS, WORTHS, dataclasses.replace(TINY, halves=halves)
            ).detach()
        )
        for halves in (False, True)
    ]
    assert (losses[0] != losses[1]) == knows
    assert losses[1] == pytest.approx(losses[0], rel=0.02)


def test_the_last_loss_tells_apart_the_videos_with_the_same_codes(knowing: Model) -> None:
    alike = Known(known().ids, known().codes_IL // planted.CONTENTS, known().features_IF)
    assert len(np.unique(alike.codes_IL, axis=0)) == 1, "all have the same codes"
    model = Model(planted.SIZES, TINY, alike).eval()
    model.load_state_dict({**model.state_dict(), "own.weight": knowing.own.weight})
    x_ND = torch.randn(5, model.dim, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        loss = training._which_loss(model, x_ND, TARGETS, WORTHS)
        told_NI = (x_ND @ model.of_their_own(torch.arange(61)).T)[:, 1:].log_softmax(-1)
        brute = -sum(
            worth * told_NI[place, target - 1]
            for place, (target, worth) in enumerate(zip(TARGETS, WORTHS, strict=True))
            if target
        )
        assert float(loss) == pytest.approx(float(brute), rel=1e-4)
        nothing = torch.zeros(5, dtype=torch.long)
        assert float(training._which_loss(model, x_ND, nothing, WORTHS)) == 0


def test_learning_tells_videos_with_the_same_codes_apart() -> None:
    """Everybody likes one of two videos of one semantic ID, and what stands for nothing stays."""
    sid, other = SemanticId((1, 1), (1, 1)), SemanticId((2, 0), (3, 1))
    history = tuple(
        Deed(video, sid if video != "c" else other, EventKind.LIKE, 1.0, float(at_s))
        for at_s, video in enumerate("ca")
    )
    learned = train(
        [Viewer(id=str(number), history=history) for number in range(8)],
        planted.SIZES,
        codebook="c",
        format=Format(),
        config=dataclasses.replace(TINY, epochs=8, patience=0, forget=0.0),
        seed=1,
        known=Known.of({"a": sid, "b": sid, "c": other}, {}),
    )
    for video, codes in (("a", sid), ("b", sid), ("c", other)):
        learned.add(video, codes)
    asked = Viewer(id="u", history=history[:1])
    found = dict(learned.within(asked, count=3))
    assert found["a"] > 2 * found["b"]
    assert not learned.model.videos()[0].any()
    assert not learned.model.own.weight[0].any()
    assert all(not popular[0] for popular in learned.model.twig_popular)


@pytest.mark.parametrize("liked", [["a", "c"], []], ids=["some", "none"])
def test_what_nobody_liked_is_no_negative_and_begins_as_popular_as_the_least_liked(
    liked: list[str],
) -> None:
    """Before all others they liked one that is not known; of b, which is, nothing is heard."""
    sids = {name: SemanticId((1, 1), (1, number)) for number, name in enumerate("abc")}
    history = tuple(
        Deed(video, sids.get(video, SemanticId((2, 0), (3, 1))), EventKind.LIKE, 1.0, float(at_s))
        for at_s, video in enumerate(["x", *(liked or "y")])
    )
    learned = train(
        [Viewer(id=str(number), history=history) for number in range(8)],
        planted.SIZES,
        codebook="c",
        format=Format(),
        config=dataclasses.replace(TINY, epochs=4, patience=0, forget=0.0, dense=1.0),
        seed=1,
        known=Known.of(sids, {}, [liked] * 8),
    ).model
    popular, own = learned.popular_video, learned.own.weight
    assert not own[2].any(), "nothing was learned of b"
    assert popular[2].item() == pytest.approx(popular[[1, 3]].mean().item())
    assert own[1].any() == own[3].any() == bool(liked)
