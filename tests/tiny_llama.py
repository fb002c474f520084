"""A model of the Llama class that fits into a test, as a file of llama.cpp: random weights."""

from pathlib import Path

import torch
from gguf import GGUFWriter, TokenType
from tokenizers import pre_tokenizers

from reelwright.tuning.llama import Llama, Shape

MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
MERGES = ("t h", "th e", "\u0120 a", '{ "')  # of which words are made beyond single bytes
LETTERS = sorted(pre_tokenizers.ByteLevel.alphabet())
WORDS = (*MARKS, *LETTERS, *(merge.replace(" ", "") for merge in MERGES))
TEMPLATE = (
    "{% for message in messages %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SHAPE = Shape(
    blocks=3,
    width=32,
    inner=48,
    heads=4,
    key_heads=2,
    words=len(WORDS),
    rope_base=10_000.0,
    epsilon=1e-5,
    context=2048,
)


def tiny(seed: int = 0, shape: Shape = SHAPE) -> Llama:
    """With weights large enough that every token has something to say on the next."""
    rng = torch.Generator().manual_seed(seed)
    model = Llama(shape)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            spread = 0.3 if "norm" in name else 2 * weight.shape[-1] ** -0.5
            weight.copy_(torch.randn(weight.shape, generator=rng) * spread + ("norm" in name))
    return model.requires_grad_(False)


def write_tiny(file: Path, *, seed: int = 0, kind: str = "llama", splitter: str = "smollm") -> Path:
    model = tiny(seed)
    writer = GGUFWriter(file, kind)
    writer.add_block_count(SHAPE.blocks)
    writer.add_context_length(SHAPE.context)
    writer.add_embedding_length(SHAPE.width)
    writer.add_feed_forward_length(SHAPE.inner)
    writer.add_head_count(SHAPE.heads)
    writer.add_head_count_kv(SHAPE.key_heads)
    writer.add_rope_freq_base(SHAPE.rope_base)
    writer.add_layer_norm_rms_eps(SHAPE.epsilon)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(splitter)
    writer.add_token_list(list(WORDS))
    writer.add_token_types(
        [TokenType.CONTROL if word in MARKS else TokenType.NORMAL for word in WORDS]
    )
    writer.add_token_merges(list(MERGES))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    for name, weight in model.state_dict().items():
        writer.add_tensor(name, weight.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file
