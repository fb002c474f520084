"""A clip opens in an editor as it is: read back with the library, it cuts where the film cuts."""

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from plans import SMALL, plan, shot

otio = pytest.importorskip("opentimelineio", reason="the extra `otio` is not installed")

from reelwright.domain import Blueprint  # noqa: E402
from reelwright.render.film import Film, blend_s  # noqa: E402
from reelwright.render.timeline import timeline  # noqa: E402

Timeline: TypeAlias = Any  # the library has no types
Time: TypeAlias = Any
LONG = replace(SMALL, duration_s=6.0)


def blueprint() -> Blueprint:
    """Cuts between frames, on a frame, with and without transitions, with and without words."""
    shots = (
        shot(start_s=0.0, duration_s=1.55, words="First light"),
        shot(start_s=1.55, duration_s=1.45, transition="dissolve", camera="orbit"),
        shot(start_s=3.0, duration_s=1.03, words=" Salt & sea ", transition=""),
        shot(start_s=4.03, duration_s=1.97, transition="whip", scene="neon_city"),
    )
    return plan("documentary", *shots, form=LONG, tempo_bpm=93.0)


@pytest.fixture
def read(tmp_path: Path) -> Timeline:
    """What an editor reads."""
    path = tmp_path / "out.otio"
    otio.adapters.write_to_file(timeline(blueprint(), tmp_path / "film.mp4"), str(path))
    return otio.adapters.read_from_file(str(path))


def frames(time: Time) -> int:
    assert time.rate == LONG.fps
    return int(time.value)


def test_it_cuts_on_the_frames_on_which_the_film_cuts(read: Timeline) -> None:
    film = Film(blueprint())
    owner = [blueprint().shots.index(film._at(frame)) for frame in range(film.count)]
    (pictures,) = read.video_tracks()
    clips = list(pictures.find_clips())
    assert len(clips) == 4
    for place, clip in enumerate(clips):
        first = frames(clip.source_range.start_time)
        assert owner[first] == place
        assert owner.count(place) == frames(clip.source_range.duration)
        assert frames(clip.range_in_parent().start_time) == first
    assert frames(read.duration()) == film.count


def test_its_transitions_are_those_of_the_film(read: Timeline) -> None:
    (pictures,) = read.video_tracks()
    found = [child for child in pictures if isinstance(child, otio.schema.Transition)]
    assert [(one.name, one.transition_type) for one in found] == [
        ("dissolve", "SMPTE_Dissolve"),
        ("whip", "Custom_Transition"),
    ]
    for one, place in zip(found, (1, 3), strict=True):
        half = 0.5 * blend_s(blueprint(), place) * LONG.fps
        assert frames(one.in_offset) == frames(one.out_offset) == pytest.approx(half, abs=0.5)
        before, after = pictures.neighbors_of(one)
        assert before is list(pictures.find_clips())[place - 1]
        assert after is list(pictures.find_clips())[place]


def test_its_markers_are_the_beats_and_the_words(read: Timeline) -> None:
    beats = [frames(marker.marked_range.start_time) for marker in read.tracks.markers]
    beat_s, count = 60 / 93.0, 0
    while count * beat_s < LONG.duration_s:
        frame = beats[count]
        assert frame / LONG.fps >= count * beat_s - 1e-6 > (frame - 1) / LONG.fps - 1e-6
        count += 1
    assert len(beats) == count
    (pictures,) = read.video_tracks()
    words = [
        (marker.name, marker.marked_range == clip.source_range)
        for clip in pictures.find_clips()
        for marker in clip.markers
    ]
    assert words == [("First light", True), ("Salt & sea", True)]


def test_it_refers_to_the_film_and_to_its_whole_sound(read: Timeline, tmp_path: Path) -> None:
    (music,) = read.audio_tracks()
    assert frames(music[0].source_range.duration) == LONG.duration_s * LONG.fps
    for clip in read.find_clips():
        assert clip.media_reference.target_url == (tmp_path / "film.mp4").as_uri()
        whole = clip.media_reference.available_range
        assert whole.clamped(clip.source_range) == clip.source_range
