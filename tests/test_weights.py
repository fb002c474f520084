"""Weights packed anew for the engine: the same model, once, and only where it helps."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, dequantize, quantize
from tiny_llama import SHAPE, tiny, write_tiny

from reelwright.learning.lora import adapters
from reelwright.studio.weights import FAST, quick
from reelwright.tuning.fit import Course, attach
from reelwright.tuning.gguf_file import open_model, write_adapter

KINDS = GGMLQuantizationType


def packed(file: Path, kind: GGMLQuantizationType) -> Path:
    """The tiny model with its matrices packed in such a way, as far as their rows allow it."""
    plain = GGUFReader(write_tiny(file.with_suffix(".plain")))
    writer = GGUFWriter(file, "llama")
    for field in plain.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            inner = field.types[-1] if len(field.types) > 1 else None
            writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=inner)
    for tensor in plain.tensors:
        if tensor.data.ndim == 2 and tensor.data.shape[1] % 32 == 0:
            writer.add_tensor(tensor.name, quantize(tensor.data, kind), raw_dtype=kind)
        else:
            writer.add_tensor(tensor.name, tensor.data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def test_slow_weights_are_packed_anew_and_say_the_same(tmp_path: Path) -> None:
    model = packed(tmp_path / "slow.gguf", KINDS.Q4_1)
    found = quick(model, tmp_path / "kept")
    assert found
    assert found.parent == tmp_path / "kept"
    before, after = GGUFReader(model), GGUFReader(found)
    assert before.fields.keys() == after.fields.keys()
    for old, new in zip(before.tensors, after.tensors, strict=True):
        assert old.name == new.name
        assert new.tensor_type == (FAST if old.tensor_type == KINDS.Q4_1 else old.tensor_type)
        was, now = dequantize(old.data, old.tensor_type), dequantize(new.data, new.tensor_type)
        assert np.abs(was - now).max() <= np.abs(was).max() / 127
    (one, words), (other, same_words) = open_model(model), open_model(found)
    assert words.get_vocab() == same_words.get_vocab()
    tokens = torch.arange(20)[None]
    said, same = one.logits(one(tokens)).flatten(), other.logits(other(tokens)).flatten()
    assert torch.corrcoef(torch.stack((said, same)))[0, 1] > 0.995


def test_what_an_adapter_adds_is_packed_into_the_weights(tmp_path: Path) -> None:
    """As torch has it, which computes it beside them."""
    model = packed(tmp_path / "fast.gguf", KINDS.Q8_0)
    taught, _ = open_model(model)
    attach(taught, Course(blocks=2, rank=4), seed=1)
    chance = torch.Generator().manual_seed(2)
    for _, one in adapters(taught):
        one.up_OR.data = torch.randn(one.up_OR.shape, generator=chance) * 0.3
    write_adapter(taught, tmp_path / "learned.gguf", name="n", licence="l", about="a")
    found = quick(model, tmp_path / "kept", tmp_path / "learned.gguf")
    assert found
    tokens = torch.arange(20)[None]
    (plain, _), (both, _) = open_model(model), open_model(found)
    said, wanted, before = (
        one.logits(one(tokens)).detach().flatten() for one in (both, taught, plain)
    )
    assert torch.corrcoef(torch.stack((said, wanted)))[0, 1] > 0.995
    assert torch.corrcoef(torch.stack((said, before)))[0, 1] < 0.9, "it adds something"
    other = quick(model, tmp_path / "kept", write_again(tmp_path / "learned.gguf"))
    assert other != found


def write_again(file: Path) -> Path:
    os.utime(file, ns=(5, 5))
    return file


@pytest.mark.parametrize("kind", [KINDS.Q8_0, KINDS.Q4_0, KINDS.F16])
def test_what_is_fast_stays_where_it_is(tmp_path: Path, kind: GGMLQuantizationType) -> None:
    model = packed(tmp_path / "fast.gguf", kind)
    assert quick(model, tmp_path / "kept") == model
    assert not (tmp_path / "kept").exists()


def test_it_is_done_once_for_a_file_and_anew_for_another(tmp_path: Path) -> None:
    model, kept = packed(tmp_path / "slow.gguf", KINDS.Q4_1), tmp_path / "kept"
    first = quick(model, kept)
    assert first
    written = first.stat().st_mtime_ns
    assert quick(model, kept) == first
    assert first.stat().st_mtime_ns == written
    os.utime(model, ns=(1, 1))
    assert quick(model, kept) != first
    assert len(list(kept.iterdir())) == 2


@pytest.mark.parametrize("fault", ["not a model", "a full disk"])
def test_where_it_cannot_be_done_the_engine_is_left_to_say_so(tmp_path: Path, fault: str) -> None:
    model, kept = packed(tmp_path / "slow.gguf", KINDS.Q4_1), tmp_path / "kept"
    if fault == "not a model":
        model.write_bytes(b"GGUF" + bytes(40))
    else:
        kept.write_text("no folder")
    assert quick(model, kept) is None
    assert not kept.is_dir() or not list(kept.iterdir())


def test_the_tiny_model_has_rows_to_pack() -> None:
    """Else nothing above would be packed."""
    assert SHAPE.width % 32 == 0
    assert tiny().blk
