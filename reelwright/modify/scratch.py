"""Arrays that wait on the disk for a second pass: memory stays flat in the length of a take."""

import os
import tempfile
import weakref
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Nameless:
    """A file without a name, which is gone when its maker is, however it ends."""

    def __init__(self, folder: Path | None) -> None:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115, it lives as long as we do
        self._handle = file.fileno()
        self._end = 0
        self.close = weakref.finalize(self, file.close)

    def add(self, data: bytes) -> int:
        """Write at its end; where that was."""
        place, left = self._end, memoryview(data)
        while left:
            written = os.pwrite(self._handle, left, self._end)
            self._end, left = self._end + written, left[written:]
        return place

    def read(self, place: int, size: int) -> bytes:
        return os.pread(self._handle, size, place)


class Scratch:
    """Arrays by key."""

    def __init__(self, folder: Path) -> None:
        self._file = Nameless(folder)
        self._places: dict[Hashable, tuple[int, tuple[int, ...], np.dtype[Any]]] = {}
        self.close = self._file.close

    def put(self, key: Hashable, array: NDArray[Any]) -> None:
        """Keep it; a key is given once."""
        assert key not in self._places, f"{key} lies there already"
        self._places[key] = (self._file.add(array.tobytes()), array.shape, array.dtype)

    def get(self, key: Hashable) -> NDArray[Any]:
        """A copy of what was kept."""
        place, shape, kind = self._places[key]
        data = self._file.read(place, int(np.prod(shape)) * kind.itemsize)
        return np.frombuffer(data, kind).reshape(shape)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._places


class DiskRows:
    """One array whose rows, along its first axis, are read when they are asked for."""

    def __init__(self, blocks: Iterable[NDArray[Any]]) -> None:
        self._file, self._len = Nameless(None), 0
        for block in blocks:
            if not self._len:
                self._row, self.dtype = block.shape[1:], block.dtype
                self._size = int(np.prod(self._row)) * self.dtype.itemsize
            if (block.shape[1:], block.dtype) != (self._row, self.dtype):
                raise ValueError(f"rows of {block.shape[1:]} among those of {self._row}")
            self._file.add(block.tobytes())
            self._len += len(block)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._len, *self._row

    def __len__(self) -> int:
        return self._len

    def __getitem__(self, row: int, /) -> NDArray[Any]:
        place = range(self._len)[row]  # counts from the end, and refuses what is beyond it
        data = self._file.read(place * self._size, self._size)
        return np.frombuffer(data, self.dtype).reshape(self._row)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[row] for row in range(self._len))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.stack(list(self)).astype(dtype or self.dtype, copy=False)
