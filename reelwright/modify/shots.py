"""Where a film is cut, told while it is read: with each frame, whether it begins a shot."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cv2
import numpy as np

from reelwright.features.film import small
from reelwright.features.motion import AROUND, CUT, SPIKE, explain
from reelwright.media.decode import Image

APART = 5  # frames between two shots' beginnings

Timed = tuple[float, Image]


def with_cuts(frames: Iterable[Timed]) -> Iterator[tuple[float, Image, bool]]:
    """The frames, AROUND of them late: a cut stands out from the changes on both sides of it."""
    waiting: deque[tuple[float, Image, float]] = deque()
    behind: deque[float] = deque(maxlen=AROUND)
    since = 0

    def first() -> tuple[float, Image, bool]:
        nonlocal since
        time_s, frame, change = waiting.popleft()
        around = [*behind, *(later for _, _, later in waiting)]
        cut = since >= APART and is_cut(change, around)
        since = 1 if cut else since + 1
        behind.append(0.0 if cut else change)
        return time_s, frame, cut

    for time_s, frame, change in _changes(frames):
        waiting.append((time_s, frame, change))
        if len(waiting) > AROUND:
            yield first()
    while waiting:
        yield first()


def is_cut(change: float, around: Sequence[float]) -> bool:
    """Whether this much is unexplained by any motion, and stands out from what is around it."""
    usual = float(np.median(around)) if around else 0.0
    return change >= CUT and change > SPIKE * usual


def _changes(frames: Iterable[Timed]) -> Iterator[tuple[float, Image, float]]:
    """Each frame with the share of it that the one before does not explain."""
    flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    flow.setFinestScale(1)
    before: Image | None = None
    for time_s, frame in frames:
        now = np.asarray(cv2.cvtColor(small(frame), cv2.COLOR_BGR2GRAY), np.uint8)
        yield time_s, frame, 0.0 if before is None else explain(flow, before, now, None)[1]
        before = now
