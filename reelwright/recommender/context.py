"""A viewer as numbers: what the model reads of them, and many of them side by side.

Shapes: B viewers, T tokens, L levels, A attributes, P parts of an attribute.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reelwright.domain import Attribute, Deed, EventKind, Origin, Viewer

Ints = NDArray[np.int64]

ATTRIBUTE_BUCKETS = 1024  # names and values share them by their hash
KINDS = {kind: number for number, kind in enumerate(EventKind)}
ORIGINS = {origin: number for number, origin in enumerate(Origin)}
WEIGHT_EDGES = (-1.0, -0.5, -0.05, 0.05, 0.5, 1.0, 2.0)  # a weight's bucket lies between two
GAP_EDGES_S = (10.0, 60.0, 600.0, 3600.0, 8 * 3600.0, 86_400.0, 7 * 86_400.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One viewer's tokens: who they are, then what they did, oldest first."""

    attributes_AP: Ints  # hash of the name, hash of name and value, origin
    codes_TL: Ints
    kind_T: Ints
    weight_T: Ints  # buckets
    gap_T: Ints  # buckets of the time since the deed before
    video_T: Ints  # rows of what a model knows; 0 for every other video
    liked_T: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind_T)

    @property
    def liked(self) -> Ints:
        """The places of the known videos that were liked, each where it was met first."""
        at_N = np.flatnonzero((self.video_T > 0) & self.liked_T)
        _, first_N = np.unique(self.video_T[at_N], return_index=True)
        return at_N[np.sort(first_N)]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Several viewers' tokens in one block each; what is not `present` is padding."""

    attributes_BAP: Tensor
    has_attribute_BA: Tensor
    codes_BTL: Tensor
    kind_BT: Tensor
    weight_BT: Tensor
    gap_BT: Tensor
    video_BT: Tensor
    has_deed_BT: Tensor


NOTHING: Mapping[str, int] = {}


def read(viewer: Viewer, *, history: int, depth: int, rows: Mapping[str, int] = NOTHING) -> Reading:
    """The viewer's attributes and their last `history` deeds; `depth` is all levels together, and
    `rows` tells the known videos by their numbers, from 1 on."""
    deeds = viewer.history[-history:]
    return Reading(
        attributes_AP=_table([parts for known in viewer.attributes for parts in _parts(known)], 3),
        codes_TL=_table([deed.sid.codes for deed in deeds], depth),
        kind_T=np.array([KINDS[deed.kind] for deed in deeds], np.int64),
        weight_T=np.searchsorted(WEIGHT_EDGES, [deed.weight for deed in deeds]),
        gap_T=np.searchsorted(GAP_EDGES_S, _gaps_s(deeds)),
        video_T=np.array([rows.get(deed.video, 0) for deed in deeds], np.int64),
        liked_T=np.array([deed.weight > 0 for deed in deeds], bool),
    )


def side_by_side(readings: Sequence[Reading]) -> Batch:
    """The readings padded to the longest of them."""
    deeds = [len(reading) for reading in readings]
    attributes = [len(reading.attributes_AP) for reading in readings]
    return Batch(
        attributes_BAP=_padded([reading.attributes_AP for reading in readings]),
        has_attribute_BA=_present(attributes),
        codes_BTL=_padded([reading.codes_TL for reading in readings]),
        kind_BT=_padded([reading.kind_T for reading in readings]),
        weight_BT=_padded([reading.weight_T for reading in readings]),
        gap_BT=_padded([reading.gap_T for reading in readings]),
        video_BT=_padded([reading.video_T for reading in readings]),
        has_deed_BT=_present(deeds),
    )


def _table(rows: Sequence[tuple[int, ...]], columns: int) -> Ints:
    return np.array(rows, np.int64).reshape(len(rows), columns)


def _gaps_s(deeds: Sequence[Deed]) -> list[float]:
    """The time since the deed before; the first has none, which is as long as can be."""
    times_s = [-math.inf, *(deed.at_s for deed in deeds)]
    return [after - before for before, after in pairwise(times_s)]


def _parts(attribute: Attribute) -> Iterator[tuple[int, int, int]]:
    """One token for each value of a list like `harbours, trains`. A missing value is a value
    too: the name with nothing behind it."""
    name, origin = attribute.name, ORIGINS[attribute.origin]
    for value in attribute.value.split(","):
        yield _bucket(name), _bucket(f"{name}={value.strip()}"), origin


def _bucket(text: str) -> int:
    """The same on every machine and in every process, unlike Python's own hash."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") % ATTRIBUTE_BUCKETS


def _padded(arrays: Sequence[Ints]) -> Tensor:
    longest = max(len(array) for array in arrays)
    block = np.zeros((len(arrays), longest, *arrays[0].shape[1:]), np.int64)
    for row, array in zip(block, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(block)


def _present(lengths: Sequence[int]) -> Tensor:
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
