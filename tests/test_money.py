"""Prices as people write them where they live."""

import pytest

from reelwright.render import money


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "told"),
    [
        ("1234.5", "USD", "en", "$1,234.50"),
        ("1234.5", "EUR", "de", "1.234,50 €"),
        ("1234.5", "EUR", "fr", "1 234,50 €"),
        ("1234.5", "BRL", "pt_BR", "R$ 1.234,50"),
        ("1234567", "INR", "hi", "₹12,34,567.00"),
        ("1500", "JPY", "ja", "￥1,500"),
        ("12.345", "KWD", "en", "KWD 12.345"),
        ("49", "", "de", "49"),
    ],
)
def test_a_price_is_written_as_in_its_place(
    amount: str, currency: str, locale: str, told: str
) -> None:
    assert money.price(amount, currency, locale).replace("\u00a0", " ") == told


def test_what_is_saved_is_never_rounded_up() -> None:
    assert money.saved("39.95", "49.90", "en") == "−19%"
    assert money.saved("40", "50", "de").replace("\u00a0", " ") == "−20 %"
    assert money.saved("49.80", "49.90", "en") == ""
    assert money.saved("49.90", "", "en") == ""
    assert money.saved("", "49.90", "en") == ""
    assert money.saved("0", "49.90", "en") == ""


def test_ratings_have_one_decimal_and_counts_their_groups() -> None:
    assert money.rating(4.0, "en") == "4.0"
    assert money.rating(4.58, "de") == "4,6"
    assert money.count(12840, "en") == "12,840"


def test_an_unknown_place_falls_back_to_its_language_and_then_to_english() -> None:
    assert str(money.locale_of("de-XX")) == "de"
    assert str(money.locale_of("xx")) == "en"
    assert str(money.locale_of("")) == "en"
