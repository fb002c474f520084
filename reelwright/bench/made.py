"""What the process does that makes the bench's clips: it loads the renderer, and nothing else."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Blueprint
from reelwright.engine.memory import PeakMemory
from reelwright.render.compositor import Compositor
from reelwright.render.film import Film
from reelwright.render.soundtrack import soundtrack

CORES = 2


@dataclass(frozen=True, slots=True)
class Took:
    """By the clock, and by the processor with all child processes that have ended."""

    clock_s: float
    processor_s: float


def took(act: Callable[[], object]) -> Took:
    clock, before = time.perf_counter(), os.times()
    act()
    after = os.times()
    processor_s = sum(after[:4]) - sum(before[:4])  # user and system, of ours and of children
    return Took(time.perf_counter() - clock, processor_s)


def warmed(plan: Blueprint) -> None:
    """What is loaded once, fonts and instruments say, is not a clip's own time."""
    Film(plan)
    soundtrack(plan, rate=48_000)


def made(plan: Blueprint, media: MediaConfig) -> tuple[float, float, float]:
    """Seconds for the whole clip, seconds for its first frame alone, and the peak in MB."""
    compositor = Compositor(RenderConfig(threads=CORES), media)
    frame_s = took(lambda: compositor.frame(plan, 0.0)).clock_s
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder, PeakMemory() as memory:
        clip_s = took(lambda: compositor.render(plan, Path(folder))).clock_s
    return clip_s, frame_s, memory.peak_mb
