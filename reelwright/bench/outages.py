"""What a server is without: room on its disk, its database, and anybody who makes clips.

The door and the log are the real ones. While something is missing, batches of events must be
refused with 503 and a word when to come back; nothing may be acknowledged that is not there
afterwards; and once it is back, all must go on by itself. A feed whose makers are gone for good
must answer every request.
"""

import http.client
import json
import logging
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select

from reelwright.bench.door import stand
from reelwright.bench.feedworld import Size, build
from reelwright.bench.load import Task, run
from reelwright.bench.places import POSTGRESQL, PROCESSES, SQLITE, Place
from reelwright.bench.postgres import Postgres
from reelwright.bench.serving import free_port, served
from reelwright.config import Config, StorageConfig
from reelwright.progress import Progress, silent
from reelwright.storage.schema import events

Figures = dict[str, float]

OUT_S, QUICK_OUT_S = 5.0, 0.5
WITHIN_S = 60.0
EACH_S = 0.02  # between two batches
BATCH = 3
WORLD = Size(videos=100, viewers=150)
PAGES_S, QUICK_PAGES_S = 10.0, 1.0
CONNECTIONS = 8
ANY_SIZE = resource.RLIM_INFINITY
OF_AN_OUTAGE = {
    "refused": "batches of events that were refused meanwhile, with 503 and when to come back",
    "answered_otherwise": "batches that were answered otherwise meanwhile",
    "acked_lost": "acknowledged events that are not in the log afterwards, or twice",
    "back_s": "from its return to the next acknowledged batch, seconds",
}
OUTAGES = {"full": "no room on the disk", "gone": "PostgreSQL killed"}
WORDS = {
    **{
        f"{what}_{name}": f"{words}: {said}"
        for what, words in OUTAGES.items()
        for name, said in OF_AN_OUTAGE.items()
    },
    "pages_without_makers": "pages asked for while nobody makes clips",
    "availability_without_makers": "share of them that were answered",
}


@dataclass(slots=True)
class Sender:
    """Sends batch after batch, each with names of its own, and keeps what it was told."""

    port: int
    acked: list[str] = field(default_factory=list)
    refused: int = 0  # as it should be: 503, and when to come back
    otherwise: int = 0
    _sent: int = 0

    def send(self) -> bool:
        """Whether a batch was acknowledged."""
        self._sent += 1
        ids = [f"{self._sent}-{place}" for place in range(BATCH)]
        likes = [{"id": id_, "viewer": "ann", "video": "v", "kind": "like"} for id_ in ids]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WITHIN_S)
        try:
            body = json.dumps({"events": likes})
            connection.request("POST", "/events", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except OSError:
            self.otherwise += 1
            return False
        finally:
            connection.close()
        if answer.status == 200:
            self.acked += ids
            return True
        self.refused += (told := answer.status == 503 and bool(answer.getheader("retry-after")))
        self.otherwise += not told
        return False

    def until_acked(self) -> float:
        """Seconds until a batch is acknowledged."""
        begun_s = time.monotonic()
        while not self.send():
            assert time.monotonic() < begun_s + WITHIN_S, "the server does not come back"
            time.sleep(EACH_S)
        return time.monotonic() - begun_s


def measure(config: Config, *, has_postgresql: bool, quick: bool, progress: Progress) -> Figures:
    """One thing after another is missing."""
    out_s, pages_s = (QUICK_OUT_S, QUICK_PAGES_S) if quick else (OUT_S, PAGES_S)
    outages = [("full", full)] + [("gone", gone)] * has_postgresql
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        for done, (what, without) in enumerate(outages):
            progress("taking things away", done, len(outages) + 1)
            figures |= {
                f"{what}_{name}": value for name, value in without(Path(folder), out_s).items()
            }
        figures |= without_makers(config, Path(folder), pages_s)
    progress("taking things away", len(outages) + 1, len(outages) + 1)
    return figures


def full(folder: Path, out_s: float) -> Figures:
    """A disk without room: no file of the server may grow for a while."""
    place = Place(SQLITE, folder / "full", StorageConfig())
    place.folder.mkdir()
    with _served(place) as (port, pid):
        sender = Sender(port)

        def limit(most: int) -> None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, ANY_SIZE))

        return _outage(
            place, sender, begin=lambda: limit(1), end=lambda: limit(ANY_SIZE), out_s=out_s
        )


def gone(folder: Path, out_s: float) -> Figures:
    """A database that is killed, and started again after a while."""
    with Postgres() as database:
        place = Place(POSTGRESQL, folder / "gone", StorageConfig(url=database.url))
        place.folder.mkdir()
        with _served(place) as (port, _):
            return _outage(
                place, Sender(port), begin=database.kill, end=database.start, out_s=out_s
            )


def _outage(
    place: Place,
    sender: Sender,
    *,
    begin: Callable[[], None],
    end: Callable[[], None],
    out_s: float,
) -> Figures:
    sender.until_acked()
    sender.refused = sender.otherwise = 0
    before = len(sender.acked)
    begin()
    end_s = time.monotonic() + out_s
    while time.monotonic() < end_s:
        sender.send()
        time.sleep(EACH_S)
    refused, otherwise = sender.refused, sender.otherwise + (len(sender.acked) - before) // BATCH
    end()
    back_s = sender.until_acked()
    for _ in range(10):
        sender.until_acked()
    with place.open() as db, db.read() as connection:
        kept = list(connection.execute(select(events.c.id).where(db.own(events))).scalars())
    return {
        "refused": float(refused),
        "answered_otherwise": float(otherwise),
        "acked_lost": float(len(set(sender.acked) - set(kept)) + len(kept) - len(set(kept))),
        "back_s": round(back_s, 2),
    }


def without_makers(config: Config, folder: Path, seconds: float) -> Figures:
    """A whole feed whose viewers wish for what is not there, and nobody who makes it."""
    home = folder / WORLD.folder
    build(replace(config, home=str(home)), WORLD, progress=silent)
    with served(str(home)) as (port, _):
        task = Task(
            kind="fresh", port=port, connections=CONNECTIONS, seconds=seconds,
            viewers=WORLD.viewers, videos=WORLD.videos,
        )  # fmt: skip
        took = run(task)
    return {
        "pages_without_makers": float(len(took.ms)),
        "availability_without_makers": round(1 - took.refused / took.answers, 6),
    }


@contextmanager
def _served(place: Place) -> Iterator[tuple[int, int]]:
    """The port and the process of a server over that place."""
    port = free_port()
    server = PROCESSES.Process(target=_stand_quietly, args=(place, port))
    server.start()
    assert server.pid is not None, "a process that was started"
    try:
        yield port, server.pid
    finally:
        server.kill()
        server.join()


def _stand_quietly(place: Place, port: int) -> None:
    """That something is missing is known here."""
    logging.disable(logging.WARNING)
    stand(place, port)
