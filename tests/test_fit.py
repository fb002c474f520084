"""Teaching: it learns, it may be stopped at any state, and the long beginning costs it nothing."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from tiny_llama import WORDS, tiny
from torch.nn.functional import cross_entropy

from reelwright.learning.lora import adapters
from reelwright.tuning.fit import Course, attach, drawn, fit, loss_of, rate, surprise
from reelwright.tuning.lessons import Lesson
from reelwright.tuning.llama import Llama

BEGINNING = tuple(int(token) for token in np.random.default_rng(0).integers(3, len(WORDS), 40))
COURSE_LONG = Course(steps=60, batch=3, rank=4, learning_rate=0.02, warm_up=3, refresh=3, blocks=3)
COURSE = Course(steps=12, batch=2, rank=4, learning_rate=0.02, warm_up=3, refresh=3, blocks=3)


def some_lessons(count: int = 6) -> list[Lesson]:
    """Each begins with a token of its own, and has that one said again after a mark."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(count):
        own = int(rng.integers(3, len(WORDS)))
        middle = tuple(int(token) for token in rng.integers(3, len(WORDS), int(rng.integers(2, 7))))
        found.append(Lesson((own, *middle, 1, own, 2), (False,) * (len(middle) + 2) + (True, True)))
    return found


class Drawer:
    """States in memory; pulls the plug after so many of them."""

    def __init__(self, *, most: int | None = None) -> None:
        self.states: list[Mapping[str, Any]] = []
        self.most = most
        self.noted: list[tuple[str, float, int]] = []

    def save(self, state: Mapping[str, Any]) -> None:
        self.states.append(state)
        if self.most is not None and len(self.states) >= self.most:
            raise KeyboardInterrupt

    def load(self) -> dict[str, Any] | None:
        return dict(self.states[-1]) if self.states else None

    def note(self, name: str, value: float, step: int) -> None:
        self.noted.append((name, value, step))


def taught_adapter(model: Llama, course: Course, *, seed: int, keep: Drawer) -> list[float]:
    """A fresh adapter of a model, taught some lessons."""
    learned = attach(model, course, seed=seed)
    return fit(model, BEGINNING, some_lessons(), course, learned=learned, seed=seed, keep=keep)


def weights(model: torch.nn.Module) -> list[torch.Tensor]:
    return [part.detach() for _, one in adapters(model) for part in (one.down_RI, one.up_OR)]


def test_what_is_taught_is_learned() -> None:
    model, taught = tiny(), some_lessons()
    before = surprise(model, BEGINNING, taught)
    losses = taught_adapter(model, COURSE_LONG, seed=1, keep=Drawer())
    assert len(losses) == COURSE_LONG.steps
    assert surprise(model, BEGINNING, taught) < before / 3


@pytest.mark.parametrize("states", [1, 2, 4])  # the last one is that of the end
def test_a_training_that_is_stopped_goes_on_to_the_very_same_end(states: int) -> None:
    whole, halves, drawer = tiny(), tiny(), Drawer(most=states)
    losses = taught_adapter(whole, COURSE, seed=3, keep=Drawer())
    with pytest.raises(KeyboardInterrupt):
        taught_adapter(tiny(), COURSE, seed=3, keep=drawer)
    drawer.most = None
    assert taught_adapter(halves, COURSE, seed=3, keep=drawer) == losses
    for one, other in zip(weights(whole), weights(halves), strict=True):
        assert torch.equal(one, other)


def test_only_the_topmost_blocks_are_taught() -> None:
    model = tiny()
    attach(model, Course(blocks=2), seed=1)
    assert {name.split(".")[1] for name, _ in adapters(model)} == {"1", "2"}
    assert len(weights(model)) == 2 * 7 * 2


def test_a_fresh_adapter_says_nothing() -> None:
    model, taught = tiny(), some_lessons()
    plain = surprise(model, BEGINNING, taught)
    attach(model, COURSE, seed=1)
    assert surprise(model, BEGINNING, taught) == pytest.approx(plain)


def test_the_loss_is_that_of_the_whole_conversation_at_its_taught_tokens() -> None:
    model, taught = tiny(), some_lessons()
    found = loss_of(model, model.read(BEGINNING), taught)
    total, count = 0.0, 0
    for lesson in taught:  # the slow twin: one at a time, beginning and all, every word computed
        tokens = torch.tensor([[*BEGINNING, *lesson.tokens]])
        logits = model.logits(model(tokens))[0]
        for place, is_taught in enumerate(lesson.is_taught):
            if is_taught:
                at = len(BEGINNING) + place
                total += float(cross_entropy(logits[at - 1], tokens[0, at]))
                count += 1
    assert float(found) == pytest.approx(total / count, rel=1e-4)
    assert surprise(model, BEGINNING, taught) == pytest.approx(total / count, rel=1e-4)


def test_no_gradient_reaches_the_beginning_and_the_adapters_get_one() -> None:
    model = tiny()
    learned = attach(model, COURSE, seed=1)
    before = model.read(BEGINNING)
    assert not any(part.requires_grad for pair in before for part in pair)
    loss_of(model, before, some_lessons()).backward()  # type: ignore[no-untyped-call]
    assert all(weight.grad is not None for weight in learned)


def test_all_lessons_are_drawn_once_before_any_comes_again() -> None:
    places = [place for step in range(15) for place in drawn(10, 4, step, 5)]
    for turn in range(6):
        assert sorted(places[10 * turn : 10 * (turn + 1)]) == list(range(10))
    assert places[:10] != places[10:20]


def test_the_rate_rises_in_a_line_and_falls_to_nothing() -> None:
    rates = [rate(COURSE, step) for step in range(COURSE.steps)]
    assert rates[:3] == pytest.approx([0.02 / 3, 0.04 / 3, 0.02])
    assert rates[3] == 0.02
    assert all(later < earlier for earlier, later in itertools.pairwise(rates[3:]))
    assert rates[-1] < 0.002
