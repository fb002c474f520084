"""Holding values against schemas: what fits has no fault, and every fault is told in a sentence."""

from typing import Any

import pytest

from reelwright.studio.form import fault, listing, number, one_of, record, whole, words

FORM = record(
    style=one_of(["comic", "luxury"]),
    tempo_bpm=one_of([100, 104.5]),
    beats=listing(whole(1, 16), 2, 2),
    words=listing(words(5), 0, 3),
    seconds=number(0.1, 9),
)
GOOD: dict[str, Any] = {
    "style": "comic",
    "tempo_bpm": 104.5,
    "beats": [1, 16],
    "words": ["héllo", ""],
    "seconds": 1,
}


def test_what_has_the_form_has_no_fault() -> None:
    assert fault(GOOD, FORM) == ""
    assert fault(GOOD | {"tempo_bpm": 100.0}, FORM) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"style": "baroque"}, "style must be one of: comic, luxury."),
        ({"style": None}, "style must be one of: comic, luxury."),
        ({"tempo_bpm": True}, "tempo_bpm must be one of: 100, 104.5."),
        ({"beats": [1]}, "beats must be a list of 2."),
        ({"beats": "12"}, "beats must be a list of 2."),
        ({"beats": [0, 1]}, "every entry of beats must be a whole number from 1 to 16."),
        ({"beats": [1.5, 1]}, "every entry of beats must be a whole number from 1 to 16."),
        ({"beats": [True, 1]}, "every entry of beats must be a whole number from 1 to 16."),
        ({"words": ["sixsix"]}, "every entry of words must be text of up to 5 letters."),
        ({"words": [7]}, "every entry of words must be text of up to 5 letters."),
        ({"words": [""] * 4}, "words must be a list of 0 to 3."),
        ({"seconds": float("nan")}, "seconds must be a number from 0.1 to 9."),
        ({"seconds": "1"}, "seconds must be a number from 0.1 to 9."),
        ({"url": "x"}, "The answer has no place for 'url'."),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(change: dict[str, Any], told: str) -> None:
    assert fault(GOOD | change, FORM) == told


def test_what_is_missing_and_what_is_no_object_is_told() -> None:
    assert fault({"style": "comic"}, FORM) == "The answer lacks tempo_bpm."
    assert fault([], FORM) == "The answer must be a JSON object."


def test_one_of_two_forms_is_enough() -> None:
    either = {"anyOf": [FORM, record(call=words(9))]}
    assert fault({"call": "x"}, either) == ""
    assert fault(GOOD, either) == ""
    assert fault({"call": 1}, either) == "The answer lacks style."
