"""Learned heads: each branch of an encoder is turned so that it tells its own factor alone.

The loss is the paper's, over a batch of videos i with positives p(i), each on the unit sphere:

    L_m    = -log( exp(z_i . z_p(i) / tau) / sum_k exp(z_i . z_p(k) / tau) )   m: content, creative
    L_orth = || Z_content^T Z_creative ||_F^2 / N^2        columns centred: no part of one branch
    L      = L_content + CREATIVE * L_creative + ORTHOGONAL * L_orth   foretells a part of the other

What counts as alike is taken from what everybody can see, never from labels:

- content: another video that shares a word with it (a tag or a word of the title), a rarer word the
  more likely; a video that shares none is alike to itself through other noise.
- creative: of the videos of a pool drawn anew that share no word with it, the one nearest in the
  measured traits. It shows something else: what both have in common is how they are made.

Videos that share a word are no negatives of each other in content.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import normalize

from reelwright.domain import Traits, Video
from reelwright.sids import words
from reelwright.sids.kmeans import some
from reelwright.sids.rows import Floats, Rows

# N videos, B of a batch, P of a pool, D dimensions of an encoder's vector, H of a head's.

BATCH = 256
POOL, POOL_SHARE = 512, 0.25  # at most so many, at most this much of the catalogue
STEPS = 300
LEARNING_RATE = 3e-3
TAU = 0.1
CREATIVE = 1.0
ORTHOGONAL = 1.0
DROPPED = 0.3  # of a vector's measures, anew for each view
MEASURED = 20_000  # videos are enough for the scale of a measure
LEAST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class Head:
    """A linear map onto the unit sphere."""

    weight_DH: Floats
    bias_H: Floats

    def __call__(self, vectors_ND: Floats) -> Floats:
        seen_NH = np.asarray(vectors_ND, np.float32) @ self.weight_DH + self.bias_H
        length_N = np.linalg.norm(seen_NH, axis=1, keepdims=True)
        unit_NH: Floats = (seen_NH / np.maximum(length_N, 1e-12)).astype(np.float32)
        return unit_NH


@dataclass(frozen=True, slots=True)
class Alike:
    """Which videos are alike, drawn anew for each batch."""

    terms: tuple[tuple[str, ...], ...]  # of each video, those that another video has too
    holders: dict[str, NDArray[np.intp]]
    rarity: dict[str, float]
    traits_NT: Floats  # as places in the catalogue, 0 to 1

    @classmethod
    def of(cls, videos: Sequence[Video], traits: Sequence[Traits]) -> "Alike":
        found = [words.terms(video) for video in videos]
        count = Counter(term for one in found for term in one)
        rows: dict[str, list[int]] = {term: [] for term in count if count[term] > 1}
        for row, one in enumerate(found):
            for term in one:
                if term in rows:
                    rows[term].append(row)
        return cls(
            terms=tuple(tuple(term for term in one if term in rows) for one in found),
            holders={term: np.array(where) for term, where in rows.items()},
            rarity={term: log(1 + len(videos) / len(where)) for term, where in rows.items()},
            traits_NT=_places(traits),
        )

    def content(self, batch_B: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
        """A video that shares a word with each, or itself."""
        return np.array([self._sharing(int(row), rng) for row in batch_B])

    def _sharing(self, row: int, rng: np.random.Generator) -> int:
        shared = self.terms[row]
        if not shared:
            return row
        weights = np.array([self.rarity[term] for term in shared])
        held = self.holders[shared[rng.choice(len(shared), p=weights / weights.sum())]]
        other = int(held[rng.integers(len(held) - 1)])
        return int(held[-1]) if other == row else other

    def creative(self, batch_B: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
        """Of a pool the video nearest in traits that shares no word with each."""
        count = len(self.terms)
        most = max(1, min(POOL, round(POOL_SHARE * count)))
        pool_P = rng.choice(count, most, replace=False)
        apart_BP = -2 * self.traits_NT[batch_B] @ self.traits_NT[pool_P].T
        apart_BP += np.square(self.traits_NT[pool_P]).sum(1)
        apart_BP[self.sharing(batch_B, pool_P)] = np.inf
        nearest_B = apart_BP.argmin(1)
        alone_B = np.isinf(apart_BP[np.arange(len(batch_B)), nearest_B])
        return np.where(alone_B, batch_B, pool_P[nearest_B])

    def sharing(self, one_B: NDArray[np.intp], other_P: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether each of one has a word that each of the other has, or is it."""
        sharing_BP = one_B[:, None] == other_P[None]
        terms = {term for row in one_B for term in self.terms[row]}
        number = {term: place for place, term in enumerate(sorted(terms))}
        has_BW, has_PW = self._has(one_B, number), self._has(other_P, number)
        return np.asarray(sharing_BP | (has_BW @ has_PW.T > 0))

    def _has(self, rows_B: NDArray[np.intp], number: dict[str, int]) -> Floats:
        has_BW = np.zeros((len(rows_B), len(number)), np.float32)
        for place, row in enumerate(rows_B):
            has_BW[place, [number[term] for term in self.terms[row] if term in number]] = 1
        return has_BW


@dataclass(frozen=True, slots=True)
class Heads:
    """One head a branch."""

    content: Head
    creative: Head

    @classmethod
    def learn(
        cls,
        contents: Rows,
        creatives: Rows,
        alike: Alike,
        *,
        dim: int,
        rng: np.random.Generator,
        steps: int = STEPS,
    ) -> "Heads":
        """Heads of `dim` dimensions; the same catalogue and chance give the same."""
        count = len(contents)
        assert count == len(creatives) == len(alike.terms), f"{count} contents"
        chance = torch.Generator().manual_seed(int(rng.integers(2**31)))
        branches = [_Learner.of(vectors, dim, rng) for vectors in (contents, creatives)]
        optimizer = torch.optim.AdamW([one.map_DH for one in branches], LEARNING_RATE)
        for _ in range(steps):
            batch_B = np.sort(rng.choice(count, min(BATCH, count), replace=False))
            loss = torch.zeros(())
            seen = []
            for learner, positives, weight in zip(
                branches, (alike.content, alike.creative), (1.0, CREATIVE), strict=True
            ):
                other_B = positives(batch_B, rng)
                one_BH, other_BH = learner(batch_B, chance), learner(other_B, chance)
                unfair_BB = alike.sharing(batch_B, other_B) if learner is branches[0] else None
                loss = loss + weight * _contrast(one_BH, other_BH, unfair_BB)
                seen.append(one_BH)
            loss = loss + ORTHOGONAL * _overlap(*seen)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return cls(*(learner.head() for learner in branches))


@dataclass(frozen=True, slots=True)
class _Learner:
    """A head while it learns, on measures brought to one scale."""

    vectors: Rows
    mean_D: Floats
    scale: float
    map_DH: torch.Tensor

    @classmethod
    def of(cls, vectors: Rows, dim: int, rng: np.random.Generator) -> "_Learner":
        sample_ND = some(vectors, MEASURED, rng)
        mean_D = sample_ND.mean(0)
        scale = max(float(np.sqrt(np.square(sample_ND - mean_D).sum(1).mean())), LEAST_SPREAD)
        wide = sample_ND.shape[1]
        start_DH = rng.normal(size=(wide, dim)) / wide**0.5
        return cls(
            vectors,
            mean_D,
            scale,
            torch.tensor(start_DH, dtype=torch.float32, requires_grad=True),
        )

    def __call__(self, rows_B: NDArray[np.intp], chance: torch.Generator) -> torch.Tensor:
        centred_BD = (self.vectors[rows_B] - self.mean_D) / self.scale
        view_BD = torch.from_numpy(centred_BD.astype(np.float32))
        kept_BD = torch.rand(view_BD.shape, generator=chance) >= DROPPED
        return normalize((view_BD * kept_BD) @ self.map_DH, dim=1)

    def head(self) -> Head:
        weight_DH = (self.map_DH.detach().numpy() / self.scale).astype(np.float32)
        return Head(weight_DH, (-self.mean_D @ weight_DH).astype(np.float32))


def _contrast(
    one_BH: torch.Tensor, other_BH: torch.Tensor, unfair_BB: NDArray[np.bool_] | None
) -> torch.Tensor:
    """InfoNCE: each finds its own other among those of all; unfair ones are left out."""
    logits_BB = one_BH @ other_BH.T / TAU
    if unfair_BB is not None:
        left_out_BB = torch.from_numpy(unfair_BB & ~np.eye(len(unfair_BB), dtype=bool))
        logits_BB = logits_BB.masked_fill(left_out_BB, -torch.inf)
    return torch.nn.functional.cross_entropy(logits_BB, torch.arange(len(logits_BB)))


def _overlap(content_BH: torch.Tensor, creative_BH: torch.Tensor) -> torch.Tensor:
    """How much of one branch is foretold by the other, over a batch: 0 where nothing is."""
    content_BH, creative_BH = content_BH - content_BH.mean(0), creative_BH - creative_BH.mean(0)
    return (content_BH.T @ creative_BH / len(content_BH)).square().sum()


def _places(traits: Sequence[Traits]) -> Floats:
    """Each trait as the share of the catalogue below it, so that no unit outweighs another."""
    measured = np.array([[getattr(one, name) for name in words.NUMBERS] for one in traits])
    places = [
        np.searchsorted(np.sort(one_N), one_N, "left")
        + np.searchsorted(np.sort(one_N), one_N, "right")
        for one_N in measured.T
    ]
    return (np.stack(places, 1) / (2 * len(traits))).astype(np.float32)
