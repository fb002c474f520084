"""A face against the same face: its points, expression, gaze and the turn of its head."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.modify.card import Series
from reelwright.modify.performance import Floats, Performer

# N frames, P points of MediaPipe's mesh, K of them that the skull holds still.

# Outer and inner corner, then pairs of upper and lower lid, then the iris: right eye, left eye.
EYES = (
    ((33, 133), ((159, 145), (158, 153), (160, 144)), 468),
    ((263, 362), ((386, 374), (385, 380), (387, 373)), 473),
)
LIPS, MOUTH = (13, 14), (78, 308)  # inner lips, inner corners
BROWS = (105, 334)
RIGID = (4, 5, 6, 9, 10, 151, 168, 195, 197, 33, 133, 362, 263, 127, 356, 234, 454, 93, 323)
CALM = 3  # frames whose mean is taken: a face moves slower than a detector trembles
# Deviation of a curve below which it is the detector's own unrest. Encoding asl/again anew moved
# lids, lips and brows by 0.1 to 0.25 pixels; for a correlation of .95 a movement is thrice that.
UNREST_PX, STILL = 0.5, 0.01
MOVES = 3.0  # times that much in the result is movement that the footage does not have
AT_ONCE = 256  # frames whose meshes are widened for reckoning: not those of a whole film
SEEN_TWICE = 3  # frames; a correlation of fewer says nothing
FOCAL = 1.2  # of the picture's width, as phones have it


def eye_distance(face_NP3: Floats) -> float:
    """Between the centres of the eyes, in pixels: the median over the clip."""
    between_N = _length(eye_centre(face_NP3, 0) - eye_centre(face_NP3, 1))
    return float(np.nanmedian(between_N)) if np.isfinite(between_N).any() else np.nan


def uncovered(one: Performer) -> Floats:
    """The meshes of the frames in which no hand is before the face: behind one they are guessed."""
    covered_N = in_parts(_covered, one.face_NP3, one.left_NP3, one.right_NP3)
    if not covered_N.any():
        return one.face_NP3
    return np.where(covered_N[:, None, None], np.float32(np.nan), one.face_NP3)


def _covered(face_NP3: Floats, left_NP3: Floats, right_NP3: Floats) -> NDArray[np.bool_]:
    face = face_NP3[..., :2]
    low = np.where(np.isfinite(face), face, np.inf).min(axis=1, keepdims=True)
    high = np.where(np.isfinite(face), face, -np.inf).max(axis=1, keepdims=True)
    hands = np.concatenate([left_NP3, right_NP3], axis=1)[..., :2]
    within_N: NDArray[np.bool_] = ((hands > low) & (hands < high)).all(axis=2).any(axis=1)
    return within_N


def face_errors(source_NP3: Floats, result_NP3: Floats) -> Series:
    """Mean distance of the points, of the eye distance, for every frame with both faces."""
    return in_parts(_apart, source_NP3, result_NP3) / eye_distance(source_NP3)


def _apart(source_NP3: Floats, result_NP3: Floats) -> Series:
    return np.asarray(_length((source_NP3 - result_NP3)[..., :2]).mean(axis=1))


def in_parts(measured: Callable[..., NDArray[Any]], *meshes: Floats) -> NDArray[Any]:
    """What is measured of every frame, of so many at once."""
    starts = range(0, max(1, len(meshes[0])), AT_ONCE)
    parts = [measured(*(mesh[start : start + AT_ONCE] for mesh in meshes)) for start in starts]
    return np.concatenate(parts)


def curves(face_NP3: Floats) -> dict[str, Series]:
    """How far mouth and eyes are open and brows are raised, in every frame."""
    points = face_NP3[..., :2]
    between_N = _length(eye_centre(face_NP3, 0) - eye_centre(face_NP3, 1))
    open_eyes = [
        np.mean([_between(points, *lids) for lids in pairs], axis=0) / _between(points, *corners)
        for corners, pairs, _ in EYES
    ]
    raised = [
        _length(points[:, brow] - eye_centre(face_NP3, side)) / between_N
        for side, brow in enumerate(BROWS)
    ]
    return {
        "mouth": _between(points, *LIPS) / _between(points, *MOUTH),
        "eyes": np.mean(open_eyes, axis=0),
        "brows": np.mean(raised, axis=0),
    }


def unrest(face_NP3: Floats) -> dict[str, float]:
    """How much each curve deviates where nothing but the detector moves."""
    points = face_NP3[..., :2]
    widths = {
        "mouth": _between(points, *MOUTH),
        "eyes": np.mean([_between(points, *corners) for corners, _, _ in EYES], axis=0),
        "brows": _length(eye_centre(face_NP3, 0) - eye_centre(face_NP3, 1)),
    }
    return {
        name: max(STILL, UNREST_PX / float(np.nanmedian(width_N)))
        if np.isfinite(width_N).any()
        else STILL
        for name, width_N in widths.items()
    }


def correlation(
    source_N: Series, result_N: Series, still: float = STILL
) -> tuple[float, Series] | None:
    """Pearson's of two curves, and by how much each frame is off in deviations of the source.

    None where there is too little of both, or where both stand still: then it would be that of the
    detector's unrest. Where the result alone moves, nothing of it answers to anything: 0.
    """
    both_N = np.isfinite(source_N) & np.isfinite(result_N)
    source_N, result_N = (calmed(np.where(both_N, one, np.nan)) for one in (source_N, result_N))
    if both_N.sum() < SEEN_TWICE:
        return None
    source, result = source_N - source_N[both_N].mean(), result_N - result_N[both_N].mean()
    spreads = source[both_N].std(), result[both_N].std()
    if spreads[0] < still:
        return (0.0, np.abs(result) / still) if spreads[1] > MOVES * still else None
    if spreads[1] == 0:
        return 0.0, np.abs(source) / spreads[0]
    found = float((source[both_N] * result[both_N]).mean() / (spreads[0] * spreads[1]))
    return found, np.abs(source / spreads[0] - result / spreads[1])


def calmed(values_N: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of every frame and its neighbours, as far as they are there."""
    padded = np.full((len(values_N) + CALM - 1, *values_N.shape[1:]), np.nan)
    padded[CALM // 2 : CALM // 2 + len(values_N)] = values_N
    near = np.stack([padded[start : start + len(values_N)] for start in range(CALM)])
    there = np.isfinite(near)
    mean = np.where(there, near, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(np.isfinite(values_N), mean, np.nan)


def gaze_errors(source_NP3: Floats, result_NP3: Floats) -> Series:
    """How far the irises lie apart within their eyes, in widths of the eye; mean of both."""
    apart = [_length(_gaze(source_NP3, side) - _gaze(result_NP3, side)) for side in (0, 1)]
    return np.asarray(np.mean(apart, axis=0), np.float64)


def turn_errors(source_NP3: Floats, result_NP3: Floats, size: tuple[int, int]) -> Series:
    """Degrees between the turns of both heads, each by solvePnP from the footage's own mesh."""
    errors_N = np.full(len(source_NP3), np.nan)
    model_K3 = _model(source_NP3)
    if model_K3 is None:
        return errors_N
    for frame in np.flatnonzero(_seen(source_NP3) & _seen(result_NP3)):
        turns = [
            _turn(model_K3, face_NP3[frame, RIGID, :2], size)
            for face_NP3 in (source_NP3, result_NP3)
        ]
        if turns[0] is not None and turns[1] is not None:
            between, _ = cv2.Rodrigues(turns[1] @ turns[0].T)
            errors_N[frame] = np.degrees(np.linalg.norm(between))
    return errors_N


def _model(face_NP3: Floats) -> NDArray[np.float64] | None:
    """The rigid points where the face is seen most from the front; None if it has no depth."""
    between_N = _length(eye_centre(face_NP3, 0) - eye_centre(face_NP3, 1))
    if not np.isfinite(between_N).any():
        return None
    model_K3 = face_NP3[int(np.nanargmax(between_N)), RIGID].astype(np.float64)
    if np.ptp(model_K3[:, 2]) == 0:
        return None
    centred_K3: NDArray[np.float64] = model_K3 - model_K3.mean(axis=0)
    return centred_K3


def _turn(
    model_K3: NDArray[np.float64], seen_K2: Floats, size: tuple[int, int]
) -> NDArray[np.float64] | None:
    width, height = size
    lens = np.array(
        [[FOCAL * width, 0, width / 2], [0, FOCAL * width, height / 2], [0, 0, 1]], np.float64
    )
    done, turn, _ = cv2.solvePnP(
        model_K3, seen_K2.astype(np.float64), lens, None, flags=cv2.SOLVEPNP_SQPNP
    )
    return np.asarray(cv2.Rodrigues(turn)[0], np.float64) if done else None


def _gaze(face_NP3: Floats, side: int) -> NDArray[np.float64]:
    """Where the iris lies along and across the line between the eye's corners."""
    (outer, inner), _, iris = EYES[side]
    points = face_NP3[..., :2]
    start, end, middle = (points[:, one].astype(np.float64) for one in (outer, inner, iris))
    along, away = end - start, middle - start
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    width = (along**2).sum(axis=1)
    both = np.stack([(away * along).sum(axis=1), (away * across).sum(axis=1)], axis=1)
    return np.asarray(both / width[:, None])


def eye_centre(face_NP3: Floats, side: int) -> NDArray[np.float64]:
    """Between the corners of one eye, in every frame."""
    (outer, inner), _, _ = EYES[side]
    return (face_NP3[:, outer, :2].astype(np.float64) + face_NP3[:, inner, :2]) / 2


def _seen(face_NP3: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(face_NP3[:, 0, 0]))


def _between(points_NP2: Floats, one: int, other: int) -> Series:
    return _length(points_NP2[:, one].astype(np.float64) - points_NP2[:, other])


def _length(vectors: NDArray[np.floating]) -> Series:
    return np.asarray(np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=-1)))
