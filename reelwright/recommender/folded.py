"""The model made ready to answer one viewer at a time: the same numbers in far fewer operations.

What does not change is multiplied out beforehand: norms' weights into the matrices behind them,
what a deed's parts say into one table, and, once the viewer was read, keys into queries and values
into the way out of the heads. For a beam, looking at a viewer is then two small products and a
softmax. All is NumPy, whose calls cost half of torch's at this size; torch does what NumPy lacks
or is slower at. `tests/test_folded.py` holds this against the model, module by module.

Shapes: N states, T tokens of context, L levels, V codes of one level, D width of the model, W of a
thought, H heads, K width of a head, M = H x T, C decoder blocks, l codes chosen so far, X ways to
combine a deed's parts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from reelwright.recommender.context import Reading
from reelwright.recommender.model import Block, Model, View

Ints = NDArray[np.int64]
Array = NDArray[np.float32]

LENGTHS = 64  # of histories whose distances are remembered
EPSILON = torch.finfo(torch.float32).eps  # what a norm adds to the mean square
_Think = tuple[nn.RMSNorm, nn.Linear, nn.Module, nn.Linear, nn.Module]


@dataclass(frozen=True, slots=True, eq=False)
class Thought:
    """The second half of a block."""

    widen_DW: Array
    widen_W: Array
    narrow_WD: Array
    narrow_D: Array

    @classmethod
    def of(cls, block: Block) -> "Thought":
        norm, widen, _, narrow, _ = cast(_Think, tuple(block.think))
        widen_WD = widen.weight * _weight(norm) * math.sqrt(0.5)
        return cls(
            _turned(widen_WD),
            (widen.bias * math.sqrt(0.5)).numpy(),
            _turned(narrow.weight * math.sqrt(0.5)),
            narrow.bias.numpy(),
        )

    def __call__(self, x_ND: Array) -> Array:
        """Changes the states that it is given."""
        wide_NW = _even(x_ND) @ self.widen_DW
        wide_NW += self.widen_W
        x_ND += _gelu(wide_NW) @ self.narrow_WD
        x_ND += self.narrow_D
        return x_ND


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A block of the encoder: one viewer's tokens look at each other."""

    heads: int
    ways_DX: Array  # to queries, keys and values at once
    from_heads_DD: Array
    think: Thought

    @classmethod
    def of(cls, block: Block) -> "Reader":
        ways_XD = torch.cat([_queries(block), _memories(block)])
        return cls(
            block.heads, _turned(ways_XD), _turned(block.from_heads.weight), Thought.of(block)
        )

    def __call__(self, x_TD: Array, near_HTN: Array) -> Array:
        ways_TX = _even(x_TD) @ self.ways_DX
        query_HTK, key_HTK, value_HTK = ways_TX.reshape(len(x_TD), 3, self.heads, -1).transpose(
            1, 2, 0, 3
        )
        score_HTN = key_HTK @ query_HTK.swapaxes(1, 2)
        score_HTN += near_HTN
        found_HNK = _softmax(score_HTN).swapaxes(1, 2) @ value_HTK
        found_TD: Array = found_HNK.transpose(1, 0, 2).reshape(x_TD.shape)
        return self.think(x_TD + found_TD @ self.from_heads_DD)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A block of the decoder before one viewer, whom any number of states may look at."""

    ask_MD: Array
    near_M1: Array
    tell_MD: Array
    heads: int
    think: Thought

    def __call__(self, x_ND: Array) -> Array:
        score_MN = self.ask_MD @ _even(x_ND).T
        score_MN += self.near_M1
        share_HTN = _softmax(score_MN.reshape(self.heads, -1, len(x_ND)))
        return self.think(x_ND + share_HTN.reshape(score_MN.shape).T @ self.tell_MD)


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """What each block and the echo make of how far back a viewer's deeds lie."""

    encoder_HTN: Sequence[Array]
    decoder_M1: Sequence[Array]
    fade_LT: Array


class Folded:
    """A trained model, folded. It does not hear of what the model learns later."""

    @torch.inference_mode()
    def __init__(self, model: Model) -> None:
        self.model = model
        self.half = len(model.sizes) // 2
        self.readers = [Reader.of(block) for block in model.encoder]
        self.thoughts = [Thought.of(block) for block in model.decoder]
        self.memories_DX = _turned(torch.cat([_memories(block) for block in model.decoder]))
        ways = [(_queries(block), block.from_heads.weight.T) for block in model.decoder]
        heads = sum(2 * block.heads for block in model.decoder)
        ways_CKD = torch.stack([way for both in ways for way in both])
        self.ways_CKD = ways_CKD.view(heads, -1, model.dim).numpy()
        scale = math.sqrt(model.dim)
        self.begin_LD = (model.level.weight * scale).numpy()
        norm_D = _weight(model.last_norm)
        self.tables_DV = [_turned(table.weight * norm_D) for table in model.codes]
        every = [model.chosen(level, torch.arange(size)) for level, size in enumerate(model.sizes)]
        self.chosen_VD = torch.cat(every).numpy()  # of all levels, one behind the other
        self.first_L = np.array([0, *model.sizes[:-1]]).cumsum()
        self.twig_ND = [(table.weight * norm_D).numpy() for table in model.twig]
        self.twig_popular = [popular.numpy() for popular in model.twig_popular]
        self.own_ID = model.of_their_own(torch.arange(len(model.known) + 1)).numpy()
        self.popular_I = model.popular_video.numpy()
        self.popular = [popular.numpy() for popular in model.popular]
        self.taste = model.echo.taste.numpy()
        self.company = model.known.company
        self.loud_L = (model.echo.loud * model.hearing).numpy()
        self.keen_L, self.doubt_L = model.echo.keen.exp().numpy(), model.echo.doubt.exp().numpy()
        self.last_D = model.last_norm.weight.numpy() * scale
        self.dense_D = model.dense_norm.weight.numpy() * scale
        self.nobody_1D = (model.nobody * scale).numpy()[None]
        self.attribute_ND = (model.attribute.weight * scale).numpy()
        self.origin_ND = (model.origin.weight * scale).numpy()
        self.strength = model.strength.numpy()
        did = model.liking.weight[:, None, None] + model.kind.weight[:, None] + model.gap.weight
        self.parts = did.shape[:3]
        self.did_XD = (did.flatten(0, 2) * scale).numpy()
        self.distances = lru_cache(LENGTHS)(self._distances)

    def before(self, reading: Reading) -> "Seen":
        """The decoder at the end of the viewer's history."""
        x_TD, num_deeds = self._tokens(reading), len(reading)
        num_T = len(x_TD)
        distances = self.distances(num_deeds, num_T - num_deeds)
        for reader, near_HTN in zip(self.readers, distances.encoder_HTN, strict=True):
            x_TD = reader(x_TD, near_HTN)
        memory_CTK = (_even(x_TD) @ self.memories_DX).reshape(num_T, len(self.ways_CKD), -1)
        ways_CTD = memory_CTK.swapaxes(0, 1) @ self.ways_CKD
        parts = ways_CTD.reshape(len(self.thoughts), 2, -1, self.model.dim)
        looks = [
            Look(ask_MD, near_M1, tell_MD, len(near_M1) // num_T, think)
            for (ask_MD, tell_MD), near_M1, think in zip(
                parts, distances.decoder_M1, self.thoughts, strict=True
            )
        ]
        return Seen(self, looks, reading, distances.fade_LT, x_TD[-1 if num_deeds else 0])

    def _tokens(self, reading: Reading) -> Array:
        """(T, D): nobody, who it is, what they did."""
        name_A, value_A, origin_A = reading.attributes_AP.T
        who_AD = self.attribute_ND[name_A] + self.attribute_ND[value_A] + self.origin_ND[origin_A]
        did_TD = self.chosen_VD[reading.codes_TL + self.first_L].sum(axis=1)
        if len(self.model.known):
            did_TD += self.own_ID[reading.video_T] * math.sqrt(self.model.dim)
        did_TD *= self.strength[reading.weight_T]
        _, kinds, gaps = self.parts
        did_TD += self.did_XD[(reading.weight_T * kinds + reading.kind_T) * gaps + reading.gap_T]
        return np.concatenate([self.nobody_1D, who_AD, did_TD])

    @torch.inference_mode()
    def _distances(self, num_deeds: int, num_who: int) -> Distances:
        model, place_T = self.model, F.pad(torch.arange(1, num_deeds + 1), (num_who, 0))
        view = View.of(place_T[None], num_who, torch.ones(1, len(place_T), dtype=torch.bool))
        last_T = view.distance_PT[-1]
        return Distances(
            [
                block.nearness(view.distance_PT[place_T])
                .masked_fill(~view.seen_BQT[0, :, :, None], -math.inf)
                .permute(2, 1, 0)
                .contiguous()
                .numpy()
                for block in model.encoder
            ],
            [block.nearness(last_T).T.reshape(-1, 1).numpy() for block in model.decoder],
            model.echo.fade[:, last_T[num_who:]].numpy(),
        )


class Seen:
    """The decoder before one viewer: what `Model.begin`, `finish` and `logits` say of them."""

    def __init__(
        self,
        folded: Folded,
        looks: Sequence[Look],
        reading: Reading,
        fade_LT: Array,
        state_D: Array,
    ) -> None:
        model = folded.model
        self.folded = folded
        self.last = looks[model.num_lazy :]
        self.state_D = state_D
        self.begun_LD = folded.begin_LD + state_D if model.shortcut else folded.begin_LD
        for look in looks[: model.num_lazy]:
            self.begun_LD = look(self.begun_LD)
        self._hear_deeds(reading, fade_LT)
        self._hear_company(reading)

    def logits(self, before_Nl: Ints, known_from: int = 0) -> Array:
        """(N, V): of the next code; the states know the codes chosen from this level on."""
        level = before_Nl.shape[1]
        x_ND = _even(self._finished(before_Nl, known_from))
        logits_NV: Array = x_ND @ self.folded.tables_DV[level]
        logits_NV += self.popular[level]
        if level and len(self.folded.model.known):
            self._hear_twigs(level, x_ND, before_Nl, logits_NV)
        branch = level // self.folded.half * self.folded.half
        if branch < level and len(self.codes_TL):
            same_NT = before_Nl[:, branch, None] == self.codes_TL[:, branch]
            for done in range(branch + 1, level):
                same_NT &= before_Nl[:, done, None] == self.codes_TL[:, done]
            logits_NV += same_NT.astype(np.float32) @ self.echo_TV[level]
        return logits_NV

    def which(self, codes_NL: Ints, row_N: Ints) -> Array:
        """(N,): what `Model.which` says of these videos, known or not, with these codes."""
        folded, x_ND = self.folded, _even(self._finished(codes_NL, 0)) * self.folded.last_D
        told_N: Array = np.vecdot(x_ND, folded.own_ID[row_N]) + folded.popular_I[row_N]
        if self.votes:
            sid_N = folded.model.twigs.find(torch.from_numpy(codes_NL)).numpy()
            told_N += self._company(len(folded.model.sizes), sid_N, row_N)
        return told_N

    def dense(self, codes_NL: Ints, row_N: Ints) -> Array:
        """(N,): what `Model.dense` says of these videos, known or not, with these codes."""
        folded = self.folded
        about_ND = folded.chosen_VD[codes_NL + folded.first_L].sum(axis=1)
        about_ND = about_ND / math.sqrt(folded.model.dim) + folded.own_ID[row_N]
        asked_D = _even(self.state_D[None])[0] * folded.dense_D
        told_N: Array = about_ND @ asked_D + folded.popular_I[row_N]
        return told_N

    def _finished(self, before_Nl: Ints, known_from: int) -> Array:
        level = before_Nl.shape[1]
        x_ND = self.begun_LD[level : level + 1]
        for done in range(known_from, level):
            code_N = before_Nl[:, done] + self.folded.first_L[done]
            x_ND = x_ND + self.folded.chosen_VD.take(code_N, axis=0)
        if len(x_ND) < len(before_Nl):
            x_ND = x_ND.repeat(len(before_Nl), axis=0)
        for look in self.last:
            x_ND = look(x_ND)
        return x_ND

    def _hear_twigs(self, level: int, x_ND: Array, before_Nl: Ints, logits_NV: Array) -> None:
        """Adds what `Model` says of codes that follow these ones in a known video."""
        folded, twigs = self.folded, self.folded.model.twigs
        stems = twigs.find(torch.from_numpy(before_Nl))
        found = (stems, *twigs.children(level, stems))
        stem_N, whose_M, code_M, child_M = (numbers.numpy() for numbers in found)
        told_M = np.vecdot(x_ND[whose_M], folded.twig_ND[level - 1][child_M])
        told_M += folded.twig_popular[level - 1][child_M]
        if self.votes:
            told_M += self._company(level, stem_N[whose_M], child_M)
        logits_NV[whose_M, code_M] += told_M  # each place at most once

    def _company(self, level: int, stem_M: Ints, branch_M: Ints) -> Array:
        """What `Model.company` says of these branches of the tree of codes."""
        folded = self.folded
        share_M = self.votes[level + 1][branch_M]
        share_M = share_M / (self.votes[level][stem_M] + folded.doubt_L[level])
        told_M: Array = folded.loud_L[level] * np.log1p(share_M * folded.keen_L[level])
        return told_M

    def _hear_deeds(self, reading: Reading, fade_LT: Array) -> None:
        """What `Echo` adds: at a branch's first level the same for all, later to who agrees."""
        folded, self.codes_TL = self.folded, reading.codes_TL
        loud_LT = fade_LT * folded.taste[:, reading.weight_T]
        self.popular, self.echo_TV = list(folded.popular), dict[int, Array]()
        for level, size in enumerate(folded.model.sizes):
            loud_T, code_T = loud_LT[level], self.codes_TL[:, level]
            if level % folded.half == 0:
                heard_V = np.bincount(code_T, loud_T, size)
                self.popular[level] = (self.popular[level] + heard_V).astype(np.float32)
            else:
                self.echo_TV[level] = np.zeros((len(code_T), size), np.float32)
                self.echo_TV[level][np.arange(len(code_T)), code_T] = loud_T

    def _hear_company(self, reading: Reading) -> None:
        """Adds up the votes along the codes; at the first level they are the same for all."""
        folded, self.votes = self.folded, list[Array]()
        if folded.company is None:
            return
        votes_I = folded.company.said(reading.video_T[reading.liked])
        of_video = folded.model.twigs.of_video
        sums = (np.bincount(group_I, votes_I).astype(np.float32) for group_I in of_video)
        self.votes = [*sums, votes_I]
        code_N = folded.model.twigs.keys[0].numpy()
        first = self._company(0, np.zeros_like(code_N), np.arange(1, 1 + len(code_N)))
        self.popular[0] = self.popular[0].copy()
        self.popular[0][code_N] += first


def _queries(block: Block) -> Tensor:
    """(D, D): to what a state asks, the norm before it and the scale of the scores included."""
    scale = math.sqrt(block.heads / block.to_query.in_features)
    return block.to_query.weight * _weight(block.query_norm) * scale


def _memories(block: Block) -> Tensor:
    """(2D, D): to keys and values, the norm before them included."""
    return block.to_memory.weight * _weight(block.memory_norm)


def _even(x_ND: Array) -> Array:
    """Each row at length 1: what is left of a norm whose weights were folded away."""
    square_N = np.vecdot(x_ND, x_ND)
    square_N += EPSILON * x_ND.shape[1]
    even_ND: Array = x_ND / np.sqrt(square_N)[:, None]
    return even_ND


def _gelu(x_NW: Array) -> Array:
    """What is left of a GELU where the square root of a half is folded into the matrices before
    and behind it; torch's own takes twice as long."""
    gelu_NW: Array = torch.from_numpy(x_NW).erf().numpy()
    gelu_NW += 1
    gelu_NW *= x_NW
    return gelu_NW


def _softmax(score_HTN: Array) -> Array:
    """Over T."""
    share_HTN: Array = torch.from_numpy(score_HTN).softmax(1).numpy()
    return share_HTN


def _weight(norm: nn.RMSNorm) -> Tensor:
    """What `_even` leaves to the matrix behind it: a norm makes the mean square 1, not the sum."""
    return norm.weight * math.sqrt(len(norm.weight))


def _turned(weight: Tensor) -> Array:
    turned: Array = weight.T.contiguous().numpy()
    return turned
