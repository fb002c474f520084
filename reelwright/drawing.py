"""Many clips at once: drawn and looked at in a pool of processes, one a core."""

import multiprocessing
import os
import tempfile
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import cv2

from reelwright.child import ctrl_c_waits, ends_with_parent
from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Blueprint, Clip
from reelwright.features.encoder import Encoding
from reelwright.features.local import LocalEncoder
from reelwright.progress import Progress, silent
from reelwright.render.compositor import Compositor


@dataclass(frozen=True, slots=True)
class Drawn:
    """A clip, and what our own eyes see in it."""

    clip: Clip
    encoding: Encoding


def draw_all(
    blueprints: Sequence[Blueprint],
    tags: Sequence[Sequence[str]],
    *,
    render: RenderConfig,
    media: MediaConfig,
    what: str = "drawing clips",
    progress: Progress = silent,
    processes: int | None = None,
) -> Generator[tuple[int, Drawn]]:
    """Each blueprint's place and clip, in the order in which they are finished.

    A clip's files are gone when the next one is asked for. Whoever may stop asking before the end
    closes the iterator: drawing then ends at once and leaves nothing behind.
    """
    others = set(multiprocessing.active_children())
    to_the_end = False
    draw = partial(_draw, render=replace(render, threads=1), media=media)
    pool = ProcessPoolExecutor(
        processes or os.cpu_count() or 1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
    )
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder, pool:
        try:
            with ctrl_c_waits():
                places = {
                    pool.submit(draw, blueprint, words, Path(folder) / str(place)): place
                    for place, (blueprint, words) in enumerate(zip(blueprints, tags, strict=True))
                }
            progress(what, 0, len(places))
            for done, finished in enumerate(as_completed(places), start=1):
                drawn = finished.result()
                yield places[finished], drawn
                drawn.clip.film.unlink()
                progress(what, done, len(places))
            to_the_end = True
        finally:
            if not to_the_end:  # Ctrl-C, say: nobody waits for clips that nobody will see
                for process in set(multiprocessing.active_children()) - others:
                    process.terminate()
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Each of the pool keeps to its one core, and ends when the process that asked is gone."""
    cv2.setNumThreads(1)
    ends_with_parent()


def _draw(
    blueprint: Blueprint,
    tags: Sequence[str],
    folder: Path,
    *,
    render: RenderConfig,
    media: MediaConfig,
) -> Drawn:
    folder.mkdir()
    clip = _compositor(render, media).render(blueprint, folder)
    return Drawn(clip, _encoder().encode(clip.film, title=blueprint.title, tags=tags))


@cache
def _compositor(render: RenderConfig, media: MediaConfig) -> Compositor:
    return Compositor(render, media)


@cache
def _encoder() -> LocalEncoder:
    return LocalEncoder()
