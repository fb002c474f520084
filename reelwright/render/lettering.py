"""Words become lines that fit a box: measured by a real shaper, broken evenly, never cut off."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwright.render.bidi import right_to_left
from reelwright.render.breaking import Word, syllables, takes_hyphen, words
from reelwright.render.clusters import clusters
from reelwright.render.fonts import drawable
from reelwright.render.line import laid_out
from reelwright.render.shaping import Setting, capitals, extent, measured, spoken

SMALLEST = 0.030  # of the short side: below this nobody reads on a phone
COMFORTABLE = 0.062  # rather than set a long word smaller than this, it is broken
ELLIPSIS = "…"
MOST_WORDS = 24  # more than anybody reads while a shot lasts
CAPITALS, DESCENDERS = 0.70, 0.20  # what a line has room for, whatever its letters


@dataclass(frozen=True, slots=True)
class Box:
    """Where type may stand, in pixels of the frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Piece:
    """What moves by itself, a word mostly: its text and its place."""

    text: str
    x: float  # left edge
    y: float  # top of its line
    width: float
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A text set into a box: one size for all of it."""

    size: float
    line_height: float
    baseline: float  # below the top of its line
    pieces: tuple[Piece, ...]  # as they are read
    setting: Setting

    @property
    def lines(self) -> int:
        return 1 + max((piece.line for piece in self.pieces), default=-1)

    @property
    def bounds(self) -> Box:
        return Box(
            min(piece.x for piece in self.pieces),
            min(piece.y for piece in self.pieces),
            max(piece.x + piece.width for piece in self.pieces),
            max(piece.y for piece in self.pieces) + self.line_height,
        )


def set_into(text: str, setting: Setting, box: Box, short_side: float) -> Block | None:
    """The text as large as the box allows, or None where none of it can be drawn."""
    text = drawable(capitals(text) if setting.upper else text, setting.family)
    if not text:
        return None
    setting = spoken(setting, text)
    comfort = box.width / (min(COMFORTABLE, setting.largest) * short_side)
    whole = [part for word in words(text) for part in _parts(word, setting, comfort)]
    if len(whole) > MOST_WORDS:
        whole = [*whole[: MOST_WORDS - 1], Word(ELLIPSIS)]
    block = _set(whole, setting, box, short_side)
    for count in range(len(whole) - 1, 0, -1):  # the end of what is far too long is left out
        if block.size >= SMALLEST * short_side:
            break
        last = Word(whole[count - 1].text.rstrip(ELLIPSIS + ",.;:،、。 ") + ELLIPSIS)
        block = _set([*whole[: count - 1], last], setting, box, short_side)
    return block


def _parts(word: Word, setting: Setting, limit: float) -> list[Word]:
    """A word that is wider than the box even in small type, in pieces that are not."""
    if measured(word.text, setting) <= limit or right_to_left(word.text):
        return [word]  # joined letters are not torn apart; their words are set smaller
    hyphen = takes_hyphen(word.text)
    room = limit - hyphen * measured("-", setting)
    for places in (syllables(word.text), clusters(word.text)):
        widths = [measured(place, setting) for place in places]
        for count in range(2, len(places) + 1):
            ends, widest = balanced(widths, [0.0] * len(widths), count)
            if widest <= room:
                pieces = ["".join(places[a:b]) for a, b in itertools.pairwise([0, *ends])]
                torn = [Word(piece, gap=False, hyphen=hyphen) for piece in pieces[:-1]]
                return [*torn, Word(pieces[-1], word.gap)]
    return [word]


def _set(whole: Sequence[Word], setting: Setting, box: Box, short_side: float) -> Block:
    """Words in the lines that allow the largest type."""
    widths = [measured(f"{word.text}-" if word.hyphen else word.text, setting) for word in whole]
    space = max(0.16, measured("n n", setting) - measured("nn", setting))
    rises, falls = zip(*(extent(word.text, setting) for word in whole), strict=True)
    rise, fall = max(CAPITALS, *rises), max(0.0 if setting.upper else DESCENDERS, *falls)
    leading = max(setting.leading, rise + fall + setting.clear)
    gaps = [space * word.gap for word in whole]
    ends, size = _best(widths, gaps, replace(setting, leading=leading), box, short_side)
    lines = [laid_out(whole[a:b], setting, space) for a, b in itertools.pairwise([0, *ends])]
    wides = [max(one.x + one.width for one in line) for line in lines]
    size = min(size, box.width / max(wides))
    pieces: list[Piece] = []
    for row, (line, wide) in enumerate(zip(lines, wides, strict=True)):
        left = box.left + 0.5 * (box.width - wide * size)
        if not setting.centred:
            left = box.right - wide * size if setting.rtl else box.left
        top = box.top + row * size * leading
        pieces += [Piece(p.text, left + p.x * size, top, p.width * size, row) for p in line]
    baseline = 0.5 * (leading + rise - fall) * size
    return Block(size, leading * size, baseline, tuple(pieces), setting)


def _best(
    widths: Sequence[float], gaps: Sequence[float], setting: Setting, box: Box, short_side: float
) -> tuple[list[int], float]:
    """The line breaks that allow the largest type, and its size."""
    best: tuple[list[int], float] = ([len(widths)], 0.0)
    most = min(len(widths), max(setting.lines, round(box.height / (0.05 * short_side))))
    for count in range(1, most + 1):
        ends, widest = balanced(widths, gaps, count)
        size = min(
            box.width / widest,
            box.height / (count * setting.leading),
            setting.largest * short_side,
        )
        if count > setting.lines and best[1] >= SMALLEST * 1.6 * short_side:
            break
        if size > best[1] * 1.04:  # another line must be worth it
            best = (ends, size)
    return best


def balanced(widths: Sequence[float], gaps: Sequence[float], count: int) -> tuple[list[int], float]:
    """`count` lines whose widest is as narrow as can be: where each ends, and that width.

    `gaps` are those after each word, which do not count at the end of a line.
    """
    total = len(widths)
    starts = [0.0]
    for width, gap in zip(widths, gaps, strict=True):
        starts.append(starts[-1] + width + gap)

    def line(first: int, end: int) -> float:
        return starts[end] - starts[first] - gaps[end - 1]

    widest = [[float("inf")] * (total + 1) for _ in range(count + 1)]
    broken = [[0] * (total + 1) for _ in range(count + 1)]
    widest[0][0] = 0.0
    for row in range(1, count + 1):
        for end in range(row, total + 1):
            for first in range(row - 1, end):
                wide = max(widest[row - 1][first], line(first, end))
                if wide < widest[row][end]:
                    widest[row][end], broken[row][end] = wide, first
    ends, end = [], total
    for row in range(count, 0, -1):
        ends.append(end)
        end = broken[row][end]
    return ends[::-1], widest[count][total]
