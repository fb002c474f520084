"""Teaches the recommender from histories: at every place of each, the next liked video's codes.

Shapes: B viewers, T deeds, Q targets, L levels, D width of the model, V codes of one level.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from reelwright.config import RecommenderConfig
from reelwright.domain import Format, Viewer
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress, silent
from reelwright.recommender.context import Batch, Reading, read, side_by_side
from reelwright.recommender.model import Model
from reelwright.recommender.recommender import Recommender

WHAT = "training the recommender"
ENOUGH = 3  # targets that a history must have for its last one to be kept for validation
FORGET_ALL = 0.05  # of the histories, so that the model learns what to show to strangers
FREE = 0.5  # of the targets teach the style alone, without their content
WORTH_AT_MOST = 3.0  # no single purchase shall outweigh a whole session
WARM_UP = 0.1  # of all steps
LAST_RATE = 0.05  # of the learning rate is left at the end
WEIGHT_DECAY = 0.05
WIDE = 256  # models narrower than this lose by every thread but the first


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One viewer, the places of their history where the next video was liked, and how much."""

    reading: Reading
    places: tuple[int, ...]
    worths: tuple[float, ...]

    def only(self, chosen: slice) -> "Lesson":
        return Lesson(self.reading, self.places[chosen], self.worths[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Several side by side; a target that is padding is worth nothing."""

    batch: Batch
    place_BQ: Tensor
    worth_BQ: Tensor

    @property
    def codes_BQL(self) -> Tensor:
        return torch.take_along_dim(self.batch.codes_BTL, self.place_BQ[:, :, None], dim=1)


def train(
    histories: Sequence[Viewer],
    sizes: tuple[int, ...],
    *,
    codebook: str,
    format: Format,
    config: RecommenderConfig,
    seed: int,
    progress: Progress = silent,
) -> Recommender:
    """A recommender that knows these histories, and no videos yet.

    `sizes` are the codes in use at each level, content before creative. The last target of a
    history is never trained on: it tells when to stop. The same seed gives the same model on the
    same machine; torch's own random state is left as it was.
    """
    lessons = [_lesson(viewer, config.history, sizes) for viewer in histories]
    checks = [lesson.only(slice(-1, None)) for lesson in lessons if len(lesson.places) >= ENOUGH]
    lessons = [
        lesson.only(slice(-1)) if len(lesson.places) >= ENOUGH else lesson for lesson in lessons
    ]
    lessons = [lesson for lesson in lessons if lesson.places]
    if not lessons:
        raise ReelwrightError(
            f"None of {len(histories)} viewers liked a video after another.",
            hint="Take in events first: plays to the end, likes, shares.",
        )
    with _own_chance(seed), _few_threads(config):
        model = Model(sizes, config)
        _start_from_popularity(model, lessons)
        _fit(model, lessons, checks or lessons, config, np.random.default_rng(seed), progress)
    return Recommender(model, codebook=codebook, format=format, config=config)


def _lesson(viewer: Viewer, history: int, sizes: tuple[int, ...]) -> Lesson:
    """A target is a liked video that they had not met before: seen ones are never shown again."""
    reading = read(viewer, history=history, depth=len(sizes))
    assert (reading.codes_TL < sizes).all(), f"{viewer.id} has codes beyond {sizes}"
    first = len(viewer.history) - len(reading)
    met = {deed.video for deed in viewer.history[:first]}
    places, worths = [], []
    for place, deed in enumerate(viewer.history[first:]):
        if deed.weight > 0 and deed.video not in met:
            places.append(place)
            worths.append(min(deed.weight, WORTH_AT_MOST))
        met.add(deed.video)
    return Lesson(reading, tuple(places), tuple(worths))


def _start_from_popularity(model: Model, lessons: Sequence[Lesson]) -> None:
    codes_TL = np.concatenate([lesson.reading.codes_TL[list(lesson.places)] for lesson in lessons])
    for level, size in enumerate(model.sizes):
        count_V = np.bincount(codes_TL[:, level], minlength=size) + 1.0
        logp_V = torch.from_numpy(np.log(count_V / count_V.sum()))
        model.popular[level].data.copy_(logp_V)


def _fit(
    model: Model,
    lessons: Sequence[Lesson],
    checks: Sequence[Lesson],
    config: RecommenderConfig,
    rng: np.random.Generator,
    progress: Progress,
) -> None:
    """Leaves in the model the weights of the epoch that foretold the `checks` best."""
    batches, held = list(_batches(lessons, config.batch)), list(_batches(checks, config.batch))
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, weight_decay=WEIGHT_DECAY, fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rate(config.epochs * len(batches)))
    best, best_loss, waited = copy.deepcopy(model.state_dict()), math.inf, 0
    for epoch in range(config.epochs):
        progress(WHAT, epoch, config.epochs)
        _learn(model.train(), batches, optimizer, schedule, config.forget, rng)
        loss = _held_out_loss(model.eval(), held)
        waited += 1
        if loss < best_loss:
            best, best_loss, waited = copy.deepcopy(model.state_dict()), loss, 0
        if waited == config.patience:
            break
    model.load_state_dict(best)
    progress(WHAT, config.epochs, config.epochs)


def _learn(
    model: Model,
    batches: Sequence[Lessons],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    forget: float,
    rng: np.random.Generator,
) -> None:
    """One epoch, the batches in a new order, each viewer with some deeds forgotten."""
    for number in rng.permutation(len(batches)):
        lessons = batches[number]
        free_BQ = torch.from_numpy(rng.random(lessons.place_BQ.shape) < FREE)
        keep_BT = _kept(lessons.batch.has_deed_BT.shape, forget, rng)
        loss = _loss(model, lessons, free_BQ, keep_BT) / lessons.worth_BQ.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()


@torch.inference_mode()
def _held_out_loss(model: Model, held: Sequence[Lessons]) -> float:
    """By target, in the mean over both ways to foretell a style."""
    loss, worth = 0.0, 0.0
    for lessons in held:
        for free in (False, True):
            free_BQ = torch.full(lessons.place_BQ.shape, free)
            loss += float(_loss(model, lessons, free_BQ, None))
            worth += float(lessons.worth_BQ.sum())
    return loss / worth


def _loss(model: Model, lessons: Lessons, free_BQ: Tensor, keep_BT: Tensor | None) -> Tensor:
    """The cross-entropy of all codes of all targets, each as often as it is worth."""
    codes_BQL, wanted_BQ = lessons.codes_BQL, lessons.worth_BQ > 0
    memory = model.read(lessons.batch, keep_BT)
    view = memory.view(lessons.place_BQ)
    x_BQLD = model.begin(memory, view) + _told(model, codes_BQL, free_BQ)
    x_BQLD = model.finish(x_BQLD, memory, view)
    loss = torch.zeros(())
    for level in range(len(model.sizes)):
        before_BQ1l = codes_BQL[:, :, None, :level]
        logits_BQ1V = model.logits(level, x_BQLD[:, :, level, None], before_BQ1l, memory, view)
        loss_N = F.cross_entropy(
            logits_BQ1V[:, :, 0][wanted_BQ], codes_BQL[..., level][wanted_BQ], reduction="none"
        )
        loss = loss + loss_N @ lessons.worth_BQ[wanted_BQ]
    return loss


def _told(model: Model, codes_BQL: Tensor, free_BQ: Tensor) -> Tensor:
    """(B, Q, L, D): what each level knows of the codes before it. The creative levels of targets
    that are `free` do not know the content."""
    half = len(model.sizes) // 2
    chosen_BQLD = torch.stack(
        [model.chosen(level, codes_BQL[..., level]) for level in range(len(model.sizes))], dim=2
    )
    before_BQLD = chosen_BQLD.cumsum(2) - chosen_BQLD
    content_BQ1D = chosen_BQLD[:, :, :half].sum(2, keepdim=True)
    hidden_BQ1D = content_BQ1D * free_BQ[:, :, None, None]
    return torch.cat([before_BQLD[:, :, :half], before_BQLD[:, :, half:] - hidden_BQ1D], dim=2)


def _batches(lessons: Sequence[Lesson], size: int) -> Iterator[Lessons]:
    """Viewers of like length together, so that little is padding."""
    alike = sorted(lessons, key=lambda lesson: (len(lesson.reading), len(lesson.places)))
    for start in range(0, len(alike), size):
        part = alike[start : start + size]
        most = max(len(lesson.places) for lesson in part)
        yield Lessons(
            batch=side_by_side([lesson.reading for lesson in part]),
            place_BQ=torch.tensor([_filled(lesson.places, most) for lesson in part]),
            worth_BQ=torch.tensor([_filled(lesson.worths, most) for lesson in part]),
        )


def _filled(values: Sequence[float], length: int) -> list[float]:
    return [*values, *[0] * (length - len(values))]


def _kept(shape: Sequence[int], forget: float, rng: np.random.Generator) -> Tensor:
    """Which deeds are not forgotten: of each viewer another share, of some viewers none."""
    num_B, num_T = shape
    share_B1 = 2.0 * forget * rng.random((num_B, 1))
    share_B1[rng.random((num_B, 1)) < FORGET_ALL] = 1.0
    return torch.from_numpy(rng.random((num_B, num_T)) >= share_B1)


def _rate(steps: int) -> Callable[[int], float]:
    """The share of the learning rate at each step: a short rise, then down along a cosine."""

    def rate(step: int) -> float:
        fallen = 0.5 + 0.5 * math.cos(math.pi * min(1.0, step / steps))
        return min((step + 1) / max(1.0, WARM_UP * steps), LAST_RATE + (1 - LAST_RATE) * fallen)

    return rate


@contextmanager
def _own_chance(seed: int) -> Iterator[None]:
    """Torch's global random state, which layers and dropout draw from, for this block alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


@contextmanager
def _few_threads(config: RecommenderConfig) -> Iterator[None]:
    """Measured: a narrow model trains as fast on one thread as on two, for a third of the CPU."""
    before = torch.get_num_threads()
    torch.set_num_threads(1 if config.model_dim < WIDE else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
