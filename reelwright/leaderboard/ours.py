"""Our own recommender as a contender: the beam of semantic IDs, and the dense score joined.

An item's content code comes from its words, its second code from the company that it keeps.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from reelwright.config import RecommenderConfig
from reelwright.domain import Deed, EventKind, Format, SemanticId, Viewer
from reelwright.leaderboard import wording
from reelwright.leaderboard.contender import Cases, Checkpoint, Fitted, Floats, Lesson, Scorer
from reelwright.leaderboard.itemknn import SKEWED, ItemKnn
from reelwright.leaderboard.protocol import rank_all
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress
from reelwright.recommender.context import Reading, read
from reelwright.recommender.known import Known
from reelwright.recommender.ranking import Ranking
from reelwright.recommender.recommender import Recommender
from reelwright.recommender.train import train
from reelwright.sids.kmeans import assign, kmeans

BATCH = 64
NEVER = -1e3  # the log-probability of what the beam did not come to
FAINT = 1e-5  # the share of a history's votes that every item has
CHOOSING = "ndcg_at_10"
COMPANYS = "company_"  # begins what the neighbours chose
CASES = 4_000  # of validation are enough to choose two weights
DENSE = (1.0, 2.0, 4.0)  # the weight of the dense score beside the beam's
COMPANY = (0.0, 0.2, 0.5, 1.0)  # the weight of the neighbours' votes beside both
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
class Weights:
    """What the second opinions weigh beside the beam of semantic IDs."""

    dense: float
    company: float

    @property
    def name(self) -> str:
        return f"{self.dense} {self.company}"


@dataclass(frozen=True, slots=True)
class Ours:
    """Three rows: `ours_sid`, the beam of semantic IDs alone; `ours_dense`, with the dense score
    joined; `ours`, with the votes of the history's neighbours joined too."""

    config: RecommenderConfig = RECIPE
    depth: int = 1
    codes: int = 96
    features: int = 192
    beam: int = 100

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
        neighbours = ItemKnn(norms=SKEWED).fit(
            _with_norm(lesson), seed=seed, keep=keep, progress=progress
        )
        (company,) = neighbours.scorers.values()
        opinions = Opinions(recommender, known, company, width=self.beam)
        chosen = {"epochs": float(self.config.epochs), **_prefixed(neighbours.chosen)}
        if lesson.checks is None:
            alone, both = (
                Weights(lesson.chosen[f"{row}_dense"], lesson.chosen[f"{row}_company"])
                for row in ("alone", "both")
            )
        else:
            checks = _some(lesson.checks, np.random.default_rng(seed))
            weights = [Weights(dense, votes) for dense in DENSE for votes in COMPANY]
            found = rank_all(
                {one.name: opinions.joined(one) for one in weights},
                checks,
                what="choosing weights",
                progress=progress,
            )
            worth = {one: found[one.name].masked.figures()[CHOOSING] for one in weights}
            alone = max((one for one in weights if not one.company), key=lambda one: worth[one])
            both = max(weights, key=lambda one: worth[one])
        chosen |= {"alone_dense": alone.dense, "alone_company": alone.company}
        chosen |= {"both_dense": both.dense, "both_company": both.company}
        return Fitted(
            {
                "ours_sid": opinions.sid,
                "ours_dense": opinions.joined(alone),
                "ours": opinions.joined(both),
            },
            chosen,
        )

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


class Opinions:
    """What the beam, the dense score and the neighbours say, each asked once for a batch."""

    def __init__(
        self, recommender: Recommender, known: Known, company: Scorer, *, width: int
    ) -> None:
        self._recommender, self._known, self._company = recommender, known, company
        self._ranking = Ranking(recommender.model, width=width)
        self._batch: Sequence[Ints] | None = None
        self._said: tuple[Floats, Floats, Floats] | None = None

    def sid(self, histories: Sequence[Ints]) -> Floats:
        return self._ask(histories)[0]

    def joined(self, weights: Weights) -> Scorer:
        def scores(histories: Sequence[Ints]) -> Floats:
            sid_BI, dense_BI, votes_BI = self._ask(histories)
            joined: Floats = np.maximum(sid_BI, NEVER) + weights.dense * dense_BI
            return joined + weights.company * votes_BI if weights.company else joined

        return scores

    def _ask(self, histories: Sequence[Ints]) -> tuple[Floats, Floats, Floats]:
        if self._said is None or histories is not self._batch:
            parts = [self._ranking(self._readings(part)) for part in _parts(histories)]
            votes_BI = self._company(histories)
            share_BI = votes_BI / np.maximum(votes_BI.sum(axis=1, keepdims=True), FAINT)
            self._said = (
                torch.cat([sid for sid, _ in parts]).numpy(),
                torch.cat([dense for _, dense in parts]).numpy(),
                np.log(FAINT + share_BI),
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


def _prefixed(chosen: Mapping[str, float]) -> dict[str, float]:
    return {f"{COMPANYS}{name}": value for name, value in chosen.items()}


def _with_norm(lesson: Lesson) -> Lesson:
    """The lesson with what the neighbours alone chose before, if anything."""
    chosen = {
        name.removeprefix(COMPANYS): value
        for name, value in lesson.chosen.items()
        if name.startswith(COMPANYS)
    }
    return dataclasses.replace(lesson, chosen=chosen)


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
