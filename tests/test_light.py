"""Performers and places come together in one light, gently, each by its share."""

from dataclasses import replace

import numpy as np
import pytest

from reelwright.modify.light import GAMMA, Light, applied, grade, measured, shading
from reelwright.modify.strength import DIAL

PLAIN = Light(bright=0.4, black=10.0, cast=(1.0, 1.0, 1.0))
HALF = DIAL["flex_3"]


def grey(level: int, side: int = 64) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


def test_brightness_is_that_of_the_light_and_not_of_the_picture_as_a_whole() -> None:
    picture = grey(20)
    picture[:16] = 200
    assert measured(picture).bright == pytest.approx((200 / 255) ** GAMMA, rel=0.02)


def test_the_side_of_the_light_is_found() -> None:
    picture = grey(60)
    picture[:30, 40:] = 250
    found = measured(picture)
    assert found.side > 0.3
    assert found.above > 0.3
    mirrored = measured(np.ascontiguousarray(picture[:, ::-1]))
    assert mirrored.side == pytest.approx(-found.side, abs=0.02)


def test_a_cast_is_found_and_is_none_where_all_is_grey() -> None:
    assert measured(grey(128)).cast == pytest.approx((1, 1, 1), abs=0.01)
    warm = measured(np.full((64, 64, 3), (90, 120, 160), np.uint8))
    assert warm.cast[0] < 1 < warm.cast[2]


def test_both_go_towards_each_other() -> None:
    dark = replace(PLAIN, bright=0.1)
    tables = grade(PLAIN, dark, HALF)
    assert (
        applied(grey(128), tables.performer).mean() < 128 < applied(grey(128), tables.plate).mean()
    )
    same = grade(PLAIN, PLAIN, HALF)
    assert np.abs(applied(grey(128), same.performer).astype(int) - 128).max() <= 1


def test_nobody_becomes_black_or_burnt_out() -> None:
    for bright in (0.001, 1.0):
        tables = grade(PLAIN, replace(PLAIN, bright=bright), DIAL["reimagine_3"])
        middle = float(applied(grey(128), tables.performer).mean())
        assert 80 < middle < 175
        assert (np.diff(tables.performer[0].astype(int), axis=0) >= 0).all()


def test_adhere_1_leaves_performers_as_they_are() -> None:
    tables = grade(PLAIN, Light(0.9, 60.0, (1.3, 1.0, 0.7)), DIAL["adhere_1"])
    assert (tables.performer[0] == np.arange(256)[:, None]).all() or (
        np.abs(tables.performer[0, :226].astype(int) - np.arange(226)[:, None]).max() == 0
    )


def test_the_side_that_faces_the_light_is_brighter() -> None:
    alpha = np.zeros((96, 96), np.float32)
    alpha[20:, 30:66] = 1
    shade = shading(alpha, replace(PLAIN, side=0.6), 0.5, 96.0)
    assert shade is not None
    assert shade[60, 63] > 1.02 > 0.98 > shade[60, 33]
    assert shading(alpha, PLAIN, 0.0, 96.0) is None
