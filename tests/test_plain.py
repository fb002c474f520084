"""What `asdict` took apart comes back equal, also after JSON, and from older programs."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

import pytest

from reelwright.plain import from_plain


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    size: tuple[float, float]
    colour: Colour | None = None


@dataclass(frozen=True)
class Whole:
    name: str
    parts: tuple[Part, ...]
    first: Part | None
    kind: Literal["round", "square"] = "round"
    counts: tuple[int, ...] = (1, 2)
    pair: tuple[str, Part] | None = None


WHOLES = [
    Whole("a", (), None),
    Whole("b", (Part((1.0, 2.0)), Part((3, 0.5), Colour.BLUE)), Part((0.0, 0.0), Colour.RED)),
    Whole("c", (), Part((1.0, 1.0)), "square", (), ("x", Part((2.0, 2.0)))),
]


@pytest.mark.parametrize("whole", WHOLES)
def test_a_value_comes_back_equal(whole: Whole) -> None:
    assert from_plain(Whole, asdict(whole)) == whole
    again = from_plain(Whole, json.loads(json.dumps(asdict(whole))))
    assert again == whole
    assert json.dumps(asdict(again)) == json.dumps(asdict(whole)), "no number changed its kind"


def test_what_an_older_program_did_not_keep_is_the_default() -> None:
    assert from_plain(Whole, {"name": "a", "parts": [], "first": None}).counts == (1, 2)


def test_what_no_field_takes_is_not_dropped_in_silence() -> None:
    with pytest.raises(AssertionError, match=r"Part has no \['weight'\]"):
        from_plain(Part, {"size": [1, 2], "weight": 3})


def test_a_pair_of_another_length_is_not_taken() -> None:
    with pytest.raises(ValueError, match="zip"):
        from_plain(Part, {"size": [1.0, 2.0, 3.0]})
