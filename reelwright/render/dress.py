"""What letters wear in each style: outlines, glow, paper, gold."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import skia

from reelwright.render.colour import Rgb, contrast, eight_bit, mix, rgb
from reelwright.render.layer import Pixels
from reelwright.render.lettering import Block, Piece
from reelwright.render.look import Palette
from reelwright.render.readable import AIM, CLEAR_ENOUGH
from reelwright.render.shaping import paragraph
from reelwright.render.surface import on_paper

HALO = 0.42  # of full light
SMALL_TYPE = 24 / 360  # of the width, as WCAG counts on a phone; larger type has brighter edges
LARGE_AIM = 3.5  # where 3 is asked
Wearing = Literal["all", "letters", "ground"]


def surface_on(pixels: Pixels) -> skia.Surface:
    """A skia surface that draws into premultiplied BGRA pixels."""
    height, width = pixels.shape[:2]
    colour, alpha = skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    return skia.Surface.MakeRasterDirect(skia.ImageInfo.Make(width, height, colour, alpha), pixels)


def ink_of(colour: Rgb, alpha: float = 1.0, stroke: float = 0.0) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(*eight_bit(colour), round(255 * alpha)))
    if stroke:
        paint.setStyle(skia.Paint.kStrokeAndFill_Style)
        paint.setStrokeWidth(stroke)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


@dataclass(frozen=True, slots=True)
class Dress:
    """A style's way with letters, for one clip."""

    lettering: str
    palette: Palette
    ink: Rgb
    u: float  # the short side of the frame
    width: float

    def of(self, piece: Piece, block: Block, layer: Wearing = "all") -> tuple[Pixels, float]:
        """A piece of text as a sprite, and how far the sprite reaches around it.

        Of its layers one can be had alone: the letters, or what is drawn under them.
        """
        cloth = Cloth(piece, block, layer)
        DRESSES[self.lettering](cloth, self)
        return cloth.settled(), float(cloth.pad)

    def edge(self, size: float) -> float:
        """The width of outlines: small type needs them to be read, too."""
        return max(0.15 * size, 0.014 * self.u)


class Cloth:
    """The pixels of one piece of text while it is dressed."""

    def __init__(self, piece: Piece, block: Block, layer: Wearing) -> None:
        self.piece, self.block, self.layer = piece, block, layer
        self.size = block.size
        self.pad = math.ceil(0.34 * block.size)
        width, height = piece.width + 2 * self.pad, block.line_height + 2 * self.pad
        self._take(np.zeros((math.ceil(height), math.ceil(width), 4), np.uint8))

    def _take(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.surface = surface_on(pixels)
        self.canvas = self.surface.getCanvas()

    def write(self, paint: skia.Paint, dx: float = 0.0, dy: float = 0.0) -> None:
        """The text as ground for its letters, moved by shares of its size."""
        if self.layer != "letters":
            self._write(paint, dx, dy)

    def letters(self, paint: skia.Paint) -> None:
        """The letters themselves, over all that is there."""
        if self.layer != "ground":
            self._write(paint, 0.0, 0.0)

    def _write(self, paint: skia.Paint, dx: float, dy: float) -> None:
        line = paragraph(self.piece.text, self.block.setting, self.size, paint)
        top = self.pad + self.block.baseline - line.AlphabeticBaseline
        line.paint(self.canvas, self.pad + dx * self.size, top + dy * self.size)

    def settled(self) -> Pixels:
        self.surface.flushAndSubmit()
        return self.pixels

    def treated(self, treatment: Callable[[Pixels], Pixels]) -> None:
        """Change the ground so far, and go on drawing on what came out."""
        if self.layer != "letters":
            self._take(treatment(self.settled()))


def _slam(cloth: Cloth, dress: Dress) -> None:
    outline = ink_of(dress.palette.dark, stroke=dress.edge(cloth.size))
    cloth.write(outline)
    cloth.write(outline, 0.045, 0.055)
    cloth.letters(ink_of(dress.palette.second if cloth.piece.line % 3 == 1 else dress.ink))


def _serif(cloth: Cloth, dress: Dress) -> None:
    palette = dress.palette
    least = AIM if cloth.size < SMALL_TYPE * dress.width else LARGE_AIM
    second, accent = (
        _deep(one, dress.ink, palette.dark, least) for one in (palette.second, palette.accent)
    )
    for step, colour in ((3, palette.dark), (2, second), (1, accent)):
        cloth.write(ink_of(colour, stroke=0.02 * cloth.size), 0.028 * step, 0.028 * step)
    cloth.write(ink_of(palette.dark, stroke=max(0.06 * cloth.size, 0.008 * dress.u)))
    cloth.letters(ink_of(dress.ink))


def _tube(cloth: Cloth, dress: Dress) -> None:
    accent = dress.palette.accent
    rim = _deep(accent, dress.ink, dress.palette.dark)
    cloth.write(ink_of(rim, stroke=0.03 * cloth.size))
    cloth.treated(lambda pixels: _glowing(pixels, rim, accent, cloth.size))
    cloth.letters(ink_of(dress.ink))


def _strips(cloth: Cloth, dress: Dress) -> None:
    cloth.treated(lambda pixels: _papery(_strip(pixels, cloth, dress.palette), cloth.size))
    cloth.letters(ink_of(dress.ink))


def _shout(cloth: Cloth, dress: Dress) -> None:
    palette = dress.palette
    outline = ink_of(palette.dark, stroke=1.3 * dress.edge(cloth.size))
    cloth.write(outline, 0.05, 0.06)
    cloth.write(outline)
    clear = contrast(palette.accent, palette.dark) > CLEAR_ENOUGH
    cloth.letters(ink_of(palette.accent if clear and cloth.piece.line % 2 else dress.ink))


def _engraved(cloth: Cloth, dress: Dress) -> None:
    cloth.write(ink_of((0.0, 0.0, 0.0), 0.55), 0.02, 0.035)
    white, accent = (1.0, 1.0, 1.0), dress.palette.accent
    bands = ((white, 0.35), (accent, 0.2), (white, 0.5), (accent, 0.4))
    gold = [skia.Color(*eight_bit(mix(dress.ink, other, share))) for other, share in bands]
    ends = [skia.Point(0, cloth.pad), skia.Point(0.3 * cloth.size, cloth.pad + 1.3 * cloth.size)]
    paint = ink_of(dress.ink)
    paint.setShader(skia.GradientShader.MakeLinear(ends, gold))
    cloth.letters(paint)


def _caption(cloth: Cloth, dress: Dress) -> None:
    cloth.treated(lambda pixels: _plate(pixels, cloth, dress.palette))
    cloth.letters(ink_of(dress.ink))


def _whisper(cloth: Cloth, dress: Dress) -> None:
    cloth.letters(ink_of(dress.ink))


DRESSES: dict[str, Callable[[Cloth, Dress], None]] = {
    "slam": _slam,
    "whisper": _whisper,
    "serif": _serif,
    "tube": _tube,
    "strips": _strips,
    "caption": _caption,
    "shout": _shout,
    "engraved": _engraved,
}


def _deep(colour: Rgb, ink: Rgb, dark: Rgb, least: float = AIM) -> Rgb:
    """A colour as bright as it may be beside letters in this ink, for at least this contrast."""
    shades = (mix(colour, dark, step / 20) for step in range(20))
    return next((shade for shade in shades if contrast(ink, shade) > least), dark)


def _glowing(pixels: Pixels, near: Rgb, far: Rgb, size: float) -> Pixels:
    """Light around what is drawn: a bright rim in one colour, and a wide halo in another.

    The rim covers more than it shines, so that what lies behind does not add to it.
    """
    alpha = np.ascontiguousarray(pixels[:, :, 3])
    rim = cv2.addWeighted(
        cv2.GaussianBlur(alpha, (0, 0), 0.05 * size),
        0.6,
        cv2.GaussianBlur(alpha, (0, 0), 0.12 * size),
        0.5,
        0,
    )
    halo = cv2.GaussianBlur(alpha, (0, 0), 0.17 * size)
    for channel, (rim_part, halo_part) in enumerate(zip(near[::-1], far[::-1], strict=True)):
        light = cv2.addWeighted(rim, 0.8 * rim_part, halo, HALO * halo_part, 0)
        pixels[:, :, channel] = cv2.add(np.ascontiguousarray(pixels[:, :, channel]), light)
    glow = cv2.addWeighted(rim, 1.5, halo, HALO, 0)
    pixels[:, :, 3] = cv2.max(alpha, glow)
    np.minimum(pixels[:, :, :3], pixels[:, :, 3:], out=pixels[:, :, :3])
    return pixels


def _strip(pixels: Pixels, cloth: Cloth, palette: Palette) -> Pixels:
    """A strip of paper with torn ends, a little askew."""
    pad, piece, size, high = cloth.pad, cloth.piece, cloth.size, cloth.block.line_height
    skew = 0.03 * size * (1 if piece.line % 2 else -1)
    reach = 0.16 * size
    top, low = pad + 0.06 * high, pad + 0.97 * high
    left, right = pad - reach, pad + piece.width + reach
    edge = [(left, top + skew), (right, top - skew)]
    torn = [
        (right + (0.05 if k % 2 else -0.03) * size, top - skew + (low - top) * k / 5)
        for k in range(1, 5)
    ]
    ends = [(right, low - skew), (left, low + skew)]
    other = [
        (left + (0.04 if k % 2 else -0.05) * size, low + skew - (low - top) * k / 5)
        for k in range(1, 5)
    ]
    path = skia.Path()
    path.addPoly([skia.Point(*p) for p in (*edge, *torn, *ends, *other)], True)
    with surface_on(pixels) as canvas:
        canvas.drawPath(path, ink_of(palette.light))
    return pixels


def _papery(pixels: Pixels, size: float) -> Pixels:
    """Fibres in a strip and its shadow under it."""
    alpha = np.ascontiguousarray(pixels[:, :, 3])
    pixels = on_paper(pixels, alpha)
    shift = np.array([[1, 0, 0.03 * size], [0, 1, 0.06 * size]], np.float32)
    shadow = cv2.warpAffine(cv2.GaussianBlur(alpha, (0, 0), 0.04 * size), shift, alpha.shape[::-1])
    pixels[:, :, 3] = cv2.add(alpha, cv2.multiply(shadow, cv2.bitwise_not(alpha), scale=0.5 / 255))
    return pixels


def _plate(pixels: Pixels, cloth: Cloth, palette: Palette) -> Pixels:
    """The dark bar on which a caption stands; those of the next lines join it."""
    width, low = cloth.piece.width + 2 * cloth.pad, cloth.pad + cloth.block.line_height + 1
    with surface_on(pixels) as canvas:
        canvas.drawRect(skia.Rect.MakeLTRB(0, cloth.pad, width, low), ink_of(palette.dark, 0.86))
    return pixels


def coverage(block: Block, frame: tuple[int, int]) -> Pixels:
    """How much of every pixel of the frame the letters cover, 0 to 255."""
    pixels = np.zeros((frame[1], frame[0], 4), np.uint8)
    surface = surface_on(pixels)
    for piece in block.pieces:
        line = paragraph(piece.text, block.setting, block.size, ink_of(rgb("#ffffff")))
        top = piece.y + block.baseline - line.AlphabeticBaseline
        line.paint(surface.getCanvas(), piece.x, top)
    surface.flushAndSubmit()
    return cv2.extractChannel(pixels, 3)
