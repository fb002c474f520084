"""Small signs for what a camera does, drawn about the middle of a square of side 1."""

import math

import skia

from reelwright.domain import Colour
from reelwright.render.page import lined

HEAD = 0.12  # of an arrow
Point = tuple[float, float]


def camera_sign(
    canvas: skia.Canvas, camera: str, x: float, y: float, side: float, ink: Colour
) -> None:
    """The sign of one of the kit's cameras, its middle at (x, y)."""
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(side, side)
    canvas.drawRoundRect(skia.Rect.MakeLTRB(-0.5, -0.4, 0.5, 0.4), 0.1, 0.1, lined(ink, 0.05, 0.45))
    canvas.drawPath(SIGNS[camera](), lined(ink, 0.07))
    canvas.restore()


def _arrow(path: skia.Path, start: Point, end: Point) -> None:
    """A line with a head at its end."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    path.moveTo(*start)
    path.lineTo(*end)
    for turn in (2.5, -2.5):
        path.moveTo(*end)
        path.lineTo(end[0] + HEAD * math.cos(angle + turn), end[1] + HEAD * math.sin(angle + turn))


def _corners(*, inwards: bool) -> skia.Path:
    path = skia.Path()
    for sx in (-1, 1):
        for sy in (-1, 1):
            far, near = (0.34 * sx, 0.26 * sy), (0.13 * sx, 0.10 * sy)
            _arrow(path, *((far, near) if inwards else (near, far)))
    return path


def _straight(dx: float, dy: float) -> skia.Path:
    path = skia.Path()
    _arrow(path, (-0.28 * dx, -0.2 * dy), (0.28 * dx, 0.2 * dy))
    return path


def _orbit() -> skia.Path:
    path = skia.Path()
    path.addArc(skia.Rect.MakeLTRB(-0.3, -0.16, 0.3, 0.16), -60, 300)
    path.moveTo(0.15, -0.14)
    path.lineTo(0.04, -0.24)
    path.moveTo(0.15, -0.14)
    path.lineTo(0.02, -0.06)
    path.addCircle(0, 0, 0.03)
    return path


def _handheld() -> skia.Path:
    path = skia.Path()
    for step in range(25):
        x = -0.32 + 0.64 * step / 24
        y = 0.13 * math.sin(14 * x + 0.6) * math.cos(4 * x)
        path.lineTo(x, y) if step else path.moveTo(x, y)
    return path


def _still() -> skia.Path:
    path = skia.Path()
    for dx, dy in ((1, 0), (0, 1)):
        path.moveTo(-0.12 * dx, -0.12 * dy)
        path.lineTo(0.12 * dx, 0.12 * dy)
    return path


SIGNS = {
    "push": lambda: _corners(inwards=True),
    "pull": lambda: _corners(inwards=False),
    "pan_left": lambda: _straight(-1, 0),
    "pan_right": lambda: _straight(1, 0),
    "tilt_up": lambda: _straight(0, -1),
    "tilt_down": lambda: _straight(0, 1),
    "orbit": _orbit,
    "handheld": _handheld,
    "still": _still,
}
