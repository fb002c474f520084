"""What a plan knows of its wish, as data for a prompt. Nothing here tells who wished."""

from collections.abc import Iterator, Mapping, Sequence

from reelwright.domain import Meaning, Product, Wish
from reelwright.studio.outside import Data, Outside
from reelwright.studio.steps import Complaint

MOST_TITLES = 2


def material(wish: Wish, meaning: Meaning, product: Product | None) -> dict[str, Data]:
    """The decoded codes in words, the form of the film, and what an advertiser gave."""
    data: dict[str, Data] = {
        "about": _each(meaning.about),
        "titles": _each(meaning.titles[:MOST_TITLES]),
        "style": _each(meaning.style),
        "seconds": _short(round(wish.format.duration_s, 1)),
        "language": Outside(wish.locale),
    }
    if wish.brief:
        data["brief"] = Outside(wish.brief)
    if product:
        data["product"] = _product(product)
    return data


def complained(complaints: Sequence[Complaint]) -> Data:
    """What a look at the result found wrong. A shot is counted from 1, as people do."""
    return tuple(map(_complained, complaints))


def _complained(one: Complaint) -> Data:
    told: dict[str, Data] = {"what": Outside(one.what), "words": Outside(one.words)}
    return told if one.shot is None else {**told, "shot": one.shot + 1}


def given(data: Mapping[str, Data]) -> str:
    """All words of strangers in some data, one after the other."""
    return " ".join(_words(data))


def _short(number: float) -> float:
    """A whole number is written without its point."""
    return int(number) if number == int(number) else number


def _each(texts: Sequence[str]) -> tuple[Outside, ...]:
    return tuple(map(Outside, texts))


def _product(product: Product) -> dict[str, Data]:
    """What may be said of a product, and in which colour; what is not given is left out."""
    texts = {
        "name": product.name,
        "brand": product.brand,
        "price": f"{product.price} {product.currency}".strip(),
        "offer": product.offer,
        "call_to_action": product.call_to_action,
        "colour": "#{:02x}{:02x}{:02x}".format(*product.colour) if product.colour else "",
        "language": product.locale,
    }
    told: dict[str, Data] = {name: Outside(text) for name, text in texts.items() if text}
    return told | ({"claims": _each(product.claims)} if product.claims else {})


def _words(data: Data) -> Iterator[str]:
    if isinstance(data, Outside):
        yield data.text
    elif isinstance(data, Mapping):
        for inner in data.values():
            yield from _words(inner)
    elif isinstance(data, tuple):
        for inner in data:
            yield from _words(inner)
