"""A brief: what a product may say of itself, and one clear sentence for whatever is wrong."""

import json

import pytest

from reelwright.domain import Product
from reelwright.errors import ReelwrightError
from reelwright.studio.brief import product


def told(**fields: object) -> Product:
    return product(json.dumps({"name": "Blue mug"} | fields), source="mug.json")


def refused(text: str) -> str:
    with pytest.raises(ReelwrightError) as caught:
        product(text, source="mug.json")
    assert caught.value.problem.startswith("mug.json")
    assert caught.value.hint
    return str(caught.value)


def test_a_whole_brief_becomes_a_product() -> None:
    found = told(
        brand=" Blau  & Co ",
        price=12.90,
        old_price="15",
        currency="eur",
        locale="pt-BR",
        rating=4.5,
        num_ratings=12,
        claims=["Dishwasher safe"],
        colour="#1f6f5c",
    )
    assert found.brand == "Blau & Co"
    assert (found.price, found.old_price, found.currency) == ("12.9", "15", "EUR")
    assert found.locale == "pt_BR"
    assert found.colour == (31, 111, 92)
    assert found.claims == ("Dishwasher safe",)


def test_a_name_is_enough() -> None:
    assert told() == Product(name="Blue mug")


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"name": "  "}, "does not name"),
        ({"name": 3}, "name is 3"),
        ({"name": "x" * 201}, "name is"),
        ({"price": -1, "currency": "EUR"}, "price is -1"),
        ({"price": "twelve", "currency": "EUR"}, "price is 'twelve'"),
        ({"price": True, "currency": "EUR"}, "price is True"),
        ({"price": "NaN", "currency": "EUR"}, "price is 'NaN'"),
        ({"price": 10}, "no currency"),
        ({"price": 10, "currency": "XQQ"}, "currency is 'XQQ'"),
        ({"old_price": 10, "currency": "EUR"}, "no price"),
        ({"price": 10, "old_price": 9, "currency": "EUR"}, "not above"),
        ({"rating": 6}, "rating is 6"),
        ({"num_ratings": 1.5}, "num_ratings is"),
        ({"locale": "??"}, "locale is"),
        ({"claims": "one"}, "claims is"),
        ({"claims": ["x"] * 9}, "claims is"),
        ({"colour": "red"}, "colour is 'red'"),
        ({"prize": 3}, "Did you mean price?"),
        ({"picture": "a.jpg"}, "--photo"),
    ],
)
def test_what_is_wrong_is_told_with_its_value(fields: dict[str, object], what: str) -> None:
    assert what in refused(json.dumps({"name": "Blue mug"} | fields))


@pytest.mark.parametrize("text", ["", "{", "[]", '"mug"', "null", '{"price": NaN}'])
def test_what_is_no_object_is_refused(text: str) -> None:
    assert "JSON" in refused(text)
