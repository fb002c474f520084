"""Performers stand in the new place: nothing of the old is left, and faces are theirs."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from figure import Figure

from reelwright.media.decode import Image
from reelwright.modify.ground import CONTACT, feet, light_left
from reelwright.modify.light import Light
from reelwright.modify.placing import Placing, around
from reelwright.modify.strength import DIAL, strength
from reelwright.modify.untouched import faces

FIGURE = Figure(width=240, height=180, count=6, grain=0.0)
GREEN = (40, 150, 60)


@dataclass
class Flat:
    """A place of one colour, with a darker half."""

    name: str = "flat"
    is_still: bool = True
    colour: tuple[int, int, int] = GREEN

    def plate(self, number: int) -> Image:
        plate = np.full((FIGURE.height, FIGURE.width, 3), self.colour, np.uint8)
        plate[:, FIGURE.width // 2 :] //= 2
        return plate


def placed(level: str, number: int = 0, figure: Figure = FIGURE) -> Image:
    frame, alpha = figure.draw(number)
    return Placing(Flat(), figure.performance, strength(level))(number, frame, alpha)


def test_the_old_place_is_gone() -> None:
    _, alpha = FIGURE.draw(0)
    far = alpha.copy()
    far[:, FIGURE.width // 4 : -FIGURE.width // 4] = 1
    out = placed("flex_1").astype(int)
    behind = out[far == 0]
    assert (behind[:, 1] > behind[:, 0] + 20).all()
    assert (behind[:, 1] > behind[:, 2] + 20).all()


def test_edges_hold_nothing_of_the_old_wall() -> None:
    """Where the wall was blue, the same composite must not be bluer."""
    blue = replace(FIGURE, wall=(220, 90, 60))
    frame, alpha = blue.draw(0)
    out = Placing(Flat(), blue.performance, strength("adhere_1"))(0, frame, alpha).astype(float)
    own, _ = blue._person(0)
    left = DIAL["adhere_1"]
    assert left.performer == 0
    edge = (alpha > 0.3) & (alpha < 0.7)
    pasted = alpha[:, :, None] * frame + (1 - alpha[:, :, None]) * Flat().plate(0)
    clean = alpha[:, :, None] * own + (1 - alpha[:, :, None]) * Flat().plate(0)
    error, naive = (np.abs(one - clean)[edge][:, 0].mean() for one in (out, pasted))
    assert error < 0.55 * naive


@pytest.mark.parametrize("level", ["adhere_1", "adhere_2", "adhere_3"])
def test_faces_are_untouched_at_adhere(level: str) -> None:
    frame, alpha = FIGURE.draw(2)
    whole = faces(FIGURE.performance, 2)
    assert whole is not None
    inside = (whole >= 1) & (alpha >= 1)
    assert inside.sum() > 50
    assert np.abs(placed(level, 2).astype(int) - frame)[inside].max() <= 1


def test_a_higher_strength_changes_performers_more() -> None:
    frame, alpha = FIGURE.draw(0)
    solid = alpha >= 1
    changes = [
        np.abs(placed(level).astype(int) - frame)[solid].mean()
        for level in ("adhere_1", "adhere_3", "flex_2", "reimagine_2")
    ]
    assert changes == sorted(changes)
    assert changes[-1] > changes[0] + 3


def test_the_same_seed_gives_the_same_frames() -> None:
    grainy = replace(FIGURE, grain=4.0)
    assert (placed("flex_1", figure=grainy) == placed("flex_1", figure=grainy)).all()


def test_nobody_in_the_frame_leaves_the_place_alone() -> None:
    frame, alpha = FIGURE.draw(0)
    out = Placing(Flat(), FIGURE.performance, strength("reimagine_3"))(0, frame, 0 * alpha)
    assert (out == Flat().plate(0)).all()  # at this strength the place gives nothing


def test_light_does_not_jump_between_frames() -> None:
    stage = Placing(Flat(), FIGURE.performance, strength("flex_3"))
    outs = []
    for number in range(6):
        frame, alpha = FIGURE.draw(number)
        outs.append(stage(number, frame, alpha)[10:30, 10:30].astype(int))
    assert max(np.abs(a - b).max() for a, b in itertools.pairwise(outs)) <= 1


def test_feet_are_found_only_where_they_are_seen() -> None:
    assert len(feet(FIGURE.performance, 0)) == 2
    closer = Figure(width=240, height=180, count=2, tall=1.6)
    assert len(feet(closer.performance, 0)) == 0


def test_the_ground_under_feet_is_darkest() -> None:
    _, alpha = FIGURE.draw(0)
    standing = feet(FIGURE.performance, 0)
    plain = Light(0.5, 10.0, (1.0, 1.0, 1.0))
    left = light_left(alpha, standing, plain, 180.0)
    x, y, _ = standing[0]
    assert left[min(179, round(y)), round(x)] < 1 - 0.6 * CONTACT
    assert left[20, 20] > 0.99
    assert light_left(alpha, standing[:0], plain, 180.0).min() > 0.9


def test_a_shadow_falls_away_from_the_light() -> None:
    _, alpha = FIGURE.draw(0)
    standing = feet(FIGURE.performance, 0)
    sides = []
    for side in (-0.8, 0.8):
        dark = 1 - light_left(alpha, standing, Light(0.5, 10.0, (1.0, 1.0, 1.0), side=side), 180.0)
        rows = dark[round(standing[:, 1].max()) + 4 :]
        sides.append(float((rows * np.arange(240)).sum() / rows.sum()))
    assert sides[0] > sides[1] + 1


def test_the_part_with_people_is_found() -> None:
    alpha = np.zeros((50, 60), np.float32)
    assert around(alpha, 4) is None
    alpha[10:20, 30:40] = 0.5
    assert around(alpha, 4) == (26, 6, 44, 24)
