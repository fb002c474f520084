"""What scenes draw on: a skia canvas over numpy pixels that knows the light and the style."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import skia
from numpy.typing import NDArray

from reelwright.render.colour import Rgb, Tones, eight_bit, mix, rgb
from reelwright.render.layer import STILL, Layer, Motion, Particles, Pixels, trimmed
from reelwright.render.look import Look, Palette
from reelwright.render.surface import backdrop, finished

MARGIN = 0.14  # of the frame on every side, for the camera to move in
BANDS = 7  # of a sky without gradients
NOISE = 64  # pixels after which dithering repeats
CACHED = 32  # rows of a sheet, in single precision, that stay in the processor's cache
Points = Sequence[tuple[float, float]]


def is_wide(w: float, h: float) -> bool:
    """Whether titles stand beside the subject and not above it."""
    return w > 1.2 * h


def hero_x(w: float, h: float) -> float:
    """The middle of what a picture is about: in wide frames the right is left to the subject."""
    return (0.735 if is_wide(w, h) else 0.5) * w


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where a scene lets its subject stand: the middle of its foot, and how big it may be."""

    x: float
    y: float
    size: float
    floats: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One shot's empty stage. Everything drawn on it is measured in shares of w, h and u."""

    w: float
    h: float
    tones: Tones
    look: Look
    palette: Palette
    rng: np.random.Generator

    @property
    def u(self) -> float:
        """The unit of things: the short side of the frame."""
        return min(self.w, self.h)

    @property
    def left(self) -> float:
        return -MARGIN * self.w

    @property
    def right(self) -> float:
        return (1 + MARGIN) * self.w

    @property
    def bottom(self) -> float:
        return (1 + MARGIN) * self.h

    @property
    def top(self) -> float:
        return -MARGIN * self.h

    @property
    def hero_x(self) -> float:
        """Where things stand that carry the subject."""
        return hero_x(self.w, self.h)

    def indoors(self) -> "Stage":
        """The same stage under a roof, where lamps make up for the sun."""
        return replace(self, tones=self.tones.indoors())

    def sheet(self) -> "Sheet":
        return Sheet(self)

    def bgr(self, colour: str | Rgb) -> tuple[int, int, int]:
        """What shines by itself, as OpenCV takes it."""
        red, green, blue = eight_bit(self.tones.plain(colour))
        return blue, green, red

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def steps(self, step: float, jitter: float = 0.0) -> list[float]:
        """Places from the left edge to the right, about `step` apart."""
        count = math.ceil((self.right - self.left) / step) + 1
        return [
            self.left + (place + self.between(-jitter, jitter)) * step for place in range(count)
        ]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a scene hands over: layers from far to near, and where the subject goes in."""

    layers: tuple[Layer, ...]
    spot: Spot
    particles: tuple[Particles, ...] = ()


class Sheet:
    """One layer while it is drawn. Coordinates are those of the frame, margins included."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.dx, self.dy = round(MARGIN * stage.w), round(MARGIN * stage.h)
        width, height = round(stage.w) + 2 * self.dx, round(stage.h) + 2 * self.dy
        self.pixels: Pixels = np.zeros((height, width, 4), np.uint8)
        info = skia.ImageInfo.Make(
            width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
        )
        self._surface = skia.Surface.MakeRasterDirect(info, self.pixels)
        self.canvas = self._surface.getCanvas()
        self.canvas.translate(self.dx, self.dy)
        self.far = 0.0  # how much air lies before what is drawn next
        self.inked = True  # whether the style's outlines are drawn

    @property
    def flat(self) -> bool:
        """Whether the style knows flat colours only."""
        return self.stage.look.levels_only

    # ---- shapes ---------------------------------------------------------------------------

    def path(self, path: skia.Path, colour: str | Rgb, *, glow: float = 0.0) -> None:
        """Fill a shape with a surface colour, in this light, outlined where the style does so."""
        paint = self.stage.tones.lit(colour, self.far, glow)
        self.canvas.drawPath(path, filled(paint))
        look = self.stage.look
        if look.ink and self.inked:
            width = look.ink * self.stage.u * (1.0 - 0.6 * self.far)
            self.canvas.drawPath(path, stroked(self._ink(paint), width))

    def poly(self, points: Points, colour: str | Rgb, *, glow: float = 0.0) -> None:
        self.path(polygon(points), colour, glow=glow)

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        colour: str | Rgb,
        *,
        round_by: float = 0.0,
        glow: float = 0.0,
    ) -> None:
        box = skia.Rect.MakeXYWH(x, y, w, h)
        path = skia.Path.RRect(box, round_by, round_by) if round_by else skia.Path.Rect(box)
        self.path(path, colour, glow=glow)

    def circle(self, x: float, y: float, r: float, colour: str | Rgb, *, glow: float = 0.0) -> None:
        self.path(skia.Path.Circle(x, y, r), colour, glow=glow)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: str | Rgb, *, glow: float = 0.0
    ) -> None:
        box = skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry)
        self.path(skia.Path.Oval(box), colour, glow=glow)

    def line(self, points: Points, width: float, colour: str | Rgb, *, glow: float = 0.0) -> None:
        """A stroke with round ends; too thin for outlines of its own."""
        paint = stroked(self.stage.tones.lit(colour, self.far, glow), width)
        self.canvas.drawPath(polygon(points, closed=False), paint)

    def curve(self, points: Points, colour: str | Rgb, *, glow: float = 0.0) -> None:
        """A closed shape through smooth curves, the points being between its corners."""
        self.path(rounded(points), colour, glow=glow)

    def clear(self, path: skia.Path) -> None:
        """Cut a hole."""
        paint = skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear)
        self.canvas.drawPath(path, paint)

    def shine(
        self, x: float, y: float, w: float, h: float, colour: str | Rgb, round_by: float = 0.0
    ) -> None:
        """A small thing that shines by itself, without outline: a window, a lamp, a screen."""
        box = skia.Rect.MakeXYWH(x, y, w, h)
        tones = self.stage.tones
        paint = filled(tones.plain(mix(rgb(colour), tones.light.haze, self.far)))
        self.canvas.drawRRect(skia.RRect.MakeRectXY(box, round_by, round_by), paint)

    def _ink(self, fill: Rgb) -> Rgb:
        look, palette = self.stage.look, self.stage.palette
        if not look.ink_glows:
            return mix(palette.dark, fill, min(0.5, 0.7 * self.far))
        chosen = palette.accent if self.stage.rng.random() < 0.5 else palette.second
        return mix(fill, chosen, 0.85 - 0.6 * self.far)

    # ---- light and air --------------------------------------------------------------------

    def gradient(self, stops: Sequence[Rgb], top: float, bottom: float) -> None:
        """Fill the whole sheet from top to bottom with colours that are paint already."""
        rows = np.arange(len(self.pixels)) - self.dy
        down = np.clip((rows - top) / max(1e-6, bottom - top), 0, 1)
        if self.flat:  # sheets of paper and of ink have no gradients
            down = np.minimum(np.floor(down * BANDS), BANDS - 1) / (BANDS - 1)
        at = down * (len(stops) - 1)
        columns = [np.interp(at, range(len(stops)), [stop[k] for stop in stops]) for k in (2, 1, 0)]
        levels = np.stack([*columns, np.ones_like(at)], axis=1) * 255
        self.pixels[:] = _dithered(levels, self.pixels.shape[1])

    def mist(self, top: float, bottom: float, colour: Rgb, strength: float) -> None:
        """Blend what is drawn towards a paint, from nothing at `top` to `strength` at `bottom`."""
        rows = np.arange(len(self.pixels)) - self.dy
        share = np.clip((rows - top) / (bottom - top), 0, 1)
        first = max(0, int(min(top, bottom)) + self.dy) if bottom > top else 0
        last = len(self.pixels) if bottom > top else max(0, math.ceil(top) + self.dy)
        if first >= last:
            return
        strength *= 0.45 if self.flat else 1.0
        share = (share * share * (3 - 2 * share) * strength)[first:last]
        _blend(self.pixels[first:last], share[:, None], colour)

    def beam(self, x: float, y: float, r: float, colour: Rgb, strength: float) -> None:
        """Round soft light on what is drawn, brightest at (x, y)."""
        box = _box(x - r + self.dx, y - r + self.dy, 2 * r, 2 * r, self.pixels.shape)
        if box is None:
            return
        top, bottom, left, right = box
        ys = np.square((np.arange(top, bottom) - y - self.dy) / r).astype(np.float32)
        xs = np.square((np.arange(left, right) - x - self.dx) / r).astype(np.float32)
        fall = np.clip(1 - ys[:, None] - xs, 0, 1)
        fall = fall * fall * fall
        if self.flat:
            fall = np.floor(fall * 3.99) / 3.99
            strength *= 0.6
        fall *= np.float32(strength)
        _blend(self.pixels[top:bottom, left:right], fall, colour)

    # ---- handing over ---------------------------------------------------------------------

    def layer(
        self, depth: float, *, motion: Motion = STILL, adds: bool = False, plain: bool = False
    ) -> list[Layer]:
        """The finished layer in a list; an empty list where nothing was drawn."""
        self._surface.flushAndSubmit()
        part = trimmed(self.pixels)
        if part is None:
            return []
        pixels, left, top = part
        if plain:
            pixels = backdrop(pixels, self.stage.look, self.stage.u)
        elif not adds:
            pixels, grown = finished(pixels, self.stage.look, self.stage.u, depth)
            left, top = left - grown, top - grown
        place = {"x": float(left - self.dx), "y": float(top - self.dy)}
        return [Layer(pixels=pixels, depth=depth, motion=motion, adds=adds, **place)]


def filled(colour: Rgb, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=skia.Color(*eight_bit(colour), round(255 * alpha)))


def stroked(colour: Rgb, width: float, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(
        AntiAlias=True,
        Color=skia.Color(*eight_bit(colour), round(255 * alpha)),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def polygon(points: Points, *, closed: bool = True) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points], closed)
    return path


def rounded(points: Points) -> skia.Path:
    """A closed path that touches the middle of every side of the polygon."""
    path = skia.Path()
    ends = [*points, points[0]]
    middles = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(points, ends[1:], strict=True)
    ]
    path.moveTo(*middles[-1])
    for point, middle in zip(points, middles, strict=True):
        path.quadTo(*point, *middle)
    path.close()
    return path


def _blend(pixels: Pixels, share: NDArray[np.floating], colour: Rgb) -> None:
    """Draw premultiplied pixels towards a colour without changing what they cover."""
    for first in range(0, len(pixels), CACHED):  # a few rows at a time take a third of the time
        rows = pixels[first : first + CACHED]
        part = share[first : first + CACHED].astype(np.float32)
        alpha = rows[:, :, 3].astype(np.float32)
        for channel, level in enumerate(colour[::-1]):
            plane = rows[:, :, channel].astype(np.float32)
            rows[:, :, channel] = plane + (alpha * np.float32(level) - plane) * part + 0.5


def _dithered(levels: NDArray[np.floating], width: int) -> Pixels:
    """Rows of colour over a width, the rounding spread so that no bands are seen."""
    noise = np.tile(_noise(), (math.ceil(len(levels) / NOISE), 1))[: len(levels)]
    strip = levels.astype(np.float32)[:, None, :] + noise[:, :, None]
    return np.tile(np.minimum(strip, 255).astype(np.uint8), (1, math.ceil(width / NOISE), 1))[
        :, :width
    ]


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(5).random((NOISE, NOISE), np.float32)


def _box(
    x: float, y: float, w: float, h: float, shape: tuple[int, ...]
) -> tuple[int, int, int, int] | None:
    top, bottom = max(0, int(y)), min(shape[0], math.ceil(y + h))
    left, right = max(0, int(x)), min(shape[1], math.ceil(x + w))
    return (top, bottom, left, right) if top < bottom and left < right else None
