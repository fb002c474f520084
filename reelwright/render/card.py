"""A product on the picture: a lower third, a card or an end card, in the style and legible."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import skia

from reelwright.domain import AssetKind, Display, Format, Product, Shot
from reelwright.render import ease, money
from reelwright.render.bidi import right_to_left
from reelwright.render.blend import Buffers, lay, placed
from reelwright.render.colour import Rgb, contrast
from reelwright.render.dress import surface_on
from reelwright.render.entrance import Move, Part
from reelwright.render.finish import arch_box
from reelwright.render.framing import Shape
from reelwright.render.insert import Stock, below
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Box
from reelwright.render.look import Look, Palette
from reelwright.render.panel import TYPES, paints, panel
from reelwright.render.row import Column, Row
from reelwright.render.safe import safe_area
from reelwright.render.sheet import filled

GAP = 0.02  # of the short side, between a panel and the edge of the safe area
PAD = 0.045  # of the short side, within a panel
THUMB = 0.16  # likewise: the product's picture beside its name
TOLD = 3.0  # the contrast from which on a logo's parts can be told from their ground
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)  # that a card is tried at until it fits its room
IN_BY = 0.5  # of its time a card has come in
OUT_S = 0.25


@dataclass(frozen=True, slots=True)
class Card:
    """The parts of a card at rest; the panel comes first, the button last."""

    display: Display
    lettering: str
    parts: tuple[Part, ...]
    button: int | None  # which part it is
    box: Box
    u: float

    def draw(
        self, canvas: Pixels, t_s: float, length_s: float, pulse: float, buffers: Buffers
    ) -> None:
        """Lay the card on the canvas, `t_s` into its shot. An end card stays to the end."""
        if t_s < 0:
            return
        going = 0.0
        if self.display is not Display.END:
            going = ease.clamp((t_s - (length_s - OUT_S)) / OUT_S)
        whole_s = EACH_S[self.lettering][0] + EACH_S[self.lettering][1] * (len(self.parts) - 1)
        hurry = min(1.0, IN_BY * length_s / whole_s)
        for place, part in enumerate(self.parts):
            each_s, apart_s = EACH_S[self.lettering]
            p = ease.clamp((t_s / hurry - apart_s * place) / each_s)
            move = COMES[self.lettering](p, place, self.u)
            grow = 1 + 0.035 * pulse if place == self.button else 1.0
            ax, ay = part.middle
            affine = placed(
                part.x + ax + move.x,
                part.y + ay + move.y + 0.04 * self.u * ease.into(going),
                scale=move.scale * grow,
                turn=move.turn,
                about=(ax, ay),
            )
            lay(canvas, part.sprite, affine, buffers, strength=move.strength * (1 - going))


def card(
    shot: Shot, product: Product, look: Look, palette: Palette, form: Format, stock: Stock | None
) -> Card:
    """The shot's display of the product. What the product lacks is left out, without a gap."""
    assert shot.display, "a card that nobody asked for"
    room = room_of(shot.display, form, look)
    u = float(min(form.width, form.height))
    for scale in SCALES:
        sheet = _Sheet.of(shot, product, look, palette, room, scale * u, stock)
        if sheet.tall <= room.height:
            break
    alone = shot.insert is None or shot.display is Display.END
    return sheet.card(shot.display, u, alone=alone)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A card's rows, measured and not yet placed."""

    column: Column
    palette: Palette
    rows: list[Row]
    room: Box
    thumb: Row | None

    @classmethod
    def of(
        cls,
        shot: Shot,
        product: Product,
        look: Look,
        palette: Palette,
        room: Box,
        u: float,
        stock: Stock | None,
    ) -> "_Sheet":
        assert shot.display, "a card that nobody asked for"
        types = TYPES[look.lettering]
        if shot.display is Display.END:
            types = replace(types, centred=True)
        beside = shot.display is Display.LOWER_THIRD and _apart(shot, product)
        beside = beside and not types.centred and stock is not None
        width = room.width - (2 * PAD + (THUMB + PAD if beside else 0.0)) * u
        column = Column(
            width,
            types,
            paints(look.lettering, palette),
            u,
            look.lettering,
            right_to_left(product.name),
        )
        rows = _rows(shot.display, product, column, stock, palette)
        thumb = None
        if beside and stock:
            side = THUMB * u
            pixels = stock.materials.picture(stock.asset(product.picture), round(1.5 * side))
            thumb = column.picture(pixels, side, side)
        return cls(column, palette, rows, room, thumb)

    @property
    def high(self) -> float:
        """Of all rows together."""
        return sum(row.height + row.gap for row in self.rows) - self.rows[0].gap

    @property
    def tall(self) -> float:
        """Of the panel."""
        return max(self.high, self.thumb.height if self.thumb else 0.0) + 2 * PAD * self.column.u

    def card(self, display: Display, u: float, *, alone: bool) -> Card:
        """Everything at its place: at the foot of the room, in its middle where it is alone."""
        column, room, pad = self.column, self.room, PAD * self.column.u
        top = max(room.top, room.bottom - self.tall)
        if alone:
            top = max(room.top, 0.5 * (room.top + room.bottom - self.tall))
        box = Box(room.left, top, room.right, top + self.tall)
        sprite, grown = panel(column.lettering, box, self.palette, column.paints, u)
        parts = [Part(sprite, box.left - grown, box.top - grown, 0, 1)]
        x = box.left + pad
        if self.thumb is not None:
            at = box.right - pad - self.thumb.width if column.rtl else x
            parts.append(_part(self.thumb, at, top + 0.5 * (self.tall - self.thumb.height)))
            x += 0.0 if column.rtl else self.thumb.width + pad
        y = top + 0.5 * (self.tall - self.high) - self.rows[0].gap
        button = None
        for row in self.rows:
            y += row.gap
            if row.is_button:
                button = len(parts)
            parts.append(_part(row, x + column.side * (column.width - row.width), y))
            y += row.height
        return Card(display, column.lettering, tuple(parts), button, box, u)


def room_of(display: Display, form: Format, look: Look) -> Box:
    """Where a card may stand: within what every phone leaves free, and within its style's frame."""
    w, h = float(form.width), float(form.height)
    shape, is_end, has_window = Shape.of(w, h), display is Display.END, look.window == "arch"
    area, gap = safe_area(w, h), GAP * min(w, h)
    left, right, top, bottom = area.left + gap, area.right - gap, area.top + gap, area.bottom - gap
    if shape is Shape.WIDE:
        middle = is_end and not has_window
        left, right = (0.28 * w, 0.72 * w) if middle else (left, 0.46 * w)
    elif is_end or TYPES[look.lettering].centred:  # about the middle
        left = max(left, w - right)
        right = w - left
    if shape is Shape.SQUARE and not is_end:
        top = below(look) * h
    if shape is Shape.VERTICAL and is_end and has_window:
        arch = arch_box(w, h)
        top, bottom = max(top, arch[1] + 0.06 * h), min(bottom, arch[3] - 0.03 * h)
    return Box(left, top, right, bottom)


def _apart(shot: Shot, product: Product) -> bool:
    """Whether the product's own picture says something that the shot does not show already."""
    return bool(product.picture) and (shot.insert is None or shot.insert.asset != product.picture)


def _rows(
    display: Display, product: Product, column: Column, stock: Stock | None, palette: Palette
) -> list[Row]:
    """The rows from top to bottom, for what the product has."""
    colours, u = column.paints, column.u
    now = product.price and money.price(product.price, product.currency, product.locale)
    before = product.old_price and money.price(product.old_price, product.currency, product.locale)
    saved = money.saved(product.price, product.old_price, product.locale)
    rated = product.rating is not None and column.stars(product.rating, _rating_words(product))
    is_end = display is Display.END
    rows: list[tuple[Row | bool | str | None, float]] = []
    logo = _logo(product, column, stock, palette) if is_end else None
    if logo is not None:
        rows.append((logo, 0.0))
    elif product.brand:
        rows.append((column.line(product.brand, 0.05 if is_end else 0.034, colours.quiet), 0.012))
    name = column.words(product.name, 0.085 if is_end else 0.07, colours.ink, large=True, lines=2)
    if is_end and product.offer:
        rows.append((column.words(product.offer, 0.1, colours.price, large=True, lines=3), 0.045))
        rows.append((column.words(product.name, 0.042, colours.ink, lines=2), 0.018))
    else:
        rows.append((name, 0.035 if is_end else 0.008))
    if rated and display is not Display.END:
        rows.append((rated, 0.016))
    if now:
        rows.append((column.price(now, before, saved, 0.105 if is_end else 0.088), 0.018))
    if product.offer and display is Display.LOWER_THIRD:
        rows.append((column.words(product.offer, 0.036, colours.ink, lines=2), 0.008))
    if display is not Display.LOWER_THIRD:
        action = product.call_to_action
        rows.append((column.button(action) if action else None, 0.034 if is_end else 0.024))
    return [replace(row, gap=gap * u) for row, gap in rows if isinstance(row, Row)]


def _rating_words(product: Product) -> str:
    assert product.rating is not None, "words for a rating that is not there"
    words = money.rating(product.rating, product.locale)
    if product.num_ratings:
        words += f" ({money.count(product.num_ratings, product.locale)})"
    return words


def _logo(product: Product, column: Column, stock: Stock | None, palette: Palette) -> Row | None:
    """The logo, as large as its area allows; on a plate of its own where its colours need one."""
    if not product.logo or stock is None:
        return None
    asset = stock.asset(product.logo)
    aspect = asset.width / asset.height
    high = min(0.24, max(0.11, 0.26 / math.sqrt(aspect))) * column.u
    width = min(0.9 * column.width, high * aspect)
    high = width / aspect
    pixels = stock.materials.picture(asset, max(16, round(1.2 * min(width, high))))
    row = column.picture(pixels, width, high)
    plates = (column.paints.ground, palette.light, palette.dark)
    plate = min(plates, key=lambda colour: round(_lost(pixels, colour), 1))
    if plate is not column.paints.ground and asset.kind is AssetKind.LOGO:
        return _plated(row, plate, 0.02 * column.u, column.u)
    return row


def _plated(row: Row, colour: Rgb, pad: float, u: float) -> Row:
    def draw(canvas: skia.Canvas, x: float, y: float) -> None:
        box = skia.Rect.MakeXYWH(x, y, row.width + 2 * pad, row.height + 2 * pad)
        canvas.drawRoundRect(box, 0.018 * u, 0.018 * u, filled(colour))
        row.draw(canvas, x + pad, y + pad)

    return Row(row.width + 2 * pad, row.height + 2 * pad, draw)


def _lost(pixels: Pixels, ground: Rgb) -> float:
    """How much of what is solid in a picture can hardly be told from a ground."""
    small = cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA)
    solid = small[small[:, :, 3] > 200][:, 2::-1] / 255
    if not len(solid):
        return 0.0
    dim = [contrast((float(r), float(g), float(b)), ground) < TOLD for r, g, b in solid]
    return sum(dim) / len(dim)


def _part(row: Row, x: float, y: float) -> Part:
    """A row as a sprite of its own, with room for letters that reach out of their line."""
    pad = math.ceil(0.3 * row.height) + 4
    size = (math.ceil(row.height) + 2 * pad, math.ceil(row.width) + 2 * pad, 4)
    pixels = np.zeros(size, np.uint8)
    with surface_on(pixels) as canvas:
        row.draw(canvas, float(pad), float(pad))
    return Part(pixels, x - pad, y - pad, 0, 1)


# ---- motion ---------------------------------------------------------------------------------

EACH_S = {  # how long a part takes to come in, and how long after the one before
    "slam": (0.24, 0.08),
    "whisper": (0.8, 0.10),
    "serif": (0.5, 0.10),
    "tube": (0.34, 0.09),
    "strips": (0.45, 0.09),
    "caption": (0.38, 0.06),
    "shout": (0.5, 0.08),
    "engraved": (0.9, 0.11),
}


def _slam(p: float, place: int, u: float) -> Move:
    if place == 0:
        return Move(-1.1 * u * (1 - ease.out(p, 4)), 0, 1, 0, ease.clamp(6 * p))
    return Move(0, 0, 1 + 0.5 * (1 - ease.out(p, 4)), 0, ease.clamp(3 * p))


def _whisper(p: float, place: int, u: float) -> Move:
    return Move(0, 0.025 * u * (1 - ease.out(p)), 1, 0, ease.smooth(p))


def _serif(p: float, place: int, u: float) -> Move:
    return Move(-0.03 * u * (1 - ease.out(p)), 0, 1, 0, ease.smooth(1.3 * p))


def _tube(p: float, place: int, u: float) -> Move:
    stutter = (0.0, 0.9, 0.2, 0.15, 1.0, 0.45, 0.9, 1.0)[min(7, int(8 * p))]
    return Move(strength=stutter)


def _strips(p: float, place: int, u: float) -> Move:
    if place == 0:
        return Move(0, 0.9 * u * (1 - ease.back(p, 1.1)), 1, -0.16 * (1 - ease.out(p)))
    return Move(0, 0.05 * u * (1 - ease.back(p, 1.4)), 1, 0, ease.clamp(3 * p))


def _caption(p: float, place: int, u: float) -> Move:
    return Move(-0.05 * u * (1 - ease.out(p)), 0, 1, 0, ease.smooth(p))


def _shout(p: float, place: int, u: float) -> Move:
    return Move(0, 0, max(0.0, ease.elastic(p)), 0.06 * (1 - ease.out(p)), ease.clamp(8 * p))


def _engraved(p: float, place: int, u: float) -> Move:
    return Move(0, 0.012 * u * (1 - ease.out(p)), 1, 0, ease.smooth(p))


COMES: dict[str, Callable[[float, int, float], Move]] = {
    "slam": _slam,
    "whisper": _whisper,
    "serif": _serif,
    "tube": _tube,
    "strips": _strips,
    "caption": _caption,
    "shout": _shout,
    "engraved": _engraved,
}
