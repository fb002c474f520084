"""Prices, shares and counts as people write them where they live."""

import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal, format_percent

NARROW, NO_BREAK = "\u202f", "\u00a0"  # the first is missing in some of our typefaces


def locale_of(name: str) -> Locale:
    """The locale, or its language's, or English: a price is better misplaced than missing."""
    for asked in (name.replace("-", "_"), name.split("-")[0].split("_")[0]):
        try:
            return Locale.parse(asked)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def price(amount: str, currency: str, locale: str) -> str:
    """`49.9`, `EUR`, `de` as `49,90 €`; a bare number where the currency is not known."""
    place = locale_of(locale)
    if not currency:
        return _set(format_decimal(Decimal(amount), locale=place))
    told = format_currency(Decimal(amount), currency, locale=place)
    return _set(re.sub(r"(?<=[^\W\d_])(?=\d)", NO_BREAK, told))  # letters keep off figures


def saved(price: str, old_price: str, locale: str) -> str:
    """By how much the price fell, as `−20 %`; empty where it did not fall by a whole hundredth."""
    before, now = Decimal(old_price or 0), Decimal(price or 0)
    share = (before - now) / before if before > 0 and now > 0 else Decimal(0)
    if share < Decimal("0.01"):
        return ""
    return _set(f"−{format_percent(int(share * 100) / 100, locale=locale_of(locale))}")


def count(number: int, locale: str) -> str:
    return _set(format_decimal(number, locale=locale_of(locale)))


def rating(value: float, locale: str) -> str:
    """With one decimal, always."""
    return _set(format_decimal(value, format="0.0", locale=locale_of(locale)))


def _set(text: str) -> str:
    return text.replace(NARROW, NO_BREAK)
