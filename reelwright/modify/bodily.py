"""A body against the same body: where its joints are, and how its limbs move."""

import numpy as np
from numpy.typing import NDArray

from reelwright.modify.card import Series
from reelwright.modify.expression import calmed
from reelwright.modify.pairing import enlarged
from reelwright.modify.performance import Floats, Performance

# N frames, P joints, H high and W wide.

SHOULDERS = (11, 12)
LIMBS = (11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)  # shoulders to wrists, hips to ankles
ARMS = (13, 14, 15, 16)
SURE = 0.5  # a joint that is seen less surely is guessed
STILL = 0.02  # of the shoulders' width in two frames, root mean square: the detector's own unrest


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
    scale = enlarged(source.footage, result.footage)
    errors_N = np.full(source.footage.num_frames, np.nan)
    for frame, other in enumerate(at_N[:-1]):
        if 0 <= other < len(result.flow_NHW2) - 1:
            ours = source.flow_NHW2[frame].astype(np.float64)
            theirs = result.flow_NHW2[other].astype(np.float64) * scale
            if ours.shape == theirs.shape:
                there = within(source.matte_NHW[frame], ours.shape[:2])
                apart = np.hypot(*np.moveaxis(ours - theirs, -1, 0))
                errors_N[frame] = apart[there].mean() if there.any() else np.nan
    return errors_N


def _velocities(body_NP3: Floats, width: float) -> NDArray[np.float64]:
    """Of the limbs over two frames, in shoulders' widths; NaN where a joint is guessed."""
    joints = body_NP3[:, LIMBS].astype(np.float64)
    joints[~(joints[..., 2] >= SURE)] = np.nan
    joints = calmed(joints)
    moved = np.full((*joints.shape[:2], 2), np.nan)
    moved[1:-1] = (joints[2:, :, :2] - joints[:-2, :, :2]) / width
    return moved


def within(matte_HW: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.bool_]:
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
