"""The model made ready to answer one viewer at a time: the same numbers in far fewer operations.

What does not change is multiplied out beforehand: norms' weights into the matrices behind them,
and, once the viewer was read, keys into queries and values into the way out of the heads. For a
beam, looking at a viewer is then two small products and a softmax. `tests/test_folded.py` holds
this against the model, module by module.

Shapes: N states, T tokens of context, L levels, V codes of one level, D width of the model, W of a
thought, H heads, K width of a head, M = H x T, C decoder blocks, l codes chosen so far.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reelwright.recommender.context import Batch
from reelwright.recommender.model import Block, Model, View

LENGTHS = 64  # of histories whose distances are remembered
SHORTEST = 1e-6  # a state that is divided by its length is taken to be this long at least
_Think = tuple[nn.RMSNorm, nn.Linear, nn.Module, nn.Linear, nn.Module]


@dataclass(frozen=True, slots=True, eq=False)
class Thought:
    """The second half of a block."""

    widen_DW: Tensor
    widen_W: Tensor
    narrow_WD: Tensor
    narrow_D: Tensor

    @classmethod
    def of(cls, block: Block) -> "Thought":
        norm, widen, _, narrow, _ = cast(_Think, tuple(block.think))
        widen_WD = widen.weight * _weight(norm)
        return cls(_turned(widen_WD), widen.bias, _turned(narrow.weight), narrow.bias)

    def __call__(self, x_ND: Tensor) -> Tensor:
        wide_NW = torch.addmm(self.widen_W, _even(x_ND), self.widen_DW)
        return torch.addmm(x_ND, F.gelu(wide_NW), self.narrow_WD).add_(self.narrow_D)


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A block of the encoder: one viewer's tokens look at each other."""

    heads: int
    ways_DX: Tensor  # to queries, keys and values at once
    from_heads_DD: Tensor
    think: Thought

    @classmethod
    def of(cls, block: Block) -> "Reader":
        ways_XD = torch.cat([_queries(block), _memories(block)])
        return cls(
            block.heads, _turned(ways_XD), _turned(block.from_heads.weight), Thought.of(block)
        )

    def __call__(self, x_TD: Tensor, near_HTT: Tensor) -> Tensor:
        ways_TX = _even(x_TD) @ self.ways_DX
        ways_3HTK = ways_TX.view(len(x_TD), 3, self.heads, -1).permute(1, 2, 0, 3)
        query_HTK, key_HTK, value_HTK = ways_3HTK.unbind(0)
        share_HTT = torch.baddbmm(near_HTT, query_HTK, key_HTK.mT).softmax(-1)
        found_TD = (share_HTT @ value_HTK).transpose(0, 1).reshape(x_TD.shape)
        return self.think(torch.addmm(x_TD, found_TD, self.from_heads_DD))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A block of the decoder before one viewer, whom any number of states may look at."""

    ask_DM: Tensor
    near_M: Tensor
    tell_MD: Tensor
    heads: int
    think: Thought

    def __call__(self, x_ND: Tensor) -> Tensor:
        score_NM = torch.addmm(self.near_M, _even(x_ND), self.ask_DM)
        share_NHT = score_NM.view(len(x_ND), self.heads, -1).softmax(-1)
        return self.think(torch.addmm(x_ND, share_NHT.view(len(x_ND), -1), self.tell_MD))


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """What each block and the echo make of how far back a viewer's deeds lie."""

    encoder_HTT: Sequence[Tensor]
    decoder_M: Sequence[Tensor]
    fade_LT: Tensor


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
        self.ways_CKD = torch.stack([way for both in ways for way in both])
        self.ways_CKD = self.ways_CKD.view(heads, -1, model.dim)
        self.begin_LD = model.level.weight * math.sqrt(model.dim)
        self.tables_DV = [_turned(t.weight * _weight(model.last_norm)) for t in model.codes]
        every = [model.chosen(level, torch.arange(size)) for level, size in enumerate(model.sizes)]
        self.chosen_VD = torch.cat(every)  # of all levels, one behind the other
        norm_D = _weight(model.last_norm)
        self.twig_ND = [table.weight * norm_D for table in model.twig]
        everything = torch.arange(len(model.known) + 1)
        self.own_ID = model.of_their_own(everything)
        self.first_L = torch.tensor([0, *model.sizes[:-1]]).cumsum(0)
        self.distances = lru_cache(LENGTHS)(self._distances)

    def before(self, batch: Batch) -> "Seen":
        """The decoder at the end of the one viewer's history."""
        x_1TD, present_1T = self.model._tokens(batch, None)
        assert present_1T.all(), "several viewers, or one with padding"
        x_TD, num_T = x_1TD[0], x_1TD.shape[1]
        distances = self.distances(batch.kind_BT.shape[1], num_T - batch.kind_BT.shape[1])
        for reader, near_HTT in zip(self.readers, distances.encoder_HTT, strict=True):
            x_TD = reader(x_TD, near_HTT)
        memory_CTK = (_even(x_TD) @ self.memories_DX).view(num_T, len(self.ways_CKD), -1)
        ways_CTD = memory_CTK.transpose(0, 1) @ self.ways_CKD
        parts = ways_CTD.view(len(self.thoughts), 2, -1, self.model.dim).unbind(0)
        looks = [
            Look(ask_MD.T, near_M, tell_MD, len(near_M) // num_T, think)
            for (ask_MD, tell_MD), near_M, think in zip(
                parts, distances.decoder_M, self.thoughts, strict=True
            )
        ]
        state_D = x_TD[-1] if batch.kind_BT.shape[1] else x_TD[0]
        return Seen(self, looks, batch, distances.fade_LT, state_D)

    def _distances(self, num_deeds: int, num_who: int) -> Distances:
        model, place_T = self.model, F.pad(torch.arange(1, num_deeds + 1), (num_who, 0))
        view = View.of(place_T[None], num_who, torch.ones(1, len(place_T), dtype=torch.bool))
        last_T = view.distance_PT[-1]
        return Distances(
            [
                block.nearness(view.distance_PT[place_T])
                .permute(2, 0, 1)
                .masked_fill(~view.seen_BQT[0], -math.inf)
                for block in model.encoder
            ],
            [block.nearness(last_T).T.reshape(-1) for block in model.decoder],
            model.echo.fade[:, last_T[num_who:]],
        )


class Seen:
    """The decoder before one viewer: what `Model.begin`, `finish` and `logits` say of them."""

    def __init__(
        self,
        folded: Folded,
        looks: Sequence[Look],
        batch: Batch,
        fade_LT: Tensor,
        state_D: Tensor,
    ) -> None:
        model = folded.model
        self.folded = folded
        self.last = looks[model.num_lazy :]
        self.state_D = state_D
        self.begun_LD = folded.begin_LD + state_D if folded.model.shortcut else folded.begin_LD
        for look in looks[: model.num_lazy]:
            self.begun_LD = look(self.begun_LD)
        self._hear_deeds(batch, fade_LT)

    def logits(self, before_Nl: Tensor, known_from: int = 0) -> Tensor:
        """(N, V): of the next code; the states know the codes chosen from this level on."""
        level = before_Nl.shape[1]
        x_ND = _even(self._finished(before_Nl, known_from))
        logits_NV = torch.addmm(self.popular[level], x_ND, self.folded.tables_DV[level])
        if level and len(self.folded.model.known):
            self._hear_twigs(level, x_ND, before_Nl, logits_NV)
        branch = level // self.folded.half * self.folded.half
        if branch < level and len(self.codes_TL):
            same_NT = before_Nl[:, branch, None] == self.codes_TL[:, branch]
            for done in range(branch + 1, level):
                same_NT &= before_Nl[:, done, None] == self.codes_TL[:, done]
            logits_NV.addmm_(same_NT.to(logits_NV.dtype), self.echo_TV[level])
        return logits_NV

    def which(self, codes_NL: Tensor, row_N: Tensor) -> Tensor:
        """(N,): what `Model.which` says of these videos, known or not, with these codes."""
        model = self.folded.model
        x_ND = model.last_norm(self._finished(codes_NL, 0))
        told_N: Tensor = (x_ND * self.folded.own_ID[row_N]).sum(-1)
        return told_N + model.popular_video[row_N]

    def dense(self, codes_NL: Tensor, row_N: Tensor) -> Tensor:
        """(N,): what `Model.dense` says of these videos, known or not, with these codes."""
        model = self.folded.model
        codes_NL = codes_NL + self.folded.first_L
        about_ND = F.embedding_bag(codes_NL, self.folded.chosen_VD, mode="sum")
        about_ND = about_ND / math.sqrt(model.dim) + self.folded.own_ID[row_N]
        told_N: Tensor = about_ND @ model.dense_norm(self.state_D)
        return told_N + model.popular_video[row_N]

    def _finished(self, before_Nl: Tensor, known_from: int) -> Tensor:
        level = before_Nl.shape[1]
        x_ND = self.begun_LD[level].expand(len(before_Nl), -1)
        if known_from < level:
            chosen_Nl = (before_Nl + self.folded.first_L[:level])[:, known_from:]
            x_ND = x_ND + F.embedding_bag(chosen_Nl, self.folded.chosen_VD, mode="sum")
        for look in self.last:
            x_ND = look(x_ND)
        return x_ND

    def _hear_twigs(self, level: int, x_ND: Tensor, before_Nl: Tensor, logits_NV: Tensor) -> None:
        """Adds what `Model` says of codes that follow these ones in a known video."""
        folded, twigs = self.folded, self.folded.model.twigs
        whose_M, code_M, child_M = twigs.children(level, twigs.find(before_Nl))
        told_M = (x_ND[whose_M] * folded.twig_ND[level - 1][child_M]).sum(-1)
        told_M += folded.model.twig_popular[level - 1][child_M]
        place_M = whose_M * logits_NV.shape[1] + code_M
        logits_NV.view(-1).index_add_(0, place_M, told_M)

    def _hear_deeds(self, batch: Batch, fade_LT: Tensor) -> None:
        """What `Echo` adds: at a branch's first level the same for all, later to who agrees."""
        model, self.codes_TL = self.folded.model, batch.codes_BTL[0]
        loud_LT = fade_LT * model.echo.taste[:, batch.weight_BT[0]]
        self.popular, self.echo_TV = list[Tensor](model.popular), dict[int, Tensor]()
        for level, size in enumerate(model.sizes):
            loud_T, code_T = loud_LT[level], self.codes_TL[:, level]
            if level % self.folded.half == 0:
                self.popular[level] = self.popular[level].index_add(0, code_T, loud_T)
            else:
                silent_TV = loud_T.new_zeros(len(code_T), size)
                self.echo_TV[level] = silent_TV.scatter_(1, code_T[:, None], loud_T[:, None])


def _queries(block: Block) -> Tensor:
    """(D, D): to what a state asks, the norm before it and the scale of the scores included."""
    scale = math.sqrt(block.heads / block.to_query.in_features)
    return block.to_query.weight * _weight(block.query_norm) * scale


def _memories(block: Block) -> Tensor:
    """(2D, D): to keys and values, the norm before them included."""
    return block.to_memory.weight * _weight(block.memory_norm)


def _even(x_ND: Tensor) -> Tensor:
    """Each row at length 1: what is left of a norm whose weights were folded away."""
    length_N1: Tensor = torch.linalg.vector_norm(x_ND, dim=1, keepdim=True)
    return x_ND / length_N1.clamp_min_(SHORTEST)


def _weight(norm: nn.RMSNorm) -> Tensor:
    """What `_even` leaves to the matrix behind it: a norm makes the mean square 1, not the sum."""
    return norm.weight * math.sqrt(len(norm.weight))


def _turned(weight: Tensor) -> Tensor:
    return weight.T.contiguous()
