"""Painted frames carried through a take."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from films import write_film
from moving import ground, performance, sliding

from reelwright.media.decode import Image
from reelwright.modify.keyframes import Keyframes, keyframes, shares
from reelwright.modify.likeness import psnr
from reelwright.modify.scratch import Scratch
from reelwright.modify.tint import plain
from reelwright.modify.ways import Shots, Side, walked


def dyed(frame: Image) -> Image:
    """A strong change of colours."""
    mixed = frame.astype(np.float32) @ np.array([[0, 0.8, 0.1], [0.2, 0, 0.8], [0.7, 0.2, 0]])
    return plain(mixed.astype(np.float32))


def carrying(
    frames: list[Image], looks: dict[int, Image], folder: Path, starts: tuple[int, ...] = (0,)
) -> Keyframes:
    shots = Shots(starts, len(frames))
    return Keyframes(walked(frames, tuple(looks), shots, Scratch(folder)), looks)


def test_at_painted_frames_is_what_was_painted(tmp_path: Path) -> None:
    frames = sliding(9)
    looks = {0: dyed(frames[0]), 8: ground(72, 96, seed=30)}
    stage = carrying(frames, looks, tmp_path)
    made = [stage(number, frame) for number, frame in enumerate(frames)]
    for number, look in looks.items():
        assert np.array_equal(made[number], look)
        assert made[number] is not look  # who writes into it changes no later frame


def test_a_look_of_colours_alone_comes_to_all_frames(tmp_path: Path) -> None:
    frames = sliding(12)
    stage = carrying(frames, {0: dyed(frames[0]), 11: dyed(frames[11])}, tmp_path)
    for number in (3, 6, 9):
        assert psnr(stage(number, frames[number]), dyed(frames[number])) > 30


def test_what_was_painted_on_a_thing_goes_with_it(tmp_path: Path) -> None:
    frames = sliding(12)
    painted = frames[0].copy()
    painted[30:42, 26:38] = (20, 20, 250)  # on the square, whose left edge is at 20
    stage = carrying(frames, {0: painted}, tmp_path)
    made = stage(8, frames[8]).astype(int)  # the square went 16 pixels to the right
    red = made[..., 2] - made[..., 0] > 120
    assert red[32:40, 44:52].mean() > 0.9
    assert red[32:40, 26:38].mean() < 0.1


def test_a_frame_that_changes_nothing_leaves_the_take_as_it_is(tmp_path: Path) -> None:
    frames = sliding(8)
    stage = carrying(frames, {0: frames[0], 7: frames[7]}, tmp_path)
    for number in (2, 5):
        assert psnr(stage(number, frames[number]), frames[number]) > 38


def test_nothing_snaps_at_painted_frames_though_each_is_painted_otherwise(tmp_path: Path) -> None:
    frames = sliding(21)
    looks = {0: dyed(frames[0]), 10: plain(dyed(frames[10]) * 0.8), 20: frames[20]}
    stage = carrying(frames, looks, tmp_path)
    made = [stage(number, frame).astype(float) for number, frame in enumerate(frames)]
    steps = [np.abs(one - other).mean() for one, other in pairwise(made)]
    for number in looks:
        for step in steps[max(0, number - 1) : number + 1]:
            assert step < 1.5 * np.median(steps), number


def test_behind_a_cut_where_nothing_is_painted_colours_come_alone(tmp_path: Path) -> None:
    frames = [*sliding(6), *(ground(72, 96, seed=40 + number) for number in range(2))]
    stage = carrying(frames, {0: dyed(frames[0])}, tmp_path, starts=(0, 6))
    made = stage(7, frames[7])
    assert psnr(made, dyed(frames[7])) > 24


def test_the_same_take_is_made_the_same_again(tmp_path: Path) -> None:
    frames = sliding(6)
    looks = {0: dyed(frames[0]), 5: dyed(frames[5])}
    once, again = (carrying(frames, looks, tmp_path) for _ in range(2))
    for number in range(6):
        assert np.array_equal(once(number, frames[number]), again(number, frames[number]))


def test_no_more_painted_frames_are_ready_than_a_frame_needs(tmp_path: Path) -> None:
    frames = sliding(13)
    looks = {number: dyed(frames[number]) for number in (0, 4, 8, 12)}
    stage = carrying(frames, looks, tmp_path)
    for number, frame in enumerate(frames):
        stage(number, frame)
        assert len(stage._anchors) <= 2


def test_the_stage_of_a_film_reads_it_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    frames = sliding(8)
    film = write_film(tmp_path / "take.mp4", frames)
    folder = tmp_path / "desk"
    folder.mkdir()
    stage = keyframes(film, performance(frames), {0: dyed(frames[0])}, folder=folder)
    assert stage(4, frames[4]).shape == frames[4].shape
    assert list(folder.iterdir()) == []


def test_the_nearer_painted_frame_has_more_to_say() -> None:
    assert shares(2, {Side.BEFORE: 0, Side.AFTER: 8}) == pytest.approx(
        {Side.BEFORE: 0.75, Side.AFTER: 0.25}
    )
    assert shares(5, {Side.BEFORE: 4}) == {Side.BEFORE: 1.0}


def test_strokes_on_what_stands_still_are_found_to_stand_still(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    wall = np.full((72, 96, 3), 120, np.float32)
    frames = [plain((wall + rng.normal(0, 3, wall.shape)).astype(np.float32)) for _ in range(7)]
    strokes = ground(72, 96, seed=11)
    stage = carrying(frames, {0: strokes, 6: strokes}, tmp_path)
    assert psnr(stage(3, frames[3]), strokes) > 35
