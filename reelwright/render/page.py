"""Type and pictures on a page for people: maps, contact sheets and galleries are drawn with it."""

from pathlib import Path

import cv2
import numpy as np
import skia

from reelwright.domain import Colour
from reelwright.errors import ReelwrightError
from reelwright.media.files import asked_for
from reelwright.render.breaking import words
from reelwright.render.clusters import clusters
from reelwright.render.fonts import drawable
from reelwright.render.layer import Pixels
from reelwright.render.lettering import ELLIPSIS
from reelwright.render.shaping import Setting, measured, paragraph, spoken

GROUND, PAPER, INK, FAINT = (12, 16, 22), (24, 30, 39), (245, 239, 227), (152, 158, 168)
TITLE = Setting(family="playfair", weight=500)
NAME = Setting(family="playfair", weight=600)
QUOTE = Setting(family="playfair-italic", weight=500)
TEXT = Setting(family="inter", weight=400)
STRONG = Setting(family="inter", weight=600)
SMOOTH = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
KINDS = {".png": skia.kPNG, ".jpg": skia.kJPEG, ".jpeg": skia.kJPEG}
QUALITY = 90  # of a JPEG


def refuse_unknown_kind(path: Path) -> None:
    """Raises, before the work, where no picture can be written in the form that a name asks for."""
    if path.suffix.lower() not in KINDS:
        raise ReelwrightError(
            f"A picture cannot be written as {path.name!r}.", hint=f"Use one of {', '.join(KINDS)}."
        )


def save(surface: skia.Surface, path: Path, what: str) -> None:
    """The picture as a file of the kind that its name says, whole or not at all."""
    refuse_unknown_kind(path)
    data = surface.makeImageSnapshot().encodeToData(KINDS[path.suffix.lower()], QUALITY)
    with asked_for(path, what) as part:
        part.write_bytes(bytes(data))


def colour(value: Colour, alpha: float = 1.0) -> int:
    return int(skia.ColorSetARGB(round(255 * alpha), *value))


def filled(value: Colour, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour(value, alpha))


def lined(value: Colour, width: float, alpha: float = 1.0) -> skia.Paint:
    return skia.Paint(
        AntiAlias=True,
        Color=colour(value, alpha),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def write(
    canvas: skia.Canvas,
    text: str,
    setting: Setting,
    size: float,
    x: float,
    y: float,
    *,
    align: float = 0.0,
    ink: Colour = INK,
) -> None:
    """A line whose left edge, middle or right edge (0, .5, 1) stands at x, its top at y."""
    text = drawable(text, setting.family)
    setting = spoken(setting, text)
    if text:
        line = paragraph(text, setting, size, skia.Paint(AntiAlias=True, Color=colour(ink)))
        line.paint(canvas, x - align * measured(text, setting) * size, y)


def lines_of(text: str, setting: Setting, size: float, width: float, most: int) -> list[str]:
    """The text in at most so many lines of that width; what is left over ends in an ellipsis."""
    lines: list[str] = []
    before = ""
    for part in words(drawable(text, setting.family)):
        word, space = part.text, before
        before = " " if part.gap else ""
        longer = f"{lines[-1]}{space}{word}" if lines else word
        if lines and measured(longer, setting) * size <= width:
            lines[-1] = longer
        elif len(lines) == most:
            return [*lines[:-1], shortened(f"{longer}{ELLIPSIS}", setting, size, width)]
        else:
            lines.append(shortened(word, setting, size, width))
    return lines


def shortened(text: str, setting: Setting, size: float, width: float) -> str:
    """The text, or as much of it as the width holds with an ellipsis."""
    if measured(text, setting) * size <= width:
        return text
    whole = clusters(text)
    for end in range(len(whole) - 1, 0, -1):
        part = f"{''.join(whole[:end]).rstrip()}{ELLIPSIS}"
        if measured(part, setting) * size <= width:
            return part
    return ELLIPSIS


def picture(canvas: skia.Canvas, bgr: Pixels, box: skia.Rect, turn: float) -> None:
    """A frame in a box of its own shape, whose corners turn with this radius."""
    image = skia.Image.fromarray(
        np.ascontiguousarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGBA)),
        skia.ColorType.kRGBA_8888_ColorType,
    )
    canvas.save()
    canvas.clipRRect(skia.RRect.MakeRectXY(box, turn, turn), True)
    canvas.drawImageRect(image, box, SMOOTH)
    canvas.restore()
