"""Servers are killed under clients that try again: what was acknowledged must be there, once.

The door and the log are the real ones; the feed behind them shows nothing. Clients send each batch
again, with the same ids, until it is acknowledged.
"""

import contextlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from multiprocessing.process import BaseProcess

from sqlalchemy import select

from reelwright.bench.door import stand
from reelwright.bench.places import PROCESSES, Place
from reelwright.bench.serving import free_port
from reelwright.progress import Progress
from reelwright.storage.schema import events

Figures = dict[str, float]

CLIENTS, BATCH = 16, 3
UP_S = (0.05, 0.4)  # a server's life after it answers
WITHIN_S = 60.0


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
    rng, port, over = random.Random(seed), free_port(), threading.Event()
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
    return told(place, clients)


def told(place: Place, clients: list[Client]) -> Figures:
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
    server = PROCESSES.Process(target=stand, args=(place, port))
    server.start()
    return server


def _until_acked(clients: list[Client]) -> None:
    """Return when the server of now has acknowledged something."""
    before = sum(len(client.acked) for client in clients)
    end_s = time.monotonic() + WITHIN_S
    while sum(len(client.acked) for client in clients) < before + CLIENTS * BATCH:
        assert time.monotonic() < end_s, f"no server answers within {WITHIN_S} s"
        time.sleep(0.01)
