"""The bench of kills, with few of them; and its counting, where promises were broken on purpose."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from stores import Store

from reelwright.bench import killed_servers, killed_workers
from reelwright.bench.chaos import BROKEN, OF_A_DATABASE, WORDS, measure
from reelwright.bench.killed_servers import Client, served, told
from reelwright.bench.killed_workers import worked
from reelwright.bench.outages import Sender, full
from reelwright.bench.places import MISSING, Place, stand_in, wish
from reelwright.config import Config
from reelwright.domain import Event, EventKind
from reelwright.progress import silent
from reelwright.storage.events import EventLog
from reelwright.storage.videos import Videos


@pytest.fixture
def place(store: Store) -> Place:
    with store.open() as db:
        return Place(store.kind, store.folder, db.config)


@pytest.mark.slow
def test_a_killed_server_loses_nothing_and_keeps_nothing_twice(place: Place) -> None:
    figures = served(place, kills=1, seed=1, progress=silent)
    assert figures["acked"] >= 2 * killed_servers.CLIENTS * killed_servers.BATCH
    assert (figures["acked_lost"], figures["duplicates"]) == (0, 0)


@pytest.mark.slow
def test_killed_workers_leave_nothing_undone_and_do_nothing_twice(place: Place) -> None:
    figures = worked(place, kills=2, seed=1, progress=silent)
    assert figures["made"] == 2 * killed_workers.WISHES_A_KILL
    assert (figures["made_twice"], figures["rows_stuck"]) == (0, 0)


def test_what_is_lost_or_new_twice_is_counted(place: Place) -> None:
    client = Client("ada", 1, threading.Event())
    client.acked, client.new = ["0", "1", "2"], 5
    with place.open() as db:
        log = EventLog(db, place.config)
        kept = [
            Event(id=id_, viewer="ada", video="v", kind=EventKind.LIKE, at_s=0.0) for id_ in "0134"
        ]
        log.append(kept).result()
        log.close()
    assert told(place, [client]) == {"acked": 3, "acked_lost": 1, "duplicates": 1}


def test_a_wish_that_was_kept_twice_is_counted(place: Place) -> None:
    one = wish(1)
    for worker in (1, 2):
        killed_workers.note(place, killed_workers.KEPT, one, worker)
        killed_workers.note(place, killed_workers.BEGUN, one, worker)
    with place.open() as db:
        Videos(db).add(stand_in(one).video, added_s=1.0)
        counted = killed_workers.told(place, db, stuck=3)
    assert counted == {"made": 1, "made_twice": 1, "rows_stuck": 3, "again": 1}


def test_figures_are_told_by_database_and_broken_promises_summed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr("reelwright.bench.places.is_here", lambda: False)
    for name in ("served", "worked"):
        monkeypatch.setattr(
            f"reelwright.bench.chaos.{name}", lambda place, **_: dict.fromkeys(OF_A_DATABASE, 2.0)
        )
    monkeypatch.setattr("reelwright.bench.outages.full", lambda *_: {"acked_lost": 3.0})
    monkeypatch.setattr("reelwright.bench.outages.without_makers", lambda *_: {})
    figures = measure(Config(), quick=True, progress=silent, warn=said.append)
    assert said == [MISSING]
    assert {figures[name] for name in BROKEN} == {2.0, 5.0}, "what an outage lost is lost, too"
    assert figures["full_acked_lost"] == 3.0
    assert figures.keys() < WORDS.keys()


@pytest.mark.parametrize(
    ("status", "retry_after", "counted"),
    [(200, "", (3, 0, 0)), (503, "1", (0, 1, 0)), (503, "", (0, 0, 1)), (500, "1", (0, 0, 1))],
)
def test_only_a_503_that_says_when_is_a_refusal(
    status: int, retry_after: str, counted: tuple[int, int, int]
) -> None:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            if retry_after:
                self.send_header("retry-after", retry_after)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.handle_request).start()
        sender = Sender(server.server_port)
        assert sender.send() == (status == 200)
    assert (len(sender.acked), sender.refused, sender.otherwise) == counted


@pytest.mark.slow
def test_without_room_on_the_disk_all_is_refused_and_nothing_lost(tmp_path: Path) -> None:
    figures = full(tmp_path, 0.5)
    assert figures["refused"] > 3
    assert (figures["answered_otherwise"], figures["acked_lost"]) == (0, 0)
