"""The studio's language model in torch, laid out as llama.cpp has it, so that it can be taught.

Ours rather than a library's: the layers are named and turned as in the file that the engine reads,
so an adapter learned here is an adapter there; and what stands before the taught words comes in as
keys and values that were computed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention, silu
from torch.utils.checkpoint import checkpoint

# B rows, T tokens, P tokens before them, W width, H heads, K heads of keys, G heads that share one
# of keys, D width of a head, V words.

TARGETS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
Before = Sequence[tuple[Tensor, Tensor]]  # keys and values of each block, (1, K, P, D)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The measures of a model of the Llama class."""

    blocks: int
    width: int
    inner: int
    heads: int
    key_heads: int
    words: int
    rope_base: float
    epsilon: float
    context: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class Block(nn.Module):
    """Attention, then a gated layer, each on top of what came in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        keys = shape.key_heads * shape.head_width
        self.attn_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.attn_q = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_k = nn.Linear(shape.width, keys, bias=False)
        self.attn_v = nn.Linear(shape.width, keys, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.ffn_gate = nn.Linear(shape.width, shape.inner, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.inner, bias=False)
        self.ffn_down = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(
        self, given_BTW: Tensor, turn_TD: Tensor, mask_TP: Tensor, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What goes on to the next block, and the keys and values of these tokens."""
        attended_BTW, key_BKTD, value_BKTD = self._attend(
            self.attn_norm(given_BTW), turn_TD, mask_TP, keys, values
        )
        seen_BTW = given_BTW + attended_BTW
        normal_BTW = self.ffn_norm(seen_BTW)
        gated = silu(self.ffn_gate(normal_BTW)) * self.ffn_up(normal_BTW)
        return seen_BTW + self.ffn_down(gated), key_BKTD, value_BKTD

    def _attend(
        self, normal_BTW: Tensor, turn_TD: Tensor, mask_TP: Tensor, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        rows, length, _ = normal_BTW.shape
        kinds, each = self.shape.key_heads, self.shape.heads // self.shape.key_heads

        def heads(flat: Tensor) -> Tensor:
            return flat.view(rows, length, -1, self.shape.head_width).transpose(1, 2)

        query_BHTD = turned(heads(self.attn_q(normal_BTW)), turn_TD)
        key_BKTD = turned(heads(self.attn_k(normal_BTW)), turn_TD)
        value_BKTD = heads(self.attn_v(normal_BTW))
        # Heads that share their keys stand one after the other as if they were more tokens, so that
        # no key is copied for them.
        found = scaled_dot_product_attention(
            query_BHTD.reshape(rows, kinds, each * length, -1),
            torch.cat((keys.expand(rows, -1, -1, -1), key_BKTD), 2),
            torch.cat((values.expand(rows, -1, -1, -1), value_BKTD), 2),
            attn_mask=mask_TP.repeat(each, 1),
        )
        flat_BTW = found.reshape(rows, kinds * each, length, -1).transpose(1, 2).flatten(2)
        return self.attn_output(flat_BTW), key_BKTD, value_BKTD


class Llama(nn.Module):
    """The whole model; its words are also what it ends in."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.words, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.blocks))
        self.output_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)

    def forward(
        self, tokens_BT: Tensor, before: Before | None = None, *, sparing: bool = False
    ) -> Tensor:
        """The state after every token, ready for `logits`.

        Shorter rows are filled up at their end: no token looks at one that comes later, so what
        stands there changes nothing before it. `sparing` computes every block a second time on the
        way back instead of keeping what went on in it: a third more time, for a fraction of memory.
        """
        return self.after(self.token_embd(tokens_BT), before, sparing=sparing)

    def after(
        self, embedded_BTW: Tensor, before: Before | None = None, *, sparing: bool = False
    ) -> Tensor:
        """The same for what stands in the place of words, wherever it comes from."""
        return self._run(embedded_BTW, before or self.nothing(), sparing=sparing)[0]

    @torch.no_grad()
    def read(self, tokens: Sequence[int]) -> Before:
        """What all rows have before them, as the model is now: no gradient will reach it."""
        return self.further(self.token_embd(torch.tensor([list(tokens)])), self.nothing())[1]

    @torch.no_grad()
    def further(self, embedded_1TW: Tensor, before: Before) -> tuple[Tensor, Before]:
        """The state after every token of a row, and what stands before the row that follows it."""
        states, found = self._run(embedded_1TW, before, sparing=False)
        joined = [
            (torch.cat((keys, key), 2), torch.cat((values, value), 2))
            for (keys, values), (key, value) in zip(before, found, strict=True)
        ]
        return states, joined

    def logits(self, states: Tensor) -> Tensor:
        return states @ self.token_embd.weight.T

    def nothing(self) -> Before:
        none = torch.zeros(1, self.shape.key_heads, 0, self.shape.head_width)
        return [(none, none)] * self.shape.blocks

    def _run(
        self, embedded_BTW: Tensor, before: Before, *, sparing: bool
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        past, length = before[0][0].shape[2], embedded_BTW.shape[1]
        assert past + length <= self.shape.context, f"{past + length} tokens are too many"
        turn_TD = turns(self.shape, past, past + length)
        mask_TP = torch.full((length, past + length), -torch.inf).triu(past + 1)
        state_BTW, found = embedded_BTW, []
        for block, (keys, values) in zip(self.blk, before, strict=True):
            if sparing and torch.is_grad_enabled():
                state_BTW, key, value = checkpoint(
                    block, state_BTW, turn_TD, mask_TP, keys, values, use_reentrant=False
                )
            else:
                state_BTW, key, value = block(state_BTW, turn_TD, mask_TP, keys, values)
            found.append((key, value))
        return self.output_norm(state_BTW), found


def turns(shape: Shape, start: int, end: int) -> Tensor:
    """How far every pair of a head is turned at each place, as complex numbers."""
    pairs = torch.arange(0, shape.head_width, 2, dtype=torch.float64) / shape.head_width
    angle_TD = torch.arange(start, end, dtype=torch.float64)[:, None] * shape.rope_base**-pairs
    return torch.polar(torch.ones_like(angle_TD), angle_TD).to(torch.complex64)


def turned(heads_BHTD: Tensor, turn_TD: Tensor) -> Tensor:
    """Neighbours in a head are a pair, as llama.cpp has it for this class of models."""
    pairs = torch.view_as_complex(heads_BHTD.float().reshape(*heads_BHTD.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * turn_TD).flatten(-2).to(heads_BHTD.dtype)
