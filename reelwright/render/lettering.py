"""Words become lines that fit a box: measured by a real shaper, broken evenly, never cut off."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import skia

from reelwright.render.fonts import collection, drawable, families_for

MEASURED_AT = 100.0
SMALLEST = 0.030  # of the short side: below this nobody reads on a phone
COMFORTABLE = 0.062  # rather than set a long word smaller than this, it is broken
ELLIPSIS = "…"
MOST_WORDS = 24  # more than anybody reads while a shot lasts


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How a style sets type. Lengths are shares of the font size unless said otherwise."""

    family: str
    weight: int = 400
    upper: bool = False
    leading: float = 1.1
    spacing: float = 0.0  # between letters
    largest: float = 0.2  # of the short side
    lines: int = 4
    centred: bool = True
    whole_lines: bool = False  # a line moves as one


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
    """A word, or a whole line where words may not be torn apart: its text and its place."""

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
    pieces: tuple[Piece, ...]
    rtl: bool

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


def right_to_left(text: str) -> bool:
    """Whether a text reads from the right, by its first letter that says so."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return False


def paragraph(
    text: str, setting: Setting, size: float, paint: skia.Paint | None = None
) -> skia.textlayout.Paragraph:
    """One line of shaped text, laid out without a limit to its width."""
    families = families_for(text, setting.family)
    style = skia.textlayout.TextStyle()
    style.setFontFamilies(families)
    style.setFontSize(size)
    if setting.spacing and not right_to_left(text):  # spaces would tear joined letters apart
        style.setLetterSpacing(setting.spacing * size)
    if paint is not None:
        style.setForegroundPaint(paint)
    outline = skia.textlayout.ParagraphStyle()
    outline.setTextStyle(style)
    builder = skia.textlayout.ParagraphBuilder(
        outline, collection(tuple(families), setting.weight), skia.Unicodes.ICU.Make()
    )
    builder.pushStyle(style)
    builder.addText(text)
    laid = builder.Build()
    laid.layout(1e6)
    return laid


def measured(text: str, setting: Setting) -> float:
    """The width of a text at size 1."""
    return float(paragraph(text, setting, MEASURED_AT).LongestLine) / MEASURED_AT


def set_into(text: str, setting: Setting, box: Box, short_side: float) -> Block | None:
    """The text as large as the box allows, or None where none of it can be drawn."""
    text = drawable(text, setting.family)
    words = (text.upper() if setting.upper else text).split()
    if not words:
        return None
    floor = SMALLEST * short_side
    comfort = box.width / min(COMFORTABLE * short_side, setting.largest * short_side)
    words = [part for word in words for part in _parts(word, setting, comfort)]
    if len(words) > MOST_WORDS:
        words = [*words[: MOST_WORDS - 1], ELLIPSIS]
    widths = [measured(word, setting) for word in words]
    space = max(0.16, measured("n n", setting) - measured("nn", setting))
    rtl = right_to_left(text)
    while True:
        lines, size = _best(widths, space, setting, box, short_side)
        if size >= floor or len(words) == 1:
            break
        words, widths = words[:-1], widths[:-1]  # the end of what is far too long is left out
        if not words[-1].strip(ELLIPSIS):
            continue
        words[-1] = words[-1].rstrip(ELLIPSIS + ",.;:") + ELLIPSIS
        widths[-1] = measured(words[-1], setting)
    return _block(words, widths, space, lines, size, setting, box, rtl)


def _parts(word: str, setting: Setting, limit: float) -> list[str]:
    """A word that is wider than the box even in small type, in pieces that are not."""
    if measured(word, setting) <= limit:
        return [word]
    count = 2
    while True:
        step = -(-len(word) // count)
        pieces = [word[at : at + step] for at in range(0, len(word), step)]
        hyphen = "" if right_to_left(word) else "-"
        pieces = [piece + hyphen for piece in pieces[:-1]] + pieces[-1:]
        if step == 1 or max(measured(piece, setting) for piece in pieces) <= limit:
            return pieces
        count += 1


def _best(
    widths: Sequence[float], space: float, setting: Setting, box: Box, short_side: float
) -> tuple[list[int], float]:
    """The line breaks that allow the largest type, and its size."""
    best: tuple[list[int], float] = ([len(widths)], 0.0)
    most = min(len(widths), max(setting.lines, round(box.height / (0.05 * short_side))))
    for count in range(1, most + 1):
        ends, widest = balanced(widths, space, count)
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


def balanced(widths: Sequence[float], space: float, count: int) -> tuple[list[int], float]:
    """`count` lines whose widest is as narrow as can be: where each ends, and that width."""
    total = len(widths)
    starts = [0.0]
    for width in widths:
        starts.append(starts[-1] + width + space)

    def line(first: int, end: int) -> float:
        return starts[end] - starts[first] - space

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


def _block(
    words: Sequence[str],
    widths: Sequence[float],
    space: float,
    ends: Sequence[int],
    size: float,
    setting: Setting,
    box: Box,
    rtl: bool,
) -> Block:
    pieces: list[Piece] = []
    high = size * setting.leading
    first = 0
    for row, end in enumerate(ends):
        wide = (sum(widths[first:end]) + space * (end - first - 1)) * size
        if setting.centred:
            left = box.left + 0.5 * (box.width - wide)
        else:
            left = box.right - wide if rtl else box.left
        top = box.top + row * high
        if rtl or setting.whole_lines:
            line = " ".join(words[first:end])
            pieces.append(Piece(line, left, top, wide, row))
        else:
            for place in range(first, end):
                pieces.append(Piece(words[place], left, top, widths[place] * size, row))
                left += (widths[place] + space) * size
        first = end
    return Block(size, high, tuple(pieces), rtl)
