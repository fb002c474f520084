"""Whether the frames that were given are met, when, and without a jump."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from reelwright.media.decode import Image, frames
from reelwright.modify.card import Anchor, Series
from reelwright.modify.likeness import psnr, ssim

AROUND = 5  # frames before and after, among which the one most like a given frame is looked for
LEAST = 0.25  # levels of change that are a step; less is a still
SMALL = 192  # pixels of the shorter side on which frames are compared with their neighbours


def anchors(
    path: Path, given: Mapping[int, Image], times_N: Series, change_N: Series, source_N: Series
) -> tuple[Anchor, ...]:
    """How the film meets each given frame, by its number among `times_N`.

    `change_N` is how much every frame of the result differs from the one before, `source_N` the
    same of the footage.
    """
    return tuple(
        _anchor(path, number, picture, times_N, jump(change_N, source_N, number))
        for number, picture in sorted(given.items())
    )


def jump(change_N: Series, source_N: Series, number: int) -> float:
    """The larger step into or out of a frame, of the clip's usual step.

    Where the footage itself moves more than usual there, by so much more the result may.
    """
    return _step(change_N, number) / max(1.0, _step(source_N, number))


def _step(change_N: Series, number: int) -> float:
    steps = change_N[number : number + 2]  # into it, and out of it
    known = change_N[np.isfinite(change_N)]
    if not len(known) or not np.isfinite(steps).any():
        return 0.0
    return float(np.nanmax(steps) / max(float(np.median(known)), LEAST))


def _anchor(path: Path, number: int, given: Image, times_N: Series, jumped: float) -> Anchor:
    """Reads only the frames around it."""
    first, last = max(0, number - AROUND), min(len(times_N) - 1, number + AROUND)
    half_s = float(np.median(np.diff(times_N))) / 2 if len(times_N) > 1 else 0.5
    start_s, end_s = max(0.0, times_N[first] - half_s), times_N[last] + half_s
    likeness: dict[int, float] = {}
    met = (0.0, 0.0)
    for time_s, frame in frames(path, start_s=start_s, end_s=end_s):
        at = int(np.argmin(np.abs(times_N - time_s)))
        wanted = fitted(given, frame)
        likeness[at] = psnr(_small(frame), _small(wanted))
        if at == number:
            met = psnr(frame, wanted), ssim(frame, wanted)
    best = max(likeness, key=lambda at: (likeness[at], -abs(at - number)), default=number)
    return Anchor(frame=number, psnr=met[0], ssim=met[1], offset=best - number, jump=jumped)


def fitted(given: Image, frame: Image) -> Image:
    """A picture in the size of the film's frames."""
    height, width = frame.shape[:2]
    if given.shape[:2] == (height, width):
        return given
    return np.asarray(cv2.resize(given, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _small(picture: Image) -> Image:
    height, width = picture.shape[:2]
    scale = min(1.0, SMALL / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
