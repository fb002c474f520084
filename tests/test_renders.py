"""Render rows: whatever becomes of its workers, a wish is made once, or given up with a reason."""

import json
import random
from dataclasses import asdict, replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from wishes import made, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Job, Renders
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig
from reelwright.domain import (
    Asset,
    AssetKind,
    Blueprint,
    Display,
    Fill,
    Insert,
    Product,
    Wish,
    digest,
)
from reelwright.plain import from_plain
from reelwright.storage.database import Database
from reelwright.storage.schema import renders as table
from reelwright.storage.videos import Videos
from reelwright.studio.saying import said

CONFIG = CacheConfig(lease_s=10.0, attempts=3, ask_every_s=0.0)


@pytest.fixture
def renders(db: Database) -> Renders:
    return Renders(db, CONFIG)


def ask(db: Database, *wishes: Wish, priority: float = 0.5, now_s: float = 0.0) -> None:
    asks = Asks(db, CONFIG)
    for one in wishes:
        asks.ask(one, one.key, viewer="viewer", priority=priority, now_s=now_s)


def claimed(renders: Renders, now_s: float, worker: str = "w") -> Job:
    job = renders.claim(worker, now_s)
    assert job is not None
    return job


def state(renders: Renders, one: Wish) -> RenderState:
    row = renders.get(one.key)
    assert row is not None
    return row.state


def test_a_wish_comes_back_from_its_row_unchanged(db: Database, renders: Renders) -> None:
    ask(db, wish())
    job = claimed(renders, 1.0)
    assert job == Job(wish(), fence=1, attempts=1)
    assert job.wish.key == wish().key
    assert renders.claim("another", 1.0) is None, "it is taken"


def test_the_highest_priority_is_made_first_then_the_oldest(db: Database, renders: Renders) -> None:
    ask(db, wish(1), priority=0.1, now_s=1.0)
    ask(db, wish(2), priority=0.9, now_s=3.0)
    ask(db, wish(3), priority=0.9, now_s=3.0)
    ask(db, wish(4), priority=0.8, now_s=3.0)
    order = [claimed(renders, 4.0).wish for _ in range(4)]
    alike = sorted([wish(2), wish(3)], key=lambda one: one.key)
    assert order == [*alike, wish(4), wish(1)]


def test_what_is_wanted_now_goes_before_what_was_wanted_more_long_ago(db: Database) -> None:
    renders = Renders(db, replace(CONFIG, half_life_s=100.0))
    ask(db, wish(1), priority=1.0, now_s=0.0)
    ask(db, wish(2), priority=0.5, now_s=90.0)
    ask(db, wish(3), priority=0.5, now_s=110.0)
    order = [claimed(renders, 120.0).wish for _ in range(3)]
    assert order == [wish(3), wish(1), wish(2)], "a half-life halves: 1 at 0 s is .5 at 100 s"


def test_so_many_makings_an_hour_and_no_more(db: Database) -> None:
    renders = Renders(db, replace(CONFIG, per_hour=2))
    ask(db, *map(wish, range(4)))
    claimed(renders, 0.0)
    assert renders.fail(claimed(renders, 10.0), "no light", 15.0), "what came to nothing counts too"
    assert renders.claim("w", 3599.0) is None
    assert renders.claim("w", 3601.0) is not None
    assert renders.claim("w", 3602.0) is None, "the second is still of this hour"
    assert renders.claim("w", 3611.0) is not None


def test_what_many_want_overtakes_what_one_wants_badly(db: Database, renders: Renders) -> None:
    ask(db, wish(1), priority=0.9)
    ask(db, *[wish(2)] * 10, priority=0.1)
    assert claimed(renders, 1.0).wish == wish(2)


def test_a_finished_wish_is_a_video_with_its_codes_and_papers(
    db: Database, renders: Renders
) -> None:
    ask(db, wish())
    job = claimed(renders, 1.0)
    assert renders.finish(job, made(wish()), wish().sid, 2.0)
    videos = Videos(db)
    assert videos.all() == [made(wish()).video]
    assert videos.sids("a") == {wish().key: wish().sid}
    row = renders.get(wish().key)
    assert row is not None
    assert (row.state, row.video, row.ended_s) == (RenderState.DONE, wish().key, 2.0)
    assert row.manifest == made(wish()).manifest
    with db.read() as connection:
        blueprint = connection.execute(select(table.c.blueprint).where(db.own(table))).scalar_one()
    assert blueprint["shots"][0]["scene"] == "harbour"
    assert renders.claim("w", 99.0) is None, "done is done"


def test_the_plan_of_a_clip_comes_back_from_its_row(db: Database, renders: Renders) -> None:
    ask(db, wish())
    assert renders.blueprint(wish().key) is None
    job = claimed(renders, 1.0)
    done = made(wish())
    renders.finish(job, done, wish().sid, 2.0)
    assert renders.blueprint(wish().key) == done.blueprint
    assert renders.blueprint("no such wish") is None


def test_the_steps_of_a_plan_come_back_from_its_row(db: Database, renders: Renders) -> None:
    ask(db, wish())
    assert renders.steps(wish().key) == ()
    steps = ({"kind": "Chosen", "round": 0}, {"kind": "Looked", "complaints": [], "seconds": 0.5})
    job = claimed(renders, 1.0)
    assert renders.finish(job, replace(made(wish()), steps=steps), wish().sid, 2.0)
    assert renders.steps(wish().key) == steps
    assert renders.steps("no such wish") == ()


def test_a_plan_with_files_of_its_own_is_read_back_as_it_was() -> None:
    photo = Asset(digest="ab", kind=AssetKind.PHOTO, width=40, height=30, focus=(0.2, 0.7))
    product = Product(name="Mug", claims=("Blue",), colour=(1, 2, 3), picture="ab", rating=4.5)
    insert = Insert(asset="ab", fill=Fill.TORN, focus=(0.1, 0.9), parallax=True, loops=False)
    plan = made(wish()).blueprint
    shots = (replace(plan.shots[0], insert=insert, display=Display.CARD), *plan.shots[1:])
    for product_or_none in (product, replace(product, colour=None, claims=()), None):
        shown = shots if product_or_none else plan.shots
        whole = replace(plan, shots=shown, assets=(photo,), product=product_or_none)
        whole = said(whole, "en") if product_or_none else whole
        again = from_plain(Blueprint, json.loads(json.dumps(asdict(whole))))
        assert again == whole
        assert digest(again) == digest(whole)


def test_a_plan_that_was_kept_before_there_were_narrators_is_read_back() -> None:
    plan = made(wish()).blueprint
    cells = json.loads(json.dumps(asdict(plan)))
    del cells["tongue"]
    for shot in cells["shots"]:
        del shot["spoken"]
    assert from_plain(Blueprint, cells) == plan


def test_finishing_is_all_or_nothing(db: Database, renders: Renders) -> None:
    """The video goes in before its codes do; where these are refused, it goes out again."""
    ask(db, wish())
    job = claimed(renders, 1.0)
    with db.write() as connection:
        connection.exec_driver_sql("ALTER TABLE sids RENAME COLUMN sid TO oops")
    with pytest.raises(DBAPIError, match="sid"):
        renders.finish(job, made(wish()), wish().sid, 2.0)
    assert Videos(db).all() == []
    assert state(renders, wish()) == RenderState.MAKING


def test_a_lease_that_is_renewed_is_kept(db: Database, renders: Renders) -> None:
    ask(db, wish())
    job = claimed(renders, 0.0)
    for now_s in (5.0, 14.0, 23.0):
        assert renders.beat(job, now_s)
        assert renders.claim("thief", now_s + 9.0) is None
    assert renders.finish(job, made(wish()), wish().sid, 32.0)


def test_a_worker_whose_lease_ran_out_can_do_nothing_more(db: Database, renders: Renders) -> None:
    ask(db, wish())
    slow = claimed(renders, 0.0, "slow")
    assert not renders.beat(slow, 10.0), "even though nobody has claimed it yet"
    assert not renders.finish(slow, made(wish(), title="slow"), wish().sid, 10.0)
    quick = claimed(renders, 10.0, "quick")
    assert (quick.fence, quick.attempts) == (2, 2)
    for now_s in (11.0, 25.0):
        assert not renders.beat(slow, now_s)
        assert not renders.finish(slow, made(wish(), title="slow"), wish().sid, now_s)
        assert not renders.fail(slow, "slow", now_s)
    assert renders.beat(quick, 19.0)
    assert renders.finish(quick, made(wish(), title="quick"), wish().sid, 20.0)
    assert not renders.finish(quick, made(wish(), title="twice"), wish().sid, 20.0)
    assert [video.title for video in Videos(db).all()] == ["quick"]


def test_a_failure_is_tried_again_and_then_given_up_with_its_reason(
    db: Database, renders: Renders
) -> None:
    ask(db, wish())
    for attempt in range(1, CONFIG.attempts + 1):
        job = claimed(renders, float(attempt))
        assert job.attempts == attempt
        assert renders.fail(job, f"no ink ({attempt})", float(attempt))
    assert renders.claim("w", 99.0) is None
    row = renders.get(wish().key)
    assert row is not None
    assert (row.state, row.reason) == (RenderState.FAILED, "no ink (3)")
    assert Videos(db).all() == []


def test_a_wish_that_kills_its_workers_is_given_up(db: Database, renders: Renders) -> None:
    ask(db, wish(1), wish(2))
    for attempt in range(CONFIG.attempts):
        claimed(renders, attempt * 100.0)
        claimed(renders, attempt * 100.0)
    ask(db, wish(3))
    assert claimed(renders, 900.0).wish == wish(3), "the poison does not hold up the others"
    for num in (1, 2):
        row = renders.get(wish(num).key)
        assert row is not None
        assert row.state == RenderState.FAILED
        assert row.reason == "Its worker was lost in the last of 3 attempts."
        assert row.ended_s == 900.0


def test_a_reason_that_was_given_is_kept_when_the_last_worker_is_lost(
    db: Database, renders: Renders
) -> None:
    ask(db, wish())
    for now_s in (0.0, 1.0):
        renders.fail(claimed(renders, now_s), "no ink", now_s)
    claimed(renders, 2.0)
    assert renders.claim("w", 50.0) is None
    row = renders.get(wish().key)
    assert row is not None
    assert (row.state, row.reason) == (RenderState.FAILED, "no ink")


def test_pages_can_tell_what_goes_on(db: Database, renders: Renders) -> None:
    assert renders.recent(5) == []
    assert set(renders.counts().values()) == {0}
    for num in range(4):
        ask(db, wish(num), priority=1.0 - num / 10, now_s=float(num))
    renders.finish(claimed(renders, 5.0), made(wish(0)), wish(0).sid, 6.0)
    claimed(renders, 7.0, "ann")
    assert renders.counts() == {
        **dict.fromkeys(RenderState, 0),
        RenderState.PENDING: 2,
        RenderState.MAKING: 1,
        RenderState.DONE: 1,
    }
    assert [row.wish for row in renders.recent(3)] == [wish(0), wish(3), wish(2)]
    making = renders.recent(4)[3]
    assert (making.wish, making.worker, making.attempts) == (wish(1), "ann", 1)
    assert renders.get("none") is None


@pytest.mark.parametrize("seed", range(5))
def test_under_any_run_of_luck_a_wish_is_made_once(db: Database, seed: int) -> None:
    """Workers claim, dawdle, die, fail and finish at random; a clock that only we move."""
    chance, now_s = random.Random(seed), 0.0
    renders = Renders(db, replace(CONFIG, attempts=1000))
    wishes = [wish(num) for num in range(4)]
    ask(db, *wishes)
    jobs: list[Job] = []
    finished: list[str] = []
    for _ in range(150):
        now_s += chance.choice([0.0, 1.0, 5.0, 12.0])
        job = chance.choice(jobs) if jobs else None
        match chance.choice(["claim", "beat", "fail", "finish"]):
            case "claim":
                jobs += [job] if (job := renders.claim(chance.choice("abc"), now_s)) else []
            case "beat" if job:
                renders.beat(job, now_s)
            case "fail" if job:
                renders.fail(job, "bad luck", now_s)
            case "finish" if job and renders.finish(job, made(job.wish), job.wish.sid, now_s):
                finished.append(job.wish.key)
    while job := renders.claim("last", now_s := now_s + 20.0):
        assert renders.finish(job, made(job.wish), job.wish.sid, now_s)
        finished.append(job.wish.key)
    assert sorted(finished) == sorted(one.key for one in wishes)
    assert len(Videos(db).all()) == 4
    with db.read() as connection:
        num_done = connection.execute(
            select(func.count()).where(db.own(table), table.c.state == RenderState.DONE.value)
        ).scalar_one()
    assert num_done == 4
