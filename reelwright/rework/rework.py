"""The story of an edit: what is asked for becomes stages, and the stages become films.

    words -> worlds, cloth, strength -> stages -> films, and a sheet of them all

The take is read and matted once, however many worlds there are.
"""

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.materials import Materials
from reelwright.media.rewrite import refuse_other_container
from reelwright.modify.costume import Costume
from reelwright.modify.edit import Edit, Matting, Stage, edit, refuse_nobody, refuse_other
from reelwright.modify.fabric import Fabric, fabric
from reelwright.modify.painted import moment
from reelwright.modify.performance import Performance
from reelwright.modify.placing import Placing
from reelwright.modify.strength import USUAL, Strength, strength
from reelwright.modify.world import World, own_world
from reelwright.progress import Progress, silent
from reelwright.render.page import refuse_unknown_kind, save
from reelwright.rework.scenery import Place, scene_world
from reelwright.rework.sheet import AS_FILMED, moments, page
from reelwright.rework.wording import place_of
from reelwright.studio.fit import Fit

TRIED = ".modify-"  # how the folder is called that tries whether one can write
WORLD = "{world}"  # in a name, stands for the world's own


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is asked for, in somebody's words."""

    worlds: tuple[str | Place, ...] = ()  # in words, or understood already
    costume: str = ""
    style: Path | None = None  # a picture
    start: Path | None = None  # painted frames of the footage, likewise below
    end: Path | None = None
    keyframes: tuple[str, ...] = ()  # TIME=PICTURE
    strength: str = USUAL
    seed: int = 0
    out: Path
    sheet: Path | None = None

    @property
    def is_painted(self) -> bool:
        """Whether frames of the footage are given back painted."""
        return bool(self.start or self.end or self.keyframes)


@dataclass(frozen=True, slots=True)
class Plan:
    """An order that was understood: every file that it names is there and can be read."""

    order: Order
    strength: Strength
    places: tuple[Place | Path, ...]
    cloth: Fabric | None
    outs: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Reworked:
    """The films that were made, and what was done otherwise than asked."""

    films: tuple[Path, ...]
    notes: tuple[str, ...]


def plan(order: Order, materials: Materials, fit: Callable[[], Fit]) -> Plan:
    """Understand an order, or tell in one line what is wrong with it, before any work is done."""
    level = strength(order.strength)
    if not (order.worlds or order.costume or order.style or order.is_painted):
        raise ReelwrightError(
            "Nothing is to be changed.",
            hint="Give --world, --costume, --style, a painted frame, or several.",
        )
    for words in order.keyframes:
        moment(words)  # one that says no time is told now
    if order.sheet is not None:
        refuse_unknown_kind(order.sheet)
    places = tuple(one if isinstance(one, Place) else place_of(one, fit) for one in order.worlds)
    cloth = fabric(order.costume, materials) if order.costume else None
    for place in places:
        if isinstance(place, Path):
            materials.take(place)  # what cannot be opened is told now
    names = [place.stem if isinstance(place, Path) else place.name for place in places]
    films = outs(order.out, names)
    refuse_unwritable(films[0].parent, is_new=order.out not in films and not order.out.suffix)
    return Plan(order, level, places, cloth, films)


def rework(
    film: Path,
    performance: Performance,
    asked: Plan,
    *,
    fine: Matting,
    materials: Materials,
    config: MediaConfig,
    first: Sequence[Stage] = (),
    last: Callable[[], Sequence[Stage]] = tuple,
    progress: Progress = silent,
) -> Reworked:
    """Make the films. `first` are stages on the footage itself; `last`, new ones for every film,
    come on top of its new world."""
    refuse_other(film, performance)
    refuse_nobody(film, performance)
    worlds = made(asked, performance, materials, progress)
    known = performance.footage
    filmed = moments(known.width, known.height, known.num_frames)
    rows = {AS_FILMED: filmed}
    edits = []
    for world, out in zip(worlds, asked.outs, strict=True):
        stages: list[Stage] = []
        if world is not None:
            stages.append(Placing(world, performance, asked.strength, seed=asked.order.seed))
        row = moments(known.width, known.height, known.num_frames)
        rows[f"{out.stem}" if world is None else world.name] = row
        edits.append(Edit(out=out, stages=(*stages, *last(), row)))
    shared: list[Stage] = [filmed, *first]
    if asked.cloth is not None:
        shared.append(Costume(performance, asked.cloth, asked.strength))
    asked.outs[0].parent.mkdir(exist_ok=True)
    notes = edit(
        film, performance, edits, fine=fine, config=config, shared=shared, progress=progress
    )
    if asked.order.sheet is not None:
        times_s = {number: float(known.times_N[number]) for number in filmed.numbers}
        save(page(rows, times_s), asked.order.sheet, "The contact sheet")
    return Reworked(asked.outs, (*materials.notes, *notes))


def made(
    asked: Plan, performance: Performance, materials: Materials, progress: Progress
) -> list[World | None]:
    """Every world, ready for this take; None where it stays the one that was filmed."""
    worlds: list[World | None] = []
    for number, place in enumerate(asked.places):
        progress("drawing worlds", number, len(asked.places))
        if isinstance(place, Path):
            worlds.append(own_world(place, materials, performance))
        else:
            worlds.append(scene_world(place, performance, seed=asked.order.seed))
    if asked.places:
        progress("drawing worlds", len(asked.places), len(asked.places))
    return worlds or [None]


def outs(out: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """Where each film goes: a file, one file a world by `{world}` in its name, or a folder."""
    is_file = bool(out.suffix) and not out.is_dir()
    if is_file:
        refuse_other_container(out)
    if len(names) < 2 and is_file and WORLD not in out.name:
        return (out,)
    pattern = out if is_file else out / f"{WORLD}.mp4"
    if WORLD not in pattern.name:
        raise ReelwrightError(
            f"{len(names)} worlds cannot all become {out.name}.",
            hint=f"Give a folder, or a name with {WORLD} in it.",
        )
    found: list[Path] = []
    for name in names or ["film"]:
        slug = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "world"
        path = pattern.with_name(pattern.name.replace(WORLD, slug))
        twice = sum(other.stem.startswith(path.stem) for other in found)
        found.append(path.with_stem(f"{path.stem}-{twice + 1}") if path in found else path)
    return tuple(found)


def refuse_unwritable(folder: Path, *, is_new: bool) -> None:
    """Raises where films cannot be written; a folder that an order names by itself may be new."""
    there = folder if folder.is_dir() or not is_new else folder.absolute().parent
    try:
        with tempfile.TemporaryDirectory(dir=there, prefix=TRIED):
            pass  # rights alone do not tell: a whole file system may be read-only
    except OSError as error:
        raise ReelwrightError(
            f"The films cannot be written to {folder} ({error.strerror}).",
            hint="Give a file or a folder in a folder that is there and can be written.",
        ) from error
