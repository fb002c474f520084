"""The reconciler: what rows promise and is not there is put right, and the dead leave nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import wait_until
from wishes import made, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Job, Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import Stock
from reelwright.config import CacheConfig, WorkshopConfig
from reelwright.domain import Made, Wish
from reelwright.engine.reconciler import EVERY_S, Reconciler, Report, Watch
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy, Database
from reelwright.storage.milestones import Milestones
from reelwright.storage.videos import Videos

CONFIG = CacheConfig(lease_s=20.0, attempts=2, ask_every_s=0.0, linger_s=50.0)
FILM, POSTER = b"film" * 100, b"poster"


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def reconciler(db: Database, blobs: Blobs, tmp_path: Path) -> Reconciler:
    return Reconciler(
        renders=Renders(db, CONFIG),
        stock=Stock(db, blobs, CONFIG),
        blobs=blobs,
        milestones=Milestones(tmp_path / "stages"),
        desks=tmp_path / "desk",
        config=WorkshopConfig(keep_s=3600.0, make_s=600.0),
    )


def clip(blobs: Blobs, one: Wish) -> Made:
    film, poster = blobs.put(FILM + one.key.encode(), ".mp4"), blobs.put(POSTER, ".jpg")
    plain = made(one)
    size = blobs.size(film) + blobs.size(poster)
    return replace(plain, video=replace(plain.video, film=film, poster=poster), bytes=size)


def claim(db: Database, *wishes: Wish, now_s: float = 0.0) -> Job:
    for one in wishes:
        Asks(db, CONFIG).ask(one, one.key, viewer="ann", priority=1.0, now_s=now_s)
    job = Renders(db, CONFIG).claim("ann", now_s)
    assert job is not None
    return job


def make(db: Database, blobs: Blobs, one: Wish, now_s: float = 0.0) -> Made:
    job = claim(db, one, now_s=now_s)
    assert job.wish == one
    clipped = clip(blobs, one)
    assert Renders(db, CONFIG).finish(job, clipped, one.sid, now_s)
    return clipped


def state(db: Database, one: Wish) -> RenderState:
    row = Renders(db, CONFIG).get(one.key)
    assert row is not None
    return row.state


def gone(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def test_where_all_is_well_nothing_is_done(
    db: Database, blobs: Blobs, reconciler: Reconciler
) -> None:
    kept = make(db, blobs, wish(1))
    claim(db, wish(2))
    assert reconciler.run(1.0) == Report()
    assert str(Report()) == "nothing"
    assert (state(db, wish(1)), state(db, wish(2))) == (RenderState.DONE, RenderState.MAKING)
    assert blobs.get(kept.video.film) == FILM + wish(1).key.encode()


@pytest.mark.parametrize("harm", [gone, cut, emptied])
def test_a_clip_whose_film_is_broken_is_made_again(
    harm: Callable[[Path], None], db: Database, blobs: Blobs, reconciler: Reconciler
) -> None:
    kept, other = make(db, blobs, wish(1)), make(db, blobs, wish(2))
    harm(blobs.path(kept.video.film))
    report = reconciler.run(5.0)
    assert (report.made_again, str(report)) == (1, "made again: 1")
    assert (state(db, wish(1)), state(db, wish(2))) == (RenderState.PENDING, RenderState.DONE)
    assert [video.id for video in Videos(db).all()] == [other.video.id], "it is no answer now"
    assert reconciler.run(6.0) == Report(), "once is enough"
    again = Renders(db, CONFIG).claim("bob", 7.0)
    assert again is not None
    assert again.attempts == 1, "the earlier ones do not count"
    assert Renders(db, CONFIG).finish(again, clip(blobs, wish(1)), wish(1).sid, 8.0)
    assert blobs.get(kept.video.film) == FILM + wish(1).key.encode()
    later_s = time.time() + 100.0
    assert reconciler.run(later_s) == Report(), "the withdrawn clip had the same files"
    assert len(Videos(db).all()) == 2


def test_two_that_look_at_once_make_it_again_once(
    db: Database, blobs: Blobs, reconciler: Reconciler
) -> None:
    kept = make(db, blobs, wish())
    gone(blobs.path(kept.video.film))
    [seen] = reconciler.stock.promises()
    assert reconciler.stock.make_again(seen, "gone", 1.0)
    assert not reconciler.stock.make_again(seen, "gone", 1.0)
    again = Renders(db, CONFIG).claim("bob", 2.0)
    assert again is not None
    assert Renders(db, CONFIG).finish(again, clip(blobs, wish()), wish().sid, 3.0)
    assert not reconciler.stock.make_again(seen, "gone", 4.0), "that was an older clip"
    assert state(db, wish()) == RenderState.DONE


def test_what_was_buried_meanwhile_stays_buried(
    db: Database, blobs: Blobs, reconciler: Reconciler
) -> None:
    make(db, blobs, wish())
    [seen] = reconciler.stock.promises()
    reconciler.stock.bury(wish().key, "unkind", 1.0)
    assert not reconciler.stock.make_again(seen, "gone", 2.0)
    assert state(db, wish()) == RenderState.BURIED


def test_a_making_whose_worker_is_lost_is_taken_back_and_at_last_given_up(
    db: Database, reconciler: Reconciler
) -> None:
    claim(db, wish())
    assert reconciler.run(19.0).taken_back == 0
    assert reconciler.run(21.0).taken_back == 1
    assert state(db, wish()) == RenderState.PENDING
    job = claim(db, now_s=30.0)
    assert job.attempts == 2
    reconciler.run(60.0)
    assert state(db, wish()) == RenderState.FAILED
    row = Renders(db, CONFIG).get(wish().key)
    assert row is not None
    assert "was lost" in row.reason


def test_what_the_dead_left_is_cleared_and_what_the_living_use_stays(
    reconciler: Reconciler, blobs: Blobs
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    for pid in (dead.pid, os.getpid()):
        (reconciler.desks / str(pid) / "film").mkdir(parents=True)
    half, fresh = blobs.folder / "incoming" / "half", blobs.folder / "incoming" / "fresh"
    stage = reconciler.milestones.reached("plan", {"wish": "a"}, lambda folder: None)
    now_s = time.time()
    for path in (half, fresh):
        path.write_bytes(b"half a fi")
    for path in (half, stage):
        os.utime(path, (now_s - 4000.0, now_s - 4000.0))
    reconciler.milestones.reached("plan", {"wish": "b"}, lambda folder: None)
    report = reconciler.run(now_s)
    assert report == Report(desks=1, half_written=1, stages=1)
    assert str(report) == "desks: 1, half written: 1, stages: 1"
    assert [desk.name for desk in reconciler.desks.iterdir()] == [str(os.getpid())]
    assert fresh.exists()
    assert len(list(reconciler.milestones.folder.iterdir())) == 1


def test_the_files_of_what_was_withdrawn_follow_in_time(
    db: Database, blobs: Blobs, reconciler: Reconciler
) -> None:
    now_s = time.time()
    kept = make(db, blobs, wish(), now_s=now_s)
    reconciler.stock.bury(wish().key, "unkind", now_s)
    assert reconciler.run(now_s + 40.0).bytes_freed == 0
    assert reconciler.run(now_s + 60.0).bytes_freed == kept.bytes
    assert not blobs.has(kept.video.film)


def test_it_looks_now_and_then_and_waits_for_a_store_that_is_busy(
    db: Database, blobs: Blobs, reconciler: Reconciler, caplog: pytest.LogCaptureFixture
) -> None:
    kept = make(db, blobs, wish())
    reconciler.now_and_then(100.0)
    gone(blobs.path(kept.video.film))
    reconciler.now_and_then(100.0 + EVERY_S - 1.0)
    assert state(db, wish()) == RenderState.DONE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reconciler.stock, "promises", busy)
        reconciler.now_and_then(100.0 + EVERY_S)
    assert "locked" in caplog.text
    reconciler.now_and_then(100.0 + 2 * EVERY_S)
    assert state(db, wish()) == RenderState.PENDING
    assert "put right: made again: 1" in caplog.text


def busy() -> None:
    raise Busy("locked")


def test_a_watch_looks_until_it_is_stopped() -> None:
    looks: list[float] = []
    watch = Watch(looks.append, lambda: 12.0, every_s=0.01)
    watch.start()
    wait_until(lambda: len(looks) > 2)
    watch.stop()
    num = len(looks)
    time.sleep(0.05)
    assert len(looks) == num
    assert set(looks) == {12.0}
