"""One video's codes in words, for a terminal: what each level says, and what lies near."""

from collections.abc import Iterator, Sequence

import click

from reelwright.atlas.atlas import BRANCHES, Atlas
from reelwright.domain import Colour

NEIGHBOURS = 5
SAME = 8  # videos with the same ID that are named
TITLE, SID = 44, 14  # columns


def show(atlas: Atlas, row: int) -> Iterator[str]:
    """The lines to print; a terminal without colour loses nothing but colour."""
    video, sid = atlas.videos[row], atlas.sids[row]
    yield click.style(video.title or video.id, bold=True)
    facts = [f"{video.duration_s:g} s", f"{video.width}x{video.height}", ", ".join(video.tags)]
    yield dim(f"{video.id[:12]}   {' · '.join(fact for fact in facts if fact)}")
    yield ""
    yield f"{heading('Semantic ID')}{click.style(str(sid), bold=True)}"
    for which in BRANCHES:
        yield ""
        yield from levels(atlas, row, which)
    yield ""
    yield f"{heading('Palette')}{swatches(atlas.traits[row].palette)}"
    same = [other for other in atlas.holders_of(sid) if other != row]
    yield ""
    yield f"{heading('Same ID')}{', '.join(title(atlas, one) for one in same[:SAME]) or 'none'}" + (
        f" and {len(same) - SAME} more" if len(same) > SAME else ""
    )
    for which in BRANCHES:
        yield ""
        yield from neighbours(atlas, row, which)


def levels(atlas: Atlas, row: int, which: str) -> Iterator[str]:
    """Level by level: the codes so far, what they say, and how many videos have them."""
    codes = getattr(atlas.sids[row], which)
    for depth in range(1, len(codes) + 1):
        said = ", ".join(atlas.words(which, codes[:depth]))
        number = len(atlas.holders(which, codes[:depth]))
        name = ".".join(map(str, codes[:depth]))
        first = heading(which.capitalize()) if depth == 1 else heading("")
        yield f"{first}{name:<{SID - 6}}{said:<{TITLE + 6}}{dim(videos(number))}"


def neighbours(atlas: Atlas, row: int, which: str) -> Iterator[str]:
    """The nearest videos of a branch; the codes that they share with this one stand out."""
    own = getattr(atlas.sids[row], which)
    for place, other in enumerate(atlas.nearest(row, which, NEIGHBOURS)):
        first = heading(f"Near in {which}") if place == 0 else heading("")
        codes = getattr(atlas.sids[other], which)
        shared = next((n for n, (a, b) in enumerate(zip(own, codes, strict=True)) if a != b), None)
        same = "same codes" if shared is None else "same first code" if shared else ""
        name = f"{atlas.sids[other]!s:<{SID}}"
        yield f"{first}{title(atlas, other):<{TITLE}}{name}{dim(same)}".rstrip()


def heading(words: str) -> str:
    return click.style(f"{words:<18}", fg="cyan")


def dim(words: str) -> str:
    return click.style(words, dim=True)


def videos(number: int) -> str:
    return f"{number} video{'' if number == 1 else 's'}"


def title(atlas: Atlas, row: int) -> str:
    """A title that keeps to its column."""
    words = atlas.videos[row].title or atlas.videos[row].id[:12]
    return words if len(words) < TITLE else f"{words[: TITLE - 2]}…"


def swatches(palette: Sequence[Colour]) -> str:
    """The colours, each with its name as one writes it in a style sheet."""
    return "  ".join(
        f"{click.style('  ', bg=colour)} {'#' + bytes(colour).hex()}" for colour in palette
    )
