"""How well the next liked video is foretold: the model, popularity and chance, masked alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Viewer
from reelwright.progress import Progress, silent
from reelwright.recommender.recommender import Recommender

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A viewer as they were just before the last new video that they liked, and that video."""

    viewer: Viewer
    liked: str


def leave_last_out(viewers: Sequence[Viewer]) -> list[Case]:
    """One case for each viewer who liked a video that was not the first thing they met.

    Train on the cases' viewers and on nothing else: they know neither the answer nor what came
    after it.
    """
    cases = []
    for viewer in viewers:
        for place in range(len(viewer.history) - 1, 0, -1):
            deed, before = viewer.history[place], viewer.history[:place]
            if deed.weight > 0 and all(deed.video != earlier.video for earlier in before):
                cases.append(Case(_until(viewer, place), deed.video))
                break
    return cases


def evaluate(
    recommender: Recommender,
    cases: Sequence[Case],
    *,
    at: Sequence[int] = (10,),
    progress: Progress = silent,
) -> dict[str, float]:
    """Recall and NDCG at each cut, `_popular` and `_random` beside the model's own.

    The whole catalogue is ranked, without what the viewer had met; equal scores share their
    ranks. Cases whose video is not in the catalogue are left out; `cases` counts the others.
    """
    ids = recommender.trie.now().ids
    place = {video: row for row, video in enumerate(ids)}
    asked = [case for case in cases if case.liked in place]
    likes = Counter(d.video for case in cases for d in case.viewer.history if d.weight > 0)
    popular = np.array([float(likes[video]) for video in ids])
    sums: Counter[str] = Counter()
    for done, case in enumerate(asked):
        progress("measuring the recommender", done, len(asked))
        open_ = np.array([video not in case.viewer.seen for video in ids])
        rivals = {
            "": _scores(recommender, case.viewer, place),
            "_popular": popular,
            "_random": np.zeros(len(ids)),
        }
        for rival, scores in rivals.items():
            for k in at:
                recall, ndcg = hits(scores[open_], float(scores[place[case.liked]]), k)
                sums[f"recall_at_{k}{rival}"] += recall  # type: ignore[assignment]
                sums[f"ndcg_at_{k}{rival}"] += ndcg  # type: ignore[assignment]
    progress("measuring the recommender", len(asked), len(asked))
    return {name: total / len(asked) for name, total in sums.items()} | {"cases": len(asked)}


def hits(scores: Scores, score: float, k: int) -> tuple[float, float]:
    """Expected recall and NDCG at `k` of the one liked video that has `score` among `scores`.

    Of videos with equal scores each order is as likely as the other.
    """
    better, tied = int((scores > score).sum()), int((scores == score).sum())
    assert tied > 0, f"no video has the score {score}"
    ranks = np.arange(better, max(better, min(k, better + tied)))
    return len(ranks) / tied, float((1.0 / np.log2(ranks + 2.0)).sum() / tied)


def _scores(recommender: Recommender, viewer: Viewer, place: dict[str, int]) -> Scores:
    """The model's probability of each video, exact: the beam is as wide as the catalogue."""
    scores = np.zeros(len(place))
    for video, chance in recommender.within(viewer, count=len(place), without=()):
        scores[place[video]] = chance
    return scores


def _until(viewer: Viewer, place: int) -> Viewer:
    """Steering is left out: it may have come later."""
    return Viewer(id=viewer.id, history=viewer.history[:place], attributes=viewer.attributes)
