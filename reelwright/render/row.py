"""The rows of a product card: words, stars, prices, a button, each measured before it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import skia

from reelwright.render.colour import Rgb, mix
from reelwright.render.dress import ink_of
from reelwright.render.fonts import drawable
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Box, set_into
from reelwright.render.mount import fitted, whole
from reelwright.render.panel import Paints, Types
from reelwright.render.shaping import capitals, measured, paragraph, spoken
from reelwright.render.sheet import filled, stroked

WHOLE_WORDS = (1.0, 0.8, 0.64, 0.5)  # of its size, that a text is tried at before words are torn
Draw = Callable[[skia.Canvas, float, float], None]  # at the row's left and top


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: how large it is, how it is drawn, how far from the row above."""

    width: float
    height: float
    draw: Draw
    gap: float = 0.0
    is_button: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """What all rows of a card share: the room that they have, type and colours."""

    width: float
    types: Types
    paints: Paints
    u: float
    lettering: str
    rtl: bool = False

    @property
    def side(self) -> float:
        """Where a row that is narrower than the column stands: 0 left, 1 right."""
        return 0.5 if self.types.centred else float(self.rtl)

    def words(
        self, text: str, size: float, colour: Rgb, *, large: bool = False, lines: int = 1
    ) -> Row | None:
        """Words in at most so many lines of at most that size; None where none can be drawn."""
        setting = self.types.large if large else self.types.small
        setting = replace(setting, centred=self.types.centred, lines=lines, whole_lines=True)
        size = min(size, setting.largest)
        for share in WHOLE_WORDS:  # rather small than torn
            setting = replace(setting, largest=share * size)
            high = lines * share * size * setting.leading * self.u * 1.001
            block = set_into(text, setting, Box(0, 0, self.width, high), self.u)
            said = "" if block is None else "".join(piece.text for piece in block.pieces)
            if said.count("-") <= text.count("-"):
                break
        if block is None:
            return None
        paint = ink_of(colour)

        def draw(canvas: skia.Canvas, x: float, y: float) -> None:
            for piece in block.pieces:
                line = paragraph(piece.text, block.setting, block.size, paint)
                down = block.baseline - float(line.AlphabeticBaseline)
                line.paint(canvas, x + piece.x, y + piece.y + down)

        return Row(self.width, block.lines * block.line_height, draw)

    def line(self, text: str, size: float, colour: Rgb, *, large: bool = False) -> Row | None:
        """Words as wide as they are, on one line; smaller where the room is narrow."""
        setting = self.types.large if large else self.types.small
        text = drawable(capitals(text) if setting.upper else text, setting.family)
        if not text:
            return None
        setting = spoken(setting, text)
        size_px = min(size * self.u, self.width / max(0.01, measured(text, setting)))
        laid = paragraph(text, setting, size_px, ink_of(colour))

        def draw(canvas: skia.Canvas, x: float, y: float) -> None:
            laid.paint(canvas, x, y)

        return Row(float(laid.LongestLine), float(laid.Height), draw)

    def stars(self, rating: float, words: str) -> Row:
        """Five stars, filled as far as the rating goes, and the figures beside them."""
        size = 0.040 * self.u
        step = 1.16 * size
        told = self.line(words, 0.034, self.paints.quiet)
        empty = mix(self.paints.ground, self.paints.ink, 0.22)

        def draw(canvas: skia.Canvas, x: float, y: float) -> None:
            for place in range(5):
                star = _star(x + place * step + 0.5 * size, y + 0.5 * size, 0.5 * size)
                canvas.drawPath(star, filled(empty))
                canvas.save()
                full = min(1.0, max(0.0, rating - place))
                canvas.clipRect(skia.Rect.MakeXYWH(x + place * step, y, full * size, size))
                canvas.drawPath(star, filled(self.paints.star))
                canvas.restore()
            if told is not None:
                told.draw(canvas, x + 5.25 * step, y + 0.5 * (size - told.height))

        return Row(5.25 * step + (told.width if told else 0.0), size, draw)

    def price(self, now: str, before: str, saved: str, size: float) -> Row | None:
        """The price, the old one struck through, and in a label what is saved.

        All in a line where they fit at a good size; else without the label, else in two lines.
        """
        pad, gap = 0.016 * self.u, 0.03 * self.u
        for scale, told in ((1.0, saved), (0.84, saved), (0.7, saved), (1.0, ""), (0.8, "")):
            first, old, label = self._prices(now, before, told, scale * size)
            if first is None:
                return None
            others = [row.width + gap for row in (old, label) if row is not None]
            width = first.width + sum(others) + (2 * pad if label else 0.0)
            if width <= self.width:
                break
        else:
            first, old, label = self._prices(now, before, "", 0.8 * size)
            assert first is not None, f"{now!r} was drawable before"
            return _stacked(first, old and self._struck(old), self.side)
        struck = old and self._struck(old)

        def draw(canvas: skia.Canvas, x: float, y: float) -> None:
            first.draw(canvas, x, y)
            x, middle = x + first.width + gap, y + 0.54 * first.height
            if struck is not None:
                struck.draw(canvas, x, middle - 0.5 * struck.height)
                x += struck.width + gap
            if label is not None:
                wide, high = label.width + 2 * pad, label.height + 0.6 * pad
                box = skia.Rect.MakeXYWH(x, middle - 0.5 * high, wide, high)
                corners = corner(self.lettering, self.u, high)
                canvas.drawRoundRect(box, *corners, filled(self.paints.button))
                label.draw(canvas, x + pad, middle - 0.5 * label.height)

        return Row(width, first.height, draw)

    def _prices(
        self, now: str, before: str, saved: str, size: float
    ) -> tuple[Row | None, Row | None, Row | None]:
        small = max(0.032, 0.42 * size)
        return (
            self.line(now, size, self.paints.price, large=True),
            self.line(before, small, self.paints.quiet),
            self.line(saved, small, self.paints.label),
        )

    def _struck(self, row: Row) -> Row:
        """The same row with a line through it."""
        strike = stroked(self.paints.quiet, 0.004 * self.u)

        def draw(canvas: skia.Canvas, x: float, y: float) -> None:
            row.draw(canvas, x, y)
            middle = y + 0.54 * row.height
            canvas.drawLine(x, middle, x + row.width, middle, strike)

        return Row(row.width, row.height, draw)

    def button(self, text: str) -> Row | None:
        """A call to action on a filled shape, as wide as its words."""
        pad_x, pad_y = 0.055 * self.u, 0.024 * self.u
        label = replace_width(self, self.width - 2 * pad_x).line(text, 0.046, self.paints.label)
        if label is None:
            return None
        width, height = label.width + 2 * pad_x, label.height + 2 * pad_y

        def draw(canvas: skia.Canvas, x: float, y: float) -> None:
            box = skia.Rect.MakeXYWH(x, y, width, height)
            corners = corner(self.lettering, self.u, height)
            if self.lettering == "shout":
                canvas.drawRect(
                    box.makeOffset(0.01 * self.u, 0.012 * self.u), filled(self.paints.ink)
                )
            canvas.drawRoundRect(box, *corners, filled(self.paints.button))
            if self.lettering == "shout":
                canvas.drawRect(box, stroked(self.paints.ink, 0.008 * self.u))
            label.draw(canvas, x + pad_x, y + pad_y)

        return Row(width, height, draw, is_button=True)

    def picture(self, pixels: Pixels, width: float, height: float) -> Row:
        """A picture in its room: a cut-out whole, a photograph filling it."""
        w, h = round(width), round(height)
        clear = pixels[0, 0, 3] < 255 or pixels[-1, -1, 3] < 255
        sheet = whole(pixels, w, h, 1.0) if clear else fitted(pixels, w, h, (0.5, 0.5))
        image = skia.Image.fromarray(np.ascontiguousarray(sheet), skia.kBGRA_8888_ColorType)
        return Row(width, height, lambda canvas, x, y: canvas.drawImage(image, x, y))


def _stacked(above: Row, below: Row | None, side: float) -> Row:
    """One row over another, both on the same side."""
    if below is None:
        return above
    width = max(above.width, below.width)

    def draw(canvas: skia.Canvas, x: float, y: float) -> None:
        above.draw(canvas, x + side * (width - above.width), y)
        below.draw(canvas, x + side * (width - below.width), y + above.height)

    return Row(width, above.height + below.height, draw)


def replace_width(column: Column, width: float) -> Column:
    return replace(column, width=max(1.0, width))


def corner(lettering: str, u: float, height: float) -> tuple[float, float]:
    """How round a style's buttons are."""
    r = {"whisper": 0.5 * height, "serif": 0.5 * height, "tube": 0.02 * u, "strips": 0.01 * u}
    return r.get(lettering, 0.0), r.get(lettering, 0.0)


def _star(x: float, y: float, r: float) -> skia.Path:
    turns = [2 * np.pi * k / 10 - np.pi / 2 for k in range(10)]
    path = skia.Path()
    path.addPoly(
        [
            skia.Point(
                x + (r if k % 2 == 0 else 0.42 * r) * np.cos(a),
                y + (r if k % 2 == 0 else 0.42 * r) * np.sin(a),
            )
            for k, a in enumerate(turns)
        ],
        True,
    )
    return path
