"""Teaching the language model: an adapter, or what makes soft tokens, learns from the teacher.

What all conversations begin with is long and always the same. Its keys and values are computed once
with the adapter as it is, without gradient, and anew every `refresh` steps; a step then costs only
what is new in each conversation. What is foretold is exact but for the age of those keys, at most
`refresh` steps; no gradient flows through them, so that the adapter learns to use what stands there
and not to read it otherwise.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from reelwright.learning import lora
from reelwright.progress import Progress, silent
from reelwright.tuning.lessons import NOTHING, Lesson, batched
from reelwright.tuning.llama import TARGETS, Before, Llama
from reelwright.tuning.soft import Project, embedded


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How an adapter is taught."""

    steps: int = 240
    batch: int = 1  # conversations a step
    rank: int = 8
    alpha: float = 16.0
    blocks: int = 30  # that are taught, from the top: those below cost no way back
    learning_rate: float = 1e-3  # at its highest
    warm_up: int = 10  # steps until then; it falls to nothing at the end
    clip: float = 1.0  # the longest a gradient may be
    refresh: int = 10  # steps for which the beginning's keys and values stand; states are kept then
    sparing: bool = False  # a third more time for a fraction of the memory


class Keeper(Protocol):
    """Where the states of a training are kept."""

    def save(self, state: Mapping[str, Any]) -> None: ...

    def load(self) -> dict[str, Any] | None: ...

    def note(self, name: str, value: float, step: int) -> None: ...


def fit(
    model: Llama,
    beginning: Sequence[int],
    taught: Sequence[Lesson],
    course: Course,
    *,
    learned: Sequence[nn.Parameter],
    seed: int,
    keep: Keeper,
    project: Project | None = None,
    progress: Progress = silent,
) -> list[float]:
    """Teach what is `learned`, a part of `model` or of `project`, in place; the loss of each step.

    A state is kept whenever the beginning is read anew, and at the end, so that a training that was
    killed goes on from there and ends with the very figures of one that was left in peace.
    """
    optimizer = AdamW(learned, lr=course.learning_rate, weight_decay=0.0)
    losses: list[float] = []
    if (kept := keep.load()) is not None:
        _restore(learned, optimizer, kept)
        losses = list(kept["losses"])
    before: Before = []
    begun = len(losses)
    for step in range(begun, course.steps):
        progress("teaching the language model", step, course.steps)
        if step % course.refresh == 0:
            if step > begun:
                keep.save(_state(learned, optimizer, losses))
            before = model.read(beginning)
        for group in optimizer.param_groups:
            group["lr"] = rate(course, step)
        chosen = [taught[place] for place in drawn(len(taught), course.batch, step, seed)]
        optimizer.zero_grad()
        loss = loss_of(model, before, chosen, sparing=course.sparing, project=project)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(list(learned), course.clip)
        optimizer.step()
        losses.append(loss.item())
        keep.note("loss", losses[-1], step + 1)
    if len(losses) > begun:
        keep.save(_state(learned, optimizer, losses))
    progress("teaching the language model", course.steps, course.steps)
    return losses


def attach(model: Llama, course: Course, *, seed: int) -> list[nn.Parameter]:
    """Put fresh adapters into the topmost blocks; what is learned."""
    model.requires_grad_(False)
    top = nn.ModuleList(list(model.blk)[-course.blocks :])
    chance = torch.Generator().manual_seed(seed)
    return lora.attach(top, rank=course.rank, alpha=course.alpha, rng=chance, targets=TARGETS)


def loss_of(
    model: Llama,
    before: Before,
    chosen: Sequence[Lesson],
    *,
    sparing: bool = False,
    project: Project | None = None,
) -> Tensor:
    """The mean surprise at a taught token."""
    tokens_BT, next_BT = batched(chosen)
    states_BTW = model.after(embedded(model, tokens_BT, chosen, project), before, sparing=sparing)
    is_asked_BT = next_BT != NOTHING  # the words cost as much as the blocks: only where they count
    return cross_entropy(model.logits(states_BTW[is_asked_BT]), next_BT[is_asked_BT])


@torch.no_grad()
def surprise(
    model: Llama,
    beginning: Sequence[int],
    held_out: Sequence[Lesson],
    *,
    project: Project | None = None,
    progress: Progress = silent,
) -> float:
    """The mean loss over all taught tokens of conversations that were not learned from."""
    before = model.read(beginning)
    total = 0.0
    for done, lesson in enumerate(held_out, start=1):
        total += loss_of(model, before, [lesson], project=project).item() * lesson.num_taught
        progress("measuring the loss", done, len(held_out))
    return total / sum(lesson.num_taught for lesson in held_out)


def rate(course: Course, step: int) -> float:
    """Up in a straight line, then down along half a cosine."""
    if step < course.warm_up:
        return course.learning_rate * (step + 1) / course.warm_up
    left = (step - course.warm_up) / max(1, course.steps - course.warm_up)
    return course.learning_rate * (1 + math.cos(math.pi * left)) / 2


def drawn(count: int, batch: int, step: int, seed: int) -> list[int]:
    """The places of a step: all of them once, in a shuffled order, before any comes again."""
    places = range(step * batch, (step + 1) * batch)
    return [
        int(np.random.default_rng([seed, place // count]).permutation(count)[place % count])
        for place in places
    ]


def _state(learned: Sequence[Tensor], optimizer: AdamW, losses: Sequence[float]) -> dict[str, Any]:
    return {
        "learned": [weight.detach().clone() for weight in learned],
        "optimizer": optimizer.state_dict(),
        "losses": list(losses),
    }


def _restore(learned: Sequence[Tensor], optimizer: AdamW, kept: Mapping[str, Any]) -> None:
    with torch.no_grad():
        for weight, before in zip(learned, kept["learned"], strict=True):
            weight.copy_(before)
    optimizer.load_state_dict(kept["optimizer"])
