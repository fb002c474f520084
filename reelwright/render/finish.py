"""What a style does to the whole picture: glow, fringes, vignette, windows, grain and dust."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import skia

from reelwright.render.blend import Buffers, Overlay, shaped
from reelwright.render.colour import Rgb, mix
from reelwright.render.layer import Pixels
from reelwright.render.look import Look, Palette
from reelwright.render.outline import Box
from reelwright.render.sheet import filled, is_wide, stroked
from reelwright.render.surface import fibres

BLOOM_FROM = 96  # darker levels do not glow
GRAIN_SLACK = 64  # by so much a tile is larger than the frame, to be shifted every frame


@dataclass(frozen=True, slots=True)
class Finish:
    """The parts of a style's finish that are the same in every frame."""

    look: Look
    veil: Pixels | None  # what vignette and window let through
    window: Pixels | None
    grain: Pixels | None
    size: tuple[int, int]
    clear: Box  # outside of it the window hides everything

    @classmethod
    def of(cls, look: Look, palette: Palette, width: int, height: int, seed: int) -> "Finish":
        window = _window(look.window, palette, width, height)
        veils = [window.free] if window is not None else []
        if look.vignette:
            veils.append(_vignette(look.vignette, width, height))
        veil = veils[0] if veils else None
        if len(veils) > 1:  # one pass over the frame for both
            veil = cv2.multiply(veils[0], veils[1], scale=1 / 255)
        return cls(
            look,
            veil,
            window.pixels if window is not None else None,
            _grain(look.grain, width, height, seed) if look.grain else None,
            (width, height),
            _clear(window.free) if window is not None else (0, 0, width, height),
        )

    def picture(self, canvas: Pixels, buffers: Buffers) -> None:
        """Before titles: what light and lens do."""
        if self.look.bloom:
            _bloom(canvas, self.look.bloom, buffers)
        if self.look.fringe:
            _fringe(canvas, max(1, round(self.look.fringe * min(self.size))), buffers)
        if self.veil is not None:
            cv2.multiply(canvas, self.veil, canvas, 1 / 255)
        if self.window is not None:
            cv2.add(canvas, self.window, canvas)

    def film(self, canvas: Pixels, step: int) -> None:
        """After titles: what the film stock does, different at every step."""
        if self.look.dust:
            _dust(canvas, step)
        if self.grain is None:
            return
        width, height = self.size
        top, left = (step * 37) % GRAIN_SLACK, (step * 53) % GRAIN_SLACK
        tile = self.grain[top : top + height, left : left + width]
        gain = 1 + self.look.flicker * math.sin(2.4 * step) * math.sin(0.9 * step + 1)
        cv2.addWeighted(canvas, gain, tile, 1.0, -128.0, canvas)


def _bloom(canvas: Pixels, strength: float, buffers: Buffers) -> None:
    """Bright things glow: blurred at an eighth of the size, where nobody can tell."""
    height, width = canvas.shape[:2]
    small = canvas
    for part in (2, 4, 8):  # by halves: OpenCV is seven times as quick with them as with quarters
        size = (max(8, width // part), max(8, height // part))
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    bright = cv2.subtract(small, np.full_like(small, BLOOM_FROM))
    near = cv2.GaussianBlur(bright, (0, 0), max(0.8, 0.00225 * min(width, height)))
    tiny = cv2.resize(
        bright, (max(8, width // 16), max(8, height // 16)), interpolation=cv2.INTER_AREA
    )
    wide = cv2.GaussianBlur(tiny, (0, 0), max(0.8, 0.0042 * min(width, height)))
    wide = cv2.resize(wide, bright.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    glow = cv2.addWeighted(near, 0.8 * strength, wide, 0.9 * strength, 0)
    whole = shaped(buffers.free, canvas)
    cv2.resize(glow, (width, height), whole, interpolation=cv2.INTER_LINEAR)
    cv2.add(canvas, whole, canvas)


def _fringe(canvas: Pixels, shift: int, buffers: Buffers) -> None:
    """Red a little to the right and blue a little to the left."""
    height, width = canvas.shape[:2]
    plane = buffers.alpha[: height * width].reshape(height, width)
    for channel, left, right in ((2, shift, 0), (0, 0, shift)):
        cv2.extractChannel(canvas, channel, plane)
        part = plane[:, right : width - left]
        cv2.insertChannel(part, canvas[:, left : width - right], channel)


def _vignette(strength: float, width: int, height: int) -> Pixels:
    xs = np.linspace(-1, 1, width // 2, dtype=np.float32)[None, :]
    ys = np.linspace(-1, 1, height // 2, dtype=np.float32)[:, None]
    reach = np.clip((xs * xs * 0.9 + ys * ys * 0.75 - 0.35) / 1.3, 0, 1)
    level = (255 * (1 - strength * reach)).astype(np.uint8)
    whole = cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.cvtColor(whole, cv2.COLOR_GRAY2BGRA)


def _grain(levels: float, width: int, height: int, seed: int) -> Pixels:
    """A tile of noise about 128, soft enough to look like silver and not like a fault."""
    rng = np.random.default_rng(seed)
    shape = (height + GRAIN_SLACK, width + GRAIN_SLACK)
    soft = max(0.45, 0.0011 * min(width, height))
    noise = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), soft)
    level = levels / float(noise.std())
    tile = np.asarray(np.clip(128 + level * noise, 0, 255), np.uint8)
    return cv2.cvtColor(tile, cv2.COLOR_GRAY2BGRA)


def _dust(canvas: Pixels, step: int) -> None:
    """Specks, hairs and now and then a scratch."""
    rng = np.random.default_rng(step * 7919 + 13)
    height, width = canvas.shape[:2]
    u = min(width, height)
    for _ in range(int(rng.poisson(4.0))):
        spot = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        shade = (225, 240, 250, 255) if rng.random() < 0.6 else (28, 34, 44, 255)
        r = u * rng.uniform(0.0010, 0.0038)
        axes = (max(1, round(r)), max(1, round(r * rng.uniform(0.4, 1.0))))
        cv2.ellipse(canvas, spot, axes, rng.uniform(0, 180), 0, 360, shade, -1, cv2.LINE_AA)
    if rng.random() < 0.3:
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        turn, reach = rng.uniform(0, 6.28), u * rng.uniform(0.03, 0.08)
        t = np.linspace(0, 1, 9)
        curl = np.stack(
            [x + reach * np.cos(turn + 2.5 * t) * t, y + reach * np.sin(turn + 1.5 * t) * t], axis=1
        )
        cv2.polylines(
            canvas, [(curl * 8).astype(np.int32)], False, (36, 42, 52, 255), 1, cv2.LINE_AA, 3
        )
    if rng.random() < 0.22:
        top = int(rng.uniform(0.05, 0.95) * width)
        low = top + int(rng.uniform(-3, 3))
        cv2.line(canvas, (top, 0), (low, height), (205, 220, 232, 255), 1, cv2.LINE_AA)


# ---- windows ------------------------------------------------------------------------------


def _window(kind: str, palette: Palette, width: int, height: int) -> Overlay | None:
    """What the picture is seen through, as an overlay; None where it fills the frame."""
    if not kind:
        return None
    pixels = np.zeros((height, width, 4), np.uint8)
    info = skia.ImageInfo.Make(
        width, height, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
    with skia.Surface.MakeRasterDirect(info, pixels) as canvas:
        WINDOWS[kind](canvas, palette, float(width), float(height))
    if kind == "arch":
        _fibred(pixels)
    return Overlay.of(pixels)


def _around(canvas: skia.Canvas, hole: skia.Path, w: float, h: float, colour: Rgb) -> None:
    """Fill all but a hole."""
    whole = skia.Path.Rect(skia.Rect.MakeWH(w, h))
    canvas.drawPath(skia.Op(whole, hole, skia.PathOp.kDifference_PathOp), filled(colour))


def arch_box(w: float, h: float) -> tuple[float, float, float, float]:
    """The window of the calm style: left, top, right, bottom."""
    if is_wide(w, h):
        return 0.53 * w, 0.10 * h, 0.93 * w, 0.92 * h
    if w > 0.8 * h:
        return 0.20 * w, 0.37 * h, 0.80 * w, 0.95 * h
    return 0.11 * w, 0.275 * h, 0.89 * w, 0.865 * h


def _clear(free: Pixels) -> Box:
    """The smallest box that holds all that a window lets through."""
    left, top, width, height = cv2.boundingRect(cv2.extractChannel(free, 0))
    return left, top, left + width, top + height


def _arch(canvas: skia.Canvas, palette: Palette, w: float, h: float) -> None:
    left, top, right, bottom = arch_box(w, h)
    r = 0.5 * (right - left)
    u = min(w, h)
    path = _arched(left, top, right, bottom, r)
    _around(canvas, path, w, h, palette.light)
    line = _arched(
        left - 0.022 * u, top - 0.022 * u, right + 0.022 * u, bottom + 0.022 * u, r + 0.022 * u
    )
    canvas.drawPath(line, stroked(mix(palette.light, palette.accent, 0.75), 0.0035 * u))


def _arched(left: float, top: float, right: float, bottom: float, r: float) -> skia.Path:
    path = skia.Path()
    path.moveTo(left, bottom)
    path.lineTo(left, top + r)
    path.arcTo(skia.Rect.MakeLTRB(left, top, right, top + 2 * r), 180, 180, False)
    path.lineTo(right, bottom)
    path.close()
    return path


def _gate(canvas: skia.Canvas, palette: Palette, w: float, h: float) -> None:
    u = min(w, h)
    inset, r = 0.022 * u, 0.075 * u
    hole = skia.Path.RRect(skia.Rect.MakeLTRB(inset, inset, w - inset, h - inset), r, r)
    _around(canvas, hole, w, h, (0.035, 0.025, 0.02))
    for step in range(5):
        edge = stroked((0.05, 0.03, 0.02), (0.006 + 0.010 * step) * u, 0.16)
        canvas.drawPath(hole, edge)


def _bars(canvas: skia.Canvas, palette: Palette, w: float, h: float) -> None:
    tall = 0.042 * h if h >= w else 0.075 * h
    for top in (0.0, h - tall):
        canvas.drawRect(skia.Rect.MakeXYWH(0, top, w, tall), filled((0.02, 0.02, 0.02)))


def _panel(canvas: skia.Canvas, palette: Palette, w: float, h: float) -> None:
    u = min(w, h)
    inset = 0.028 * u
    hole = skia.Path.Rect(skia.Rect.MakeLTRB(inset, inset, w - inset, h - inset))
    _around(canvas, hole, w, h, palette.light)
    canvas.drawPath(hole, stroked(palette.dark, 0.011 * u))


def _hairline(canvas: skia.Canvas, palette: Palette, w: float, h: float) -> None:
    u = min(w, h)
    for inset, width in ((0.045, 0.0034), (0.058, 0.0016)):
        box = skia.Rect.MakeLTRB(inset * u, inset * u, w - inset * u, h - inset * u)
        canvas.drawRect(box, stroked(palette.accent, width * u))
    for x in (0.045 * u, w - 0.045 * u):
        for y in (0.045 * u, h - 0.045 * u):
            canvas.drawCircle(x, y, 0.009 * u, filled(palette.accent))


WINDOWS = {"arch": _arch, "gate": _gate, "bars": _bars, "panel": _panel, "hairline": _hairline}


def _fibred(pixels: Pixels) -> None:
    fibre: Pixels = cv2.addWeighted(
        fibres(*pixels.shape[:2]), 0.4, np.full(pixels.shape[:2], 235, np.uint8), 0.6, 0
    )
    pixels[:, :, :3] = cv2.multiply(
        np.ascontiguousarray(pixels[:, :, :3]), cv2.merge([fibre] * 3), scale=1 / 236
    )
    np.minimum(pixels[:, :, :3], pixels[:, :, 3:], out=pixels[:, :, :3])
