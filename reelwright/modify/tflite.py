"""Networks in TensorFlow Lite's files, run by ai-edge-litert.

Imported only where that package is installed. One of MediaPipe's networks holds steps that only
MediaPipe can run: `mesh.py` does these itself, between the two halves that `half` cuts out here.
"""

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from flatbuffers import flexbuffers

from reelwright.modify.nets import Floats

MARK = b"TFL3"  # of the file format


class TfliteNet:
    """One network. It holds what it computes with, so that two threads may not share it."""

    def __init__(self, model: bytes) -> None:
        self._engine = Interpreter(model_content=model, num_threads=1)
        self._engine.allocate_tensors()
        self._into = self._engine.get_input_details()
        self._out = self._engine.get_output_details()

    def __call__(self, *given: Floats) -> tuple[Floats, ...]:
        for place, value in zip(self._into, given, strict=True):
            self._engine.set_tensor(place["index"], value.reshape(place["shape"]))
        self._engine.invoke()
        return tuple(self._engine.get_tensor(place["index"]) for place in self._out)


def half(model: bytes, given: Sequence[int], wanted: Sequence[int]) -> bytes:
    """A network of those steps that lead from the tensors `given` to the `wanted` ones."""
    parsed = _parsed(model)
    graph = parsed.subgraphs[0]
    makes = {int(out): step for step in graph.operators for out in step.outputs}
    kept, missing = set(), list(wanted)
    while missing:
        tensor = missing.pop()
        step = makes.get(tensor)
        if tensor in given or step is None or id(step) in kept:
            continue
        kept.add(id(step))
        missing += [int(source) for source in step.inputs if source >= 0]
    graph.operators = [step for step in graph.operators if id(step) in kept]
    graph.inputs, graph.outputs = list(given), list(wanted)
    parsed.signatureDefs = None
    writer = flatbuffers.Builder(len(model))
    writer.Finish(parsed.Pack(writer), MARK)
    return bytes(writer.Output())


def custom_options(model: bytes, name: bytes) -> list[dict[str, Any]]:
    """What the steps called `name` were told, in their order."""
    parsed = _parsed(model)
    return [
        flexbuffers.Loads(np.asarray(step.customOptions, np.uint8).tobytes())
        for step in parsed.subgraphs[0].operators
        if parsed.operatorCodes[step.opcodeIndex].customCode == name
    ]


def _parsed(model: bytes) -> Any:
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
