"""The camera over a photograph: always within it, never too fast, and at its point of interest."""

import itertools
import math

import numpy as np
import pytest

from reelwright.render.kenburns import MOST_TRAVEL, MOST_ZOOM, View, pan, within
from reelwright.render.kit import CAMERAS

SIZES = [(1600.0, 900.0), (900.0, 1600.0), (800.0, 800.0), (3000.0, 400.0), (90.0, 160.0)]
FOCI = [(0.5, 0.5), (0.0, 1.0), (0.93, 0.2), (0.3, 0.7)]


@pytest.mark.parametrize("camera", CAMERAS)
def test_every_view_shows_nothing_but_the_photograph(camera: str) -> None:
    for size, focus, aspect in itertools.product(SIZES, FOCI, (9 / 16, 1.0, 16 / 9)):
        way = pan(camera, size, aspect, focus, duration_s=3.0, strength=1.35, shake=0.005)
        for share in np.linspace(-0.4, 1.4, 13):
            view = way.at(float(share), 7 * share, seed=3.1)
            half_x, half_y = view.width / 2, view.width / aspect / 2
            assert view.width > 0
            assert view.x - half_x >= -1e-6, (size, focus, share)
            assert view.x + half_x <= size[0] + 1e-6
            assert view.y - half_y >= -1e-6
            assert view.y + half_y <= size[1] + 1e-6


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("seconds", [0.8, 2.0, 6.0, 40.0])
def test_no_move_is_faster_than_good_taste_allows(camera: str, seconds: float) -> None:
    for size, focus in itertools.product(SIZES, FOCI):
        way = pan(camera, size, 9 / 16, focus, duration_s=seconds)
        first, last = way.at(0.0), way.at(1.0)
        zoom = max(first.width, last.width) / min(first.width, last.width)
        assert zoom <= 1.101 * (1 + MOST_ZOOM)
        assert math.dist((first.x, first.y), (last.x, last.y)) <= (
            (MOST_TRAVEL + 0.09) * max(first.width, last.width) * 16 / 9
        )
        assert (first, last) != (last, first), "something moves"


def test_a_push_ends_with_the_point_of_interest_as_near_the_middle_as_it_can_be() -> None:
    way = pan("push", (1600, 1600), 1.0, (0.55, 0.48), duration_s=5)
    assert (way.end.x, way.end.y) == pytest.approx((880, 768))
    edge = pan("push", (1600, 900), 9 / 16, (0.98, 0.5), duration_s=3).end
    assert edge.x + edge.width / 2 == pytest.approx(1600)


def test_pans_arrive_at_the_point_of_interest_from_their_side() -> None:
    right = pan("pan_right", (3000, 1000), 9 / 16, (0.5, 0.5), duration_s=3)
    left = pan("pan_left", (3000, 1000), 9 / 16, (0.5, 0.5), duration_s=3)
    assert right.start.x < right.end.x == pytest.approx(1500)
    assert left.start.x > left.end.x == pytest.approx(1500)


def test_the_point_of_interest_comes_to_rest_where_it_should() -> None:
    for camera in ("push", "handheld", "still"):
        way = pan(camera, (2000, 2000), 1.0, (0.5, 0.5), duration_s=3, rest=(0.68, 0.4), closer=2)
        for share in (0.0, 1.0):
            view = way.start.towards(way.end, share)
            assert 0.5 + (1000 - view.x) / view.width == pytest.approx(0.68)
            assert 0.5 + (1000 - view.y) / view.width == pytest.approx(0.4)


def test_a_zoom_keeps_to_its_point() -> None:
    """What lies at the fixed point of a straight push stays where it is in the frame."""
    way = pan("push", (1000, 1000), 1.0, (0.5, 0.5), duration_s=5)
    for share in (0.0, 0.3, 0.9):
        assert (way.at(share).x, way.at(share).y) == pytest.approx((500, 500))


def test_a_view_within_is_the_nearest_one() -> None:
    assert within(View(0, 0, 100), (400, 400), 1.0) == View(50, 50, 100)
    assert within(View(200, 390, 9999), (400, 300), 2.0) == View(200, 200, 400)
