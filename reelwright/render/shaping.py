"""Text in a style's typefaces: shaped by skia, in the text's own direction, and measured."""

import math
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import skia

from reelwright.render.bidi import right_to_left
from reelwright.render.breaking import language
from reelwright.render.clusters import clusters
from reelwright.render.fonts import ALPHABETS, collection, families_for, family_of

MEASURED_AT = 100.0
DRAWN_AT = 48.0  # pixels; fine enough to tell how far the ink of letters reaches
INK = 60  # of 255: what counts as ink there
FROM_RIGHT, ISOLATED = "\u2067", "\u2069"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How a style sets type. Lengths are shares of the font size unless said otherwise."""

    family: str
    weight: int = 400
    others: int = 0  # the weight of other scripts' families, where it is not the same number
    upper: bool = False
    leading: float = 1.1
    clear: float = 0.08  # at least, between the ink of two lines
    spacing: float = 0.0  # between letters
    largest: float = 0.2  # of the short side
    lines: int = 4
    centred: bool = True
    whole_lines: bool = False  # a line moves as one
    rtl: bool = False  # of a text, as is
    tongue: str = "zh-hans"  # the language whose ideographs it takes


def spoken(setting: Setting, text: str) -> Setting:
    """A setting for one text: its direction, and whose ideographs it is written with.

    A text of which the family lacks letters that a wider one of the same alphabets has is set in
    that one as a whole, because a word in two typefaces is a ransom note.
    """
    tongue = language(text)
    families = {family_of(one, setting.family, tongue) for one in clusters(text) if one.isalpha()}
    if ALPHABETS in families:
        weight = setting.others or setting.weight
        setting = replace(setting, family=ALPHABETS, weight=weight, others=0)
    return replace(setting, rtl=right_to_left(text), tongue=tongue)


def paragraph(
    text: str, setting: Setting, size: float, paint: skia.Paint | None = None
) -> skia.textlayout.Paragraph:
    """One line of shaped text, laid out without a limit to its width."""
    families = families_for(text, setting.family, setting.tongue)
    style = skia.textlayout.TextStyle()
    style.setFontFamilies(families)
    style.setFontSize(size)
    if setting.spacing and all(map(_stands_apart, text)):
        style.setLetterSpacing(setting.spacing * size)
    if paint is not None:
        style.setForegroundPaint(paint)
    outline = skia.textlayout.ParagraphStyle()
    outline.setTextStyle(style)
    fonts = collection(tuple(families), setting.weight, setting.others or setting.weight)
    builder = skia.textlayout.ParagraphBuilder(outline, fonts, skia.Unicodes.ICU.Make())
    builder.pushStyle(style)
    builder.addText(f"{FROM_RIGHT}{text}{ISOLATED}" if setting.rtl else text)
    laid = builder.Build()
    laid.layout(1e6)
    return laid


def _stands_apart(character: str) -> bool:
    """Whether space around a letter tears nothing: not so in scripts that join theirs."""
    code = ord(character)
    return code < 0x0600 or 0x10A0 <= code < 0x1100 or 0x1E00 <= code < 0xA000 or code >= 0xAC00


@lru_cache(maxsize=4096)
def measured(text: str, setting: Setting) -> float:
    """The width of a text at size 1."""
    return float(paragraph(text, setting, MEASURED_AT).LongestLine) / MEASURED_AT


@lru_cache(maxsize=4096)
def extent(text: str, setting: Setting) -> tuple[float, float]:
    """How far the ink of a text at size 1 goes above its baseline, and how far below."""
    line = paragraph(text, setting, DRAWN_AT, skia.Paint(AntiAlias=True))
    width, height = math.ceil(line.LongestLine + DRAWN_AT), math.ceil(line.Height + 2 * DRAWN_AT)
    ink = np.zeros((height, width), np.uint8)
    with skia.Surface.MakeRasterDirect(skia.ImageInfo.MakeA8(width, height), ink) as canvas:
        line.paint(canvas, 0.5 * DRAWN_AT, DRAWN_AT)
    rows = np.flatnonzero(ink.max(axis=1) > INK)
    if not len(rows):
        return 0.0, 0.0
    baseline = DRAWN_AT + float(line.AlphabeticBaseline)
    return (baseline - float(rows[0])) / DRAWN_AT, (float(rows[-1]) + 1 - baseline) / DRAWN_AT


def capitals(text: str) -> str:
    """A text in capitals, which Greek writes without its accents."""
    plain = (
        unicodedata.normalize("NFD", one).replace("\u0301", "") if "Ͱ" <= one <= "Ͽ" else one
        for one in text
    )
    return unicodedata.normalize("NFC", "".join(plain).upper())
