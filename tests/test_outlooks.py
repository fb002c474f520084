"""Outlooks: kept until somebody does something, read together, never of the past."""

import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest

from reelwright.config import FeedConfig, StorageConfig, ViewersConfig
from reelwright.domain import (
    Event,
    EventKind,
    Impression,
    RankedWish,
    SemanticId,
    Viewer,
    Way,
    Wish,
)
from reelwright.outlooks import outlooks as module
from reelwright.outlooks.outlooks import Outlooks
from reelwright.outlooks.reader import Here
from reelwright.outlooks.sight import Shown, Sight
from reelwright.privacy import Privacy
from reelwright.storage.database import Busy, Database
from reelwright.storage.events import EventLog
from reelwright.viewers.viewers import Viewers

NOW_S = 1_750_000_000.0
WITHIN_S = 10.0


class Counting:
    """Foretells one wish, and counts who was read with whom; it can be held up."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.covered: list[str] = []
        self.go = threading.Event()
        self.go.set()
        self.entered = threading.Semaphore(0)

    def wishes_of(self, viewers: Sequence[Viewer], *, count: int) -> list[list[RankedWish]]:
        self.batches.append([viewer.id for viewer in viewers])
        self.entered.release()
        assert self.go.wait(WITHIN_S)
        wish = Wish(sid=SemanticId((1,), (1,)), codebook="a")
        return [[RankedWish(wish, 1.0 / (1 + len(viewer.history)))] for viewer in viewers]

    def coverage(self, viewer: Viewer, *, without: Collection[str]) -> float:
        self.covered.append(viewer.id)
        return 1.0 / (1 + len(viewer.history))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path, config=StorageConfig()) as database:
        yield database


@pytest.fixture
def log(db: Database) -> Iterator[EventLog]:
    events = EventLog(db, StorageConfig())
    yield events
    events.close()


@pytest.fixture
def reader() -> Counting:
    return Counting()


Build = Callable[..., Outlooks]


@pytest.fixture
def build(log: EventLog, reader: Counting) -> Build:
    def built(asked: list[int] | None = None, **config: Any) -> Outlooks:
        return Outlooks(
            reader=Here(
                Viewers(
                    log,
                    lambda some: [() for _ in some],
                    lambda video: SemanticId((1,), (1,)),
                    lambda video: 5.0,
                    ViewersConfig(),
                    50,
                ),
                cast(Any, reader),
                count=24,
            ),
            log=log,
            config=FeedConfig(**config),
            asks=lambda wishes, now_s: asked.append(len(wishes)) if asked is not None else None,
        )

    return built


def like(viewer: str, number: int = 1) -> Event:
    return Event(
        id=f"{viewer}-{number}", viewer=viewer, video=f"v{number}", kind=EventKind.LIKE, at_s=NOW_S
    )


def read(outlooks: Outlooks, viewer: str) -> Sight:
    return outlooks.read(viewer, NOW_S).result(WITHIN_S)


def test_what_was_read_is_kept_until_the_viewer_does_something(
    build: Build, log: EventLog, reader: Counting
) -> None:
    outlooks = build()
    assert outlooks.kept("ann") is None
    sight = read(outlooks, "ann")
    read(outlooks, "bob")
    assert outlooks.kept("ann") is sight
    log.append([like("ann")]).result()
    outlooks.forget({"ann"})
    assert outlooks.kept("ann") is None
    assert outlooks.kept("bob") is not None
    assert len(read(outlooks, "ann").viewer.history) == 1
    assert reader.batches == [["ann"], ["bob"], ["ann"]]


def test_what_another_process_wrote_is_seen_and_what_was_read_since_is_kept(
    build: Build, db: Database, log: EventLog
) -> None:
    outlooks = build()
    read(outlooks, "ann")
    other = EventLog(db, StorageConfig())
    other.append([like("ann")]).result()
    outlooks.catch_up()
    assert outlooks.kept("ann") is None
    sight = read(outlooks, "ann")
    outlooks.catch_up()
    assert outlooks.kept("ann") is sight
    other.close()


def test_who_waits_while_others_are_read_is_read_with_all_who_wait(
    build: Build, reader: Counting
) -> None:
    asked: list[int] = []
    outlooks = build(asked)
    reader.go.clear()
    first = outlooks.read("ann", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    later = [outlooks.read(name, NOW_S) for name in ("bob", "cid", "bob", "dee")]
    reader.go.set()
    assert [one.result(WITHIN_S).viewer.id for one in later] == ["bob", "cid", "bob", "dee"]
    assert first.result(WITHIN_S).viewer.id == "ann"
    assert reader.batches == [["ann"], ["bob", "cid", "dee"]]
    outlooks.close()  # a crowd is answered before its wishes are asked for
    assert asked == [1, 3], "once for each reading of a viewer"


def test_nobody_is_read_later_because_what_others_miss_is_being_asked_for(
    build: Build, reader: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    asking, go = threading.Event(), threading.Event()
    outlooks = build()

    def ask(wishing: Sequence[Sight], now_s: float) -> None:
        if len(wishing) == 1:  # of the first, who came alone
            return
        asking.set()
        assert go.wait(WITHIN_S)
        raise Busy("The disk is full.")

    outlooks.asks = ask
    reader.go.clear()
    outlooks.read("ann", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    crowd = [outlooks.read("bob", NOW_S), outlooks.read("cid", NOW_S)]
    reader.go.set()
    assert [one.result(WITHIN_S).viewer.id for one in crowd] == ["bob", "cid"]
    assert asking.wait(WITHIN_S), "it waits for the disk"
    assert read(outlooks, "dee").viewer.id == "dee"
    go.set()
    outlooks.close()
    assert "The disk is full" in caplog.text


def test_who_does_something_while_they_are_read_is_read_again(
    build: Build, log: EventLog, reader: Counting
) -> None:
    outlooks = build()
    reader.go.clear()
    reading = outlooks.read("ann", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    log.append([like("ann")]).result()
    outlooks.forget({"ann"})
    again = outlooks.read("ann", NOW_S)
    reader.go.set()
    assert reading.result(WITHIN_S).viewer.history == ()
    assert len(again.result(WITHIN_S).viewer.history) == 1, "asked after the deed was kept"
    assert outlooks.kept("ann") is again.result()


def test_nobody_is_left_waiting_however_they_come_and_do_something(
    build: Build, reader: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    outlooks, names = build(), [f"v{number}" for number in range(8)]
    latest, counting = dict.fromkeys(names, 0), threading.Lock()

    def wishes_of(viewers: Sequence[Viewer], *, count: int) -> list[list[RankedWish]]:
        together = {viewer.id for viewer in viewers}
        assert not together & busy, "nobody is read twice at once"
        busy.update(together)
        time.sleep(0.001)
        busy.difference_update(together)
        wish = Wish(sid=SemanticId((1,), (1,)), codebook="a")
        with counting:
            return [[RankedWish(wish, 1 / (1 + latest[viewer.id]))] for viewer in viewers]

    busy = set[str]()
    monkeypatch.setattr(reader, "wishes_of", wishes_of)

    def come_and_go(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(60):
            name = rng.choice(names)
            if rng.random() < 0.4:
                with counting:
                    latest[name] += 1
                    outlooks.forget({name})
            with counting:
                least = latest[name]
            sight = outlooks.kept(name) or read(outlooks, name)
            assert sight.wishes[0].probability <= 1 / (1 + least), "of who they were then or later"

    with ThreadPoolExecutor(6) as crowd:
        for done in [crowd.submit(come_and_go, seed) for seed in range(6)]:
            done.result(6 * WITHIN_S)
    outlooks.close()
    left = outlooks._waiting, outlooks._reading, outlooks._spoilt, outlooks._void
    assert not any(left)


def test_nothing_stays_of_who_was_erased_while_they_were_read(
    build: Build, db: Database, log: EventLog, reader: Counting
) -> None:
    log.append([like("ann")]).result()
    outlooks = build()
    read(outlooks, "bob")
    reader.go.clear()
    reading = outlooks.read("ann", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    Privacy(db).erase("ann", NOW_S)
    assert outlooks.catch_up()
    reader.go.set()
    assert reading.result(WITHIN_S).viewer.id == "ann"
    for name in ("ann", "bob"):
        assert outlooks.kept(name) is None
        assert name not in outlooks._stale


def test_whoever_asks_alone_is_told_the_coverage_at_once_and_of_many_it_comes_later(
    build: Build, reader: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 0.0)
    outlooks = build()
    assert read(outlooks, "ann").coverage == 1.0
    assert reader.entered.acquire(timeout=WITHIN_S)
    reader.go.clear()
    outlooks.read("bob", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    crowd = [outlooks.read(name, NOW_S) for name in ("cid", "dee")]
    reader.go.set()
    sights = [one.result(WITHIN_S) for one in crowd]
    outlooks._coverer.submit(lambda: None).result(WITHIN_S)  # behind all that were late
    assert [sight.coverage for sight in sights] == [1.0, 1.0]
    assert sorted(reader.covered) == ["ann", "bob", "cid", "dee"], "each once"


def test_the_end_waits_for_no_coverage_and_for_one_reading_at_most(
    build: Build, reader: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Coverages of hundreds, with a rest after each, once kept a server alive for minutes."""
    monkeypatch.setattr(module, "REST", 1e9)
    outlooks = build()
    for turn in range(3):  # in crowds, for who comes alone is told at once
        reader.go.clear()
        crowd = [outlooks.read(f"{turn}-{name}", NOW_S) for name in range(9)]
        assert reader.entered.acquire(timeout=WITHIN_S)
        crowd += [outlooks.read(f"{turn}-later-{name}", NOW_S) for name in range(9)]
        reader.go.set()
        assert all(one.result(WITHIN_S) for one in crowd)
    reader.go.clear()
    while reader.entered.acquire(blocking=False):
        pass
    last = outlooks.read("last", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    waiting = outlooks.read("waiting", NOW_S)
    threading.Timer(0.1, reader.go.set).start()
    ending = threading.Thread(target=outlooks.close)
    ending.start()
    ending.join(WITHIN_S)
    assert not ending.is_alive()
    assert last.result(0)
    with pytest.raises(Busy, match="ending"):
        waiting.result(0)
    with pytest.raises(Busy, match="ending"):
        outlooks.read("late", NOW_S)
    assert len(reader.covered) <= 3, "most were not waited for"


def test_the_coverage_of_the_reading_before_is_told_until_there_is_a_new_one(
    build: Build, log: EventLog, reader: Counting
) -> None:
    outlooks = build()
    assert read(outlooks, "ann").coverage == 1.0
    log.append([like("ann")]).result()
    outlooks.forget({"ann"})
    [sight] = outlooks._read(["ann"], NOW_S)
    assert (sight.coverage, sight.is_covered) == (1.0, False)


def test_no_more_viewers_are_kept_than_allowed(build: Build) -> None:
    outlooks = build(kept_viewers=2)
    for name in ("ann", "bob"):
        read(outlooks, name)
    assert outlooks.kept("ann")  # so that it is bob who was met least lately
    read(outlooks, "cid")
    assert [bool(outlooks.kept(name)) for name in ("ann", "bob", "cid")] == [True, False, True]


def test_too_many_who_wait_are_refused(
    build: Build, reader: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    outlooks = build()
    reader.go.clear()
    outlooks.read("ann", NOW_S)
    assert reader.entered.acquire(timeout=WITHIN_S)
    waiting = outlooks.read("bob", NOW_S)
    with pytest.raises(Busy):
        outlooks.read("cid", NOW_S)
    assert outlooks.read("bob", NOW_S) is waiting
    reader.go.set()
    waiting.result(WITHIN_S)


def test_a_reading_that_fails_is_told_to_all_who_wait_and_the_next_goes_on(
    build: Build, reader: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlooks = build()
    with monkeypatch.context() as patch:
        patch.setattr(reader, "wishes_of", lambda viewers, count: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            read(outlooks, "ann")
    assert read(outlooks, "ann").viewer.id == "ann"


def test_what_was_shown_before_the_start_is_known_from_the_log(build: Build, log: EventLog) -> None:
    shown = Impression(
        id="i", viewer="ann", video="v", wish="w", way=Way.EXACT, probability=1.0, position=0,
        at_s=NOW_S - 5,
    )  # fmt: skip
    log.impress([shown]).result()
    assert set(read(build(), "ann").shown.met((), NOW_S - 100)) == {"v"}


def test_what_was_shown_is_forgotten_by_age_and_by_number() -> None:
    shown = Shown(3)
    shown.add(["a", "b"], 1.0)
    shown.add(["c", "a"], 2.0)
    assert shown.met((), 0.0) == {"a", "b", "c"}
    assert shown.met((), 1.5) == {"a", "c"}
    shown.add(["d", "e"], 3.0)
    assert shown.met((), 0.0) == {"a", "d", "e"}


def test_what_was_met_is_what_was_shown_lately_or_seen_however_it_came_to_be() -> None:
    rng, at_s = random.Random(1), dict[str, float]()
    shown, seen = Shown(6), frozenset[str]()
    for turn in range(400):
        if turn % 40 == 0:  # they did something
            seen = frozenset(f"v{rng.randrange(20)}" for _ in range(4))
        videos = [f"v{rng.randrange(20)}" for _ in range(3)]
        shown.add(videos, float(turn))
        for video in videos:
            at_s.pop(video, None)
            at_s[video] = float(turn)
        last = dict(list(at_s.items())[-6:])
        since_s = turn - rng.random() * 4
        lately = {video for video, when_s in last.items() if when_s >= since_s}
        at_s = {video: when_s for video, when_s in last.items() if video in lately}
        assert shown.met(seen, since_s) == lately | seen
