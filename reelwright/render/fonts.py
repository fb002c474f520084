"""The typefaces that ship with us, by family; nothing is taken from the machine."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import skia

from reelwright.render.bidi import EMBEDDINGS
from reelwright.render.breaking import language
from reelwright.render.clusters import clusters, invisible

FAMILIES = {
    "anton": "fontpkg_anton/files/Anton-Regular.ttf",
    "bebas": "fontpkg_bebas_neue/files/BebasNeue-Regular.ttf",
    "inter": "fontpkg_inter/files/Inter[opsz,wght].ttf",
    "montserrat": "fontpkg_montserrat/files/Montserrat[wght].ttf",
    "playfair": "fontpkg_playfair_display/files/PlayfairDisplay[wght].ttf",
    "playfair-italic": "fontpkg_playfair_display/files/PlayfairDisplay-Italic[wght].ttf",
}
CJK = "manimgx_fonts_cjk/NotoSansCJK-VF.otf.ttc"
HANDS = {"ja": 0, "ko": 1, "zh-hans": 2, "zh-hant": 3}  # its faces: who writes an ideograph how
EMOJI = "NotoEmoji[wght]"
EMOJI_SIGNS = frozenset("\ufe0f\u200d")
MISSING, GONE = "…", "\x00"
GONES = re.compile(f"{GONE}(?: *{GONE})*")
ALPHABETS = "NotoSans[wght]"  # Latin, Greek and Cyrillic, all of them
SCRIPTS = (  # searched in this order for what the first family lacks
    ALPHABETS,
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
    EMOJI,
)

WEIGHT_AXIS = int.from_bytes(b"wght", "big")


@cache
def face(family: str, weight: int = 400) -> skia.Typeface:
    """A family of ours at a weight; where it has a single weight, that one."""
    place, number = _place(family)
    package, *path = place.split("/")
    file = files(package).joinpath(*path)
    # a manager of its own: the machine's default one reads the machine's settings and fonts
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(file), number)
    assert typeface is not None, f"no font in {file}"
    axis = skia.FontArguments.VariationPosition.Coordinate(WEIGHT_AXIS, weight)
    axes = skia.FontArguments.VariationPosition.Coordinates([axis])
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(skia.FontArguments.VariationPosition(axes))
    return typeface.makeClone(arguments) or typeface


def _place(family: str) -> tuple[str, int]:
    """The file of a family, and which of the faces in it."""
    if family in HANDS:
        return CJK, HANDS[family]
    return FAMILIES.get(family, f"manimgx_fonts/{family}.ttf"), 0


def families_for(text: str, first: str, tongue: str) -> list[str]:
    """The families that draw a text: `first`, then what it needs for other scripts.

    `tongue` is the language whose way of writing ideographs is used.
    """
    needed = (family_of(cluster, first, tongue) for cluster in clusters(text))
    return list(dict.fromkeys((first, *(family for family in needed if family))))


@cache
def family_of(cluster: str, first: str, tongue: str) -> str | None:
    """The first family that has all of a letter and its marks; None where there is none."""
    seen = [character for character in cluster if not invisible(character)]
    emoji = (EMOJI,) if seen and EMOJI_SIGNS & {*cluster} else ()
    order = (*emoji, first, *SCRIPTS, tongue)
    return next((family for family in order if all(_has(family, one) for one in seen)), None)


@cache
def _has(family: str, character: str) -> bool:
    return bool(face(family).unicharToGlyph(ord(character)))


def drawable(text: str, first: str) -> str:
    """A text as our fonts can draw it: never a box where a letter should be.

    A letter that no font has is replaced by its plain form (a mathematical A by an A); one that has
    none, and everything beside it that has none, by one ellipsis. Signs that would turn the
    direction of what follows are left out.
    """
    plain = " ".join("".join(one for one in text if not _unseen(one)).split())
    said = "".join(one or GONE for one in _replaced(unicodedata.normalize("NFC", plain), first))
    if not said.replace(GONE, "").strip():
        return ""
    return GONES.sub(MISSING, said)


def _unseen(character: str) -> bool:
    """Controls, and signs that would turn what follows."""
    control = unicodedata.category(character) == "Cc" and not character.isspace()
    return control or character in EMBEDDINGS


def _replaced(text: str, first: str) -> Iterator[str]:
    """Each letter, or what stands for it; empty where nothing does."""
    tongue = language(text)
    for cluster in clusters(text):
        ways = (cluster, unicodedata.normalize("NFKC", cluster), _bare(cluster))
        yield next((way for way in ways if way and family_of(way, first, tongue)), "")


def _bare(cluster: str) -> str:
    """A letter without its marks."""
    apart = unicodedata.normalize("NFD", cluster)
    return "".join(one for one in apart if unicodedata.category(one)[0] != "M")


@cache
def collection(
    families: tuple[str, ...], weight: int, others: int
) -> skia.textlayout.FontCollection:
    """The families as skia's paragraphs take them, each known by its name here.

    `others` is the weight of all but the first, whose only weight may look like another.
    """
    provider = skia.textlayout.TypefaceFontProvider()
    for place, family in enumerate(families):
        provider.registerTypeface(face(family, others if place else weight), family)
    fonts = skia.textlayout.FontCollection()
    fonts.setDefaultFontManager(provider)
    return fonts
