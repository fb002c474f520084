"""What every encoder promises: a film and its words become two vectors and named measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Traits


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a film is about (`content`), how it is made (`creative`), and that in plain measures."""

    content: NDArray[np.float32]
    creative: NDArray[np.float32]
    traits: Traits


class Encoder(Protocol):
    """Turns a film into an Encoding. The same film, words and version give the same vectors."""

    @property
    def version(self) -> str:
        """Names the vector space; vectors of two versions do not compare."""

    def encode(self, film: Path, *, title: str, tags: Sequence[str] = ()) -> Encoding: ...
