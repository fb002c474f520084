"""The first pass over a take: how each frame's motion leads back and on to the frames beside it
that somebody painted.

Far motion is found in steps: what leads from a frame to its neighbour, and from there on, is where
the search for the whole way begins, so that errors do not add up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify import dense
from reelwright.modify.dense import Floats
from reelwright.modify.scratch import Scratch
from reelwright.progress import Progress, silent

SMALL = 320  # pixels of the longer side on which ways are walked


class Side(StrEnum):
    """On which side of a frame the painted one lies."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Shots:
    """Where shots begin. No motion leads over a cut."""

    starts: tuple[int, ...]
    count: int  # of frames

    def of(self, number: int) -> range:
        """The frames of the shot in which this one lies."""
        ends = (*self.starts[1:], self.count)
        return next(
            range(*both) for both in zip(self.starts, ends, strict=True) if number < both[1]
        )


@dataclass(frozen=True, slots=True)
class Ways:
    """Coarse flows on a scratch, with the painted frames of the footage as they were."""

    painted: tuple[int, ...]  # frames, rising
    shots: Shots
    scratch: Scratch

    def beside(self, number: int) -> dict[Side, int]:
        """The painted frames next to this one, in its own shot: two, one or none."""
        shot = self.shots.of(number)
        mine = [one for one in self.painted if one in shot]
        before = [one for one in mine if one <= number]
        after = [one for one in mine if one >= number]
        return {
            **({Side.BEFORE: before[-1]} if before else {}),
            **({Side.AFTER: after[0]} if after else {}),
        }

    def flow(self, number: int, to: int) -> Floats:
        """From a frame to a painted one beside it, small."""
        return np.asarray(self.scratch.get(("flow", number, to)), np.float32)

    def source(self, number: int) -> Image:
        """A painted frame as it was filmed."""
        return np.asarray(self.scratch.get(("source", number)), np.uint8)


def walked(
    frames: Iterable[Image],
    painted: Sequence[int],
    shots: Shots,
    scratch: Scratch,
    progress: Progress = silent,
) -> Ways:
    """Look at all frames once, and at small ones of them twice."""
    ways = Ways(tuple(sorted(painted)), shots, scratch)
    for number, frame in enumerate(frames):
        scratch.put(("small", number), small_grey(frame))
        if number in ways.painted:
            scratch.put(("source", number), frame)
        progress("looking at the footage", min(number + 1, shots.count - 1), shots.count)
    progress("looking at the footage", shots.count, shots.count)
    for done, one in enumerate(ways.painted):
        progress("following the motion", done, len(ways.painted))
        shot = shots.of(one)
        others = [other for other in ways.painted if other in shot]
        last = min([other for other in others if other > one], default=shot.stop - 1)
        first = max([other for other in others if other < one], default=shot.start)
        walk(scratch, one, range(one + 1, last + 1))
        walk(scratch, one, range(one - 1, first - 1, -1))
    progress("following the motion", len(ways.painted), len(ways.painted))
    return ways


def walk(scratch: Scratch, to: int, order: range) -> None:
    """The flows from frames ever farther away to one painted frame."""
    goal = near = np.asarray(scratch.get(("small", to)), np.uint8)
    way_HW2 = np.zeros((*goal.shape, 2), np.float32)
    for number in order:
        here = np.asarray(scratch.get(("small", number)), np.uint8)
        step_HW2 = dense.flow(here, near)
        whole_HW2 = dense.flow(here, goal, dense.joined(step_HW2, way_HW2))
        way_HW2 = dense.settled(whole_HW2, here, goal)
        scratch.put(("flow", number, to), way_HW2.astype(np.float16))
        near = here


def small(frame: Image) -> Image:
    """The frame with a longer side of at most SMALL."""
    height, width = frame.shape[:2]
    scale = min(1.0, SMALL / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def small_grey(frame: Image) -> Image:
    return dense.grey(small(frame))
