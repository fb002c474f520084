"""Orders in words: how far they are, their films, the same again, and what they would cost."""

import dataclasses
import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_feed import NOW_S, ScriptedFeed, Store, app_of, refused, store
from scripted_takes import reworker_of, take_desk_of
from starlette.testclient import TestClient
from wishes import made

from reelwright.config import VideosConfig
from reelwright.domain import Wish
from reelwright.serve.ordered import event_of
from reelwright.serve.takes import TakeDesk
from reelwright.storage.keys import Scope
from reelwright.storage.orders import Order
from reelwright.storage.outbox import Outbox

CONFIG = VideosConfig(per_minute=50, max_queue=3)
CALM = {"prompt": "A calm harbour at dawn"}


class Clock:
    now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def door(kept: Store, clock: Clock) -> Iterator[TestClient]:
    with TestClient(app_of(ScriptedFeed([], kept), kept, clock=clock, videos=CONFIG)) as client:
        yield client


def ordered(door: TestClient, *, key: str = "", **asked: Any) -> dict[str, Any]:
    headers = {"idempotency-key": key} if key else {}
    answer = door.post("/v1/videos", json=CALM | asked, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def fulfil(kept: Store, at_s: float, *, took_s: float = 4.0) -> Wish:
    """Make the wish that is next, with real files."""
    job = kept.renders.claim("scripted", at_s)
    assert job is not None
    one = made(job.wish)
    video = dataclasses.replace(
        one.video,
        id=job.wish.key,
        wish=job.wish.key,
        film=kept.blobs.put(b"film" * 100, ".mp4"),
        poster=kept.blobs.put(b"poster", ".jpg"),
        captions=kept.blobs.put(b"WEBVTT", ".vtt"),
    )
    done = dataclasses.replace(one, video=video)
    assert kept.renders.finish(job, done, job.wish.sid, at_s + took_s)
    return job.wish


def test_an_order_goes_from_queued_to_completed_and_has_a_film(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    told = ordered(door, seconds="4", size="720x1280", metadata={"campaign": "spring"})
    assert (told["object"], told["status"], told["progress"]) == ("video", "queued", 0)
    assert (told["seconds"], told["size"], told["model"]) == ("4", "720x1280", "reelwright")
    assert told["metadata"] == {"campaign": "spring"}
    path = f"/v1/videos/{told['id']}"
    assert door.get(path).json() == told
    answer = door.get(f"{path}/content")
    refused(answer, 409, "not there yet")
    assert answer.headers["retry-after"] == "2"
    wish = fulfil(kept, NOW_S)
    assert (wish.brief, wish.format.width, wish.format.duration_s) == (CALM["prompt"], 720, 4.0)
    done = door.get(path).json()
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["completed_at"] == NOW_S + 4
    film = door.get(f"{path}/content")
    assert (film.status_code, film.content) == (200, b"film" * 100)
    assert film.headers["content-type"] == "video/mp4"
    assert "private" in film.headers["cache-control"]
    part = door.get(f"{path}/content", headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"ilm")
    assert door.get(f"{path}/content?variant=thumbnail").content == b"poster"
    assert door.get(f"{path}/content?variant=captions").content == b"WEBVTT"
    refused(door.get(f"{path}/content?variant=spritesheet"), 422, "query.variant")


def test_the_same_words_in_the_same_form_are_made_once(door: TestClient, kept: Store) -> None:
    first = ordered(door)
    second = ordered(door, prompt="  A calm   harbour at dawn ")
    ordered(door, seconds=5)
    assert first["id"] != second["id"]
    assert sum(kept.renders.counts().values()) == 2


def test_progress_is_foretold_from_what_was_made_before(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    ordered(door, prompt="one")
    fulfil(kept, NOW_S, took_s=8.0)
    told = ordered(door, prompt="two")
    assert kept.renders.claim("scripted", NOW_S + 10)
    clock.now_s = NOW_S + 12
    assert door.get(f"/v1/videos/{told['id']}").json()["progress"] == 25
    clock.now_s = NOW_S + 100
    told = door.get(f"/v1/videos/{told['id']}").json()
    assert (told["status"], told["progress"]) == ("in_progress", 99)


def test_a_dry_run_says_what_it_would_come_to_and_orders_nothing(
    door: TestClient, kept: Store
) -> None:
    assert ordered(door, dry_run=True) == {
        "object": "video.dry_run",
        "cached": False,
        "work_s": None,
        "ahead": 0,
        "size": "144x256",
        "seconds": "2",
        "about": ["harbour", "sunrise"],
        "style": ["fast cuts", "warm light"],
    } | {"about": ["street food", "night"], "style": ["slow", "grainy"]}
    assert door.get("/v1/videos").json()["data"] == []
    ordered(door)
    assert ordered(door, dry_run=True)["ahead"] == 1
    fulfil(kept, NOW_S)
    there = ordered(door, dry_run=True)
    assert (there["cached"], there["work_s"]) == (True, 0.0)
    twice = ordered(door, dry_run=True, seconds=4)
    assert (twice["cached"], twice["work_s"]) == (False, 8.0)


def test_the_same_order_again_under_its_key_is_the_same_order(door: TestClient) -> None:
    first = ordered(door, key="k-1")
    assert ordered(door, key="k-1")["id"] == first["id"]
    assert ordered(door, key="k-2")["id"] != first["id"]
    other = {"prompt": "Another harbour"}
    answer = door.post("/v1/videos", json=other, headers={"idempotency-key": "k-1"})
    refused(answer, 409, "used for another order")
    assert len(door.get("/v1/videos").json()["data"]) == 2


def test_many_at_once_under_one_key_are_one_order(door: TestClient) -> None:
    ids: list[str] = []
    askers = [
        threading.Thread(target=lambda: ids.append(ordered(door, key="k")["id"])) for _ in range(8)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_orders_are_listed_by_age_page_by_page(door: TestClient, clock: Clock) -> None:
    ids = []
    for number in range(5):
        clock.now_s = NOW_S + number // 2  # some are equally old
        ids.append(ordered(door)["id"])
    found: list[str] = []
    page: dict[str, Any] = {"has_more": True, "last_id": None}
    while page["has_more"]:
        after = f"&after={page['last_id']}" if page["last_id"] else ""
        page = door.get(f"/v1/videos?limit=2&order=asc{after}").json()
        found += [one["id"] for one in page["data"]]
    assert sorted(found) == sorted(ids)
    assert found[4] == ids[4], "the youngest comes last"
    newest = door.get("/v1/videos?limit=100").json()["data"]
    assert [one["id"] for one in newest] == found[::-1]
    refused(door.get("/v1/videos?after=nothing"), 404, "no video")
    refused(door.get("/v1/videos?limit=0"), 422, "query.limit")


def test_a_forgotten_order_is_gone_and_its_clip_stays(door: TestClient, kept: Store) -> None:
    told = ordered(door, key="k")
    fulfil(kept, NOW_S)
    path = f"/v1/videos/{told['id']}"
    gone = {"id": told["id"], "object": "video.deleted", "deleted": True}
    assert door.delete(path).json() == gone
    for answer in (door.get(path), door.delete(path), door.get(f"{path}/content")):
        refused(answer, 404, "no video")
    assert ordered(door, dry_run=True)["cached"] is True


def test_what_failed_says_why(door: TestClient, kept: Store) -> None:
    told = ordered(door)
    for attempt in range(3):
        job = kept.renders.claim("scripted", NOW_S + attempt)
        assert job
        kept.renders.fail(job, "RuntimeError: out of paint", NOW_S + attempt)
    told = door.get(f"/v1/videos/{told['id']}").json()
    assert told["status"] == "failed"
    assert told["error"] == {"code": "generation_failed", "message": "RuntimeError: out of paint"}
    refused(door.get(f"/v1/videos/{told['id']}/content"), 410, "out of paint")


def test_a_form_does_as_well_as_json(door: TestClient) -> None:
    form = {"prompt": "A harbour", "seconds": "5", "metadata": json.dumps({"a": "b"})}
    answer = door.post("/v1/videos", files={name: (None, text) for name, text in form.items()})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["seconds"], answer.json()["metadata"]) == ("5", {"a": "b"})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"prompt": ""}, "body.prompt"),
        ({"prompt": " \n "}, "body.prompt"),
        ({"prompt": "a\x00b"}, "body.prompt"),
        ({"prompt": "x" * 2001}, "body.prompt"),
        ({"seconds": 0}, "body.seconds"),
        ({"seconds": "61"}, "body.seconds"),
        ({"size": "1x1"}, "body.size"),
        ({"model": "sora-2"}, "body.model"),
        ({"metadata": {"a": 1}}, "body.metadata"),
        ({"input_reference": "x"}, "body.input_reference"),
    ],
)
def test_an_order_that_cannot_be_is_named(
    wrong: dict[str, Any], says: str, door: TestClient, kept: Store
) -> None:
    refused(door.post("/v1/videos", json=CALM | wrong), 422, says)
    assert sum(kept.renders.counts().values()) == 0


def test_what_is_neither_json_nor_a_form_is_refused(door: TestClient) -> None:
    answer = door.post("/v1/videos", content=b"prompt=x", headers={"content-type": "text/plain"})
    refused(answer, 415, "text/plain")
    refused(door.post("/v1/videos"), 415, "without a type")
    files: list[tuple[str, tuple[str | None, bytes]]] = [
        ("prompt", (None, b"A harbour")),
        ("input_reference", ("a.png", b"png")),
    ]
    refused(door.post("/v1/videos", files=files), 400, "is a file")
    json_kind = {"content-type": "application/json"}
    refused(door.post("/v1/videos", content=b"{", headers=json_kind), 422, "body")
    broken = {"content-type": "multipart/form-data; boundary=x"}
    refused(door.post("/v1/videos", content=b"--y", headers=broken), 400, "multipart")


def test_a_full_queue_takes_nothing_new(door: TestClient) -> None:
    for number in range(3):
        ordered(door, prompt=f"number {number}")
    answer = door.post("/v1/videos", json={"prompt": "one more"})
    refused(answer, 503, "3 wishes wait")
    assert answer.headers["retry-after"] == "30"
    assert ordered(door, prompt="number 1")["status"] == "queued", "what waits already may be asked"


def test_orders_have_a_pace(kept: Store, clock: Clock) -> None:
    config = VideosConfig(per_minute=2)
    with TestClient(app_of(ScriptedFeed([], kept), kept, clock=clock, videos=config)) as door:
        ordered(door)
        ordered(door, dry_run=True)
        answer = door.post("/v1/videos", json=CALM)
        refused(answer, 429, "more than 2 orders a minute")
        assert answer.headers["retry-after"] == "30"
        clock.now_s += 30
        ordered(door)


def test_a_length_beyond_the_settings_is_refused(kept: Store, clock: Clock) -> None:
    config = VideosConfig(max_seconds=10)
    with TestClient(app_of(ScriptedFeed([], kept), kept, clock=clock, videos=config)) as door:
        refused(door.post("/v1/videos", json=CALM | {"seconds": 11}), 400, "11 s are too long")


def test_the_scope_generate_is_needed_and_enough(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    feed, _ = kept.keys.add("feed", [Scope.FEED], now_s=NOW_S)
    generate, _ = kept.keys.add("make", [Scope.GENERATE], now_s=NOW_S)
    clock.now_s += 1
    for secret, status in ((feed, 403), (generate, 200)):
        headers = {"authorization": f"Bearer {secret}"}
        assert door.post("/v1/videos", json=CALM, headers=headers).status_code == status
        assert door.get("/v1/models", headers=headers).status_code == status


def test_there_is_one_model(door: TestClient) -> None:
    page = door.get("/v1/models").json()
    assert [one["id"] for one in page["data"]] == ["reelwright"]
    assert door.get("/v1/models/reelwright").json() == page["data"][0]
    refused(door.get("/v1/models/sora-2"), 404, "no model")


def test_no_address_is_kept_with_an_order(door: TestClient, kept: Store) -> None:
    ordered(door)
    with kept.db.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM orders").all()
    assert "testclient" not in [str(cell) for cell in row]


def test_a_private_webhook_is_refused_and_a_public_one_is_told_of(door: TestClient) -> None:
    for url in ("http://127.0.0.1/x", "https://10.0.0.1/", "https://localhost/"):
        answer = door.post("/v1/videos", json=CALM | {"webhook_url": url})
        assert refused(answer, 403, "")["hint"].startswith("Give a public https address")
    refused(door.post("/v1/videos", json=CALM | {"webhook_url": "ftp://a.b/"}), 422, "webhook_url")
    assert door.get("/v1/videos").json()["data"] == []
    told = ordered(door, webhook_url="https://example.com/hook")
    assert told["webhook"] == "not due yet"


# ---- with a source -------------------------------------------------------------------------------

FILM = {"source": ("me.mp4", b"film", "video/mp4")}
FOREST = {"prompt": "forest", "strength": "flex_2"}


@pytest.fixture
def desk(kept: Store, clock: Clock) -> TakeDesk:
    return take_desk_of(kept.db, kept.blobs, clock)


@pytest.fixture
def with_takes(kept: Store, clock: Clock, desk: TakeDesk) -> Iterator[TestClient]:
    app = app_of(ScriptedFeed([], kept), kept, clock=clock, videos=CONFIG, takes=desk)
    with TestClient(app) as client:
        yield client


def agree(desk: TakeDesk, scope: str = "world") -> None:
    footage = hashlib.sha256(b"film").hexdigest()
    desk.cabinet.consents.add(footage, "Ann", [scope], now_s=NOW_S, until_s=NOW_S + 1e6)


def make_all(desk: TakeDesk, folder: Path) -> None:
    hands = reworker_of(desk, folder)
    while hands.run_once():
        pass


def test_a_film_is_put_into_a_world_in_words(
    with_takes: TestClient, desk: TakeDesk, tmp_path: Path
) -> None:
    agree(desk)
    answer = with_takes.post("/v1/videos", data=FOREST, files=FILM)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["status"], told["size"], told["seconds"]) == ("queued", "160x120", "4")
    path = f"/v1/videos/{told['id']}"
    refused(with_takes.get(f"{path}/content"), 409, "not there yet")
    make_all(desk, tmp_path)
    done = with_takes.get(path).json()
    assert (done["status"], done["progress"], done["source"]) == ("completed", 100, told["source"])
    film = with_takes.get(f"{path}/content")
    assert film.content.startswith(b"forest")
    again = with_takes.post("/v1/videos", json=FOREST | {"source": told["id"], "prompt": "harbour"})
    assert again.json()["source"] == told["source"], "an earlier order names its take"
    listed = with_takes.get("/v1/videos").json()["data"]
    assert {one["id"] for one in listed} == {told["id"], again.json()["id"]}
    assert with_takes.delete(path).json()["deleted"]
    assert desk.cabinet.takes.work(told["id"]) is None


def test_without_consent_a_film_is_not_even_looked_into(
    with_takes: TestClient, desk: TakeDesk
) -> None:
    bad = {"source": ("me.mp4", b"bad", "video/mp4")}
    answer = with_takes.post("/v1/videos", data=FOREST, files=bad)
    problem = refused(answer, 403, "Nobody's consent is recorded for me.mp4.")
    assert "reelwright consent record" in problem["hint"]
    assert desk.cabinet.takes.all(9) == []
    agree(desk, "world:harbour")
    answer = with_takes.post("/v1/videos", data=FOREST, files=FILM)
    refused(answer, 403, "is not for world:forest")


def test_a_revocation_ends_an_order_and_its_webhook_says_so(
    with_takes: TestClient, desk: TakeDesk, kept: Store, tmp_path: Path
) -> None:
    agree(desk)
    hook = {"webhook_url": "https://93.184.215.14/hook"}
    told = with_takes.post("/v1/videos", data=FOREST | hook, files=FILM).json()
    make_all(desk, tmp_path)
    letters: list[str] = []

    def letter(order: Order, id_: str) -> str:
        letters.append(event_of(order, id_))
        return letters[-1]

    assert Outbox(kept.db).announce(letter, NOW_S) == 1
    assert json.loads(letters[0])["type"] == "video.completed"
    desk.cabinet.revoke(desk.get(told["source"]).footage, NOW_S)
    after = with_takes.get(f"/v1/videos/{told['id']}").json()
    assert (after["status"], after["error"]["code"]) == ("failed", "consent_revoked")
    refused(with_takes.get(f"/v1/videos/{told['id']}/content"), 410, "Consent was revoked")


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"source": "take_nobody"}, 404, "no take"),
        ({"costume": "red"}, 409, "for somebody who was filmed"),
        ({"source": "take_x", "size": "720x1280"}, 409, "its own size"),
        ({"source": "take_x", "strength": "much"}, 422, "strength"),
    ],
)
def test_an_order_that_does_not_fit_its_source_is_told(
    with_takes: TestClient, asked: dict[str, str], status: int, says: str
) -> None:
    refused(with_takes.post("/v1/videos", json=CALM | asked), status, says)


def test_the_same_key_with_the_same_film_is_the_same_order(
    with_takes: TestClient, desk: TakeDesk
) -> None:
    agree(desk)
    headers = {"idempotency-key": "k"}
    first, second = (
        with_takes.post("/v1/videos", data=FOREST, files=FILM, headers=headers).json()["id"]
        for _ in range(2)
    )
    assert first == second
    dry = with_takes.post("/v1/videos", json=FOREST | {"source": first, "dry_run": True}).json()
    assert (dry["ahead"], dry["about"], dry["size"]) == (2, ["forest"], "160x120")
