"""What changes from picture to picture: the camera's moves, what moves before it, and cuts.

Each picture is explained by the one before it, moved along an optical flow and made as bright. What
stays unexplained over most of the frame is a cut or a dissolve; titles and subjects are local.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image

# T samples, H rows, W columns, 2 the flow's x and y.

Floats = NDArray[np.float64]

BLOCKS = (4, 6)  # columns and rows; a change counts by how many of these it reaches
FULL = 0.3  # share of a block that must be unexplained for it to count whole
CUT = 0.35  # share of blocks, from one sample to the next
DISSOLVE = 0.5  # the same from LAG samples before to LAG after
LAG = 2
SPIKE = 2.0  # times the changes around it: a wild camera is wild before and after, too
RESTLESS = 0.4  # share of the lesser of two peaks that the change keeps between them
AROUND = 4  # samples on either side
EDGE = cv2.BORDER_REPLICATE
APART = 3  # samples between two shots' beginnings; nobody sees a shorter shot


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """Change from each sample to the next, a second; zero at the beginnings of shots."""

    starts: list[int]  # the samples with which a shot begins, the first one included
    pan_T: Floats  # widths
    tilt_T: Floats  # widths
    zoom_T: Floats  # growth, as a logarithm
    turn_T: Floats  # radians
    subject_T: Floats  # what moves otherwise than the camera, widths
    change_T: Floats  # of the grey, a fraction of full range, from sample to sample
    flicker_T: Floats  # of the overall brightness, a fraction of it, from sample to sample


def watch_motion(grey_THW: Image, every_s: float) -> Motion:
    """Camera, subjects and cuts of a film that was sampled `every_s`."""
    count = len(grey_THW)
    flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    flow.setFinestScale(1)  # at half the size of these pictures; the preset's own is too coarse
    near_T, far_T, moves_5T = np.zeros(count), np.zeros(count), np.zeros((5, count))
    change_T, flicker_T = np.zeros(count), np.zeros(count)
    recent: list[NDArray[np.float32]] = []  # the moves between the last 2 * LAG pairs
    for now in range(1, count):
        before, after = grey_THW[now - 1], grey_THW[now]
        moved_HW2, near_T[now] = explain(flow, before, after, None)
        moves_5T[:, now] = camera(moved_HW2, before)
        change_T[now] = cv2.absdiff(before, after).mean() / 255
        flicker_T[now] = abs(np.log((after.mean() + 1) / (before.mean() + 1)))
        recent = [*recent[1 - 2 * LAG :], moved_HW2]
        # a camera's way over half a second is too long to be found without its parts
        way_HW2 = np.sum(recent, axis=0)
        middle = max(0, now - LAG)
        _, far_T[middle] = explain(flow, grey_THW[max(0, now - 2 * LAG)], after, way_HW2)
    starts = shot_starts(near_T, far_T)
    for measure_T in (*moves_5T, change_T, flicker_T):
        measure_T[starts] = 0
    pan_T, tilt_T, zoom_T, turn_T, subject_T = moves_5T / every_s
    return Motion(
        starts=starts,
        pan_T=pan_T,
        tilt_T=tilt_T,
        zoom_T=zoom_T,
        turn_T=turn_T,
        subject_T=subject_T,
        change_T=change_T,
        flicker_T=flicker_T,
    )


def explain(
    flow: Any, before: Image, after: Image, guess_HW2: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], float]:
    """How the picture moved (backwards, for each pixel), and the share that this leaves open."""
    gain = (np.median(after) + 8) / (np.median(before) + 8)
    lit = cv2.convertScaleAbs(before, alpha=float(gain))
    moved_HW2: NDArray[np.float32] = flow.calc(after, lit, guess_HW2)
    y, x = np.indices(after.shape, dtype=np.float32)
    guess = soft(
        cv2.remap(lit, x + moved_HW2[..., 0], y + moved_HW2[..., 1], cv2.INTER_LINEAR, None, EDGE)
    )
    seen = soft(after)
    guess *= np.median((seen + 1) / (guess + 1))
    slack = 5 + 0.1 * (float(before.std()) + float(after.std()))
    missed = (np.abs(guess - seen) > slack).astype(np.float32)
    blocks = cv2.resize(missed, BLOCKS, interpolation=cv2.INTER_AREA)
    return moved_HW2, float(np.minimum(blocks / FULL, 1).mean())


def soft(picture: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.float32)


def camera(moved_HW2: NDArray[np.float32], grey: Image) -> tuple[float, float, float, float, float]:
    """Pan, tilt, zoom, turn of the whole picture between two samples, and what moves besides.

    The best similarity to the flow, weighted by how much texture there is to see it move; what
    disagrees with the first fit counts less in the second.
    """
    height, width = grey.shape
    slope = cv2.Sobel(grey, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(grey, cv2.CV_32F, 0, 1) ** 2
    sight = np.sqrt(slope).ravel() + 1e-3
    y, x = (axis.ravel() / width for axis in np.indices(grey.shape, dtype=np.float32))
    u, v = (-moved_HW2[..., axis].ravel() / width for axis in (0, 1))
    weight = sight
    for _ in range(2):
        share = weight / weight.sum()
        cx, cy, cu, cv = (float((share * axis).sum()) for axis in (x, y, u, v))
        dx, dy, du, dv = x - cx, y - cy, u - cu, v - cv
        spread = float((share * (dx * dx + dy * dy)).sum()) + 1e-6
        zoom = float((share * (dx * du + dy * dv)).sum()) / spread
        turn = float((share * (dx * dv - dy * du)).sum()) / spread
        rest = np.hypot(du - zoom * dx + turn * dy, dv - zoom * dy - turn * dx)
        weight = sight / (1 + (rest / (rest.mean() + 1e-6)) ** 2)
    # at the middle of the frame, so that a zoom is no pan where texture lies to one side
    mx, my = 0.5 - cx, 0.5 * height / width - cy
    pan, tilt = cu + zoom * mx - turn * my, cv + zoom * my + turn * mx
    return pan, tilt, zoom, turn, float((sight * rest).sum() / sight.sum())


def shot_starts(near_T: Floats, far_T: Floats) -> list[int]:
    """The samples with which a shot begins, from the unexplained share near and far."""
    starts = spikes(near_T, CUT, apart=APART, begun=[0])
    width = 2 * LAG
    calm_T = far_T.copy()
    for start in starts:
        calm_T[max(0, start - width) : start + width] = 0
    return sorted(spikes(calm_T, DISSOLVE, apart=width, begun=starts, around=2 * AROUND))


def spikes(
    change_T: Floats, floor: float, *, apart: int, begun: list[int], around: int = AROUND
) -> list[int]:
    """`begun`, and where the change exceeds `floor`, and by SPIKE what is around it."""
    found = list(begun)
    for now in map(int, np.argsort(-change_T, kind="stable")):
        if change_T[now] < floor:
            break
        if any(abs(now - other) < apart or one_slope(change_T, now, other) for other in found):
            continue
        near = [
            change_T[other]
            for other in range(max(1, now - around), min(len(change_T), now + around + 1))
            if all(abs(other - peak) >= apart for peak in (now, *found))
        ]
        if change_T[now] > SPIKE * (float(np.median(near)) if near else 0):
            found.append(now)
    return found


def one_slope(change_T: Floats, now: int, other: int) -> bool:
    """Whether the change never rests between the two, as in the middle of a dissolve."""
    between = change_T[max(1, min(now, other)) : max(now, other) + 1]
    return bool(between.min() > RESTLESS * change_T[now])
