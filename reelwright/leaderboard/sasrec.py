"""SASRec as it should be trained: a causal transformer over items, with a sampled softmax.

Every place of every sequence is a lesson: the item that came next against `negatives` drawn for
that place alone and `shared` ones drawn for the whole batch, without any that is the target. What
is drawn often is not corrected for: the draw is uniform. Batches hold sequences of like length, so
that little is padding.

Shapes: B sequences, T places, N targets of a batch, K negatives, D width, I items.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reelwright.leaderboard.contender import Checkpoint, Fitted, Lesson
from reelwright.leaderboard.epochs import Learner, learn
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress

BETAS = (0.9, 0.98)
SPREAD = 0.02  # of the tables at the beginning: small, so that what is learned soon outweighs it


@dataclass(frozen=True, kw_only=True, slots=True)
class SasRec:
    """Settings, all of them chosen on validation."""

    name: str = "sasrec"
    width: int = 64
    layers: int = 2
    heads: int = 2
    length: int = 50  # the last places of a longer sequence are read
    dropout: float = 0.3
    negatives: int = 0  # for each place alone: slow, for they are gathered one by one
    shared: int = 2048  # for all places of a batch: one product of matrices
    rate: float = 1e-3
    batch: int = 128  # sequences
    epochs: int = 60  # at most
    patience: int = 3  # epochs without a better validation
    seeded = True

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        torch.manual_seed(seed)
        model = Transformer(lesson.num_items, self)
        return learn(
            model,
            lesson,
            name=self.name,
            optimizer=torch.optim.Adam(model.parameters(), lr=self.rate, betas=BETAS),
            epochs=self.epochs,
            patience=self.patience,
            batches=lambda rng: self.batches(lesson, rng),
            seed=seed,
            keep=keep,
            progress=progress,
        )

    def batches(self, lesson: Lesson, rng: np.random.Generator) -> Iterator["Batch"]:
        """All sequences once, in an order of chance, those of like length side by side."""
        sequences = [s[-self.length - 1 :] for s in lesson.sequences if len(s) > 1]
        lengths = np.array([len(s) for s in sequences])
        order = np.argsort(lengths + rng.random(len(lengths)) * 0.9, kind="stable")
        groups = [order[at : at + self.batch] for at in range(0, len(order), self.batch)]
        for group in rng.permutation(len(groups)):
            yield self.batch_of([sequences[row] for row in groups[group]], lesson.num_items, rng)

    def batch_of(
        self, sequences: Sequence[Ints], num_items: int, rng: np.random.Generator
    ) -> "Batch":
        items_BT = padded([s[:-1] for s in sequences], num_items)
        targets = torch.from_numpy(np.concatenate([s[1:] for s in sequences]).astype(np.int64))
        drawn = rng.integers(0, num_items, (len(targets), self.negatives))
        pool = rng.integers(0, num_items, self.shared)
        return Batch(items_BT, targets, torch.from_numpy(drawn), torch.from_numpy(pool))


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Items with padding at the end, and for each true place its target and negatives."""

    items_BT: Tensor
    target_N: Tensor
    negative_NK: Tensor
    shared_S: Tensor


class Transformer(Learner):
    """A causal transformer whose output items are its input items."""

    def __init__(self, num_items: int, config: SasRec) -> None:
        super().__init__()
        self.padding = num_items
        self.length = config.length
        self.items = nn.Embedding(num_items + 1, config.width, padding_idx=num_items)
        self.places = nn.Embedding(config.length, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.begin = nn.LayerNorm(config.width)  # else the blocks drown the items' small vectors
        self.norm = nn.LayerNorm(config.width)
        for table in (self.items, self.places):
            nn.init.normal_(table.weight, std=SPREAD)
        with torch.no_grad():
            self.items.weight[num_items] = 0.0

    def states(self, items_BT: Tensor) -> Tensor:
        """The state after each place. Padding is at the end, so no true place sees any."""
        steps = torch.arange(items_BT.shape[1])
        x_BTD = self.dropout(self.begin(self.items(items_BT) + self.places(steps)))
        for block in self.blocks:
            x_BTD = block(x_BTD)
        out_BTD: Tensor = self.norm(x_BTD)
        return out_BTD

    def loss(self, batch: Batch) -> Tensor:
        state_ND = self.states(batch.items_BT)[batch.items_BT != self.padding]
        table_ID = self.items.weight
        right_N1 = (state_ND * table_ID[batch.target_N]).sum(1, keepdim=True)
        wrong = torch.einsum("nd,nkd->nk", state_ND, F.embedding(batch.negative_NK, table_ID))
        wrong = wrong.masked_fill(batch.negative_NK == batch.target_N[:, None], -torch.inf)
        logits = [right_N1, wrong]
        if len(batch.shared_S):
            shared_NS = state_ND @ table_ID[batch.shared_S].T
            own_NS = batch.shared_S == batch.target_N[:, None]
            logits.append(shared_NS.masked_fill(own_NS, -torch.inf))
        everything = torch.cat(logits, dim=1)
        return F.cross_entropy(everything, torch.zeros(len(everything), dtype=torch.long))

    def scores(self, histories: Sequence[Ints]) -> Tensor:
        last = [history[-self.length :] for history in histories]
        ends = torch.tensor([len(items) - 1 for items in last])
        state_BTD = self.states(padded(last, self.padding))
        state_BD = state_BTD[torch.arange(len(last)), ends]
        return state_BD @ self.items.weight[: self.padding].T


class Block(nn.Module):
    """Attention and a feed-forward, each after a norm and beside what came in."""

    def __init__(self, config: SasRec) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.dropout = config.dropout
        self.before = nn.LayerNorm(width)
        self.between = nn.LayerNorm(width)
        self.read = nn.Linear(width, 3 * width)
        self.write = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.Linear(width, 4 * width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(4 * width, width),
        )
        self.out = nn.Dropout(config.dropout)

    def forward(self, x_BTD: Tensor) -> Tensor:
        parts = self.read(self.before(x_BTD)).unflatten(2, (3, self.heads, -1))
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0.0
        seen = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        x_BTD = x_BTD + self.out(self.write(seen.transpose(1, 2).flatten(2)))
        out_BTD: Tensor = x_BTD + self.out(self.feed(self.between(x_BTD)))
        return out_BTD


def padded(sequences: Sequence[Ints], padding: int) -> Tensor:
    """Side by side, filled up at the end."""
    longest = max(map(len, sequences))
    items_BT = np.full((len(sequences), longest), padding, dtype=np.int64)
    for row, sequence in enumerate(sequences):
        items_BT[row, : len(sequence)] = sequence
    return torch.from_numpy(items_BT)
