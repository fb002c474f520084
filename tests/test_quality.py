"""What is said of codes: how often they collide, how much they lose, and what they give away."""

import numpy as np
import pytest
from test_codebook import World

from reelwright.domain import SemanticId
from reelwright.sids.probe import chance, class_means, one_hot, reading, without
from reelwright.sids.quality import names, neighbour_recall, quality, unexplained


def test_names_are_counted() -> None:
    sids = [SemanticId((0,), (0,)), SemanticId((0,), (0,)), SemanticId((1,), (0,))]
    evenness = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3)) / np.log(4)
    assert names(sids, (4, 1)) == pytest.approx(
        {"collision": 2 / 3, "utilisation": (0.5 + 1) / 2, "entropy": (evenness + 1) / 2}
    )


def test_what_is_decoded_right_loses_nothing_and_the_mean_alone_loses_all() -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    assert unexplained(vectors, vectors) == 0
    mean = np.repeat(vectors.mean(0, keepdims=True), 40, 0)
    assert unexplained(vectors, mean) == pytest.approx(1, abs=1e-5)


def test_neighbours_are_what_brute_force_finds() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(30, 4)).astype(np.float32)
    decoded = vectors + rng.normal(size=vectors.shape).astype(np.float32)
    shares = []
    for row, vector in enumerate(vectors):
        others = [other for other in range(30) if other != row]
        true = sorted(others, key=lambda o: float(((vectors[o] - vector) ** 2).sum()))
        seen = sorted(others, key=lambda o: float(((decoded[o] - vector) ** 2).sum()))
        shares.append(len(set(true[:10]) & set(seen[:10])) / 10)
    assert neighbour_recall(vectors, decoded) == pytest.approx(np.mean(shares))
    assert neighbour_recall(vectors, vectors) == 1
    assert neighbour_recall(vectors[:1], decoded[:1]) == 1


def test_a_whole_codebook_has_all_figures() -> None:
    world = World()
    codebook = world.fit()
    sids = codebook.encode_all(world.contents, world.creatives)
    figures = quality(codebook, world.contents, world.creatives, sids)
    assert set(figures) == {
        "collision",
        "utilisation",
        "entropy",
        "reconstruction",
        "neighbour_recall",
    }
    assert figures["reconstruction"] < 0.15
    assert all(0 <= value <= 1 for value in figures.values())


def planted(count: int = 240) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values that tell one label, and another label that they do not tell."""
    rng = np.random.default_rng(2)
    told, other = rng.integers(6, size=count), rng.integers(4, size=count)
    values = 5 * np.eye(6)[told] + rng.normal(size=(count, 6))
    return values, told, other


def test_a_probe_reads_what_is_there_and_nothing_else() -> None:
    values, told, other = planted()
    rng = np.random.default_rng(0)
    assert reading(values, told, rng) > 0.95
    assert reading(values, other, rng) == pytest.approx(chance(values, other, rng), abs=0.1)
    assert chance(values, told, rng) == pytest.approx(1 / 6, abs=0.05)


def test_what_is_taken_away_cannot_be_read_but_what_lay_under_it_can() -> None:
    values, told, other = planted()
    mixed = values + np.eye(6)[other]
    rng = np.random.default_rng(0)
    rest = without(mixed, told)
    assert reading(rest, told, rng) < 0.2
    assert reading(rest, other, rng) > 1.3 * chance(rest, other, rng, within_N=told)


def test_labels_dealt_within_groups_stay_in_them() -> None:
    values = np.eye(3)[np.array([0, 0, 1, 1, 2, 2])]
    labels = np.array([0, 0, 1, 1, 2, 2])
    whole = chance(np.repeat(values, 9, 0), np.repeat(labels, 9), np.random.default_rng(0))
    kept = chance(
        np.repeat(values, 9, 0),
        np.repeat(labels, 9),
        np.random.default_rng(0),
        within_N=np.repeat(labels, 9),
    )
    assert kept == 1
    assert whole < 0.6


def test_middles_and_one_hots_are_what_brute_force_finds() -> None:
    values, told, _ = planted(40)
    for label, middle in enumerate(class_means(values, told)):
        assert middle == pytest.approx(values[told == label].mean(0))
    assert one_hot(np.array([[1, 0], [0, 2]]), (2, 3)).tolist() == [
        [0, 1, 1, 0, 0],
        [1, 0, 0, 0, 1],
    ]
