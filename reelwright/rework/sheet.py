"""A take and what was made of it on one page: its worlds below each other, moments side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import skia

from reelwright.media.decode import Image
from reelwright.modify.performance import Floats
from reelwright.render.page import FAINT, GROUND, INK, STRONG, TEXT, colour, picture, write

MOMENTS = 5
EDGE, GAP = 56.0, 14.0
LABEL, FOOT = 58.0, 34.0  # heights of a row's name, and of the times below the last
MOST_WIDE, MOST_HIGH = 480.0, 420.0  # of a picture
AS_FILMED = "as filmed"


@dataclass(slots=True)
class Moments:
    """A stage that changes nothing and remembers some frames, small."""

    numbers: tuple[int, ...]
    size: tuple[int, int]
    seen: dict[int, Image] = field(default_factory=dict)

    def __call__(self, number: int, frame: Image, alpha: Floats) -> Image:
        if number in self.numbers:
            small = cv2.resize(frame, self.size, interpolation=cv2.INTER_AREA)
            self.seen[number] = np.asarray(small, np.uint8)
        return frame


def moments(width: int, height: int, count: int) -> Moments:
    """Evenly spread over the take, none at its very ends."""
    scale = min(MOST_WIDE / width, MOST_HIGH / height)
    few = min(MOMENTS, count)
    numbers = tuple(int((place + 0.5) * count / few) for place in range(few))
    return Moments(numbers, (max(2, round(width * scale)), max(2, round(height * scale))))


def page(rows: Mapping[str, Moments], times_s: Mapping[int, float]) -> skia.Surface:
    """The page: one row a world, the first as it was filmed."""
    one = next(iter(rows.values()))
    wide, high = one.size
    width = 2 * EDGE + len(one.numbers) * (wide + GAP) - GAP
    height = 2 * EDGE + len(rows) * (high + LABEL) + FOOT
    surface = skia.Surface(round(width), round(height))
    with surface as canvas:
        canvas.clear(colour(GROUND))
        for row, (name, kept) in enumerate(rows.items()):
            y = EDGE + row * (high + LABEL)
            ink = FAINT if name == AS_FILMED else INK
            write(canvas, name, STRONG, 30, EDGE, y, ink=ink)
            for column, number in enumerate(kept.numbers):
                if (frame := kept.seen.get(number)) is not None:
                    x = EDGE + column * (wide + GAP)
                    box = skia.Rect.MakeXYWH(x, y + LABEL - 14, wide, high)
                    picture(canvas, frame, box, 8)
        for column, number in enumerate(one.numbers):
            x = EDGE + column * (wide + GAP)
            told = f"{times_s[number]:.2f} s"
            write(canvas, told, TEXT, 20, x, EDGE + len(rows) * (high + LABEL), ink=FAINT)
    return surface
