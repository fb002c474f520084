"""The draw of a page: as if places were filled one after another, with the odds that are logged."""

from collections import Counter

import numpy as np
import pytest

from reelwright.outlooks.draw import Chance, Lots, drawn

CHANCES = (0.4, 0.3, 0.15, 0.1, 0.05)
TEMPERATURE = 0.5
ROUNDS = 6000


def one_after_another(rng: np.random.Generator) -> list[tuple[int, float]]:
    """The slow twin: each place by a draw of its own among those that are left."""
    left, order = list(range(len(CHANCES))), []
    while left:
        weights = np.array([CHANCES[place] for place in left]) ** (1 / TEMPERATURE)
        chances = weights / weights.sum()
        at = int(rng.choice(len(left), p=chances))
        order.append((left.pop(at), float(chances[at])))
    return order


def draws(seed: int) -> list[list[tuple[int, float]]]:
    chance = Chance(np.random.default_rng(seed))
    told = Lots.of(CHANCES, TEMPERATURE)
    return [list(zip(*drawn(told, chance), strict=True)) for _ in range(ROUNDS)]


def test_whole_orders_come_as_often_as_if_places_were_drawn_one_after_another() -> None:
    rng = np.random.default_rng(3)
    quick = Counter(tuple(place for place, _ in one) for one in draws(1))
    slow = Counter(tuple(place for place, _ in one_after_another(rng)) for _ in range(ROUNDS))
    for order in quick | slow:
        expected = (quick[order] + slow[order]) / 2
        assert abs(quick[order] - slow[order]) < 5 * (2 * expected) ** 0.5 + 5, order


def test_the_odds_that_are_told_are_those_of_each_place_given_the_places_before() -> None:
    weights = np.array(CHANCES) ** (1 / TEMPERATURE)
    for one in draws(2)[:300]:
        left = weights.sum()
        for place, chance in one:
            assert chance == pytest.approx(weights[place] / left)
            left -= weights[place]
        assert one[-1][1] == pytest.approx(1.0), "the last one left is drawn for sure"


def test_what_is_left_out_is_not_drawn_and_the_odds_are_of_the_others() -> None:
    told = Lots.of(CHANCES, TEMPERATURE)
    places, chances = drawn(told, Chance(np.random.default_rng(1)), without=[0, 3])
    assert sorted(places) == [1, 2, 4]
    weights = np.array(CHANCES) ** (1 / TEMPERATURE)
    assert chances[0] == pytest.approx(weights[places[0]] / weights[[1, 2, 4]].sum())
    assert drawn(Lots.of((), TEMPERATURE), Chance(np.random.default_rng(1))) == ([], [])


def test_noise_is_the_same_however_it_is_asked_for() -> None:
    one, other = Chance(np.random.default_rng(7)), Chance(np.random.default_rng(7))
    assert one(5) + one(3) == other(8)
    assert len(one(100_000)) == 100_000
