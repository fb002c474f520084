"""A dense score joined to what a beam recalled."""

from collections.abc import Sequence

import numpy as np
import pytest

from reelwright.recommender.joint import Joint
from reelwright.recommender.search import Floats

CHANCES = np.array([0.4, 0.2, 0.0])


def scores(videos: Sequence[str]) -> Floats:
    return np.log([{"a": 0.1, "b": 0.8, "c": 0.1}[video] for video in videos])


def test_the_joint_is_the_product_of_both_with_the_sum_of_the_beam() -> None:
    joined = Joint(scores).ranked(["a", "b", "c"], CHANCES)
    assert joined == pytest.approx(np.array([0.04, 0.16, 0.0]) * 3)
    assert joined.sum() == pytest.approx(CHANCES.sum())


def test_without_weight_nothing_changes() -> None:
    assert Joint(scores, weight=0.0).ranked(["a", "b", "c"], CHANCES) == pytest.approx(CHANCES)


def test_nothing_recalled_is_nothing_ranked() -> None:
    assert len(Joint(scores).ranked([], np.zeros(0))) == 0


def test_a_score_too_few_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="2 videos"):
        Joint(lambda videos: np.zeros(1)).ranked(["a", "b"], CHANCES[:2])
