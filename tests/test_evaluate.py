"""The measures: counted by hand, and compared with what repeated chance gives."""

import dataclasses

import numpy as np
import planted
import pytest

from reelwright.domain import Deed, EventKind, SemanticId, Viewer
from reelwright.recommender.evaluate import evaluate, hits, leave_last_out


def viewer(*acts: tuple[str, float]) -> Viewer:
    sid = SemanticId((0, 0), (0, 0))
    history = tuple(
        Deed(video, sid, EventKind.PLAY, weight, float(at_s))
        for at_s, (video, weight) in enumerate(acts)
    )
    return Viewer(id="u", history=history, more_content={(1,): 1.5})


def test_the_last_new_liked_video_is_the_case_and_nothing_after_it_is_known() -> None:
    met = viewer(("a", 1.0), ("b", 1.0), ("c", -1.0), ("a", 2.0), ("d", 0.0))
    (case,) = leave_last_out([met])
    assert case.liked == "b"
    assert [deed.video for deed in case.viewer.history] == ["a"]
    assert case.viewer.more_content == {}


def test_those_who_liked_nothing_after_something_are_no_case() -> None:
    never = [viewer(), viewer(("a", 1.0)), viewer(("a", -1.0), ("b", 0.0), ("a", 1.0))]
    assert leave_last_out(never) == []


@pytest.mark.parametrize(
    ("scores", "score", "k", "recall", "ndcg"),
    [
        ([3.0, 2.0, 1.0], 2.0, 1, 0.0, 0.0),
        ([3.0, 2.0, 1.0], 2.0, 2, 1.0, 1 / np.log2(3)),
        ([3.0, 2.0, 2.0, 2.0], 2.0, 2, 1 / 3, 1 / np.log2(3) / 3),
        ([0.0] * 8, 0.0, 2, 1 / 4, (1 + 1 / np.log2(3)) / 8),
    ],
)
def test_equal_scores_share_their_ranks(
    scores: list[float], score: float, k: int, recall: float, ndcg: float
) -> None:
    assert hits(np.array(scores), score, k) == pytest.approx((recall, ndcg))


def test_a_shuffled_ranking_gives_on_average_what_is_expected() -> None:
    rng = np.random.default_rng(0)
    scores = np.array([5.0, 4.0, 4.0, 4.0, 1.0])
    ranks = [
        int(
            np.flatnonzero(
                (order := rng.permutation(5))[np.argsort(-scores[order], kind="stable")] == 2
            )[0]
        )
        for _ in range(4000)
    ]
    recall = np.mean([rank < 3 for rank in ranks])
    ndcg = np.mean([(rank < 3) / np.log2(rank + 2) for rank in ranks])
    assert hits(scores, 4.0, 3) == pytest.approx((recall, ndcg), abs=0.02)


def test_all_three_are_masked_alike() -> None:
    cases = planted.cases()[:30]
    measures = evaluate(planted.recommender(), cases, at=(5, 10))
    unmet = [len(planted.videos()) - len(case.viewer.seen) for case in cases]
    assert measures["recall_at_10_random"] == pytest.approx(np.mean([10 / n for n in unmet]))
    assert measures["cases"] == 30
    assert measures["recall_at_5"] <= measures["recall_at_10"]
    gone = [dataclasses.replace(case, liked="no longer there") for case in cases[:10]]
    assert evaluate(planted.recommender(), [*gone, *cases[10:]])["cases"] == 20
