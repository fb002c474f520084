"""Somebody's own pictures in a clip: in time, in place, graded, and the same every time."""

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import number_of, numbered, write_film
from plans import plan, shot
from stills import cut_out, disc, write_still

from reelwright.config import MediaConfig
from reelwright.domain import Asset, Blueprint, Display, Fill, Format, Insert, Product, Shot
from reelwright.errors import ReelwrightError
from reelwright.media.materials import Materials
from reelwright.render.film import Desk, Film
from reelwright.render.insert import Covering, opening, room_of
from reelwright.render.kit import STYLES
from reelwright.render.layer import Pixels
from reelwright.render.look import LOOKS
from reelwright.render.mount import mount

FORM = Format(width=108, height=192, fps=12, duration_s=2.0)
NAMES = [style.name for style in STYLES]


@pytest.fixture(scope="module")
def materials() -> Materials:
    return Materials(MediaConfig())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assets")


@pytest.fixture(scope="module")
def photo(folder: Path, materials: Materials) -> Asset:
    return materials.take(write_still(folder / "a.png", disc(320, 240, radius=0.3)))


@pytest.fixture(scope="module")
def thing(folder: Path, materials: Materials) -> Asset:
    return materials.take(write_still(folder / "b.png", cut_out(160)))


@pytest.fixture(scope="module")
def film(folder: Path, materials: Materials) -> Asset:
    frames = numbered(12, width=216, height=384)
    return materials.take(write_film(folder / "c.mp4", frames, fps=12))


def showing(asset: Asset, style: str = "documentary", **how: object) -> Blueprint:
    """A clip of one shot that shows the asset, without a scene."""
    insert = Insert(asset=asset.digest, focus=asset.focus, **how)  # type: ignore[arg-type]
    one = replace(shot(duration_s=2.0, scene="", subject="", camera="still"), insert=insert)
    return plan(style, one, form=FORM, assets=(asset,))


def frame(film: Film, number: int) -> Pixels:
    return film.bgr(number, Desk.of(FORM.width, FORM.height))


def middle(picture: Pixels) -> Pixels:
    return np.asarray(picture[80:112, 40:68].reshape(-1, 3).mean(axis=0))


def shown_at(covering: Covering, t_s: float) -> int:
    """The number of the film's frame that is seen at a time."""
    picture = cv2.resize(covering.footage.at(t_s), (64, 96), interpolation=cv2.INTER_AREA)
    return number_of(np.asarray(picture[:, :, :3], np.uint8))


@pytest.mark.parametrize("style", NAMES)
def test_a_photograph_fills_the_frame_in_every_style(
    style: str, photo: Asset, materials: Materials
) -> None:
    drawn = Film(showing(photo, style), materials)
    blue, _, red = middle(frame(drawn, 12))
    assert red > blue + 30, "the disc is still red"


@pytest.mark.parametrize("fill", [one for one in Fill if one is not Fill.COVER])
@pytest.mark.parametrize("style", ["bold_kinetic", "calm_minimal", "neon_night", "luxury"])
def test_a_photograph_can_be_a_thing_of_any_shape(
    fill: Fill, style: str, photo: Asset, materials: Materials
) -> None:
    with_it = frame(Film(showing(photo, style, fill=fill), materials), 20)
    bare = showing(photo, style, fill=fill)
    bare = replace(bare, shots=(replace(bare.shots[0], insert=None),), assets=())
    without = frame(Film(bare), 20)
    changed = np.abs(with_it.astype(int) - without).max(axis=2) > 12
    assert changed[70:130, 40:68].mean() > 0.5
    assert changed[:8].mean() < 0.2, "the ground is still there"


def test_a_shape_cuts_the_corners_off(photo: Asset) -> None:
    look = LOOKS["calm_minimal"]
    for fill, least, most in (
        (Fill.CIRCLE, 0.75, 0.80),
        (Fill.CARD, 0.93, 1.0),
        (Fill.TORN, 0.8, 0.99),
    ):
        frame_of = mount(fill, 1.0, (80.0, 80.0), look, look.palettes[0], 108.0)
        left, top, width, height = frame_of.box
        inside = frame_of.shape[top : top + height, left : left + width] / 255
        assert least < inside.mean() < most, fill
        assert frame_of.shape.sum() / 255 == pytest.approx(inside.sum(), rel=0.02)
    whole = np.full((60, 60, 4), 255, np.uint8)
    round_one = mount(Fill.CIRCLE, 1.0, (80.0, 80.0), look, look.palettes[0], 108.0)
    corner = round_one.of(whole, (0.5, 0.5))[round_one.box[1] + 1, round_one.box[0] + 1]
    assert corner[:3].max() < 40, "nothing of the picture is left outside of its circle"


def test_a_cut_out_stands_in_the_scene_without_its_surroundings(
    thing: Asset, materials: Materials
) -> None:
    drawn = frame(Film(showing(thing, fill=Fill.CONTAIN), materials), 20)
    left, top, right, bottom = room_of(shot(words=""), LOOKS["documentary"], FORM)
    assert 0 < left < right < FORM.width
    assert 0 < top < bottom < FORM.height
    reds = (drawn[:, :, 2].astype(int) - drawn[:, :, 1]) > 60
    ys, xs = np.nonzero(reds)
    assert abs(xs.mean() - 54) < 4
    wide, high = np.ptp(xs) + 1, np.ptp(ys) + 1
    assert reds.sum() / (wide * high) == pytest.approx(np.pi / 4, abs=0.08), "a disc, no square"


def test_a_framed_picture_hangs_straight(photo: Asset, materials: Materials) -> None:
    clip = showing(photo, "documentary", fill=Fill.CONTAIN)
    drawn = Film(clip, materials)
    sheet = np.zeros((FORM.height, FORM.width, 4), np.uint8)
    edges = set()
    for t_s in (0.3, 0.9, 1.4):
        drawn.scenes[0].picture.draw(sheet, t_s, 0.0, Desk.of(FORM.width, FORM.height).buffers)
        bright = sheet[:, :, 2].astype(int) + sheet[:, :, 1]
        rows = [int(np.argmax(bright[40:130, x] > 300)) for x in (30, 78)]
        edges.add(rows[0] - rows[1])
    assert edges == {0}, edges


def test_a_film_plays_in_time_with_its_shot(film: Asset, materials: Materials) -> None:
    clip = showing(film, "documentary")
    clip = replace(clip, shots=(replace(clip.shots[0], camera="pull"),))
    stripes = Film(clip, materials).scenes[0].picture.covering
    assert stripes is not None
    for t_s, number in ((0.0, 0), (0.25, 3), (0.999, 11), (1.0, 0), (1.5, 6)):
        assert shown_at(stripes, t_s) == number, t_s


def test_a_film_that_is_too_short_can_hold_its_last_frame(
    film: Asset, materials: Materials
) -> None:
    stripes = Film(showing(film, loops=False), materials).scenes[0].picture.covering
    assert stripes is not None
    assert [shown_at(stripes, t) for t in (0.9, 1.0, 1.9)] == [10, 11, 11]


def test_frames_are_the_same_in_any_order_and_from_the_same_files_elsewhere(
    folder: Path, photo: Asset, film: Asset, materials: Materials
) -> None:
    half = replace(shot(duration_s=1.0, scene="", subject=""), insert=_insert(photo))
    other = replace(
        shot(start_s=1.0, duration_s=1.0, scene="", subject="", transition="dissolve"),
        insert=_insert(film, Fill.CARD),
    )
    clip = plan("neon_night", half, other, form=FORM, assets=(photo, film))
    one = Film(clip, materials)
    forth = [_hash(frame(one, number)) for number in range(one.count)]
    elsewhere = Materials(MediaConfig())
    for name in ("a.png", "c.mp4"):
        copy = folder / f"copy-{name}"
        copy.write_bytes((folder / name).read_bytes())
        elsewhere.take(copy)
    two = Film(clip, elsewhere)
    assert [_hash(frame(two, number)) for number in reversed(range(two.count))][::-1] == forth


def _insert(asset: Asset, fill: Fill = Fill.COVER) -> Insert:
    return Insert(asset=asset.digest, fill=fill, focus=asset.focus, parallax=True)


def _hash(picture: Pixels) -> str:
    return hashlib.sha256(picture.tobytes()).hexdigest()


def test_what_stands_in_front_moves_further_than_its_ground(
    photo: Asset, materials: Materials
) -> None:
    clip = showing(photo, "documentary", parallax=True)
    one = replace(clip.shots[0], camera="pan_right")
    covering = Film(replace(clip, shots=(one,)), materials).scenes[0].picture.covering
    assert covering is not None
    assert covering.front is not None
    early, late = covering.pan.at(0.0), covering.pan.at(1.0)
    ground = late.x - early.x
    front = covering._nearer(late).x - covering._nearer(early).x
    assert front > 1.2 * ground > 0


def test_the_quiet_style_shows_a_photograph_in_its_window() -> None:
    left, top, width, height = opening(LOOKS["calm_minimal"], 720, 1280)
    assert left > 0
    assert left + width < 720
    assert top > 0
    assert top + height < 1280
    assert opening(LOOKS["luxury"], 720, 1280) == (0, 0, 720, 1280)


def test_a_blueprint_without_its_files_says_so(photo: Asset) -> None:
    with pytest.raises(ReelwrightError, match="not here"):
        Film(showing(photo))
    with pytest.raises(ReelwrightError, match="not here"):
        Film(showing(photo), Materials(MediaConfig()))


def test_a_blueprint_cannot_name_what_it_does_not_have(photo: Asset) -> None:
    with pytest.raises(AssertionError, match="does not have"):
        replace(showing(photo), assets=())
    one: Shot = replace(shot(duration_s=2.0), display=Display.CARD)
    with pytest.raises(AssertionError, match="nothing to display"):
        plan("luxury", one, form=FORM)
    assert Product(name="Bowl").picture == ""
