"""Turns a glyph's line drawing into a coloured illustration in a style's own manner."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from reelwright.render.colour import Rgb, Tones, mix, rgb
from reelwright.render.fonts import face
from reelwright.render.layer import Pixels
from reelwright.render.look import Palette
from reelwright.render.paint import parts
from reelwright.render.surface import fibres, halftone

HOLLOW = frozenset("💍🚲⚓🎣🔭")  # air shows through these
PAD = 0.16  # around the drawing, for glow and shadow
Mask = Pixels  # of one channel


@dataclass(frozen=True, slots=True)
class Drawing:
    """A glyph taken apart: lines, solid parts, and what lies between the lines."""

    ink: Mask  # all of it, as drawn
    solid: Mask  # the parts too broad for a line
    broad: Mask  # those of them that are broad enough to be modelled
    inside: Mask  # between the lines
    labels: NDArray[np.int32]  # of the parts between the lines, 0 for none
    areas: tuple[int, ...]  # of the labels from 1 on

    @property
    def whole(self) -> Mask:
        return np.maximum(self.ink, self.inside)


def taken_apart(glyph: str, size: float) -> Drawing:
    """The drawing, `size` pixels over its longer side, in a square with room around it."""
    typeface = face("NotoEmoji[wght]", 500)
    path = skia.Font(typeface, size).getPath(typeface.unicharToGlyph(ord(glyph)))
    bounds = path.computeTightBounds()
    scale = size / max(bounds.width(), bounds.height())
    side = math.ceil(size * (1 + 2 * PAD))
    info = skia.ImageInfo.MakeA8(side, side)
    ink = np.zeros((side, side), np.uint8)
    surface = skia.Surface.MakeRasterDirect(info, ink)
    with surface as canvas:
        canvas.translate(side / 2, side / 2)
        canvas.scale(scale, scale)
        canvas.translate(-bounds.centerX(), -bounds.centerY())
        canvas.drawPath(path, skia.Paint(AntiAlias=True))
    return _regions(ink, size, hollow=glyph in HOLLOW)


def _regions(ink: Mask, size: float, *, hollow: bool) -> Drawing:
    closed = (ink > 70).astype(np.uint8)
    around = closed.copy()
    cv2.floodFill(around, np.zeros((len(ink) + 2, len(ink) + 2), np.uint8), (0, 0), 2)
    between = (around == 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(between, connectivity=4)
    areas = tuple(int(stats[k, cv2.CC_STAT_AREA]) for k in range(1, count))
    if hollow:
        for k in range(1, count):
            if stats[k, cv2.CC_STAT_AREA] > 0.035 * size * size:
                between[labels == k] = 0
                labels[labels == k] = 0
    pen = max(3, round(0.066 * size)) | 1  # a little more than the font's line is wide
    broad = cv2.morphologyEx(closed, cv2.MORPH_OPEN, _disc(pen))
    broad = cv2.min(cv2.dilate(broad, _disc(5)), closed)
    large = cv2.morphologyEx(broad, cv2.MORPH_OPEN, _disc(round(0.13 * size) | 1))
    solid, wide, inside = (cv2.convertScaleAbs(part, alpha=255) for part in (broad, large, between))
    return Drawing(ink, solid, wide, inside, labels, areas)


def _disc(size: int) -> Mask:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def flat_colours(drawing: Drawing, colours: tuple[Rgb, ...]) -> NDArray[np.float32]:
    """Every part in its colour, BGR, grown under the lines so that no seam is seen."""
    table = np.zeros((len(drawing.areas) + 1, 3), np.float32)
    largest = max(drawing.areas, default=1)
    order = sorted(range(len(drawing.areas)), key=lambda k: -drawing.areas[k])
    step = 0
    for place, k in enumerate(order):
        if place and drawing.areas[k] < 0.55 * drawing.areas[order[place - 1]]:
            step += 1
        small = drawing.areas[k] < 0.012 * largest
        colour = colours[-1] if small else colours[step % len(colours)]
        table[k + 1] = colour[::-1]
    table[0] = colours[0][::-1]
    return table[drawing.labels]


@dataclass(frozen=True, slots=True)
class Brush:
    """What decides how a subject looks, besides the subject."""

    style: str
    tones: Tones
    palette: Palette


def subject(glyph: str, size: float, brush: Brush) -> Pixels:
    """The illustration as a square premultiplied sprite, (1 + 2 PAD) times `size` wide."""
    drawing = taken_apart(glyph, size)
    match brush.style:
        case "neon_night":
            return _tubes(drawing, size, brush)
        case "luxury":
            return _gilded(drawing, size, brush)
        case "paper_cutout":
            return _cut_out(drawing, glyph, size, brush)
        case "comic":
            return _inked(drawing, glyph, size, brush)
        case "retro_film":
            return _printed(drawing, glyph, size, brush)
        case "bold_kinetic":
            return _sticker(drawing, glyph, size, brush)
        case _:
            return _illustrated(drawing, glyph, size, brush)


def _colours(glyph: str, brush: Brush) -> tuple[tuple[Rgb, ...], Rgb]:
    """The natural colours in half of the scene's light: a subject stands out."""
    between, solid = parts(glyph)
    colours = tuple(brush.tones.lit(c, 0.0, 0.72) for c in between)
    return colours, brush.tones.lit(solid, 0.0, 0.72)


def _modelled(
    drawing: Drawing,
    glyph: str,
    size: float,
    brush: Brush,
    *,
    line: Rgb | None = None,
    shade: float = 0.22,
    shine: float = 0.32,
) -> NDArray[np.float32]:
    """Colour, lines and two tones of light from the upper left, BGR, everywhere."""
    colours, solid = _colours(glyph, brush)
    picture = flat_colours(drawing, colours)
    deep = mix(solid, rgb("#141433"), 0.45) if line is None else line
    bodies = np.maximum(drawing.inside, drawing.broad)
    _lay(picture, drawing.ink, deep)
    _lay(picture, drawing.solid, solid)
    step = max(1.0, 0.045 * size)
    away = cv2.bitwise_and(bodies, cv2.bitwise_not(_moved(bodies, -step, -step)))
    towards = cv2.bitwise_and(bodies, cv2.bitwise_not(_moved(bodies, 0.4 * step, 0.4 * step)))
    _lay(picture, _soft(away, 0.006 * size), mix(solid, rgb("#1a1038"), 0.6), shade)
    _lay(picture, _soft(towards, 0.004 * size), (1.0, 1.0, 0.96), shine)
    height = np.linspace(1.07, 0.90, len(picture), dtype=np.float32)[:, None, None]
    return np.asarray(np.clip(picture * height, 0, 1), np.float32)


def _illustrated(drawing: Drawing, glyph: str, size: float, brush: Brush) -> Pixels:
    picture = _modelled(drawing, glyph, size, brush)
    if brush.style == "calm_minimal":
        colours, solid = _colours(glyph, brush)
        line = mix(mix(colours[0], solid, 0.55), brush.palette.dark, 0.25)
        picture = _modelled(drawing, glyph, size, brush, line=line, shade=0.10, shine=0.18)
    cover = drawing.whole
    return _under(
        _sprite(picture, cover),
        _moved(_soft(cover, 0.03 * size), 0, 0.03 * size),
        (0.05, 0.03, 0.12),
        0.30,
    )


def _sticker(drawing: Drawing, glyph: str, size: float, brush: Brush) -> Pixels:
    """A broad pale edge and a hard shadow."""
    picture = _modelled(drawing, glyph, size, brush, shade=0.26, shine=0.4)
    edge = cv2.dilate(drawing.whole, _disc(2 * round(0.028 * size) + 1))
    edge = _soft(edge, 0.003 * size)
    sprite = _under(_sprite(picture, drawing.whole), edge, brush.palette.light, 1.0)
    return _under(sprite, _moved(edge, 0.035 * size, 0.04 * size), brush.palette.dark, 0.9)


def _inked(drawing: Drawing, glyph: str, size: float, brush: Brush) -> Pixels:
    """Flat inks, printed dots in the shade, a black line that swells, a white edge."""
    colours, solid = _colours(glyph, brush)
    picture = flat_colours(drawing, colours)
    bodies = np.maximum(drawing.inside, drawing.broad)
    _lay(picture, drawing.solid, solid)
    step = 0.10 * size
    away = cv2.bitwise_and(bodies, cv2.bitwise_not(_moved(bodies, -step, -step)))
    screen = halftone(len(bodies), len(bodies), max(3.0, 0.042 * size))
    dots = np.where(screen < 0.36, np.uint8(255), np.uint8(0))
    _lay(picture, cv2.bitwise_and(away, dots), brush.palette.dark, 0.55)
    towards = cv2.bitwise_and(bodies, cv2.bitwise_not(_moved(bodies, 0.022 * size, 0.022 * size)))
    _lay(picture, towards, (1.0, 1.0, 1.0), 0.75)
    line = cv2.subtract(drawing.ink, cv2.erode(drawing.solid, _disc(2 * round(0.016 * size) + 1)))
    swollen = cv2.max(
        cv2.dilate(line, _disc(max(2, round(0.02 * size)))),
        _moved(line, 0.012 * size, 0.014 * size),
    )
    _lay(picture, swollen, brush.palette.dark)
    cover = cv2.max(drawing.whole, swollen)
    edge = _soft(cv2.dilate(cover, _disc(2 * round(0.022 * size) + 1)), 0.003 * size)
    rim = _soft(cv2.dilate(cover, _disc(2 * round(0.034 * size) + 1)), 0.003 * size)
    sprite = _under(_sprite(picture, cover), edge, (1.0, 1.0, 1.0), 1.0)
    return _under(sprite, rim, brush.palette.dark, 1.0)


def _printed(drawing: Drawing, glyph: str, size: float, brush: Brush) -> Pixels:
    """Colour that does not quite meet its line, as an old press left it."""
    picture = _modelled(drawing, glyph, size, brush, line=(0.17, 0.10, 0.08), shade=0.3, shine=0.12)
    colours, _ = _colours(glyph, brush)
    plate = _moved(flat_colours(drawing, colours), 0.014 * size, 0.010 * size)
    inside = _moved(drawing.inside, 0.014 * size, 0.010 * size)
    share = 0.55 * _share(inside) * (1 - _share(drawing.ink))
    picture += (plate - picture) * share
    cover = cv2.max(drawing.whole, inside)
    return _under(
        _sprite(picture, cover),
        _moved(_soft(cover, 0.035 * size), 0.02 * size, 0.03 * size),
        (0.14, 0.07, 0.04),
        0.4,
    )


def _cut_out(drawing: Drawing, glyph: str, size: float, brush: Brush) -> Pixels:
    """Sheets of coloured paper, one over the other, on a pale one with a shadow."""
    colours, solid = _colours(glyph, brush)
    picture = flat_colours(drawing, colours)
    _lay(picture, drawing.ink, mix(solid, brush.palette.dark, 0.35))
    _lay(picture, drawing.solid, solid)
    fall = _moved(_soft(drawing.ink, 0.012 * size), 0.012 * size, 0.018 * size)
    _lay(picture, cv2.bitwise_and(fall, drawing.inside), (0.1, 0.05, 0.12), 0.30)
    edge = cv2.dilate(drawing.whole, _disc(2 * round(0.035 * size) + 1))
    edge = _soft(edge, 0.003 * size)
    _lay(picture, cv2.bitwise_not(drawing.whole), brush.palette.light)
    paper = fibres(*edge.shape).astype(np.float32)[:, :, None] / 235
    sprite = _sprite(np.clip(picture * paper, 0, 1), edge)
    return _under(
        sprite, _moved(_soft(edge, 0.02 * size), 0.02 * size, 0.035 * size), (0.12, 0.06, 0.12), 0.5
    )


def _tubes(drawing: Drawing, size: float, brush: Brush) -> Pixels:
    """A neon sign: dark glass between bent tubes that glow."""
    picture = np.zeros((*drawing.ink.shape, 3), np.float32)
    picture[:] = mix(brush.palette.dark, brush.palette.second, 0.10)[::-1]
    thin = cv2.subtract(drawing.ink, drawing.solid)
    _lay(picture, drawing.solid, mix(brush.palette.dark, brush.palette.second, 0.72))
    edge = cv2.subtract(drawing.solid, cv2.erode(drawing.solid, _disc(2 * round(0.022 * size) + 1)))
    for mask, tint in ((thin, brush.palette.accent), (edge, brush.palette.second)):
        _lay(picture, mask, tint)
        core = cv2.erode(mask, _disc(max(2, round(0.014 * size))))
        _lay(picture, _soft(core, 0.004 * size), mix(tint, (1.0, 1.0, 1.0), 0.85))
    cover = cv2.max(cv2.convertScaleAbs(drawing.inside, alpha=0.86), drawing.ink)
    near, wide = _soft(drawing.ink, 0.03 * size), _soft(drawing.ink, 0.07 * size)
    lit = brush.palette.accent
    glow = (near.astype(np.float32) * 0.55 + wide.astype(np.float32) * 0.65)[:, :, None] / 255
    sprite = _sprite(picture, cover)
    shine = (glow * bgr(lit) * 255 * 0.8).astype(np.uint8)
    sprite[:, :, :3] = cv2.add(sprite[:, :, :3], shine)
    sprite[:, :, 3] = cv2.max(
        sprite[:, :, 3], np.clip(glow[:, :, 0] * 150, 0, 255).astype(np.uint8)
    )
    return sprite


def _gilded(drawing: Drawing, size: float, brush: Brush) -> Pixels:
    """Gold lines on black lacquer, the gold brighter in bands."""
    side = len(drawing.ink)
    slope = np.add.outer(np.linspace(0, 1.0, side), np.linspace(0, 0.45, side)).astype(np.float32)
    gold = [
        rgb("#7a5520"),
        rgb("#f7e3a6"),
        rgb("#c2913f"),
        rgb("#fff3c8"),
        rgb("#9a6c28"),
        rgb("#e9c878"),
    ]
    at = np.clip(slope / 1.45, 0, 1) * (len(gold) - 1)
    bands = np.stack(
        [np.interp(at, range(len(gold)), [stop[k] for stop in gold]) for k in (2, 1, 0)], axis=2
    )
    picture = np.zeros((side, side, 3), np.float32)
    picture[:] = np.array((0.050, 0.058, 0.070), np.float32)
    sheen = np.clip(0.20 - np.abs(slope - 0.62), 0, 1)[:, :, None] * 0.55
    picture += (sheen * np.array((0.45, 0.62, 0.75), np.float32)).astype(np.float32)
    picture += (bands.astype(np.float32) - picture) * _share(drawing.ink)
    body = cv2.erode(drawing.solid, _disc(2 * round(0.02 * size) + 1))
    dim = 0.5 * _share(_soft(body, 0.004 * size))
    picture *= 1 - dim * np.array((0.55, 0.42, 0.28), np.float32)
    edge = _soft(cv2.dilate(drawing.whole, _disc(2 * round(0.01 * size) + 1)), 0.003 * size)
    sprite = _under(_sprite(np.clip(picture, 0, 1), drawing.whole), edge, rgb("#b98d43"), 1.0)
    return _under(sprite, _moved(_soft(edge, 0.05 * size), 0, 0.03 * size), (0.0, 0.0, 0.0), 0.7)


# ---- masks and sprites --------------------------------------------------------------------


def bgr(colour: Rgb) -> NDArray[np.float32]:
    return np.array(colour[::-1], np.float32)


def _lay(picture: NDArray[np.float32], mask: Mask, colour: Rgb, strength: float = 1.0) -> None:
    picture += (bgr(colour) - picture) * (_share(mask) * np.float32(strength))


def _share(mask: Mask) -> NDArray[np.float32]:
    """A mask as fractions, to be multiplied with colours."""
    return np.asarray(mask[:, :, None], np.float32) * np.float32(1 / 255)


def _moved(mask: Mask, dx: float, dy: float) -> Mask:
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return cv2.warpAffine(mask, shift, (mask.shape[1], mask.shape[0]), flags=cv2.INTER_LINEAR)


def _soft(mask: Mask, sigma: float) -> Mask:
    """Blurred, at a quarter of the size where that cannot be seen."""
    if sigma < 3:
        return cv2.GaussianBlur(mask, (0, 0), max(0.35, sigma))
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / 4)
    return cv2.resize(small, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _sprite(picture: NDArray[np.float32], cover: Mask) -> Pixels:
    sprite = np.empty((*cover.shape, 4), np.uint8)
    share = cover.astype(np.float32)[:, :, None]
    sprite[:, :, :3] = (np.clip(picture, 0, 1) * share + 0.5).astype(np.uint8)
    sprite[:, :, 3] = cover
    return sprite


def _under(sprite: Pixels, mask: Mask, colour: Rgb, strength: float) -> Pixels:
    """The sprite over a mask filled with a colour."""
    free = cv2.multiply(
        mask, cv2.bitwise_not(np.ascontiguousarray(sprite[:, :, 3])), scale=strength / 255
    )
    for channel, part in enumerate((*colour[::-1], 1.0)):
        plane = cv2.add(
            np.ascontiguousarray(sprite[:, :, channel]), cv2.convertScaleAbs(free, alpha=part)
        )
        sprite[:, :, channel] = plane
    return sprite
