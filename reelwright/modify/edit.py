"""A take goes through its stages, frame by frame, into one film or several: memory stays flat.

    footage -> matte -> shared stages -> stages of each film -> file

Pictures are read and matted in one thread while those before them are changed and written in
others, one for each film. Times, size and sound are those of the footage.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image, frames
from reelwright.media.materials import content_name
from reelwright.media.rewrite import Rewrite, rewritten
from reelwright.modify.performance import Floats, Performance
from reelwright.progress import Progress, silent

AHEAD = 2  # frames that are matted, or wait to be changed, while another one is

Matting = Callable[[Image, NDArray[np.uint8]], Floats]  # a frame and its small matte: fine edges


class Stage(Protocol):
    """One change of a take: called once a frame, in their order, and may remember the last ones.

    `frame` is BGR as the stage before left it, `alpha` how much of each pixel is a performer, 0 to
    1. Neither may be written into: other films are made of them at the same time. What a stage
    needs of the whole take (its Performance, the film's path) it is given when it is made.
    """

    def __call__(self, number: int, frame: Image, alpha: Floats) -> Image: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One film to be made: where to, and what happens to each frame, in this order."""

    out: Path
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Matted:
    """One moment of the take, with its performers found."""

    number: int
    time_s: float
    frame: Image
    alpha: Floats


def edit(
    film: Path,
    performance: Performance,
    edits: Sequence[Edit],
    *,
    fine: Matting,
    config: MediaConfig,
    shared: Sequence[Stage] = (),
    progress: Progress = silent,
) -> list[str]:
    """Make all the films at once; each appears whole, or none does. Gives what is to be told."""
    count = performance.footage.num_frames
    with ExitStack() as closing:
        writers = [closing.enter_context(rewritten(film, one.out, config)) for one in edits]
        lanes = [closing.enter_context(lane()) for _ in edits]
        waiting: deque[list[Future[None]]] = deque()
        read = closing.enter_context(ahead(matted(film, performance, fine, shared), AHEAD))
        for done, moment in enumerate(read, start=1):
            waiting.append(
                [
                    pool.submit(change, one, moment, writer)
                    for pool, one, writer in zip(lanes, edits, writers, strict=True)
                ]
            )
            if len(waiting) > AHEAD:
                settle(waiting.popleft())
            progress("changing frames", min(done, count - 1), count)
        for futures in waiting:
            settle(futures)
    progress("changing frames", count, count)
    return list(dict.fromkeys(note for writer in writers for note in writer.notes))


def matted(
    film: Path, performance: Performance, fine: Matting, shared: Sequence[Stage] = ()
) -> Iterator[Matted]:
    """The take's frames with their performers, the changes that all films share already made."""
    known = performance.footage
    read = frames(film, size=(known.width, known.height))
    for number, (time_s, frame) in enumerate(read):
        if number >= known.num_frames:
            break
        alpha = fine(frame, performance.matte_NHW[number])
        for stage in shared:
            frame = stage(number, frame, alpha)
        yield Matted(number, time_s, frame, alpha)


def change(one: Edit, moment: Matted, writer: Rewrite) -> None:
    """Take one frame through the stages of one film, and write it."""
    frame = moment.frame
    for stage in one.stages:
        frame = stage(moment.number, frame, moment.alpha)
    writer.write(moment.time_s, frame)


def settle(futures: Sequence[Future[None]]) -> None:
    """Wait for all; what went wrong in one of them goes wrong here."""
    for future in futures:
        future.result()


@contextmanager
def lane() -> Iterator[ThreadPoolExecutor]:
    """One thread, in which things happen in their order. What waits when it is left is dropped."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="change")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def ahead(items: Iterator[Matted], most: int) -> Iterator[Iterator[Matted]]:
    """The same items, made in a thread, at most so many before they are asked for."""
    with lane() as pool:

        def asked() -> Iterator[Matted]:
            waiting = deque(pool.submit(next, items, None) for _ in range(most))
            while (item := waiting.popleft().result()) is not None:
                waiting.append(pool.submit(next, items, None))
                yield item

        yield asked()


def refuse_other(film: Path, performance: Performance) -> None:
    """A performance belongs to the film that it was measured on, to the last byte."""
    if content_name(film) != performance.footage.sha256:
        raise ReelwrightError(
            f"The performance was measured on another film than {film.name}.",
            hint="Give its own film, or leave --performance out to have it measured now.",
        )


def refuse_nobody(film: Path, performance: Performance) -> None:
    """Without anybody in the picture there is nothing to keep."""
    if not performance.performers or not any(matte.any() for matte in performance.matte_NHW):
        raise ReelwrightError(
            f"Nobody is seen in {film.name}.",
            hint="Give footage in which a person is clearly visible.",
        )
