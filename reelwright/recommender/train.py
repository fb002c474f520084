"""Teaches the recommender from histories: at every place of each, the next liked video's codes.

Shapes: B viewers, T deeds, Q targets, L levels, D width of the model, V codes of one level.
"""

import copy
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from reelwright.config import RecommenderConfig
from reelwright.domain import Format, Viewer
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress, silent
from reelwright.recommender.company import Tally
from reelwright.recommender.context import NOTHING, Batch, Reading, read, side_by_side
from reelwright.recommender.fullsoftmax import full_softmax_loss
from reelwright.recommender.known import Known
from reelwright.recommender.model import Model, grouped_log_softmax
from reelwright.recommender.recommender import Recommender

WHAT = "training the recommender"
ENOUGH = 3  # targets that a history must have for its last one to be kept for validation
FORGET_ALL = 0.05  # of the histories, so that the model learns what to show to strangers
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

    readings: Sequence[Reading]
    batch: Batch
    place_BQ: Tensor
    worth_BQ: Tensor

    @property
    def codes_BQL(self) -> Tensor:
        return torch.take_along_dim(self.batch.codes_BTL, self.place_BQ[:, :, None], dim=1)

    @property
    def video_BQ(self) -> Tensor:
        return torch.take_along_dim(self.batch.video_BT, self.place_BQ, dim=1)


class Keep(Protocol):
    """Where a training that is killed finds itself again."""

    def save(self, state: Mapping[str, Any]) -> None: ...

    def load(self) -> dict[str, Any] | None: ...


class Nowhere:
    """Keeps nothing: what is short may begin again."""

    def save(self, state: Mapping[str, Any]) -> None:
        pass

    def load(self) -> None:
        return None


NOWHERE = Nowhere()


def train(
    histories: Sequence[Viewer],
    sizes: tuple[int, ...],
    *,
    codebook: str,
    format: Format,
    config: RecommenderConfig,
    seed: int,
    known: Known | None = None,
    keep: Keep = NOWHERE,
    progress: Progress = silent,
) -> Recommender:
    """A recommender that knows these histories, and has no videos on its trie yet.

    `sizes` are the codes in use at each level, content before creative; the videos that are
    `known` get vectors of their own. The last target of a history is never trained on: it tells
    when to stop; without `config.patience` all targets are learned from, through all epochs. The
    same seed gives the same model on the same machine, also after a pause between two epochs;
    torch's own random state is left as it was.
    """
    known = known if known is not None else Known.of({}, {})
    rows = {video: row for row, video in enumerate(known.ids, start=1)}
    lessons = [_lesson(viewer, config, sizes, rows) for viewer in histories]
    checks: list[Lesson] = []
    if config.patience:
        checks = [
            lesson.only(slice(-1, None)) for lesson in lessons if len(lesson.places) >= ENOUGH
        ]
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
        model = Model(sizes, config, known)
        _start_from_popularity(model, lessons)
        held = (checks or lessons) if config.patience else []
        _fit(model, lessons, held, config, seed, keep, progress)
        model.greet_strangers()
    return Recommender(model, codebook=codebook, format=format, config=config)


def _lesson(
    viewer: Viewer,
    config: RecommenderConfig,
    sizes: tuple[int, ...],
    rows: Mapping[str, int] = NOTHING,
) -> Lesson:
    """A target is a liked video that they had not met before: seen ones are never shown again."""
    reading = read(viewer, history=config.history, depth=len(sizes), rows=rows)
    assert (reading.codes_TL < sizes).all(), f"{viewer.id} has codes beyond {sizes}"
    first = len(viewer.history) - len(reading)
    met = {deed.video for deed in viewer.history[:first]}
    places, worths = [], []
    for place, deed in enumerate(viewer.history[first:]):
        if deed.weight > 0 and deed.video not in met and (place or config.strangers):
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
    seed: int,
    keep: Keep,
    progress: Progress,
) -> None:
    """Leaves in the model the weights of the epoch that foretold the `checks` best; without
    checks, those of the last epoch."""
    held, num = list(_batches(checks, config.batch)), math.ceil(len(lessons) / config.batch)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, weight_decay=WEIGHT_DECAY, fused=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rate(config.epochs * num))
    best, best_loss, waited, begun = copy.deepcopy(model.state_dict()), math.inf, 0, 0
    if (kept := keep.load()) is not None:
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
        best, best_loss = kept["best"], kept["best_loss"]
        waited, begun = kept["waited"], kept["epoch"]
    for epoch in range(begun, config.epochs):
        if held and waited == config.patience:
            break
        torch.manual_seed(seed * config.epochs + epoch)  # so that a pause changes nothing
        rng = np.random.default_rng([seed, epoch])
        mixed = [lessons[place] for place in rng.permutation(len(lessons))]
        batches = list(_batches(mixed, config.batch))
        for done, number in enumerate(rng.permutation(num)):
            progress(WHAT, epoch * num + done, config.epochs * num)
            _learn(model.train(), batches[number], optimizer, config, rng)
            schedule.step()
        loss = _held_out_loss(model.eval(), held, config) if held else -math.inf
        waited += 1
        if loss < best_loss or not held:
            best, best_loss, waited = copy.deepcopy(model.state_dict()), loss, 0
        state: dict[str, Any] = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        state |= {"schedule": schedule.state_dict(), "best": best, "best_loss": best_loss}
        keep.save(state | {"waited": waited, "epoch": epoch + 1})
    model.load_state_dict(best)
    progress(WHAT, config.epochs * num, config.epochs * num)


def _learn(
    model: Model,
    lessons: Lessons,
    optimizer: torch.optim.Optimizer,
    config: RecommenderConfig,
    rng: np.random.Generator,
) -> None:
    """One step on one batch, each viewer with some deeds forgotten."""
    free_BQ = torch.from_numpy(rng.random(lessons.place_BQ.shape) < config.free)
    keep_BT = _kept(lessons.batch.has_deed_BT.shape, config.forget, rng) if config.forget else None
    loss = _loss(model, lessons, free_BQ, keep_BT, config) / lessons.worth_BQ.sum()
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


@torch.inference_mode()
def _held_out_loss(model: Model, held: Sequence[Lessons], config: RecommenderConfig) -> float:
    """By target, in the mean over both ways to foretell a style, where both are taught."""
    loss, worth = 0.0, 0.0
    for lessons in held:
        for free in (False, True) if config.free else (False,):
            free_BQ = torch.full(lessons.place_BQ.shape, free)
            loss += float(_loss(model, lessons, free_BQ, None, config))
            worth += float(lessons.worth_BQ.sum())
    return loss / worth


def _loss(
    model: Model,
    lessons: Lessons,
    free_BQ: Tensor,
    keep_BT: Tensor | None,
    config: RecommenderConfig,
) -> Tensor:
    """The cross-entropy of all codes of all targets, then of the video itself; each target as
    often as it is worth."""
    codes_BQL, wanted_BQ = lessons.codes_BQL, lessons.worth_BQ > 0
    worth_N, video_N = lessons.worth_BQ[wanted_BQ], lessons.video_BQ[wanted_BQ]
    memory = model.read(lessons.batch, keep_BT)
    votes = model.votes(lessons.readings, lessons.place_BQ)
    view = memory.view(lessons.place_BQ, votes)
    x_BQLD = model.begin(memory, view) + _told(model, codes_BQL, free_BQ)
    x_BQLD = model.finish(x_BQLD, memory, view)
    loss = torch.zeros(())
    for level in range(len(model.sizes)):
        before_BQ1l = codes_BQL[:, :, None, :level]
        logits_BQ1V = model.logits(level, x_BQLD[:, :, level, None], before_BQ1l, memory, view)
        loss_N = F.cross_entropy(
            logits_BQ1V[:, :, 0][wanted_BQ], codes_BQL[..., level][wanted_BQ], reduction="none"
        )
        loss = loss + loss_N @ worth_N
    if len(model.known):
        place_N = torch.nonzero(wanted_BQ.flatten())[:, 0]
        x_ND = x_BQLD[:, :, -1][wanted_BQ]
        loss = loss + _which_loss(model, x_ND, video_N, worth_N, place_N, votes)
        if config.dense:
            state_ND = model.state(memory, view)[wanted_BQ]
            loss = loss + config.dense * _dense_loss(model, state_ND, video_N, worth_N, config)
    return loss


def _which_loss(
    model: Model,
    x_ND: Tensor,
    video_N: Tensor,
    worth_N: Tensor,
    place_N: Tensor | None = None,
    votes: Tally | None = None,
) -> Tensor:
    """Which of the videos with the same semantic ID it was; only where there are several."""
    sid_N = model.twigs.sid_I[video_N - 1] * (video_N > 0)
    whose_M, video_M, logit_M = model.which(x_ND, sid_N, place_N, votes)
    met_M = model.met_I[video_M]
    whose_M, video_M, logit_M = whose_M[met_M], video_M[met_M], logit_M[met_M]
    logp_M = grouped_log_softmax(logit_M, whose_M, len(x_ND))
    right_M = video_M == video_N[whose_M]
    return -(logp_M * right_M) @ worth_N[whose_M]


def _dense_loss(
    model: Model, state_ND: Tensor, video_N: Tensor, worth_N: Tensor, config: RecommenderConfig
) -> Tensor:
    """A softmax over all known videos, or over the batch's targets and some drawn by chance."""
    known_N = video_N > 0
    state_ND, video_N, worth_N = state_ND[known_N], video_N[known_N], worth_N[known_N]
    videos_ID = model.videos()[1:]
    popular_I = model.popular_video[1:].masked_fill(~model.met_I[1:], -math.inf)
    row_N = video_N - 1
    if config.negatives and config.negatives < len(popular_I):
        drawn = torch.randperm(len(popular_I))[: config.negatives]
        rows, place_X = torch.unique(torch.cat([row_N, drawn]), return_inverse=True)
        row_N = place_X[: len(video_N)]
        videos_ID, popular_I = videos_ID[rows], popular_I[rows]
    if config.halves and multiplies_halves():
        videos_ID = videos_ID.bfloat16()
    asked_ND = model.dense_norm(state_ND)
    return full_softmax_loss(asked_ND, videos_ID, popular_I, row_N, worth_N)


def multiplies_halves() -> bool:
    """Whether this processor multiplies bfloat16 by itself; others take a hundred times as long."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _told(model: Model, codes_BQL: Tensor, free_BQ: Tensor) -> Tensor:
    """(B, Q, L + 1, D): what each level knows of the codes before it; the last one knows all. The
    creative levels of targets that are `free` do not know the content."""
    half = len(model.sizes) // 2
    chosen_BQLD = torch.stack(
        [model.chosen(level, codes_BQL[..., level]) for level in range(len(model.sizes))], dim=2
    )
    upto_BQLD = chosen_BQLD.cumsum(2)
    before_BQLD = F.pad(upto_BQLD[:, :, :-1], (0, 0, 1, 0))
    hidden_BQ1D = upto_BQLD[:, :, half - 1 : half] * free_BQ[:, :, None, None]
    return torch.cat(
        [before_BQLD[:, :, :half], before_BQLD[:, :, half:] - hidden_BQ1D, upto_BQLD[:, :, -1:]],
        dim=2,
    )


def _batches(lessons: Sequence[Lesson], size: int) -> Iterator[Lessons]:
    """Viewers of like length together, so that little is padding; equal ones in their order."""
    alike = sorted(lessons, key=lambda lesson: (len(lesson.reading), len(lesson.places)))
    for start in range(0, len(alike), size):
        part = alike[start : start + size]
        most = max(len(lesson.places) for lesson in part)
        yield Lessons(
            readings=[lesson.reading for lesson in part],
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
    torch.set_num_threads(1 if config.dim < WIDE else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
