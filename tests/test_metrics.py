"""Figures and health: what is counted, what is looked up, and that nobody stands in a label."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from scripted_feed import NOW_S, ScriptedFeed, Store, app_of, refused, some_video, store
from starlette.testclient import TestClient

from reelwright.serve.app import examined
from reelwright.serve.pulse import Physician, _weigh
from reelwright.storage.database import Busy, Database


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def feed(kept: Store) -> ScriptedFeed:
    return ScriptedFeed([some_video(number) for number in range(3)], kept)


@pytest.fixture
def door(kept: Store, feed: ScriptedFeed) -> Iterator[TestClient]:
    with TestClient(app_of(feed, kept)) as client:
        yield client


def figures(door: TestClient) -> dict[str, float]:
    """By name and labels, as Prometheus reads them."""
    return {
        " ".join([one.name, *(f"{name}={value}" for name, value in sorted(one.labels.items()))]): (
            one.value
        )
        for family in text_string_to_metric_families(door.get("/metrics").text)
        for one in family.samples
    }


def test_requests_cards_and_events_are_counted(door: TestClient) -> None:
    door.get("/feed?viewer=ann-the-viewer&count=3")
    door.get("/feed")
    door.get("/nothing/of/the/kind")
    events = [
        {"id": f"e{n}", "viewer": "ann-the-viewer", "video": "v", "kind": "like"} for n in range(2)
    ]
    door.post("/events", json={"events": events})
    found = figures(door)
    assert found["reelwright_requests_total method=GET route=/feed status=200"] == 1
    assert found["reelwright_requests_total method=GET route=/feed status=422"] == 1
    assert found["reelwright_requests_total method=GET route=none status=404"] == 1
    assert found["reelwright_request_seconds_count route=/feed"] == 2
    assert found["reelwright_feed_answers_total way=nearest"] == 2
    assert found["reelwright_feed_answers_total way=same_content"] == 1
    assert found["reelwright_feed_answers_total way=exact"] == 0
    assert found["reelwright_events_acknowledged_total"] == 2
    text = door.get("/metrics").text
    assert "ann" not in text.replace("channel", "")
    assert "of/the/kind" not in text


def test_rows_workers_and_bytes_are_looked_up(
    door: TestClient, feed: ScriptedFeed, kept: Store
) -> None:
    for number in range(3):
        feed.ask_for(number, NOW_S)
    assert kept.renders.claim("scripted", NOW_S)
    kept.blobs.put(b"x" * 1000, ".mp4")
    found = figures(door)
    assert found["reelwright_render_rows state=pending"] == 2
    assert found["reelwright_render_rows state=making"] == 1
    assert found["reelwright_workers"] == 1
    assert found["reelwright_cache_bytes"] == 1000
    told = door.get("/health").json()
    assert (told["status"], told["database"], told["workers"]) == ("ok", "ok", "working")
    assert (told["making"], told["waiting"]) == (1, 2)


def physician(
    kept: Store, *, now_s: float = NOW_S, gave_up: Callable[[], bool] = lambda: False
) -> Physician:
    return Physician(kept.db, kept.blobs.folder, lambda: now_s, gave_up)


def test_health_is_degraded_where_nobody_makes_what_waits(kept: Store, feed: ScriptedFeed) -> None:
    assert examined(physician(kept)).workers == "idle"
    feed.ask_for(1, NOW_S)
    assert examined(physician(kept, now_s=NOW_S + 119)).status == "ok"
    late = examined(physician(kept, now_s=NOW_S + 121))
    assert (late.status, late.workers) == ("degraded", "missing")
    given_up = examined(physician(kept, gave_up=lambda: True))
    assert (given_up.status, given_up.workers) == ("degraded", "gave up")


def test_health_says_when_the_database_cannot_be_read(
    door: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(self: Database) -> None:
        raise Busy("gone")

    monkeypatch.setattr(Database, "read", read)
    answer = door.get("/health")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (answer.json()["status"], answer.json()["database"]) == ("degraded", "busy")
    refused(door.get("/metrics"), 503, "gone")


def test_bytes_are_those_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for number, place in enumerate(("one", "a/two", "a/b/three"), start=1):
        (tmp_path / place).write_bytes(b"x" * number)
    os.symlink(tmp_path / "nowhere", tmp_path / "dangling")
    assert _weigh(tmp_path) == 6
