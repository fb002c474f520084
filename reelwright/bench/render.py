"""Rendering in figures: whole clips against real time, against MoviePy, and within their memory.

All of it runs on two cores, as many threads drawing. `speedup_vs_moviepy` is one composition drawn
by both and encoded alike (`bench/composition.py`, `bench/moviepy.py`), in turns, by the clock. Both
have read the photographs; ours goes from the plan to the finished folder, with developing and
taking apart, music, poster and preview, MoviePy from ready pictures and ready music to its file.
The clips of the eight styles are planned by the studio and drawn in a process of their own, whose
memory is watched.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright import assemble
from reelwright.bench.composition import composition, photographs
from reelwright.config import Config, MediaConfig, RenderConfig
from reelwright.domain import Blueprint, Format
from reelwright.engine.memory import PeakMemory
from reelwright.media.materials import Materials
from reelwright.progress import Progress
from reelwright.render.compositor import Compositor
from reelwright.render.film import Film
from reelwright.render.kit import STYLES
from reelwright.render.soundtrack import soundtrack
from reelwright.studio.samples import sample

Figures = dict[str, float]

CORES = 2
SCENES = ("harbour", "stadium")  # as unlike each other as there are
LONG_S = 60.0
SEED = 1
MANY_CUTS = "documentary"  # of the calm styles, whose clips run long, the one with most to hold
WORDS = {
    "speedup_vs_moviepy": "one composition (photographs in depth, texts, blur, grade, two "
    "transitions, music) of 720x1280: MoviePy's time over ours, medians",
    "processor_vs_moviepy": "the same in processor time",
    "composition_s": "that composition by us, seconds",
    "moviepy_s": "the same by MoviePy, seconds",
    "realtime_factor": "length of a planned clip over the time to make it, median over the styles",
    **{f"realtime_factor_{style.name}": f"the same for {style.name}" for style in STYLES},
    "first_frame_ms": "from a plan to its first frame, median over the styles, ms",
    "peak_mb": "the most memory of a process that makes all these clips, MB",
    "peak_mb_60s": "the same for a clip of 60 s, MB",
}


class Rival(Protocol):
    """Another program that draws the composition."""

    def clip(self, film: Film) -> object:
        """The composition in its own terms, ready to be drawn."""
        ...

    def write(
        self, made: object, sound: NDArray[np.float32], path: Path, fps: int, media: MediaConfig
    ) -> None:
        """Draws and encodes it."""
        ...


@dataclass(frozen=True, slots=True)
class Took:
    """By the clock, and by the processor with all child processes that have ended."""

    clock_s: float
    processor_s: float


def measure(config: Config, *, rival: Rival | None, quick: bool, progress: Progress) -> Figures:
    """All figures; without a rival those that need none. `quick` draws shorter clips, and once."""
    form = Format(duration_s=1.8) if quick else Format()
    figures: Figures = {}
    with on_cores(CORES):
        if rival is not None:
            rounds = 1 if quick else 3
            figures |= against(rival, config.media, form, rounds=rounds, progress=progress)
        figures |= of_styles(config.media, form, progress=progress)
        long = replace(form, duration_s=LONG_S, fps=1 if quick else form.fps)
        figures |= of_a_minute(config.media, long, progress=progress)
    return figures


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """No more cores than these, for what is started in here too; where that can be asked for."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


# ---- against MoviePy ----------------------------------------------------------------------------


def against(
    rival: Rival, media: MediaConfig, form: Format, *, rounds: int, progress: Progress
) -> Figures:
    """Both draw the composition in turns, ours first and last."""
    materials = Materials(media)
    with tempfile.TemporaryDirectory(prefix="reelwright-") as name:
        folder = Path(name)
        plan = composition(photographs(folder, materials), form)
        made = rival.clip(Film(plan, materials))
        sound = soundtrack(plan, rate=media.audio_rate)

        def own() -> None:
            done = folder / "own"
            done.mkdir(exist_ok=True)
            Compositor(RenderConfig(threads=CORES), media, materials).render(plan, done)

        def other() -> None:
            rival.write(made, sound, folder / "rival.mp4", form.fps, media)

        turns = [own, *[other, own] * rounds]
        ours, theirs = list[Took](), list[Took]()
        for done, turn in enumerate(turns):
            progress("drawing in turns with MoviePy", done, len(turns))
            (ours if turn is own else theirs).append(took(turn))
        progress("drawing in turns with MoviePy", len(turns), len(turns))
    own_s, other_s = middle(ours), middle(theirs)
    return {
        "speedup_vs_moviepy": round(other_s.clock_s / own_s.clock_s, 2),
        "processor_vs_moviepy": round(other_s.processor_s / own_s.processor_s, 2),
        "composition_s": round(own_s.clock_s, 2),
        "moviepy_s": round(other_s.clock_s, 2),
    }


def took(act: Callable[[], object]) -> Took:
    clock, before = time.perf_counter(), os.times()
    act()
    after = os.times()
    processor_s = sum(after[:4]) - sum(before[:4])  # user and system, of ours and of children
    return Took(time.perf_counter() - clock, processor_s)


def middle(times: Sequence[Took]) -> Took:
    return Took(
        statistics.median(one.clock_s for one in times),
        statistics.median(one.processor_s for one in times),
    )


# ---- the styles ---------------------------------------------------------------------------------


def of_styles(media: MediaConfig, form: Format, *, progress: Progress) -> Figures:
    """A whole clip of every style, one after the other in one process that does nothing else."""
    studio = assemble.planner()
    plans = {style.name: sample(studio, style, SCENES, format=form, seed=SEED) for style in STYLES}
    factors, first_ms, peaks = Figures(), list[float](), list[float]()
    with alone(next(iter(plans.values()))) as pool:
        for done, (style, plan) in enumerate(plans.items(), start=1):
            clip_s, frame_s, peak_mb = pool.submit(_made, plan, media).result()
            factors[f"realtime_factor_{style}"] = round(form.duration_s / clip_s, 2)
            first_ms.append(1000 * frame_s)
            peaks.append(peak_mb)
            progress("making a clip of every style", done, len(plans))
    return {
        "realtime_factor": round(statistics.median(factors.values()), 2),
        **factors,
        "first_frame_ms": round(statistics.median(first_ms)),
        "peak_mb": round(max(peaks)),
    }


def of_a_minute(media: MediaConfig, form: Format, *, progress: Progress) -> Figures:
    """A long clip, in another process: its memory must not grow with its length."""
    progress("making a clip of a minute", 0, 1)
    style = next(style for style in STYLES if style.name == MANY_CUTS)
    plan = sample(assemble.planner(), style, SCENES, format=form, seed=SEED)
    with alone(plan) as pool:
        _, _, peak_mb = pool.submit(_made, plan, media).result()
    progress("making a clip of a minute", 1, 1)
    return {"peak_mb_60s": round(peak_mb)}


@contextmanager
def alone(plan: Blueprint) -> Iterator[ProcessPoolExecutor]:
    """One process that has nothing of this one in its memory, and has drawn before."""
    small = replace(plan, format=replace(plan.format, width=128, height=128))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(_warm, small).result()
        yield pool


def _warm(plan: Blueprint) -> None:
    """What is loaded once, fonts and instruments say, is not a clip's own time."""
    Film(plan)
    soundtrack(plan, rate=48_000)


def _made(plan: Blueprint, media: MediaConfig) -> tuple[float, float, float]:
    """Seconds for the whole clip, seconds for its first frame alone, and the peak in MB."""
    compositor = Compositor(RenderConfig(threads=CORES), media)
    frame_s = took(lambda: compositor.frame(plan, 0.0)).clock_s
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder, PeakMemory() as memory:
        clip_s = took(lambda: compositor.render(plan, Path(folder))).clock_s
    return clip_s, frame_s, memory.peak_mb
