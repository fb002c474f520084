"""Text as people see it: letters with their marks, flags and joined emoji in one piece."""

import unicodedata

JOINER = "\u200d"
JOINERS = frozenset("\u200c\u200d")
SKINS = range(0x1F3FB, 0x1F400)
TAGS = range(0xE0020, 0xE0080)
FLAGS = range(0x1F1E6, 0x1F200)
VIRAMA = 9  # the combining class of the signs that bind a consonant to the next one
# Where those signs bind: scripts whose conjuncts are one shape and cannot be taken apart.
CONJUNCTS = (
    range(0x0900, 0x0B00),
    range(0x0B00, 0x0B80),
    range(0x0C00, 0x0C80),
    range(0x0D00, 0x0D80),
)
PREFIXED = frozenset("\u0e33\u0eb3")  # Thai and Lao am, which stands on the letter before it


def clusters(text: str) -> list[str]:
    """The pieces that nothing may tear apart; joined they are the text."""
    found: list[str] = []
    for character in text:
        if found and _belongs(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _belongs(before: str, character: str) -> bool:
    """Whether a character is part of the cluster before it."""
    code, last = ord(character), before[-1]
    kind = unicodedata.category(character)
    if unicodedata.category(last) == "Cc" or kind == "Cc":
        return False
    if _extends(character) or character in PREFIXED:
        return True
    if code in FLAGS:
        return all(ord(one) in FLAGS for one in before) and len(before) % 2 == 1
    if last == JOINER and kind == "So" and unicodedata.category(before[0]) == "So":
        return True
    return kind == "Lo" and _binds(before, code)


def _extends(character: str) -> bool:
    """Marks, joiners, colours of skin: what has no place of its own."""
    is_mark = unicodedata.category(character)[0] == "M"
    return is_mark or character in JOINERS or ord(character) in SKINS or ord(character) in TAGS


def _binds(before: str, code: int) -> bool:
    """Whether a consonant is bound to the cluster before it by a virama among its marks."""
    script = next((codes for codes in CONJUNCTS if code in codes), ())
    for mark in reversed(before):
        if unicodedata.combining(mark) == VIRAMA:
            return ord(mark) in script
        if not _extends(mark):
            return False
    return False


def invisible(character: str) -> bool:
    """Spaces, joiners, direction marks and variation selectors, which need no glyph."""
    if character.isspace() or unicodedata.category(character) in {"Cf", "Cc"}:
        return True
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
