"""What somebody did in a filmed take, frame by frame, apart from how it looked.

It is measured once (`analyse.py`), where the camera is if need be, and all that is made of the take
afterwards stands on it: worlds, costumes, styles, and the card that says how much was kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# N frames, H rows, W columns of the matte, P points, 2 or 3 their x, y and depth.
# All places are pixels of the footage as it is shown; what was not seen in a frame is NaN there.

Floats = NDArray[np.float32]

FACE_POINTS = 478  # MediaPipe's mesh, the last ten those of the irises
BODY_POINTS = 33
HAND_POINTS = 21


class Rows(Protocol):
    """One array a frame: an array of them all, or, of a long take, rows that lie on the disk."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, frame: int, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __array__(self) -> NDArray[Any]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Footage:
    """The facts of the film that was measured. The hash ties a performance to its own film."""

    sha256: str
    width: int
    height: int
    times_N: NDArray[np.float64]  # seconds from the start: frames need not come evenly
    has_sound: bool

    @property
    def num_frames(self) -> int:
        return len(self.times_N)

    @property
    def fps(self) -> float:
        """Of the usual step between two frames."""
        if self.num_frames < 2:
            return 0.0
        return 1 / float(np.median(np.diff(self.times_N)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Performer:
    """One person, followed from frame to frame for as long as they are in the picture."""

    box_N4: Floats  # left, top, right, bottom
    face_NP3: Floats
    body_NP3: Floats  # the third is how surely it was seen, 0 to 1
    left_NP3: Floats  # hand
    right_NP3: Floats

    @property
    def face_seen_N(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.face_NP3[:, 0, 0])

    @property
    def body_seen_N(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.body_NP3[:, 0, 0])


@dataclass(frozen=True, kw_only=True, slots=True)
class Performance:
    """All that was measured of one take."""

    footage: Footage
    shots: tuple[int, ...]  # the frames with which they begin, 0 the first
    matte_NHW: Rows  # of all performers, 0 to 255, small; `matte.py` finds its fine edges again
    performers: tuple[Performer, ...]  # the one seen most and largest first
    flow_NHW2: Rows  # coarse, from each frame to the next; zero at the last
    camera_N33: Floats  # from the background of the shot's first frame to that of each
    loudness_N: Floats  # of the sound during each frame, dB below full; -120 for none
    speech: tuple[tuple[float, float], ...]  # seconds from and to
    seen_by: tuple[tuple[str, str], ...]  # what was measured, and the name of what measured it

    def shot_of(self, frame: int) -> range:
        """The frames of the shot in which this one lies."""
        starts = (*self.shots, self.footage.num_frames)
        number = int(np.searchsorted(self.shots, frame, side="right")) - 1
        return range(starts[number], starts[number + 1])
