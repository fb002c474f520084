"""Vectors that need not all be in memory at once: read in chunks, seen through what came before."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# N vectors, D dimensions of the file's or the encoder's, K centroids of a level.

Floats = NDArray[np.float32]
CHUNK = 8192  # vectors that are worked on at once


class Rows(Protocol):
    """N vectors, some of which are copied out by a slice or by their numbers; an array is one."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class VectorFile:
    """Vectors in a file of little-endian float32; what is not asked for holds no memory."""

    path: Path
    dim: int

    def __len__(self) -> int:
        return self.path.stat().st_size // (4 * self.dim)

    def __getitem__(self, rows: slice | NDArray[np.intp], /) -> Floats:
        mapped_ND = np.memmap(self.path, "<f4", mode="r", shape=(len(self), self.dim))
        return np.array(mapped_ND[rows])
