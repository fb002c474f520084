"""Somebody's own picture or video becomes a place: it fits, follows the camera and never jumps."""

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from figure import Figure
from films import numbered, write_film

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.media.materials import Materials
from reelwright.modify.parallax import Parallax
from reelwright.modify.performance import Performance
from reelwright.modify.world import (
    Fitting,
    PictureWorld,
    Stand,
    VideoWorld,
    loops,
    own_world,
    round_trip,
)

FIGURE = Figure(width=160, height=120, count=10)


def world_of(path: Path, performance: Performance = FIGURE.performance) -> object:
    return own_world(path, Materials(MediaConfig()), performance, soft=0.0)


def gradient(path: Path, width: int, height: int) -> Path:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.linspace(0, 255, width)[None, :]
    picture[:, :, 1] = np.linspace(0, 255, height)[:, None]
    cv2.imwrite(str(path), picture)
    return path


@pytest.mark.parametrize("size", [(640, 200), (100, 400), (160, 120), (40, 30)])
def test_a_picture_of_any_shape_covers_the_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    world = world_of(gradient(tmp_path / "p.png", *size))
    assert isinstance(world, PictureWorld)
    plate = world.plate(0)
    assert plate.shape == (120, 160, 3)
    across = np.diff(plate[60, 2:-2, 0].astype(int))
    assert (across >= -1).all()  # nowhere mirrored


def test_a_standing_camera_sees_it_perfectly_still(tmp_path: Path) -> None:
    world = world_of(gradient(tmp_path / "p.png", 300, 300))
    assert isinstance(world, PictureWorld)
    assert world.is_still
    assert world.plate(0) is world.plate(7)


def test_a_turning_camera_moves_it_the_way_it_turns_but_less(tmp_path: Path) -> None:
    figure = Figure(width=160, height=120, count=10, pans=4.0)
    picture = np.zeros((200, 600, 3), np.uint8)
    picture[:, ::40] = 255
    cv2.imwrite(str(tmp_path / "p.png"), picture)
    world = world_of(tmp_path / "p.png", figure.performance)
    assert isinstance(world, PictureWorld)
    before, after = (cv2.GaussianBlur(world.plate(n), (0, 0), 2).astype(float) for n in (4, 5))
    misses = [
        np.abs(np.roll(before, -shift, axis=1) - after)[:, 20:-20].mean() for shift in range(7)
    ]
    assert int(np.argmin(misses)) in {2, 3}


def test_the_point_of_interest_stands_beside_people() -> None:
    footage, path = FIGURE.performance.footage, Parallax.of(FIGURE.performance)
    left, right = (
        Fitting.of((1000, 200), footage, path, (0.5, 0.5), free).at[0] for free in (0.2, 0.8)
    )
    assert left > right  # what stands in the middle of the frame lies further right in the picture
    assert Stand(0.5, 0.9).free == pytest.approx(0.25)
    assert Stand(0.1, 0.4).free == pytest.approx(0.7)


def test_there_and_back_never_jumps_and_never_stands() -> None:
    places = [round_trip(step, 5, is_loop=False) for step in range(40)]
    assert set(np.abs(np.diff(places))) == {1}
    assert [round_trip(step, 5, is_loop=True) for step in range(7)] == [0, 1, 2, 3, 4, 0, 1]
    assert {round_trip(step, 1, is_loop=False) for step in range(9)} == {0}


def turning(count: int, turns: float) -> list[Image]:
    """A bar that goes round: after a whole turn it stands where it began."""
    shown = []
    for number in range(count):
        x = int(32 + 24 * np.cos(2 * np.pi * turns * number / count))
        frame = np.full((96, 64, 3), 60, np.uint8)
        frame[:, max(0, x - 6) : x + 6] = 220
        shown.append(frame)
    return shown


@pytest.mark.parametrize(("turns", "is_loop"), [(1.0, True), (0.5, False)])
def test_a_video_loops_only_where_its_end_meets_its_start(
    tmp_path: Path, turns: float, is_loop: bool
) -> None:
    film = write_film(tmp_path / "w.mp4", turning(24, turns), fps=25)
    long = Figure(width=64, height=96, count=60)
    world = world_of(film, long.performance)
    assert isinstance(world, VideoWorld)
    assert world.is_loop == is_loop
    plates = [world.plate(number).astype(int) for number in range(60)]
    steps = [np.abs(a - b).mean() for a, b in itertools.pairwise(plates)]
    assert max(steps) < 2.2 * np.median(steps) + 1.0


def test_a_still_reel_loops() -> None:
    class Two:
        count = 2

    assert loops(Two())  # type: ignore[arg-type]


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "p.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no" * 40)
    with pytest.raises(ReelwrightError, match=r"p\.png"):
        world_of(broken)


def test_a_cut_out_stands_on_its_own_colour(tmp_path: Path) -> None:
    picture = np.zeros((90, 120, 4), np.uint8)
    picture[30:60, 40:80] = (200, 100, 50, 255)
    cv2.imwrite(str(tmp_path / "p.png"), picture)
    world = world_of(tmp_path / "p.png")
    assert isinstance(world, PictureWorld)
    assert np.abs(world.plate(0)[5, 5].astype(int) - (200, 100, 50)).max() < 12


def test_numbered_frames_come_in_their_order(tmp_path: Path) -> None:
    film = write_film(tmp_path / "w.mp4", numbered(40), fps=25)
    world = world_of(film)
    assert isinstance(world, VideoWorld)
    assert (world.plate(3) == world.plate(3)).all()
    assert (world.plate(3) != world.plate(4)).any()
