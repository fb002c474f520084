"""The first pass: from every frame to the painted ones beside it."""

from pathlib import Path

import numpy as np
from moving import ground, sliding

from reelwright.modify.scratch import Scratch
from reelwright.modify.ways import SMALL, Shots, Side, Ways, small, walked


def ways(tmp_path: Path, painted: tuple[int, ...], starts: tuple[int, ...] = (0,)) -> Ways:
    return Ways(painted, Shots(starts, 20), Scratch(tmp_path))


def test_a_frame_lies_between_the_nearest_painted_ones(tmp_path: Path) -> None:
    found = ways(tmp_path, (4, 9, 15))
    assert found.beside(6) == {Side.BEFORE: 4, Side.AFTER: 9}
    assert found.beside(9) == {Side.BEFORE: 9, Side.AFTER: 9}
    assert found.beside(2) == {Side.AFTER: 4}
    assert found.beside(19) == {Side.BEFORE: 15}


def test_no_way_leads_over_a_cut(tmp_path: Path) -> None:
    found = ways(tmp_path, (2, 17), starts=(0, 8, 16))
    assert found.beside(5) == {Side.BEFORE: 2}
    assert found.beside(10) == {}
    assert found.beside(16) == {Side.AFTER: 17}


def test_the_shot_of_a_frame_begins_with_its_own_frame() -> None:
    shots = Shots((0, 8), 20)
    assert [shots.of(number) for number in (0, 7, 8, 19)] == [
        range(8),
        range(8),
        range(8, 20),
        range(8, 20),
    ]


def test_far_motion_is_found_from_both_sides(tmp_path: Path) -> None:
    frames = sliding(16)
    shots = Shots((0,), len(frames))
    found = walked(frames, (0, 15), shots, Scratch(tmp_path))
    for to in (0, 15):
        flow = found.flow(8, to)
        ground_moved, square_moved = 2 * (8 - to), -2 * (8 - to)
        assert np.abs(np.median(flow[60:, 30:60, 0]) - ground_moved) < 0.5, to
        assert np.abs(np.median(flow[30:42, 42:54, 0]) - square_moved) < 0.5, to
    assert (found.source(15) == frames[15]).all()


def test_ways_lead_from_every_frame_to_the_painted_ones_beside_it_and_to_no_other(
    tmp_path: Path,
) -> None:
    frames = sliding(12)
    scratch = Scratch(tmp_path)
    walked(frames, (3, 7), Shots((0, 10), 12), scratch)
    there = {(n, to) for n in range(12) for to in range(12) if ("flow", n, to) in scratch}
    before, between, after = [(n, 3) for n in range(3)], range(4, 8), [(8, 7), (9, 7)]
    assert there == {*before, *after, *((n, 3) for n in between), *((n, 7) for n in range(3, 7))}


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told = []
    walked(
        sliding(4),
        (0, 3),
        Shots((0,), 4),
        Scratch(tmp_path),
        lambda what, done, total: told.append((what, done, total)),
    )
    assert ("looking at the footage", 4, 4) in told
    assert told[-1] == ("following the motion", 2, 2)


def test_large_frames_are_walked_small_and_small_ones_as_they_are() -> None:
    assert max(small(ground(500, 700)).shape[:2]) == SMALL
    assert small(ground(50, 70)).shape == (50, 70, 3)
