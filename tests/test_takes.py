"""Takes and the work on them: one claim at a time, nothing lost with a killed process."""

from dataclasses import replace

import pytest

from reelwright.storage.database import Database
from reelwright.storage.takes import (
    DONE,
    FAILED,
    MAKING,
    MEASURE,
    PENDING,
    REVOKED,
    UNMEASURED,
    Rework,
    Take,
    Takes,
)

FILM = "a" * 64
TAKE = Take(id="t1", footage=FILM, name="me.mp4", film="k.mp4", facts={"fps": 25.0}, made_s=1.0)
WORLD = Rework(id="video_1", take="t1", world="forest", strength="flex_1", made_s=2.0)


@pytest.fixture
def takes(db: Database) -> Takes:
    return Takes(db)


def claim(takes: Takes, now_s: float) -> Rework | None:
    return takes.claim(now_s, lease_s=10.0, attempts=2)


def measure(takes: Takes, now_s: float = 3.0) -> None:
    work = claim(takes, now_s)
    assert work is not None
    assert work.kind == MEASURE
    assert takes.measured(
        work, shown="s.mp4", performance="p", strip="j.jpg", facts={"fps": 25.0}, now_s=now_s
    )


def test_a_take_reads_back_as_it_was_and_is_to_be_measured(takes: Takes) -> None:
    assert takes.add(TAKE) == TAKE
    assert takes.all(9) == [TAKE]
    assert takes.get("t1") == TAKE
    assert takes.get("other") is None
    (work,) = takes.works("t1")
    assert (work.id, work.kind, work.state) == ("t1", MEASURE, PENDING)


def test_the_same_film_again_is_the_same_take(takes: Takes) -> None:
    takes.add(TAKE)
    assert takes.add(replace(TAKE, id="t2", name="again.mp4", made_s=5.0)) == TAKE
    assert len(takes.all(9)) == 1


def test_no_world_is_made_before_the_take_is_measured(takes: Takes) -> None:
    takes.add(TAKE)
    takes.ask(WORLD)
    first = claim(takes, 3.0)
    assert first is not None
    assert first.kind == MEASURE
    assert claim(takes, 3.0) is None
    kept = {"shown": "s.mp4", "performance": "p.performance", "strip": "j.jpg"}
    assert takes.measured(first, **kept, facts={"people": 1}, now_s=4.0)
    found = takes.get("t1")
    assert found is not None
    assert (found.performance, found.facts) == ("p.performance", {"people": 1})
    second = claim(takes, 5.0)
    assert second is not None
    assert (second.id, second.state, second.attempts) == ("video_1", MAKING, 1)


def test_a_film_that_is_made_stands_in_its_row(takes: Takes) -> None:
    takes.add(TAKE)
    takes.ask(WORLD)
    measure(takes)
    work = claim(takes, 5.0)
    assert work is not None
    assert takes.beat(work, "changing frames", 0.5, until_s=20.0)
    (_, seen) = takes.works("t1")
    assert (seen.step, seen.share, seen.lease_until_s) == ("changing frames", 0.5, 20.0)
    assert takes.finish(work, film="f.mp4", poster="p.jpg", card={"a": 1}, now_s=9.0)
    done = takes.work("video_1")
    assert done is not None
    assert (done.state, done.film, done.card, done.ended_s) == (DONE, "f.mp4", {"a": 1}, 9.0)
    assert takes.waiting() == 0


def test_who_was_killed_is_followed_by_another_and_comes_back_to_nothing(takes: Takes) -> None:
    takes.add(TAKE)
    lost = claim(takes, 3.0)
    assert lost is not None
    assert claim(takes, 12.0) is None, "the lease still runs"
    again = claim(takes, 14.0)
    assert again is not None
    assert again.attempts == 2
    assert not takes.beat(lost, "late", 0.9, until_s=99.0)
    assert not takes.fail(lost, "late", 15.0)
    assert takes.beat(again, "measuring", 0.1, until_s=30.0)


def test_what_ends_the_program_every_time_is_given_up(takes: Takes) -> None:
    takes.add(TAKE)
    takes.ask(WORLD)
    for now_s in (3.0, 20.0, 40.0):
        claim(takes, now_s)
    first, world = takes.works("t1")
    assert first.state == FAILED
    assert "2 times" in first.reason
    assert (world.state, world.reason) == (FAILED, UNMEASURED)


def test_a_revoked_take_is_empty_until_somebody_agrees_anew(takes: Takes) -> None:
    takes.add(TAKE)
    takes.ask(WORLD)
    measure(takes)
    work = claim(takes, 5.0)
    assert work is not None
    takes.empty("t1", "Consent was revoked.", 6.0)
    assert not takes.finish(work, film="f.mp4", poster="", card={}, now_s=7.0)
    gone = takes.get("t1")
    assert gone is not None
    assert (gone.film, gone.performance, gone.strip, gone.shown) == ("", "", "", "")
    assert {one.state for one in takes.works("t1")} == {REVOKED}
    again = takes.add(replace(TAKE, id="t2", made_s=8.0))
    assert (again.id, again.film) == ("t1", "k.mp4")
    assert [one.state for one in takes.works("t1")] == [REVOKED, PENDING]


def test_what_is_forgotten_is_gone(takes: Takes) -> None:
    takes.add(TAKE)
    takes.ask(WORLD)
    takes.remove("video_1")
    assert takes.work("video_1") is None
    takes.forget("t1")
    assert takes.get("t1") is None
    assert takes.works("t1") == []
