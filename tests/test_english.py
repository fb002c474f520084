"""English is read aloud as people read it: numbers, prices, years and signs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.speech.english import ONES, STOPS, TENS, cardinal, money, number, ordinal, spoken

SIZES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def value_of(words: list[str]) -> int:
    """What a number in words is worth, read from the left."""
    whole = part = 0
    for word in words:
        if word in ONES:
            part += ONES.index(word)
        elif word in TENS:
            part += 10 * (TENS.index(word) + 2)
        elif word == "hundred":
            part *= SIZES[word]
        else:
            whole, part = whole + part * SIZES[word], 0
    return whole + part


def said(text: str) -> str:
    return " ".join(word.text for word in spoken(text))


@given(st.integers(0, 10**15 - 1))
def test_a_number_in_words_is_worth_what_it_was(n: int) -> None:
    assert value_of(cardinal(n)) == n


def test_a_number_without_end_is_read_digit_by_digit() -> None:
    assert cardinal(10**15) == ["one", *["zero"] * 15]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,250", "one thousand two hundred fifty"),
        ("1999", "nineteen ninety nine"),
        ("2026", "twenty twenty six"),
        ("2008", "two thousand eight"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("4.75", "four point seven five"),
        ("007", "zero zero seven"),
        ("0", "zero"),
    ],
)
def test_digits_are_read_by_what_they_mean(text: str, words: str) -> None:
    assert " ".join(number(text)) == words


@pytest.mark.parametrize(
    ("sign", "amount", "words"),
    [
        ("$", "19.99", "nineteen dollars and ninety nine cents"),
        ("$", "1", "one dollar"),
        ("£", "0.01", "one penny"),
        ("£", "0.50", "fifty pence"),
        ("€", "1,200.00", "one thousand two hundred euros"),
        ("$", "1.5", "one point five dollars"),
        ("$", "0", "zero dollars"),
    ],
)
def test_prices_are_read_as_people_say_them(sign: str, amount: str, words: str) -> None:
    assert " ".join(money(sign, amount)) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1, "first"),
        (12, "twelfth"),
        (20, "twentieth"),
        (21, "twenty first"),
        (103, "one hundred third"),
    ],
)
def test_ranks_are_ordinals(n: int, words: str) -> None:
    assert " ".join(ordinal(n)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Get 20% off: today!", "Get twenty percent off : today !"),
        ("Salt & light", "Salt and light"),
        ("It’s here…", "It's here ."),
        ("3rd place", "third place"),
        ("calm — again", "calm , again"),
        ("day - night", "day , night"),
        ("well-known", "well known"),
        ("☕ coffee ☕", "coffee"),
        ("", ""),
        ("...", ""),
    ],
)
def test_signs_become_words_and_pauses(text: str, words: str) -> None:
    assert said(text) == words


@given(st.text())
def test_whatever_is_written_only_words_and_stops_are_said(text: str) -> None:
    told = spoken(text)
    assert all(word.text in STOPS for word in told if word.is_pause)
    assert all(any(map(str.isalnum, word.text)) for word in told if not word.is_pause)
    assert not any(a.is_pause and b.is_pause for a, b in pairwise(told))
