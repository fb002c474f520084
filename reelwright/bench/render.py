"""Rendering in figures: whole clips against real time, against MoviePy, and within their memory.

All of it runs on two cores, as many threads drawing. `speedup_vs_moviepy` is one composition drawn
by both and encoded alike (`bench/composition.py`), in turns, by the clock; MoviePy draws it twice:
as its user guide puts clips together (`bench/moviepy_manual.py`), and tuned as far as we know how
(`bench/moviepy.py`). All have read the photographs; ours goes from the plan to the finished folder,
with developing and taking apart, music, poster and preview, MoviePy from ready pictures and ready
music to its file.
The clips of the eight styles are planned by the studio and drawn in a process of their own, whose
memory is watched.
"""

import multiprocessing
import os
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.assemble import workshops
from reelwright.bench.composition import composition, photographs
from reelwright.bench.made import CORES, Took, made, took, warmed
from reelwright.config import Config, MediaConfig, RenderConfig
from reelwright.domain import Blueprint, Format
from reelwright.media.materials import Materials
from reelwright.progress import Progress
from reelwright.render.compositor import Compositor
from reelwright.render.film import Film
from reelwright.render.kit import STYLES
from reelwright.render.soundtrack import soundtrack
from reelwright.studio.samples import sample

Figures = dict[str, float]

OWN = "ours"
SCENES = ("harbour", "stadium")  # as unlike each other as there are
LONG_S = 60.0
SEED = 1
MANY_CUTS = "documentary"  # of the calm styles, whose clips run long, the one with most to hold
WORDS = {
    "speedup_vs_moviepy": "one composition (photographs in depth, texts, blur, grade, two "
    "transitions, music) of 720x1280: the time of MoviePy, used as its user guide shows, over "
    "ours, medians",
    "speedup_vs_moviepy_tuned": "the same against a MoviePy clip tuned by hand: no masks, shots "
    "chained, filters in OpenCV",
    "processor_vs_moviepy": "the first in processor time",
    "processor_vs_moviepy_tuned": "the second in processor time",
    "composition_s": "that composition by us, seconds",
    "moviepy_s": "the same by MoviePy as its user guide shows, seconds",
    "moviepy_tuned_s": "the same by the tuned MoviePy clip, seconds",
    "realtime_factor": "length of a planned clip over the time to make it, median over the styles",
    **{f"realtime_factor_{style.name}": f"the same for {style.name}" for style in STYLES},
    "first_frame_ms": "from a plan to its first frame, median over the styles, ms",
    "peak_mb": "the most memory of a process that makes all these clips, MB",
    "peak_mb_60s": "the same for a clip of 60 s, MB",
}


class Rival(Protocol):
    """Another way to draw the composition."""

    def clip(self, film: Film) -> object:
        """The composition in its own terms, ready to be drawn."""
        ...

    def write(
        self, made: object, sound: NDArray[np.float32], path: Path, fps: int, media: MediaConfig
    ) -> None:
        """Draws and encodes it."""
        ...


def measure(
    config: Config, *, rivals: Mapping[str, Rival], quick: bool, progress: Progress
) -> Figures:
    """All figures; those against rivals by their names. `quick` draws shorter clips, and once."""
    form = Format(duration_s=1.2) if quick else Format()
    figures: Figures = {}
    with on_cores(CORES):
        if rivals:
            rounds = 1 if quick else 3
            figures |= against(rivals, config.media, form, rounds=rounds, progress=progress)
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
    rivals: Mapping[str, Rival],
    media: MediaConfig,
    form: Format,
    *,
    rounds: int,
    progress: Progress,
) -> Figures:
    """All draw the composition in turns, ours first and last."""
    materials = Materials(media)
    with tempfile.TemporaryDirectory(prefix="reelwright-") as name:
        folder = Path(name)
        plan = composition(photographs(folder, materials), form)
        film = Film(plan, materials)
        clips = {name: rival.clip(film) for name, rival in rivals.items()}
        sound = soundtrack(plan, rate=media.audio_rate)

        def own() -> None:
            done = folder / "own"
            done.mkdir(exist_ok=True)
            Compositor(RenderConfig(threads=CORES), media, materials).render(plan, done)

        def turn(name: str) -> None:
            if name == OWN:
                own()
            else:
                path = folder / f"{name}.mp4"
                rivals[name].write(clips[name], sound, path, form.fps, media)

        turns = [OWN, *[*rivals, OWN] * rounds]
        times: dict[str, list[Took]] = {name: [] for name in turns}
        for done, name in enumerate(turns):
            progress("drawing in turns with MoviePy", done, len(turns))
            times[name].append(took(partial(turn, name)))
        progress("drawing in turns with MoviePy", len(turns), len(turns))
    ours = middle(times.pop(OWN))
    figures = {"composition_s": round(ours.clock_s, 2)}
    for name, theirs in times.items():
        other = middle(theirs)
        figures[f"speedup_vs_{name}"] = round(other.clock_s / ours.clock_s, 2)
        figures[f"processor_vs_{name}"] = round(other.processor_s / ours.processor_s, 2)
        figures[f"{name}_s"] = round(other.clock_s, 2)
    return figures


def middle(times: Sequence[Took]) -> Took:
    return Took(
        statistics.median(one.clock_s for one in times),
        statistics.median(one.processor_s for one in times),
    )


# ---- the styles ---------------------------------------------------------------------------------


def of_styles(media: MediaConfig, form: Format, *, progress: Progress) -> Figures:
    """A whole clip of every style, one after the other in one process that does nothing else."""
    studio = workshops.planner()
    plans = {style.name: sample(studio, style, SCENES, format=form, seed=SEED) for style in STYLES}
    factors, first_ms, peaks = Figures(), list[float](), list[float]()
    with alone(next(iter(plans.values()))) as pool:
        for done, (style, plan) in enumerate(plans.items(), start=1):
            clip_s, frame_s, peak_mb = pool.submit(made, plan, media).result()
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
    plan = sample(workshops.planner(), style, SCENES, format=form, seed=SEED)
    with alone(plan) as pool:
        _, _, peak_mb = pool.submit(made, plan, media).result()
    progress("making a clip of a minute", 1, 1)
    return {"peak_mb_60s": round(peak_mb)}


@contextmanager
def alone(plan: Blueprint) -> Iterator[ProcessPoolExecutor]:
    """One process that has nothing of this one in its memory, and has drawn before."""
    small = replace(plan, format=replace(plan.format, width=128, height=128))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(warmed, small).result()
        yield pool
