"""A clip is a pure function of its blueprint: same plan, same pixels, on any threads."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from plans import SMALL, plan, shot

from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Format
from reelwright.progress import silent
from reelwright.render import ease
from reelwright.render.compositor import Compositor
from reelwright.render.film import Desk, Film
from reelwright.render.kit import STYLES, TRANSITIONS

STYLE_NAMES = [style.name for style in STYLES]


def compositor(threads: int = 1) -> Compositor:
    return Compositor(RenderConfig(threads=threads), MediaConfig(preset="ultrafast"))


def all_frames(film: Film, threads: int) -> list[NDArray[np.uint8]]:
    return list(compositor(threads)._frames(film, [], silent))


@pytest.mark.parametrize("style", STYLE_NAMES)
def test_the_same_blueprint_gives_the_same_frames_on_any_number_of_threads(style: str) -> None:
    one = all_frames(Film(plan(style)), 1)
    other = all_frames(Film(plan(style)), 3)
    assert len(one) == len(other) == 24
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_frame_does_not_depend_on_what_was_drawn_before() -> None:
    film = Film(plan("retro_film"))
    desk = Desk.of(SMALL.width, SMALL.height)
    forwards = [film.bgr(place, desk) for place in (2, 12, 20)]
    backwards = [film.bgr(place, desk) for place in (20, 12, 2)]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, reversed(backwards), strict=True))


def test_pictures_move_within_a_shot() -> None:
    maker = compositor()
    early, late = maker.frame(plan(), 0.2), maker.frame(plan(), 0.7)
    assert np.abs(early.astype(int) - late).mean() > 1


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_the_middle_of_a_transition_is_neither_shot(kind: str) -> None:
    first = shot(scene="desert", light="day", subject="")
    second = shot(start_s=1.0, scene="neon_city", light="night", subject="", seed=9)
    joined = plan("documentary", first, replace(second, transition=kind))
    cut = plan("documentary", first, second)
    maker = compositor()
    middle = maker.frame(joined, 1.0).astype(int)
    before, after = maker.frame(cut, 11 / 12).astype(int), maker.frame(cut, 1.0).astype(int)
    assert np.abs(middle - before).mean() > 4
    assert np.abs(middle - after).mean() > 4


def test_a_dissolve_is_half_of_each_in_its_middle() -> None:
    first = shot(scene="desert", light="day", subject="", camera="still")
    second = shot(
        start_s=1.0, scene="space", subject="", camera="still", transition="dissolve", seed=9
    )
    film = Film(plan("documentary", first, second))
    desk = Desk.of(SMALL.width, SMALL.height)
    pictures = []
    for scene in film.scenes:
        scene.picture.draw(desk.canvas, 1.0 - scene.shot.start_s, 0.0, desk.buffers)
        pictures.append(desk.canvas[:, :, :3].astype(float))
    mixed = film._joined(1, 1.0, desk)[:, :, :3].astype(float)
    assert np.abs(mixed - 0.5 * (pictures[0] + pictures[1])).mean() < 3


def test_a_clip_is_a_film_with_sound_and_a_poster(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    blueprint = plan("comic")
    clip = compositor(2).render(
        blueprint, tmp_path, progress=lambda what, done, total: heard.append((done, total))
    )
    assert clip.blueprint == blueprint
    assert heard[-1] == (24, 24)
    with av.open(str(clip.film)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 24
        assert film.streams.audio[0].rate == 48_000
    poster = cv2.imread(str(clip.poster))
    assert poster is not None
    assert poster.shape == (SMALL.height, SMALL.width, 3)
    names = ["captions.vtt", "film.mp4", "poster.jpg", "preview.mp4"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_poster_shows_the_title_even_where_no_shot_has_words() -> None:
    silent_plan = plan("bold_kinetic", shot(words=""), shot(start_s=1.0, scene="road", seed=8))
    film = Film(silent_plan)
    desk = Desk.of(SMALL.width, SMALL.height)
    poster, frame = film.poster(desk), film.bgr(7, desk)
    top = slice(0, SMALL.height // 3)
    assert np.abs(poster[top].astype(int) - frame[top]).mean() > 8


def test_styles_are_told_apart_by_their_pictures() -> None:
    """Brightness, colour and warmth of one plan in eight styles: no two are near each other."""
    seen = []
    for style in STYLE_NAMES:
        frame = compositor().frame(plan(style, form=replace(SMALL, duration_s=2.0)), 0.7)
        hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
        blue, _, red = frame.reshape(-1, 3).mean(axis=0)
        seen.append((frame.mean(), frame.std(), hsv[:, :, 1].mean(), red - blue))
    vectors = np.array(seen) / (60, 25, 60, 40)
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    assert apart[np.triu_indices(len(apart), 1)].min() > 0.35


def test_drawings_stand_as_long_as_the_style_says_and_start_anew_with_every_shot() -> None:
    film = Film(plan("paper_cutout", form=Format(width=72, height=128, fps=30, duration_s=2.0)))
    assert film.hold == 3
    assert [film.step_of(frame) for frame in (0, 1, 2, 3, 29, 30, 31)] == [0, 0, 0, 3, 27, 30, 30]


@pytest.mark.parametrize(
    "wrong",
    [{"scene": "moonbase"}, {"light": "noon"}, {"camera": "crane"}, {"subject": "x"}],
)
def test_a_name_that_is_not_in_the_kit_is_our_own_mistake(wrong: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match=next(iter(wrong.values()))):
        Film(plan("comic", replace(shot(duration_s=2.0), **wrong)))  # type: ignore[arg-type]


def test_curves_of_motion_begin_at_0_and_end_at_1() -> None:
    for curve in (ease.smooth, ease.out, ease.into, ease.back, ease.elastic):
        assert curve(0.0) == pytest.approx(0.0, abs=1e-9)
        assert curve(1.0) == pytest.approx(1.0, abs=1e-9)


def test_a_film_that_nobody_wants_any_more_is_gone_at_once() -> None:
    """Its layers are a hundred megabytes at full size: they must not wait for a sweep."""
    film = Film(plan())
    film.bgr(3, Desk.of(SMALL.width, SMALL.height))
    here = weakref.ref(film)
    gc.disable()
    try:
        del film
        assert here() is None
    finally:
        gc.enable()
