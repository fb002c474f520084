"""The operator's pages: behind the gate, whole without a script, and nobody's words are markup."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from scripted_feed import (
    NOW_S,
    ScriptedCodes,
    ScriptedFeed,
    Store,
    app_of,
    meaning,
    office_of,
    refused,
    some_video,
    some_wish,
    store,
)
from starlette.testclient import TestClient
from wishes import made

from reelwright.atlas.wishes import Wished, Wishes
from reelwright.cache.states import RenderState
from reelwright.domain import (
    Answer,
    Attribute,
    Deed,
    Event,
    EventKind,
    Origin,
    Reason,
    Viewer,
    Way,
    Wish,
)
from reelwright.serve.operator import words
from reelwright.serve.operator.office import DEEDS, Person
from reelwright.storage.keys import Scope

EVIL = "<script>alert(1)</script>"
PAGES = ["", "/wishes", "/cache", "/cost", "/viewers", "/viewers?viewer=ann"]
VOID = {"meta", "link", "img", "input", "track"}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def door(kept: Store) -> Iterator[TestClient]:
    office = office_of(
        kept, clock=lambda: NOW_S, person=lambda id_: ann() if id_ == "ann" else None
    )
    feed = ScriptedFeed([some_video(0)], kept)
    with TestClient(app_of(feed, kept, office=office)) as client:
        yield client


def ann() -> Person:
    """Somebody with a past, and words of strangers in all that is told of them."""
    film = some_video(0)
    video = replace(film, title=EVIL)
    sid = some_wish(1).sid
    deeds = [
        Deed(video=f"video-{n}", sid=sid, kind=EventKind.LIKE, weight=1.0, at_s=NOW_S - n)
        for n in range(DEEDS + 3)
    ]
    wished = Wished(
        sid=sid,
        probability=0.25,
        meaning=meaning(1),
        answer=Answer(video, some_wish(0).sid, Way.NEAREST),
    )
    state = Viewer(
        id="ann",
        history=tuple(reversed(deeds)),
        attributes=(Attribute("town", EVIL, Origin.DECLARED),),
    )
    return Person(
        wishes=Wishes(viewer=state, coverage=0.83, beyond=[wished], within=[]),
        codes=ScriptedCodes(),
        deeds=[(deed, video) for deed in deeds],
        reasons={sid: (Reason(f"You liked {EVIL}", 1.0),)},
    )


def ask(kept: Store, number: int, *, brief: str = "") -> Wish:
    wish = replace(some_wish(number), brief=brief)
    kept.asks.ask(wish, wish.key, viewer="ann", priority=1 / (1 + number), now_s=NOW_S)
    return wish


def make(kept: Store, wish: Wish, *, title: str = "Tea") -> None:
    job = kept.renders.claim("w", NOW_S)
    assert job is not None
    assert job.wish == wish
    assert kept.renders.finish(job, made(wish, title=title), wish.sid, NOW_S + 4.0)


def fail(kept: Store, wish: Wish, reason: str) -> None:
    for _ in range(kept.renders.config.attempts):
        job = kept.renders.claim("w", NOW_S)
        assert job is not None
        assert job.wish == wish
        kept.renders.fail(job, reason, NOW_S + 2.0)


def fill(kept: Store) -> list[Wish]:
    """A wish made, one that failed, one being made and one that waits; all say evil things."""
    first = ask(kept, 0, brief=EVIL)
    make(kept, first, title=EVIL)
    second = ask(kept, 1)
    fail(kept, second, EVIL)
    third = ask(kept, 2, brief=EVIL)
    assert kept.renders.claim(EVIL, NOW_S)
    return [first, second, third, ask(kept, 3)]


class Outline(HTMLParser):
    """What a page is made of, with every element closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.ids: list[str] = []
        self.attributes: set[str] = set()
        self.headings: list[int] = []
        self.tables = self.captions = 0
        self.feed(page)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, tag


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_nobodys_words_are_markup(
    door: TestClient, kept: Store, path: str
) -> None:
    fill(kept)
    answer = door.get(f"/operator{path}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert EVIL not in answer.text
    outline = Outline(answer.text)
    assert outline.names.count("script") == 1, "our own module alone"
    assert not {name for name in outline.attributes if name == "style" or name.startswith("on")}
    assert len(set(outline.ids)) == len(outline.ids)
    assert outline.names.count("table") == outline.names.count("caption")
    assert outline.headings.count(1) == outline.names.count("main") == 1


def test_what_strangers_said_is_there_as_text(door: TestClient, kept: Store) -> None:
    first, *_ = fill(kept)
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    for path in ("", "/cache", "/cost", "/viewers?viewer=ann", f"/clips/{first.key}"):
        assert escaped in door.get(f"/operator{path}").text, path


def test_what_is_being_made_is_told_with_why(door: TestClient, kept: Store) -> None:
    _, failed, making, waiting = fill(kept)
    page = door.get("/operator").text
    assert "1 clip is being made, 1 waits; one takes about 4\N{NARROW NO-BREAK SPACE}s." in page
    for heading in ("Being made", "Waiting", "Given up", "Made"):
        assert f'{heading} <span class="num">1</span>' in page
    assert f'data-act="again" data-key="{failed.key}"' in page
    assert f'id="row-{making.key}"' in page
    assert f'data-act="bury" data-key="{waiting.key}"' in page
    assert "/clips/0.jpg" in page, "the poster of what stands in"


def test_an_empty_house_says_so(door: TestClient) -> None:
    assert "Nothing is being made." in door.get("/operator").text
    assert "Every wish was met." in door.get("/operator/wishes").text
    assert "Nobody was answered" in door.get("/operator/cache").text
    assert "Nothing was made yet." in door.get("/operator/cost").text
    assert "viewer-007" in door.get("/operator/viewers").text
    assert "Nobody of that name" in door.get("/operator/viewers?viewer=eve").text


def test_a_clip_is_told_from_its_wish_to_its_manifest(door: TestClient, kept: Store) -> None:
    wish = ask(kept, 0)
    refused(door.get("/operator/clips/nobody"), 404, "Nobody wished")
    assert "Meanwhile “Video number 0” stands in" in door.get(f"/operator/clips/{wish.key}").text
    make(kept, wish, title="Tea")
    page = door.get(f"/operator/clips/{wish.key}").text
    assert 'src="/clips/f"' in page
    assert "<dt>measured sid</dt><dd>1.2/3.4</dd>" in page
    assert "an older program made it" in page


def test_a_viewer_is_told_as_the_recommender_knows_them(door: TestClient, kept: Store) -> None:
    heard = Event(id="e", viewer="ann", video="v", kind=EventKind.LIKE, at_s=NOW_S)
    kept.log.append([heard]).result()
    page = door.get("/operator/viewers?viewer=ann").text
    assert "about 83 of 100 things" in page
    assert page.count('<li class="liked"') == DEEDS
    assert "<span>street food</span>" in page
    assert "25.0 %" in page


def test_an_operator_buries_pins_and_tries_again(door: TestClient, kept: Store) -> None:
    done, failed, *_ = fill(kept)

    def act(wish: Wish, what: str) -> dict[str, object]:
        answer = door.post(f"/operator/wishes/{wish.key}", json={"act": what, "why": "Enough."})
        told: dict[str, object] = answer.json()
        return told

    assert act(done, "pin") == {"wish": done.key, "state": "done", "pinned": True}
    assert act(done, "unpin")["pinned"] is False
    assert act(failed, "again")["state"] == "pending"
    assert act(failed, "again")["status"] == 409
    assert act(done, "bury")["state"] == "buried"
    row = kept.renders.get(done.key)
    assert row is not None
    assert (row.state, row.reason) == (RenderState.BURIED, "Enough.")
    assert "Enough." in door.get("/operator").text
    assert act(done, "unbury")["state"] == "evicted"
    refused(door.post("/operator/wishes/x", json={"act": "bury"}), 404, "Nobody wished")
    refused(door.post(f"/operator/wishes/{done.key}", json={"act": "burn"}), 422, "body.act")


def test_a_viewers_data_is_handed_out_and_erased(door: TestClient, kept: Store) -> None:
    heard = Event(id="e", viewer="bob/..", video="v", kind=EventKind.LIKE, at_s=NOW_S)
    kept.log.append([heard]).result()
    whose = {"viewer": "bob/.."}
    answer = door.get("/operator/data", params=whose)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert [event["id"] for event in answer.json()["events"]] == ["e"]
    gone = {"events": 1, "impressions": 0, "attributes": 0, "wishes": 0}
    assert door.delete("/operator/data", params=whose).json() == gone
    assert door.get("/operator/data", params=whose).json()["events"] == []
    assert "<dt>Erased since training</dt><dd>1</dd>" in door.get("/operator").text


def test_nobody_gets_in_without_a_key_or_changes_anything_without_the_token(
    door: TestClient, kept: Store
) -> None:
    wish = ask(kept, 0)
    secret, _ = kept.keys.add("owner", {Scope.OPERATE}, now_s=NOW_S)
    changes = f"/operator/wishes/{wish.key}"
    refused(door.post("/session", json={"key": "guess"}), 401, "not known")  # so the door looks
    for path in ("", "/cache", f"/clips/{wish.key}", "/data?viewer=ann"):
        refused(door.get(f"/operator{path}"), 401, "needs a key")
    assert door.post("/session", json={"key": secret}).status_code == 200
    page = door.get("/operator").text
    token = re.search('data-csrf="([0-9a-f]+)"', page)
    assert token
    refused(door.post(changes, json={"act": "bury"}), 403, "own token")
    refused(door.delete("/operator/data?viewer=ann"), 403, "own token")
    sent = {"x-csrf-token": token[1]}
    assert door.post(changes, json={"act": "bury"}, headers=sent).json()["state"] == "buried"


@pytest.mark.parametrize(
    ("expected", "told"),
    [(0.0, "0"), (0.004, "<0.01"), (0.03, "0.03"), (0.5, "0.5"), (1.0, "1"), (2.34, "2.3")],
)
def test_a_wish_of_half_a_viewer_is_not_told_as_nobodys(expected: float, told: str) -> None:
    assert words.viewers(expected) == told
