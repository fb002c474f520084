"""A body against the same body: where its joints are, how its limbs move, and when."""

import numpy as np
from numpy.typing import NDArray

from reelwright.modify.card import Series
from reelwright.modify.expression import calmed, curves, eye_distance
from reelwright.modify.pairing import Pair
from reelwright.modify.performance import Floats, Performance, Performer

# N frames, P joints, C channels of movement, H high and W wide.

SHOULDERS = (11, 12)
LIMBS = (11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)  # shoulders to wrists, hips to ankles
ARMS = (13, 14, 15, 16)
SURE = 0.5  # a joint that is seen less surely is guessed
STILL = 0.02  # of the shoulders' width in two frames, root mean square: the detector's own unrest
CURVES = ("mouth", "eyes", "brows")
NOSE_AND_CHIN = (4, 152)
# By so much over two frames what a detector says moves where nothing does, root mean square.
FACE_UNREST_PX, ARM_UNREST = 0.4, STILL
FARTHEST, PART = 12, 3  # frames that a result may be late or early; at most a third of the clip
LITTLE = 8  # frames; of fewer no lag can be told
ALIKE = 1e-9  # two lags that fit equally: the smaller
CLEARLY = 0.5  # of what is unlike with no lag may be left with one, or there is none


def shoulder_width(body_NP3: Floats) -> float:
    """In pixels: the median over the clip."""
    left, right = (body_NP3[:, joint, :2].astype(np.float64) for joint in SHOULDERS)
    width_N = np.hypot(*(left - right).T)
    return float(np.nanmedian(width_N)) if np.isfinite(width_N).any() else np.nan


def joint_errors(source_NP3: Floats, result_NP3: Floats) -> Series:
    """Mean distance of the joints that the footage shows, of the shoulders' width."""
    apart_NP = np.hypot(*np.moveaxis((source_NP3 - result_NP3)[..., :2].astype(np.float64), -1, 0))
    apart_NP[~(source_NP3[..., 2] >= SURE)] = np.nan
    return _mean(apart_NP) / shoulder_width(source_NP3)


def limb_correlation(source_NP3: Floats, result_NP3: Floats) -> tuple[float, Series] | None:
    """Cosine of all velocities of both, and by how much each frame is off, in shoulders' widths.

    None where the limbs rest or are not seen.
    """
    width = shoulder_width(source_NP3)
    source, result = (_velocities(body, width) for body in (source_NP3, result_NP3))
    both = np.isfinite(source) & np.isfinite(result)
    if not both.any():
        return None
    ours, theirs = source[both], result[both]
    if np.sqrt((ours**2).mean()) < STILL:
        return None
    size = np.sqrt((ours**2).sum() * (theirs**2).sum())
    off_N = _mean(np.abs(source - result).reshape(len(source), -1))
    return (float((ours * theirs).sum() / size) if size else 0.0), off_N


def flow_errors(source: Performance, result: Performance, at_N: NDArray[np.intp]) -> Series:
    """Pixels by which the performers' motion differs, from each frame to the next."""
    scale = source.footage.width / result.footage.width
    errors_N = np.full(source.footage.num_frames, np.nan)
    for frame, other in enumerate(at_N[:-1]):
        if 0 <= other < len(result.flow_NHW2) - 1:
            ours = source.flow_NHW2[frame].astype(np.float64)
            theirs = result.flow_NHW2[other].astype(np.float64) * scale
            if ours.shape == theirs.shape:
                within = _within(source.matte_NHW[frame], ours.shape[:2])
                apart = np.hypot(*np.moveaxis(ours - theirs, -1, 0))
                errors_N[frame] = apart[within].mean() if within.any() else np.nan
    return errors_N


def channels(pair: Pair) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What of a person moves, over two frames: each in units of the footage's, and less the more
    of it may be the detector's unrest. What only trembles counts for nothing."""
    source, result = (_moves(one) for one in (pair.source, pair.result))
    spread_C = np.sqrt(np.nanmean(np.vstack([source**2, np.zeros((1, source.shape[1]))]), axis=0))
    face = [FACE_UNREST_PX] * (source.shape[1] - 2 * len(ARMS))
    unrest_C = np.array(face + [ARM_UNREST * shoulder_width(pair.source.body_NP3)] * 2 * len(ARMS))
    trust_C = np.clip(1 - (unrest_C / np.maximum(spread_C, 1e-9)) ** 2, 0, 1)
    weight_C = np.where(np.isfinite(trust_C), trust_C, 0) / np.maximum(spread_C, 1e-9)
    return source * weight_C, result * weight_C


def _moves(one: Performer) -> NDArray[np.float64]:
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
    return np.asarray(calm[2:] - calm[:-2])


def lag(source_NC: NDArray[np.float64], result_NC: NDArray[np.float64]) -> tuple[int, float] | None:
    """By how many frames the result is late, and how alike they move then; None where nothing is.

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
    both = np.isfinite(ours) & np.isfinite(theirs)
    size = np.sqrt((ours[both] ** 2).sum() * (theirs[both] ** 2).sum())
    return float((ours[both] * theirs[both]).sum() / size) if size > 0 else None


def _velocities(body_NP3: Floats, width: float) -> NDArray[np.float64]:
    """Of the limbs over two frames, in shoulders' widths; NaN where a joint is guessed."""
    joints = body_NP3[:, LIMBS].astype(np.float64)
    joints[~(joints[..., 2] >= SURE)] = np.nan
    joints = calmed(joints)
    moved = np.full((*joints.shape[:2], 2), np.nan)
    moved[1:-1] = (joints[2:, :, :2] - joints[:-2, :, :2]) / width
    return moved


def _within(matte_HW: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The matte on a coarser or finer grid, by the nearest of its pixels."""
    rows = ((np.arange(shape[0]) + 0.5) * matte_HW.shape[0] / shape[0]).astype(int)
    columns = ((np.arange(shape[1]) + 0.5) * matte_HW.shape[1] / shape[1]).astype(int)
    return np.asarray(matte_HW[np.ix_(rows, columns)] > 127)


def _mean(values: NDArray[np.float64]) -> Series:
    """Of what is there of each row; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
