"""Whether a face is still the same person's, by dlib's face vectors.

The vectors are biometrics: they live while two faces are compared, and are written nowhere.
"""

from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image, frame_at
from reelwright.modify.card import Figure, mean_of
from reelwright.modify.expression import eye_centre
from reelwright.modify.pairing import Frames, Pair
from reelwright.modify.performance import Floats, Footage

# N frames.

LOOKED_AT = 6  # frames of the clip, evenly over those that show both faces
# dlib's own detector frames a face so, in distances between the eyes; its points were taught so.
HALF, BELOW = 1.3, 0.5
LEAST_PX = 12.0  # between the eyes; a smaller face is nobody's


class Identity:
    """Compares a performer's face in the footage with theirs in the result."""

    def __init__(self, vectors: Path, points: Path) -> None:
        self._points: Any = dlib.shape_predictor(str(points))
        self._vectors: Any = dlib.face_recognition_model_v1(str(vectors))

    def __call__(
        self, source: tuple[Path, Footage], result: tuple[Path, Footage], pair: Pair, at_N: Frames
    ) -> Figure:
        """The Euclidean distance of both vectors, over some frames; dlib's own bar is 0.6."""
        (path, footage), (made, other) = source, result
        apart_N = np.full(footage.num_frames, np.nan)
        size = footage.width, footage.height
        for number in looked_at(pair):
            seen = [
                self.vector(frame, one.face_NP3[number])
                for frame, one in (
                    (frame_at(path, footage.times_N[number], size=size), pair.source),
                    (frame_at(made, other.times_N[at_N[number]], size=size), pair.result),
                )
            ]
            apart_N[number] = np.linalg.norm(seen[0] - seen[1])
        return mean_of(apart_N, "no face is seen in both, large enough")

    def vector(self, frame: Image, face_P3: Floats) -> NDArray[np.float64]:
        """What tells this face from others, 128 numbers."""
        picture = np.ascontiguousarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
        found = self._points(picture, _box(face_P3))
        return np.array(self._vectors.compute_face_descriptor(picture, found))


def looked_at(pair: Pair) -> list[int]:
    """Frames in which both faces are seen and large enough, evenly over the clip."""
    large = [_between(one.face_NP3) >= LEAST_PX for one in (pair.source, pair.result)]
    both = np.flatnonzero(large[0] & large[1])
    if not len(both):
        return []
    places = np.linspace(0, len(both) - 1, min(LOOKED_AT, len(both)))
    return [int(both[round(place)]) for place in places]


def _between(face_NP3: Floats) -> NDArray[np.float64]:
    """Pixels between the eyes; NaN, and so not enough, where there is no face."""
    apart = eye_centre(face_NP3, 0) - eye_centre(face_NP3, 1)
    return np.asarray(np.hypot(*apart.T))


def _box(face_P3: Floats) -> Any:
    """Where dlib would have found the face."""
    right, left = (eye_centre(face_P3[None], side)[0] for side in (0, 1))
    along = left - right
    middle = (right + left) / 2 + BELOW * np.array([-along[1], along[0]])
    half = HALF * float(np.hypot(*along))
    corners = (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)
    return dlib.rectangle(*(round(float(corner)) for corner in corners))
