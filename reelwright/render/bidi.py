"""In which order the letters of a line stand, where scripts of both directions meet.

This is the bidirectional algorithm of Unicode (UAX 9) for one line without explicit embeddings,
which are taken out of titles: the rules are named as they are there.
"""

import unicodedata
from collections.abc import Sequence

STRONG = {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}  # as neutrals see them
EMBEDDINGS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "「": "」", "『": "』"}
MIRRORED_ONLY = frozenset("«»")  # drawn mirrored, but no brackets to the algorithm


def right_to_left(text: str) -> bool:
    """Whether a text reads from the right, by its first letter that says so (P2, P3)."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind != "L" for kind in kinds if kind in {"L", "R", "AL"}), False)


def levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of every character: even ones read from the left, odd ones do not."""
    base = "R" if rtl else "L"
    kinds = _neutrals(text, _weak(text, base), base)
    even = {"L": 0, "R": 1, "AN": 2, "EN": 2}
    odd = {"L": 2, "R": 1, "AN": 2, "EN": 2}
    table = odd if rtl else even
    return [table[kind] for kind in kinds]  # I1, I2


def visual(levels: Sequence[int]) -> list[int]:
    """The places of the characters, from left to right (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = end + 1
    return order


def _weak(text: str, base: str) -> list[str]:
    """W1 to W7: numbers and what belongs to them."""
    kinds = [unicodedata.bidirectional(one) or "L" for one in text]
    for at, kind in enumerate(kinds):
        before = kinds[at - 1] if at else base
        if kind in {"NSM", "BN"}:  # W1, and X9, which leaves out what has no direction at all
            kinds[at] = before
    strong = base
    for at, kind in enumerate(kinds):
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":  # W2
            kinds[at] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for at in range(1, len(kinds) - 1):  # W4
        around = kinds[at - 1], kinds[at + 1]
        if around == ("EN", "EN") and kinds[at] in {"ES", "CS"}:
            kinds[at] = "EN"
        elif around == ("AN", "AN") and kinds[at] == "CS":
            kinds[at] = "AN"
    _money(kinds)
    strong = base
    for at, kind in enumerate(kinds):
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":  # W7
            kinds[at] = "L"
    return kinds


def _money(kinds: list[str]) -> None:
    """W5 and W6: signs beside a number belong to it, the others are neutral."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        beside = {*kinds[max(0, at - 1) : at], *kinds[end : end + 1]}
        kinds[at:end] = ["EN" if "EN" in beside else "ON"] * (end - at)
        at = end + 1
    kinds[:] = ["ON" if kind in {"ES", "CS", "WS", "S", "B"} else kind for kind in kinds]


def _neutrals(text: str, kinds: list[str], base: str) -> list[str]:
    """N0 to N2: spaces, signs and brackets follow what is around them."""
    for opening, closing in _pairs(text, kinds):  # N0
        inside = {STRONG[kind] for kind in kinds[opening + 1 : closing] if kind in STRONG}
        before = [STRONG[kind] for kind in kinds[:opening] if kind in STRONG]
        if base in inside:
            kinds[opening] = kinds[closing] = base
        elif inside:
            there = before[-1] if before else base
            kinds[opening] = kinds[closing] = there if there in inside else base
    at = 0
    while at < len(kinds):  # N1, N2
        end = at
        while end < len(kinds) and kinds[end] not in STRONG:
            end += 1
        before_it = STRONG[kinds[at - 1]] if at else base
        after_it = STRONG[kinds[end]] if end < len(kinds) else base
        kinds[at:end] = [before_it if before_it == after_it else base] * (end - at)
        at = end + 1
    return kinds


def _pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Brackets and where they close, in the order in which they open."""
    waiting: list[tuple[str, int]] = []
    found = []
    for at, character in enumerate(text):
        if kinds[at] != "ON" or character in MIRRORED_ONLY:
            continue
        if character in BRACKETS:
            waiting.append((BRACKETS[character], at))
        for place in range(len(waiting) - 1, -1, -1):
            if waiting[place][0] == character:
                found.append((waiting[place][1], at))
                del waiting[place:]
                break
    return sorted(found)
