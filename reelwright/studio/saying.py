"""What a narrator says in a finished plan: the words of its shots, as one says them aloud."""

import dataclasses
from decimal import Decimal, InvalidOperation

from reelwright.domain import Blueprint, Display, Product, Shot

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}  # that every voice can read


def said(blueprint: Blueprint, locale: str) -> Blueprint:
    """The plan with a narrator in that language. One that has words to be said keeps them."""
    if any(shot.spoken for shot in blueprint.shots):
        return blueprint
    shots = tuple(
        dataclasses.replace(shot, spoken=_spoken(shot, blueprint.product))
        for shot in blueprint.shots
    )
    return dataclasses.replace(blueprint, shots=_once(shots), tongue=locale)


def _spoken(shot: Shot, product: Product | None) -> str:
    """The words on the picture, whole where they had to be shortened; on a card, what it sells."""
    if product is None:
        return shot.words
    match shot.display:
        case Display.END:
            return product.call_to_action
        case Display.CARD | Display.LOWER_THIRD:
            return ". ".join(filter(None, (product.offer or product.name, price(product))))
        case _:
            whole = (claim for claim in product.claims if claim.startswith(shot.words))
            return next(whole, shot.words) if shot.words else ""


def price(product: Product) -> str:
    """`$19.99`, where an English voice can say it; empty elsewhere."""
    sign = SIGNS.get(product.currency, "")
    try:
        amount = Decimal(product.price)
    except InvalidOperation:
        return ""
    return f"{sign}{amount:f}" if sign and product.locale.startswith("en") else ""


def _once(shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
    """What stands on several shots in a row is said in the first of them."""
    told = ["", *(shot.spoken for shot in shots)]
    return tuple(
        dataclasses.replace(shot, spoken="") if shot.spoken == before else shot
        for before, shot in zip(told, shots, strict=False)
    )
