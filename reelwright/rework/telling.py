"""What a page tells of a take and of what was made of it, as plain data that rows can keep."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.modify.analyse import Analysed
from reelwright.modify.card import WORDS, Card
from reelwright.modify.expression import curves
from reelwright.modify.performance import Performance
from reelwright.modify.promise import (
    AT_LEAST,
    AT_MOST,
    LESS_THAN_SOURCE,
    OF_SOURCE,
    STRENGTHS,
    Broken,
)

POINTS = 240  # of a curve: more than a page is wide cannot be seen
SILENT_DB, LOUD_DB = -60.0, -6.0  # from the foot of the curve to its top
UPPER = 98  # the percentile that reaches a curve's top: one leap must not flatten the rest


def take_told(performance: Performance, analysed: Analysed, more: Sequence[str]) -> dict[str, Any]:
    """The facts of an analysis, and three curves from 0 to 1; None in them for what is not seen."""
    known = performance.footage
    return {
        "frames": known.num_frames,
        "people": len(performance.performers),
        "shots": [float(known.times_N[first]) for first in performance.shots],
        "speech": [list(span) for span in performance.speech],
        "seen_by": [list(one) for one in performance.seen_by],
        "notes": [one for one in (*analysed.notes, *more) if one],
        "curves": {
            "mouth": curve(mouth(performance)),
            "loudness": curve(loudness(performance), full=1.0) if known.has_sound else [],
            "motion": curve(motion(performance)),
        },
    }


def mouth(performance: Performance) -> NDArray[np.float64]:
    """How far the foremost performer's mouth is open."""
    if not performance.performers:
        return np.full(performance.footage.num_frames, np.nan)
    return curves(performance.performers[0].face_NP3)["mouth"]


def loudness(performance: Performance) -> NDArray[np.float64]:
    share = (performance.loudness_N.astype(np.float64) - SILENT_DB) / (LOUD_DB - SILENT_DB)
    return np.clip(share, 0.0, 1.0)


def motion(performance: Performance) -> NDArray[np.float64]:
    """How far the picture moves to the next frame, in the mean."""
    flows = (flow_HW2.astype(np.float64) for flow_HW2 in performance.flow_NHW2)
    lengths = np.array([np.linalg.norm(flow_HW2, axis=2).mean() for flow_HW2 in flows])
    lengths[-1] = lengths[-2]  # behind the last frame nothing follows
    return lengths


def curve(values_N: NDArray[np.float64], *, full: float | None = None) -> list[float | None]:
    """At most `POINTS` values from 0 to 1, each the highest of its frames."""
    if not np.isfinite(values_N).any():
        return []
    top = full or float(np.nanpercentile(values_N, UPPER)) or 1.0
    parts = np.array_split(values_N, min(POINTS, len(values_N)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of frames in which nothing is seen
        highest = [float(np.nanmax(part)) for part in parts]
    return [round(min(1.0, one / top), 3) if np.isfinite(one) else None for one in highest]


def card_told(
    card: Card, strength: str, broken: Sequence[Broken], times: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """The figures of a card in their order: value, promise, and when it is worst."""
    place = STRENGTHS.index(strength)
    fell = {one.name for one in broken}
    lines = []
    for name, figure in card.figures.items():
        value, worst = figure.value, figure.worst_frame
        lines.append(
            {
                "name": name,
                "words": WORDS[name],
                "value": value if value is None else round(value, 4),
                "promise": promised(name, place),
                "broken": name in fell,
                "absent": figure.absent,
                "frame": worst,
                "at_s": None if worst is None else round(float(times[worst]), 3),
            }
        )
    return lines


def promised(name: str, place: int) -> str:
    """What a strength promises of a figure, in words; empty where it promises nothing."""
    kind, bars = (
        ("at least", AT_LEAST[name]) if name in AT_LEAST else ("at most", AT_MOST.get(name))
    )
    if bars is None or bars[place] is None:
        return ""
    words = f"{kind} {bars[place]:g}"
    if name in OF_SOURCE:
        return f"{words} of the footage’s"
    return f"{words} below the footage’s" if name in LESS_THAN_SOURCE else words
