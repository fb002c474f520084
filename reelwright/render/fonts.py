"""The typefaces that ship with us, by family; nothing is taken from the machine."""

import unicodedata
from functools import cache
from importlib.resources import files

import skia

FAMILIES = {
    "anton": "fontpkg_anton/files/Anton-Regular.ttf",
    "bebas": "fontpkg_bebas_neue/files/BebasNeue-Regular.ttf",
    "inter": "fontpkg_inter/files/Inter[opsz,wght].ttf",
    "montserrat": "fontpkg_montserrat/files/Montserrat[wght].ttf",
    "playfair": "fontpkg_playfair_display/files/PlayfairDisplay[wght].ttf",
    "playfair-italic": "fontpkg_playfair_display/files/PlayfairDisplay-Italic[wght].ttf",
}
SCRIPTS = (  # searched in this order for what the first family lacks
    "NotoSans[wght]",
    "NotoSansArabic[wght]",
    "NotoSansDevanagari[wght]",
    "NotoSansHebrew[wght]",
    "NotoSansThai[wght]",
    "NotoSansBengali[wght]",
    "NotoSansTamil[wght]",
    "NotoSansTelugu[wght]",
    "NotoSansGujarati[wght]",
    "NotoSansGurmukhi[wght]",
    "NotoSansKannada[wght]",
    "NotoSansMalayalam[wght]",
    "NotoSansOriya[wght]",
    "NotoSansSinhala[wght]",
    "NotoSansKhmer[wght]",
    "NotoSansLao[wght]",
    "NotoSansMyanmar[wght]",
    "NotoSansEthiopic[wght]",
    "NotoSansArmenian[wght]",
    "NotoSansGeorgian[wght]",
    "NotoSansSymbols[wght]",
    "NotoEmoji[wght]",
)

WEIGHT_AXIS = int.from_bytes(b"wght", "big")


@cache
def face(family: str, weight: int = 400) -> skia.Typeface:
    """A family of ours at a weight; where it has a single weight, that one."""
    package, *path = _place(family).split("/")
    file = files(package).joinpath(*path)
    # a manager of its own: the machine's default one reads the machine's settings and fonts
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(file), 0)
    assert typeface is not None, f"no font in {file}"
    axis = skia.FontArguments.VariationPosition.Coordinate(WEIGHT_AXIS, weight)
    axes = skia.FontArguments.VariationPosition.Coordinates([axis])
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(skia.FontArguments.VariationPosition(axes))
    return typeface.makeClone(arguments) or typeface


def _place(family: str) -> str:
    return FAMILIES.get(family, f"manimgx_fonts/{family}.ttf")


@cache
def family_of(character: str) -> str | None:
    """The first of the Noto families that can draw a character."""
    return next((name for name in SCRIPTS if face(name).unicharToGlyph(ord(character))), None)


def families_for(text: str, first: str) -> list[str]:
    """The families that draw a text: `first`, then what it needs for other scripts."""
    found = [first]
    for character in text:
        if invisible(character) or face(first).unicharToGlyph(ord(character)):
            continue
        other = family_of(character)
        if other is not None and other not in found:
            found.append(other)
    return found


def drawable(text: str, first: str) -> str:
    """A text without what no font of ours can draw, because a box says less than nothing.

    Chinese, Japanese and Korean are not among the scripts that ship with us.
    """
    kept = (
        character
        for character in text
        if invisible(character)
        or face(first).unicharToGlyph(ord(character))
        or family_of(character) is not None
    )
    return " ".join("".join(kept).split())


def invisible(character: str) -> bool:
    """Spaces, joiners and direction marks, which need no glyph."""
    return character.isspace() or unicodedata.category(character) in {"Cf", "Cc", "Mn"}


@cache
def collection(families: tuple[str, ...], weight: int) -> skia.textlayout.FontCollection:
    """The families as skia's paragraphs take them, each known by its name here."""
    provider = skia.textlayout.TypefaceFontProvider()
    for family in families:
        provider.registerTypeface(face(family, weight), family)
    fonts = skia.textlayout.FontCollection()
    fonts.setDefaultFontManager(provider)
    return fonts
