"""The networks that see people: which there are, and where each lies in the zoo's one file."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# MediaPipe's, one after another in the file of the weights `people`; bytes of each, in its order.
SIZES: Mapping[str, int] = {
    "face_near": 229_714,
    "face_far": 676_746,
    "mesh": 2_495_106,
    "body_finder": 2_959_046,
    "body": 6_440_512,
    "hand_finder": 123_792,
    "hand": 5_478_917,
    "matte": 249_505,
}


class Net(Protocol):
    """A picture in (or what another network made of it), numbers out, always the same for it.

    Pictures are (side, side, 3), RGB, as Crop.cut gives them. It is called by one thread at once.
    """

    def __call__(self, *given: Floats) -> tuple[Floats, ...]: ...


def likely(logits: Floats) -> Floats:
    """Logits as probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)


def parts(everything: bytes) -> dict[str, bytes]:
    """The zoo's one file taken apart."""
    assert len(everything) == sum(SIZES.values()), f"{len(everything)} bytes of weights"
    taken, start = {}, 0
    for name, size in SIZES.items():
        taken[name] = everything[start : start + size]
        start += size
    return taken
