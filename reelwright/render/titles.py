"""A title: set in its style, made legible against what lies behind it, and brought to life."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from reelwright.reading import leaving_s, letters_s
from reelwright.render import ease
from reelwright.render.blend import Affine, Buffers, Overlay, lay, placed
from reelwright.render.colour import Rgb, contrast, eight_bit
from reelwright.render.dress import Dress, coverage
from reelwright.render.entrance import MOVES, Part, Stay
from reelwright.render.framing import Shape
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Block, Box, Piece, set_into
from reelwright.render.look import Look, Palette
from reelwright.render.readable import AIM, INKS, brightest_behind, scrim
from reelwright.render.safe import safe_area
from reelwright.render.shaping import Setting

MARGIN = 0.065  # of the frame's width, at the side where lines begin
ARRIVE_SHARE = 0.36  # of its time a title may take to come in, where there is time to read it then
ARRIVE_LEAST_S = 0.1

SETTINGS = {
    "slam": Setting(
        family="anton",
        others=900,
        upper=True,
        leading=1.16,
        clear=0.3,
        largest=0.27,
        lines=4,
        centred=False,
    ),
    "whisper": Setting(family="inter", weight=300, leading=1.22, largest=0.088, lines=3),
    "serif": Setting(family="playfair-italic", weight=800, leading=1.12, largest=0.165, lines=3),
    "tube": Setting(
        family="bebas",
        others=600,
        upper=True,
        leading=1.04,
        clear=0.16,
        spacing=0.03,
        largest=0.21,
        lines=3,
    ),
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
    "shout": Setting(
        family="anton",
        others=900,
        upper=True,
        leading=1.2,
        clear=0.34,
        spacing=0.015,
        largest=0.2,
        lines=3,
    ),
    "engraved": Setting(
        family="playfair", weight=500, upper=True, leading=1.3, spacing=0.14, largest=0.088, lines=4
    ),
}


def title_box(lettering: str, width: float, height: float) -> Box:
    """Where a style's titles stand, always clear of the phone's own controls."""
    u = min(width, height)
    left, right = MARGIN * width, safe_area(width, height).right
    if SETTINGS[lettering].centred:  # about the middle of the picture
        left = width - right
    top, bottom = 0.095 * height, 0.36 * height
    if lettering == "whisper":
        top, bottom = 0.10 * height, 0.255 * height
    if lettering == "caption":
        top, bottom = 0.105 * height, 0.30 * height
    shape = Shape.of(width, height)
    if shape is Shape.WIDE:  # beside the subject
        left, right, top, bottom = MARGIN * width, 0.50 * width, 0.14 * height, 0.78 * height
    elif shape is Shape.SQUARE:
        top, bottom = 0.08 * height, (0.285 if lettering == "whisper" else 0.34) * height
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
    block: Block
    dress: Dress
    words: str

    def stay(self, length_s: float) -> Stay:
        """It comes in slowly where there is time, and quickly where its words need reading."""
        spare_s = length_s - leaving_s(length_s) - letters_s(self.words)
        arrive_s = min(ARRIVE_SHARE * length_s, max(spare_s, ARRIVE_LEAST_S))
        return Stay(length_s, arrive_s)

    def draw(self, canvas: Pixels, t_s: float, length_s: float, buffers: Buffers) -> None:
        """Lay the title on the canvas, `t_s` into its `length_s` on the screen."""
        if not 0 <= t_s <= length_s:
            return
        leave = leaving_s(length_s)
        stay = self.stay(length_s)
        going = ease.clamp((t_s - (length_s - leave)) / leave)
        if self.backing is not None and t_s > 0.06 and going < 0.5:
            self.backing.lay(canvas)
        for part in self.parts:
            affine, strength = self.at(part, t_s, stay)
            lay(canvas, part.sprite, affine, buffers, strength=strength * (1 - going))

    def at(self, part: Part, t_s: float, stay: Stay) -> tuple[Affine, float]:
        """Where a part is at a time while it comes and stays, and how strongly it is seen."""
        move = MOVES[self.lettering](part, t_s, stay, self.dress.u)
        ax, ay = part.middle
        x, y = part.x + ax + move.x, part.y + ay + move.y
        return placed(x, y, scale=move.scale, turn=move.turn, about=(ax, ay)), move.strength


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
    ground = own_ground or brightest_behind(behind(), block.bounds)
    backing = None
    if own_ground is None and contrast(ink, ground) < AIM:
        backing = scrim(block.bounds, ink, ground, palette, frame)
    dress = Dress(look.lettering, palette, ink, u, width)
    sprites = [dress.of(piece, block) for piece in block.pieces]
    extras = _extras(look.lettering, block, palette, u)
    count = len(sprites)
    parts = [
        Part(sprite, piece.x - pad, piece.y - pad, place, count, block.setting.rtl)
        for place, (piece, (sprite, pad)) in enumerate(zip(block.pieces, sprites, strict=True))
    ]
    return Title(
        lettering=look.lettering,
        parts=(*extras, *parts),
        backing=backing,
        box=block.bounds,
        ink=ink,
        letters=coverage(block, frame),
        block=block,
        dress=dress,
        words=words,
    )


def _moved_block(block: Block, lettering: str, box: Box) -> Block:
    """Captions hang from the top of their box, large type stands in its middle."""
    share = {"caption": 0.0, "strips": 0.15, "slam": 0.0}.get(lettering, 0.5)
    down = share * (box.bottom - block.bounds.bottom)
    pieces = tuple(
        Piece(piece.text, piece.x, piece.y + down, piece.width, piece.line)
        for piece in block.pieces
    )
    return replace(block, pieces=pieces)


def _extras(lettering: str, block: Block, palette: Palette, u: float) -> list[Part]:
    """Lines that belong to a style's type: a caption's bar, an engraving's rules."""
    bounds = block.bounds
    if lettering == "caption":
        wide, reach = 0.014 * u, 0.34 * block.size
        x = bounds.right + reach if block.setting.rtl else bounds.left - reach - wide
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
