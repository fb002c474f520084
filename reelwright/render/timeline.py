"""A clip as an editor's time line, in OpenTimelineIO: cuts, transitions, beats and words."""

import math
from pathlib import Path

import opentimelineio as otio

from reelwright.domain import Blueprint, Shot
from reelwright.render.film import blend_s

BEAT, BAR, WORDS = otio.schema.MarkerColor.CYAN, otio.schema.MarkerColor.RED, "YELLOW"
BEATS_IN_BAR = 4


def timeline(blueprint: Blueprint, film: Path) -> otio.schema.Timeline:
    """The shots of the finished film one after another, on the frames on which it really cuts.

    Every shot refers to the same film at its own time, so an editor that plays the transitions
    again mixes equal frames: the time line looks as the film does, until somebody changes it.
    """
    line = otio.schema.Timeline(name=blueprint.title)
    line.global_start_time = _time(blueprint, 0)
    line.metadata["reelwright"] = {
        "style": blueprint.style,
        "planner": blueprint.planner,
        "mood": blueprint.music.mood,
        "tempo_bpm": blueprint.music.tempo_bpm,
    }
    line.tracks.append(_pictures(blueprint, film))
    line.tracks.append(_sound(blueprint, film))
    line.tracks.markers.extend(_beats(blueprint))
    return line


def first_frame(t_s: float, fps: int) -> int:
    """The first frame at or after a time: on it a film cuts, where a shot begins at that time."""
    return math.ceil(t_s * fps - 1e-6)


def _pictures(blueprint: Blueprint, film: Path) -> otio.schema.Track:
    track = otio.schema.Track(name="Pictures", kind=otio.schema.TrackKind.Video)
    for place, shot in enumerate(blueprint.shots):
        if transition := _transition(blueprint, place):
            track.append(transition)
        track.append(_clip(blueprint, shot, film))
    return track


def _transition(blueprint: Blueprint, place: int) -> otio.schema.Transition | None:
    """How a shot comes in: as much of it before the cut as after; None for a plain cut."""
    half = round(0.5 * blend_s(blueprint, place) * blueprint.format.fps)
    if not half:
        return None
    kind = blueprint.shots[place].transition
    known = otio.schema.TransitionTypes
    return otio.schema.Transition(
        name=kind,
        transition_type=known.SMPTE_Dissolve if kind == "dissolve" else known.Custom,
        in_offset=_time(blueprint, half),
        out_offset=_time(blueprint, half),
        metadata={"reelwright": {"kind": kind}},
    )


def _clip(blueprint: Blueprint, shot: Shot, film: Path) -> otio.schema.Clip:
    source = _span(blueprint, shot.start_s, shot.end_s)
    clip = otio.schema.Clip(
        name=shot.words.strip() or shot.scene.replace("_", " "),
        media_reference=_reference(blueprint, film),
        source_range=source,
        metadata={"reelwright": {"scene": shot.scene, "light": shot.light, "camera": shot.camera}},
    )
    if shot.words.strip():
        marker = otio.schema.Marker(name=shot.words.strip(), marked_range=source, color=WORDS)
        clip.markers.append(marker)
    return clip


def _sound(blueprint: Blueprint, film: Path) -> otio.schema.Track:
    track = otio.schema.Track(name="Music", kind=otio.schema.TrackKind.Audio)
    track.append(
        otio.schema.Clip(
            name=f"{blueprint.music.mood}, {blueprint.music.tempo_bpm:.0f} bpm",
            media_reference=_reference(blueprint, film),
            source_range=_span(blueprint, 0.0, blueprint.format.duration_s),
        )
    )
    return track


def _beats(blueprint: Blueprint) -> list[otio.schema.Marker]:
    fps = blueprint.format.fps
    return [
        otio.schema.Marker(
            name=f"beat {number + 1}",
            marked_range=otio.opentime.TimeRange(
                _time(blueprint, first_frame(beat_s, fps)), _time(blueprint, 0)
            ),
            color=BEAT if number % BEATS_IN_BAR else BAR,
        )
        for number, beat_s in enumerate(blueprint.music.beats(blueprint.format.duration_s))
    ]


def _reference(blueprint: Blueprint, film: Path) -> otio.schema.ExternalReference:
    return otio.schema.ExternalReference(
        target_url=film.absolute().as_uri(),
        available_range=_span(blueprint, 0.0, blueprint.format.duration_s),
    )


def _span(blueprint: Blueprint, start_s: float, end_s: float) -> otio.opentime.TimeRange:
    fps = blueprint.format.fps
    first, end = first_frame(start_s, fps), first_frame(end_s, fps)
    return otio.opentime.TimeRange(_time(blueprint, first), _time(blueprint, end - first))


def _time(blueprint: Blueprint, frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, blueprint.format.fps)
