"""A pointwise ranker, as many feeds have one: would this viewer take this item, yes or no?

The viewer is the weighted sum of what they took last, the item is its own vector plus those of its
attributes and words; the answer is a logistic of their product plus the item's bias. Attributes let
it judge items that nobody has taken yet. What came next in a sequence is a yes; items drawn for
that place alone are a no.

Shapes: N places of a batch, H items of a history, K negatives, D width, I items.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reelwright.leaderboard.contender import Checkpoint, Fitted, Lesson
from reelwright.leaderboard.epochs import Learner, learn
from reelwright.leaderboard.sasrec import padded
from reelwright.leaderboard.sequences import Features, Ints
from reelwright.progress import Progress

LEAST = 2  # items must have a word for it to be a feature
SPREAD = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Pointwise:
    """Settings, chosen on validation."""

    name: str = "pointwise"
    width: int = 64
    history: int = 10  # the last items that make the viewer
    fade: float = 0.8  # of the weight is left with every step back
    negatives: int = 64
    dropout: float = 0.2
    rate: float = 2e-3
    batch: int = 256  # places
    epochs: int = 40
    patience: int = 3
    seeded = True

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        torch.manual_seed(seed)
        model = Ranker(self, lesson)
        return learn(
            model,
            lesson,
            name=self.name,
            optimizer=torch.optim.Adam(model.parameters(), lr=self.rate),
            epochs=self.epochs,
            patience=self.patience,
            batches=lambda rng: self.batches(lesson, rng),
            seed=seed,
            keep=keep,
            progress=progress,
        )

    def batches(self, lesson: Lesson, rng: np.random.Generator) -> Iterator["Places"]:
        """Every place of every sequence once, in an order of chance."""
        places = [(s, end) for s in lesson.sequences for end in range(1, len(s))]
        order = rng.permutation(len(places))
        for begin in range(0, len(order), self.batch):
            chosen = [places[row] for row in order[begin : begin + self.batch]]
            histories = [s[max(0, end - self.history) : end] for s, end in chosen]
            targets = np.array([s[end] for s, end in chosen], dtype=np.int64)
            drawn = rng.integers(0, lesson.num_items, (len(chosen), self.negatives))
            yield Places(
                padded([h[::-1] for h in histories], lesson.num_items),
                torch.from_numpy(targets),
                torch.from_numpy(drawn),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Histories, the latest item first and padded; what came next; what was drawn against it."""

    history_NH: Tensor
    target_N: Tensor
    negative_NK: Tensor


class Ranker(Learner):
    """Viewer times item, plus what the item has for everybody."""

    def __init__(self, config: Pointwise, lesson: Lesson) -> None:
        super().__init__()
        self.config = config
        self.num_items = lesson.num_items
        words, first, number = words_of(lesson.features)
        self.register_buffer("words", words, persistent=False)
        self.register_buffer("first", first, persistent=False)
        self.taken = nn.Embedding(lesson.num_items + 1, config.width, padding_idx=lesson.num_items)
        self.own = nn.Embedding(lesson.num_items, config.width)
        self.said = nn.EmbeddingBag(number, config.width, mode="mean")
        odds = 1.0 / config.negatives  # of a yes among what is asked: where answers begin
        self.bias = nn.Parameter(torch.full((lesson.num_items,), math.log(odds)))
        self.dropout = nn.Dropout(config.dropout)
        for table in (self.taken, self.own, self.said):
            nn.init.normal_(table.weight, std=SPREAD)
        with torch.no_grad():
            self.taken.weight[lesson.num_items] = 0.0

    def viewers(self, history_NH: Tensor, content_ID: Tensor) -> Tensor:
        """What was taken last counts most; of each item, its own vector and what is said of it."""
        true_NH = history_NH != self.num_items
        weight_NH = true_NH * self.config.fade ** torch.arange(history_NH.shape[1])
        said_NHD = content_ID[torch.where(true_NH, history_NH, 0)]
        vectors_NHD = self.taken(history_NH) + said_NHD
        summed_ND = (weight_NH[:, :, None] * vectors_NHD).sum(1)
        state_ND: Tensor = self.dropout(summed_ND / weight_NH.sum(1, keepdim=True).clamp(min=1e-9))
        return state_ND

    def loss(self, batch: Places) -> Tensor:
        content_ID = self.said(self.words, self.first)
        items_ID = self.own.weight + content_ID
        viewer_ND = self.viewers(batch.history_NH, content_ID)
        asked_NK = torch.cat([batch.target_N[:, None], batch.negative_NK], dim=1)
        logits_NK = torch.einsum("nd,nkd->nk", viewer_ND, F.embedding(asked_NK, items_ID))
        logits_NK = logits_NK + self.bias[asked_NK]
        yes_NK = (asked_NK == batch.target_N[:, None]).float()
        return F.binary_cross_entropy_with_logits(logits_NK, yes_NK, reduction="sum") / len(yes_NK)

    def scores(self, histories: Sequence[Ints]) -> Tensor:
        last = [history[-self.config.history :][::-1] for history in histories]
        content_ID = self.said(self.words, self.first)
        viewer_BD = self.viewers(padded(last, self.num_items), content_ID)
        scores_BI: Tensor = viewer_BD @ (self.own.weight + content_ID).T + self.bias
        return scores_BI


def words_of(features: Sequence[Features]) -> tuple[Tensor, Tensor, int]:
    """Rows of words by item, flat, where each item's begin, and how many words there are.

    Attributes and keywords stand whole, titles word by word; rare ones are left out.
    """
    said = [{*one.attributes, *one.keywords, *one.title.lower().split()} for one in features]
    counts = Counter(word for words in said for word in words)
    common = sorted(word for word in counts if counts[word] >= LEAST)
    row_of = {word: row for row, word in enumerate(common)}
    rows = [sorted(row_of[word] for word in words if word in row_of) for words in said]
    first = np.cumsum([0, *map(len, rows)])[:-1]
    flat = [row for several in rows for row in several]
    return (
        torch.tensor(flat, dtype=torch.long),
        torch.from_numpy(first),
        max(1, len(common)),
    )
