"""Two frames alone: the motion between them is made up, and all frames on the way.

RIFE does it where its weights are; else what moved is found from both sides, and each moment takes
both frames along, the nearer one and the one that still shows what the other hides counting more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reelwright.media.decode import Image
from reelwright.modify import dense
from reelwright.modify.dense import Floats
from reelwright.modify.response import blurred
from reelwright.modify.tint import plain
from reelwright.progress import Progress, silent

MET = 1.5  # pixels astray up to which both flows are believed to mean the same


class Inbetweener(Protocol):
    """Makes frames between two. The same frames and moment give the same frame."""

    def between(self, first: Image, last: Image, moment: float) -> Image:
        """What is seen at `moment`, 0 for the first and 1 for the last."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The motion between two frames, from either."""

    there_HW2: Floats
    back_HW2: Floats


class Flow:
    """Makes frames from what moved, without any weights."""

    def __init__(self) -> None:
        self._known: tuple[Image, Image, Paths] | None = None

    def between(self, first: Image, last: Image, moment: float) -> Image:
        paths = self._paths(first, last)
        to_first, to_last = at_moment(paths, moment)
        one = dense.pulled(first, to_first, sharp=True).astype(np.float32)
        other = dense.pulled(last, to_last, sharp=True).astype(np.float32)
        trust_one = trust(paths.there_HW2, paths.back_HW2, to_first)
        trust_other = trust(paths.back_HW2, paths.there_HW2, to_last)
        weight_one = (1 - moment) * trust_one
        weight_other = moment * trust_other
        share = (weight_one / (weight_one + weight_other))[..., None]
        return plain(np.asarray(one * share + other * (1 - share), np.float32))

    def _paths(self, first: Image, last: Image) -> Paths:
        """Measured once for all moments between the same frames."""
        if self._known is None or self._known[0] is not first or self._known[1] is not last:
            grey_first, grey_last = dense.grey(first), dense.grey(last)
            paths = Paths(dense.flow(grey_first, grey_last), dense.flow(grey_last, grey_first))
            self._known = (first, last, paths)
        return self._known[2]


def at_moment(paths: Paths, moment: float) -> tuple[Floats, Floats]:
    """From each pixel of the moment to where it is in the first frame, and in the last.

    Flows are known at the ends. A pixel between looks up the one that passes through it: it starts
    with the flow at its own place, goes back along it, and looks again.
    """
    to_first = -moment * paths.there_HW2
    to_last = -(1 - moment) * paths.back_HW2
    for _ in range(3):
        to_first = -moment * dense.pulled(paths.there_HW2, to_first)
        to_last = -(1 - moment) * dense.pulled(paths.back_HW2, to_last)
    return to_first, to_last


def trust(there_HW2: Floats, back_HW2: Floats, way_HW2: Floats) -> Floats:
    """How well the motion is known at the pixels of a frame that this way leads to."""
    lost = dense.astray(there_HW2, back_HW2)
    surely = np.exp(-((blurred(lost, 1.0) / MET) ** 2)) + np.float32(1e-3)
    return np.asarray(dense.pulled(np.asarray(surely, np.float32), way_HW2), np.float32)


def film_between(
    first: Image, last: Image, count: int, maker: Inbetweener, progress: Progress = silent
) -> Iterator[Image]:
    """`count` frames, the first and the last as they are given."""
    assert count >= 2, f"{count} frames between two"
    assert first.shape == last.shape, f"{first.shape} and {last.shape}"
    for number in range(count):
        progress("making the frames between", min(number + 1, count - 1), count)
        if number in (0, count - 1):
            yield first if number == 0 else last
        else:
            yield maker.between(first, last, number / (count - 1))
    progress("making the frames between", count, count)
