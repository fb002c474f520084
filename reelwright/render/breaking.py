"""Where a line may end: between words, and in scripts that set no spaces between phrases."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import budoux

from reelwright.render.clusters import clusters

HAN = "\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d"
HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
THAI = "\u0e01-\u0e5b"
UNSPACED = re.compile(f"[{HAN}{KANA}{THAI}]")
# What must not begin a line, and what must not end one.
NEVER_FIRST = frozenset(
    "、。，．・：；？！）」』】〕》〉”’…‥ー々ゝゞ〜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    "%％°)]}!?,.:;ๆฯ的吗呢吧们嗎們"
)
NEVER_LAST = frozenset("（「『【〔《〈“‘([{$¥￥#＃")
VOWELS = frozenset("aeiouyäöüåæøœáàâãéèêëíìîïóòôõúùûýаеёиоуыэюяіїєαεηιουωάέήίόύώ")
ONE_SOUND = (  # with which a syllable may begin, the longest first
    *("schw", "schr", "schl", "schm", "schn", "sch", "str", "spr", "ch", "ck", "ph", "th", "sh"),
    *("qu", "br", "cr", "dr", "fr", "gr", "kr", "pr", "tr", "bl", "cl", "fl", "gl", "kl", "pl"),
)
HYPHENATED = re.compile(r"\W*[A-Za-z\u00aa-\u058f]+\W*\Z")  # alphabets that write a hyphen
SOFT_HYPHEN = "\u00ad"
STOPS = "、。，．：；！？…"
SHORT = 3  # a phrase of fewer letters takes one more
AFTER_HYPHEN = re.compile(r"(?<=[^\W\d][-\u2010])(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Word:
    """What stays together on a line, and what comes before the next one."""

    text: str
    gap: bool = True  # a space
    hyphen: bool = False  # nothing, but a hyphen where the line ends here


def words(text: str) -> list[Word]:
    """A text in the pieces between which a line may end."""
    found: list[Word] = []
    for token in text.split():
        if found and _only_marks(token):  # "Bonjour !", and a dash at the end of its line
            last = found[-1]
            found[-1] = Word(f"{last.text}\u00a0{token}")
            continue
        phrases = [
            phrase
            for part in AFTER_HYPHEN.split(token)
            for phrase in _phrases(part, language(text))
        ]
        found += [Word(phrase, gap=False) for phrase in phrases[:-1]] + [Word(phrases[-1])]
    return found


def _only_marks(token: str) -> bool:
    kinds = {unicodedata.category(one)[0] for one in token}
    return kinds == {"P"} and token not in {"&", "¿", "¡"}


@cache
def language(text: str) -> str:
    """Which of the languages that share ideographs a text is in: ja, ko, zh-hant or zh-hans.

    Kana and Hangul tell by themselves. Traditional is what an encoding of Taiwan can write and one
    of the mainland cannot.
    """
    if re.search(f"[{KANA}]", text):
        return "ja"
    if re.search(f"[{HANGUL}]", text):
        return "ko"
    han = re.findall(f"[{HAN}]", text)
    taiwan, mainland = (sum(map(_writes(name), han)) for name in ("big5", "gb2312"))
    return "zh-hant" if taiwan > mainland else "zh-hans"


def _writes(encoding: str) -> Callable[[str], bool]:
    return lambda character: bool(character.encode(encoding, errors="ignore"))


def _phrases(token: str, tongue: str) -> list[str]:
    """A token without spaces in phrases, by a model of the language where it has one."""
    if not UNSPACED.search(token):
        return [token]
    if re.search(f"[{THAI}]", token):
        tongue = "th"
    elif tongue == "ko":
        return [token]
    return _closed(token, _parser(tongue).parse(token), alone=tongue not in {"zh-hans", "zh-hant"})


def _closed(token: str, parsed: list[str], *, alone: bool) -> list[str]:
    """The phrases of a model, none torn within a cluster or where no line may end.

    Unless one letter may stand `alone`, it goes with the short phrase before it: a measure word, a
    verb after its adverb.
    """
    whole = clusters(token)
    ends = {len("".join(whole[:count])) for count in range(1, len(whole) + 1)}
    phrases: list[str] = []
    at, begun = 0, 0
    for phrase in parsed:
        at += len(phrase)
        last, after = token[at - 1], token[at : at + 1]
        torn = at not in ends or last == after  # a doubled letter is one word
        if after and (torn or last in NEVER_LAST or after in NEVER_FIRST):
            continue
        closed, begun = token[begun:at], at
        short = phrases and len(phrases[-1]) < SHORT and phrases[-1][-1].isalpha()
        if not alone and short and len(closed.rstrip(STOPS)) == 1:
            closed = phrases.pop() + closed
        phrases.append(closed)
    return phrases


@cache
def _parser(tongue: str) -> budoux.Parser:
    loads: dict[str, Callable[[], budoux.Parser]] = {
        "ja": budoux.load_default_japanese_parser,
        "th": budoux.load_default_thai_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
    }
    return loads[tongue]()


def syllables(word: str) -> list[str]:
    """Where a word may be torn apart if it must be: before the consonant that a vowel follows.

    A guess that serves the languages that build long words. Other scripts part between letters.
    """
    if SOFT_HYPHEN in word:
        return [part for part in word.split(SOFT_HYPHEN) if part]
    if not HYPHENATED.match(word):
        return clusters(word)
    parts: list[str] = []
    begun, low = 0, word.lower()
    for at in range(2, len(word) - 2):
        sound = next((one for one in ONE_SOUND if low.startswith(one, at)), low[at])
        torn = any(low.startswith(one, at - k) for one in ONE_SOUND for k in range(1, len(one)))
        is_start = low[at] not in VOWELS and low[at + len(sound) : at + len(sound) + 1] in VOWELS
        spoken = any(one in VOWELS for one in low[begun:at])
        if is_start and spoken and not torn and low[at + len(sound) :]:
            parts.append(word[begun:at])
            begun = at
    return [*parts, word[begun:]]


def takes_hyphen(word: str) -> bool:
    """Whether a word that is torn apart is written with a hyphen."""
    return bool(HYPHENATED.match(word.replace(SOFT_HYPHEN, "")))
