"""English as it is read aloud: numbers, prices and signs become words."""

import re
from dataclasses import dataclass

ONE_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES, TENS = ONE_WORDS.split(), TEN_WORDS.split()
LARGE = (10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")
MOST = 10**15  # what is larger is read digit by digit
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny")}
MANY = {"penny": "pence"}
SIGNS = {"%": "percent", "&": "and", "+": "plus", "@": "at", "=": "equals", "°": "degrees"}
PAUSES = {"—": ",", "–": ",", "·": ",", "|": ",", "…": ".", "\n": ".", "•": ","}
STOPS = ".,!?;:"
TOKEN = re.compile(
    r"(?P<money>[$€£]\s?\d[\d,]*(?:\.\d+)?)"
    r"|(?P<rank>\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*['’]?)"
    r"|(?P<sign>[%&+@=°])"
    r"|(?P<pause>[.,!?;:—–…·|•\n]|\s-\s)"
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word, or the pause that a sign stands for."""

    text: str
    is_pause: bool = False


def spoken(text: str) -> list[Spoken]:
    """The words of a text in the order in which they are said. What is no word is left out."""
    found: list[Spoken] = []
    for match in TOKEN.finditer(text.replace("’", "'")):
        kind, part = str(match.lastgroup), match.group()
        if kind == "pause":
            stop = PAUSES.get(part, part if part in STOPS else ",")
            if found and not found[-1].is_pause:
                found.append(Spoken(stop, is_pause=True))
        else:
            found += map(Spoken, _words(kind, part))
    return found


def _words(kind: str, part: str) -> list[str]:
    match kind:
        case "money":
            return money(part[0], part[1:].strip())
        case "rank":
            return ordinal(int(part[:-2]))
        case "number":
            return number(part)
        case "sign":
            return [SIGNS[part]]
        case _:
            return [part]


def number(digits: str) -> list[str]:
    """`1,250.5` in words; four digits without a comma may be a year."""
    whole, _, rest = digits.rstrip(",").partition(".")
    if len(whole) == 4 and not rest and "," not in whole and "1100" <= whole < "2100":
        return year(int(whole))
    plain = whole.replace(",", "")
    said = cardinal(int(plain)) if plain[0] != "0" or len(plain) == 1 else _digits(plain)
    return [*said, "point", *_digits(rest)] if rest else said


def cardinal(n: int) -> list[str]:
    """A whole number in words."""
    if n >= MOST:
        return _digits(str(n))
    for size, name in LARGE:
        if n >= size:
            return [*cardinal(n // size), name, *(cardinal(n % size) if n % size else [])]
    if n >= 100:
        return [ONES[n // 100], "hundred", *(cardinal(n % 100) if n % 100 else [])]
    if n >= 20:
        return [TENS[n // 10 - 2], *([ONES[n % 10]] if n % 10 else [])]
    return [ONES[n]]


def ordinal(n: int) -> list[str]:
    *first, last = cardinal(n)
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return [*first, ORDINALS.get(last, regular)]


def year(n: int) -> list[str]:
    century, rest = divmod(n, 100)
    if n % 1000 < 10:
        return cardinal(n)
    if not rest:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def money(sign: str, amount: str) -> list[str]:
    """`$19.99` as people say it; an amount with other than two decimals is read as a number."""
    unit, part = MONEY[sign]
    whole, _, rest = amount.rstrip(",").partition(".")
    n = int(whole.replace(",", ""))
    if rest and len(rest) != 2:
        return [*number(amount), f"{unit}s"]
    said = [*cardinal(n), unit if n == 1 else f"{unit}s"] if n or not int(rest or 0) else []
    if cents := int(rest or 0):
        name = part if cents == 1 else MANY.get(part, f"{part}s")
        said += [*(["and"] if said else []), *cardinal(cents), name]
    return said


def _digits(text: str) -> list[str]:
    return [ONES[int(digit)] for digit in text]
