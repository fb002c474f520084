"""Everybody is followed under their own number: through misses, exchanges, cuts and returns."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from watched import FakeBodies, FakeFaces, FakeHands, fake_outline, painted

from reelwright.modify.people import (
    FORGET_AFTER,
    SEARCH_EVERY,
    Eyes,
    People,
    Person,
    nowhere,
    outline,
)
from reelwright.modify.performance import FACE_POINTS
from reelwright.modify.watcher import Watcher

ANN, BOB = 10, 240


class Looks:
    """People who are watched, and what the stand-ins are told."""

    def __init__(self) -> None:
        self.faces = FakeFaces()
        faces: Any = self.faces
        bodies: Any = FakeBodies()
        hands: Any = FakeHands()
        self.eyes = Eyes(faces, bodies, hands, fake_outline)
        self.people = People(self.eyes, ThreadPoolExecutor(1))

    def see(self, *there: tuple[int, int, int]) -> dict[int, Person]:
        return {one.number: one for one in self.people.see(painted(*there))}


def test_two_are_told_apart_while_they_cross_the_frame() -> None:
    looks = Looks()
    for step in range(12):
        seen = looks.see((60 + 5 * step, 80, ANN), (260 - 5 * step, 130, BOB))
        assert sorted(seen) == [1, 2]
        assert seen[1].box_4[[0, 2]].mean() == pytest.approx(60 + 5 * step, abs=6)
        assert seen[2].hands[1] is not None
        assert seen[2].hands[0] is None


def test_a_face_that_turns_away_leaves_its_body() -> None:
    looks = Looks()
    looks.see((100, 80, ANN))
    looks.faces.hidden = {ANN}
    seen = looks.see((102, 80, ANN))
    assert np.isnan(seen[1].face_P3).all()
    assert seen[1].body is not None
    looks.faces.hidden = set()
    for _ in range(3):  # it is searched for now and then
        seen = looks.see((104, 80, ANN))
    assert not np.isnan(seen[1].face_P3).any()
    assert sorted(seen) == [1]


def test_a_face_too_small_for_the_whole_frame_is_found_at_its_head() -> None:
    looks = Looks()
    looks.faces.small = {ANN}
    seen = looks.see((100, 80, ANN), (250, 80, BOB))
    assert sorted(seen) == [1, 2]
    small = next(one for one in seen.values() if one.box_4[0] < 150)
    assert small.face_P3[:, 0].mean() == pytest.approx(100, abs=2)
    assert outline(small.face_P3, small.body) == pytest.approx(small.box_4)


def test_a_head_that_hides_behind_a_face_takes_none_of_its_points() -> None:
    looks = Looks()
    looks.see((100, 80, ANN))
    (ann,) = looks.people.see(painted((100, 80, ANN)))
    behind = replace(ann, number=2, face_P3=nowhere(FACE_POINTS))
    frame = painted((100, 80, ANN))
    assert looks.people._faced(frame, behind, [ann, behind]) is behind
    assert looks.people._faced(frame, behind, [behind]) is not behind


def test_who_comes_later_is_found_and_has_a_number_of_their_own() -> None:
    looks = Looks()
    for _ in range(3):
        looks.see((60, 80, ANN))
    for _ in range(SEARCH_EVERY):
        seen = looks.see((60, 80, ANN), (250, 80, BOB))
    assert sorted(seen) == [1, 2]


def test_who_was_away_is_known_again_by_their_colours() -> None:
    looks = Looks()
    looks.see((60, 80, ANN), (250, 80, BOB))
    for _ in range(5):
        assert sorted(looks.see((60, 80, ANN))) == [1]
    for _ in range(SEARCH_EVERY):
        seen = looks.see((60, 80, ANN), (180, 140, BOB))
    assert sorted(seen) == [1, 2]


def test_after_a_cut_the_same_two_are_there_where_they_are_now() -> None:
    looks = Looks()
    looks.see((60, 80, ANN), (250, 80, BOB))
    looks.people.cut()
    seen = looks.see((250, 90, ANN), (70, 100, BOB))
    assert sorted(seen) == [1, 2]
    assert seen[1].box_4[[0, 2]].mean() > 200


def test_who_stays_away_is_forgotten() -> None:
    looks = Looks()
    looks.see((60, 80, ANN))
    for _ in range(FORGET_AFTER):
        looks.see()
    assert looks.people.anybody
    looks.see()
    assert not looks.people.anybody


def test_a_face_printed_on_a_shirt_is_nobody() -> None:
    looks = Looks()
    looks.faces.prints = [(100.0, 120.0)]  # in the middle of the trunk
    for _ in range(4):
        assert sorted(looks.see((100, 80, ANN))) == [1]


def test_a_watcher_gives_the_outline_of_those_who_are_there() -> None:
    looks = Looks()
    watcher = Watcher(looks.eyes)
    seen = watcher.see(painted((100, 80, ANN)))
    assert [one.number for one in seen.people] == [1]
    assert seen.matte_HW[int(90 * 0.6), int(100 * 0.6)] == 1
    assert seen.matte_HW[5, 180] == 0
    assert seen.flow_HW2 is None
    again = watcher.see(painted((104, 80, ANN)))
    assert again.flow_HW2 is not None
    assert watcher.see(painted()).people == []


def test_an_outline_of_nobody_is_dropped_but_is_no_background() -> None:
    looks = Looks()
    looks.faces.hidden = {ANN}

    class Blind:
        def see(self, *_: object, **__: object) -> list[None]:
            return []

    blind: Any = Blind()
    watcher = Watcher(Eyes(looks.eyes.faces, blind, looks.eyes.hands, fake_outline))
    seen = watcher.see(painted((100, 80, ANN)))
    assert seen.matte_HW.max() == 0
    assert seen.busy_HW.max() == 1
