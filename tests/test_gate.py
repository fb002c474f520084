"""The gate: who comes in with which key, from which page, and how often."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_feed import NOW_S, ScriptedFeed, Store, app_of, refused, some_video, store
from starlette.testclient import TestClient

from reelwright.config import ServeConfig
from reelwright.serve.gate import COOKIE, door_words, is_loopback, is_rebound, needed
from reelwright.storage.keys import Scope

EVENTS = {"events": [{"id": "e", "viewer": "ann", "video": "v", "kind": "like"}]}
CONFIG = ServeConfig(guesses_per_minute=3, session_s=600.0)


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


def door_of(kept: Store, clock: Clock, config: ServeConfig = CONFIG) -> TestClient:
    feed = ScriptedFeed([some_video(number) for number in range(3)], kept)
    return TestClient(app_of(feed, kept, clock=clock, config=config))


@pytest.fixture
def door(kept: Store, clock: Clock) -> Iterator[TestClient]:
    with door_of(kept, clock) as client:
        yield client


def made(kept: Store, *scopes: Scope, name: str = "app", expires_s: float | None = None) -> str:
    return kept.keys.add(name, scopes, now_s=NOW_S, expires_s=expires_s)[0]


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_on_loopback_the_door_is_open_until_the_first_key_is_made(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    assert door.get("/feed?viewer=ann").status_code == 200
    made(kept, Scope.FEED)
    clock.now_s += 1
    answer = door.get("/feed?viewer=ann")
    problem = refused(answer, 401, "needs a key")
    assert "reelwright keys add" in problem["hint"]
    assert answer.headers["www-authenticate"] == "Bearer"


def test_elsewhere_it_is_closed_from_the_start(kept: Store, clock: Clock) -> None:
    with door_of(kept, clock, ServeConfig(host="0.0.0.0")) as door:
        refused(door.get("/feed?viewer=ann"), 401, "needs a key")
        assert door.get("/health").status_code == 200
        assert door.get("/").status_code == 200
        secret = made(kept, Scope.FEED)
        assert door.get("/feed?viewer=ann", headers=bearer(secret)).status_code == 200


def test_it_stays_closed_when_the_last_key_is_revoked(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    secret = made(kept, Scope.FEED)
    kept.keys.revoke("app", now_s=NOW_S)
    clock.now_s += 1
    refused(door.get("/feed?viewer=ann"), 401, "needs a key")
    refused(door.get("/feed?viewer=ann", headers=bearer(secret)), 401, "not known")


def test_a_key_is_for_its_scopes_alone(door: TestClient, kept: Store, clock: Clock) -> None:
    secret = made(kept, Scope.FEED)
    clock.now_s += 1
    assert door.get("/feed?viewer=ann", headers=bearer(secret)).status_code == 200
    problem = refused(door.post("/events", json=EVENTS, headers=bearer(secret)), 403, "it has feed")
    assert "--scope events" in problem["hint"]
    both = made(kept, Scope.FEED, Scope.EVENTS, name="both")
    assert door.post("/events", json=EVENTS, headers=bearer(both)).status_code == 200


def test_a_key_ends_at_its_time_and_when_it_is_revoked(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    secret = made(kept, Scope.FEED, expires_s=NOW_S + 10)
    other = made(kept, Scope.FEED, name="other")
    for one in (secret, other):
        assert door.get("/feed?viewer=ann", headers=bearer(one)).status_code == 200
    clock.now_s += 10
    refused(door.get("/feed?viewer=ann", headers=bearer(secret)), 401, "not known")
    kept.keys.revoke("other", now_s=clock.now_s)
    clock.now_s += 1
    refused(door.get("/feed?viewer=ann", headers=bearer(other)), 401, "not known")


def test_whoever_guesses_is_told_to_wait_and_others_are_not(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    secret = made(kept, Scope.FEED)
    clock.now_s += 1
    for number in range(3):
        refused(door.get("/feed?viewer=a", headers=bearer(f"rw_{number}")), 401, "not known")
    answer = door.get("/feed?viewer=a", headers=bearer("rw_3"))
    refused(answer, 429, "Too many wrong keys")
    assert answer.headers["retry-after"] == "20"
    assert door.get("/feed?viewer=a", headers=bearer(secret)).status_code == 200
    clock.now_s += 20
    refused(door.get("/feed?viewer=a", headers=bearer("rw_4")), 401, "not known")


def test_a_key_may_ask_so_often_a_second(kept: Store, clock: Clock) -> None:
    with door_of(kept, clock, ServeConfig(requests_per_s=2)) as door:
        statuses = [door.get("/feed?viewer=ann").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        answer = door.get("/feed?viewer=ann")
        refused(answer, 429, "more than 2 a second")
        assert answer.headers["retry-after"] == "1"
        one, other = (made(kept, Scope.FEED, name=name) for name in ("one", "other"))
        clock.now_s += 1
        for secret, status in ((one, 200), (one, 200), (one, 429), (other, 200)):
            assert door.get("/feed?viewer=a", headers=bearer(secret)).status_code == status


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer \t"]
)
def test_what_is_no_key_is_refused(
    header: str, door: TestClient, kept: Store, clock: Clock
) -> None:
    made(kept, Scope.FEED)
    clock.now_s += 1
    answer = door.get("/feed?viewer=ann", headers={"authorization": header})
    refused(answer, 401, "")


# ---- other sites' pages --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"host": "elsewhere.example"},
    ],
)
def test_an_open_door_is_closed_to_pages_of_other_sites(
    door: TestClient, headers: dict[str, str]
) -> None:
    refused(door.post("/events", json=EVENTS, headers=headers), 403, "another site")


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {"host": "[::1]:80"}],
)
def test_our_own_page_and_programs_come_in(door: TestClient, headers: dict[str, str]) -> None:
    assert door.post("/events", json=EVENTS, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "rebound"),
    [
        ("127.0.0.1:8321", False),
        ("[::1]:8321", False),
        ("localhost:8321", False),
        ("app.localhost", False),
        ("feed.ours.example:80", False),
        ("elsewhere.example", True),
        ("127.0.0.1.elsewhere.example:8321", True),
        ("[broken", True),
    ],
)
def test_a_strangers_name_that_leads_here_is_noticed(host: str, rebound: bool) -> None:
    assert is_rebound(host, "feed.ours.example") is rebound


# ---- operators -----------------------------------------------------------------------------------


def signed_in(door: TestClient, kept: Store, clock: Clock) -> str:
    """A browser with a cookie, and the token that it proves itself with."""
    secret = made(kept, Scope.OPERATE, Scope.EVENTS, name="operator")
    clock.now_s += 1
    answer = door.post("/session", json={"key": secret})
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert secret not in cookie
    csrf: str = answer.json()["csrf"]
    return csrf


def test_the_operators_page_leads_to_the_way_in_and_from_there_back(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    made(kept, Scope.FEED)
    clock.now_s += 1
    page = {"accept": "text/html"}
    answer = door.get("/operator", headers=page, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=/operator")
    assert "<form" in door.get("/sign-in").text
    refused(door.get("/operator"), 401, "needs a key")
    signed_in(door, kept, clock)
    assert "Being made" in door.get("/operator", headers=page).text
    assert door.get("/session").json()["name"] == "operator"


def test_a_key_for_something_else_does_not_sign_in(door: TestClient, kept: Store) -> None:
    answer = door.post("/session", json={"key": made(kept, Scope.FEED)})
    refused(answer, 403, "not for operators")
    assert "set-cookie" not in answer.headers
    refused(door.post("/session", json={"key": "rw_no"}), 401, "not known")
    refused(door.get("/session"), 401, "Nobody")


def test_signing_out_takes_the_pages_own_token(door: TestClient, kept: Store, clock: Clock) -> None:
    csrf = signed_in(door, kept, clock)
    refused(door.delete("/session"), 403, "token is missing")
    refused(door.delete("/session", headers={"x-csrf-token": "0" * 64}), 403, "token is missing")
    stolen = door.cookies[COOKIE]
    assert door.delete("/session", headers={"x-csrf-token": csrf}).status_code == 204
    assert COOKIE not in door.cookies
    refused(door.get("/session", headers={"cookie": f"{COOKIE}={stolen}"}), 401, "is over")


def test_a_sign_in_ends_with_its_time_and_with_its_key(
    door: TestClient, kept: Store, clock: Clock
) -> None:
    signed_in(door, kept, clock)
    assert door.post("/events", json=EVENTS).status_code == 200
    foreign = {"sec-fetch-site": "cross-site"}
    refused(door.post("/events", json=EVENTS, headers=foreign), 403, "another site")
    clock.now_s += 600
    refused(door.post("/events", json=EVENTS), 401, "is over")


def test_behind_https_the_cookie_goes_over_https_alone(kept: Store, clock: Clock) -> None:
    with door_of(kept, clock, ServeConfig(behind_https=True)) as door:
        secret = made(kept, Scope.OPERATE)
        cookie = door.post("/session", json={"key": secret}).headers["set-cookie"]
    assert "; Secure" in cookie


def test_a_route_that_nobody_listed_is_for_operators() -> None:
    assert needed("/whatever/comes") is Scope.OPERATE
    assert needed("//") is None, "the first part is empty, as that of the page itself"
    assert needed("/feedback") is Scope.OPERATE
    assert needed("/v1/videos") is Scope.GENERATE
    assert needed("/page/feed.js") is None


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_loopback_is_told_from_the_rest(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_whoever_opens_the_door_is_told_how_open_it_is() -> None:
    assert door_words("127.0.0.1", any_made=True) == ""
    assert "every program on this machine may ask" in door_words("127.0.0.1", any_made=False)
    assert "nobody may ask anything at 0.0.0.0" in door_words("0.0.0.0", any_made=False)


def test_the_reference_tells_which_scope_a_route_needs(door: TestClient) -> None:
    told = door.get("/openapi.json").json()
    feed, health = told["paths"]["/feed"]["get"], told["paths"]["/health"]["get"]
    assert "Scope: feed." in feed["description"]
    assert feed["security"] == [{"key": []}, {}]
    assert {"401", "403", "429"} <= set(feed["responses"])
    assert "security" not in health
