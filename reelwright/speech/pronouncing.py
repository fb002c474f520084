"""How English words sound: from misaki's lexicon, by their parts, or sounded out."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from reelwright.speech.english import Spoken, spoken
from reelwright.speech.letters import SECOND_STRESS, STRESS, VOWELS, sounded_out, spelled

VOICELESS, HISSING = "ptkfθ", "szʃʒʧʤ"
FLAPS = set(VOWELS) - set("ɐᵊᵻ") | {"ɹ"}  # after these an American t before a vowel is a tap
SHORTEST_PART = 3  # letters of a word that is part of another
BARE = ("the", "a", "an", "to")  # said by what comes after them

Lexicon = Mapping[str, str]


def read_lexicon(path: Path) -> dict[str, str]:
    """Words and their sounds from JSON objects that stand one after another, the best first."""
    text, decoder = path.read_text(encoding="utf-8"), json.JSONDecoder()
    found: dict[str, str] = {}
    while text := text.lstrip():
        words, end = decoder.raw_decode(text)
        text = text[end:]
        for word, sounds in words.items():
            plain = sounds["DEFAULT"] if isinstance(sounds, dict) else sounds
            if plain:
                found.setdefault(word, plain)
    return found


class English:
    """Pronounces American English."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def sounds(self, text: str) -> str:
        """A text in phonemes, with the stops that are heard in it."""
        words = spoken(text)
        told: list[str] = []
        for place, word in enumerate(words):
            if word.is_pause:
                told.append(word.text)
            elif sounds := self._in_place(words, place):
                told.append(f" {sounds}" if told else sounds)
        return "".join(told).strip()

    def word(self, word: str) -> str:
        """One word by itself."""
        plain = _plain(word)
        if not plain:
            return ""
        if plain.isupper() and len(plain) > 1 and plain not in self.lexicon:
            shouted = self._known(plain.lower())
            return shouted if shouted and len(plain) > 3 else spelled(plain)
        if found := self._known(plain) or self._known(plain.lower()):
            return found
        lower = plain.lower()
        if not set(lower) & set("aeiouy"):
            return spelled(lower)
        return self._joined(lower) or sounded_out(lower)

    def _in_place(self, words: Sequence[Spoken], place: int) -> str:
        """A word among its neighbours: small ones bend to what follows."""
        text = words[place].text
        small = text.lower()
        following = words[place + 1] if place + 1 < len(words) else None
        if small not in BARE or following is None or following.is_pause or text == "A":
            return self.word(text) if text != "A" or following is None else "ɐ"
        vowel = self.word(following.text).lstrip(STRESS + SECOND_STRESS)[:1] in VOWELS
        if small in ("a", "an"):
            return "ɐn" if small == "an" else "ɐ"
        if small == "to":
            return "tʊ" if vowel else "tə"
        return "ði" if vowel else "ðə"

    def _known(self, word: str) -> str:
        """From the lexicon, as it stands or by its ending."""
        if found := self.lexicon.get(word) or self.lexicon.get(word.capitalize()):
            return found
        return self._with_s(word) or self._with_ed(word) or self._with_ing(word)

    def _stem(self, *stems: str) -> str:
        return next((found for stem in stems if (found := self.lexicon.get(stem, ""))), "")

    def _with_s(self, word: str) -> str:
        if word.endswith("'s") or word.endswith("s'"):
            stem = self.word(word[:-2] if word.endswith("'s") else word[:-1])
            return _plural(stem) if word.endswith("'s") else stem
        if not word.endswith("s") or word.endswith("ss") or len(word) <= SHORTEST_PART:
            return ""
        stem = self._stem(word[:-1], *([word[:-2]] if word.endswith("es") else []))
        if not stem and word.endswith("ies"):
            stem = self._stem(f"{word[:-3]}y")
        return _plural(stem) if stem else ""

    def _with_ed(self, word: str) -> str:
        if not word.endswith("ed") or len(word) <= SHORTEST_PART + 1:
            return ""
        doubled = [word[:-3]] if word[-3] == word[-4] else []
        stem = self._stem(word[:-2], word[:-1], *doubled)
        if not stem:
            return ""
        if stem[-1] in "td":
            tap = stem[-1] == "t" and len(stem) > 1 and stem[-2] in FLAPS
            return f"{stem[:-1]}ɾᵻd" if tap else f"{stem}ᵻd"
        return f"{stem}t" if stem[-1] in "pkfθʃsʧ" else f"{stem}d"

    def _with_ing(self, word: str) -> str:
        if not word.endswith("ing") or len(word) <= SHORTEST_PART + 2:
            return ""
        doubled = [word[:-4]] if word[-4] == word[-5] else []
        stem = self._stem(word[:-3], f"{word[:-3]}e", *doubled)
        if not stem:
            return ""
        tap = stem[-1] == "t" and len(stem) > 1 and stem[-2] in FLAPS
        return f"{stem[:-1]}ɾɪŋ" if tap else f"{stem}ɪŋ"

    def _joined(self, word: str) -> str:
        """Two known words in one, the longest first; the second loses its main stress."""
        for cut in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            first, second = self.lexicon.get(word[:cut], ""), self._known(word[cut:])
            if first and second:
                return first + second.replace(STRESS, SECOND_STRESS)
        return ""


def _plural(stem: str) -> str:
    if not stem:
        return ""
    if stem[-1] in VOICELESS:
        return f"{stem}s"
    return f"{stem}ᵻz" if stem[-1] in HISSING else f"{stem}z"


def _plain(word: str) -> str:
    """Without accents, and in straight apostrophes."""
    bare = unicodedata.normalize("NFKD", word.replace("’", "'").strip("'"))
    return "".join(one for one in bare if one.isascii() and (one.isalpha() or one == "'"))
