"""One blueprint fits every shape of frame: its subjects and titles keep clear of each other."""

from dataclasses import replace

import numpy as np
import pytest
from plans import plan, shot

from reelwright.domain import Format
from reelwright.render.emblem import REACH
from reelwright.render.film import Desk, Film
from reelwright.render.framing import Shape, place, reframed, shaped
from reelwright.render.look import LOOKS
from reelwright.render.sheet import Spot
from reelwright.render.titles import title_box

FORMS = {
    Shape.VERTICAL: Format(width=720, height=1280),
    Shape.SQUARE: Format(width=720, height=720),
    Shape.WIDE: Format(width=1280, height=720),
}
EMBLEMS = [name for name, look in LOOKS.items() if look.emblem]


def spot(form: Format) -> Spot:
    return Spot(x=0.5 * form.width, y=0.8 * form.height, size=0.5 * min(form.width, form.height))


@pytest.mark.parametrize("shape", Shape)
def test_a_format_becomes_every_shape_and_comes_back_as_it_was(shape: Shape) -> None:
    for form in FORMS.values():
        other = shaped(form, shape)
        assert other == FORMS[shape]
        assert shaped(other, Shape.of(form.width, form.height)) == form


def test_the_sides_of_a_shaped_format_are_even() -> None:
    for short in range(100, 200, 2):
        wide = shaped(Format(width=short, height=short), Shape.WIDE)
        assert (wide.width % 2, wide.height % 2) == (0, 0)
        assert abs(wide.width / wide.height - 16 / 9) < 0.01


def test_reframing_changes_the_format_and_nothing_else() -> None:
    one = plan("comic")
    wide = reframed(one, shaped(one.format, Shape.WIDE))
    assert (wide.format.width, wide.format.height) == (one.format.height, one.format.width)
    assert replace(wide, format=one.format) == one


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("style", EMBLEMS)
def test_an_emblem_keeps_clear_of_the_title_and_of_the_edges(style: str, shape: Shape) -> None:
    look, form = LOOKS[style], FORMS[shape]
    width, height = form.width, form.height
    at = place(spot(form), look, width, height, titled=True)
    reach = REACH[look.emblem] * at.size
    assert at.x - reach >= 0
    assert at.x + reach <= width
    assert at.y + reach <= height
    box = title_box(look.lettering, width, height)
    if shape is Shape.WIDE:
        assert at.y - reach >= 0
        assert at.x - reach >= box.right - 0.03 * width
    else:
        assert at.y - reach >= box.bottom - 0.01 * height


@pytest.mark.parametrize("style", EMBLEMS)
def test_a_square_shot_without_words_gives_their_room_to_its_subject(style: str) -> None:
    form = FORMS[Shape.SQUARE]
    told, silent = (
        place(spot(form), LOOKS[style], form.width, form.height, titled=titled)
        for titled in (True, False)
    )
    assert silent.size > told.size
    assert silent.y < told.y


@pytest.mark.parametrize("scene", ["podium", "gallery"])
def test_what_carries_the_subject_stands_under_it_in_wide_frames(scene: str) -> None:
    """Where the subject changes the picture is about the middle of what the scene draws for it."""
    form = Format(width=256, height=144, fps=12, duration_s=1.0)
    with_it, without = (
        Film(plan("documentary", shot(scene=scene, subject=glyph), form=form))
        .bgr(6, Desk.of(form.width, form.height))
        .astype(int)
        for glyph in ("🏆", "")
    )
    columns = np.flatnonzero(np.abs(with_it - without).max(axis=2).any(axis=0))
    film = Film(plan("documentary", shot(scene=scene, subject=""), form=form))
    stand_x = film.scenes[0].picture.drawn.spot.x
    assert abs(0.5 * (columns[0] + columns[-1]) - stand_x) < 0.06 * form.width
