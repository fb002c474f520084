"""A style's grade for whole pictures is its grade for single colours."""

import numpy as np
import pytest
from stills import cut_out, disc

from reelwright.domain import AssetKind
from reelwright.render.colour import luma
from reelwright.render.develop import Developer, exposure, graded, inked
from reelwright.render.look import LOOKS
from reelwright.render.picture import regrade_of


@pytest.mark.parametrize("style", LOOKS)
def test_every_pixel_is_graded_as_the_paint_of_its_colour_is(style: str) -> None:
    look = LOOKS[style]
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (12, 17, 3), np.uint8)
    for palette in look.palettes:
        grade = regrade_of(look, palette)
        found = graded(picture, grade)
        for y, x in np.ndindex(12, 17):
            blue, green, red = (int(part) / 255 for part in picture[y, x])
            told = 255 * np.array(grade((red, green, blue))[::-1])
            step = 255 / grade.levels if grade.levels else 0  # rounding may fall on the other side
            assert np.abs(found[y, x] - told).max() <= 4 + step, (y, x)


def test_styles_make_different_pictures_of_one_photograph() -> None:
    photo = np.dstack([disc(64, 48)[:, :, ::-1], np.full((48, 64), 255, np.uint8)])
    developed = {
        style: Developer.of(look, regrade_of(look, look.palettes[0]), 48, AssetKind.PHOTO, photo)(
            photo
        )
        for style, look in LOOKS.items()
    }
    for style, picture in developed.items():
        assert (picture[:, :, 3] == 255).all()
        others = [other for name, other in developed.items() if name != style]
        assert min(np.abs(picture.astype(int) - other).mean() for other in others) > 2, style


@pytest.mark.parametrize("style", LOOKS)
def test_a_cut_out_stays_premultiplied_and_keeps_its_hue(style: str) -> None:
    look = LOOKS[style]
    raw = cut_out()[:, :, [2, 1, 0, 3]]
    raw[:, :, :3] = (raw[:, :, :3] * (raw[:, :, 3:] / 255)).astype(np.uint8)
    develop = Developer.of(look, regrade_of(look, look.palettes[0]), 96, AssetKind.CUTOUT, raw)
    found = develop(raw)
    assert np.array_equal(found[:, :, 3], raw[:, :, 3])
    assert (found[:, :, :3] <= found[:, :, 3:]).all()
    blue, green, red = (float(part) for part in found[48, 48, :3])
    assert red == max(red, green, blue), "what is red stays red"


def test_a_logo_is_never_touched() -> None:
    raw = cut_out()[:, :, [2, 1, 0, 3]]
    for look in LOOKS.values():
        develop = Developer.of(look, regrade_of(look, look.palettes[0]), 96, AssetKind.LOGO, raw)
        assert develop(raw) is raw


def test_a_flat_photograph_is_stretched_and_a_full_one_is_left() -> None:
    flat = np.tile(np.linspace(60, 150, 200), (50, 1)).astype(np.uint8)
    gain, offset = exposure(np.dstack([flat] * 4))
    assert gain > 1.2
    assert 0 <= 60 * gain + offset < 60
    assert 150 * gain + offset <= 255
    full = np.tile(np.linspace(0, 255, 200), (50, 1)).astype(np.uint8)
    assert exposure(np.dstack([full] * 4)) == (1.0, 0.0)


def test_all_pictures_of_a_film_are_exposed_alike() -> None:
    """A white card that comes into a dark picture does not change what was there before."""
    look = LOOKS["documentary"]
    dark = np.dstack([disc(64, 48)[:, :, ::-1] // 2, np.full((48, 64), 255, np.uint8)])
    bright = dark.copy()
    bright[:, 40:, :3] = 250
    develop = Developer.of(look, regrade_of(look, look.palettes[0]), 48, AssetKind.FILM, dark)
    assert develop.exposure[0] > 1
    assert np.array_equal(develop(dark)[:, :38], develop(bright)[:, :38])


def test_ink_runs_along_edges_and_nowhere_else() -> None:
    picture = np.full((120, 160, 3), 220, np.uint8)
    picture[:, 80:] = 60
    drawn = inked(picture, 400)
    bright = [luma(tuple(column / 255)) for column in drawn[60].astype(float)]
    assert min(bright[70:90]) < 0.6 * 60 / 255
    assert bright[20] == pytest.approx(220 / 255, abs=0.02)
    assert bright[140] == pytest.approx(60 / 255, abs=0.02)
