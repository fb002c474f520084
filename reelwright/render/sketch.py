"""A plan drawn small and with few frames: enough to be looked at before the whole is drawn."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Format
from reelwright.features.film import EVERY_S, SIDE
from reelwright.render.film import Desk, Film


def sketched(form: Format) -> Format:
    """The same shape as large, and with as many frames, as eyes look at: more would be unseen.

    Smaller, grain and edges read otherwise than in the whole film: of 35 clips of the demo three
    had another first creative code at 216 or 270 pixels, and none at 360.
    """
    scale = min(1.0, SIDE / min(form.width, form.height))
    width, height = (2 * round(scale * side / 2) for side in (form.width, form.height))
    return replace(form, width=width, height=height, fps=min(form.fps, round(1 / EVERY_S)))


def frames(film: Film) -> Iterator[NDArray[np.uint8]]:
    """Every frame in order, as BGR."""
    desk = Desk.of(film.form.width, film.form.height)
    return (film.bgr(frame, desk) for frame in range(film.count))
