"""Clothes change, and nothing else: folds and light stay on them."""

import itertools
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from figure import Figure

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.media.materials import Materials
from reelwright.modify.clothes import Clothes, along, bodies
from reelwright.modify.costume import Costume, bent, nearest, woven
from reelwright.modify.fabric import COLOURS, PATTERNS, fabric
from reelwright.modify.performance import Floats
from reelwright.modify.strength import strength

FIGURE = Figure(width=320, height=240, count=10, grain=1.0)
MATERIALS = Materials(MediaConfig())


def dressed(cloth: str, level: str = "reimagine_1", figure: Figure = FIGURE) -> list[Image]:
    stage = Costume(figure.performance, fabric(cloth, MATERIALS), strength(level))
    return [stage(number, *figure.draw(number)) for number in range(4)]


def shirt(figure: Figure = FIGURE, number: int = 3) -> tuple[slice, slice]:
    """The middle of the trunk."""
    at = figure.points(number)
    (left, top), (right, bottom) = at["right_shoulder"], at["left_hip"]
    return slice(round(top) + 8, round(bottom) - 8), slice(round(left) + 4, round(right) - 2)


def lab(picture: Image) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(float)


def test_clothes_take_the_colour_and_keep_their_folds() -> None:
    before, after = FIGURE.draw(3)[0], dressed("blue")[3]
    wanted = fabric("blue", MATERIALS).mean
    worn, filmed = lab(after)[shirt()].reshape(-1, 3), lab(before)[shirt()].reshape(-1, 3)
    strays = np.abs(np.median(worn, axis=0) - wanted)
    assert strays[1:].max() < 14
    assert strays[0] < 26  # shirt and trousers share one cloth, and were not equally dark
    assert np.corrcoef(worn[:, 0], filmed[:, 0])[0, 1] > 0.85


def test_skin_hair_and_the_wall_stay() -> None:
    frame, _ = FIGURE.draw(3)
    after = dressed("lime")[3]
    x, y = FIGURE.points(3)["head"]
    head = slice(round(y) - 14, round(y) + 14), slice(round(x) - 10, round(x) + 10)
    assert np.abs(after[head].astype(int) - frame[head]).max() <= 2
    wrist = FIGURE.points(3)["left_wrist"]
    hand = (
        slice(round(wrist[1]) - 3, round(wrist[1]) + 4),
        slice(round(wrist[0]) - 3, round(wrist[0]) + 4),
    )
    assert np.abs(after[hand].astype(int) - frame[hand]).mean() < 12
    assert (after[:, :60] == frame[:, :60]).all()


def masks(figure: Figure) -> list[Floats]:
    clothes = Clothes(figure.performance)
    found = []
    for number in range(8):
        frame, alpha = figure.draw(number)
        found.append(clothes.mask(number, frame, alpha, bodies(figure.performance, number)))
    return found


def test_the_mask_covers_the_shirt_and_not_the_face() -> None:
    mask = masks(FIGURE)[3]
    assert mask[shirt()].mean() > 0.9
    x, y = FIGURE.points(3)["head"]
    assert mask[round(y) - 10 : round(y) + 10, round(x) - 8 : round(x) + 8].max() < 0.05


def test_the_mask_is_steady() -> None:
    found = masks(FIGURE)
    rows, columns = shirt()
    core = [mask[rows, columns] for mask in found]
    assert max(np.abs(a - b).mean() for a, b in itertools.pairwise(core[2:])) < 0.02


def test_without_any_body_clothes_are_what_is_below_the_chin() -> None:
    (one,) = FIGURE.performance.performers
    blind = replace(one, body_NP3=np.full_like(one.body_NP3, np.nan))
    performance = replace(FIGURE.performance, performers=(blind,))
    stage = Costume(performance, fabric("red", MATERIALS), strength("flex_1"))
    for number in range(4):
        after = stage(number, *FIGURE.draw(number))
    worn = lab(after)[shirt()].reshape(-1, 3)
    assert np.median(worn[:, 1]) > 150


def test_a_pattern_is_seen_and_every_pattern_goes_on_at_its_edges() -> None:
    plain, checked = (lab(dressed(name)[3])[shirt()] for name in ("navy", "checks"))
    assert checked[:, :, 1].std() > 2 * plain[:, :, 1].std()
    for name, draw in PATTERNS.items():
        tile = draw().astype(float)
        inside = np.abs(np.diff(tile, axis=0)).mean()
        assert np.abs(tile[0] - tile[-1]).mean() < 2.5 * inside + 12, name


def test_cloth_moves_with_the_body() -> None:
    """A place on the trunk has the same place in the cloth wherever the person stands."""
    here, there = (bodies(one.performance, 0) for one in (FIGURE, replace(FIGURE, width=360)))
    size = (240, 360)
    places = []
    for people in (here, there):
        us, vs = woven(size, people, (0, 0), 0.5)
        x, y = people[0].points_P2[[11, 12]].mean(axis=0)
        places.append((us[round(y) + 20, round(x)], vs[round(y) + 20, round(x)]))
    assert places[0] == pytest.approx(places[1], abs=0.03)


def test_every_place_belongs_to_the_bone_that_a_slow_search_finds() -> None:
    bones = [
        ((np.array([10.0, 5.0]), np.array([30.0, 40.0])), 2.0),
        ((np.array([50.0, 10.0]), np.array([20.0, 44.0])), 1.0),
    ]
    whose = nearest((50, 60), (0, 0), bones)

    def far(x: float, y: float, start: np.ndarray, end: np.ndarray) -> float:
        steps = np.linspace(start, end, 400)
        return float(np.hypot(steps[:, 0] - x, steps[:, 1] - y).min())

    for y, x in ((4, 4), (20, 22), (30, 50), (46, 8), (12, 48)):
        slow = int(np.argmin([far(x, y, *bone) / reach for bone, reach in bones]))
        assert whose[y, x] == slow


def test_lightness_is_bent_and_never_torn() -> None:
    levels = np.linspace(-80, 340, 421, dtype=np.float32)
    kept = bent(levels)
    assert (np.diff(kept) >= 0).all()
    assert kept.min() >= 0
    assert kept.max() <= 255
    assert kept[200] == levels[200]


def test_a_mask_comes_along_with_the_flow() -> None:
    mask = np.zeros((40, 60), np.float32)
    mask[10:20, 10:20] = 1
    flow = np.zeros((4, 6, 2), np.float16)
    flow[:, :, 0], flow[:, :, 1] = 16, 6
    came = along(mask, flow, (120, 80))
    assert (came[13:23, 18:28] == 1).all()
    assert came.sum() == pytest.approx(100)


@pytest.mark.parametrize("text", ["red", "#aa3344", "tartan", "Navy stripes", "red cream dots"])
def test_colours_and_patterns_are_understood(text: str) -> None:
    cloth = fabric(text, MATERIALS)
    assert cloth.is_plain == (len(text.split()) == 1 and text != "tartan")


@pytest.mark.parametrize(
    ("text", "told"),
    [("tartann", "tartan"), ("bleu", "blue"), ("#12", "red"), ("coat.png", "no file")],
)
def test_an_unknown_costume_is_told_with_the_nearest(text: str, told: str) -> None:
    with pytest.raises(ReelwrightError) as caught:
        fabric(text, MATERIALS)
    assert told in str(caught.value)


def test_a_picture_is_worn(tmp_path: Path) -> None:
    picture = np.full((60, 80, 3), (30, 160, 60), np.uint8)
    cv2.imwrite(str(tmp_path / "print.png"), picture)
    after = lab(dressed(str(tmp_path / "print.png"))[3])[shirt()].reshape(-1, 3)
    assert np.median(after[:, 1]) < 110  # green


def test_names_of_colours_are_names() -> None:
    assert all(name.isalpha() and name.islower() for name in (*COLOURS, *PATTERNS))
