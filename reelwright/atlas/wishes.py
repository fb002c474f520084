"""One viewer's wishes in words, for a terminal: how likely each is, and which video there is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from reelwright.atlas.show import dim
from reelwright.domain import Answer, Meaning, SemanticId, Viewer, Way

CHANCE, WAY, NAME, WORDS = 8, 14, 13, 46  # columns; what overruns the last one is cut
ABOUT, STYLE = 3, 2  # words that are named
WAYS = {Way.EXACT: "exact", Way.SAME_CONTENT: "same content", Way.NEAREST: "nearest"}
MISSING = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wished:
    """Something that a viewer may like next, and the best video that there is for it."""

    sid: SemanticId
    probability: float
    meaning: Meaning
    answer: Answer | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a viewer would like next: what is to be made, and what is there and not met yet."""

    viewer: Viewer
    coverage: float
    beyond: Sequence[Wished]
    within: Sequence[Wished]


def show(wishes: Wishes) -> Iterator[str]:
    """The lines to print; a terminal without colour loses nothing but colour."""
    yield f"{click.style(wishes.viewer.id, bold=True)}   {dim(known(wishes.viewer))}"
    yield held(wishes.coverage)
    for heading, few in (
        ("Beyond the catalogue, with what stands in", wishes.beyond),
        ("Within the catalogue, not met yet", wishes.within),
    ):
        yield ""
        yield click.style(heading, fg="cyan")
        yield from map(line, few)
        if not few:
            yield dim("  none")


def known(viewer: Viewer) -> str:
    """What the wishes were read from."""
    deeds = f"{len(viewer.history)} deed{'' if len(viewer.history) == 1 else 's'}"
    told = (f"{one.name}: {one.value}" for one in viewer.attributes if one.value)
    return " · ".join([deeds, *told])


def held(coverage: float) -> str:
    """The coverage as a person says it; nobody can be as sure as 0 or 100."""
    hundredths = min(99, max(1, round(100 * coverage)))
    return (
        f"The catalogue holds about {hundredths} of 100 things they would like next;"
        " the rest is made."
    )


def line(wished: Wished) -> str:
    """How likely, which video there is, and what the codes say; a stand-in's title is dim."""
    answer, chance = wished.answer, f"{100 * wished.probability:.1f} %"
    way = WAYS[answer.way] if answer else MISSING
    told = f"{chance:>{CHANCE}}  {way:<{WAY}}{wished.sid!s:<{NAME}}{said(wished.meaning):<{WORDS}}"
    if answer is None:
        return told.rstrip()
    title = answer.video.title or answer.video.id[:12]
    return f"{told}  {title if answer.way is Way.EXACT else dim(title)}"


def said(meaning: Meaning) -> str:
    """What it is about and how it is made, within its column."""
    branches = ", ".join(meaning.about[:ABOUT]), ", ".join(meaning.style[:STYLE])
    words = " · ".join(filter(None, branches))
    return words if len(words) <= WORDS else f"{words[: WORDS - 1]}…"
