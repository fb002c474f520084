"""A title: set in its style, made legible against what lies behind it, and brought to life."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reelwright.render import ease
from reelwright.render.blend import Buffers, Overlay, lay, placed
from reelwright.render.colour import Rgb, contrast, eight_bit
from reelwright.render.dress import Dress, coverage
from reelwright.render.entrance import MOVES, Part
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Block, Box, Piece, Setting, set_into
from reelwright.render.look import Look, Palette
from reelwright.render.readable import CLEAR_ENOUGH, INKS, scrim, worst_behind

SAFE_BOTTOM = 0.82  # the phone's own controls cover what is below
SAFE_RIGHT = 0.86
SAFE_EDGE = 0.065

SETTINGS = {
    "slam": Setting(family="anton", upper=True, leading=1.16, largest=0.27, lines=4, centred=False),
    "whisper": Setting(family="inter", weight=300, leading=1.22, largest=0.088, lines=3),
    "serif": Setting(family="playfair-italic", weight=800, leading=1.12, largest=0.165, lines=3),
    "tube": Setting(family="bebas", upper=True, leading=1.04, spacing=0.03, largest=0.21, lines=3),
    "strips": Setting(
        family="montserrat",
        weight=900,
        leading=1.34,
        largest=0.115,
        lines=4,
        centred=False,
        whole_lines=True,
    ),
    "caption": Setting(
        family="inter",
        weight=650,
        leading=1.36,
        largest=0.068,
        lines=3,
        centred=False,
        whole_lines=True,
    ),
    "shout": Setting(family="anton", upper=True, leading=1.2, spacing=0.015, largest=0.2, lines=3),
    "engraved": Setting(
        family="playfair", weight=500, upper=True, leading=1.3, spacing=0.14, largest=0.088, lines=4
    ),
}


def title_box(lettering: str, width: float, height: float) -> Box:
    """Where a style's titles stand, always clear of the phone's own controls."""
    u = min(width, height)
    left, right = SAFE_EDGE * width, SAFE_RIGHT * width
    if SETTINGS[lettering].centred:  # about the middle of the picture
        left = width - right
    top, bottom = 0.095 * height, 0.36 * height
    if lettering == "whisper":
        top, bottom = 0.10 * height, 0.255 * height
    if lettering == "caption":
        top, bottom = 0.105 * height, 0.30 * height
    if width > 1.2 * height:  # beside the subject
        left, right, top, bottom = SAFE_EDGE * width, 0.50 * width, 0.14 * height, 0.78 * height
    elif width > 0.8 * height:
        top, bottom = 0.07 * height, 0.34 * height
    pad = 0.02 * u  # what styles draw around the letters
    return Box(left + pad, top + pad, right - pad, bottom - pad)


@dataclass(frozen=True, slots=True)
class Title:
    """All of a title's parts. It is at rest between coming in and going out."""

    lettering: str
    parts: tuple[Part, ...]
    backing: Overlay | None
    box: Box  # that the letters fill
    ink: Rgb  # of the letters
    letters: Pixels  # how much of every pixel of the frame they cover, at rest
    u: float

    def draw(self, canvas: Pixels, t_s: float, length_s: float, buffers: Buffers) -> None:
        """Lay the title on the canvas, `t_s` into its `length_s` on the screen."""
        if not 0 <= t_s <= length_s:
            return
        leave = min(0.25, 0.12 * length_s)
        going = ease.clamp((t_s - (length_s - leave)) / leave)
        if self.backing is not None and t_s > 0.06 and going < 0.5:
            self.backing.lay(canvas)
        for part in self.parts:
            move = MOVES[self.lettering](part, t_s, length_s, self.u)
            strength = move.strength * (1 - going)
            ax, ay = part.middle
            affine = placed(
                part.x + ax + move.x,
                part.y + ay + move.y,
                scale=move.scale,
                turn=move.turn,
                about=(ax, ay),
            )
            lay(canvas, part.sprite, affine, buffers, strength=strength)


# ---- making -------------------------------------------------------------------------------


def title(
    words: str,
    look: Look,
    palette: Palette,
    frame: tuple[int, int],
    behind: Callable[[], list[Pixels]],
) -> Title | None:
    """The title of a shot, legible on all the pictures that lie behind it; None without words.

    Those pictures are only asked for where the letters stand on them.
    """
    width, height = frame
    u = min(frame)
    setting = SETTINGS[look.lettering]
    box = title_box(look.lettering, width, height)
    block = set_into(words, setting, box, u)
    if block is None:
        return None
    block = _moved_block(block, look.lettering, box)
    ink, own_ground = INKS[look.lettering](palette)
    ground = own_ground or worst_behind(behind(), block.bounds, ink)
    backing = None
    if own_ground is None and contrast(ink, ground) < CLEAR_ENOUGH:
        backing = scrim(block.bounds, ink, ground, palette, frame)
    dress = Dress(look.lettering, setting, palette, ink, u)
    sprites = [dress.of(piece, block) for piece in block.pieces]
    extras = _extras(look.lettering, block, palette, u)
    count = len(sprites)
    parts = [
        Part(sprite, piece.x - pad, piece.y - pad, place, count)
        for place, (piece, (sprite, pad)) in enumerate(zip(block.pieces, sprites, strict=True))
    ]
    letters = coverage(block, setting, frame)
    return Title(look.lettering, (*extras, *parts), backing, block.bounds, ink, letters, float(u))


def _moved_block(block: Block, lettering: str, box: Box) -> Block:
    """Captions hang from the top of their box, large type stands in its middle."""
    share = {"caption": 0.0, "strips": 0.15, "slam": 0.0}.get(lettering, 0.5)
    down = share * (box.bottom - block.bounds.bottom)
    pieces = tuple(
        Piece(piece.text, piece.x, piece.y + down, piece.width, piece.line)
        for piece in block.pieces
    )
    return Block(block.size, block.line_height, pieces, block.rtl)


def _extras(lettering: str, block: Block, palette: Palette, u: float) -> list[Part]:
    """Lines that belong to a style's type: a caption's bar, an engraving's rules."""
    bounds = block.bounds
    if lettering == "caption":
        wide, reach = 0.014 * u, 0.34 * block.size
        x = bounds.right + reach if block.rtl else bounds.left - reach - wide
        return [_rule(palette.accent, x, bounds.top, wide, bounds.height)]
    if lettering not in {"engraved", "whisper"}:
        return []
    wide = (0.16 if lettering == "engraved" else 0.07) * u
    x = 0.5 * (bounds.left + bounds.right - wide)
    places = [bounds.bottom + 0.016 * u]
    if lettering == "engraved":
        places.append(bounds.top - 0.02 * u)
    return [_rule(palette.accent, x, y, wide, max(2.0, 0.0042 * u)) for y in places]


def _rule(colour: Rgb, x: float, y: float, width: float, height: float) -> Part:
    """A bar of plain colour."""
    pixels = np.empty((math.ceil(height), math.ceil(width), 4), np.uint8)
    pixels[:] = (*eight_bit(colour)[::-1], 255)
    return Part(pixels, x, y, 0, 1)
