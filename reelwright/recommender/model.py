"""The generative model: a viewer is read once, then codes are foretold level after level.

The decoder is lazy: it never reads the viewer again, it only looks at what was read; its first
blocks do not depend on the codes chosen so far, so all beams share them. Beside it the viewer's
own deeds speak up for the codes that they had, so that few histories are enough to learn from.

Shapes: B viewers, T tokens of context, P places in a history, Q places that are asked about, N
states at a place (levels or beams), L levels, V codes of one level, D width of the model, H
heads, K width of a head, l codes chosen so far, I known videos, F features, M scores in a row.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reelwright.config import RecommenderConfig
from reelwright.recommender.company import Tally
from reelwright.recommender.context import (
    ATTRIBUTE_BUCKETS,
    GAP_EDGES_S,
    KINDS,
    ORIGINS,
    WEIGHT_EDGES,
    Batch,
    Reading,
)
from reelwright.recommender.known import Known, Twigs

NEAR = 8  # so many places back are told apart one by one, further ones by octave
DISTANCES = NEAR + 6  # and everything beyond is one
DENSE_ENOUGH = 128  # products made for each one that is asked for, at most
ABOUT_WHO = DISTANCES  # the distance to a token that is no deed
# Where learning starts for each bucket of a deed's weight: what was disliked speaks against.
SIGNS = (-1.0, -0.7, -0.4, 0.0, 0.4, 0.7, 1.0, 1.2)
assert len(SIGNS) == len(WEIGHT_EDGES) + 1, "a sign for each bucket"


class Block(nn.Module):
    """Looks at a memory, then thinks. The memory is prepared once, however many look at it."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.query_norm, self.memory_norm = nn.RMSNorm(dim), nn.RMSNorm(dim)
        self.to_query = nn.Linear(dim, dim, bias=False)
        self.to_memory = nn.Linear(dim, 2 * dim, bias=False)
        self.from_heads = nn.Linear(dim, dim, bias=False)
        self.nearness = nn.Embedding(DISTANCES + 1, heads)
        self.think = nn.Sequential(
            nn.RMSNorm(dim),
            nn.Linear(dim, 2 * dim),
            nn.GELU(),
            nn.Linear(2 * dim, dim),
            nn.Dropout(dropout),
        )
        # What is looked at is passed on nearly as it is: codes are read and told in the same
        # vectors, so this block can repeat a liked code before it has learned anything.
        nn.init.zeros_(self.nearness.weight)
        self.to_memory.weight.data[dim:] = torch.eye(dim)
        self.from_heads.weight.data = 0.3 * torch.eye(dim)

    def remember(self, memory_BTD: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values, each of shape B, H, T, K."""
        keys_BTD, values_BTD = self.to_memory(self.memory_norm(memory_BTD)).chunk(2, dim=-1)
        return self._split(keys_BTD), self._split(values_BTD)

    def forward(self, x_BQND: Tensor, memory: tuple[Tensor, Tensor], view: "View") -> Tensor:
        query_BSD = self.to_query(self.query_norm(x_BQND)).flatten(1, 2)
        bias_BHQT = self.nearness(view.distance_PT)[view.place_BQ].permute(0, 3, 1, 2)
        bias_BHQT = bias_BHQT.masked_fill(~view.seen_BQT[:, None], -math.inf)
        found_BHSK = F.scaled_dot_product_attention(
            self._split(query_BSD),
            *memory,
            attn_mask=bias_BHQT.repeat_interleave(x_BQND.shape[2], dim=2),
        )
        found_BSD = self.from_heads(found_BHSK.transpose(1, 2).flatten(2))
        x_BQND = x_BQND + found_BSD.view_as(x_BQND)
        thought_BQND: Tensor = self.think(x_BQND)
        return x_BQND + thought_BQND

    def _split(self, x_BTD: Tensor) -> Tensor:
        return x_BTD.view(*x_BTD.shape[:2], self.heads, -1).transpose(1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What can be seen from some places of a history: only what came before them."""

    place_BQ: Tensor
    distance_PT: Tensor  # buckets
    seen_BQT: Tensor
    votes: Tally | None = None  # a place's row is its number among all BQ

    @classmethod
    def of(
        cls, place_BQ: Tensor, num_who: int, present_BT: Tensor, votes: Tally | None = None
    ) -> "View":
        """From place p the first p deeds are seen, and all tokens that tell who it is."""
        num_deeds = present_BT.shape[1] - num_who
        back_PT = torch.arange(num_deeds + 1)[:, None] - torch.arange(num_deeds)
        octave_PT = torch.log2(back_PT.clamp(min=NEAR) / NEAR).long() + NEAR
        distance_PT = torch.where(back_PT < NEAR, back_PT, octave_PT).clamp(0, DISTANCES - 1)
        distance_PT = F.pad(distance_PT, (num_who, 0), value=ABOUT_WHO)
        before_PT = F.pad(back_PT > 0, (num_who, 0), value=True)
        return cls(place_BQ, distance_PT, before_PT[place_BQ] & present_BT[:, None], votes)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """All that the decoder needs of viewers, computed once."""

    blocks: tuple[tuple[Tensor, Tensor], ...]  # keys and values, a pair for each decoder block
    present_BT: Tensor
    codes_BTL: Tensor  # of the deeds, which are the last of the tokens
    weight_BT: Tensor
    state_BPD: Tensor  # what was read before each place

    @property
    def num_who(self) -> int:
        return self.present_BT.shape[1] - self.weight_BT.shape[1]

    def view(self, place_BQ: Tensor, votes: Tally | None = None) -> View:
        return View.of(place_BQ, self.num_who, self.present_BT, votes)


class Echo(nn.Module):
    """Each deed speaks for the codes that it had, as loud as it was liked and as it is recent.

    At the second and later levels of a branch only those deeds speak whose codes in this branch
    have been the same so far. How loud, is learned for every level.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        super().__init__()
        self.sizes = sizes
        self.taste = nn.Parameter(torch.tensor(SIGNS).repeat(len(sizes), 1) / 2)
        self.fade = nn.Parameter(torch.ones(len(sizes), DISTANCES + 1))
        self.loud = nn.Parameter(torch.full((len(sizes) + 1,), 0.5))  # the last: of the videos
        self.keen = nn.Parameter(torch.full((len(sizes) + 1,), 3.0))
        self.doubt = nn.Parameter(torch.full((len(sizes) + 1,), -2.0))

    def forward(self, level: int, before_BQNl: Tensor, memory: Memory, view: View) -> Tensor:
        """What the deeds add to the logits of a level, (B, Q, N, V)."""
        num_who = memory.num_who
        loud_BQT = self.fade[level][view.distance_PT[:, num_who:]][view.place_BQ]
        loud_BQT = loud_BQT * self.taste[level][memory.weight_BT][:, None]
        agree_BQNT = view.seen_BQT[:, :, None, num_who:]
        half = len(self.sizes) // 2
        for done in range(level // half * half, level):
            same_BQNT = before_BQNl[..., done, None] == memory.codes_BTL[:, None, None, :, done]
            agree_BQNT = agree_BQNT & same_BQNT
        loud_BQNT = loud_BQT[:, :, None] * agree_BQNT
        silence_BQNV = loud_BQNT.new_zeros(*loud_BQNT.shape[:3], self.sizes[level])
        code_BQNT = memory.codes_BTL[:, None, None, :, level].expand_as(loud_BQNT)
        return silence_BQNV.scatter_add(-1, code_BQNT, loud_BQNT)


class Model(nn.Module):
    """Foretells the codes of a viewer's next video: p(code of level l | codes before, viewer)."""

    def __init__(
        self, sizes: tuple[int, ...], config: RecommenderConfig, known: Known | None = None
    ) -> None:
        super().__init__()
        dim, dropout = config.dim, config.dropout
        self.sizes, self.dim, self.shortcut = sizes, dim, config.shortcut
        self.hearing = config.hearing
        self.known = known if known is not None else Known.of({}, {})
        self.codes = tuple(self._table(size) for size in sizes)
        self.code_tables = nn.ModuleList(self.codes)  # so that torch knows of them
        self.popular = nn.ParameterList(torch.zeros(size) for size in sizes)
        self.level = self._table(len(sizes) + 1)  # the last one asks which video it is
        self.nobody = nn.Parameter(torch.zeros(dim))
        self.attribute = self._table(ATTRIBUTE_BUCKETS)
        self.origin = self._table(len(ORIGINS))
        self.kind = self._table(len(KINDS))
        self.gap = self._table(len(GAP_EDGES_S) + 1)
        self.liking = self._table(len(SIGNS))
        self.strength = nn.Parameter(torch.tensor(SIGNS)[:, None].repeat(1, dim))
        self.token_dropout = nn.Dropout(dropout)
        self.encoder = tuple(Block(dim, config.heads, dropout) for _ in range(config.layers))
        self.decoder = tuple(Block(dim, config.heads, dropout) for _ in range(config.layers))
        self.blocks = nn.ModuleList([*self.encoder, *self.decoder])
        self.num_lazy = 2 * config.layers // 3  # of the decoder: two thirds, as is usual
        self.last_norm = nn.RMSNorm(dim)
        self.echo = Echo(sizes)
        self._learn_of(self.known)

    def _learn_of(self, known: Known) -> None:
        """What only known videos have: a vector of their own, and one for each path to them.

        Both begin at nothing, so that a video that comes later is as near as its codes say.
        """
        codes_IL = known.codes_IL.reshape(len(known), len(self.sizes))
        self.twigs = Twigs(codes_IL, self.sizes, known.met_I)
        self.twig = tuple(self._nothing(len(keys) + 1) for keys in self.twigs.keys[1:])
        self.twig_tables = nn.ModuleList(self.twig)  # so that torch knows of them
        self.twig_popular = nn.ParameterList(
            torch.zeros(len(keys) + 1) for keys in self.twigs.keys[1:]
        )
        self.own = self._nothing(len(known) + 1)
        self.popular_video = nn.Parameter(torch.zeros(len(known) + 1))
        num_F = known.features_IF.shape[1]
        self.from_features = nn.Parameter(
            torch.randn(num_F, self.dim) * (max(1, num_F) * self.dim) ** -0.5
        )
        self.features_IF: Tensor
        self.codes_IL: Tensor
        features_IF, paths_IL = torch.from_numpy(known.features_IF), torch.from_numpy(codes_IL)
        self.register_buffer("features_IF", F.pad(features_IF, (0, 0, 1, 0)), persistent=False)
        self.register_buffer("codes_IL", F.pad(paths_IL, (0, 0, 1, 0)), persistent=False)
        self.dense_norm = nn.RMSNorm(self.dim)
        # What nobody liked yet is no negative: training would only teach that it is not wanted.
        self.met_I: Tensor
        self.register_buffer("met_I", torch.from_numpy(known.met_I), persistent=False)

    def of_their_own(self, video: Tensor) -> Tensor:
        """(..., D): what tells known videos from others of the same codes."""
        own: Tensor = self.own(video) + self.features_IF[video] @ self.from_features
        return own

    def videos(self) -> Tensor:
        """(1 + I, D): every known video, as it is read and as it is told; row 0 is nothing."""
        about_ID = self.of_their_own(torch.arange(1, len(self.known) + 1))
        for level, table in enumerate(self.codes):
            about_ID = about_ID + table(self.codes_IL[1:, level])
        return F.pad(about_ID, (0, 0, 1, 0))

    def read(self, batch: Batch, keep_BT: Tensor | None = None) -> Memory:
        """What the decoder may look at."""
        x_BTD, present_BT = self.encode(batch, keep_BT)
        blocks = tuple(block.remember(x_BTD) for block in self.decoder)
        return self.memory(blocks, x_BTD, present_BT, batch.codes_BTL, batch.weight_BT)

    def encode(self, batch: Batch, keep_BT: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(B, T, D) and which of it is present. Each deed knows only what came before it, so that
        one reading serves every place of a history. Deeds not to `keep` seem never to have been."""
        x_BTD, present_BT = self._tokens(batch, keep_BT)
        num_who = present_BT.shape[1] - batch.kind_BT.shape[1]
        place_T = F.pad(torch.arange(1, batch.kind_BT.shape[1] + 1), (num_who, 0))
        view = View.of(place_T.expand(len(x_BTD), -1), num_who, present_BT)
        for block in self.encoder:
            x_BTD = block(x_BTD[:, :, None], block.remember(x_BTD), view).squeeze(2)
        return x_BTD, present_BT

    def memory(
        self,
        blocks: tuple[tuple[Tensor, Tensor], ...],
        x_BTD: Tensor,
        present_BT: Tensor,
        codes_BTL: Tensor,
        weight_BT: Tensor,
    ) -> Memory:
        """What was encoded, beside the keys and values that the decoder made of it."""
        num_who = present_BT.shape[1] - weight_BT.shape[1]
        state_BPD = self._before_each_place(x_BTD, present_BT, num_who)
        return Memory(blocks, present_BT, codes_BTL, weight_BT, state_BPD)

    def _before_each_place(self, x_BTD: Tensor, present_BT: Tensor, num_who: int) -> Tensor:
        """(B, P, D): the last deed that is present before each place; nobody before the first."""
        deed_BT = present_BT[:, num_who:]
        number_T = torch.arange(1, deed_BT.shape[1] + 1)
        last_BT = torch.where(deed_BT, number_T, 0).cummax(dim=1).values
        x_BPD = torch.cat([x_BTD[:, :1], x_BTD[:, num_who:]], dim=1)
        return torch.take_along_dim(x_BPD, F.pad(last_BT, (1, 0))[:, :, None], dim=1)

    def begin(self, memory: Memory, view: View, levels: slice = slice(None)) -> Tensor:
        """(B, Q, L + 1, D): the decoder's first part, before any code is chosen. The last state
        asks which of the videos with the same codes it is."""
        level_LD = self.level.weight[levels] * math.sqrt(self.dim)
        x_BQLD = level_LD.expand(*view.place_BQ.shape, -1, -1)
        if self.shortcut:
            x_BQLD = x_BQLD + self.state(memory, view)[:, :, None]
        for number in range(self.num_lazy):
            x_BQLD = self.decoder[number](x_BQLD, memory.blocks[number], view)
        return x_BQLD

    def state(self, memory: Memory, view: View) -> Tensor:
        """(B, Q, D): what was read before each place that is asked about."""
        return torch.take_along_dim(memory.state_BPD, view.place_BQ[:, :, None], dim=1)

    def chosen(self, level: int, codes: Tensor) -> Tensor:
        """(..., D): what choosing these codes of a level adds to the states of later levels.

        States may leave the content's part out of the levels of the creative branch: then they
        foretell how this viewer likes a video to be made, whatever it is about.
        """
        vectors: Tensor = self.codes[level](codes)
        return vectors * math.sqrt(self.dim)

    def finish(self, x_BQND: Tensor, memory: Memory, view: View) -> Tensor:
        """The decoder's second part, for states that know the codes chosen before them."""
        for number in range(self.num_lazy, len(self.decoder)):
            x_BQND = self.decoder[number](x_BQND, memory.blocks[number], view)
        finished: Tensor = self.last_norm(x_BQND)
        return finished

    def logits(
        self, level: int, x_BQND: Tensor, before_BQNl: Tensor, memory: Memory, view: View
    ) -> Tensor:
        """(B, Q, N, V): what the model thinks of each code, and what the viewer's deeds say."""
        told_BQNV = F.linear(x_BQND, self.codes[level].weight, self.popular[level])
        echo_BQNV: Tensor = self.echo(level, before_BQNl, memory, view)
        return self._with_twigs(level, x_BQND, before_BQNl, told_BQNV + echo_BQNV, view)

    def which(
        self, x_ND: Tensor, sid_N: Tensor, place_N: Tensor | None = None, votes: Tally | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """After all codes: the logits of the known videos that share them; whose and which."""
        whose_M, row_M = self.twigs.videos(sid_N)
        video_M = row_M + 1
        vector_MD = self.of_their_own(video_M)
        logit_M = (x_ND[whose_M] * vector_MD).sum(-1) + self.popular_video[video_M]
        if votes is not None and place_N is not None:
            logit_M = logit_M + self.company(
                len(self.sizes), votes, place_N[whose_M], sid_N[whose_M], video_M
            )
        return whose_M, video_M, logit_M

    def dense(self, state_ND: Tensor, videos_ID: Tensor, popular_I: Tensor) -> Tensor:
        """(N, I): how well each of these videos fits what was read, without any codes; in the
        precision of the videos."""
        asked_ND = self.dense_norm(state_ND).to(videos_ID.dtype)
        return F.linear(asked_ND, videos_ID, popular_I.to(videos_ID.dtype))

    def _with_twigs(
        self,
        level: int,
        x_BQND: Tensor,
        before_BQNl: Tensor,
        logits_BQNV: Tensor,
        view: View,
    ) -> Tensor:
        """A code after codes that known videos have in this order says more than it does alone,
        and the company of the viewer's deeds votes for it."""
        if not len(self.known) or not (level or view.votes):
            return logits_BQNV
        twig_N = self.twigs.find(before_BQNl.expand(*x_BQND.shape[:3], level)).flatten()
        whose_M, code_M, child_M = self.twigs.children(level, twig_N)
        told_M = torch.zeros(len(whose_M))
        if level:
            told_M = _products(x_BQND.flatten(0, 2), self.twig[level - 1].weight, whose_M, child_M)
            told_M = told_M + self.twig_popular[level - 1][child_M]
            told_M = told_M * self.twigs.met[level][child_M]
        if view.votes is not None:
            place_M = whose_M // x_BQND.shape[2]
            told_M = told_M + self.company(level, view.votes, place_M, twig_N[whose_M], child_M)
        place_M = whose_M * logits_BQNV.shape[-1] + code_M
        return logits_BQNV.flatten().index_add(0, place_M, told_M).view_as(logits_BQNV)

    @torch.no_grad()
    def greet_strangers(self) -> None:
        """Videos that nobody liked yet begin as popular as those that were liked least."""
        if self.known.company is not None and self.met_I.any():
            liked_I = torch.from_numpy(self.known.company.liked_I)
            least = liked_I[self.met_I].min()
            self.popular_video[~self.met_I] = self.popular_video[liked_I == least].mean()
            self.popular_video[0] = 0.0

    def votes(self, readings: Sequence[Reading], place_BQ: Tensor) -> Tally | None:
        """What the company of known videos says at places of these readings, along the codes."""
        if self.known.company is None:
            return None
        return self.known.company.heard(readings, place_BQ.tolist()).along(self.twigs.of_video)

    def company(
        self, level: int, votes: Tally, place_M: Tensor, from_M: Tensor, to_M: Tensor
    ) -> Tensor:
        """(M,): how loud the share is that a branch of the tree has of the votes for its stem."""
        stem_M = votes.counts(level, place_M, from_M)
        branch_M = votes.counts(level + 1, place_M, to_M)
        share_M = branch_M / (stem_M + self.echo.doubt[level].exp())
        told_M: Tensor = self.echo.loud[level] * torch.log1p(share_M * self.echo.keen[level].exp())
        return told_M if self.training else self.hearing * told_M

    def _tokens(self, batch: Batch, keep_BT: Tensor | None) -> tuple[Tensor, Tensor]:
        num_B = len(batch.kind_BT)
        name_BA, value_BA, origin_BA = batch.attributes_BAP.unbind(-1)
        who_BAD = self.attribute(name_BA) + self.attribute(value_BA) + self.origin(origin_BA)
        about_BTD = torch.zeros(())
        for level, table in enumerate(self.codes):
            about_BTD = about_BTD + table(batch.codes_BTL[..., level])
        if len(self.known):
            about_BTD = about_BTD + self.of_their_own(batch.video_BT)
        did_BTD = about_BTD * self.strength[batch.weight_BT] + self.liking(batch.weight_BT)
        did_BTD = did_BTD + self.kind(batch.kind_BT) + self.gap(batch.gap_BT)
        x_BTD = torch.cat([self.nobody.expand(num_B, 1, -1), who_BAD, did_BTD], dim=1)
        deeds_BT = batch.has_deed_BT if keep_BT is None else batch.has_deed_BT & keep_BT
        nobody_B1 = torch.ones(num_B, 1, dtype=torch.bool)
        present_BT = torch.cat([nobody_B1, batch.has_attribute_BA, deeds_BT], dim=1)
        return self.token_dropout(x_BTD * math.sqrt(self.dim)), present_BT

    def _table(self, rows: int) -> nn.Embedding:
        table = nn.Embedding(rows, self.dim)
        nn.init.normal_(table.weight, std=self.dim**-0.5)
        return table

    def _nothing(self, rows: int) -> nn.Embedding:
        table = nn.Embedding(rows, self.dim, padding_idx=0)
        nn.init.zeros_(table.weight)
        return table


def _products(x_ND: Tensor, table_TD: Tensor, whose_M: Tensor, row_M: Tensor) -> Tensor:
    """(M,): states times rows of a table. All products at once are faster as long as a good part
    of them is asked for: rows are not copied for each state."""
    if len(x_ND) * len(table_TD) <= DENSE_ENOUGH * len(row_M):
        return F.linear(x_ND, table_TD)[whose_M, row_M]
    return (x_ND[whose_M] * table_TD[row_M]).sum(-1)


def grouped_log_softmax(score_M: Tensor, whose_M: Tensor, num_N: int) -> Tensor:
    """The log-softmax of each score among those with the same owner."""
    top_N = torch.full((num_N,), -math.inf).scatter_reduce(0, whose_M, score_M.detach(), "amax")
    score_M = score_M - top_N[whose_M]
    sum_N = torch.zeros(num_N).index_add(0, whose_M, score_M.exp())
    return score_M - sum_N.log()[whose_M]
