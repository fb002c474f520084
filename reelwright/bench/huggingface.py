"""The peer of `bench beam`: our model as users of Hugging Face have theirs, asked by `generate`.

It is an encoder-decoder `PreTrainedModel` whose forward calls the model's own modules, on the same
weights. It does what `generate` does with such models by default, T5 and the recommenders built
on it among them: what was read is repeated for every beam; the cache keeps and reorders the
decoder's keys and values; every step makes its masks and runs the decoder for all beams; the
prefix function is asked beam by beam. Where there was a choice it fell in the peer's favour: keys
and values are there before it begins, a step computes the state of its own level alone, and the
prefix function looks once into a dictionary.

Shapes as in `recommender/model.py`; W words.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import (
    DynamicCache,
    EncoderDecoderCache,
    GenerationConfig,
    GenerationMixin,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

from reelwright.domain import Codes, Viewer
from reelwright.recommender.context import read, side_by_side
from reelwright.recommender.model import Memory, Model
from reelwright.recommender.trie import Ints

BEGIN, PAD = 0, 1  # the words that are no codes
SPECIAL = 2

Allowed = dict[tuple[int, ...], list[int]]
Encoded = tuple[Tensor, Memory]


class PeerConfig(PretrainedConfig):  # type: ignore[misc]
    model_type = "reelwright-peer"


class Peer(PreTrainedModel, GenerationMixin):  # type: ignore[misc]
    """A translator of deeds into codes; the words of each level have their own numbers."""

    config_class = PeerConfig

    def __init__(self, model: Model) -> None:
        self.first = [SPECIAL + sum(model.sizes[:level]) for level in range(len(model.sizes) + 1)]
        super().__init__(
            PeerConfig(
                vocab_size=self.first[-1],
                is_encoder_decoder=True,
                num_hidden_layers=len(model.decoder),
            )
        )
        self.generation_config = GenerationConfig(decoder_start_token_id=BEGIN, pad_token_id=PAD)
        self.model = model.eval()

    @torch.no_grad()
    def read(self, viewer: Viewer, *, history: int) -> Encoded:
        """One viewer, encoded, and the keys and values that the decoder makes of them."""
        batch = side_by_side([read(viewer, history=history, depth=len(self.model.sizes))])
        x_BTD, present_BT = self.model.encode(batch)
        blocks = tuple(block.remember(x_BTD) for block in self.model.decoder)
        return x_BTD, self.model.memory(blocks, x_BTD, present_BT, batch.codes_BTL, batch.weight_BT)

    def search(self, encoded: Encoded, allowed: Allowed, *, width: int) -> Ints:
        """(B, L): the best `width` paths along `allowed`, best first."""
        x_BTD, memory = encoded
        kept = [tuple(each.repeat(width, 1, 1, 1) for each in both) for both in memory.blocks]
        found = self.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=x_BTD),
            attention_mask=memory.present_BT,
            codes_BTL=memory.codes_BTL,
            weight_BT=memory.weight_BT,
            state_BPD=memory.state_BPD,
            past_key_values=EncoderDecoderCache(DynamicCache(), DynamicCache(kept)),
            prefix_allowed_tokens_fn=lambda _, words: allowed[tuple(words.tolist())],
            num_beams=width,
            num_return_sequences=width,
            max_new_tokens=len(self.model.sizes),
            do_sample=False,
            length_penalty=0.0,
        )
        codes_BL: Ints = found[:, 1:].numpy() - np.array(self.first[:-1])
        return codes_BL

    def allowed(self, paths: Sequence[Codes]) -> Allowed:
        """What may follow each beginning of a path: the tree that its prefix function asks."""
        follow: dict[tuple[int, ...], set[int]] = {}
        for path in paths:
            words = [BEGIN]
            for code, first in zip(path, self.first[:-1], strict=True):
                follow.setdefault(tuple(words), set()).add(first + code)
                words.append(first + code)
        return {words: sorted(next_) for words, next_ in follow.items()}

    def prepare_inputs_for_generation(
        self, input_ids: Tensor, *, next_sequence_length: int | None = None, **kwargs: object
    ) -> dict[str, object]:
        """All words so far, not the last alone: the echo has to know which deeds agree."""
        inputs: dict[str, object] = super().prepare_inputs_for_generation(input_ids, **kwargs)
        return inputs

    def forward(
        self,
        decoder_input_ids: Tensor,
        encoder_outputs: BaseModelOutput,
        attention_mask: Tensor,
        codes_BTL: Tensor,
        weight_BT: Tensor,
        state_BPD: Tensor,
        past_key_values: EncoderDecoderCache,
        **_: object,
    ) -> Seq2SeqLMOutput:
        model, level = self.model, decoder_input_ids.shape[1] - 1
        before_Bl = decoder_input_ids[:, 1:] - torch.tensor(self.first[:level], dtype=torch.long)
        layers = past_key_values.cross_attention_cache.layers
        blocks = tuple((layer.keys, layer.values) for layer in layers)
        memory = Memory(blocks, attention_mask, codes_BTL, weight_BT, state_BPD)
        view = memory.view(torch.full((len(weight_BT), 1), weight_BT.shape[1]))
        x_B11D = model.begin(memory, view, slice(level, level + 1))
        for earlier in range(level):
            x_B11D = x_B11D + model.chosen(earlier, before_Bl[:, earlier])[:, None, None]
        x_B11D = model.finish(x_B11D, memory, view)
        logits_B11V = model.logits(level, x_B11D, before_Bl[:, None, None], memory, view)
        words_B1W = logits_B11V.new_full((len(weight_BT), 1, self.first[-1]), -torch.inf)
        words_B1W[..., self.first[level] : self.first[level + 1]] = logits_B11V[:, 0]
        return Seq2SeqLMOutput(logits=words_B1W, past_key_values=past_key_values)
