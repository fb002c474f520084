"""What is drawn at once, without a home: an advertisement, the gallery, a motion, frames."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reelwright.assemble.painters import inbetweener
from reelwright.assemble.speaking import narrator
from reelwright.assemble.workshops import format_of_wishes
from reelwright.config import Config
from reelwright.domain import Blueprint
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress

if TYPE_CHECKING:
    from reelwright.sheets.moments import Moment

Kind = TypeVar("Kind")


def advert(
    config: Config,
    brief: Path,
    photos: Sequence[Path],
    logo: Path | None,
    *,
    style: str,
    shape: str,
    seconds: float | None,
    out: Path,
    sheet: Path | None = None,
    progress: Progress,
) -> tuple[Blueprint, list[str]]:
    """Make a product's advertisement at `out`: its plan, and what was done otherwise than asked."""
    from reelwright.advert import make
    from reelwright.features.text import TextVectors
    from reelwright.media.materials import Materials
    from reelwright.render.compositor import Compositor
    from reelwright.render.framing import Shape, shaped
    from reelwright.render.kit import kit
    from reelwright.studio.fit import Fit

    materials = Materials(config.media)
    form = replace(format_of_wishes(config), duration_s=seconds or 1.0)
    return make(
        brief,
        photos,
        logo,
        style=style,
        form=shaped(form, Shape(shape)),
        is_timed=seconds is not None,
        out=out,
        sheet=sheet,
        fit=Fit(kit(), TextVectors().encode),
        materials=materials,
        compositor=Compositor(config.render, config.media, materials, narrator(config).voice),
        progress=progress,
    )


def gallery(
    config: Config, styles: Sequence[str], scenes: Sequence[str], out: Path, *, progress: Progress
) -> None:
    """Styles over scenes on one page, all of them where none is named."""
    from reelwright.render.compositor import Compositor
    from reelwright.render.kit import kit
    from reelwright.render.page import refuse_unknown_kind, save
    from reelwright.sheets.gallery import Gallery

    refuse_unknown_kind(out)
    page = Gallery(
        styles=_chosen("style", styles, {style.name: style for style in kit().styles}),
        scenes=_chosen("scene", scenes, {scene.name: scene for scene in kit().scenes}),
        threads=Compositor(config.render, config.media).threads,
        progress=progress,
    )
    save(page.draw(), out, "The gallery")


def _chosen(what: str, wanted: Sequence[str], known: Mapping[str, Kind]) -> list[Kind]:
    """Those that were named, in the order in which they are known; all where none was."""
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise ReelwrightError(
                f"There is no {what} {name!r}.",
                hint=f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}.",
            )
    return [kind for name, kind in known.items() if not wanted or name in wanted]


def between(
    config: Config,
    first: Path,
    last: Path,
    *,
    seconds: float,
    fps: int,
    out: Path,
    progress: Progress,
) -> str:
    """Write a film from one picture to another; gives what is to be told about who made it."""
    from reelwright.media.encode import encode
    from reelwright.media.materials import Materials
    from reelwright.media.rewrite import evened
    from reelwright.modify.between import film_between
    from reelwright.modify.painted import two_alike

    one, other = two_alike(first, last, Materials(config.media))
    maker, note = inbetweener(config)
    count = max(2, round(seconds * fps))
    made = map(evened, film_between(one, other, count, maker, progress))
    height, width = evened(one).shape[:2]
    encode(out, made, width=width, height=height, fps=fps, sound=None, config=config.media)
    return note


def sheet_of_moments(
    config: Config, film: Path, words: str, folder: Path, *, progress: Progress
) -> "list[Moment]":
    """Frames of a take in a folder, to be painted on."""
    from reelwright.media.probe import Prober
    from reelwright.sheets.moments import sheet

    Prober(config.media).probe(film)
    return sheet(film, words, folder, progress)
