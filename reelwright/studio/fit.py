"""What of a kit fits some words: scenes and subjects compared by the meaning of their texts."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Kit

Vector = NDArray[np.float32]
Texts = Callable[[Sequence[str]], NDArray[np.float32]]  # unit vectors, one row a text


class Fit:
    """Compares words with all that a kit can draw, whose vectors are made once."""

    def __init__(self, kit: Kit, texts: Texts) -> None:
        self.kit = kit
        self._texts = texts

    def vector(self, weights: Mapping[str, float]) -> Vector:
        """The weighted mean of some texts, as a unit vector."""
        assert weights, "no words to compare with"
        rows = self._texts(list(weights))
        mean: Vector = np.asarray(list(weights.values()), dtype=np.float32) @ rows
        return mean / max(float(np.linalg.norm(mean)), 1e-9)

    def scenes(self, words: Vector) -> Vector:
        """The similarity of every scene, in the kit's order; likewise below."""
        return self._scenes @ words

    def subjects(self, words: Vector) -> Vector:
        return self._subjects @ words

    def styles(self, words: Vector) -> Vector:
        return self._styles @ words

    def scene(self, name: str) -> Vector:
        """The meaning of one scene."""
        row: Vector = self._scenes[[scene.name for scene in self.kit.scenes].index(name)]
        return row

    def subject(self, glyph: str) -> Vector:
        """The meaning of one subject."""
        row: Vector = self._subjects[[subject.glyph for subject in self.kit.subjects].index(glyph)]
        return row

    @cached_property
    def _scenes(self) -> Vector:
        return self._texts([scene.about for scene in self.kit.scenes])

    @cached_property
    def _subjects(self) -> Vector:
        return self._texts([subject.about for subject in self.kit.subjects])

    @cached_property
    def _styles(self) -> Vector:
        return self._texts([style.about for style in self.kit.styles])
