"""What is asked for in words becomes films: ours by name, by words, by file, several at once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from figure import Figure

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import frames
from reelwright.media.materials import Materials
from reelwright.modify.parallax import Parallax
from reelwright.modify.strength import DIAL, strength
from reelwright.render.kit import SCENES, kit
from reelwright.rework.rework import Order, Plan, outs, plan, rework
from reelwright.rework.scenery import Place, SceneWorld, roomy, scene_world, softness
from reelwright.rework.sheet import AS_FILMED, moments, page
from reelwright.rework.wording import meant, place_of
from reelwright.studio.fit import Fit

FIGURE = Figure(width=160, height=120, count=8)
CONFIG = MediaConfig()


def letters(texts: Sequence[str]) -> np.ndarray:
    """Vectors of texts by their words: enough to know which sentence holds a word."""
    known = sorted({word for about in SCENES.values() for word in about.split()})
    rows = np.array([[float(word in text.split()) for word in known] for text in texts])
    return np.asarray(
        rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32
    )


FIT = Fit(kit(), letters)


def order(tmp_path: Path, *worlds: str, **more: str) -> Plan:
    asked = Order(worlds=worlds, out=tmp_path / "out", **more)  # type: ignore[arg-type]
    return plan(asked, Materials(CONFIG), lambda: FIT)


@pytest.mark.parametrize("name", ["neon_city", "Neon City", "neon-city"])
def test_a_name_is_known_however_it_is_written(name: str) -> None:
    found = place_of(name, lambda: FIT)
    assert isinstance(found, Place)
    assert (found.scene, found.light) == ("neon_city", "night")


def test_words_find_the_nearest_scene_its_light_weather_and_style() -> None:
    found = meant("sailing boats and a lighthouse in a storm at sunset", FIT)
    assert (found.scene, found.light, found.weather) == ("harbour", "dusk", "storm")
    comic = meant("a comic forest in the morning", FIT)
    assert (comic.scene, comic.light, comic.style) == ("forest", "dawn", "comic")
    assert meant("a cosy kitchen in the rain", FIT).weather == ""  # it has a roof


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("forrest", "forest"),
        ("pic.jpg", "no file"),
        ("somewhere/else", "no file"),
        ("qqqq", "harbour"),
    ],
)
def test_an_unknown_world_is_told_with_the_nearest(text: str, told: str) -> None:
    with pytest.raises(ReelwrightError) as caught:
        place_of(text, lambda: FIT)
    assert told in str(caught.value)


def test_files_are_looked_at_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 50)
    with pytest.raises(ReelwrightError, match=r"broken\.jpg"):
        order(tmp_path, str(tmp_path / "broken.jpg"))


def test_an_order_for_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match="Nothing is to be changed"):
        order(tmp_path)


def test_an_unknown_strength_is_told_with_the_nearest() -> None:
    assert strength("adhere_2") is DIAL["adhere_2"]
    with pytest.raises(ReelwrightError, match="Did you mean adhere_1"):
        strength("adhere1")


def test_the_dial_only_rises() -> None:
    """What may change grows with the strength; what is kept falls."""
    rows = list(DIAL.values())
    for rising in ("performer", "wrap", "shaded", "cloth", "style"):
        values = [getattr(one, rising) for one in rows]
        assert values == sorted(values), rising
    for falling in ("plate", "face"):
        values = [getattr(one, falling) for one in rows]
        assert values == sorted(values, reverse=True), falling
    assert all(one.face == 1 for one in rows if one.name.startswith("adhere"))


def test_every_world_has_its_file() -> None:
    names = ["forest", "neon city, at night", "forest"]
    assert [one.name for one in outs(Path("all"), names)] == [
        "forest.mp4",
        "neon-city-at-night.mp4",
        "forest-2.mp4",
    ]
    assert outs(Path("a-{world}.mkv"), names[:2]) == (
        Path("a-forest.mkv"),
        Path("a-neon-city-at-night.mkv"),
    )
    assert outs(Path("one.mp4"), ["forest"]) == (Path("one.mp4"),)
    with pytest.raises(ReelwrightError, match=r"3 worlds cannot all become one\.mp4"):
        outs(Path("one.mp4"), names)


def test_one_take_becomes_several_films_and_a_sheet(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    performance = FIGURE.film(film)
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((90, 120, 3), (30, 40, 160), np.uint8))
    materials = Materials(CONFIG)
    asked = plan(
        Order(
            worlds=("beach", str(tmp_path / "wall.png")),
            costume="lime",
            out=tmp_path / "films",
            sheet=tmp_path / "sheet.png",
        ),
        materials,
        lambda: FIT,
    )
    made = rework(
        film, performance, asked, fine=FIGURE.alpha_of, materials=materials, config=CONFIG
    )
    assert [one.name for one in made.films] == ["beach.mp4", "wall.mp4"]
    for path in made.films:
        assert [time_s for time_s, _ in frames(path)] == pytest.approx(
            performance.footage.times_N.tolist()
        )
    red = next(iter(frames(made.films[1])))[1].astype(int)
    assert red[5, 5, 2] > red[5, 5, 0] + 60
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert sheet.std() > 30


def test_a_costume_alone_leaves_the_world(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    performance = FIGURE.film(film)
    materials = Materials(CONFIG)
    asked = plan(Order(costume="red", out=tmp_path / "out.mp4"), materials, lambda: FIT)
    rework(film, performance, asked, fine=FIGURE.alpha_of, materials=materials, config=CONFIG)
    before, after = (
        [image.astype(int) for _, image in frames(path)][5] for path in (film, tmp_path / "out.mp4")
    )
    assert np.abs(before[:, :30] - after[:, :30]).mean() < 2
    assert np.abs(before - after).max() > 60


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    for out in (tmp_path / "a" / "b", tmp_path / "a" / "out.mp4", tmp_path / "out.avi"):
        with pytest.raises(ReelwrightError, match="written"):
            plan(Order(worlds=("beach",), out=out), Materials(CONFIG), lambda: FIT)
    assert list(tmp_path.iterdir()) == []


def test_a_scene_moves_by_itself_and_is_the_same_for_the_same_seed() -> None:
    one, other = (scene_world(Place(scene="beach"), FIGURE.performance, seed=4) for _ in range(2))
    first = one.plate(0).copy()
    assert (first == other.plate(0)).all()
    assert (first != one.plate(7)).any()
    assert isinstance(one, SceneWorld)
    assert first.shape == (120, 160, 3)


def test_a_scene_has_room_for_the_cameras_path() -> None:
    footage = FIGURE.performance.footage
    assert roomy(footage, Parallax.of(FIGURE.performance)) == (160, 120, (0, 0, 160, 120))
    panning = replace(FIGURE, pans=6.0).performance
    wide, high, (left, _, right, _) = roomy(footage, Parallax.of(panning))
    assert wide > 160 + 20
    assert high == 120
    assert (left + right) / 2 == pytest.approx(wide / 2, abs=1)


def test_a_closer_face_has_a_softer_place_behind_it() -> None:
    assert softness(replace(FIGURE, tall=2.5).performance) > softness(FIGURE.performance)


def test_the_sheet_has_a_row_for_each_world_and_a_column_for_each_moment() -> None:
    kept = moments(160, 120, 8)
    assert kept.numbers == (0, 2, 4, 5, 7)
    for number in range(8):
        frame, alpha = FIGURE.draw(number)
        assert kept(number, frame, alpha) is frame
    surface = page({AS_FILMED: kept, "beach": kept}, dict.fromkeys(range(8), 0.5))
    one = page({AS_FILMED: kept}, dict.fromkeys(range(8), 0.5))
    assert surface.width() == one.width()
    assert surface.height() - one.height() == kept.size[1] + 58


def test_a_turned_and_silent_film_stays_upright(tmp_path: Path) -> None:
    """Portrait footage gives portrait films."""
    tall = Figure(width=120, height=200, count=5)
    film = tmp_path / "take.mp4"
    performance = tall.film(film)
    materials = Materials(CONFIG)
    asked = plan(Order(worlds=("forest",), out=tmp_path / "out.mp4"), materials, lambda: FIT)
    rework(film, performance, asked, fine=tall.alpha_of, materials=materials, config=CONFIG)
    with av.open(str(tmp_path / "out.mp4")) as made:
        video = made.streams.video[0]
        assert (video.width, video.height) == (120, 200)
        assert not made.streams.audio
