"""Our matte beside a plain one, as the network gives it frame by frame: how both flicker."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from reelwright.bench.takes import Take
from reelwright.media.decode import Image
from reelwright.modify.dense import Floats
from reelwright.modify.filmed import trusted
from reelwright.modify.matte import fine, looked_at
from reelwright.modify.sight import eyes

Matte = Callable[[int, Image], Floats]  # a frame and its number: 0 to 1 in its size


def ours(take: Take) -> Matte:
    mattes = take.performance.matte_NHW
    return lambda number, frame: fine(frame, mattes[number])


def plain(weights: Path) -> Matte:
    """MediaPipe's own, each frame for itself, made as large as the frame."""
    outline = eyes(weights).outline
    return lambda _, frame: looked_at(outline, frame, (frame.shape[1], frame.shape[0]))


def laid(take: Take, matte: Matte, plates: Callable[[int], Image]) -> Iterator[Image]:
    """The take over new places by this matte, and nothing else done."""
    for number, frame in enumerate(take.pictures()):
        alpha = matte(number, frame)[..., None]
        whole = alpha * frame + (1 - alpha) * plates(number)
        yield np.asarray(np.clip(np.rint(whole), 0, 255), np.uint8)


def flicker(take: Take, mattes: Sequence[Matte]) -> list[float]:
    """For each matte what changes from frame to frame and no motion explains, of the performer."""
    flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    changed, covered = np.zeros((2, len(mattes)))
    before: tuple[Image, list[Floats]] | None = None
    for number, frame in enumerate(take.pictures()):
        now = [matte(number, frame) for matte in mattes]
        if before is not None:
            grey = [cv2.cvtColor(one, cv2.COLOR_BGR2GRAY) for one in (before[0], frame)]
            motion = flow.calc(*grey, None)
            sure = trusted(before[0], frame, motion)
            for place, (old, new) in enumerate(zip(before[1], now, strict=True)):
                changed[place] += float((sure * np.abs(old - fetched(new, motion))).sum())
                covered[place] += float((sure * old).sum())
        before = frame, now
    return [float(part) for part in changed / np.maximum(covered, 1)]


def fetched(matte: Floats, motion: Floats) -> Floats:
    rows, columns = np.indices(matte.shape, dtype=np.float32)
    at = columns + motion[..., 0], rows + motion[..., 1]
    return np.asarray(cv2.remap(matte, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
