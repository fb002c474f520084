"""Networks in TensorFlow Lite's files, run by ai-edge-litert.

Imported only where that package is installed. One of MediaPipe's networks holds steps that only
MediaPipe can run: `mesh.py` does these itself, between the two halves that `half` cuts out here.
"""

import os
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from flatbuffers import flexbuffers

from reelwright.modify.nets import Floats

INPUTS, OUTPUTS, OPERATORS = 6, 8, 10  # the slots of a graph in the file format


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


@contextmanager
def hushed() -> Iterator[None]:
    """Without the line that the engine writes past Python when its first network is made."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def half(model: bytes, given: Sequence[int], wanted: Sequence[int]) -> bytes:
    """A network of those steps that lead from the tensors `given` to the `wanted` ones.

    It is the same file with other lists: of its steps, shorter; of what goes in and comes out.
    """
    file = bytearray(model)
    graph = _graph(model)
    kept = _on_the_way(graph, set(given), wanted)
    table = graph._tab
    steps = table.Vector(table.Offset(OPERATORS))
    for place, number in enumerate(kept):  # a list of ways from each of its places to a step
        at = steps + 4 * place
        struct.pack_into("<I", file, at, graph.Operators(number)._tab.Pos - at)
    struct.pack_into("<I", file, steps - 4, len(kept))
    for slot, tensors in ((INPUTS, given), (OUTPUTS, wanted)):
        file += bytes(-len(file) % 4)
        at = table.Pos + table.Offset(slot)
        struct.pack_into("<I", file, at, len(file) - at)
        file += struct.pack(f"<I{len(tensors)}i", len(tensors), *tensors)
    return bytes(file)


def custom_options(model: bytes, name: bytes) -> list[dict[str, Any]]:
    """What the steps called `name` were told, in their order."""
    parsed = schema.Model.GetRootAs(model, 0)
    graph = parsed.Subgraphs(0)
    steps = (graph.Operators(number) for number in range(graph.OperatorsLength()))
    return [
        flexbuffers.Loads(step.CustomOptionsAsNumpy().tobytes())
        for step in steps
        if parsed.OperatorCodes(step.OpcodeIndex()).CustomCode() == name
    ]


def _graph(model: bytes) -> Any:
    return schema.Model.GetRootAs(model, 0).Subgraphs(0)


def _on_the_way(graph: Any, given: set[int], wanted: Sequence[int]) -> list[int]:
    """The numbers of the steps without which the wanted tensors cannot be had, in their order."""
    steps = [graph.Operators(number) for number in range(graph.OperatorsLength())]
    makes = {int(out): n for n, step in enumerate(steps) for out in step.OutputsAsNumpy()}
    kept: set[int] = set()
    missing = list(wanted)
    while missing:
        tensor = missing.pop()
        number = makes.get(tensor)
        if tensor not in given and number is not None and number not in kept:
            kept.add(number)
            missing += [int(source) for source in steps[number].InputsAsNumpy()]
    return sorted(kept)
