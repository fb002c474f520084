"""The peer of `bench beam`: Hugging Face's own beam search over the weights of our model.

It is spared whatever our search is spared: the viewer is read once before the search, and a step
costs it the same call of the same decoder. What is left to compare is the search.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from reelwright.domain import Codes
from reelwright.recommender.search import Step

BEGIN, PAD = 0, 1  # the tokens that are no codes
SPECIAL = 2


class PeerConfig(PretrainedConfig):  # type: ignore[misc]
    model_type = "reelwright-peer"


class Peer(PreTrainedModel, GenerationMixin):  # type: ignore[misc]
    """A language model whose words are our codes; those of each level have their own numbers."""

    config_class = PeerConfig
    main_input_name = "input_ids"
    _is_stateful = False

    def __init__(self, sizes: Sequence[int]) -> None:
        self.first = [SPECIAL + sum(sizes[:level]) for level in range(len(sizes) + 1)]
        super().__init__(PeerConfig(vocab_size=self.first[-1]))
        self.generation_config = GenerationConfig(bos_token_id=BEGIN, pad_token_id=PAD)
        self.anchor = torch.nn.Parameter(torch.zeros(1))  # tells the device
        self.step: Step | None = None

    def forward(self, input_ids: Tensor, **_: object) -> CausalLMOutput:
        level = input_ids.shape[1] - 1
        assert self.step is not None, "nobody was read"
        codes_Bl = input_ids[:, 1:] - torch.tensor(self.first[:level])
        logp_BV = torch.from_numpy(self.step(codes_Bl.numpy())).float()
        words_BW = logp_BV.new_full((len(logp_BV), self.first[-1]), -torch.inf)
        words_BW[:, self.first[level] : self.first[level + 1]] = logp_BV
        return CausalLMOutput(logits=words_BW[:, None])

    def search(
        self, step: Step, allowed: Mapping[tuple[int, ...], list[int]], *, width: int
    ) -> list[Codes]:
        """The best `width` paths along `allowed`, best first."""
        self.step = step
        found = self.generate(
            torch.full((1, 1), BEGIN),
            attention_mask=torch.ones(1, 1, dtype=torch.long),
            prefix_allowed_tokens_fn=lambda _, words: allowed[tuple(words.tolist())],
            num_beams=width,
            num_return_sequences=width,
            max_new_tokens=len(self.first) - 1,
            do_sample=False,
            use_cache=False,
            length_penalty=0.0,
        )
        codes_BL = found[:, 1:].numpy() - np.array(self.first[:-1])
        return [tuple(codes) for codes in codes_BL.tolist()]

    def allowed(self, paths: Sequence[Codes]) -> dict[tuple[int, ...], list[int]]:
        """What may follow each beginning of a path: the tree that its prefix function asks."""
        follow: dict[tuple[int, ...], set[int]] = {}
        for path in paths:
            words = [BEGIN]
            for code, first in zip(path, self.first[:-1], strict=True):
                follow.setdefault(tuple(words), set()).add(first + code)
                words.append(first + code)
        return {words: sorted(next_) for words, next_ in follow.items()}
