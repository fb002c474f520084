"""Our own recommender as a contender: the beam of semantic IDs, and the dense score joined.

An item's content code comes from its words, its second code from the company that it keeps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from reelwright.config import RecommenderConfig
from reelwright.domain import Deed, EventKind, Format, SemanticId, Viewer
from reelwright.leaderboard import wording
from reelwright.leaderboard.contender import Cases, Checkpoint, Fitted, Floats, Lesson, Scorer
from reelwright.leaderboard.protocol import rank_all
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress
from reelwright.recommender.company import Company
from reelwright.recommender.context import Reading, read
from reelwright.recommender.known import Known
from reelwright.recommender.ranking import Ranking
from reelwright.recommender.recommender import Recommender
from reelwright.recommender.train import train
from reelwright.sids.kmeans import assign, kmeans

BATCH = 64
NEVER = -1e3  # the log-probability of what the beam did not come to
CHOOSING = "ndcg_at_10"
CASES = 4_000  # of validation are enough to choose weights
HEARINGS = (1.0, 1.5, 2.0)  # how much louder the company is heard than it was learned
WEIGHTS = (0.5, 1.0, 2.0, 4.0)  # of the dense score beside the beam's
RECIPE = RecommenderConfig(
    layers=2,
    dim=128,
    history=50,
    epochs=8,
    batch=256,
    learning_rate=2e-3,
    patience=0,
    dropout=0.4,
    forget=0.0,
    free=0.0,
    strangers=False,
    shortcut=True,
    dense=1.0,
    halves=True,
)


@dataclass(frozen=True, slots=True)
class Ours:
    """Three rows of one model: `ours_sid`, the beam of semantic IDs alone, whose echo hears the
    company of the history's items; `ours_dense`, the dense score alone; `ours`, both joined."""

    config: RecommenderConfig = RECIPE
    depth: int = 1
    codes: int = 96
    features: int = 192
    beam: int = 50

    @property
    def name(self) -> str:
        return "ours"

    @property
    def seeded(self) -> bool:
        return True

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        known, sizes = self.known(lesson, seed=seed)
        recommender = train(
            [_viewer(sequence, known) for sequence in lesson.sequences],
            sizes,
            codebook="items",
            format=Format(),
            config=self.config,
            seed=seed,
            known=known,
            keep=keep,
            progress=progress,
        )
        opinions = Opinions(recommender, known, width=self.beam)
        chosen = {
            "epochs": float(self.config.epochs),
            **self._chosen(opinions, lesson, seed, progress),
        }
        recommender.model.hearing = chosen["hearing"]
        return Fitted(
            {
                "ours_sid": opinions.sid,
                "ours_dense": opinions.dense,
                "ours": opinions.joined(chosen["weight"]),
            },
            chosen,
        )

    def _chosen(
        self, opinions: "Opinions", lesson: Lesson, seed: int, progress: Progress
    ) -> dict[str, float]:
        """How loud the beam hears the company, then what the dense score is worth beside it: as
        validation has it, now or before."""
        if lesson.checks is None:
            return {name: lesson.chosen[name] for name in ("hearing", "weight")}
        checks = _some(lesson.checks, np.random.default_rng(seed))

        def worth(scorers: Mapping[str, Scorer]) -> dict[str, float]:
            found = rank_all(scorers, checks, what="choosing weights", progress=progress)
            return {name: found[name].masked.figures()[CHOOSING] for name in scorers}

        heard = {}
        for hearing in HEARINGS:
            opinions.model.hearing = hearing
            heard[hearing] = worth({"sid": opinions.sid})["sid"]
        opinions.model.hearing = max(HEARINGS, key=lambda hearing: heard[hearing])
        joined = worth({str(weight): opinions.joined(weight) for weight in WEIGHTS})
        weight = max(WEIGHTS, key=lambda weight: joined[str(weight)])
        return {"hearing": opinions.model.hearing, "weight": weight}

    def known(self, lesson: Lesson, *, seed: int) -> tuple[Known, tuple[int, ...]]:
        """The items with their codes and features."""
        features = wording.words(lesson.features, self.features, seed=seed)
        company = Company.of(
            [items.astype(np.int64) + 1 for items in lesson.sequences], lesson.num_items
        )
        alike = company.alike(np.pad(features, ((1, 0), (0, 0))))
        together = wording.company(lesson.sequences, lesson.num_items, 128, seed=seed)
        together = together + (alike @ np.pad(together, ((1, 0), (0, 0))))[1:]
        codes, sizes = [], []
        for vectors in (features, together):
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
            company=company.with_strangers(alike),
        )
        return known, tuple(sizes)


class Opinions:
    """What the beam and the dense score say, each asked once for a batch."""

    def __init__(self, recommender: Recommender, known: Known, *, width: int) -> None:
        self._recommender, self._known, self.model = recommender, known, recommender.model
        self._ranking = Ranking(recommender.model, width=width)
        self._batch: Sequence[Ints] | None = None
        self._said: tuple[Floats, Floats] | None = None

    def sid(self, histories: Sequence[Ints]) -> Floats:
        return self._ask(histories)[0]

    def dense(self, histories: Sequence[Ints]) -> Floats:
        return self._ask(histories)[1]

    def joined(self, weight: float) -> Scorer:
        def scores(histories: Sequence[Ints]) -> Floats:
            sid_BI, dense_BI = self._ask(histories)
            joined_BI: Floats = np.maximum(sid_BI, NEVER) + weight * dense_BI
            return joined_BI

        return scores

    def _ask(self, histories: Sequence[Ints]) -> tuple[Floats, Floats]:
        if self._said is None or histories is not self._batch:
            parts = [self._ranking(self._readings(part)) for part in _parts(histories)]
            self._said = (
                torch.cat([sid for sid, _ in parts]).numpy(),
                torch.cat([dense for _, dense in parts]).numpy(),
            )
            self._batch = histories
        return self._said

    def _readings(self, histories: Sequence[Ints]) -> list[Reading]:
        return [
            read(
                _viewer(history, self._known),
                history=self._recommender.config.history,
                depth=self._recommender.depth,
                rows=self._recommender.rows,
            )
            for history in histories
        ]


def _some(checks: Cases, rng: np.random.Generator) -> Cases:
    chosen = np.zeros(len(checks), bool)
    chosen[rng.permutation(len(checks))[:CASES]] = True
    return checks.only(chosen)


def _parts(histories: Sequence[Ints]) -> list[Sequence[Ints]]:
    return [histories[start : start + BATCH] for start in range(0, len(histories), BATCH)]


def _viewer(history: Ints, known: Known) -> Viewer:
    half = known.codes_IL.shape[1] // 2
    deeds = []
    for row in history.tolist():
        codes = tuple(known.codes_IL[row].tolist())
        sid = SemanticId(codes[:half], codes[half:])
        deeds.append(Deed(known.ids[row], sid, EventKind.PLAY, 1.0, 0.0))
    return Viewer(id="", history=tuple(deeds))
