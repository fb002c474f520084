"""Given frames: met or missed, passed smoothly or with a jump."""

from pathlib import Path

import numpy as np
import pytest
from films import number_of, numbered, write_film

from reelwright.modify.anchors import anchors, fitted, jump

STEPS = np.array([np.nan, *[2.0] * 19])


def test_a_jump_is_told_in_usual_steps() -> None:
    assert jump(STEPS, STEPS, 10) == 1
    snaps = STEPS.copy()
    snaps[10] = 8
    assert jump(snaps, STEPS, 10) == jump(snaps, STEPS, 9) == 4
    assert jump(snaps, STEPS, 12) == 1
    assert jump(snaps, snaps, 10) == 1, "where the footage leaps, so may the result"
    assert jump(STEPS, STEPS, 0) == jump(STEPS, STEPS, 19) == 1, "the ends have one step"
    assert jump(np.full(1, np.nan), np.full(1, np.nan), 0) == 0


@pytest.mark.parametrize("late", [-2, 0, 4])
def test_a_given_frame_is_found_where_it_is_met(tmp_path: Path, late: int) -> None:
    frames = numbered(24)
    film = write_film(tmp_path / "film.mp4", frames, fps=24)
    wanted = frames[12 + late]
    (met,) = anchors(film, {12: wanted}, np.arange(24) / 24, STEPS, STEPS)
    assert (met.frame, met.offset) == (12, late)
    assert (met.psnr > 30) == (late == 0)


def test_a_picture_of_another_size_is_fitted(tmp_path: Path) -> None:
    frames = numbered(4)
    large = np.repeat(np.repeat(frames[2], 3, axis=0), 3, axis=1)
    assert number_of(fitted(large, frames[0])) == 2
    film = write_film(tmp_path / "film.mp4", frames, fps=24)
    (met,) = anchors(film, {2: large}, np.arange(4) / 24, STEPS[:4], STEPS[:4])
    assert met.psnr > 30
    assert met.ssim > 0.95
