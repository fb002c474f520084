"""The operator's pages of takes: what is handed in, refused, ordered, shown and revoked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scripted_feed import NOW_S, ScriptedFeed, Store, app_of, refused, some_video, store
from scripted_takes import FIGURE, handed_in, remade, reworker_of, take_desk_of
from starlette.testclient import TestClient
from test_operator import Outline

from reelwright.engine.reworker import Remade
from reelwright.progress import Progress
from reelwright.serve.operator.curves import WIDE, drawn
from reelwright.serve.problems import Refused
from reelwright.serve.takes import TakeDesk
from reelwright.storage.takes import Rework, Take

FORM = {"who": "Ann", "scope": "world, costume", "until": "2100-01-01"}
BROKEN = "It does not keep what flex_1 promises: face_nme is 0.09."
FILM = ("me.mp4", b"film", "video/mp4")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def desk(kept: Store) -> TakeDesk:
    return take_desk_of(kept.db, kept.blobs, lambda: NOW_S)


@pytest.fixture
def door(kept: Store, desk: TakeDesk) -> Iterator[TestClient]:
    with TestClient(app_of(ScriptedFeed([some_video(0)], kept), kept, takes=desk)) as client:
        yield client


def hand_in(door: TestClient, film: tuple[str, bytes, str] = FILM, **form: str) -> Any:
    return door.post("/operator/takes", files={"film": film}, data=FORM | form)


def finish(desk: TakeDesk, folder: Path) -> None:
    hands = reworker_of(desk, folder)
    while hands.run_once():
        pass


def test_a_film_is_handed_in_with_its_consent(door: TestClient, desk: TakeDesk) -> None:
    answer = hand_in(door)
    assert answer.status_code == 200, answer.text
    take = desk.get(answer.json()["id"])
    assert (take.name, take.facts["width"]) == ("me.mp4", 160)
    assert [(one.who, one.scope) for one in desk.records(take)] == [("Ann", ("costume", "world"))]
    assert "being measured" in door.get("/operator/takes").text
    assert "Measuring" in door.get(f"/operator/takes/{take.id}").text


@pytest.mark.parametrize(
    ("film", "form", "problem"),
    [
        (("a.mp4", b"bad", "video/mp4"), {}, "a.mp4 is no video."),
        (("a.mp4", b"seconds!" * 2, "video/mp4"), {}, "a.mp4 takes 16 s."),
        (("a.mp4", b"0" * (1 << 20 | 1), "video/mp4"), {}, "a.mp4 has 1.0 MB."),
        (FILM, {"who": " "}, "A film is taken in with consent alone."),
        (FILM, {"scope": "dancing"}, "'dancing' is nothing one can agree to."),
        (FILM, {"until": "1999-01-01"}, "1999-01-01 is over."),
    ],
)
def test_what_is_not_taken_in_leaves_nothing(
    door: TestClient,
    desk: TakeDesk,
    film: tuple[str, bytes, str],
    form: dict[str, str],
    problem: str,
) -> None:
    refused(hand_in(door, film, **form), 400, problem)
    assert desk.cabinet.takes.all(9) == []
    assert [one for one in desk.cabinet.blobs.folder.rglob("*") if one.is_file()] == []


def test_what_is_no_form_is_told_what_to_be(door: TestClient) -> None:
    refused(door.post("/operator/takes", json={"film": "me.mp4"}), 415, "A film comes in a form.")


def test_a_body_longer_than_a_film_is_refused(door: TestClient) -> None:
    refused(hand_in(door, ("a.mp4", b"0" * (3 << 20), "video/mp4")), 413, "longer than")


def test_worlds_are_ordered_made_and_shown(
    door: TestClient, desk: TakeDesk, tmp_path: Path
) -> None:
    take = handed_in(desk)
    asked = {"worlds": ["forest", "a calm harbour"], "costume": "red", "strength": "flex_2"}
    answer = door.post(f"/operator/takes/{take.id}/worlds", json=asked)
    assert len(answer.json()["ids"]) == 2, answer.text
    assert "Waits" in door.get(f"/operator/takes/{take.id}").text
    finish(desk, tmp_path)
    page = door.get(f"/operator/takes/{take.id}").text
    outline = Outline(page)
    assert page.count("<video") == 4, "before, after, and both worlds"
    assert "1 of 1" in page
    assert "It has &lt;b&gt;no&lt;/b&gt; sound." in page
    assert "style" not in outline.attributes
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.names.count("table") == outline.names.count("caption") == 2
    (first, _) = answer.json()["ids"]
    film = door.get(f"/operator/works/{first}/film", headers={"range": "bytes=0-5"})
    assert (film.status_code, film.content) == (206, b"forest")
    assert "private" in film.headers["cache-control"]
    for path in (f"takes/{take.id}/shown", f"takes/{take.id}/strip", f"works/{first}/poster"):
        assert door.get(f"/operator/{path}").status_code == 200
    assert door.get("/operator/worlds/forest").content == b"forest"


def test_a_film_that_breaks_its_promise_shows_its_card_until_somebody_insists(
    door: TestClient, desk: TakeDesk, tmp_path: Path
) -> None:
    take = handed_in(desk)
    (work,) = desk.order(take, [("forest", desk.understand("forest", "", "flex_1"))])
    hands = reworker_of(desk, tmp_path, remake=broken)
    while hands.run_once():
        pass
    path, film = f"/operator/takes/{take.id}", f"/operator/works/{work.id}/film"
    page = door.get(path).text
    assert BROKEN in page
    assert "Face points off" in page
    assert f"/operator/works/{work.id}/insist" in page
    assert "<video" not in page
    refused(door.get(film), 404, "It breaks its promise")
    assert door.post(f"/operator/works/{work.id}/insist").json() == {"id": work.id}
    assert door.get(film).content.startswith(b"forest")
    shown = door.get(path).text
    assert shown.count("<video") == 3, "before, after, and the world"
    assert "0 of 1" in shown
    refused(door.post(f"/operator/works/{work.id}/insist"), 409, "It was not refused.")


def test_nobody_insists_once_consent_is_over(
    door: TestClient, desk: TakeDesk, tmp_path: Path
) -> None:
    take = handed_in(desk)
    (work,) = desk.order(take, [("forest", desk.understand("forest", "", "flex_1"))])
    hands = reworker_of(desk, tmp_path, remake=broken)
    while hands.run_once():
        pass
    later = replace(desk, clock=lambda: 1e11)
    with pytest.raises(Refused, match="consent for me"):
        later.insist(desk.work(work.id))
    desk.cabinet.revoke(take.footage, NOW_S)
    refused(door.post(f"/operator/works/{work.id}/insist"), 409, "was revoked")


def broken(take: Take, work: Rework, folder: Path, progress: Progress) -> Remade:
    """A film that keeps too little."""
    made = remade(take, work, folder, progress)
    return replace(made, card={"figures": [FIGURE | {"broken": True}]}, refusal=BROKEN)


@pytest.mark.parametrize(
    ("asked", "status", "problem"),
    [
        ({"worlds": ["/etc/passwd"]}, 400, "There is no world '/etc/passwd'."),
        ({"worlds": ["forrest"]}, 400, "There is no world 'forrest'."),
        ({"costume": "pyproject.toml"}, 400, "There is no costume 'pyproject.toml'."),
        ({}, 400, "Nothing is to be changed."),
        ({"worlds": ["forest"], "strength": "much"}, 400, "'much' is no strength."),
        ({"worlds": ["forest"] * 4}, 503, "0 works on takes wait."),
        ({"worlds": ["forest"] * 7}, 422, "body.worlds"),
    ],
)
def test_what_cannot_be_ordered_is_told(
    door: TestClient, desk: TakeDesk, tmp_path: Path, asked: Any, status: int, problem: str
) -> None:
    take = handed_in(desk)
    finish(desk, tmp_path)
    refused(door.post(f"/operator/takes/{take.id}/worlds", json=asked), status, problem)
    assert len(desk.cabinet.takes.works(take.id)) == 1


def test_nothing_is_made_beyond_what_was_agreed(door: TestClient, desk: TakeDesk) -> None:
    take_id = hand_in(door, scope="world:harbour").json()["id"]
    path = f"/operator/takes/{take_id}/worlds"
    answer = door.post(path, json={"worlds": ["forest"]})
    refused(answer, 403, "Ann's consent for me.mp4 is not for world:forest.")
    assert door.post(path, json={"worlds": ["harbour"]}).status_code == 200


def test_a_revocation_removes_all_and_says_so(
    door: TestClient, desk: TakeDesk, tmp_path: Path
) -> None:
    take = handed_in(desk)
    path = f"/operator/takes/{take.id}"
    door.post(f"{path}/worlds", json={"worlds": ["forest"]})
    finish(desk, tmp_path)
    lines = door.post(f"{path}/revoke").json()["lines"]
    assert "1 agreements count no longer; 6 files" in lines[0]
    page = door.get(path).text
    assert "Consent was revoked." in page
    assert "<video" not in page
    refused(door.post(f"{path}/worlds", json={"worlds": ["forest"]}), 409, "was revoked")
    assert "revoked" in door.get("/operator/takes").text


def test_one_film_or_the_whole_take_is_forgotten(
    door: TestClient, desk: TakeDesk, tmp_path: Path
) -> None:
    take = handed_in(desk)
    (work,) = desk.order(take, [("forest", desk.understand("forest", "", "flex_1"))])
    finish(desk, tmp_path)
    refused(door.delete(f"/operator/works/{take.id}"), 409, "without its measuring")
    assert door.delete(f"/operator/works/{work.id}").status_code == 200
    refused(door.get(f"/operator/works/{work.id}/film"), 404, "no work")
    assert door.delete(f"/operator/takes/{take.id}").status_code == 200
    refused(door.get(f"/operator/takes/{take.id}"), 404, "no take")


def test_a_curve_has_a_gap_where_nothing_was_seen() -> None:
    facts = {
        "duration_s": 4.0,
        "shots": [0.0, 1.0],
        "speech": [[1.0, 3.0]],
        "curves": {"mouth": [0.0, 1.0, None, 0.5], "loudness": []},
    }
    found = drawn(facts)
    assert found is not None
    (mouth,) = found.curves
    assert mouth.paths == ("M0.0 54.0L320.0 0.0", "M960.0 27.0")
    assert found.cuts == (WIDE / 4,)
    assert found.speech == ((WIDE / 4, WIDE / 2),)
    assert drawn({"duration_s": 4.0}) is None
