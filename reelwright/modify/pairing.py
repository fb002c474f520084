"""Which frame and which person of a result answer to which of the footage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from reelwright.modify.performance import Floats, Footage, Performance, Performer

# N frames of the footage, M of the result.

FAR = 1e9  # between two who are never seen at once
NOT_SHOWN = -1

Frames = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pair:
    """One person of the footage, and who they are in the result, frame by frame alike.

    The result's places are brought into the footage's pixels; nobody is found as NaN everywhere.
    """

    source: Performer
    result: Performer


def shown_at(source: Footage, result: Footage) -> Frames:
    """For every frame of the footage the one that the result shows then; -1 after its end."""
    if not result.num_frames:
        return np.full(source.num_frames, NOT_SHOWN)
    step_s = min((1 / one.fps for one in (source, result) if one.fps), default=1.0)
    # Times are rounded: between two frames there is no doubt, and some come close together.
    usual_s = np.append(np.minimum(np.diff(source.times_N), step_s), step_s)
    now_N = source.times_N + usual_s / 2
    at_N = np.searchsorted(result.times_N, now_N, side="right") - 1
    last_step_s = 1 / result.fps if result.fps else step_s
    at_N[now_N > result.times_N[-1] + 1.25 * last_step_s] = NOT_SHOWN
    return at_N.astype(np.intp)


def enlarged(source: Footage, result: Footage) -> float:
    """From the result's pixels to the footage's. The column that makes an odd width even, as films
    must have it, changes no scale."""
    even = source.width + source.width % 2
    return 1.0 if result.width == even else source.width / result.width


def pairs(source: Performance, result: Performance) -> list[Pair]:
    """Everybody in the footage with who they are in the result, by where they stand."""
    at_N = shown_at(source.footage, result.footage)
    scale = enlarged(source.footage, result.footage)
    there = [_brought(one, at_N, scale) for one in result.performers]
    if not there:
        return [Pair(one, _nobody(one)) for one in source.performers]
    cost = np.array([[_apart(one, other) for other in there] for one in source.performers])
    rows, columns = linear_sum_assignment(cost.reshape(len(source.performers), len(there)))
    found = {
        int(row): there[int(column)]
        for row, column in zip(rows, columns, strict=True)
        if cost[row, column] < FAR
    }
    return [
        Pair(one, found.get(number, _nobody(one))) for number, one in enumerate(source.performers)
    ]


def joined(series: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """For every frame the worst (highest) of everybody, NaN where nobody could be measured."""
    stacked = np.stack(series)
    filled = np.where(np.isfinite(stacked), stacked, -np.inf).max(axis=0)
    return np.where(np.isfinite(filled), filled, np.nan)


def _brought(one: Performer, at_N: Frames, scale: float) -> Performer:
    """Frames as the footage has them, places in its pixels."""
    if scale == 1.0 and np.array_equal(at_N, np.arange(len(one.box_N4))):
        return one

    def taken(values: Floats, placed: int) -> Floats:
        frames = values[at_N].copy()
        frames[..., :placed] *= scale
        frames[at_N == NOT_SHOWN] = np.nan
        return frames

    return Performer(
        box_N4=taken(one.box_N4, 4),
        face_NP3=taken(one.face_NP3, 3),
        body_NP3=taken(one.body_NP3, 2),
        left_NP3=taken(one.left_NP3, 2),
        right_NP3=taken(one.right_NP3, 2),
    )


def _nobody(one: Performer) -> Performer:
    return replace(
        one, **{name: np.full_like(getattr(one, name), np.nan) for name in Performer.__slots__}
    )


def _apart(one: Performer, other: Performer) -> float:
    """How far their boxes' corners lie apart, on average, while both are seen."""
    apart_N = np.abs(one.box_N4 - other.box_N4).mean(axis=1)
    seen_N = np.isfinite(apart_N)
    return float(apart_N[seen_N].mean()) if seen_N.any() else FAR
