"""Read back from finished films: the nearest middle, with the film itself left out."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.bench import readback
from reelwright.bench.readback import WORDS, left_out, worst
from reelwright.bench.sids import Catalogue
from reelwright.catalogue.world import Commission
from reelwright.config import Config
from reelwright.progress import Progress, silent


def slowly(values: NDArray[np.float64], labels: NDArray[np.intp]) -> list[bool]:
    """One film after the other, each middle made anew from all others."""
    right = []
    for asked in range(len(values)):
        others = [k for k in range(len(values)) if k != asked]
        middles = {
            label: values[[k for k in others if labels[k] == label]].mean(axis=0)
            for label in set(labels.tolist())
        }
        read = min(middles, key=lambda label: float(np.linalg.norm(values[asked] - middles[label])))
        right.append(read == labels[asked])
    return right


@pytest.mark.parametrize("seed", range(6))
def test_reading_back_at_once_is_reading_back_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat([3, 5, 9], [2, 7, 4]))
    values = rng.normal(size=(13, 6)) + 0.6 * labels[:, None] * rng.normal(size=6)
    assert left_out(values, labels).tolist() == slowly(values, labels)


def test_a_film_does_not_vouch_for_itself() -> None:
    """Two films of a label, each alone beside another label's: both are read wrong."""
    values = np.array([[0.0], [9.0], [0.4], [0.5], [8.0]])
    assert left_out(values, np.array([1, 1, 2, 2, 2])).tolist()[:2] == [False, False]


def test_the_worst_label_is_told() -> None:
    right = np.array([True, True, True, False, True, True])
    assert worst(right, np.array([0, 0, 1, 1, 1, 1])) == 0.75


def test_quick_takes_every_style_over_a_few_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eyes that see the style in one vector and nothing in the other."""

    def seen(commissions: Sequence[Commission], config: Config, *, progress: Progress) -> Catalogue:
        topics = np.unique([one.topic for one in commissions], return_inverse=True)[1]
        styles = np.unique([one.style for one in commissions], return_inverse=True)[1]
        assert len(set(zip(topics, styles, strict=True))) == len(commissions)
        nothing = np.zeros((len(commissions), 3), np.float32)
        return Catalogue([], nothing, np.eye(8, dtype=np.float32)[styles], [], topics, styles)

    monkeypatch.setattr(readback, "looked_at", seen)
    figures = readback.measure(Config(), quick=True, progress=silent)
    assert list(figures) == list(WORDS)
    assert (figures["films"], figures["styles"], figures["topics"]) == (32, 8, 4)
    assert (figures["style_readback"], figures["topic_readback"]) == (1.0, 0.0)
