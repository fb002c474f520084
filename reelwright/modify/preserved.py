"""How much of a performance survived: a result beside its footage, as a score card."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from reelwright.media.decode import Image, frames
from reelwright.modify import bodily, expression, filmed
from reelwright.modify.anchors import anchors
from reelwright.modify.card import Card, Figure, Series, mean_of, summed
from reelwright.modify.filmed import Both
from reelwright.modify.pairing import NOT_SHOWN, Frames, Pair, joined, pairs, shown_at
from reelwright.modify.performance import Floats, Footage, Performance
from reelwright.modify.timing import timing
from reelwright.progress import Progress, silent

# N frames.

SHORTER_SIDE = 240  # of the pictures that are compared
NO_FACE = "no face is seen in both"
NO_BODY = "no body is seen in both"
NO_IDENTITY = "reelwright models pull face-vectors face-points, and pip install reelwright[people]"
RESTS = "nothing of it moves in the footage"


class Likeness(Protocol):
    """Tells how far a performer's face in the result is from being the same person's."""

    def __call__(
        self, source: tuple[Path, Footage], result: tuple[Path, Footage], pair: Pair, at_N: Frames
    ) -> Figure: ...


def preserved(
    source: tuple[Path, Performance],
    result: tuple[Path, Performance],
    *,
    keyframes: Mapping[int, Image] | None = None,
    identity: Likeness | None = None,
    progress: Progress = silent,
) -> Card:
    """The card of a result, each film given with what was measured of it."""
    (path, performance), (made, other) = source, result
    at_N = shown_at(performance.footage, other.footage)
    both = side_by_side(path, made, performance.footage, other.footage)
    total = performance.footage.num_frames
    seen = filmed.watch(_told(both, total, progress), performance.matte_NHW)
    found = geometry(performance, other) | filmed.figures(seen)
    found["id_dist"] = _identity(
        identity,
        (path, performance.footage),
        (made, other.footage),
        pairs(performance, other),
        at_N,
    )
    given = keyframes or {}
    met = anchors(
        made,
        {int(at_N[number]): picture for number, picture in given.items() if at_N[number] >= 0},
        other.footage.times_N,
        *_by_result(seen, at_N, other.footage.num_frames),
    )
    return summed(found, met)


def geometry(source: Performance, result: Performance) -> dict[str, Figure]:
    """The part of the card that needs no picture, over all performers of the footage."""
    two = pairs(source, result)
    at_N = shown_at(source.footage, result.footage)
    size = source.footage.width, source.footage.height
    if not two:
        return {name: Figure(None, None, "nobody is seen in the footage") for name in GEOMETRY}
    faces = [(expression.uncovered(pair.source), pair.result.face_NP3) for pair in two]
    bodies = [(pair.source.body_NP3, pair.result.body_NP3) for pair in two]
    return {
        "face_nme": mean_of(joined([expression.face_errors(*face) for face in faces]), NO_FACE),
        **_expressions(faces),
        "head_pose_deg": mean_of(
            joined([expression.turn_errors(*face, size) for face in faces]), NO_FACE
        ),
        "gaze_err": mean_of(joined([expression.gaze_errors(*face) for face in faces]), NO_FACE),
        "pose_err": mean_of(joined([bodily.joint_errors(*body) for body in bodies]), NO_BODY),
        "limb_velocity_corr": _least([bodily.limb_correlation(*body) for body in bodies], RESTS),
        "flow_epe_fg": mean_of(bodily.flow_errors(source, result, at_N), "no motion is known"),
        **_timing(source, result, two, at_N),
        **_rates(two),
    }


GEOMETRY = (
    "face_nme", "expr_corr", "head_pose_deg", "gaze_err", "pose_err", "limb_velocity_corr",
    "flow_epe_fg", "timing_lag_frames", "timing_corr", "detect_rate_src", "detect_rate_out",
)  # fmt: skip


def side_by_side(source: Path, result: Path, footage: Footage, made: Footage) -> Iterator[Both]:
    """Small frames of the footage, each with the one that the result shows then."""
    size = _small(footage)
    at_N = shown_at(footage, made)
    theirs = enumerate(picture for _, picture in frames(result, size=size))
    number, shown = next(theirs, (NOT_SHOWN, None))
    for (_, picture), wanted in zip(frames(source, size=size), at_N, strict=False):
        while number < wanted:
            following = next(theirs, None)
            if following is None:
                break
            number, shown = following
        yield picture, shown if number == wanted else None


def _small(footage: Footage) -> tuple[int, int]:
    scale = min(1.0, SHORTER_SIDE / min(footage.width, footage.height))
    return max(16, round(footage.width * scale)), max(16, round(footage.height * scale))


def _expressions(faces: Sequence[tuple[Floats, Floats]]) -> dict[str, Figure]:
    """Of each curve the correlation of whoever keeps it least, and the mean of all that move."""
    found: dict[str, Figure] = {}
    off: list[Series] = []
    for name in ("mouth", "eyes", "brows"):
        told = [
            expression.correlation(
                expression.curves(source)[name],
                expression.curves(result)[name],
                expression.unrest(source)[name],
            )
            for source, result in faces
        ]
        found[f"expr_corr_{name}"] = _least(told, RESTS)
        off += [one[1] for one in told if one is not None]
    values = [figure.value for figure in found.values() if figure.value is not None]
    if not values:
        return {"expr_corr": Figure(None, None, RESTS), **found}
    worst = mean_of(joined(off), "").worst_frame
    return {"expr_corr": Figure(float(np.mean(values)), worst), **found}


def _least(told: list[tuple[float, Series] | None], absent: str) -> Figure:
    known = [one for one in told if one is not None]
    if not known:
        return Figure(None, None, absent)
    value, off_N = min(known, key=lambda one: one[0])
    return Figure(value, int(np.nanargmax(off_N)))


def _timing(
    source: Performance, result: Performance, two: list[Pair], at_N: Frames
) -> dict[str, Figure]:
    """By everybody's movements together."""
    found = timing(source, result, two, at_N)
    if found is None:
        absent = Figure(None, None, RESTS)
        return {"timing_lag_frames": absent, "timing_corr": absent}
    return {"timing_lag_frames": Figure(float(found[0])), "timing_corr": Figure(found[1])}


def _rates(two: list[Pair]) -> dict[str, Figure]:
    """How often faces and bodies are found at all: a number of its own, in no mean of errors."""
    found = {}
    for name, seen in (("detect", "face_seen_N"), ("body", "body_seen_N")):
        ours, theirs = (
            np.concatenate([getattr(getattr(pair, side), seen) for pair in two])
            for side in ("source", "result")
        )
        lost = np.flatnonzero(ours & ~theirs)
        num = len(ours) // len(two)
        found[f"{name}_rate_src"] = Figure(float(ours.mean()))
        found[f"{name}_rate_out"] = Figure(
            float(theirs.mean()), int(lost[0] % num) if len(lost) else None
        )
    return found


def _identity(
    identity: Likeness | None,
    source: tuple[Path, Footage],
    result: tuple[Path, Footage],
    two: list[Pair],
    at_N: Frames,
) -> Figure:
    """Of whoever changed most."""
    if identity is None:
        return Figure(None, None, NO_IDENTITY)
    told = [identity(source, result, pair, at_N) for pair in two]
    known = [one for one in told if one.value is not None]
    return max(known, key=lambda one: one.value or 0.0) if known else Figure(None, None, NO_FACE)


def _by_result(seen: filmed.Seen, at_N: Frames, num: int) -> tuple[Series, Series]:
    """Both series of changes by the frames of the result."""
    changes = np.full((2, num), np.nan)
    there = at_N >= 0
    for row, name in enumerate(("change", "change_src")):
        changes[row, at_N[there]] = seen.series(name)[: len(at_N)][there]
    return changes[0], changes[1]


def _told(both: Iterator[Both], total: int, progress: Progress) -> Iterator[Both]:
    for number, pair in enumerate(both, start=1):
        yield pair
        progress("comparing frames", number, total)
