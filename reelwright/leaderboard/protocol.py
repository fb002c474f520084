"""The rules of the leaderboard: who is asked what, and how a full ranking is counted.

`held`: of each sequence s the contender learns from s[:-2], chooses its settings on s[-2], and is
asked for s[-1] given s[:-1]: the validation item is context at the test and is never trained on.
`all`: it learns from s[:-1] with the settings that `held` chose. `removed`: a share of the items is
taken out of everything that is learned from, and only users whose last item is one of them count.

Shapes: B users of one batch, I items.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.leaderboard.contender import Cases, Floats, Lesson, Scorer
from reelwright.leaderboard.sequences import Histories, Ints
from reelwright.progress import Progress, silent

CUTS = (5, 10)
LEAST = 3  # items that a sequence must have to be asked about; a shorter one is learned from
BATCH = 512


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What is learned from and what is asked."""

    lesson: Lesson
    tests: Cases
    unseen: NDArray[np.bool_]  # by item: it occurs in no training sequence


def held(histories: Histories) -> Split:
    """Leave one out: the last item is asked for, the one before it chooses the settings."""
    return _split(histories, trained=lambda s: s[:-2], checked=True, chosen={})


def everything(histories: Histories, chosen: Mapping[str, float]) -> Split:
    """The same questions, with the validation item trained on too."""
    return _split(histories, trained=lambda s: s[:-1], checked=False, chosen=chosen)


def removed(histories: Histories, *, share: float, seed: int) -> Split:
    """The questions of `held` whose answer is among the items that were taken out."""
    assert 0 < share < 1, f"a share of {share}"
    rng = np.random.default_rng(seed)
    num_items = len(histories.ids)
    out = np.zeros(num_items, dtype=bool)
    out[rng.choice(num_items, size=max(1, round(share * num_items)), replace=False)] = True
    whole = held(histories)
    checks = whole.lesson.checks
    assert checks is not None
    left = tuple(sequence[~out[sequence]] for sequence in whole.lesson.sequences)
    histories_left = tuple(history[~out[history]] for history in checks.histories)
    fair = ~out[checks.targets] & np.array([len(h) > 0 for h in histories_left])
    lesson = Lesson(
        sequences=tuple(sequence for sequence in left if len(sequence)),
        num_items=num_items,
        features=histories.features,
        checks=Cases(histories_left, checks.targets).only(fair),
    )
    return Split(lesson, whole.tests.only(out[whole.tests.targets]), _unseen(lesson))


def _split(
    histories: Histories,
    *,
    trained: Callable[[Ints], Ints],
    checked: bool,
    chosen: Mapping[str, float],
) -> Split:
    sequences = [histories.of(user) for user in range(len(histories))]
    asked = [sequence for sequence in sequences if len(sequence) >= LEAST]
    if not asked:
        raise ReelwrightError(
            f"{histories.name} has nobody who took {LEAST} items.",
            hint="The last is asked for, the one before it chooses the settings, one is left.",
        )
    learned = [trained(s) if len(s) >= LEAST else s for s in sequences]
    lesson = Lesson(
        sequences=tuple(learned),
        num_items=len(histories.ids),
        features=histories.features,
        checks=_cases([s[:-1] for s in asked]) if checked else None,
        chosen=chosen,
    )
    return Split(lesson, _cases(asked), _unseen(lesson))


def _cases(sequences: Sequence[Ints]) -> Cases:
    """The last item of each, given the others."""
    targets = np.array([sequence[-1] for sequence in sequences], dtype=np.int32)
    return Cases(tuple(sequence[:-1] for sequence in sequences), targets)


def _unseen(lesson: Lesson) -> NDArray[np.bool_]:
    unseen = np.ones(lesson.num_items, dtype=bool)
    for sequence in lesson.sequences:
        unseen[sequence] = False
    return unseen


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """By case: how many items had a better score than the target, and how many its own score."""

    better: NDArray[np.int64]
    tied: NDArray[np.int64]  # the target is one of them

    def figures(self, chosen: NDArray[np.bool_] | slice = slice(None)) -> dict[str, float]:
        """Mean recall and NDCG at each cut. Of items with equal scores each order is as likely."""
        better, tied = self.better[chosen], self.tied[chosen]
        found = {}
        for k in CUTS:
            gained = np.concatenate([[0.0], np.cumsum(1.0 / np.log2(np.arange(k) + 2.0))])
            begin, end = np.minimum(better, k), np.minimum(better + tied, k)
            found[f"recall_at_{k}"] = _mean((end - begin) / tied)
            found[f"ndcg_at_{k}"] = _mean((gained[end] - gained[begin]) / tied)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Both ways to count: without what the user had taken before, and with it."""

    masked: Ranks
    unmasked: Ranks


def rank(scorer: Scorer, cases: Cases, *, what: str, progress: Progress = silent) -> Ranking:
    """Where the full ranking has the target of each case."""
    return rank_all({what: scorer}, cases, what=what, progress=progress)[what]


def rank_all(
    scorers: Mapping[str, Scorer], cases: Cases, *, what: str, progress: Progress = silent
) -> dict[str, Ranking]:
    """The same for several scorers, each batch by all of them before the next: what they share,
    they may keep until then. Like lengths share a batch."""
    order = np.argsort([len(history) for history in cases.histories], kind="stable")
    counts = {name: np.zeros((4, len(cases)), dtype=np.int64) for name in scorers}
    for begin in range(0, len(cases), BATCH):
        progress(what, begin, len(cases))
        rows = order[begin : begin + BATCH]
        batch = [cases.histories[row] for row in rows]
        for name, scorer in scorers.items():
            counts[name][:, rows] = _rank(scorer(batch), batch, cases.targets[rows])
    progress(what, len(cases), len(cases))
    return {
        name: Ranking(Ranks(better - better_seen, tied - tied_seen), Ranks(better, tied))
        for name, (better, tied, better_seen, tied_seen) in counts.items()
    }


def _rank(scores_BI: Floats, histories: Sequence[Ints], targets: Ints) -> NDArray[np.int64]:
    """Four rows: better and tied among all items, then among those that the user had taken."""
    assert scores_BI.shape[0] == len(targets), f"{scores_BI.shape} for {len(targets)} cases"
    assert not np.isnan(scores_BI).any(), "a score is NaN"
    own_B1 = scores_BI[np.arange(len(targets)), targets][:, None]
    better, tied = (scores_BI > own_B1).sum(axis=1), (scores_BI == own_B1).sum(axis=1)
    better_seen, tied_seen = np.zeros_like(better), np.zeros_like(tied)
    for row, (history, target) in enumerate(zip(histories, targets, strict=True)):
        seen = np.unique(history[history != target])  # what is asked for is never masked
        better_seen[row] = (scores_BI[row, seen] > own_B1[row]).sum()
        tied_seen[row] = (scores_BI[row, seen] == own_B1[row]).sum()
    return np.stack([better, tied, better_seen, tied_seen])


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0
