"""A picture as a thing: cut to a shape, and framed as its style frames."""

from dataclasses import dataclass

import cv2
import numpy as np
import skia

from reelwright.domain import Fill
from reelwright.render.colour import mix
from reelwright.render.dress import surface_on
from reelwright.render.layer import Pixels
from reelwright.render.look import Look, Palette
from reelwright.render.sheet import filled, stroked
from reelwright.render.surface import on_paper

PAD = 0.09  # of the short side, around the shape: room for frames and shadows
ROUND = 0.055  # of the short side: the corners of a card
LONGEST, WIDEST = 0.72, 1.35  # width over height of cards, however long the photograph


@dataclass(frozen=True, slots=True)
class Mount:
    """What lies under a picture, its shape, and what lies over it; all of one size."""

    under: Pixels
    shape: Pixels  # how much of every pixel the picture covers
    over: Pixels
    box: tuple[int, int, int, int]  # left, top, width, height of the shape

    def of(self, picture: Pixels, focus: tuple[float, float]) -> Pixels:
        """The picture in its mount. A cut-out stands whole on the ground that lies under it."""
        left, top, width, height = self.box
        if picture[0, 0, 3] < 255 or picture[-1, -1, 3] < 255:
            inner = whole(picture, width, height)
        else:
            inner = fitted(picture, width, height, focus)
        sheet = np.zeros_like(self.under)
        sheet[top : top + height, left : left + width] = inner
        sheet = masked(sheet, self.shape)
        return laid(laid(self.under, sheet), self.over)


def mount(
    fill: Fill, aspect: float, room: tuple[float, float], look: Look, palette: Palette, u: float
) -> Mount:
    """The mount for a picture of that aspect, as large as the room allows."""
    width, height = extent(fill, aspect, room)
    pad = PAD * u
    shape = _path(fill, pad, pad, width, height, u)
    size = (round(height + 2 * pad), round(width + 2 * pad))
    layers = [np.zeros((*size, 4), np.uint8) for _ in range(3)]
    for pixels, draw in zip(layers, (_under, _shape, _over), strict=True):
        with surface_on(pixels) as canvas:
            draw(canvas, shape, look.lettering, palette, u)
    under, cut, over = layers
    if look.surface == "paper":
        under = on_paper(under, cv2.extractChannel(under, 3))
    if look.lettering in SOFT_SHADOWS:
        under = shadowed(under, cut, u)
    return Mount(
        under,
        cv2.extractChannel(cut, 3),
        over,
        (round(pad), round(pad), round(width), round(height)),
    )


def extent(fill: Fill, aspect: float, room: tuple[float, float]) -> tuple[float, float]:
    """How large the shape is in its room."""
    match fill:
        case Fill.CIRCLE:
            aspect = 1.0
        case Fill.ARCH:
            aspect = 0.74
        case Fill.CARD | Fill.TORN:
            aspect = min(WIDEST, max(LONGEST, aspect))
    width = min(room[0], room[1] * aspect)
    return width, width / aspect


def fitted(picture: Pixels, width: int, height: int, focus: tuple[float, float]) -> Pixels:
    """The part about the focus that has the wanted shape, at the wanted size."""
    high, wide = picture.shape[:2]
    scale = min(wide / width, high / height)
    w, h = max(1, int(width * scale)), max(1, int(height * scale))
    left = min(max(0, round(focus[0] * wide - w / 2)), wide - w)
    top = min(max(0, round(focus[1] * high - h / 2)), high - h)
    part = picture[top : top + h, left : left + w]
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    return cv2.resize(part, (width, height), interpolation=how)


def whole(picture: Pixels, width: int, height: int, share: float = 0.84) -> Pixels:
    """All of a cut-out in the middle of nothing."""
    high, wide = picture.shape[:2]
    scale = share * min(width / wide, height / high)
    w, h = max(1, round(wide * scale)), max(1, round(high * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sheet = np.zeros((height, width, 4), np.uint8)
    left, top = (width - w) // 2, (height - h) // 2
    sheet[top : top + h, left : left + w] = cv2.resize(picture, (w, h), interpolation=how)
    return sheet


def masked(picture: Pixels, alpha: Pixels) -> Pixels:
    """As much of a premultiplied picture as the alpha lets through."""
    return cv2.multiply(picture, cv2.merge([alpha] * 4), scale=1 / 255)


def laid(below: Pixels, above: Pixels) -> Pixels:
    """One premultiplied picture over another of its size."""
    return cv2.add(masked(below, cv2.bitwise_not(cv2.extractChannel(above, 3))), above)


def shadowed(under: Pixels, shape: Pixels, u: float, strength: float = 0.42) -> Pixels:
    """The soft shadow of what lies here, beneath it."""
    alpha = cv2.max(cv2.extractChannel(under, 3), cv2.extractChannel(shape, 3))
    shift = np.array([[1, 0, 0], [0, 1, 0.016 * u]], np.float32)
    soft = cv2.warpAffine(cv2.GaussianBlur(alpha, (0, 0), 0.02 * u), shift, alpha.shape[::-1])
    shade = np.zeros_like(under)
    cv2.insertChannel(cv2.convertScaleAbs(soft, alpha=strength), shade, 3)
    return laid(shade, under)


# ---- shapes and frames ----------------------------------------------------------------------

SOFT_SHADOWS = {"whisper", "serif", "strips", "caption", "engraved"}


def _path(fill: Fill, x: float, y: float, w: float, h: float, u: float) -> skia.Path:
    box = skia.Rect.MakeXYWH(x, y, w, h)
    match fill:
        case Fill.CIRCLE:
            return skia.Path.Oval(box)
        case Fill.ARCH:
            top = skia.RRect()
            corner = skia.Point(0.5 * w, 0.5 * w)
            foot = skia.Point(0.012 * u, 0.012 * u)
            top.setRectRadii(box, [corner, corner, foot, foot])
            return skia.Path.RRect(top)
        case Fill.CARD:
            return skia.Path.RRect(box, ROUND * u, ROUND * u)
        case Fill.TORN:
            return _torn(x, y, w, h, u)
        case _:
            return skia.Path.Rect(box)


def _torn(x: float, y: float, w: float, h: float, u: float) -> skia.Path:
    """A sheet with torn edges; the same one every time."""
    rng = np.random.default_rng(19)
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    points = []
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        steps = max(8, round(max(abs(bx - ax), abs(by - ay)) / (0.014 * u)))
        wander = 0.0
        for step in range(steps):
            wander = 0.7 * wander + rng.uniform(-1, 1) * 0.005 * u
            share, inward = step / steps, abs(wander) + rng.uniform(0, 0.002) * u
            px, py = ax + (bx - ax) * share, ay + (by - ay) * share
            if ay == by:
                py += inward if ay == y else -inward
            else:
                px += inward if ax == x else -inward
            points.append(skia.Point(px, py))
    path = skia.Path()
    path.addPoly(points, True)
    return path


def _shape(
    canvas: skia.Canvas, path: skia.Path, lettering: str, palette: Palette, u: float
) -> None:
    canvas.drawPath(path, filled((1.0, 1.0, 1.0)))


def _under(
    canvas: skia.Canvas, path: skia.Path, lettering: str, palette: Palette, u: float
) -> None:
    """The ground of what has clear parts, and what stands out behind the shape."""
    ground = mix(palette.light, palette.second, 0.22)
    match lettering:
        case "slam":
            canvas.save()
            canvas.translate(0.028 * u, 0.028 * u)
            canvas.drawPath(path, filled(palette.second))
            canvas.restore()
        case "shout":
            canvas.save()
            canvas.translate(0.022 * u, 0.024 * u)
            canvas.drawPath(path, filled(palette.dark))
            canvas.restore()
            canvas.drawPath(path, stroked(palette.dark, 0.03 * u))
        case "serif":
            canvas.drawPath(path, stroked(mix(palette.light, (1, 1, 1), 0.3), 0.045 * u))
        case "strips":
            canvas.drawPath(path, stroked(palette.light, 0.03 * u))
        case "tube":
            ground = mix(palette.dark, palette.accent, 0.22)
            for width, alpha in ((0.10, 0.05), (0.066, 0.08), (0.042, 0.14), (0.024, 0.3)):
                canvas.drawPath(path, stroked(palette.second, width * u, alpha))
        case "caption":
            canvas.drawPath(path, stroked(palette.light, 0.012 * u))
        case "engraved":
            ground = mix(palette.dark, palette.second, 0.35)
    canvas.drawPath(path, filled(ground))


def _over(canvas: skia.Canvas, path: skia.Path, lettering: str, palette: Palette, u: float) -> None:
    match lettering:
        case "tube":
            canvas.drawPath(path, stroked(palette.second, 0.0085 * u))
            canvas.drawPath(path, stroked(mix(palette.second, (1, 1, 1), 0.8), 0.0034 * u))
        case "engraved":
            canvas.drawPath(path, stroked(palette.accent, 0.0045 * u))
            wide = skia.Matrix()
            bounds = path.getBounds()
            grow = 1 + 0.036 * u / bounds.width(), 1 + 0.036 * u / bounds.height()
            wide.setScale(*grow, bounds.centerX(), bounds.centerY())
            outer = skia.Path(path)
            outer.transform(wide)
            canvas.drawPath(outer, stroked(palette.accent, 0.0018 * u))
        case "shout":
            canvas.drawPath(path, stroked(palette.dark, 0.012 * u))
