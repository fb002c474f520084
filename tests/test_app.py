"""The door: every route, what it refuses and in which words, and that events are kept once."""

import dataclasses
import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from scripted_feed import (
    COVERAGE,
    NOW_S,
    ScriptedFeed,
    Store,
    app_of,
    refused,
    some_video,
    some_wish,
    store,
)
from starlette.testclient import TestClient

from reelwright.config import ServeConfig
from reelwright.domain import AS_USUAL, Choices, Event, EventKind, Page
from reelwright.errors import ReelwrightError
from reelwright.serve.wire import FeedPage
from reelwright.storage.database import Busy

NARROW = ServeConfig(max_body_bytes=2000, max_waiting=2)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def feed(kept: Store) -> ScriptedFeed:
    return ScriptedFeed([some_video(number) for number in range(3)], kept)


@pytest.fixture
def door(feed: ScriptedFeed, kept: Store) -> Iterator[TestClient]:
    with TestClient(app_of(feed, kept, config=NARROW)) as client:
        yield client


# ---- the feed ------------------------------------------------------------------------------------


def test_a_page_of_the_feed_tells_what_is_shown_and_why(door: TestClient) -> None:
    answer = door.get("/feed", params={"viewer": "ann", "count": 3})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = answer.json()
    assert (page["viewer"], page["coverage"], len(page["cards"])) == ("ann", COVERAGE, 3)
    first = page["cards"][0]
    assert first["video"]["film"] == "/clips/0.mp4"
    assert first["video"]["poster"] == "/clips/0.jpg"
    assert first["video"]["is_made"] is False
    assert (first["video"]["preview"], first["video"]["captions"]) == (None, None)
    assert (first["way"], first["impression"]) == ("nearest", "impression-video-0-0")
    assert first["wish"] == {
        "key": some_wish(0).key,
        "probability": 0.6,
        "about": ["harbour", "sunrise"],
        "style": ["fast cuts", "warm light"],
    }
    assert sum(reason["weight"] for reason in first["why"]) == pytest.approx(1.0)


def test_a_page_has_as_many_cards_as_the_settings_say(door: TestClient) -> None:
    assert len(door.get("/feed?viewer=ann").json()["cards"]) == 2
    refused(door.get("/feed?viewer=ann&count=5"), 422, "query.count")
    refused(door.get("/feed?viewer=ann&count=0"), 422, "query.count")


@pytest.mark.parametrize("query", ["", "?viewer=", "?viewer=a%00b", f"?viewer={'x' * 129}"])
def test_a_feed_is_for_somebody(door: TestClient, query: str) -> None:
    refused(door.get(f"/feed{query}"), 422, "query.viewer")


class Occupied:
    """A feed that reads its viewers when it is told to, and not before."""

    def __init__(self) -> None:
        self.pages: list[Future[Page]] = []
        self.entered = threading.Semaphore(0)

    def page_soon(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> "Page | Future[Page]":
        if viewer_id == "known":
            return Page((), None)
        self.pages.append(Future())
        self.entered.release()
        return self.pages[-1]

    def hear(self, events: list[Event]) -> "Future[int]":
        raise AssertionError("nothing is heard here")


def test_who_must_be_read_first_waits_and_a_long_queue_is_refused(kept: Store) -> None:
    feed = Occupied()
    with TestClient(app_of(feed, kept, config=NARROW)) as door:
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(door.get("/feed?viewer=ann").status_code)

        askers = [threading.Thread(target=ask) for _ in range(6)]
        for asker in askers:
            asker.start()
        for _ in askers:
            assert feed.entered.acquire(timeout=10)
        while len(statuses) < 4:  # two wait: the other four were refused
            assert door.get("/health").status_code == 200, "the door stays open meanwhile"
        assert door.get("/feed?viewer=known").json()["coverage"] is None, "nor need others wait"
        for page in feed.pages:
            page.set_result(Page((), 0.5))
        for asker in askers:
            asker.join()
    assert sorted(statuses) == [200, 200, 503, 503, 503, 503]


@pytest.mark.parametrize("query", ["viewer=ann", "viewer=ann&count=2", "count=2&viewer=ann"])
def test_the_short_way_answers_as_the_reference_says(kept: Store, query: str) -> None:
    feed = ScriptedFeed([some_video(0), some_video(1)], kept)
    with TestClient(app_of(feed, kept)) as door:
        answer = door.get(f"/feed?{query}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    again = ScriptedFeed([some_video(0), some_video(1)], kept).page_soon(
        "ann", count=2, now_s=NOW_S
    )
    assert answer.json() == FeedPage.of("ann", again).model_dump(mode="json")


def test_the_short_way_has_the_headers_that_the_long_one_has(door: TestClient) -> None:
    short, long = door.get("/feed?viewer=ann&count=2"), door.get("/feed?count=2&viewer=ann")
    assert set(short.headers) == set(long.headers)
    assert {**short.headers, "content-length": ""} == {**long.headers, "content-length": ""}
    sent = json.dumps({"events": [{"id": "1", "viewer": "a", "video": "v", "kind": "like"}]})
    ways = ("application/json", "application/json; charset=utf-8")  # the first is the short one
    heard = [door.post("/events", content=sent, headers={"content-type": way}) for way in ways]
    assert [one.json() for one in heard] == [{"accepted": 1, "new": 1}, {"accepted": 1, "new": 0}]
    assert {**heard[0].headers} == {**heard[1].headers}


@pytest.mark.parametrize("query", ["viewer=ann&count=2", "count=2&viewer=ann"])
def test_the_short_way_is_paced_as_the_long_one_and_no_more(kept: Store, query: str) -> None:
    config = ServeConfig(requests_per_s=3)
    with TestClient(app_of(ScriptedFeed([some_video(0)], kept), kept, config=config)) as door:
        assert [door.get(f"/feed?{query}").status_code for _ in range(4)] == [200] * 3 + [429]
    with TestClient(app_of(Failing(ReelwrightError("No.", hint="")), kept, config=config)) as door:
        assert [door.get(f"/feed?{query}").status_code for _ in range(4)] == [400] * 3 + [429]


# ---- events --------------------------------------------------------------------------------------


def event(number: int = 0, **changes: Any) -> dict[str, Any]:
    fields = {"id": f"event-{number}", "viewer": "ann", "video": "video-0", "kind": "like"}
    return {**fields, **changes}


def test_events_are_kept_once_however_often_they_are_sent(
    door: TestClient, feed: ScriptedFeed
) -> None:
    both = {"events": [event(1, kind="play", value=3.5, impression="i"), event(2)]}
    assert door.post("/events", json=both).json() == {"accepted": 2, "new": 2}
    assert door.post("/events", json=both).json() == {"accepted": 2, "new": 0}
    assert feed.heard()[0] == Event(
        id="event-1",
        viewer="ann",
        video="video-0",
        kind=EventKind.PLAY,
        at_s=NOW_S,
        value=3.5,
        impression="i",
    )


def test_nobody_acts_in_the_future(door: TestClient, feed: ScriptedFeed) -> None:
    past, future = event(1, at_s=NOW_S - 60), event(2, at_s=NOW_S + 60)
    door.post("/events", json={"events": [past, future]})
    assert [event.at_s for event in feed.heard()] == [NOW_S - 60, NOW_S]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "impression"}, "events.0.kind"),
        ({"kind": "dance"}, "events.0.kind"),
        ({"id": ""}, "events.0.id"),
        ({"viewer": "a\nb"}, "events.0.viewer"),
        ({"value": -1}, "events.0.value"),
        ({"value": "much"}, "events.0.value"),
        ({"at_s": -1}, "events.0.at_s"),
        ({"mood": "good"}, "events.0.mood"),
    ],
)
def test_a_wrong_event_is_named_and_none_is_kept(
    door: TestClient, feed: ScriptedFeed, wrong: dict[str, Any], says: str
) -> None:
    refused(door.post("/events", json={"events": [event(**wrong), event(2)]}), 422, says)
    assert not feed.heard()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"events": []}',
        b'{"events": [{"value": NaN}]}',
        b'{"events": [{"id": "\\ud800"}]}',
        b"[" * 1500,
        b"\xff\xfe",
    ],
)
def test_what_is_no_list_of_events_is_refused(
    door: TestClient, feed: ScriptedFeed, body: bytes
) -> None:
    answer = door.post("/events", content=body, headers={"content-type": "application/json"})
    refused(answer, answer.status_code, "")
    assert answer.status_code in {400, 422}
    assert not feed.heard()


def test_not_a_number_is_refused(door: TestClient) -> None:
    body = json.dumps({"events": [event(value=float("nan"))]}).encode()
    answer = door.post("/events", content=body, headers={"content-type": "application/json"})
    refused(answer, 422, "events.0.value")


def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not(door: TestClient) -> None:
    long = json.dumps({"events": [event(n) for n in range(100)]}).encode()
    headers = {"content-type": "application/json"}
    refused(door.post("/events", content=long, headers=headers), 413, "longer than 2000 bytes")
    parts = itertools.batched(long, 512) if hasattr(itertools, "batched") else [long]
    streamed = door.post("/events", content=(bytes(part) for part in parts), headers=headers)
    refused(streamed, 413, "longer than 2000 bytes")


class Failing:
    """A feed that answers everything with one exception."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def page_soon(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> Page:
        raise self.error

    def hear(self, events: list[Event]) -> "Future[int]":
        raise self.error


def test_a_full_queue_says_when_to_come_back(kept: Store) -> None:
    with TestClient(app_of(Failing(Busy("512 events wait.", retry_after_s=3.0)), kept)) as door:
        answer = door.post("/events", json={"events": [event()]})
    refused(answer, 503, "512 events wait.")
    assert answer.headers["retry-after"] == "3"


def test_a_mistake_of_the_outside_is_answered_with_its_hint(kept: Store) -> None:
    error = ReelwrightError("No such viewer.", hint="Make one.")
    with TestClient(app_of(Failing(error), kept)) as door:
        problem = refused(door.get("/feed?viewer=ann"), 400, "No such viewer.")
    assert problem["hint"] == "Make one."


def test_a_mistake_of_ours_is_logged_and_says_nothing_of_itself(
    kept: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with TestClient(app_of(Failing(RuntimeError("a secret")), kept)) as door:
        answer = door.get("/feed?viewer=ann")
    refused(answer, 500, "Something of ours broke.")
    assert "a secret" not in answer.text
    assert "a secret" in caplog.text
    assert "content-security-policy" in answer.headers


# ---- the rest ------------------------------------------------------------------------------------


def test_what_is_being_made_is_told_in_words_newest_first(
    door: TestClient, feed: ScriptedFeed, kept: Store
) -> None:
    for number in range(3):
        feed.ask_for(number, NOW_S + number)
    feed.fulfil(some_video(0), NOW_S + 9)
    rows = door.get("/making?n=2").json()
    assert rows["now_s"] == NOW_S
    assert rows["rows"] == [
        {
            "wish": some_wish(0).key,
            "state": "done",
            "about": ["harbour", "sunrise"],
            "style": ["fast cuts", "warm light"],
            "asked": 1,
            "asked_s": NOW_S,
            "since_s": NOW_S + 9,
        },
        {
            "wish": some_wish(2).key,
            "state": "pending",
            "about": ["pottery", "hands"],
            "style": ["bold type", "120 bpm"],
            "asked": 1,
            "asked_s": NOW_S + 2,
            "since_s": NOW_S + 2,
        },
    ]
    refused(door.get("/making?n=0"), 422, "query.n")


def test_wishes_in_the_words_of_an_earlier_codebook_are_left_out(
    door: TestClient, kept: Store
) -> None:
    old = dataclasses.replace(some_wish(1), codebook="older")
    kept.asks.ask(old, old.key, viewer="viewer", priority=1.0, now_s=NOW_S)
    assert door.get("/making").json()["rows"] == []


def test_the_demo_names_whom_one_may_watch_as(door: TestClient) -> None:
    one = {"id": "viewer-007", "tastes": ["harbour", "fast cuts"]}
    assert door.get("/viewers").json() == {"viewers": [one]}


def test_the_door_says_that_it_is_open(door: TestClient) -> None:
    assert door.get("/health").json()["status"] == "ok"


def test_what_does_not_exist_is_a_problem_too(door: TestClient) -> None:
    refused(door.get("/nothing"), 404, "Not Found")
    refused(door.delete("/feed"), 405, "Method Not Allowed")
    refused(door.get("/page/app.py"), 404, "no file 'app.py'")


@pytest.mark.parametrize("path", ["/", "/docs", "/page/feed.js", "/page/inter.ttf"])
def test_the_page_and_its_parts_come_from_here_alone(door: TestClient, path: str) -> None:
    answer = door.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = door.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_no_file_of_the_page_names_another_host(door: TestClient) -> None:
    folder = Path(__file__).parent.parent / "reelwright/serve/page"
    names = [file.name for file in folder.iterdir()]
    assert {"index.html", "feed.js", "style.css", "icons.svg", "docs.html"} <= set(names)
    for name in names:
        text = door.get(f"/page/{name}").text.replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text, name
        assert "https:" not in text, name
        assert " style=" not in text, f"{name}: the policy forbids style attributes"
        assert "<script>" not in text, name


def test_the_reference_describes_every_route(door: TestClient) -> None:
    told = door.get("/openapi.json").json()
    routes = {"/feed", "/events", "/clips/{key}", "/making", "/viewers", "/health", "/session"}
    routes |= {"/v1/videos", "/v1/videos/{id}", "/v1/videos/{id}/content", "/metrics"}
    routes |= {"/v1/models", "/v1/models/{id}", "/viewer/data"}
    routes |= {"/operator/data", "/operator/wishes/{key}", "/operator/works/{id}"}
    routes |= {"/operator/works/{id}/insist"}
    takes = "/operator/takes/{id}"
    routes |= {"/operator/takes", takes, f"{takes}/worlds", f"{takes}/revoke"}
    assert set(told["paths"]) == routes
    problem = told["paths"]["/events"]["post"]["responses"]["422"]["content"]
    assert list(problem) == ["application/problem+json"]


def test_a_viewer_takes_their_data_along_and_leaves(door: TestClient, feed: ScriptedFeed) -> None:
    like = {"id": "e1", "viewer": "ann", "video": "v", "kind": "like"}
    assert door.post("/events", json={"events": [like]}).status_code == 200
    kept = door.get("/viewer/data?viewer=ann")
    assert [event["id"] for event in kept.json()["events"]] == ["e1"]
    assert kept.headers["cache-control"] == "no-store"
    assert door.delete("/viewer/data?viewer=ann").json()["events"] == 1
    assert door.get("/viewer/data?viewer=ann").json()["events"] == []
    assert feed.heard() == []
    refused(door.delete("/viewer/data"), 422, "query.viewer")


def test_one_may_ask_for_a_page_that_is_not_personal_and_for_one_that_is_forgotten(
    door: TestClient, feed: ScriptedFeed
) -> None:
    for query in ("", "&personal=false", "&remember=false&personal=true"):
        assert door.get(f"/feed?viewer=ann{query}").status_code == 200
    assert feed.asked == [("ann", True, True), ("ann", False, True), ("ann", True, False)]
    refused(door.get("/feed?viewer=ann&personal=maybe"), 422, "query.personal")
