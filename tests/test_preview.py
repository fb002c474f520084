"""A preview is a small silent loop of the moment that the poster shows."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from plans import SMALL, plan, shot

from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Blueprint
from reelwright.media.preview import SHORT_SIDE, shrunk, there_and_back
from reelwright.render.compositor import Compositor
from reelwright.render.film import Film, blend_s, telling_s
from reelwright.render.kit import STYLES

FAST = MediaConfig(preset="ultrafast")


def i420(bgr: tuple[int, int, int], width: int, height: int) -> np.ndarray:
    frame = np.full((height, width, 3), bgr, np.uint8)
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420), np.uint8)


@pytest.mark.parametrize("colour", [(200, 30, 40), (20, 180, 90), (255, 255, 255)])
def test_a_frame_that_is_shrunk_keeps_its_colours(colour: tuple[int, int, int]) -> None:
    small = shrunk(i420(colour, 72, 128), (72, 128), (18, 32))
    assert np.array_equal(small, i420(colour, 18, 32))


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_loop_there_and_back_has_no_jump(count: int) -> None:
    frames = [np.full((3, 2), number, np.uint8) for number in range(count)]
    numbers = [int(frame[0, 0]) for frame in there_and_back(frames)]
    assert set(numbers) == set(range(count))
    around = [*numbers, numbers[0]]
    assert all(abs(a - b) <= 1 for a, b in pairwise(around))


def plans() -> list[Blueprint]:
    long = replace(SMALL, duration_s=6.0)
    quiet = [
        shot(start_s=2.0 * k, duration_s=2.0, transition="dissolve" if k else "") for k in range(3)
    ]
    return [
        *(plan(style.name) for style in STYLES),
        *(
            plan(style.name, *quiet[:2], replace(quiet[2], words="Late"), form=long)
            for style in STYLES
        ),
    ]


@pytest.mark.parametrize("blueprint", plans(), ids=lambda one: one.style)
def test_the_telling_moment_lies_in_the_shot_with_words_clear_of_its_transitions(
    blueprint: Blueprint,
) -> None:
    start_s, end_s = telling_s(blueprint)
    place, told = next((k, one) for k, one in enumerate(blueprint.shots) if one.words)
    assert told.start_s + blend_s(blueprint, place) / 2 <= start_s < end_s <= told.end_s
    if place + 1 < len(blueprint.shots):
        assert end_s <= told.end_s - blend_s(blueprint, place + 1) / 2 + 1e-9
    assert end_s - start_s <= 0.5 + 1e-9


def test_a_clip_comes_with_a_preview_that_begins_with_its_poster(tmp_path: Path) -> None:
    blueprint = plan("documentary", form=replace(SMALL, duration_s=4.0))
    clip = Compositor(RenderConfig(threads=1), FAST).render(blueprint, tmp_path)
    with av.open(str(clip.preview)) as film:
        assert not film.streams.audio
        frames = [frame.to_ndarray(format="bgr24") for frame in film.decode(video=0)]
    told = Film(blueprint).telling
    assert len(told) == 6
    assert len(frames) == 2 * len(told) - 2
    assert min(frames[0].shape[:2]) == SHORT_SIDE
    poster = cv2.imread(str(clip.poster))
    assert poster is not None
    large = cv2.resize(poster, frames[0].shape[1::-1])
    assert np.abs(large.astype(int) - frames[0]).mean() < 8


def test_the_captions_of_a_clip_lie_beside_it(tmp_path: Path) -> None:
    clip = Compositor(RenderConfig(threads=1), FAST).render(plan("comic"), tmp_path)
    assert clip.captions.read_text(encoding="utf-8") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nFirst light\n"
    )
