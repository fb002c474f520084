"""Weights in a form that the engine multiplies fast. Needs the `llm` extra.

llama.cpp has fast kernels for some ways of packing weights only, and what an adapter adds it
computes anew with every word. So a file of another kind, or one with an adapter, is packed anew,
once, in 8 bits with a scale for every 32 weights: the same numbers to a part in hundreds, and a
plan takes about half the time (docs/log.md).
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from gguf import (
    GGMLQuantizationType,
    GGUFReader,
    GGUFValueType,
    GGUFWriter,
    Keys,
    dequantize,
    quantize,
)

SLOW = {GGMLQuantizationType.Q4_1, GGMLQuantizationType.Q5_1}
FAST = GGMLQuantizationType.Q8_0
GROUP = 32  # weights that share a scale
BROKEN = (OSError, ValueError, KeyError, IndexError)


def quick(model: Path, kept: Path, adapter: Path | None = None) -> Path | None:
    """The file for the engine, adapter and all: the model itself, or what `kept` has in its place.

    Nothing where it cannot be made: the engine then takes both as they are, and says what is wrong.
    """
    beside = None
    try:
        name = f"{model.stem}-{_mark(model, adapter)}.gguf"
        if (kept / name).is_file():
            return kept / name
        read = GGUFReader(model)
        if not adapter and not any(tensor.tensor_type in SLOW for tensor in read.tensors):
            return model
        learned = _Learned(adapter) if adapter else None
        kept.mkdir(parents=True, exist_ok=True)
        beside = kept / f".{name}.{os.getpid()}"  # several workers may begin at once
        _pack(read, learned, beside)
        return beside.replace(kept / name)
    except BROKEN:
        return None
    finally:
        if beside:
            with suppress(OSError):
                beside.unlink()


def _mark(*files: Path | None) -> str:
    """What tells these very files from others of their names without reading all of them."""
    told = [FAST.name]
    for file in filter(None, files):
        about = file.stat()
        told.append(f"{file.resolve()} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


class _Learned:
    """What an adapter adds to the weights of a layer."""

    def __init__(self, adapter: Path) -> None:
        read = GGUFReader(adapter)
        self.alpha = float(read.fields[Keys.Adapter.LORA_ALPHA].contents())
        self.parts = {tensor.name: tensor for tensor in read.tensors}

    def __contains__(self, layer: str) -> bool:
        return f"{layer}.lora_a" in self.parts

    def of(self, layer: str) -> Any:
        down_RI, up_OR = (
            dequantize(part.data, part.tensor_type)
            for part in (self.parts[f"{layer}.lora_a"], self.parts[f"{layer}.lora_b"])
        )
        return self.alpha / len(down_RI) * (up_OR @ down_RI)


def _pack(read: GGUFReader, learned: _Learned | None, file: Path) -> None:
    writer = GGUFWriter(file, read.fields[Keys.General.ARCHITECTURE].contents())
    for field in read.fields.values():
        if field.name == Keys.General.ARCHITECTURE or field.name.startswith("GGUF."):
            continue  # the writer has these of its own
        sort = field.types[0]
        inner = field.types[-1] if sort == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), sort, sub_type=inner)
    for tensor in read.tensors:
        is_taught = learned is not None and tensor.name in learned
        if is_taught or tensor.tensor_type in SLOW:
            weights = dequantize(tensor.data, tensor.tensor_type)
            if learned and is_taught:
                weights = weights + learned.of(tensor.name)
            kind = FAST if weights.shape[-1] % GROUP == 0 else GGMLQuantizationType.F32
            writer.add_tensor(tensor.name, quantize(weights, kind), raw_dtype=kind)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
