"""Raw numbers of a detector become things, each once."""

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.finding import SAME, anchors, found, merged, overlap

Floats = NDArray[np.float32]


def brute_overlap(one: Floats, other: Floats) -> float:
    """By counting small squares."""
    steps = np.linspace(0, 1, 400)
    x, y = np.meshgrid(steps, steps)

    def inside(box: Floats) -> NDArray[np.bool_]:
        left, top, right, bottom = box
        return np.asarray((x >= left) & (x <= right) & (y >= top) & (y <= bottom))

    both, any_ = inside(one) & inside(other), inside(one) | inside(other)
    return float(both.sum() / max(any_.sum(), 1))


def boxes(count: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0.1, 0.4, (count, 2))
    return np.concatenate([low, low + rng.uniform(0.1, 0.4, (count, 2))], 1).astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_overlap_is_what_counting_squares_says(seed: int) -> None:
    one, *others = boxes(6, seed)
    shares = overlap(one, np.array(others))
    brute = [brute_overlap(one, other) for other in others]
    assert shares == pytest.approx(brute, abs=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_never_shows_one_thing_twice(seed: int) -> None:
    box_B4 = boxes(30, seed)
    score_B = np.random.default_rng(seed).uniform(0.5, 1, 30).astype(np.float32)
    things = merged(score_B, box_B4, np.zeros((30, 2, 2), np.float32))
    assert [thing.score for thing in things] == sorted((t.score for t in things), reverse=True)
    assert things[0].score == score_B.max()
    surest = box_B4[score_B.argmax()]
    heap = box_B4[[brute_overlap(surest, box) > SAME for box in box_B4]]
    assert (things[0].box_4 >= heap.min(0) - 1e-5).all()
    assert (things[0].box_4 <= heap.max(0) + 1e-5).all()


def test_anchors_are_the_middles_of_cells_layer_by_layer() -> None:
    places = anchors(128, ((8, 2), (16, 6)))  # the detector of near faces has 896
    assert places.shape == (896, 2)
    assert places[:3].tolist() == [[4 / 128, 4 / 128], [4 / 128, 4 / 128], [12 / 128, 4 / 128]]
    assert places[-1].tolist() == [120 / 128, 120 / 128]


def test_a_thing_is_found_where_its_anchor_and_its_numbers_say() -> None:
    middles = anchors(128, ((16, 1),))
    raw = np.zeros((64, 8), np.float32)
    logits = np.full(64, -9, np.float32)
    raw[9], logits[9] = [8, 0, 32, 16, 0, 0, 16, -16], 4.0
    (thing,) = found(raw, logits, middles, 128)
    x, y = middles[9] + (8 / 128, 0)
    assert thing.box_4 == pytest.approx([x - 0.125, y - 0.0625, x + 0.125, y + 0.0625])
    assert thing.points_K2.ravel() == pytest.approx(
        [*middles[9], middles[9, 0] + 0.125, middles[9, 1] - 0.125]
    )
    assert thing.score == pytest.approx(1 / (1 + np.exp(-4)))


def test_where_nothing_is_sure_nothing_is_found() -> None:
    assert (
        found(
            np.zeros((64, 8), np.float32),
            np.full(64, -1, np.float32),
            anchors(128, ((16, 1),)),
            128,
        )
        == []
    )
