"""The model's decoder made ready to be asked often: the same numbers in far fewer operations.

What does not change is multiplied out beforehand: norms' weights into the matrices behind them,
for one viewer the keys into the queries and the values into the way out of the heads. Looking at
a viewer is then two small products and a softmax, however many beams look.

Shapes: N states, T tokens of context, L levels, V codes of one level, D width of the model, W of a
thought, H heads, K width of a head, M = H x T, l codes chosen so far.
"""

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reelwright.recommender.context import Batch
from reelwright.recommender.model import Block, Memory, Model, View

_Think = tuple[nn.RMSNorm, nn.Linear, nn.Module, nn.Linear, nn.Module]


@dataclass(frozen=True, slots=True, eq=False)
class FoldedBlock:
    """A block of the decoder before it meets a viewer."""

    query_HKD: Tensor
    heads_HKD: Tensor
    widen_DW: Tensor
    widen_W: Tensor
    narrow_WD: Tensor
    narrow_D: Tensor

    @classmethod
    def of(cls, block: Block) -> "FoldedBlock":
        norm, widen, _, narrow, _ = cast(_Think, tuple(block.think))
        heads, dim = block.heads, block.to_query.in_features
        query_DD = block.to_query.weight * block.query_norm.weight * math.sqrt(heads / dim)
        return cls(
            query_HKD=query_DD.view(heads, -1, dim).contiguous(),
            heads_HKD=block.from_heads.weight.view(dim, heads, -1).permute(1, 2, 0).contiguous(),
            widen_DW=(widen.weight * norm.weight).T.contiguous(),
            widen_W=widen.bias,
            narrow_WD=narrow.weight.T.contiguous(),
            narrow_D=narrow.bias,
        )

    def before(self, memory: tuple[Tensor, Tensor], near_HT: Tensor) -> "SeenBlock":
        """The block with one viewer before its eyes."""
        keys_HTK, values_HTK = memory[0][0], memory[1][0]
        ask_MD = (keys_HTK @ self.query_HKD).flatten(0, 1)
        return SeenBlock(self, ask_MD.T, near_HT, (values_HTK @ self.heads_HKD).flatten(0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class SeenBlock:
    """A block of the decoder before one viewer."""

    block: FoldedBlock
    ask_DM: Tensor
    near_HT: Tensor
    tell_MD: Tensor

    def __call__(self, x_ND: Tensor) -> Tensor:
        block, num_N, dim = self.block, len(x_ND), x_ND.shape[1:]
        score_NM = torch.addmm(self.near_HT.view(-1), F.rms_norm(x_ND, dim), self.ask_DM)
        share_NHT = score_NM.view(num_N, *self.near_HT.shape).softmax(-1)
        x_ND = torch.addmm(x_ND, share_NHT.view(num_N, -1), self.tell_MD)
        wide_NW = torch.addmm(block.widen_W, F.rms_norm(x_ND, dim), block.widen_DW)
        return torch.addmm(x_ND, F.gelu(wide_NW), block.narrow_WD).add_(block.narrow_D)


class Folded:
    """A trained model's decoder. It does not hear of what the model learns later."""

    @torch.inference_mode()
    def __init__(self, model: Model) -> None:
        self.model = model
        self.half = len(model.sizes) // 2
        self.blocks = [FoldedBlock.of(block) for block in model.decoder]
        self.tables_DV = [
            (table.weight * model.last_norm.weight).T.contiguous() for table in model.codes
        ]
        every = [model.chosen(level, torch.arange(size)) for level, size in enumerate(model.sizes)]
        self.chosen_VD = torch.cat(every)  # of all levels, one behind the other
        self.first_L = torch.tensor([0, *model.sizes[:-1]]).cumsum(0)

    def before(self, batch: Batch) -> "Seen":
        """The decoder at the end of the one viewer's history."""
        memory = self.model.read(batch)
        assert len(memory.present_BT) == 1, f"{len(memory.present_BT)} viewers at once"
        return Seen(self, memory, memory.view(torch.tensor([[memory.weight_BT.shape[1]]])))


class Seen:
    """The decoder before one viewer: what `Model.begin`, `finish` and `logits` say of them."""

    def __init__(self, folded: Folded, memory: Memory, view: View) -> None:
        model = folded.model
        self.folded = folded
        distance_T, hidden_T = view.distance_PT[-1], ~view.seen_BQT[0, 0]
        blocks = [
            block.before(keys, own.nearness(distance_T).T.masked_fill(hidden_T, -math.inf))
            for block, keys, own in zip(folded.blocks, memory.blocks, model.decoder, strict=True)
        ]
        self.last = blocks[model.num_lazy :]
        self.begun_LD = model.level.weight * math.sqrt(model.dim)
        for block in blocks[: model.num_lazy]:
            self.begun_LD = block(self.begun_LD)
        self._hear_deeds(memory, distance_T[memory.num_who :], hidden_T[memory.num_who :])

    def logits(self, before_Nl: Tensor, known_from: int = 0) -> Tensor:
        """(N, V): of the next code; the states know the codes chosen from this level on."""
        level = before_Nl.shape[1]
        x_ND = self.begun_LD[level].expand(len(before_Nl), -1)
        if known_from < level:
            chosen_Nl = (before_Nl + self.folded.first_L[:level])[:, known_from:]
            x_ND = x_ND + F.embedding_bag(chosen_Nl, self.folded.chosen_VD, mode="sum")
        for block in self.last:
            x_ND = block(x_ND)
        x_ND = F.rms_norm(x_ND, x_ND.shape[1:])
        logits_NV = torch.addmm(self.popular[level], x_ND, self.folded.tables_DV[level])
        branch = level // self.folded.half * self.folded.half
        if branch < level and len(self.codes_TL):
            same_NTl = before_Nl[:, None, branch:] == self.codes_TL[:, branch:level]
            logits_NV.addmm_(same_NTl.all(-1).to(logits_NV.dtype), self.echo_TV[level])
        return logits_NV

    def _hear_deeds(self, memory: Memory, distance_T: Tensor, hidden_T: Tensor) -> None:
        """What `Echo` adds: at a branch's first level the same for all, later to who agrees."""
        model, self.codes_TL = self.folded.model, memory.codes_BTL[0]
        loud_LT = model.echo.fade[:, distance_T] * model.echo.taste[:, memory.weight_BT[0]]
        loud_LT = loud_LT.masked_fill(hidden_T, 0.0)
        self.popular, self.echo_TV = list[Tensor](model.popular), dict[int, Tensor]()
        for level, size in enumerate(model.sizes):
            loud_T, code_T = loud_LT[level], self.codes_TL[:, level]
            if level % self.folded.half == 0:
                self.popular[level] = self.popular[level].index_add(0, code_T, loud_T)
            else:
                silent_TV = loud_T.new_zeros(len(code_T), size)
                self.echo_TV[level] = silent_TV.scatter_(1, code_T[:, None], loud_T[:, None])
