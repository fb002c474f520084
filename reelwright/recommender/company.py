"""Which videos keep company: what a history votes for besides what its deeds were themselves.

Two videos that somebody liked within `STEPS` deeds of each other are neighbours, the nearer the
more; the sum over all histories is divided by how often each was liked, to a power. A history
votes with its last `STEPS` liked videos, the latest loudest, for neighbours that it does not hold.
A history that is learned from takes its own part out first: what it is to foretell must not be
known from itself.

Shapes: N places in histories, I known videos (row 0 is none of them), E votes, M pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor

from reelwright.recommender.context import Reading

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

STEPS = 10  # deeds between two neighbours at most, and that vote
BACK = 0.5  # of a neighbour's nearness where it came before
FADE = 0.8  # of a vote is left with every step back
OWN, OTHER = 0.4, 0.1  # powers of counts, chosen on validation: the popular may win a little
ALIKE = 10  # liked videos that speak for one that nobody liked yet
AT_ONCE = 512  # videos without likes that are compared with all others
MOST = 100  # neighbours of one video that are kept


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """How near each known video's neighbours are to it, and how often each was liked."""

    near_II: sparse.csr_array
    liked_I: Ints

    @classmethod
    def of(cls, histories: Sequence[Ints], num_known: int) -> "Company":
        """From the videos that each viewer liked, in order, none twice; all of them known."""
        flat = np.concatenate([*histories, np.empty(0, np.int64)])
        liked_I = np.bincount(flat, minlength=num_known + 1)
        close = closeness(histories, num_known + 1)
        near = sparse.diags_array(_divided(liked_I, OWN)) @ close
        near = near @ sparse.diags_array(_divided(liked_I, OTHER))
        return cls(_nearest(near.tocsr(), MOST), liked_I)

    def alike(self, features_IF: Floats) -> sparse.csr_array:
        """Of the videos that nobody liked yet, the `ALIKE` others of the nearest features, with
        weights that add up to 1."""
        length_I1 = np.linalg.norm(features_IF, axis=1, keepdims=True)
        even_IF = features_IF / np.maximum(length_I1, 1e-9)
        met = np.flatnonzero(self.met_I)
        strangers = np.flatnonzero(~self.met_I)[1:]  # without number 0
        few = min(ALIKE, len(met))
        alike = np.zeros((len(strangers), few), np.int64)
        weight = np.zeros((len(strangers), few), np.float32)
        for begin in range(0, len(strangers), AT_ONCE):  # all of a large catalogue: gigabytes
            part = slice(begin, begin + AT_ONCE)
            near = np.maximum(even_IF[strangers[part]] @ even_IF[met].T, 0.0)
            best = np.argsort(-near, axis=1, kind="stable")[:, :few]
            alike[part], weight[part] = met[best], np.take_along_axis(near, best, axis=1)
        weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
        cells = np.repeat(strangers, few), alike.ravel()
        return sparse.csr_array((weight.ravel(), cells), self.near_II.shape)

    def with_strangers(self, alike_II: sparse.csr_array) -> "Company":
        """Videos that nobody liked yet keep the company of those that they are like; `alike_II`
        has their rows alone."""
        as_neighbours = self.near_II @ alike_II.T
        return Company(
            (self.near_II + as_neighbours + alike_II @ self.near_II).tocsr(), self.liked_I
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, to be kept."""
        near = self.near_II
        return {"near": near.data, "of": near.indices, "rows": near.indptr, "liked": self.liked_I}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Company":
        num = len(arrays["liked"])
        parts = arrays["near"], arrays["of"], arrays["rows"]
        return cls(sparse.csr_array(parts, shape=(num, num)), arrays["liked"])

    @property
    def met_I(self) -> NDArray[np.bool_]:
        """Which of them somebody liked."""
        return self.liked_I > 0

    def said(self, liked_T: Ints) -> Floats:
        """(I,): the votes of one history at its end, without the sparse tables of many."""
        votes_I, near = np.zeros(len(self.liked_I), np.float32), self.near_II
        for back, video in enumerate(liked_T[: -STEPS - 1 : -1].tolist()):
            part = slice(near.indptr[video], near.indptr[video + 1])
            votes_I[near.indices[part]] += FADE**back * near.data[part]
        votes_I[liked_T] = 0.0
        return votes_I

    def heard(self, readings: Sequence[Reading], places: Sequence[Sequence[int]]) -> "Votes":
        """What the known videos that readings liked say at places of these readings."""
        liked = [reading.liked for reading in readings]
        return self.votes(
            [reading.video_T[at] for reading, at in zip(readings, liked, strict=True)],
            [np.searchsorted(at, some).tolist() for at, some in zip(liked, places, strict=True)],
        )

    def votes(self, histories: Sequence[Ints], places: Sequence[Sequence[int]]) -> "Votes":
        """What each history says at each of its `places`, a place being how many of its videos
        came before; a row of votes for every place, history after history. What comes after the
        place is taken to have been learned from, and its own part in it is taken out."""
        flat = _Flat.of(histories, places)
        told = sparse.csr_array(flat.voices(), shape=(len(flat.place_N), len(self.liked_I)))
        said = (told @ self.near_II - flat.echoes(self.liked_I)).tocsr()
        said = said - said.multiply(flat.met(said.shape) > 0)
        said.data = np.maximum(said.data, 0.0)
        return Votes(said.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """Of N places, for every known video."""

    by_video: sparse.csr_array

    def along(self, groups: Sequence[Ints]) -> "Tally":
        """Added up by the numbers that each of `groups` gives the known videos; 0 is no group."""
        every = np.arange(self.by_video.shape[1])
        ones = np.ones(len(every), np.float32)
        sums = [
            self.by_video
            @ sparse.csr_array((ones, (every, group_I)), (len(every), group_I.max() + 1))
            for group_I in groups
        ]
        return Tally([*sums, self.by_video])


class Tally:
    """Votes along a tree: for its root, for the branches of each level, for the videos."""

    def __init__(self, sums: Sequence[sparse.csr_array]) -> None:
        self.widths = [votes.shape[1] for votes in sums]
        self.keys, self.found = [], []
        for votes in sums:
            votes.sort_indices()
            place_E = np.repeat(np.arange(votes.shape[0]), np.diff(votes.indptr))
            self.keys.append(torch.from_numpy(place_E * votes.shape[1] + votes.indices))
            self.found.append(torch.from_numpy(votes.data.astype(np.float32)))

    def counts(self, level: int, place_M: Tensor, number_M: Tensor) -> Tensor:
        """(M,): what fell to these branches of a level at these places."""
        keys, key_M = self.keys[level], place_M * self.widths[level] + number_M
        if not len(keys):
            return torch.zeros(len(key_M))
        at_M = torch.searchsorted(keys, key_M).clamp(max=len(keys) - 1)
        count_M: Tensor = self.found[level][at_M] * (keys[at_M] == key_M)
        return count_M


@dataclass(frozen=True, slots=True, eq=False)
class _Flat:
    """Places of several histories, as positions in one long row of videos."""

    video_T: Ints
    begin_N: Ints
    place_N: Ints
    end_N: Ints

    @classmethod
    def of(cls, histories: Sequence[Ints], places: Sequence[Sequence[int]]) -> "_Flat":
        lengths = np.array([len(history) for history in histories], np.int64)
        begin_B = np.cumsum(lengths) - lengths
        nums = [len(some) for some in places]
        begin_N = np.repeat(begin_B, nums)
        place_N = np.concatenate(
            [*(np.asarray(some, np.int64) for some in places), np.empty(0, int)]
        )
        return cls(
            np.concatenate([*histories, np.empty(0, np.int64)]),
            begin_N,
            begin_N + place_N,
            begin_N + np.repeat(lengths, nums),
        )

    def voices(self) -> tuple[Floats, tuple[Ints, Ints]]:
        """How loud each of the last videos is: values, rows and columns."""
        parts = []
        for back in range(STEPS):
            row_N = np.flatnonzero(self.place_N - 1 - back >= self.begin_N)
            video_N = self.video_T[self.place_N[row_N] - 1 - back]
            parts.append((np.full(len(row_N), FADE**back, np.float32), row_N, video_N))
        loud, row, video = (np.concatenate(part) for part in zip(*parts, strict=True))
        return loud, (row, video)

    def echoes(self, liked_I: Ints) -> sparse.csr_array:
        """What of the votes comes from the histories' own later videos."""
        own_I, other_I = _divided(liked_I, OWN), _divided(liked_I, OTHER)
        parts = []
        for back in range(STEPS):
            for step in range(back + 1, STEPS + 1):
                from_N = self.place_N - 1 - back
                row_N = np.flatnonzero((from_N >= self.begin_N) & (from_N + step < self.end_N))
                one_N, other_N = self.video_T[from_N[row_N]], self.video_T[from_N[row_N] + step]
                part_N = FADE**back / step * own_I[one_N] * other_I[other_N]
                parts.append((part_N.astype(np.float32), row_N, other_N))
        own, row, video = (np.concatenate(part) for part in zip(*parts, strict=True))
        return sparse.csr_array((own, (row, video)), (len(self.place_N), len(liked_I)))

    def met(self, shape: tuple[int, int]) -> sparse.csr_array:
        """Which videos came before each place."""
        num_N = self.place_N - self.begin_N
        row_M = np.repeat(np.arange(len(num_N)), num_N)
        at_M = np.arange(len(row_M)) - np.repeat(np.cumsum(num_N) - num_N, num_N)
        video_M = self.video_T[np.repeat(self.begin_N, num_N) + at_M]
        return sparse.csr_array((np.ones(len(row_M), np.float32), (row_M, video_M)), shape)


def closeness(histories: Sequence[NDArray[np.integer]], num: int) -> sparse.csr_array:
    """How close each video (rows) and each neighbour (columns) stood, over all histories."""
    close = sparse.csr_array((num, num), dtype=np.float32)
    if not histories:
        return close
    whose = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    videos = np.concatenate(histories)
    for step in range(1, STEPS + 1):
        together = whose[step:] == whose[:-step]
        before, after = videos[:-step][together], videos[step:][together]
        share = np.full(len(before), 1.0 / step, dtype=np.float32)
        forward = sparse.coo_array((share, (before, after)), shape=close.shape).tocsr()
        close = close + forward + BACK * forward.T
    close.setdiag(0.0)
    return close.tocsr()


def _divided(liked_I: Ints, power: float) -> Floats:
    divided: Floats = (1.0 / np.maximum(liked_I, 1) ** power).astype(np.float32)
    return divided


def _nearest(near_II: sparse.csr_array, most: int) -> sparse.csr_array:
    """The `most` largest of each row."""
    whose_E = np.repeat(np.arange(near_II.shape[0]), np.diff(near_II.indptr))
    order_E = np.lexsort((near_II.indices, -near_II.data, whose_E))
    rank_E = np.arange(len(whose_E)) - near_II.indptr[whose_E]
    kept_E = order_E[rank_E < most]
    cells = whose_E[kept_E], near_II.indices[kept_E]
    return sparse.csr_array((near_II.data[kept_E], cells), near_II.shape)
