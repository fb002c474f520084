"""An advertiser's brief: JSON becomes a product, or a sentence that says what is wrong."""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency

from reelwright.domain import Colour, Product
from reelwright.errors import ReelwrightError

LONGEST = {"name": 200, "brand": 60, "offer": 120, "call_to_action": 40}  # letters
MOST_CLAIMS, LONGEST_CLAIM = 8, 60
FILES = {"picture", "logo"}  # are given as files beside the brief
KEYS = {one.name for one in fields(Product)} - FILES
EXAMPLE = 'Write JSON such as {"name": "Blue mug", "price": "12.90", "currency": "EUR"}.'


def product(text: str, *, source: str) -> Product:
    """The product that a brief describes; `source` is how the brief is called in complaints."""
    try:
        told = json.loads(text, parse_float=str, parse_constant=_refuse_constant)
    except ValueError as error:
        raise ReelwrightError(f"{source} is not JSON ({error}).", hint=EXAMPLE) from error
    if not isinstance(told, dict):
        raise ReelwrightError(f"{source} holds no JSON object.", hint=EXAMPLE)
    for key in told:
        if key not in KEYS:
            raise _unknown(key, source)
    values = {key: READERS[key](_Field(key, source), value) for key, value in told.items()}
    if not values.get("name"):
        raise ReelwrightError(f"{source} does not name its product.", hint=EXAMPLE)
    found = Product(**values)
    _refuse_odd_prices(found, source)
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unknown(key: str, source: str) -> ReelwrightError:
    if key in FILES:
        return ReelwrightError(
            f"{source} gives {key}, which is a file.", hint="Give it with --photo or --logo."
        )
    near = difflib.get_close_matches(key, KEYS, 1)
    hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(sorted(KEYS))}."
    return ReelwrightError(f"{source}: {key!r} is not known.", hint=hint)


def _refuse_odd_prices(found: Product, source: str) -> None:
    if (found.price or found.old_price) and not found.currency:
        raise ReelwrightError(f"{source} has a price and no currency.", hint="Add one, as EUR.")
    if found.old_price and not found.price:
        raise ReelwrightError(f"{source} has an old price and no price.", hint="Add the price.")
    if found.old_price and Decimal(found.old_price) <= Decimal(found.price):
        raise ReelwrightError(
            f"{source}: the old price {found.old_price} is not above the price {found.price}.",
            hint="Leave old_price out, or put the two right.",
        )


class _Field:
    """One entry of a brief, and how a wrong one is told."""

    def __init__(self, key: str, source: str) -> None:
        self.key, self.source = key, source

    def wrong(self, value: object, hint: str) -> ReelwrightError:
        return ReelwrightError(f"{self.source}: {self.key} is {value!r:.60}.", hint=hint)

    def words(self, value: object) -> str:
        most = LONGEST.get(self.key, LONGEST_CLAIM)
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(value, f"Give words of up to {most} letters.")
        return " ".join(value.split())

    def amount(self, value: object) -> str:
        hint = "Give a number such as 12.90, not below 0."
        try:
            number = Decimal(str(value))
        except InvalidOperation as error:
            raise self.wrong(value, hint) from error
        if isinstance(value, bool) or not number.is_finite() or not 0 <= number < 10**12:
            raise self.wrong(value, hint)
        return str(value)

    def currency(self, value: object) -> str:
        if not isinstance(value, str) or not is_currency(value.upper()):
            raise self.wrong(value, "Give three letters such as EUR, USD or JPY.")
        return value.upper()

    def locale(self, value: object) -> str:
        try:
            return str(Locale.parse(str(value).replace("-", "_")))
        except (UnknownLocaleError, ValueError, TypeError) as error:
            raise self.wrong(value, "Give a language such as en, de or pt-BR.") from error

    def rating(self, value: object) -> float:
        number = float(self.amount(value))
        if number > 5:
            raise self.wrong(value, "Give a number from 0 to 5.")
        return number

    def count(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**12:
            raise self.wrong(value, "Give a whole number.")
        return value

    def claims(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > MOST_CLAIMS:
            raise self.wrong(value, f"Give a list of up to {MOST_CLAIMS} short lines.")
        return tuple(self.words(line) for line in value)

    def colour(self, value: object) -> Colour:
        if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise self.wrong(value, "Give a colour such as #1f6f5c.")
        return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


READERS: Mapping[str, Callable[[_Field, Any], Any]] = {
    "name": _Field.words,
    "brand": _Field.words,
    "price": _Field.amount,
    "old_price": _Field.amount,
    "currency": _Field.currency,
    "locale": _Field.locale,
    "rating": _Field.rating,
    "num_ratings": _Field.count,
    "offer": _Field.words,
    "call_to_action": _Field.words,
    "claims": _Field.claims,
    "colour": _Field.colour,
}
