"""Films of people before anybody sees them: agreed to, and held to what their strength promises.

They are made beside the place they are meant for, under names of their own. Only what passes is
moved there, so that neither a broken promise nor a consent that ended meanwhile leaves a film.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reelwright.modify.card import Card
from reelwright.modify.promise import Broken, kept, refuse_broken
from reelwright.rework.rework import Plan, Reworked

DESK = ".modify-"  # how the folder begins in which films wait


@dataclass(frozen=True, slots=True)
class Vetted:
    """Films that may be seen, each with its card and the promises that it breaks all the same."""

    films: tuple[Path, ...]
    notes: tuple[str, ...]
    cards: tuple[Card, ...] = ()
    broken: tuple[tuple[Broken, ...], ...] = ()


def purpose(asked: Plan) -> set[str]:
    """What of a consent's scope an order needs."""
    worlds = {"world" if isinstance(one, Path) else f"world:{one.scene}" for one in asked.places}
    return (
        worlds
        | ({"costume"} if asked.cloth is not None else set())
        | ({"style"} if asked.order.style is not None else set())
        | ({"keyframes"} if asked.order.is_painted else set())
    )


def vetted(
    asked: Plan,
    make: Callable[[Plan], Reworked],
    score: Callable[[Path], Card] | None,
    *,
    agreed: Callable[[], None],
    force: bool = False,
) -> Vetted:
    """Make the films and let them be seen, or raise and leave nothing.

    `score` gives a film's card, if it can be measured here; `agreed` raises where consent ended.
    """
    asked.outs[0].parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=DESK, dir=asked.outs[0].parent) as desk:
        made = make(hidden(asked, Path(desk)))
        cards = tuple(score(film) for film in made.films) if score is not None else ()
        broken = tuple(tuple(kept(card, asked.strength.name)) for card in cards)
        if not force:
            for card, out in zip(cards, asked.outs, strict=True) if cards else ():
                refuse_broken(card, asked.strength.name, out.name)
        agreed()
        moved(made.films, asked.outs)
        if asked.order.sheet is not None:
            moved([Path(desk) / asked.order.sheet.name], [asked.order.sheet])
    return Vetted(asked.outs, made.notes, cards, broken)


def hidden(asked: Plan, desk: Path) -> Plan:
    """The same order, to be written into a folder where nobody looks."""
    sheet = asked.order.sheet
    order = replace(asked.order, sheet=None if sheet is None else desk / sheet.name)
    return replace(asked, order=order, outs=tuple(desk / out.name for out in asked.outs))


def moved(made: Sequence[Path], outs: Sequence[Path]) -> None:
    for path, out in zip(made, outs, strict=True):
        shutil.move(path, out)
