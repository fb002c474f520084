"""When a result moves as its footage does: all movements together, and the lag that fits best."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reelwright.modify.bodily import ARMS, STILL, SURE, shoulder_width, within
from reelwright.modify.expression import calmed, curves, eye_distance
from reelwright.modify.flow import LONGER
from reelwright.modify.pairing import Frames, Pair, enlarged
from reelwright.modify.performance import Performance, Performer

# N frames, C channels of movement, H high and W wide.

Channels = tuple[NDArray[np.float64], NDArray[np.float64]]  # the footage's and the result's

CURVES = ("mouth", "eyes", "brows")
NOSE_AND_CHIN = (4, 152)
SPAN_S, SPAN = 1 / 15, 2  # movement is looked at over so long, or so many frames if they are few
# By so much over that time what a detector says moves where nothing does, root mean square.
FACE_UNREST_PX, ARM_UNREST = 0.4, STILL
# Likewise the optical flow, in pixels of the pictures that it compares: ASL book and two speakers
# of GRID, who hardly move, differ by .03 to .06 from themselves in other worlds.
FLOW_UNREST_PX = 0.06
POINTS = len(CURVES) + 2 * len(NOSE_AND_CHIN)  # channels of a face
VOICES = POINTS + 2 * len(ARMS)  # of a person: their pixels count as much as all their points can
MOST = 2**18  # motions of all frames together: neighbours move alike, so of a long film fewer do
COVERED = 0.5  # of the frames must a cell show a performer
FARTHEST, PART = 12, 3  # frames that a result may be late or early; at most a third of the clip
LITTLE = 8  # frames; of fewer no lag can be told
ALIKE = 1e-9  # two lags that fit equally: the smaller
CLEARLY = 0.5  # of what is unlike with no lag may be left with one, or there is none


def timing(
    source: Performance, result: Performance, two: Sequence[Pair], at_N: Frames
) -> tuple[int, float] | None:
    """By how many frames the result is late, and how alike all that moves is then.

    Points can be lost or mistaken by whoever found them, the same way for a whole take. The motion
    of the pixels needs nobody to be found, so the one bears the other out.
    """
    pixels = (np.sqrt(len(two)) * one for one in swept(source, result, at_N))
    both = [*(channels(pair, span(source)) for pair in two), tuple(pixels)]
    return lag(*(np.concatenate(part, axis=1) for part in zip(*both, strict=True)))


def span(source: Performance) -> int:
    """Over how many frames movement is looked at: in a hurried film one alone shows unrest."""
    return max(SPAN, round(SPAN_S * source.footage.fps))


def channels(pair: Pair, over: int = SPAN) -> Channels:
    """What of a person moves, over some frames: each in units of the footage's, and less the more
    of it may be the detector's unrest. What only trembles counts for nothing."""
    source, result = (_moves(one, over) for one in (pair.source, pair.result))
    spread_C = np.sqrt(np.nanmean(np.vstack([source**2, np.zeros((1, source.shape[1]))]), axis=0))
    arm_unrest = ARM_UNREST * shoulder_width(pair.source.body_NP3)
    unrest_C = np.array([FACE_UNREST_PX] * POINTS + [arm_unrest] * 2 * len(ARMS))
    trust_C = np.clip(1 - (unrest_C / np.maximum(spread_C, 1e-9)) ** 2, 0, 1)
    weight_C = np.where(np.isfinite(trust_C), trust_C, 0) / np.maximum(spread_C, 1e-9)
    return source * weight_C, result * weight_C


def swept(source: Performance, result: Performance, at_N: Frames) -> Channels:
    """The motion of the pixels where performers are, over some frames, weighed as one person's.

    Nothing where the pictures have another shape.
    """
    over = span(source)
    num, shape = source.footage.num_frames, source.flow_NHW2.shape[1:3]
    covered_HW = sum((within(matte, shape) for matte in source.matte_NHW), np.zeros(shape, int))
    cells_HW = thinned(covered_HW > COVERED * num, MOST // num)
    if result.flow_NHW2.shape[1:3] != shape or num < LITTLE + over or not cells_HW.any():
        nothing = np.zeros((max(num - over, 0), 0))
        return nothing, nothing
    ours = _swept(source, np.arange(num), cells_HW, over)
    theirs = _swept(result, at_N, cells_HW, over)
    theirs *= enlarged(source.footage, result.footage)
    inside_NC = np.stack([within(matte, shape)[cells_HW] for matte in source.matte_NHW])
    ours[~inside_NC[over // 2 : over // 2 + len(ours)]] = np.nan
    total = float(np.nansum(ours**2))
    spread = np.sqrt(total / max(1, np.isfinite(ours).sum()))
    unrest = FLOW_UNREST_PX * max(source.footage.width, source.footage.height) / LONGER
    trust = max(0.0, 1 - (unrest / max(spread, 1e-9)) ** 2)
    weight = trust * np.sqrt(VOICES * len(ours) / max(total, 1e-9))
    return weight * ours.reshape(len(ours), -1), weight * theirs.reshape(len(ours), -1)


def thinned(cells_HW: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """About so many of the cells, evenly spread over them; one at least, where there is one."""
    places = np.flatnonzero(cells_HW)
    some = np.zeros_like(cells_HW)
    step = max(1, math.ceil(len(places) / max(1, most)))
    some.flat[places[::step]] = True
    return some


def lag(source_NC: NDArray[np.float64], result_NC: NDArray[np.float64]) -> tuple[int, float] | None:
    """By how many frames the result is late, and how alike they move then; None where the footage
    rests.

    The best of all lags up to `FARTHEST`, by the cosine of all that both have at that lag, if it is
    clearly better than none: what moves slowly is much alike at any.
    """
    num = len(source_NC)
    most = min(FARTHEST, num // PART)
    found: tuple[int, float] | None = None
    none = _cosine(source_NC, result_NC) if num >= LITTLE else None
    for late in sorted(range(-most, most + 1), key=abs):
        if num - abs(late) < LITTLE:
            continue
        ours = source_NC[max(0, -late) : num - max(0, late)]
        theirs = result_NC[max(0, late) : num - max(0, -late)]
        alike = _cosine(ours, theirs)
        if alike is not None and (found is None or alike > found[1] + ALIKE):
            found = late, alike
    if found is not None and none is not None and 1 - found[1] > CLEARLY * (1 - none):
        return 0, none
    return found


def _cosine(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float | None:
    """None where there is nothing to keep; of a result that rests, 0."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    sizes = [float((one[both] ** 2).sum()) for one in (ours, theirs)]
    if not sizes[0]:
        return None
    return float((ours[both] * theirs[both]).sum() / np.sqrt(sizes[0] * sizes[1] or 1))


def _moves(one: Performer, over: int) -> NDArray[np.float64]:
    """Of the face's curves, of nose and chin, and of the arms as far as they are surely seen."""
    num = len(one.face_NP3)
    shape = np.full((num, len(CURVES)), np.nan)
    if one.face_seen_N.any():
        shape = np.stack(list(curves(one.face_NP3).values()), axis=1) * eye_distance(one.face_NP3)
    arms = one.body_NP3[:, ARMS].astype(np.float64)
    arms[~(arms[..., 2] >= SURE)] = np.nan
    parts = (
        shape,
        one.face_NP3[:, NOSE_AND_CHIN, :2].reshape(num, -1),
        arms[..., :2].reshape(num, -1),
    )
    calm = calmed(np.concatenate(parts, axis=1).astype(np.float64))
    return np.asarray(calm[over:] - calm[:-over])


def _swept(
    performance: Performance, at_N: Frames, cells_HW: NDArray[np.bool_], over: int
) -> NDArray[np.float64]:
    """How the pixels of the cells move over so many of those frames, from each that has them."""
    steps = np.full((len(at_N) - 1, int(cells_HW.sum()), 2), np.nan)
    for number, (first, then) in enumerate(pairwise(at_N)):
        if first >= 0 and then >= 0:
            steps[number] = sum(
                performance.flow_NHW2[frame][cells_HW].astype(float) for frame in range(first, then)
            )
    windows = np.lib.stride_tricks.sliding_window_view(calmed(steps), over, axis=0)
    return np.asarray(windows.sum(axis=-1))
