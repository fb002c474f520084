"""The videos that a model learned of: their codes, their encoder's words, which codes meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reelwright.domain import SemanticId
from reelwright.recommender.company import Company

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Row 0 stands for every video that is not known; it has no codes and no features."""

    ids: tuple[str, ...]
    codes_IL: Ints
    features_IF: Floats  # of the scale 1: the mean square of a row's features is about 1
    company: Company | None = None  # None: nothing votes, and all count as met

    def __post_init__(self) -> None:
        assert len(self.ids) == len(self.codes_IL) == len(self.features_IF)

    @classmethod
    def of(
        cls,
        sids: Mapping[str, SemanticId],
        features: Mapping[str, Floats],
        liked: Sequence[Sequence[str]] | None = None,
    ) -> "Known":
        """These videos, with the features of those that have some, all of the same length; and
        what each viewer liked of them, in order, none twice."""
        ids, num_F = sorted(sids), max((len(row) for row in features.values()), default=0)
        codes = [sids[video].codes for video in ids]
        rows = [features.get(video, np.zeros(num_F, np.float32)) for video in ids]
        features_IF = np.array(rows, np.float32).reshape(len(ids), num_F)
        return cls(
            ids=tuple(ids),
            codes_IL=np.array(codes, np.int64).reshape(len(ids), len(codes[0]) if codes else 0),
            features_IF=features_IF,
            company=None if liked is None else _company(ids, features_IF, liked),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def met_I(self) -> Flags:
        """Which rows, 0 included, somebody liked, as far as is known."""
        return np.ones(len(self) + 1, bool) if self.company is None else self.company.met_I


def _company(ids: Sequence[str], features_IF: Floats, liked: Sequence[Sequence[str]]) -> Company:
    number = {video: at for at, video in enumerate(ids, start=1)}
    told = [np.array([number[video] for video in one], np.int64) for one in liked]
    company = Company.of(told, len(ids))
    return company.with_strangers(company.alike(np.pad(features_IF, ((1, 0), (0, 0)))))


class Twigs:
    """Which codes follow which among the videos that are known: the tree of their paths, flat.

    A twig is a beginning of codes that some video has; those of one length are numbered from 1 in
    the order of their codes, and 0 is every beginning that none has, from which nothing grows. The
    last level's twigs are the videos themselves, under the semantic ID that they share.
    """

    def __init__(self, codes_IL: Ints, sizes: Sequence[int], met_I: Flags | None = None) -> None:
        self.sizes = tuple(sizes)
        self.keys: list[Tensor] = []  # of each level: parent's number x size + code, ascending
        twig_I = np.zeros(len(codes_IL), np.int64)
        met_I = np.ones(len(codes_IL) + 1, bool) if met_I is None else met_I
        self.met: list[Tensor] = []  # of each level: whether a video that somebody met grows there
        self.of_video = [np.zeros(len(codes_IL) + 1, np.int64)]  # of each length, from 0 on
        for level, size in enumerate(self.sizes):
            key_I = twig_I * size + codes_IL[:, level]
            keys, inverse = np.unique(key_I, return_inverse=True)
            twig_I = inverse.reshape(-1) + 1
            self.keys.append(torch.from_numpy(keys))
            self.of_video.append(np.concatenate([[0], twig_I]))
            met = np.bincount(self.of_video[-1], met_I, minlength=len(keys) + 1) > 0
            self.met.append(torch.from_numpy(met))
        self.sid_I = torch.from_numpy(twig_I)  # of each video, the twig of its whole semantic ID
        self.by_sid_I = torch.argsort(self.sid_I, stable=True)
        ordered = self.sid_I[self.by_sid_I]
        self.begin_S = torch.searchsorted(ordered, torch.arange(len(self.keys[-1]) + 2))

    def find(self, codes_Nl: Tensor) -> Tensor:
        """The twig of each beginning, whatever its length; the empty one is number 0's only child
        at the first level, so it is 0 too."""
        twig_N = torch.zeros(codes_Nl.shape[:-1], dtype=torch.long)
        for level in range(codes_Nl.shape[-1]):
            key_N = twig_N * self.sizes[level] + codes_Nl[..., level]
            keys = self.keys[level]
            at_N = torch.searchsorted(keys, key_N).clamp(max=max(0, len(keys) - 1))
            found_N = (
                keys[at_N] == key_N if len(keys) else torch.zeros_like(key_N, dtype=torch.bool)
            )
            twig_N = torch.where(found_N, at_N + 1, 0)
        return twig_N

    def children(self, level: int, twig_N: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """All twigs of `level` that grow from these: whose, which code, which number."""
        keys, size = self.keys[level], self.sizes[level]
        begin_N = torch.searchsorted(keys, twig_N * size)
        end_N = torch.searchsorted(keys, (twig_N + 1) * size)
        whose_M, at_M = ranges(begin_N, end_N)
        return whose_M, keys[at_M] % size, at_M + 1

    def videos(self, sid_N: Tensor) -> tuple[Tensor, Tensor]:
        """All videos with these semantic IDs: whose, and the row of the video among the known."""
        whose_M, at_M = ranges(self.begin_S[sid_N], self.begin_S[sid_N + 1])
        return whose_M, self.by_sid_I[at_M]


def ranges(begin_N: Tensor, end_N: Tensor) -> tuple[Tensor, Tensor]:
    """Every whole number from each `begin` to before its `end`, and whose it is."""
    count_N = end_N - begin_N
    whose_M = torch.repeat_interleave(torch.arange(len(count_N)), count_N)
    before_N = count_N.cumsum(0) - count_N
    return whose_M, torch.arange(len(whose_M)) + (begin_N - before_N)[whose_M]
