"""Weights in a form that the engine multiplies fast. Needs the `llm` extra.

llama.cpp has fast kernels for some ways of packing weights only. A file of another kind is packed
anew, once, in 8 bits with a scale for every 32 weights: the same numbers to a part in hundreds,
and a prompt is read twice as fast (docs/log.md).
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

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


def quick(model: Path, kept: Path) -> Path:
    """The file for the engine: the model itself, or what `kept` has in its place."""
    name = f"{model.stem}-{_mark(model)}.gguf"
    if (kept / name).is_file():
        return kept / name
    beside = kept / f".{name}.{os.getpid()}"  # several workers may begin at once
    try:
        read = GGUFReader(model)
        if not any(tensor.tensor_type in SLOW for tensor in read.tensors):
            return model
        kept.mkdir(parents=True, exist_ok=True)
        _pack(read, beside)
        return beside.replace(kept / name)
    except (OSError, ValueError, KeyError, IndexError):  # the engine says what is wrong with it
        return model
    finally:
        with suppress(OSError):
            beside.unlink()


def _mark(model: Path) -> str:
    """What tells this very file from another of its name without reading all of it."""
    about = model.stat()
    told = f"{model.resolve()} {about.st_size} {about.st_mtime_ns} {FAST.name}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _pack(read: GGUFReader, file: Path) -> None:
    writer = GGUFWriter(file, read.fields[Keys.General.ARCHITECTURE].contents())
    for field in read.fields.values():
        if field.name == Keys.General.ARCHITECTURE or field.name.startswith("GGUF."):
            continue  # the writer has these of its own
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    for tensor in read.tensors:
        if tensor.tensor_type in SLOW:
            packed = quantize(dequantize(tensor.data, tensor.tensor_type), FAST)
            writer.add_tensor(tensor.name, packed, raw_dtype=FAST)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
