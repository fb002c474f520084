"""What is promised holds when the server or the worker is killed in the middle of something."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SmallWorld, children_of, is_alive, wait_until, words_of
from scripted_feed import free_port

from reelwright.assemble import homes, offices
from reelwright.cache.renders import RenderRow, Renders
from reelwright.cache.states import RenderState
from reelwright.config import load
from reelwright.storage.events import EventLog

CLIENTS, BATCH = 4, 3
SHORT_LEASE = "cache.lease_s=2"


@pytest.fixture
def home(small_world: SmallWorld, tmp_path: Path) -> Path:
    """A copy of the small world, to do with what one likes."""
    return Path(shutil.copytree(small_world.home, tmp_path / "home"))


@contextlib.contextmanager
def started(
    *words: str, home: Path, changes: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own; whatever is left of it at the end is killed."""
    with (home / "stderr").open("w") as said:
        process = subprocess.Popen(
            [*words_of(home, *changes), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def served(home: Path, port: int, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A server that answers."""
    with started("serve", *words, home=home, changes=(f"serve.port={port}",)) as process:

        def answers() -> bool:
            assert process.poll() is None, (home / "stderr").read_text()
            with contextlib.suppress(OSError):
                return bool(ask(port, "health"))
            return False

        wait_until(answers, within_s=90.0)  # on a busy machine torch alone takes half a minute
        yield process


def ask(port: int, path: str, body: Any = None) -> Any:
    """The JSON that the server answers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class Client:
    """Sends likes until nobody answers any more; then all of them once again."""

    def __init__(self, name: str, port: int, video: str) -> None:
        self.name = name
        self.port = port
        self.video = video
        self.sent: list[list[str]] = []
        self.acknowledged: list[str] = []
        self.thread = threading.Thread(target=self._send_on)

    def _send_on(self) -> None:
        with contextlib.suppress(OSError, HTTPException):
            for number in range(100_000):
                self.sent.append([f"{self.name}-{number}-{place}" for place in range(BATCH)])
                self.send(self.sent[-1])
                self.acknowledged += self.sent[-1]

    def send(self, ids: list[str]) -> int:
        """How many of these events were new to the server."""
        likes = [
            {"id": id_, "viewer": self.name, "video": self.video, "kind": "like"} for id_ in ids
        ]
        return int(ask(self.port, "events", {"events": likes})["new"])


def kept_of(home: Path, clients: list[Client]) -> Counter[str]:
    """How often each event of these clients lies in the log."""
    with homes.home(load(None, [f"home={home}"])) as opened:
        return events_of(opened.log, {client.name for client in clients})


def events_of(log: EventLog, names: set[str]) -> Counter[str]:
    return Counter(event.id for _, event in log.after(0, 1_000_000) if event.viewer in names)


def test_nothing_acknowledged_is_lost_and_nothing_is_kept_twice(home: Path) -> None:
    port = free_port()
    with served(home, port, "--no-worker") as server:
        video = ask(port, "feed?viewer=anybody")["cards"][0]["video"]["id"]
        clients = [Client(f"client-{number}", port, video) for number in range(CLIENTS)]
        for client in clients:
            client.thread.start()
        wait_until(lambda: all(len(client.acknowledged) > 30 for client in clients))
        server.kill()
        server.wait()
        for client in clients:
            client.thread.join()
    kept = kept_of(home, clients)
    assert set(kept) >= {id_ for client in clients for id_ in client.acknowledged}
    with served(home, port, "--no-worker"):
        for client in clients:
            again = [client.send(ids) for ids in client.sent]
            assert sum(again[:-1]) == 0, "what was acknowledged is known"
            assert again[-1] in (0, BATCH), "a batch is kept whole or not at all"
    kept = kept_of(home, clients)
    assert set(kept) == {id_ for client in clients for ids in client.sent for id_ in ids}
    assert set(kept.values()) == {1}


def test_a_wish_whose_worker_is_killed_is_made_once_and_seen_at_once(
    home: Path, small_world: SmallWorld
) -> None:
    port = free_port()
    viewers = [one.id for one in watchers(small_world)]
    with served(home, port, "--no-worker"), homes.home(load(None, [f"home={home}"])) as opened:
        before = shown(port, viewers)
        rows = homes.renders(opened)
        with started("work", "--name", "ann", home=home, changes=(SHORT_LEASE,)) as ann:
            wait_until(lambda: making(rows, "ann") is not None)
            ann.kill()
            ann.wait()
        row = making(rows, "ann")
        assert row is not None, "it was killed too late"
        assert (row.attempts, row.worker, row.video) == (1, "ann", None)
        key = row.wish.key
        with started("work", "--name", "bob", home=home, changes=(SHORT_LEASE,)):
            wait_until(lambda: of(rows, key).state is RenderState.DONE, within_s=120.0)
        row = of(rows, key)
        assert (row.attempts, row.worker, row.video) == (2, "bob", key)
        assert [video.id for video in opened.videos.all() if video.wish == key] == [key]
        assert key not in before
        assert key in shown(port, viewers), "the server was not started anew"


def test_whoever_of_a_pool_is_killed_all_is_made_and_nobody_is_left(home: Path) -> None:
    """First a process that makes, while it makes; at last the worker itself."""
    with homes.home(load(None, [f"home={home}"])) as opened:
        rows = homes.renders(opened)
        assert is_anything_left(rows), "the demo leaves some"
        words = ("work", "--name", "ann", "--processes", "1")
        with started(*words, home=home, changes=(SHORT_LEASE,)) as ann:
            wait_until(lambda: is_making(home), within_s=200.0)  # two processes load
            [maker] = makers_of(ann.pid)
            os.kill(maker, signal.SIGKILL)
            wait_until(lambda: not is_anything_left(rows), within_s=180.0)
            left = makers_of(ann.pid)
            assert left
            assert maker not in left
            ann.kill()
            ann.wait()
            wait_until(lambda: not any(map(is_alive, left)))
        assert rows.counts()[RenderState.FAILED] == 0
    said = (home / "stderr").read_text()
    assert "was killed by SIGKILL while" in said


def is_anything_left(rows: Renders) -> bool:
    counts = rows.counts()
    return bool(counts[RenderState.PENDING] + counts[RenderState.MAKING])


def is_making(home: Path) -> bool:
    """Whether a stage of a making is on its way."""
    return any((home / "stages" / "main").glob(".*"))


def makers_of(pid: int) -> list[int]:
    """The processes of a worker's pool: the one that cleans up after them is none."""
    return [
        child
        for child in children_of(pid)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_killed_server_leaves_no_worker_behind(home: Path) -> None:
    with served(home, free_port()) as server:
        workers = children_of(server.pid)
        assert len(workers) == 2, "one makes wishes, one measures and remakes takes"
        server.kill()
        server.wait()
        wait_until(lambda: not any(map(is_alive, workers)))


def test_ctrl_c_ends_server_and_worker_in_good_order(home: Path) -> None:
    with served(home, free_port()) as server:
        workers = children_of(server.pid)
        assert len(workers) == 2
        server.send_signal(signal.SIGINT)
        assert server.wait(10.0) in (0, 130)
        assert not any(map(is_alive, workers))
    said = (home / "stderr").read_text()
    assert "Traceback" not in said, said
    assert "rror" not in said, said


def watchers(world: SmallWorld) -> list[Any]:
    with homes.home(world.config) as opened:
        return list(offices.watchers(opened))


def shown(port: int, viewers: list[str]) -> set[str]:
    """All videos that these viewers are shown on their next page."""
    return {
        card["video"]["id"]
        for viewer in viewers
        for card in ask(port, f"feed?viewer={viewer}&count=5")["cards"]
    }


def making(rows: Renders, worker: str) -> RenderRow | None:
    """The row that this worker has claimed; the demo's may have left one when it was stopped."""
    claimed = (row for row in rows.recent(100) if row.state is RenderState.MAKING)
    return next((row for row in claimed if row.worker == worker), None)


def of(rows: Renders, key: str) -> RenderRow:
    row = rows.get(key)
    assert row is not None, f"{key} has no row"
    return row
