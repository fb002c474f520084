"""How long words take to read: one answer for whoever plans them, moves them or checks them."""

import unicodedata

NOTICE_S = 0.25  # an eye needs about that long to find what is new
LETTER_S = 0.06  # 17 letters a second, what subtitles for adults allow
# In letters of an alphabet. Subtitles give a reader half as many ideographs in a second, and two
# thirds as many syllables; a picture among words is looked at like a short word.
IDEOGRAPH, SYLLABLE, PICTURE = 2.0, 1.5, 2.0
IDEOGRAPHS = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
SYLLABLES = ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xAC00, 0xD7A3), (0xFF66, 0xFF9D))
PICTURES = (0x2190, 0x1FAFF)
FLAGS = (0x1F1E6, 0x1F1FF)  # two of these are one picture
SKINS = (0x1F3FB, 0x1F3FF)
JOINER = "\u200d"
LEAVES_S, LEAVES_SHARE = 0.25, 0.12  # of its time on the screen a title spends going


def reading_s(words: str) -> float:
    """How long a viewer needs to notice some words and to read them."""
    return NOTICE_S + letters_s(words) if words else 0.0


def letters_s(words: str) -> float:
    """How long the reading itself takes."""
    return LETTER_S * letters(words)


def leaving_s(length_s: float) -> float:
    """The end of a title's time on the screen, in which it goes and is not read any more."""
    return min(LEAVES_S, LEAVES_SHARE * length_s)


def readable(words: str, length_s: float) -> bool:
    """Whether words that are on the screen for so long can be read before they go."""
    return reading_s(words) <= length_s - leaving_s(length_s)


def letters(words: str) -> float:
    """How much there is to read, in letters of an alphabet. Marks belong to their letters."""
    before = ["", *words]
    return sum(_weight(one, last) for last, one in zip(before, words, strict=False))


def _weight(character: str, last: str) -> float:
    kind, code = unicodedata.category(character), ord(character)
    if kind[0] == "M" or kind in {"Cf", "Cc"} or SKINS[0] <= code <= SKINS[1]:
        return 0.0
    if _within(code, IDEOGRAPHS):
        return IDEOGRAPH
    if _within(code, SYLLABLES):
        return SYLLABLE
    if kind == "So" and _within(code, (PICTURES,)):
        if last == JOINER:  # one picture with what comes before
            return 0.0
        return PICTURE / 2 if FLAGS[0] <= code <= FLAGS[1] else PICTURE
    return 1.0


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)
