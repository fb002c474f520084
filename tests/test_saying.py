"""What a narrator says is what is written, whole, and what an advertisement sells."""

from dataclasses import replace

import pytest
from plans import plan, shot

from reelwright.domain import Blueprint, Display, Product
from reelwright.studio.saying import price, said

MUG = Product(
    name="Mug",
    price="19.90",
    currency="USD",
    offer="Only today",
    call_to_action="Order now",
    claims=("Blue as the sea, and as deep",),
)


def spoken(blueprint: Blueprint) -> list[str]:
    return [one.spoken for one in blueprint.shots]


def test_a_narrator_says_what_stands_on_the_picture() -> None:
    told = said(plan(), "en-GB")
    assert spoken(told) == ["First light", ""]
    assert told.tongue == "en-GB"
    assert replace(told, shots=plan().shots, tongue="") == plan(), "something else was changed"


def test_words_over_several_shots_are_said_once() -> None:
    shots = [
        shot(start_s=0.5 * n, duration_s=0.5, words="Hello" if n < 3 else "") for n in range(4)
    ]
    assert spoken(said(plan("documentary", *shots), "en")) == ["Hello", "", "", ""]


def test_a_plan_that_has_words_to_be_said_keeps_them() -> None:
    own = said(plan(), "en")
    own = replace(own, shots=(replace(own.shots[0], spoken="Something else"), *own.shots[1:]))
    assert said(own, "en") == own


def test_an_advertisement_tells_its_claims_whole_then_the_offer_and_what_to_do() -> None:
    shots = [shot(start_s=0.5 * n, duration_s=0.5) for n in range(4)]
    shots[0] = replace(shots[0], words="Mug")
    shots[1] = replace(shots[1], words="Blue as the sea")
    shots[2] = replace(shots[2], display=Display.CARD)
    shots[3] = replace(shots[3], display=Display.END)
    blueprint = replace(plan(), shots=tuple(shots), product=MUG)
    claim = MUG.claims[0]
    assert spoken(said(blueprint, "en")) == ["Mug", claim, "Only today. $19.90", "Order now"]
    bare = replace(blueprint, product=Product(name="Mug"))
    assert spoken(said(bare, "en")) == ["Mug", "Blue as the sea", "Mug", ""]


@pytest.mark.parametrize(
    ("product", "told"),
    [
        (MUG, "$19.90"),
        (replace(MUG, currency="SEK"), ""),
        (replace(MUG, locale="de"), ""),
        (replace(MUG, price=""), ""),
    ],
)
def test_a_price_is_said_where_a_voice_can_say_it(product: Product, told: str) -> None:
    assert price(product) == told
