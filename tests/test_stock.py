"""What was made and is kept: the least watched makes room, and what must go is never made again."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stores import Store
from wishes import made, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Job, Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import MB, Stock
from reelwright.cache.tally import Tally
from reelwright.config import CacheConfig
from reelwright.domain import Answer, Made, Way, Wish
from reelwright.errors import ReelwrightError
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos

CONFIG = CacheConfig(capacity_mb=10, half_life_s=100.0, linger_s=50.0, ask_every_s=0.0)


@pytest.fixture
def db(store: Store) -> Iterator[Database]:
    with store.open() as database:
        yield database


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def stock(db: Database, blobs: Blobs) -> Stock:
    return Stock(db, blobs, CONFIG)


def clip(blobs: Blobs, one: Wish, *, mb: int = 4) -> Made:
    plain = made(one)
    film = blobs.put(f"film {one.key}".encode(), ".mp4")
    return replace(plain, video=replace(plain.video, film=film, poster=""), bytes=mb * MB)


def ask(db: Database, one: Wish, *, now_s: float = 0.0, priority: float = 1.0) -> None:
    Asks(db, CONFIG).ask(one, one.key, viewer="ann", priority=priority, now_s=now_s)


def make(
    db: Database, blobs: Blobs, one: Wish, *, mb: int = 4, now_s: float = 0.0, priority: float = 1.0
) -> None:
    ask(db, one, now_s=now_s, priority=priority)
    job = claim(db, now_s)
    assert job.wish == one
    assert Renders(db, CONFIG).finish(job, clip(blobs, one, mb=mb), one.sid, now_s)


def claim(db: Database, now_s: float) -> Job:
    job = Renders(db, CONFIG).claim("w", now_s)
    assert job is not None
    return job


def watch(db: Database, one: Wish, *, times: int, now_s: float) -> None:
    video = made(one).video
    Tally(db, CONFIG).count([Answer(video, one.sid, Way.EXACT)] * times, now_s)


def state(db: Database, one: Wish) -> RenderState:
    row = Renders(db, CONFIG).get(one.key)
    assert row is not None
    return row.state


def test_nothing_goes_while_there_is_room(db: Database, blobs: Blobs, stock: Stock) -> None:
    for num in range(2):
        make(db, blobs, wish(num))
    assert stock.num_bytes() == 8 * MB
    assert stock.make_room(1.0) == []


def test_the_least_watched_goes_first(db: Database, blobs: Blobs, stock: Stock) -> None:
    for num in range(3):
        make(db, blobs, wish(num))
    watch(db, wish(0), times=2, now_s=1.0)
    watch(db, wish(2), times=1, now_s=1.0)
    assert stock.make_room(2.0) == [wish(1).key]
    assert state(db, wish(1)) is RenderState.EVICTED
    assert {video.id for video in Videos(db).all()} == {wish(0).key, wish(2).key}
    assert stock.num_bytes() == 8 * MB


def test_what_was_watched_long_ago_counts_less(db: Database, blobs: Blobs, stock: Stock) -> None:
    for num in range(3):
        make(db, blobs, wish(num))
    watch(db, wish(0), times=8, now_s=0.0)
    watch(db, wish(1), times=2, now_s=500.0)
    watch(db, wish(2), times=1, now_s=500.0)
    assert stock.make_room(500.0) == [wish(0).key], "eight, five half-lives ago, are a quarter"


def test_what_nobody_has_seen_yet_counts_as_it_was_wished_for(
    db: Database, blobs: Blobs, stock: Stock
) -> None:
    make(db, blobs, wish(0), priority=0.5)
    make(db, blobs, wish(1), priority=3.0)
    make(db, blobs, wish(2), priority=2.0)
    assert stock.make_room(1.0) == [wish(0).key]


def test_what_is_pinned_stays_though_nobody_watches_it(
    db: Database, blobs: Blobs, stock: Stock
) -> None:
    for num in range(3):
        make(db, blobs, wish(num))
        watch(db, wish(num), times=num, now_s=1.0)
    stock.pin(wish(0).key)
    assert stock.make_room(2.0) == [wish(1).key]
    stock.pin(wish(0).key, pinned=False)
    make(db, blobs, wish(3), now_s=3.0, priority=9.0)
    assert stock.make_room(4.0) == [wish(0).key]


@pytest.mark.parametrize("seed", range(3))
def test_what_goes_is_what_adding_up_every_view_would_say(
    db: Database, blobs: Blobs, seed: int
) -> None:
    chance, capacity = random.Random(seed), 12
    stock = Stock(db, blobs, replace(CONFIG, capacity_mb=capacity))
    sizes = {num: chance.randint(1, 5) for num in range(8)}
    views = {num: [(0.0, 1.0)] for num in sizes}  # it was wished for once, by one
    for num, mb in sizes.items():
        make(db, blobs, wish(num), mb=mb)
    for now_s in sorted(chance.uniform(0.0, 400.0) for _ in range(60)):
        num = chance.randrange(8)
        watch(db, wish(num), times=1, now_s=now_s)
        views[num].append((now_s, 1.0))
    lately = {
        num: sum(weight * 0.5 ** ((400.0 - at_s) / 100.0) for at_s, weight in seen)
        for num, seen in views.items()
    }
    expected, left = [], sum(sizes.values())
    for num in sorted(sizes, key=lately.__getitem__):
        if left > capacity:
            expected.append(wish(num).key)
            left -= sizes[num]
    assert stock.make_room(400.0) == expected
    kept = stock.kept(400.0)
    for one in kept:
        num = next(num for num in sizes if wish(num).key == one.wish)
        assert one.lately == pytest.approx(lately[num])
        assert (one.views, one.bytes) == (len(views[num]) - 1, sizes[num] * MB)
    assert [one.lately for one in kept] == sorted(one.lately for one in kept)


def test_what_was_evicted_is_made_again_when_somebody_asks(
    db: Database, blobs: Blobs, stock: Stock
) -> None:
    for num in range(3):
        make(db, blobs, wish(num), priority=1.0 + num)
    assert stock.make_room(1.0) == [wish(0).key]
    ask(db, wish(0), now_s=2.0)
    assert state(db, wish(0)) is RenderState.PENDING
    job = claim(db, 3.0)
    assert (job.wish, job.fence, job.attempts) == (wish(0), 2, 1), "older claims stay void"
    assert Renders(db, CONFIG).finish(job, clip(blobs, wish(0)), wish(0).sid, 4.0)
    assert wish(0).key in {video.id for video in Videos(db).all()}
    assert Videos(db).named_after("a", 0)[-1][1].id == wish(0).key, "it is the newest name"


def test_what_is_buried_is_never_made_again(db: Database, blobs: Blobs, stock: Stock) -> None:
    make(db, blobs, wish())
    stock.bury(wish().key, "Somebody's face.", 1.0)
    ask(db, wish(), now_s=2.0)
    assert Renders(db, CONFIG).claim("w", 3.0) is None
    row = Renders(db, CONFIG).get(wish().key)
    assert row is not None
    assert (row.state, row.reason, row.video) == (RenderState.BURIED, "Somebody's face.", None)
    assert Videos(db).all() == []
    stock.unbury(wish().key)
    ask(db, wish(), now_s=4.0)
    assert claim(db, 5.0).wish == wish()


def test_what_is_buried_while_it_is_made_is_dropped(
    db: Database, blobs: Blobs, stock: Stock
) -> None:
    ask(db, wish())
    job = claim(db, 1.0)
    stock.bury(wish().key, "No.", 2.0)
    assert not Renders(db, CONFIG).finish(job, clip(blobs, wish()), wish().sid, 3.0)
    assert Videos(db).all() == []


def test_files_follow_once_no_page_can_show_them(
    db: Database, blobs: Blobs, stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(db, blobs, wish())
    film = clip(blobs, wish()).video.film
    now_s = blobs.path(film).stat().st_mtime
    stock.bury(wish().key, "No.", now_s)
    assert stock.sweep(now_s + 49.0) == 0
    assert blobs.has(film)
    size = blobs.size(film)
    assert stock.sweep(now_s + 51.0) == size
    assert not blobs.has(film)
    assert stock.sweep(now_s + 52.0) == 0


def test_a_file_that_another_video_shows_or_that_came_again_stays(
    db: Database, blobs: Blobs, stock: Stock
) -> None:
    make(db, blobs, wish())
    film = clip(blobs, wish()).video.film
    Videos(db).add(replace(made(wish(2)).video, film=film), added_s=0.0)
    now_s = blobs.path(film).stat().st_mtime
    stock.bury(wish().key, "No.", now_s)
    assert stock.sweep(now_s + 51.0) == 0
    assert blobs.has(film)


def test_the_history_of_a_viewer_keeps_what_was_withdrawn(
    db: Database, blobs: Blobs, stock: Stock
) -> None:
    make(db, blobs, wish())
    stock.bury(wish().key, "No.", 1.0)
    assert Videos(db).named_after("a", 0) == []
    [(_, video, sid)] = Videos(db).named_after("a", 0, gone_too=True)
    assert (video.id, sid) == (wish().key, wish().sid)


@pytest.mark.parametrize("act", ["pin", "bury", "unbury"])
def test_a_wish_that_nobody_had_is_told(stock: Stock, act: str) -> None:
    acts = {
        "pin": lambda: stock.pin("none"),
        "bury": lambda: stock.bury("none", "No.", 1.0),
        "unbury": lambda: stock.unbury("none"),
    }
    with pytest.raises(ReelwrightError, match="Nobody wished for 'none'"):
        acts[act]()


def test_what_is_not_buried_cannot_be_dug_up(db: Database, blobs: Blobs, stock: Stock) -> None:
    make(db, blobs, wish())
    with pytest.raises(ReelwrightError, match="is not buried"):
        stock.unbury(wish().key)
