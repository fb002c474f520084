"""Where benches of the store keep it: in a file, and in a PostgreSQL where there is one to run."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from reelwright.bench.postgres import Postgres, is_here
from reelwright.config import StorageConfig
from reelwright.domain import (
    Blueprint,
    Format,
    Made,
    Manifest,
    Music,
    SemanticId,
    Shot,
    Video,
    Wish,
    digest,
)
from reelwright.storage.database import Database

SQLITE, POSTGRESQL = "sqlite", "postgresql"
CODEBOOK = "bench"
# Processes that may be killed begin as copies of one that has loaded what they run: in .3 s, not 5.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["reelwright.bench.door", "reelwright.bench.killed_workers"])
MISSING = "PostgreSQL is left out: none is installed here, or nobody but root could run it."


@dataclass(frozen=True, slots=True)
class Place:
    """A database by the name of its kind, and a folder beside it."""

    name: str
    folder: Path
    config: StorageConfig

    def open(self) -> Database:
        return Database.open(self.folder, config=self.config)


@contextmanager
def places(warn: Callable[[str], None]) -> Iterator[list[Place]]:
    """An empty database of every kind that is here, for as long as the `with` lasts."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="reelwright-")))
        found = [Place(SQLITE, folder / SQLITE, StorageConfig())]
        if is_here():
            server = stack.enter_context(Postgres())
            found.append(Place(POSTGRESQL, folder / POSTGRESQL, StorageConfig(url=server.url)))
        else:
            warn(MISSING)
        for place in found:
            place.folder.mkdir()
        yield found


def words_of(said: Mapping[str, str]) -> dict[str, str]:
    """What the figures of one database are, for each."""
    return {
        f"{name}_{place}": f"{words}, {place}"
        for place in (SQLITE, POSTGRESQL)
        for name, words in said.items()
    }


def named(figures: Mapping[str, float], place: Place) -> dict[str, float]:
    """The figures of one database, by names that `words_of` knows."""
    return {f"{name}_{place.name}": value for name, value in figures.items()}


def wish(number: int) -> Wish:
    """The wish with this number, for a video that nobody has."""
    return Wish(sid=SemanticId((number, 0), (0, number)), codebook=CODEBOOK)


def stand_in(one: Wish) -> Made:
    """What a worker could have made of it, in no time."""
    shot = Shot(
        start_s=0.0,
        duration_s=6.0,
        scene="harbour",
        light="dawn",
        subject="",
        camera="push in",
        words="",
        transition="",
        seed=1,
    )
    blueprint = Blueprint(
        title="A stand-in",
        style="calm",
        shots=(shot,),
        music=Music(mood="warm", tempo_bpm=90.0, seed=1),
        format=Format(),
        planner="bench",
    )
    manifest = Manifest(
        wish=one.key,
        sid=str(one.sid),
        codebook=one.codebook,
        blueprint=digest(blueprint),
        planner="bench",
        renderer="bench",
        program="",
        made_at_s=time.time(),
        measured_sid=str(one.sid),
    )
    video = Video(
        id=one.key,
        title=blueprint.title,
        film="",
        poster="",
        duration_s=6.0,
        width=720,
        height=1280,
        fps=30.0,
        has_sound=True,
        wish=one.key,
    )
    return Made(video=video, manifest=manifest, blueprint=blueprint)
