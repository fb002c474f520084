"""Frames between two frames."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from moving import ground
from PIL import Image as Pillow
from program import reelwright, refused

from reelwright.media.decode import Image, frames
from reelwright.modify.between import Flow, Paths, at_moment, film_between
from reelwright.modify.likeness import psnr
from reelwright.modify.middle import blended


def at(wide: Image, left: int) -> Image:
    return np.ascontiguousarray(wide[:, left : left + 120])


def test_half_the_way_is_between_where_things_were_and_are() -> None:
    wide = ground(90, 150)
    first, middle, last = (at(wide, left) for left in (10, 14, 18))
    made = Flow().between(first, last, 0.5)
    inside = (slice(8, -8), slice(12, -12))
    assert psnr(made[inside], middle[inside]) > 30
    assert (
        psnr(made[inside], middle[inside])
        > psnr(blended(first, last, 0.5)[inside], middle[inside]) + 6
    )


def test_a_moment_near_an_end_is_near_that_frame() -> None:
    wide = ground(90, 150)
    first, last = at(wide, 10), at(wide, 18)
    early = Flow().between(first, last, 0.02)
    assert psnr(early, first) > psnr(early, last) + 8


def test_a_way_between_leads_to_the_same_thing_in_both_frames() -> None:
    across = np.zeros((40, 60, 2), np.float32)
    across[..., 0] = 8
    to_first, to_last = at_moment(Paths(across, -across), 0.25)
    assert np.allclose(to_first[..., 0], -2)
    assert np.allclose(to_last[..., 0], 6)


def test_what_one_frame_hides_comes_from_the_other() -> None:
    first, last = ground(90, 120), ground(90, 120)
    first[30:60, 20:50] = (0, 0, 255)  # a red square goes to the right
    last[30:60, 32:62] = (0, 0, 255)
    made = Flow().between(first, last, 0.5).astype(int)
    assert (made[38:52, 30:52, 2] - made[38:52, 30:52, 0]).mean() > 200
    truth = ground(90, 120)
    assert np.abs(made[36:54, 21:24] - truth[36:54, 21:24]).mean() < 40


def test_a_film_begins_and_ends_with_what_was_given() -> None:
    wide = ground(90, 150)
    first, last = at(wide, 10), at(wide, 18)
    told: list[int] = []
    made = list(film_between(first, last, 5, Flow(), lambda what, done, total: told.append(done)))
    assert len(made) == 5
    assert np.array_equal(made[0], first)
    assert np.array_equal(made[-1], last)
    assert told[-1] == 5
    steps = [np.abs(one.astype(float) - other).mean() for one, other in pairwise(made)]
    assert max(steps) < 2 * min(steps)


def test_the_command_makes_a_film_of_two_pictures(tmp_path: Path) -> None:
    wide, out = ground(90, 150), tmp_path / "out.mp4"
    for name, left in (("a", 10), ("b", 18)):
        Pillow.fromarray(at(wide, left)[:, :95, ::-1]).save(tmp_path / f"{name}.png")
    words = ["between", str(tmp_path / "a.png"), str(tmp_path / "b.png"), "-o", str(out)]
    told = reelwright(*words, "--seconds", "0.5", "--fps", "10", home=tmp_path / "home")
    assert told.returncode == 0, told
    shown = [frame for _, frame in frames(out)]
    assert len(shown) == 5
    assert shown[0].shape == (90, 96, 3)  # a film's sides are even
    line = refused(*words[:2], *words[1:2], *words[3:], home=tmp_path / "home")
    assert "show the same" in line
