"""An advertisement is made: a product and its pictures come in, a finished film goes out.

The same studio, blueprint and compositor as for a wish; here the files are somebody's own.
"""

import dataclasses
import difflib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from reelwright.domain import Asset, AssetKind, Blueprint, Format, Product
from reelwright.errors import ReelwrightError
from reelwright.media.files import asked_for
from reelwright.media.materials import Materials
from reelwright.progress import Progress
from reelwright.render.compositor import Compositor
from reelwright.render.fonts import drawable
from reelwright.render.page import refuse_unknown_kind
from reelwright.sheets.contact import draw_sheet
from reelwright.studio.advert import Brief, plan
from reelwright.studio.brief import product as product_of
from reelwright.studio.fit import Fit
from reelwright.studio.saying import said

MOST_PICTURES = 12  # more shots than anybody watches an advertisement for
MOST_LETTERS = 100_000  # of a brief
LETTERS = "inter"  # stands for all typefaces: what it lacks, they take from the same others


def make(
    brief: Path,
    photos: Sequence[Path],
    logo: Path | None,
    *,
    style: str,
    form: Format,
    is_timed: bool,
    out: Path,
    sheet: Path | None,
    fit: Fit,
    materials: Materials,
    compositor: Compositor,
    progress: Progress,
) -> tuple[Blueprint, list[str]]:
    """The plan of the film that now lies at `out`, and what is otherwise than one may think.

    A mistake in the brief or in a file is told before anything is drawn. The film appears whole;
    then its contact sheet, where one is asked for.
    """
    _refuse(photos, style, fit)
    if sheet is not None:
        refuse_unknown_kind(sheet)
    product = read(brief)
    notes = missing_letters(product)
    pictures, own, product = _taken(product, photos, logo, materials, progress)
    asked = Brief(
        product=product, pictures=pictures, own=own, style=style, format=form, is_timed=is_timed
    )
    blueprint = plan(asked, fit)
    if voice := compositor.voice:
        if voice.speaks(product.locale):
            blueprint = said(blueprint, product.locale)
        else:
            notes.append(f"{voice.name} does not speak {product.locale}: nothing is spoken.")
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        clip = compositor.render(blueprint, Path(folder), progress=progress)
        with asked_for(out, "The film") as part:
            shutil.copyfile(clip.film, part)
    if sheet is not None:
        draw_sheet(sheet, blueprint, compositor.sound(blueprint), materials, progress=progress)
    return blueprint, [*notes, *materials.notes]


def read(brief: Path) -> Product:
    """The product that a file describes."""
    try:
        with brief.open(encoding="utf-8") as file:
            text = file.read(MOST_LETTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ReelwrightError(
            f"{brief.name} cannot be read ({cause}).",
            hint="Give a JSON file that tells of a product.",
        ) from error
    if len(text) > MOST_LETTERS:
        raise ReelwrightError(
            f"{brief.name} has more than {MOST_LETTERS:,} letters.", hint="Give one product alone."
        )
    return product_of(text, source=brief.name)


def missing_letters(product: Product) -> list[str]:
    """The words' letters that no typeface here has. A name without any other is refused."""
    if not drawable(product.name, LETTERS):
        raise ReelwrightError(
            f"No letter of the name {product.name!r} can be drawn: no typeface here has them.",
            hint="Write the name in another script.",
        )
    notes = []
    for what in ("name", "brand", "offer", "call_to_action"):
        words = getattr(product, what)
        lost = "".join(
            dict.fromkeys(c for c in words if not c.isspace() and not drawable(c, LETTERS))
        )
        if lost:
            notes.append(f"No typeface here has {lost!r}, which the {what} asks for.")
    return notes


def _refuse(photos: Sequence[Path], style: str, fit: Fit) -> None:
    if len(photos) > MOST_PICTURES:
        raise ReelwrightError(
            f"{len(photos)} pictures are too many for one advertisement.",
            hint=f"Give up to {MOST_PICTURES}.",
        )
    names = [kind.name for kind in fit.kit.styles]
    if style and style not in names:
        near = difflib.get_close_matches(style, names, 1)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(names)}."
        raise ReelwrightError(f"There is no style {style!r}.", hint=hint)


def _taken(
    product: Product,
    photos: Sequence[Path],
    logo: Path | None,
    materials: Materials,
    progress: Progress,
) -> tuple[tuple[Asset, ...], tuple[Asset, ...], Product]:
    """The pictures to show, those that the product names, and the product that names them.

    The first cut-out is the product by itself: it stands on its card and not among the pictures.
    """
    count = len(photos) + (logo is not None)
    taken: list[Asset] = []
    for path in photos:
        taken.append(materials.take(path))
        progress("looking into pictures", len(taken), count)
    own: list[Asset] = []
    shown = next((asset for asset in taken if asset.kind is AssetKind.CUTOUT), None)
    if shown is not None:
        own.append(shown)
        product = dataclasses.replace(product, picture=shown.digest)
    if logo is not None:
        own.append(materials.take(logo, logo=True))
        progress("looking into pictures", count, count)
        product = dataclasses.replace(product, logo=own[-1].digest)
    pictures = tuple(asset for asset in dict.fromkeys(taken) if asset is not shown)
    return pictures, tuple(own), product
