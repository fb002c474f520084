"""From events to a viewer: weights, deeds made of several events, steering, the log."""

import random
from pathlib import Path

import pytest

from reelwright.config import StorageConfig, ViewersConfig
from reelwright.domain import (
    Attribute,
    Event,
    EventKind,
    Impression,
    Origin,
    SemanticId,
    Viewer,
    Way,
)
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog
from reelwright.viewers.viewers import LEAST, MOST, Viewers, state_of

SIDS = {
    "a": SemanticId((3, 17), (5, 2)),
    "b": SemanticId((3, 4), (6, 2)),
    "c": SemanticId((1, 1), (5, 5)),
}
CONFIG = ViewersConfig()


def event(video: str, kind: EventKind, at_s: float, value: float = 0.0) -> Event:
    return Event(
        id=f"{video}-{kind}-{at_s}", viewer="u", video=video, kind=kind, at_s=at_s, value=value
    )


def state(*events: Event, history: int = 50, duration_s: float | None = 10.0) -> Viewer:
    return state_of(
        events,
        viewer="u",
        sid_of=SIDS.get,
        duration_of=lambda _: duration_s,
        config=CONFIG,
        history=history,
    )


def weight(*acts: tuple[EventKind, float], duration_s: float | None = 10.0) -> float:
    events = [event("a", kind, float(at_s), value) for at_s, (kind, value) in enumerate(acts)]
    (deed,) = state(*events, duration_s=duration_s).history
    return deed.weight


def test_the_share_watched_says_how_much_it_was_liked() -> None:
    watched = [weight((EventKind.PLAY, seconds)) for seconds in (0.0, 2.9, 5.0, 8.1, 10.0, 20.0)]
    assert watched == sorted(watched)
    assert watched[1] < 0 == watched[2] < watched[3]
    assert weight((EventKind.PLAY, 900.0)) == watched[-1], "a loop that was left on says no more"
    assert weight((EventKind.PLAY, 6.0), (EventKind.PLAY, 4.0)) == watched[4], "shares add up"
    assert weight((EventKind.PLAY, 9.0), duration_s=None) == 0.0


def test_acts_have_their_weights_and_several_add_up() -> None:
    end = (EventKind.PLAY, 10.0)
    assert weight((EventKind.SKIP, 0.0)) < 0 < weight((EventKind.CLICK, 0.0))
    assert weight((EventKind.CLICK, 0.0)) < weight((EventKind.LIKE, 0.0))
    assert weight((EventKind.LIKE, 0.0)) < weight((EventKind.SHARE, 0.0))
    assert weight(end) < weight(end, (EventKind.LIKE, 0.0))
    assert weight((EventKind.LIKE, 0.0), (EventKind.LIKE, 0.0)) == weight((EventKind.LIKE, 0.0))
    buys = [weight((EventKind.BUY, value)) for value in (0.0, 10.0, 1000.0)]
    assert buys == sorted(set(buys))
    assert weight((EventKind.BUY, 1e300), end) == MOST
    assert weight((EventKind.SKIP, 0.0), (EventKind.PLAY, 0.0)) == LEAST


def test_events_on_one_video_in_one_go_are_one_deed() -> None:
    viewer = state(
        event("a", EventKind.PLAY, 100.0, 9.0),
        event("b", EventKind.PLAY, 110.0, 1.0),
        event("a", EventKind.SHARE, 120.0),
        event("a", EventKind.PLAY, 120.0 + CONFIG.one_deed_s + 1, 10.0),
    )
    assert [(deed.video, deed.kind) for deed in viewer.history] == [
        ("b", EventKind.PLAY),
        ("a", EventKind.SHARE),
        ("a", EventKind.PLAY),
    ]
    assert viewer.history[1].at_s == 120.0
    assert viewer.history[1].sid == SIDS["a"]


def test_the_last_deeds_are_kept_and_unknown_videos_are_passed_over() -> None:
    events = [event(video, EventKind.LIKE, at_s) for at_s, video in enumerate(["a", "b", "?", "c"])]
    assert [deed.video for deed in state(*events, history=2).history] == ["b", "c"]
    assert state(event("?", EventKind.MORE_CONTENT, 0.0)) == Viewer(id="u")


def test_the_last_deeds_are_the_end_of_all_deeds() -> None:
    rng = random.Random(1)
    kinds = [EventKind.PLAY, EventKind.LIKE, EventKind.SKIP, EventKind.IMPRESSION]
    moments = sorted(60.0 * rng.randrange(9_000) for _ in range(200))
    events = [
        event(rng.choice("abcx"), rng.choice(kinds), at_s, rng.random() * 10) for at_s in moments
    ]
    everything = state(*events, history=1_000).history
    assert len(everything) > 20
    for last in (1, 5, 20):
        assert state(*events, history=last).history == everything[-last:]


def test_an_impression_alone_is_no_deed() -> None:
    shown = event("a", EventKind.IMPRESSION, 0.0)
    assert state(shown).seen == frozenset()
    assert state(shown, event("a", EventKind.PLAY, 1.0, 10.0)).seen == {"a"}


def test_a_tap_steers_by_the_first_code_and_is_no_deed() -> None:
    more = event("a", EventKind.MORE_CONTENT, 0.0)
    less = event("a", EventKind.LESS_CREATIVE, 1.0)
    viewer = state(more, less)
    assert viewer.history == ()
    assert viewer.more_content == {(3,): CONFIG.steer_step}
    assert viewer.more_creative == {(5,): -CONFIG.steer_step}


def test_taps_add_up_to_a_limit_and_cancel() -> None:
    more = [event("a", EventKind.MORE_CONTENT, float(at_s)) for at_s in range(9)]
    assert state(*more).more_content == {(3,): CONFIG.steer_limit}
    back = event("b", EventKind.LESS_CONTENT, 9.0)
    assert state(*more, back).more_content == {(3,): CONFIG.steer_limit - CONFIG.steer_step}
    assert state(more[0], back).more_content == {}, "a and b are of one topic"


@pytest.fixture
def log(tmp_path: Path):  # type: ignore[no-untyped-def]
    database = Database.open(tmp_path, config=StorageConfig())
    events = EventLog(database, StorageConfig())
    yield events
    events.close()
    database.close()


def test_what_was_logged_a_moment_ago_is_in_the_next_state(log: EventLog) -> None:
    attribute = Attribute("interests", "trains", Origin.DECLARED)
    viewers = Viewers(
        log=log,
        attributes=lambda some: [(attribute,) if viewer == "u" else () for viewer in some],
        sid_of=SIDS.get,
        duration_of=lambda _: 10.0,
        config=CONFIG,
        history=2,
    )
    assert viewers.state("u") == Viewer(id="u", attributes=(attribute,))
    for at_s, video in enumerate("abc"):
        log.append([event(video, EventKind.PLAY, float(at_s), 10.0)]).result()
    log.append([event("c", EventKind.MORE_CREATIVE, 4.0)]).result()
    impression = Impression(
        id="i", viewer="u", video="a", wish="w", way=Way.EXACT, probability=1.0, position=0, at_s=5
    )
    log.impress([impression]).result()
    now = viewers.state("u")
    assert [deed.video for deed in now.history] == ["b", "c"]
    assert now.more_creative == {(5,): CONFIG.steer_step}
    assert viewers.state("somebody else") == Viewer(id="somebody else")
