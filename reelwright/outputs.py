"""What is handed out of a made clip: its film in any shape, a page that shows it, a time line."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.domain import Blueprint
from reelwright.errors import ReelwrightError
from reelwright.media.files import asked_for
from reelwright.progress import Progress, silent
from reelwright.render.compositor import Compositor
from reelwright.render.framing import Shape, reframed, shaped
from reelwright.render.page import refuse_unknown_kind
from reelwright.sheets.contact import draw_sheet
from reelwright.studio.saying import said

WriteTimeline = Callable[[Blueprint, Path, Path], None]  # of a clip, with its film, to a place


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Where somebody wants what of a clip. Nothing of it need be wanted."""

    film: Path | None = None
    shapes: Sequence[Shape] = ()  # of the film; none for the shape that it has
    sheet: Path | None = None
    timeline: Path | None = None
    tongue: str = ""  # the locale in which a narrator speaks; empty for as it was made

    def refuse_what_cannot_be(self) -> None:
        """Raises before the work where its result could not be written."""
        if self.shapes and self.film is None:
            raise ReelwrightError(
                "--format says how a film is to be written, and not where to.",
                hint="Give --out FILE too; several formats go beside each other.",
            )
        if self.sheet is not None:
            refuse_unknown_kind(self.sheet)
        if self.timeline is not None and self.timeline.suffix != ".otio":
            raise ReelwrightError(
                f"A time line cannot be written as {self.timeline.name!r}.",
                hint="Give a name that ends in .otio.",
            )

    def films(self) -> list[tuple[Path, Shape | None]]:
        """A place for every film; several shapes are told apart by their names."""
        if self.film is None:
            return []
        shapes = list(dict.fromkeys(self.shapes))
        if len(shapes) < 2:
            return [(self.film, shapes[0] if shapes else None)]
        out = self.film
        return [(out.with_name(f"{out.stem}-{shape}{out.suffix}"), shape) for shape in shapes]


class Outputs:
    """Draws and writes what was asked for. `desk` is a folder for passing files."""

    def __init__(self, compositor: Compositor, write_timeline: WriteTimeline, desk: Path) -> None:
        self.compositor = compositor
        self.write_timeline = write_timeline
        self.desk = desk

    def hand_out(
        self, asked: Asked, blueprint: Blueprint, film: Path, *, progress: Progress = silent
    ) -> list[Path]:
        """The files that were written, from the plan of a clip and its kept film."""
        written = []
        kept, blueprint = blueprint, said(blueprint, asked.tongue) if asked.tongue else blueprint
        for out, shape in asked.films():
            self._film(out, _in_shape(blueprint, shape), kept, film, progress)
            written.append(out)
        if asked.sheet is not None:
            sound = self.compositor.sound(blueprint)
            materials = self.compositor.materials
            draw_sheet(asked.sheet, blueprint, sound, materials, progress=progress)
            written.append(asked.sheet)
        if asked.timeline is not None:
            shown, shape = (asked.films() or [(film, None)])[0]
            self.write_timeline(_in_shape(blueprint, shape), shown, asked.timeline)
            written.append(asked.timeline)
        return written

    def _film(
        self, out: Path, other: Blueprint, kept: Blueprint, film: Path, progress: Progress
    ) -> None:
        """The kept film, or the same one drawn in another shape or with a narrator."""
        if other == kept:
            copy(film, out)
            return
        self.desk.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.desk) as folder:
            copy(self.compositor.render(other, Path(folder), progress=progress).film, out)


def copy(film: Path, out: Path) -> None:
    """The film under the name that a user chose, whole or not at all."""
    with asked_for(out, "The film") as part:
        shutil.copyfile(film, part)


def _in_shape(blueprint: Blueprint, shape: Shape | None) -> Blueprint:
    return blueprint if shape is None else reframed(blueprint, shaped(blueprint.format, shape))
