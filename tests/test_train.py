"""Learning from histories: what is a target, what is repeatable, and when it stops."""

import dataclasses

import numpy as np
import planted
import pytest
import torch

from reelwright.config import RecommenderConfig
from reelwright.domain import Deed, EventKind, Format, SemanticId, Viewer
from reelwright.errors import ReelwrightError
from reelwright.recommender import train as training
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
