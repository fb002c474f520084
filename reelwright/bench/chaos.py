"""Servers and workers are killed again and again: what of their promises is kept.

Clients send batches of events to the real door and send each again, with the same ids, until it is
acknowledged; workers claim rows as every worker does, but make a stand-in. All is then counted in
the database, and nothing that the killed said of themselves is believed but acknowledgements.
"""

import contextlib
import http.client
import json
import multiprocessing
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import select

from reelwright.bench.door import stand
from reelwright.bench.places import MISSING, POSTGRESQL, SQLITE, Place, places, stand_in, wish
from reelwright.cache.asks import Asks
from reelwright.cache.renders import Job, Renders, RenderState
from reelwright.config import CacheConfig
from reelwright.domain import Made, SemanticId, Wish
from reelwright.engine.worker import Worker
from reelwright.progress import Progress
from reelwright.storage.schema import events
from reelwright.storage.videos import Videos

Figures = dict[str, float]

BROKEN = {
    "acked_lost": "acknowledged events that are not in the log",
    "duplicates": "events that are in the log twice, or were new twice",
    "made_twice": "wishes for which more than one clip was kept",
    "rows_stuck": "rows that nobody finished, a minute after the last kill",
}
OF_A_DATABASE = {
    **BROKEN,
    "acked": "events that were acknowledged",
    "made": "wishes that were made",
    "again": "makings that were begun once more, since a worker was killed",
}
WORDS = {
    "server_kills": "`kill -9` of the server, for each database",
    "worker_kills": "`kill -9` of a worker, likewise",
    **BROKEN,
    **{
        f"{name}_{place}": f"{said}, {place}"
        for place in (SQLITE, POSTGRESQL)
        for name, said in OF_A_DATABASE.items()
    },
}
SERVER_KILLS, WORKER_KILLS = 50, 30
CLIENTS, BATCH = 16, 3
WORKERS, WISHES_A_KILL = 4, 4
UP_S, MAKE_S = (0.05, 0.4), (0.02, 0.25)  # a server's life after it answers; a making
WITHIN_S = 60.0
PATIENT = CacheConfig(lease_s=2.0, attempts=1_000, ask_every_s=0.0)
KEPT, BEGUN = "kept", "begun"  # files with a line for each
SPAWN = multiprocessing.get_context("spawn")


def measure(*, quick: bool, progress: Progress, warn: Callable[[str], None]) -> Figures:
    """On every database that is here; what has no name of one is the sum of them."""
    kills = (3, 4) if quick else (SERVER_KILLS, WORKER_KILLS)
    figures: Figures = {"server_kills": float(kills[0]), "worker_kills": float(kills[1])}
    with places() as found:
        if POSTGRESQL not in {place.name for place in found}:
            warn(MISSING)
        for place in found:
            measured = served(place, kills=kills[0], seed=1, progress=progress)
            measured |= worked(place, kills=kills[1], seed=1, progress=progress)
            figures |= {f"{name}_{place.name}": value for name, value in measured.items()}
    for name in BROKEN:
        figures[name] = sum(figures[f"{name}_{place.name}"] for place in found)
    return figures


# ---- the server ----------------------------------------------------------------------------------


class Client:
    """Sends likes in batches, each until it is acknowledged."""

    def __init__(self, name: str, port: int, over: threading.Event) -> None:
        self.name = name
        self.port = port
        self.over = over
        self.acked: list[str] = []
        self.new = 0  # as the server counted
        self.thread = threading.Thread(target=self._send_on, name=name)

    def _send_on(self) -> None:
        number = 0
        while not self.over.is_set():
            ids = [f"{self.name}-{number}-{place}" for place in range(BATCH)]
            new = self._sent(ids)
            while new is None:
                time.sleep(0.05)
                new = self._sent(ids)
            self.acked += ids
            self.new += new
            number += 1

    def _sent(self, ids: list[str]) -> int | None:
        """How many were new; None where nothing was acknowledged."""
        likes = [{"id": id_, "viewer": self.name, "video": "v", "kind": "like"} for id_ in ids]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            try:
                body = json.dumps({"events": likes})
                connection.request("POST", "/events", body, {"content-type": "application/json"})
                answer = connection.getresponse()
                said = json.loads(answer.read())
                return int(said["new"]) if answer.status == 200 else None
            finally:
                connection.close()
        return None


def served(place: Place, *, kills: int, seed: int, progress: Progress) -> Figures:
    """Clients that never rest, and a server that is killed and started again."""
    rng, port, over = random.Random(seed), _free_port(), threading.Event()
    clients = [Client(f"client-{number}", port, over) for number in range(CLIENTS)]
    server = _started(place, port)
    for client in clients:
        client.thread.start()
    try:
        for done in range(kills):
            progress(f"killing servers on {place.name}", done, kills)
            _until_acked(clients)
            time.sleep(rng.uniform(*UP_S))
            server.kill()
            server.join()
            server = _started(place, port)
        _until_acked(clients)
    finally:
        over.set()
        for client in clients:
            client.thread.join(WITHIN_S)
        server.kill()
        server.join()
    progress(f"killing servers on {place.name}", kills, kills)
    return _told(place, clients)


def _told(place: Place, clients: list[Client]) -> Figures:
    """What the log has, held against what was acknowledged."""
    with place.open() as db, db.read() as connection:
        own = select(events.c.id).where(db.own(events))
        kept = Counter(connection.execute(own).scalars())
    acked = {id_ for client in clients for id_ in client.acked}
    counted_twice = max(0, sum(client.new for client in clients) - len(kept))
    return {
        "acked": float(len(acked)),
        "acked_lost": float(len(acked - kept.keys())),
        "duplicates": float(kept.total() - len(kept) + counted_twice),
    }


def _started(place: Place, port: int) -> BaseProcess:
    server = SPAWN.Process(target=stand, args=(place, port))
    server.start()
    return server


def _until_acked(clients: list[Client]) -> None:
    """Return when the server of now has acknowledged something."""
    before = sum(len(client.acked) for client in clients)
    end_s = time.monotonic() + WITHIN_S
    while sum(len(client.acked) for client in clients) < before + CLIENTS * BATCH:
        assert time.monotonic() < end_s, f"no server answers within {WITHIN_S} s"
        time.sleep(0.01)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ---- workers -------------------------------------------------------------------------------------


class Witnessed(Renders):
    """Writes down which results were kept, and by how many claims."""

    def __init__(self, place: Place, *rest: Any) -> None:
        super().__init__(*rest)
        self.place = place

    def finish(self, job: Job, made: Made, sid: SemanticId, now_s: float) -> bool:
        kept = super().finish(job, made, sid, now_s)
        if kept:
            _note(self.place, KEPT, job.wish)
        return kept


def worked(place: Place, *, kills: int, seed: int, progress: Progress) -> Figures:
    """More is wished for all the time, and one worker after another is killed."""
    rng = random.Random(seed)
    with place.open() as db:
        asks, renders = Asks(db, PATIENT), Renders(db, PATIENT)
        workers = [_hired(place, number) for number in range(WORKERS)]
        try:
            for done in range(kills):
                progress(f"killing workers on {place.name}", done, kills)
                for number in range(done * WISHES_A_KILL, (done + 1) * WISHES_A_KILL):
                    one = wish(number)
                    asks.ask(one, one.key, priority=1.0, now_s=time.time())
                time.sleep(rng.uniform(0.2, 0.6))
                victim = workers.pop(rng.randrange(WORKERS))
                victim.kill()
                victim.join()
                workers.append(_hired(place, WORKERS + done))
            stuck = _left(renders)
        finally:
            for worker in workers:
                worker.kill()
                worker.join()
        progress(f"killing workers on {place.name}", kills, kills)
        videos = Counter(video.wish for video in Videos(db).all())
    kept, begun = (Counter(_noted(place, what)) for what in (KEPT, BEGUN))
    twice = {key for counted in (kept, videos) for key, times in counted.items() if times > 1}
    return {
        "made": float(len(videos)),
        "made_twice": float(len(twice)),
        "rows_stuck": float(stuck),
        "again": float(begun.total() - len(begun)),
    }


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
    worker = SPAWN.Process(target=_work, args=(place, number))
    worker.start()
    return worker


def _work(place: Place, number: int) -> None:
    rng = random.Random(number)

    def make(one: Wish, now_s: float) -> Made:
        _note(place, BEGUN, one)
        time.sleep(rng.uniform(*MAKE_S))
        return stand_in(one)

    with place.open() as db:
        renders = Witnessed(place, db, PATIENT)
        worker = Worker(renders, make, time.time, f"worker-{number}", PATIENT)
        worker.run(threading.Event(), idle_s=0.02)


def _note(place: Place, what: str, one: Wish) -> None:
    with (place.folder / what).open("a") as file:
        file.write(f"{one.key}\n")


def _noted(place: Place, what: str) -> list[str]:
    return (place.folder / what).read_text().split()
