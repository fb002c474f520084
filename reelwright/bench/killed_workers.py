"""Workers are killed in the middle of making: every wish must be made, and kept once.

They claim rows and keep results as every worker does, but make a stand-in.
"""

import random
import threading
import time
from collections import Counter
from multiprocessing.process import BaseProcess

from reelwright.allowance import Allowance
from reelwright.bench.places import PROCESSES, Place, stand_in, wish
from reelwright.cache.asks import Asks
from reelwright.cache.renders import Job, Renders
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig
from reelwright.domain import Made, SemanticId, Wish
from reelwright.engine.worker import Worker
from reelwright.progress import Progress
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos

Figures = dict[str, float]

WORKERS, WISHES_A_KILL = 4, 4
MAKE_S, LATER_S = (0.02, 0.25), (0.0, 0.3)  # a making; from its beginning to the kill
WITHIN_S = 60.0
PATIENT = CacheConfig(lease_s=2.0, attempts=1_000, ask_every_s=0.0)
KEPT, BEGUN = "kept", "begun"  # files with a line for each


class Witnessed(Renders):
    """Writes down which results were kept, and by how many claims."""

    def __init__(self, place: Place, number: int, db: Database) -> None:
        super().__init__(db, PATIENT)
        self.place = place
        self.number = number

    def finish(self, job: Job, made: Made, sid: SemanticId, now_s: float) -> bool:
        kept = super().finish(job, made, sid, now_s)
        if kept:
            note(self.place, KEPT, job.wish, self.number)
        return kept


def worked(place: Place, *, kills: int, seed: int, progress: Progress) -> Figures:
    """More is wished for all the time, and one worker after another is killed."""
    rng = random.Random(seed)
    with place.open() as db:
        asks, renders = Asks(db, PATIENT), Renders(db, PATIENT)
        workers = {number: _hired(place, number) for number in range(WORKERS)}
        try:
            for done in range(kills):
                progress(f"killing workers on {place.name}", done, kills)
                for number in range(done * WISHES_A_KILL, (done + 1) * WISHES_A_KILL):
                    one = wish(number)
                    asks.ask(one, one.key, viewer="ann", priority=1.0, now_s=time.time())
                number = _next_to_begin(place)
                time.sleep(rng.uniform(*LATER_S))
                workers[number].kill()
                workers[number].join()
                workers[WORKERS + done] = _hired(place, WORKERS + done)
                del workers[number]
            stuck = _left(renders)
        finally:
            for worker in workers.values():
                worker.kill()
                worker.join()
        progress(f"killing workers on {place.name}", kills, kills)
        return told(place, db, stuck=stuck)


def told(place: Place, db: Database, *, stuck: int) -> Figures:
    """What was kept, counted where it lies and where its makers wrote it down."""
    videos = Counter(video.wish for video in Videos(db).all())
    kept, begun = (Counter(key for key, _ in _noted(place, what)) for what in (KEPT, BEGUN))
    twice = {key for counted in (kept, videos) for key, times in counted.items() if times > 1}
    return {
        "made": float(len(videos)),
        "made_twice": float(len(twice)),
        "rows_stuck": float(stuck),
        "again": float(begun.total() - len(begun)),
    }


def _next_to_begin(place: Place) -> int:
    """The number of the worker that begins a making next."""
    before, end_s = len(_noted(place, BEGUN)), time.monotonic() + WITHIN_S
    while len(noted := _noted(place, BEGUN)) <= before:
        assert time.monotonic() < end_s, f"nobody begins anything within {WITHIN_S} s"
        time.sleep(0.005)
    return int(noted[before][1])


def _left(renders: Renders) -> int:
    """How many rows are not done when nothing more comes of it, or after a minute."""
    end_s = time.monotonic() + WITHIN_S
    while True:
        counts = renders.counts()
        left = sum(counts.values()) - counts[RenderState.DONE]
        if not left or time.monotonic() > end_s:
            return left
        time.sleep(0.1)


def _hired(place: Place, number: int) -> BaseProcess:
    worker = PROCESSES.Process(target=_work, args=(place, number))
    worker.start()
    return worker


def _work(place: Place, number: int) -> None:
    rng = random.Random(number)

    def make(one: Wish, now_s: float, allowance: Allowance) -> Made:
        note(place, BEGUN, one, number)
        time.sleep(rng.uniform(*MAKE_S))
        return stand_in(one)

    with place.open() as db:
        renders = Witnessed(place, number, db)
        worker = Worker(renders, make, time.time, f"worker-{number}", PATIENT)
        worker.run(threading.Event(), idle_s=0.02)


def note(place: Place, what: str, one: Wish, number: int) -> None:
    with (place.folder / what).open("a") as file:
        file.write(f"{one.key} {number}\n")


def _noted(place: Place, what: str) -> list[list[str]]:
    """Lines that are whole: the key of a wish and the number of a worker."""
    path = place.folder / what
    *lines, _ = path.read_text().split("\n") if path.exists() else [""]
    return [line.split() for line in lines]
