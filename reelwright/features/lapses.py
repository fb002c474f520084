"""Where a film shows nothing, does not move, or falls silent: as stretches of time."""

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image

# T samples, H rows, W columns.

Stretch = tuple[float, float]  # from when to when, in seconds
Flags = NDArray[np.bool_]

BRIGHTEST = 98.0  # percentile of a picture that is as bright as it gets, specks left out
# Of 255, as a screen shows it. Of 178 shots of the demo's plans the darkest, by night, has 54.
BLACK = 24.0
BLACK_LEAST_S = 0.25
# Mean change of small pictures, in levels of 255. The calmest of these shots, a white mountain
# under a camera at rest, keeps above .1; film grain alone stays below, seen in coarse blocks.
STILL = 0.03
STILL_LEAST_S = 1.0
SILENT_DB = -50.0  # of full scale; within the clips of the demo no moment falls below -41
SILENT_LEAST_S = 0.5
WINDOW_S = 0.05


def black(grey_THW: Image, every_s: float) -> list[Stretch]:
    """Where nothing is to be seen."""
    brightest_T = np.percentile(grey_THW, BRIGHTEST, axis=(1, 2))
    return stretches(brightest_T < BLACK, every_s, BLACK_LEAST_S)


def frozen(grey_THW: Image, every_s: float) -> list[Stretch]:
    """Where picture after picture is the same."""
    pictures_THW = grey_THW.astype(np.float32)
    change_T = np.abs(np.diff(pictures_THW, axis=0)).mean(axis=(1, 2))
    return [
        (start_s, end_s + every_s)  # the picture before the first that is like it belongs to it
        for start_s, end_s in stretches(change_T < STILL, every_s, STILL_LEAST_S - every_s)
    ]


def silent(sound: NDArray[np.float32], rate: int) -> list[Stretch]:
    """Where a sound (n, 2) cannot be heard."""
    window = round(rate * WINDOW_S)
    count = len(sound) // window
    power_T = np.square(sound[: count * window]).reshape(count, -1).mean(axis=1)
    level_db_T = 10 * np.log10(power_T + 1e-12)
    return stretches(level_db_T < SILENT_DB, WINDOW_S, SILENT_LEAST_S)


def stretches(flags_T: Flags, every_s: float, least_s: float) -> list[Stretch]:
    """The runs of samples that are true, those shorter than `least_s` left out."""
    return [
        (start * every_s, end * every_s)
        for start, end in _runs(flags_T)
        if (end - start) * every_s >= least_s - 1e-9
    ]


def _runs(flags_T: Flags) -> Iterator[tuple[int, int]]:
    """From which sample to before which one, for every run."""
    place = 0
    for flag, run in itertools.groupby(flags_T.tolist()):
        length = len(list(run))
        if flag:
            yield place, place + length
        place += length
