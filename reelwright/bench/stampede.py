"""A thousand viewers miss one wish at once: how often it is made, and what their asking costs.

Viewers are threads of several processes, as many servers would have; workers are processes that
claim rows as every worker does, but make a stand-in. The clock is the real one.
"""

import multiprocessing
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

from reelwright.allowance import Allowance
from reelwright.bench.places import CODEBOOK, Place, named, places, stand_in, words_of
from reelwright.bench.places import wish as numbered
from reelwright.cache.cache import Cache
from reelwright.cache.renders import Renders
from reelwright.config import CacheConfig
from reelwright.domain import Made, Wish
from reelwright.engine.worker import Worker
from reelwright.progress import Progress
from reelwright.storage.videos import Videos

Figures = dict[str, float]

OF_A_DATABASE = {
    "renders": "renders of one wish that 1,000 viewers miss at once, the most of all rounds",
    "created": "viewers who were told that they were the first, likewise",
    "ask_p50_ms": "what asking costs a viewer, median, ms",
    "ask_p99_ms": "the same, 99th percentile, ms",
    "seen_s": "from the stampede until all servers have the clip, median, seconds",
}
WORDS = {
    "viewers": "viewers at once",
    "renders": "renders of one wish, the most of all rounds on any database",
    **words_of(OF_A_DATABASE),
}
VIEWERS, SERVERS, WORKERS = 1_000, 4, 3
ROUNDS = 10
MAKE_S = 0.5
WITHIN_S = 60.0
LINGER_S = 0.5  # in which a second worker would claim what is made already
MADE = "made"  # a line in this file for each making that was begun
ASKING = CacheConfig(lease_s=20.0)
Told = tuple[list[float], int, float]  # ms of each viewer, how many were first, when it was seen


def measure(*, quick: bool, progress: Progress, warn: Callable[[str], None]) -> Figures:
    """On every database that is here; the figures without a name are the worst of them."""
    rounds = 2 if quick else ROUNDS
    figures: Figures = {"viewers": float(VIEWERS)}
    with places(warn) as found:
        for place in found:
            figures |= named(stampede(place, rounds=rounds, progress=progress), place)
    figures["renders"] = max(figures[f"renders_{place.name}"] for place in found)
    return figures


def stampede(
    place: Place, *, rounds: int, progress: Progress, viewers: int = VIEWERS, servers: int = SERVERS
) -> Figures:
    """One wish a round; the same servers and workers throughout."""
    context = multiprocessing.get_context("spawn")
    place.open().close()  # so that nobody measures the making of tables
    told: Any = context.Queue()
    gate, stop = context.Barrier(servers + 1), context.Event()
    rounds_told: list[list[Told]] = []
    with _running(context, place, (rounds, viewers // servers, gate, told), servers, stop):
        for done in range(rounds):
            progress(f"stampedes on {place.name}", done, rounds)
            gate.wait(WITHIN_S)
            rounds_told.append([told.get(timeout=WITHIN_S) for _ in range(servers)])
            time.sleep(LINGER_S)
        progress(f"stampedes on {place.name}", rounds, rounds)
    asked_ms = [ms for one in rounds_told for asked, _, _ in one for ms in asked]
    makings = Counter((place.folder / MADE).read_text().split())
    return {
        "renders": float(max(makings[numbered(number).key] for number in range(rounds))),
        "created": float(max(sum(first for _, first, _ in one) for one in rounds_told)),
        "ask_p50_ms": round(statistics.median(asked_ms), 2),
        "ask_p99_ms": round(float(np.percentile(asked_ms, 99)), 2),
        "seen_s": round(statistics.median(max(s for _, _, s in one) for one in rounds_told), 2),
    }


@contextmanager
def _running(
    context: SpawnContext, place: Place, words: tuple[Any, ...], servers: int, stop: Any
) -> Iterator[None]:
    """Servers and workers; none is left when the `with` ends."""
    children: list[BaseProcess] = [
        *(context.Process(target=_serve, args=(place, *words)) for _ in range(servers)),
        *(context.Process(target=_work, args=(place, str(n), stop)) for n in range(WORKERS)),
    ]
    for child in children:
        child.start()
    try:
        yield
    finally:
        stop.set()
        for child in children:
            child.join(WITHIN_S)
            child.kill()


def _serve(place: Place, rounds: int, viewers: int, gate: Any, told: Any) -> None:
    """A server's share of the viewers, round after round, and when it has what they wish for."""
    with place.open() as db:
        cache = Cache(db, Videos(db), codebook=CODEBOOK, locate=_nowhere, config=ASKING)
        for number in range(rounds):
            gate.wait(WITHIN_S)
            began_s = time.monotonic()
            asked_ms, first = _asked(cache, numbered(number), viewers)
            while not cache.has(numbered(number)) and time.monotonic() - began_s < WITHIN_S:
                time.sleep(0.02)
                cache.refresh()
            told.put((asked_ms, first, time.monotonic() - began_s))


def _asked(cache: Cache, one: Wish, viewers: int) -> tuple[list[float], int]:
    """What each viewer waited, and how many were told that nobody had asked before."""
    ready = threading.Barrier(viewers)
    answers: list[tuple[float, bool]] = []

    def viewer(name: str) -> None:
        ready.wait()
        began_s = time.perf_counter()
        first = not cache.has(one) and cache.ask(one, viewer=name, priority=1.0, now_s=time.time())
        answers.append((1000 * (time.perf_counter() - began_s), first))

    threads = [threading.Thread(target=viewer, args=[str(number)]) for number in range(viewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ms for ms, _ in answers], sum(first for _, first in answers)


def _work(place: Place, name: str, stop: Any) -> None:
    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        with (place.folder / MADE).open("a") as file:
            file.write(f"{one.key}\n")
        time.sleep(MAKE_S)
        return stand_in(one)

    with place.open() as db:
        Worker(Renders(db, ASKING), make, time.time, name, ASKING).run(stop, idle_s=0.02)


def _nowhere(_: object) -> tuple[Any, Any]:
    return np.zeros(1, np.float32), np.zeros(1, np.float32)
