"""Product cards: legible in every style and palette, within safe areas, whatever is missing."""

from dataclasses import replace
from itertools import product as pairs
from pathlib import Path

import numpy as np
import pytest
from plans import shot
from stills import cut_out, write_still

from reelwright.config import MediaConfig
from reelwright.domain import Asset, Display, Fill, Format, Insert, Product
from reelwright.media.materials import Materials
from reelwright.render.blend import Buffers
from reelwright.render.card import Card, card, room_of
from reelwright.render.colour import contrast
from reelwright.render.film import branded
from reelwright.render.insert import Stock
from reelwright.render.layer import Pixels
from reelwright.render.look import LOOKS
from reelwright.render.panel import paints, readable

FORMS = [
    Format(width=216, height=384, fps=12, duration_s=3),
    Format(width=384, height=216, fps=12, duration_s=3),
    Format(width=240, height=240, fps=12, duration_s=3),
]
FULL = Product(
    name="Stoneware bowl",
    brand="figue",
    price="39.90",
    old_price="49.90",
    currency="EUR",
    locale="de",
    rating=4.6,
    num_ratings=1284,
    offer="Free delivery",
    call_to_action="Shop now",
)
LONG = replace(
    FULL,
    name="The extraordinarily long-named hand-thrown stoneware serving bowl with a glaze " * 2,
    price="1234567.50",
    old_price="9999999.50",
    offer="Free delivery and free returns for a whole year on everything that is in stock today",
    call_to_action="Go to the shop and look at it now",
)
BRANDS = [(255, 255, 255), (0, 0, 0), (255, 230, 0), (18, 60, 160), (128, 128, 128)]


def made(
    product: Product, display: Display, style: str, form: Format, stock: Stock | None = None
) -> Card:
    one = replace(shot(duration_s=3.0), display=display)
    look = LOOKS[style]
    return card(one, product, look, branded(look.palettes[0], product), form, stock)


def drawn(one: Card, form: Format, t_s: float) -> Pixels:
    canvas = np.zeros((form.height, form.width, 4), np.uint8)
    one.draw(canvas, t_s, 3.0, 0.0, Buffers.of(form.width, form.height))
    return canvas


@pytest.mark.parametrize("style", LOOKS)
def test_every_ink_of_a_card_can_be_read_with_any_palette_and_any_brand(style: str) -> None:
    look = LOOKS[style]
    for palette, colour in pairs(look.palettes, [None, *BRANDS]):
        own = branded(palette, replace(FULL, colour=colour))
        found = paints(look.lettering, own)
        for ink in (found.ink, found.quiet, found.price):
            assert contrast(ink, found.ground) >= 4.5, (palette, colour)
        assert contrast(found.label, found.button) >= 4.5, (palette, colour)
        assert contrast(found.star, found.ground) >= 3.0, (palette, colour)


def test_a_colour_that_cannot_be_read_gives_way_to_black_or_white() -> None:
    assert readable((1, 1, 1), (0.9, 0.9, 0.9)) == (0.03, 0.03, 0.03)
    assert readable((0, 0, 0), (0.2, 0, 0), (1, 1, 0)) == (1, 1, 0)


@pytest.mark.parametrize("style", LOOKS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.width}x{form.height}")
def test_no_card_leaves_its_room_however_long_its_words_are(style: str, form: Format) -> None:
    for display, product in pairs(Display, (FULL, LONG, Product(name="Bowl"))):
        one = made(product, display, style, form)
        room = room_of(display, form, LOOKS[style])
        assert room.left <= one.box.left
        assert one.box.right <= room.right + 1e-6
        assert room.top - 1e-6 <= one.box.top
        assert one.box.bottom <= room.bottom + 1e-6, (display, product.name[:12])
        for part in one.parts[1:]:
            ys, xs = np.nonzero(part.sprite[:, :, 3] > 60)
            assert one.box.left <= part.x + xs.min() + 1, (display, product.name[:12])
            assert part.x + xs.max() <= one.box.right + 1, (display, product.name[:12])
            assert one.box.top <= part.y + ys.min() + 1
            assert part.y + ys.max() <= one.box.bottom + 1


@pytest.mark.parametrize("style", LOOKS)
def test_a_card_comes_in_rests_and_goes_and_an_end_card_stays(style: str) -> None:
    form = FORMS[0]
    passing, staying = (made(FULL, one, style, form) for one in (Display.CARD, Display.END))
    assert drawn(passing, form, -0.1).max() == 0
    rest = drawn(passing, form, 1.7)
    assert np.array_equal(rest, drawn(passing, form, 2.4)), "at rest"
    assert np.abs(rest.astype(int) - drawn(passing, form, 0.15)).mean() > 1, "it comes in"
    assert drawn(passing, form, 3.0).max() == 0
    assert np.array_equal(drawn(staying, form, 2.0), drawn(staying, form, 3.0))


def test_what_a_product_lacks_leaves_no_gap() -> None:
    form = FORMS[0]
    heights = [
        made(one, Display.CARD, "documentary", form).box.height
        for one in (
            FULL,
            replace(FULL, rating=None),
            replace(FULL, rating=None, price="", old_price=""),
            replace(FULL, rating=None, price="", old_price="", call_to_action="", brand=""),
        )
    ]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 4


def test_words_that_read_from_the_right_stand_on_the_right() -> None:
    form = FORMS[0]
    for name, on_the_right in (("Bowl", False), ("وعاء", True)):
        product = replace(FULL, name=name, brand="", offer="")
        one = made(product, Display.LOWER_THIRD, "documentary", form)
        part = one.parts[1]
        xs = np.nonzero(part.sprite[:, :, 3].any(axis=0))[0]
        share = (part.x + xs.mean() - one.box.left) / one.box.width
        assert (share > 0.5) == on_the_right


def test_stars_are_filled_as_far_as_the_rating_goes() -> None:
    form = FORMS[0]
    look = LOOKS["documentary"]
    star = np.array(paints(look.lettering, look.palettes[0]).star[::-1]) * 255

    def yellow(rating: float) -> int:
        product = Product(name="Bowl", rating=rating)
        one = made(product, Display.CARD, "documentary", form)
        sprite = one.parts[2].sprite[:, :, :3].astype(float)
        return int((np.abs(sprite - star).max(axis=2) < 8).sum())

    full = yellow(5)
    assert yellow(0) == 0
    assert yellow(2.5) == pytest.approx(full / 2, rel=0.12)
    assert yellow(1) == pytest.approx(full / 5, rel=0.12)


def test_a_logo_that_would_vanish_gets_a_plate(tmp_path: Path) -> None:
    materials = Materials(MediaConfig())

    def width(ink: int) -> float:
        logo = cut_out(96)
        logo[:, :, :3] = ink
        path = write_still(tmp_path / f"{ink}.png", logo)
        asset: Asset = materials.take(path, logo=True)
        stock = Stock({asset.digest: asset}, materials)
        product = Product(name="Bowl", logo=asset.digest)
        one = made(product, Display.END, "luxury", FORMS[0], stock)
        return float(one.parts[1].sprite.shape[1])

    assert width(5) > 1.05 * width(250), "a black one on black, against a white one"


def test_the_products_own_picture_stands_beside_its_name_only_where_it_is_not_seen(
    tmp_path: Path,
) -> None:
    materials = Materials(MediaConfig())
    asset = materials.take(write_still(tmp_path / "a.png", cut_out(96)))
    stock = Stock({asset.digest: asset}, materials)
    product = replace(FULL, picture=asset.digest)
    look, form = LOOKS["documentary"], FORMS[0]
    bare = replace(shot(duration_s=3.0), display=Display.LOWER_THIRD)
    seen = replace(bare, insert=Insert(asset=asset.digest, fill=Fill.CONTAIN))
    counts = [
        len(card(one, product, look, look.palettes[0], form, stock).parts) for one in (bare, seen)
    ]
    assert counts[0] == counts[1] + 1
