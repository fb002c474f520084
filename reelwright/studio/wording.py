"""Words on the picture: patterns that read well around any noun, and how to make them shorter."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from reelwright.reading import letters, readable

MAX_TITLE = 34  # letters; longer ones run over three lines of a phone's width
MAX_WORDS = 12  # of one phrase; a longer one is no caption
MIN_NOUN, MAX_NOUN = 3, 16

# {A}: the first noun, with a capital; {b}, {c}: the next ones. All hold for one thing, for many and
# for what cannot be counted: "Harbour at first light", "Trains at first light", "Coffee ...".
ANY_TITLES = ("{A}, up close", "{A} and nothing else", "{A}, again")
LIGHT_TITLES = {
    "dawn": ("{A} at first light", "{A}, early"),
    "day": ("{A} by day", "{A}, any day"),
    "dusk": ("{A} at dusk", "{A} as the day ends"),
    "night": ("{A} after dark", "{A} by night"),
}
SLOW_TITLES = ("{A}, unhurried", "{A}, slowly")
FAST_TITLES = ("{A}, on beat", "{A} in {n} seconds")
SLOW_LINES = ("stay a while", "take your time", "breathe", "listen")
FAST_LINES = ("again", "right now", "go on", "once more", "louder")
ANY_LINES = ("look closer", "there", "just this", "and on it goes")
JOINERS = "\u200c\u200d"
SMALL = "& a an and as at by for from in of on one or the their this to up with"
SMALL_WORDS = frozenset(SMALL.split())
LINES_OF_MOOD = {
    "driving": ("go", "right now", "louder", "again"),
    "calm": ("breathe", "stay a while", "nothing more", "slowly"),
    "nostalgic": ("remember this", "those days", "once more", "back then"),
    "electric": ("lights on", "all night", "stay awake", "plugged in"),
    "playful": ("ta-da", "cut and paste", "look at that", "one more"),
    "warm": ("look closer", "as it is", "day by day", "right here"),
    "quirky": ("wow", "what now?", "zoom!", "oh!"),
    "noble": ("only this", "rare", "made slowly", "for good"),
}
BREATHS = ",.:!?،؛؟۔।、。，．：；！？"
# Where a phrase may end: before a space with its comma, or at a comma that needs no space.
ENDS = re.compile(r"[,:.!?،؛؟۔।]? (?=\S)|[、。，．：；！？](?=\S)")
COMMAS = {"ar": "، ", "fa": "، ", "ja": "、", "ur": "، ", "zh": "、"}  # ", " in other languages
NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 10: "ten"}
DULL_WORDS = (  # that stand in titles and tell nothing of what is seen
    "about after again all also and any are back before both but can day days does down every "
    "everything first for from get good has have her here his how into its just knows last late "
    "least like little long look made make many more most much new next night nobody not now off "
    "old one only other our out over own says side slow small some still take than that the their "
    "them then there these they thing things this three time too two under until use very video "
    "videos was way well what when where which who why will with without work year you your"
)
DULL = frozenset(DULL_WORDS.split())


def nouns(about: Sequence[str], titles: Sequence[str], otherwise: str) -> list[str]:
    """The words that may stand in a title, the most telling first; never empty."""
    found = [word for word in about if _is_noun(word)]
    if not found:
        plain = "".join(one if _is_letter(one) else " " for one in " ".join(titles).lower())
        found = [word for word in plain.split() if _is_noun(word)]
    return list(dict.fromkeys(found))[:3] or [otherwise.replace("_", " ")]


def _is_noun(word: str) -> bool:
    """A guess that costs nothing: one word of letters that is not among the dull ones.

    A letter that says more than one of an alphabet may be a noun by itself.
    """
    length = letters(word)
    fits = (length >= MIN_NOUN or length > len(word) > 0) and length <= MAX_NOUN
    return fits and all(map(_is_letter, word)) and word.lower() not in DULL


def _is_letter(character: str) -> bool:
    """Letters, and the marks without which many scripts have no words."""
    return unicodedata.category(character)[0] in "LM" or character in JOINERS


def title_patterns(light: str, *, slow: bool, seconds: float, locale: str) -> list[str]:
    """What a title may look like. Languages we do not write get bare nouns."""
    if not locale.startswith("en"):
        comma = COMMAS.get(locale[:2], ", ")
        return ["{A}", f"{{A}}{comma}{{b}}", f"{{A}}{comma}{{b}}{comma}{{c}}"]
    pace = SLOW_TITLES if slow else FAST_TITLES
    counted = round(seconds) in NUMBERS and abs(seconds - round(seconds)) < 0.05
    return [
        pattern
        for pattern in (*LIGHT_TITLES.get(light, ()), *pace, *ANY_TITLES)
        if counted or "{n}" not in pattern
    ]


def title(
    patterns: Sequence[str], words: Sequence[str], *, seconds: float, rng: np.random.Generator
) -> str:
    """One of the patterns, filled; those that ask for more nouns than there are do not count."""
    fitting = [filled for pattern in patterns if (filled := _filled(pattern, words, seconds))]
    short = [one for one in fitting if letters(one) <= MAX_TITLE] or [capital(words[0])]
    return short[int(rng.integers(len(short)))]


def _filled(pattern: str, words: Sequence[str], seconds: float) -> str:
    slots = [slot for slot in ("{A}", "{b}", "{c}") if slot in pattern]
    if len(slots) > len(words):
        return ""
    b, c = (*words[1:3], "", "")[:2]
    return pattern.format(A=capital(words[0]), b=b, c=c, n=NUMBERS.get(round(seconds), ""))


def lines(
    title: str,
    words: Sequence[str],
    mood: str,
    *,
    slow: bool,
    locale: str,
    rng: np.random.Generator,
) -> list[str]:
    """Short lines for later shots: first what else it is about, then how it feels."""
    untold = [word for word in words if word.lower() not in title.lower()]
    english = locale.startswith("en")
    together = " & " if english else COMMAS.get(locale[:2], ", ")
    told = [together.join(untold) if slow else untold[0]] if untold else []
    if not english:
        return told
    felt = list(LINES_OF_MOOD.get(mood, (SLOW_LINES if slow else FAST_LINES) + ANY_LINES))
    rng.shuffle(felt)
    return told + felt


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def shortened(words: str, seconds: float) -> str:
    """The longest natural beginning of `words` that can be read in time; empty if none can.

    Cut at a comma, colon or full stop first, then at a small word, never within a word.
    """
    if readable(words, seconds):
        return words
    breaks = [match.start() for match in ENDS.finditer(words)]
    natural = [at for at in breaks if words[at] in BREATHS] or [
        at for at in breaks if words[at:].split()[0] in SMALL_WORDS
    ]
    for at in reversed(natural):
        if readable(words[:at].rstrip(), seconds):
            return words[:at].rstrip()
    return ""


def spread(words: str, lengths_s: Sequence[float]) -> list[str] | None:
    """`words` in parts over shots, each part readable in its shot; None where time is too short.

    Of all ways it is the one with the fewest parts that end on a small word, then the fewest parts,
    then the fewest that end where no comma stands, then the longest first part.
    """
    single = words.split()
    found = _parts(single, lengths_s) if len(single) <= MAX_WORDS else None
    if found is None:
        return None
    _, parts = found
    return [*parts, *[""] * (len(lengths_s) - len(parts))]


def _parts(
    left: Sequence[str], lengths_s: Sequence[float]
) -> tuple[tuple[int, int, int], tuple[str, ...]] | None:
    """The cheapest way to say what is left in the shots that are left, and what it costs."""
    if not left:
        return (0, 0, 0), ()
    best = None
    for until in range(len(left), 0, -1):
        part = _plain(left[:until])
        if not lengths_s or not readable(part, lengths_s[0]):
            continue
        rest = _parts(left[until:], lengths_s[1:])
        if rest is not None:
            (dangling, count, breathless), parts = rest
            end = left[until - 1]
            dangling += until < len(left) and end in SMALL_WORDS
            breathless += until < len(left) and end[-1] not in BREATHS
            way = (dangling, count + 1, breathless), (part, *parts)
            if best is None or way[0] < best[0]:
                best = way
    return best


def _plain(words: Sequence[str]) -> str:
    return " ".join(words).rstrip(",.:،、，。：")
