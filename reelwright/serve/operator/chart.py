"""The day's answers as a picture: one column an hour, stacked by way, in units of the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.domain import Way
from reelwright.serve.operator.ledger import Hour

WIDTH, HEIGHT = 960, 220
GAP = 8  # between columns
STACK = (Way.NEAREST, Way.SAME_CONTENT, Way.EXACT)  # from the ground up
STEPS = (1, 2, 5)  # a scale goes by one of these times a power of ten
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a column."""

    way: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """What there is to draw: blocks, and lines of the scale with their numbers."""

    blocks: Sequence[Block]
    lines: Sequence[tuple[float, int]]  # y, and the number of answers there
    centres: Sequence[float]  # of the columns


def drawn(hours: Sequence[Hour]) -> Chart:
    """Columns as high as their answers; the highest line of the scale is the upper edge."""
    scale = scale_of(max((hour.total for hour in hours), default=0))
    top, step = scale[-1], WIDTH / max(1, len(hours))
    blocks = []
    for place, hour in enumerate(hours):
        below = 0
        for way in STACK:
            num = hour.answers[way]
            if num:
                y = HEIGHT * (1 - (below + num) / top)
                block = Block(
                    way.value,
                    round(place * step + GAP / 2, 2),
                    round(y, 2),
                    round(step - GAP, 2),
                    round(HEIGHT * num / top, 2),
                )
                blocks.append(block)
            below += num
    return Chart(
        blocks=blocks,
        lines=[(round(HEIGHT * (1 - mark / top), 2), mark) for mark in scale],
        centres=[round((place + 0.5) * step, 2) for place in range(len(hours))],
    )


def scale_of(most: int) -> list[int]:
    """Round numbers from 0 up to the first that holds `most`; at most five of them."""
    size = 1
    while True:
        for step in (size * one for one in STEPS):
            if step * MOST_LINES >= most:
                top = max(1, -(-most // step))
                return [step * mark for mark in range(top + 1)]
        size *= 10
