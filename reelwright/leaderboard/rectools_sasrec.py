"""The anchor of the published tables, run again: SASRec of RecTools, its authors' own library.

Model, data preparation (padded to the full length), uniform negatives, sampled softmax, optimizer:
theirs. The loop over epochs is ours: it chooses by the same validation as every contender's and
goes on after a kill. Needs the extra `bench`; imported by `assemble/benches.py` alone.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import SASRecModel
from torch import Tensor

from reelwright.leaderboard.contender import Checkpoint, Fitted, Lesson
from reelwright.leaderboard.epochs import Learner, learn
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class RecToolsSasRec:
    """Settings of the anchor's published run, where they are known."""

    name: str = "rectools_sasrec"
    width: int = 64
    layers: int = 2
    heads: int = 4
    length: int = 50
    dropout: float = 0.2
    negatives: int = 256
    rate: float = 1e-3
    batch: int = 128
    epochs: int = 60
    patience: int = 3
    seeded = True

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        torch.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # what they say of pandas and pydantic helps nobody here
            model = Theirs(self, lesson)
        return learn(
            model,
            lesson,
            name=self.name,
            optimizer=model.module.configure_optimizers(),
            epochs=self.epochs,
            patience=self.patience,
            batches=lambda rng: model.batches(),
            seed=seed,
            keep=keep,
            progress=progress,
        )


class Theirs(Learner):
    """Their model under our names. Their ids: 0 is padding, then the items that were trained on."""

    def __init__(self, config: RecToolsSasRec, lesson: Lesson) -> None:
        super().__init__()
        logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
        model = SASRecModel(
            n_factors=config.width,
            n_blocks=config.layers,
            n_heads=config.heads,
            session_max_len=config.length,
            dropout_rate=config.dropout,
            loss="sampled_softmax",
            n_negatives=config.negatives,
            lr=config.rate,
            batch_size=config.batch,
            epochs=config.epochs,
        )
        model._build_model_from_dataset(Dataset.construct(_interactions(lesson)))
        self.module = model.lightning_model
        self.module.on_train_start()  # it draws the weights
        self.prepared = model.data_preparator
        self.length = config.length
        known = np.asarray(self.prepared.get_known_item_ids(), dtype=np.int64)
        self.known = torch.from_numpy(known)
        self.theirs = np.zeros(lesson.num_items, dtype=np.int64)  # an unknown item reads as padding
        self.theirs[known] = np.arange(len(known)) + self.prepared.n_item_extra_tokens

    def batches(self) -> Iterator[dict[str, Tensor]]:
        yield from self.prepared.get_dataloader_train()

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        """Theirs, without the logits of padding, which they make and then leave out: of a median
        history of 6 that is most of the work."""
        backbone, real_BT = self.module.torch_model, batch["y"] != 0
        table_ID = backbone.item_model.get_all_embeddings()
        state_ND = backbone.encode_sessions(batch, table_ID)[real_BT]
        y_N, weight_N = batch["y"][real_BT], batch["yw"][real_BT]
        candidates_NC = torch.cat([y_N[:, None], batch["negatives"][real_BT]], dim=1)
        logits_NC = backbone.similarity_module(state_ND, table_ID, candidates_NC)
        logits_NC = logits_NC / self.module.logits_t
        loss: Tensor = self.module.loss_calculator(logits_NC[None], y_N[None], weight_N[None])
        return loss

    def scores(self, histories: Sequence[Ints]) -> Tensor:
        """What was never trained on comes last."""
        x_BT = torch.zeros((len(histories), self.length), dtype=torch.long)
        for row, history in enumerate(histories):
            last = torch.from_numpy(self.theirs[history[-self.length :]])
            x_BT[row, self.length - len(last) :] = last
        backbone = self.module.torch_model
        table_ID = backbone.item_model.get_all_embeddings()
        state_BD = backbone.encode_sessions({"x": x_BT}, table_ID)[:, -1]
        scores_BI = torch.full((len(histories), len(self.theirs)), -torch.inf)
        scores_BI[:, self.known] = (state_BD @ table_ID.T)[:, self.prepared.n_item_extra_tokens :]
        return scores_BI


def _interactions(lesson: Lesson) -> pd.DataFrame:
    """A day a step, so that their order by time is the order of the sequence."""
    items = np.concatenate(lesson.sequences)
    steps = np.concatenate([np.arange(len(sequence)) for sequence in lesson.sequences])
    return pd.DataFrame(
        {
            Columns.User: np.repeat(
                np.arange(len(lesson.sequences)), [len(s) for s in lesson.sequences]
            ),
            Columns.Item: items,
            Columns.Weight: 1.0,
            Columns.Datetime: pd.Timestamp("2000-01-01") + pd.to_timedelta(steps, unit="D"),
        }
    )
