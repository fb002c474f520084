"""The encoder that needs nothing but its packages: words, pixels and sound, two branches apart.

Content is the meaning of title and tags, and weakly where in the picture there is something to see.
Creative is measured alone: cuts, motion, camera, light, colour, texture, sound. No word enters it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.features.creative import Style, traits, vector
from reelwright.features.encoder import Encoding
from reelwright.features.film import EVERY_S, MOST_S, Film, slopes, watch
from reelwright.features.look import look
from reelwright.features.motion import watch_motion
from reelwright.features.sound import RATE, hear
from reelwright.features.text import TextVectors
from reelwright.media.decode import sound

# What is seen weighs little beside what is said: a scene can carry many topics, and above this
# weight style is told from content once the topic is taken away (at .15 in .32 of the clips).
SEEN_WEIGHT = 0.1
LAYOUT = (5, 8)  # columns and rows
MARGIN = 0.2  # of the picture on every side


class LocalEncoder:
    """Encodes films on one core, in a fraction of their length. Safe to share among threads."""

    def __init__(self, texts: TextVectors | None = None) -> None:
        self.texts = texts or TextVectors()

    @property
    def version(self) -> str:
        return "local-1"

    def encode(self, film: Path, *, title: str, tags: Sequence[str] = ()) -> Encoding:
        """Both vectors and the traits of the film at `film`. Title and tags may be empty."""
        style = measure(film)
        content = unit(np.concatenate([self.said(title, tags), SEEN_WEIGHT * layout(style.film)]))
        return Encoding(content=content, creative=vector(style), traits=traits(style))

    def said(self, title: str, tags: Sequence[str]) -> NDArray[np.float32]:
        """The meaning of title and tags: all tags together weigh as much as the title."""
        return unit(self.texts.encode([title, ", ".join(tags)]).sum(0))


def measure(film: Path) -> Style:
    """Everything that is measured of how a film is made; every encoder tells its traits so."""
    seen = watch(film)
    return Style(
        film=seen,
        motion=watch_motion(seen.grey_THW, EVERY_S),
        look=look(seen.colour_THWC),
        heard=hear(sound(film, rate=RATE, end_s=MOST_S)),
    )


def layout(film: Film) -> NDArray[np.float32]:
    """Where in the middle of the picture there is something to see, against the rest of it.

    Frames and vignettes stand at the border, light and colour are grading: all of that is style.
    """
    edges: NDArray[np.float64] = np.zeros(LAYOUT[::-1])
    for grey in film.grey_THW:
        top, left = (round(MARGIN * side) for side in grey.shape)
        slope = slopes(grey[top : len(grey) - top, left : grey.shape[1] - left])
        edges += standard(np.asarray(cv2.resize(slope, LAYOUT, interpolation=cv2.INTER_AREA)))
    return unit(standard(edges).ravel())


def standard(values: NDArray[Any]) -> NDArray[np.float64]:
    centred = values.astype(np.float64) - values.mean()
    return np.asarray(centred / max(float(centred.std()), 1e-6))


def unit(values: NDArray[Any]) -> NDArray[np.float32]:
    """The vector with length 1; zeros stay zeros."""
    length = float(np.linalg.norm(values))
    return (values / length if length > 0 else values).astype(np.float32)
