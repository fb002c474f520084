"""What was measured of a take over its time, as lines: the page draws them without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDE, ROW, GAP = 960.0, 54.0, 18.0  # units of the drawing, for every size of a page
NAMES = {"mouth": "Mouth", "loudness": "Loudness", "motion": "Motion"}


@dataclass(frozen=True, slots=True)
class Curve:
    """One line, in pieces where nothing was seen between."""

    name: str
    words: str
    top: float
    foot: float
    paths: tuple[str, ...]
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All lines below each other, over the same seconds."""

    high: float
    curves: tuple[Curve, ...]
    cuts: tuple[float, ...]
    speech: tuple[tuple[float, float], ...]  # from, and how wide
    ticks: tuple[tuple[float, str], ...]


def drawn(facts: Mapping[str, Any]) -> Drawing | None:
    """The drawing of a measured take; None before it is measured."""
    told = {name: values for name, values in facts.get("curves", {}).items() if values}
    if not told:
        return None
    end_s = max(float(facts["duration_s"]), 1e-3)
    curves = []
    for row, (name, values) in enumerate(told.items()):
        top = row * (ROW + GAP)
        pieces = list(parts(values, top))
        curves.append(
            Curve(
                name,
                NAMES[name],
                top,
                top + ROW,
                tuple(_line(piece) for piece in pieces),
                tuple(_area(piece, top + ROW) for piece in pieces),
            )
        )
    return Drawing(
        high=len(curves) * (ROW + GAP) - GAP,
        curves=tuple(curves),
        cuts=tuple(round(WIDE * at_s / end_s, 1) for at_s in facts["shots"][1:]),
        speech=tuple(
            (round(WIDE * start / end_s, 1), round(WIDE * (end - start) / end_s, 1))
            for start, end in facts["speech"]
        ),
        ticks=tuple((WIDE * part / 4, f"{end_s * part / 4:.1f} s") for part in range(5)),
    )


def parts(values: Sequence[float | None], top: float) -> Sequence[list[tuple[float, float]]]:
    """Runs of points that were seen."""
    found: list[list[tuple[float, float]]] = [[]]
    step = WIDE / max(1, len(values) - 1)
    for place, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((round(place * step, 1), round(top + ROW * (1 - value), 1)))
    return [piece for piece in found if piece]


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _area(points: Sequence[tuple[float, float]], foot: float) -> str:
    return f"{_line(points)}L{points[-1][0]} {foot}L{points[0][0]} {foot}Z"
