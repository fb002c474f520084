"""The files of llama.cpp: a model is read from one, and what was learned is written to one."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFType, GGUFWriter, Keys, dequantize
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from torch import nn

from reelwright.errors import ReelwrightError, cleaned
from reelwright.learning.lora import adapters, attach
from reelwright.tuning.llama import TARGETS, Llama, Shape

KIND = "llama"  # what llama.cpp calls the architecture
BROKEN = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError)
MARKS = (3, 4)  # kinds of tokens that stand for themselves: control, and added by a user
SPLITTERS = {  # how text is cut before words are looked up, by llama.cpp's name for it
    "smollm": [pre_tokenizers.Digits(individual_digits=True)],
    "gpt-2": [],
}


def open_model(file: Path) -> tuple[Llama, Tokenizer]:
    """The model in `file` with its weights as they are when the engine unpacks them."""
    try:
        read = GGUFReader(file)
        return _model(read), _tokenizer(read)
    except BROKEN as error:
        raise ReelwrightError(
            f"{file} holds no model of the Llama class that can be read ({cleaned(error)}).",
            hint="Give the file that reelwright models pull smollm2 brings.",
        ) from error


def _model(read: GGUFReader) -> Llama:
    if (kind := _value(read, "general.architecture")) != KIND:
        raise ValueError(f"its architecture is {kind}")
    shape = Shape(
        blocks=_value(read, "llama.block_count"),
        width=_value(read, "llama.embedding_length"),
        inner=_value(read, "llama.feed_forward_length"),
        heads=_value(read, "llama.attention.head_count"),
        key_heads=_value(read, "llama.attention.head_count_kv"),
        words=len(read.fields["tokenizer.ggml.tokens"].data),
        rope_base=_value(read, "llama.rope.freq_base"),
        epsilon=_value(read, "llama.attention.layer_norm_rms_epsilon"),
        context=_value(read, "llama.context_length"),
    )
    weights = {
        tensor.name: torch.from_numpy(_plain(dequantize(tensor.data, tensor.tensor_type)))
        for tensor in read.tensors
    }
    with torch.device("meta"):  # its own first weights would be thrown away
        model = Llama(shape)
    wanted = model.state_dict()
    strange = sorted(wanted.keys() ^ weights.keys()) or sorted(
        name for name, weight in wanted.items() if weight.shape != weights[name].shape
    )
    if strange:
        raise ValueError(f"{len(strange)} of its layers are unknown, {strange[0]} among them")
    model.load_state_dict(weights, assign=True)
    return model.requires_grad_(False).eval()


def _plain(weights: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(weights, dtype=np.float32)  # its own memory: the file is only mapped


def _tokenizer(read: GGUFReader) -> Tokenizer:
    """Cuts text into the very tokens that llama.cpp does."""
    words = _value(read, "tokenizer.ggml.tokens")
    kinds = _value(read, "tokenizer.ggml.token_type")
    merges = [tuple(pair.split(" ")) for pair in _value(read, "tokenizer.ggml.merges")]
    splitter = SPLITTERS[_value(read, "tokenizer.ggml.pre")]
    found = Tokenizer(models.BPE({word: place for place, word in enumerate(words)}, merges))
    found.pre_tokenizer = pre_tokenizers.Sequence(
        [*splitter, pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    found.decoder = decoders.ByteLevel()
    marks = [word for word, kind in zip(words, kinds, strict=True) if kind in MARKS]
    found.add_special_tokens([AddedToken(mark, normalized=False) for mark in marks])
    return found


def _value(read: GGUFReader, name: str) -> Any:
    return read.fields[name].contents()


def lay_over(model: Llama, file: Path) -> None:
    """Put the adapter in `file`, as `write_adapter` wrote it, into a model that has none."""
    try:
        read = GGUFReader(file)
        weights = {one.name: torch.from_numpy(_plain(one.data)) for one in read.tensors}
        alpha = float(_value(read, Keys.Adapter.LORA_ALPHA))
        rank = next(len(weight) for name, weight in weights.items() if name.endswith("lora_a"))
        top = nn.ModuleList(list(model.blk)[-len({name.split(".")[1] for name in weights}) :])
        attach(top, rank=rank, alpha=alpha, rng=torch.Generator(), targets=TARGETS)
        with torch.no_grad():
            for layer, one in adapters(model):
                one.down_RI.copy_(weights.pop(f"{layer}.weight.lora_a"))
                one.up_OR.copy_(weights.pop(f"{layer}.weight.lora_b"))
        if weights:
            raise ValueError(f"{len(weights)} of its layers are unknown")
    except (*BROKEN, RuntimeError, StopIteration) as error:
        raise ReelwrightError(
            f"{file} holds no adapter of this model that can be read ({cleaned(error)}).",
            hint="Give a file that reelwright train studio has written for it.",
        ) from error
    model.requires_grad_(False)


def write_adapter(model: Llama, file: Path, *, name: str, licence: str, about: str) -> None:
    """The adapters of a model in half precision, for llama.cpp to lay over the model's file."""
    found = list(adapters(model))
    assert found, "a model without adapters"
    rank = found[0][1].down_RI.shape[0]
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    writer = GGUFWriter(beside, KIND)
    writer.add_type(GGUFType.ADAPTER)
    writer.add_string(Keys.Adapter.TYPE, "lora")
    writer.add_float32(Keys.Adapter.LORA_ALPHA, found[0][1].scale * rank)
    writer.add_name(name)
    writer.add_license(licence)
    writer.add_description(about)
    for layer, one in found:
        for part, weight in (("a", one.down_RI), ("b", one.up_OR)):
            half = weight.detach().half().contiguous().numpy()
            writer.add_tensor(
                f"{layer}.weight.lora_{part}", half, raw_dtype=GGMLQuantizationType.F16
            )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(file)  # whole, or what was there before
