"""Our own recommender as a contender: the beam of semantic IDs, and the dense score joined.

An item's content code comes from its words, its second code from the company that it keeps.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.config import RecommenderConfig
from reelwright.domain import Deed, EventKind, Format, SemanticId, Viewer
from reelwright.leaderboard import wording
from reelwright.leaderboard.contender import Checkpoint, Fitted, Floats, Lesson, Scorer
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress
from reelwright.recommender.context import Reading, read
from reelwright.recommender.known import Known
from reelwright.recommender.ranking import Ranking
from reelwright.recommender.train import train
from reelwright.sids.kmeans import assign, kmeans

BATCH = 64
NEVER = -1e3  # the log-probability of what the beam did not come to
RECIPE = RecommenderConfig(
    layers=2,
    dim=128,
    history=50,
    epochs=10,
    batch=256,
    learning_rate=2e-3,
    patience=10,
    dropout=0.4,
    forget=0.0,
    free=0.0,
    strangers=False,
    dense=1.0,
    halves=True,
)


@dataclass(frozen=True, slots=True)
class Ours:
    """Two rows: `ours_sid`, the semantic IDs alone, and `ours`, with the dense score beside."""

    config: RecommenderConfig = RECIPE
    depth: int = 1
    codes: int = 96
    features: int = 192
    beam: int = 100
    dense: float = 2.0  # the weight of the dense score beside the beam's

    @property
    def name(self) -> str:
        return "ours"

    @property
    def seeded(self) -> bool:
        return True

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        known, sizes = self.known(lesson, seed=seed)
        config = self.config
        if lesson.epochs is not None:
            config = dataclasses.replace(config, epochs=lesson.epochs)
        recommender = train(
            _viewers(lesson, known),
            sizes,
            codebook="items",
            format=Format(),
            config=config,
            seed=seed,
            known=known,
            hold=lesson.checks is not None,
            keep=keep,
            progress=progress,
        )
        ranking = Ranking(recommender.model, width=self.beam)

        def readings(histories: Sequence[Ints]) -> list[Reading]:
            return [
                read(
                    _viewer(history, known),
                    history=config.history,
                    depth=len(sizes),
                    rows=recommender.rows,
                )
                for history in histories
            ]

        def sid(histories: Sequence[Ints]) -> Floats:
            parts = [ranking(readings(part))[0] for part in _parts(histories)]
            return np.concatenate([part.numpy() for part in parts])

        def joined(histories: Sequence[Ints]) -> Floats:
            scores = []
            for part in _parts(histories):
                sid_BI, dense_BI = ranking(readings(part))
                scores.append((sid_BI.clamp(min=NEVER) + self.dense * dense_BI).numpy())
            return np.concatenate(scores)

        scorers: dict[str, Scorer] = {"ours_sid": sid, "ours": joined}
        return Fitted(scorers, chosen={"epochs": config.epochs})

    def known(self, lesson: Lesson, *, seed: int) -> tuple[Known, tuple[int, ...]]:
        """The items with their codes and features."""
        features = wording.words(lesson.features, self.features, seed=seed)
        spaces = features, wording.company(lesson.sequences, lesson.num_items, 128, seed=seed)
        codes, sizes = [], []
        for vectors in spaces:
            left = vectors
            for _ in range(self.depth):
                centroids = kmeans(left, self.codes, np.random.default_rng(seed))
                codes.append(assign(left, centroids)[0])
                sizes.append(len(centroids))
                left = left - centroids[codes[-1]]
        known = Known(
            ids=tuple(map(str, range(lesson.num_items))),
            codes_IL=np.stack(codes, axis=1).astype(np.int64),
            features_IF=features * np.sqrt(features.shape[1], dtype=np.float32),
        )
        return known, tuple(sizes)


def _parts(histories: Sequence[Ints]) -> list[Sequence[Ints]]:
    return [histories[start : start + BATCH] for start in range(0, len(histories), BATCH)]


def _viewers(lesson: Lesson, known: Known) -> list[Viewer]:
    """The training histories; where there are checks, each with its check as the last deed."""
    if lesson.checks is None:
        return [_viewer(sequence, known) for sequence in lesson.sequences]
    return [
        _viewer(np.append(history, target), known)
        for history, target in zip(lesson.checks.histories, lesson.checks.targets, strict=True)
    ]


def _viewer(history: Ints, known: Known) -> Viewer:
    half = known.codes_IL.shape[1] // 2
    deeds = []
    for row in history.tolist():
        codes = tuple(known.codes_IL[row].tolist())
        sid = SemanticId(codes[:half], codes[half:])
        deeds.append(Deed(known.ids[row], sid, EventKind.PLAY, 1.0, 0.0))
    return Viewer(id="", history=tuple(deeds))
