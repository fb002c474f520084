"""What is hidden is not drawn, and nobody can tell: compared with drawing all of it."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from plans import plan, shot

from reelwright.render import picture
from reelwright.render.blend import Affine, placed
from reelwright.render.film import Desk, Film
from reelwright.render.hidden import bands, hidden_from, solid_part
from reelwright.render.layer import Layer, Motion, Pixels
from reelwright.render.outline import Box

SCENES = ("harbour", "city", "underwater", "stadium", "forest", "space", "kitchen", "road")


def sprite(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Opaque below a wavy edge, with a few holes and soft sides."""
    pixels = np.zeros((height, width, 4), np.uint8)
    edge = height * (0.2 + 0.2 * np.sin(np.arange(width) / rng.uniform(6, 20)))
    pixels[:, :, 3] = np.where(np.arange(height)[:, None] > edge, 255, 0)
    for _ in range(int(rng.integers(0, 4))):
        pixels[int(rng.integers(height)), int(rng.integers(width)), 3] = 40
    side = int(rng.integers(0, 4))
    pixels[:, :side, 3] //= 2
    pixels[:, :, :3] = pixels[:, :, 3:] // 2
    return pixels


@pytest.mark.parametrize("seed", range(12))
def test_a_solid_part_has_no_gap_and_is_the_largest_of_its_kind(seed: int) -> None:
    pixels = sprite(40, 60, np.random.default_rng(seed))
    opaque = pixels[:, :, 3] == 255
    best = 0
    lowest = max(row for row in range(40) if opaque[row, 30]) + 1
    for top in range(lowest):
        for left in range(31):
            for right in range(31, 61):
                if opaque[top:lowest, left:right].all():
                    best = max(best, (lowest - top) * (right - left))
    part = solid_part(pixels)
    assert part is not None
    left, top, right, bottom = part
    assert opaque[top:bottom, left:right].all()
    assert (right - left) * (bottom - top) == best


def test_a_clear_sprite_has_no_solid_part() -> None:
    assert solid_part(np.zeros((5, 7, 4), np.uint8)) is None


def test_rows_that_are_said_to_be_hidden_are() -> None:
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(200):
        pixels = sprite(90, 120, rng)
        solid = solid_part(pixels)
        assert solid is not None
        scale, turn = rng.uniform(0.9, 1.4), rng.uniform(-0.05, 0.05)
        x, y = rng.uniform(20, 40), rng.uniform(20, 60)
        place = placed(x, y, scale=scale, turn=turn, about=(60, 45))
        first = hidden_from(solid, place, 60, 70)
        seen = cv2.warpAffine(pixels, place, (60, 70), flags=cv2.INTER_LINEAR)
        assert (seen[first:, :, 3] == 255).all()
        found += first < 70
    assert found > 40, "rows are hidden, and hardly any are found"


def test_what_comes_and_goes_or_only_shines_hides_nothing() -> None:
    whole = np.full((50, 50, 4), 255, np.uint8)
    here = placed(0, 0, about=(10, 10))
    plain = Layer(pixels=whole, x=0, y=0, depth=1)
    light = Layer(pixels=whole, x=0, y=0, depth=1, adds=True)
    pulsing = Layer(pixels=whole, x=0, y=0, depth=1, motion=Motion(pulse=0.5))
    solid = solid_part(whole)
    for front, ends in ((plain, 0), (light, 30), (pulsing, 30)):
        rows = bands((plain, front), (solid, solid), (here, here), (30, 30))
        assert rows[0][1] == ends
        assert rows[1] == (0 if front is plain else 30, 30)


@pytest.mark.parametrize("style", ["documentary", "paper_cutout", "neon_night"])
def test_pictures_are_the_same_as_if_all_was_drawn(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spared = 0

    def everything(
        layers: Sequence[Layer],
        solids: Sequence[Box | None],
        places: Sequence[Affine],
        frame: tuple[int, int],
    ) -> list[tuple[int, int]]:
        nonlocal spared
        spared += sum(frame[1] - end for _, end in bands(layers, solids, places, frame))
        return [(frame[1], frame[1])] * len(layers)

    desk = Desk.of(108, 192)
    for scene in SCENES:
        drawn = Film(plan(style, shot(scene=scene, duration_s=2.0))).pictures[0]
        for t_s in (0.3, 1.6):
            desk.canvas[:] = 99  # whatever is not drawn, shows
            drawn.draw(desk.canvas, t_s, 0.4, desk.buffers)
            seen = desk.canvas.astype(int)
            with monkeypatch.context() as patch:
                patch.setattr(picture, "bands", everything)
                drawn.draw(desk.canvas, t_s, 0.4, desk.buffers)
            assert np.abs(desk.canvas - seen).max() <= 1, (scene, t_s)
    assert spared > 1_000, "nothing was hidden, and nothing was tested"


def test_what_a_window_hides_need_not_be_drawn() -> None:
    film = Film(plan("calm_minimal", shot(scene="harbour", duration_s=2.0)))
    width, height = film.form.width, film.form.height
    left, top, right, bottom = film.finish.clear
    assert (right - left) * (bottom - top) < 0.6 * width * height
    desk = Desk.of(width, height)
    for frame in (3, 17):
        desk.canvas[:] = 99
        found = film.bgr(frame, desk)
        finish = film.finish
        film.finish = replace(finish, clear=(0, 0, width, height))
        whole = film.bgr(frame, desk)
        film.finish = finish
        assert np.abs(found.astype(int) - whole).max() <= 1
