"""The form of a bed: it opens up on a strong cut, rests when it is long, and goes out."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from beds import plan, shots_at
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain import Shot
from reelwright.render.arrangement import Arrangement, arrange
from reelwright.render.harmony import Chart


def form(shots: tuple[Shot, ...], *, start: float = 0.5, beat_s: float = 0.5) -> Arrangement:
    duration_s = shots[-1].end_s
    chart = Chart(
        beat_s=beat_s,
        duration_s=duration_s,
        cuts=tuple(shot.start_s for shot in shots[1:]),
        last_beat=int((duration_s - 0.5) / beat_s),
    )
    return arrange(chart, shots, start=start)


def test_it_has_intro_build_drop_and_outro_on_cuts() -> None:
    found = form(shots_at([0, 2, 4, 6, 8], 12.0))
    names = [(one.name, one.start_s) for one in found.sections]
    assert names == [("intro", 0), ("build", 2), ("build", 4), ("drop", 6), ("outro", 8)]
    energies = [one.energy for one in found.sections]
    assert energies[0] == 0.5
    assert energies[0] < energies[1] < energies[2] < energies[3] == 1.0
    assert energies[0] < energies[4] < 1.0


def test_of_cuts_near_the_middle_the_strongest_is_opened_on() -> None:
    shots = list(shots_at([0, 2, 4, 6, 8], 12.0, words=""))
    for strong in (2, 3):
        flashed = [
            *shots[:strong],
            replace(shots[strong], transition="flash"),
            *shots[strong + 1 :],
        ]
        assert form(tuple(flashed)).drops_s == (shots[strong].start_s,)


def test_one_take_opens_on_a_bar() -> None:
    found = form(shots_at([0], 12.0))
    assert [one.name for one in found.sections[:2]] == ["intro", "build"]
    assert found.drops_s == (6.0,)


def test_a_clip_without_room_just_grows() -> None:
    found = form(shots_at([0, 0.5], 1.6))  # the final chord comes at one second
    assert [one.name for one in found.sections] == ["intro", "build"]
    assert found.sections[-1].energy == 1.0


def test_a_long_clip_rests_and_opens_again() -> None:
    found = form(shots_at(range(0, 90, 2), 90.0))
    names = [one.name for one in found.sections if one.name != "build"]
    assert names[:4] == ["intro", "drop", "break", "drop"]
    drop, rest, again = (one for one in found.sections if one.name in ("drop", "break"))
    assert rest.start_s - drop.start_s >= 16.0
    assert 0.5 < rest.energy < 0.7
    assert again.energy == 1.0


def test_it_breathes_in_the_beat_before_it_opens() -> None:
    found = form(shots_at([0, 2, 4, 6, 8], 12.0))
    breaths = [t for t in np.arange(0, 12, 0.125) if found.breathes(float(t))]
    assert breaths == [5.5, 5.625, 5.75, 5.875]


@given(
    cuts=st.lists(st.floats(0.1, 59.0), max_size=30, unique=True),
    duration_s=st.floats(1.0, 60.0),
    beat_s=st.floats(0.3, 1.2),
    start=st.floats(0.3, 0.7),
    transition=st.sampled_from(("", "flash", "dissolve", "whip")),
)
def test_any_plan_has_sections_in_order_and_within_the_piece(
    cuts: list[float], duration_s: float, beat_s: float, start: float, transition: str
) -> None:
    starts = [0.0, *sorted(cut for cut in cuts if cut < duration_s - 0.05)]
    found = form(shots_at(starts, duration_s, transition=transition), start=start, beat_s=beat_s)
    times = [one.start_s for one in found.sections]
    assert times[0] == 0.0
    assert all(one < other for one, other in pairwise(times))
    assert all(start - 1e-9 <= one.energy <= 1.0 + 1e-9 for one in found.sections)
    assert all(one.start_s < duration_s for one in found.sections)
    assert found.sections[0].name == "intro"
    after_drop = False
    for one in found.sections:
        assert not (after_drop and one.name == "build")
        after_drop = after_drop or one.name == "drop"


@pytest.mark.parametrize("mood", ["driving", "electric", "playful", "quirky", "nostalgic"])
def test_the_styles_own_pace_leaves_room_to_open_up_in_six_seconds(mood: str) -> None:
    blueprint = plan(mood)
    assert arrange(Chart.of(blueprint), blueprint.shots, start=0.5).drops_s
