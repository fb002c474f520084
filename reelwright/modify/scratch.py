"""Arrays that wait on the disk for a second pass: memory stays flat in the length of a take."""

import os
import tempfile
import weakref
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Scratch:
    """Arrays by key in a file without a name, which is gone when its maker is, however it ends."""

    def __init__(self, folder: Path) -> None:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115, it lives as long as we do
        self._handle = file.fileno()
        self._end = 0
        self._places: dict[Hashable, tuple[int, tuple[int, ...], np.dtype[Any]]] = {}
        self.close = weakref.finalize(self, file.close)

    def put(self, key: Hashable, array: NDArray[Any]) -> None:
        """Keep it; a key is given once."""
        assert key not in self._places, f"{key} lies there already"
        left = memoryview(array.tobytes())
        self._places[key] = (self._end, array.shape, array.dtype)
        while left:
            written = os.pwrite(self._handle, left, self._end)
            self._end, left = self._end + written, left[written:]

    def get(self, key: Hashable) -> NDArray[Any]:
        """A copy of what was kept."""
        place, shape, kind = self._places[key]
        data = os.pread(self._handle, int(np.prod(shape)) * kind.itemsize, place)
        return np.frombuffer(data, kind).reshape(shape)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._places
