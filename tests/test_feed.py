"""The feed: nothing twice before all was met, one row for what is missing, and honest odds."""

import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from wishes import made, video

from reelwright.cache.cache import Cache
from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import Stock
from reelwright.config import CacheConfig, FeedConfig, StorageConfig, ViewersConfig
from reelwright.domain import (
    Choices,
    Event,
    EventKind,
    RankedWish,
    SemanticId,
    Viewer,
    Way,
    Wish,
    Words,
)
from reelwright.feed import BUSY, Feed
from reelwright.outlooks import sight as sights
from reelwright.privacy import Privacy
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy, Database
from reelwright.storage.events import EventLog
from reelwright.storage.videos import Videos
from reelwright.viewers.viewers import Viewers

WITHIN_S = 10.0
NOW_S = 1_750_000_000.0
CONFIG = FeedConfig(max_asks=2)
FILMS = 6
CHANCES = (0.4, 0.3, 0.15, 0.1, 0.05)
COVERAGE = 0.7


def sid(number: int, style: int = 0) -> SemanticId:
    return SemanticId((number,), (style,))


def ranked(number: int, chance: float, style: int = 0) -> RankedWish:
    return RankedWish(Wish(sid=sid(number, style), codebook="a"), chance)


class ScriptedRecommender:
    """Foretells the same wishes for everybody, and remembers what it was told of."""

    def __init__(self, *wishes: RankedWish) -> None:
        self.foretold = list(wishes)
        self.added: list[tuple[str, SemanticId]] = []
        self.removed: list[str] = []
        self.read: list[str] = []

    def wishes_of(self, viewers: Sequence[Viewer], *, count: int) -> list[list[RankedWish]]:
        self.read += [viewer.id for viewer in viewers]
        return [self.foretold[:count] for _ in viewers]

    def coverage(self, viewer: Viewer, *, without: Collection[str]) -> float:
        return COVERAGE

    def add(self, video_id: str, sid: SemanticId) -> None:
        self.added.append((video_id, sid))

    def remove(self, video_id: str) -> None:
        self.removed.append(video_id)


class ScriptedCodebook:
    """Codes are their own vectors."""

    def told(self, sid: SemanticId) -> Words:
        return Words((f"topic {sid.content[0]}",), (f"style {sid.creative[0]}",))

    def decode(self, sid: SemanticId) -> tuple[Any, Any]:
        return np.array(sid.content, np.float32), np.array(sid.creative, np.float32)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path, config=StorageConfig()) as database:
        for number in range(FILMS):
            Videos(database).add(video(f"film-{number}"), added_s=1.0)
            Videos(database).set_sids("a", {f"film-{number}": sid(number)})
        yield database


@pytest.fixture
def log(db: Database) -> Iterator[EventLog]:
    events = EventLog(db, StorageConfig())
    yield events
    events.close()


def feed_of(db: Database, log: EventLog, *wishes: RankedWish, seed: int = 1) -> Feed:
    codes = ScriptedCodebook()
    sids = Videos(db).sids("a")
    return Feed(
        viewers=Viewers(
            log, lambda some: [()] * len(some), sids.get, lambda id_: 5.0, ViewersConfig(), 50
        ),
        recommender=cast(Any, ScriptedRecommender(*wishes)),
        codebook=cast(Any, codes),
        cache=Cache(
            db, Videos(db), codebook="a", locate=codes.decode, config=CacheConfig(ask_every_s=0.0)
        ),
        log=log,
        title_of=lambda id_: id_,
        config=CONFIG,
        rng=np.random.default_rng(seed),
    )


def some(*, style: int = 0) -> list[RankedWish]:
    return [ranked(number, chance, style) for number, chance in enumerate(CHANCES)]


def shown(feed: Feed, count: int, *, viewer: str = "ann", now_s: float = NOW_S) -> list[str]:
    return [card.answer.video.id for card in feed.page(viewer, count=count, now_s=now_s).cards]


def make(db: Database, wish: Wish) -> None:
    """What a worker would do, for the wish that was asked for with the highest priority."""
    renders = Renders(db, CacheConfig())
    job = renders.claim("ann", NOW_S)
    assert job is not None
    assert job.wish == wish
    assert renders.finish(job, made(wish), wish.sid, NOW_S + 1)


def test_nothing_comes_twice_before_all_was_met(db: Database, log: EventLog) -> None:
    feed = feed_of(db, log, *some())
    pages = [shown(feed, 2) for _ in range(FILMS // 2)]
    assert {id_ for page in pages for id_ in page} == {f"film-{n}" for n in range(FILMS)}
    assert len(shown(feed, 4)) == 4, "a page is never short while there are films"


def test_who_met_many_is_shown_the_same_wherever_the_search_for_it_begins(
    db: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until some of it is forgotten; that comes again, too."""
    for number in range(FILMS, 60):
        Videos(db).add(video(f"film-{number}"), added_s=1.0)
        Videos(db).set_sids("a", {f"film-{number}": sid(number % 7, number % 3)})
    pages = []
    for viewer, many in (("ann", 10**9), ("bob", 0)):
        monkeypatch.setattr(sights, "MANY_MET", many)
        feed = feed_of(db, log, *some())
        feed.config = feed.outlooks.config = replace(CONFIG, remember=30)
        pages.append([shown(feed, 3, viewer=viewer) for _ in range(60)])
        every = [*chain.from_iterable(pages[-1])]
        for at in range(30, len(every)):
            assert every[at] not in every[at // 3 * 3 - 27 : at], "what is remembered is not shown"
        assert {*every[:30]} & {*every[120:]}, "what was forgotten is"
        sight = feed.outlooks.kept(viewer)
        assert sight
        assert bool(sight.marks) == (many == 0)
    assert pages[0][:10] == pages[1][:10]


def test_a_page_on_a_busy_feed_that_is_closed_hears_that_it_is_ending(
    db: Database, log: EventLog
) -> None:
    feed = feed_of(db, log, *some())
    for _ in range(BUSY + 2):
        feed.page("ann", count=1, now_s=NOW_S)
    feed.close()
    with pytest.raises(Busy, match="ending"):
        feed.page("ann", count=1, now_s=NOW_S + 1)


def test_what_was_watched_long_ago_is_met_and_what_was_only_shown_is_forgotten(
    db: Database, log: EventLog
) -> None:
    feed = feed_of(db, log, *some())
    like = Event(id="1", viewer="ann", video="film-3", kind=EventKind.LIKE, at_s=NOW_S - 1e6)
    assert feed.hear([like]).result() == 1
    assert feed.hear([like]).result() == 0
    assert set(shown(feed, 5)) == {f"film-{n}" for n in range(FILMS)} - {"film-3"}
    later_s = NOW_S + CONFIG.remember_s + 1
    assert set(shown(feed, 5, now_s=later_s)) == {f"film-{n}" for n in range(FILMS)} - {"film-3"}


def test_a_page_longer_than_the_catalogue_fills_up_with_what_was_met(
    db: Database, log: EventLog
) -> None:
    feed = feed_of(db, log, *some())
    assert len(shown(feed, 4)) == 4
    cards = feed.page("ann", count=5, now_s=NOW_S).cards
    assert len({card.answer.video.id for card in cards}) == 5
    assert [card.impression.position for card in cards] == [0, 1, 2, 3, 4]


def test_what_is_missing_is_asked_for_once_and_the_likeliest_only(
    db: Database, log: EventLog
) -> None:
    missing = some(style=7)
    feed = feed_of(db, log, ranked(0, 0.5), *missing)
    for viewer in ("ann", "bob"):
        shown(feed, 2, viewer=viewer)
    rows = Renders(db, CacheConfig()).recent(10)
    assert {row.wish for row in rows} == {one.wish for one in missing[: CONFIG.max_asks]}
    priority = {row.wish: row.priority for row in rows}
    assert priority[missing[0].wish] == pytest.approx(2 * CHANCES[0])
    assert {row.asked for row in rows} == {2}
    assert {row.state for row in rows} == {RenderState.PENDING}


def test_a_wish_that_came_true_comes_first_for_sure_and_once(db: Database, log: EventLog) -> None:
    unlikely = ranked(3, 0.001, style=7)
    feed = feed_of(db, log, *some(), unlikely)
    shown(feed, 1, viewer="bob")
    make(db, unlikely.wish)
    first, second = feed.page("ann", count=2, now_s=NOW_S + 2).cards
    assert first.answer.video.id == unlikely.wish.key
    assert (first.answer.way, first.ranked) == (Way.EXACT, unlikely)
    assert (first.impression.probability, first.impression.position) == (1.0, 0)
    assert (second.impression.probability < 1.0, second.impression.position) == (True, 1)
    assert unlikely.wish.key not in shown(feed, 2, now_s=NOW_S + 3)


def test_the_recommender_hears_of_what_was_made_once(db: Database, log: EventLog) -> None:
    missing = ranked(2, 0.9, style=7)
    feed = feed_of(db, log, missing)
    shown(feed, 1)
    make(db, missing.wish)
    feed.take_in_what_was_made()
    feed.take_in_what_was_made()
    told = cast(ScriptedRecommender, feed.recommender).added
    assert told == [(missing.wish.key, missing.wish.sid)]


def test_a_busy_feed_looks_around_beside_the_pages(
    db: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlikely = ranked(3, 0.001, style=7)
    feed = feed_of(db, log, *some(), unlikely)
    shown(feed, 1, viewer="bob")
    make(db, unlikely.wish)
    may_look = threading.Event()
    look = feed.take_in_what_was_made

    def look_in_a_while() -> None:
        assert may_look.wait(WITHIN_S)
        look()

    monkeypatch.setattr(feed, "take_in_what_was_made", look_in_a_while)
    pages = [shown(feed, 1) for _ in range(BUSY)]
    pages.append(shown(feed, 1, now_s=NOW_S + 1))  # it is time, and no page waits for it
    assert [unlikely.wish.key] not in pages
    may_look.set()
    feed.close()  # which waits for the look
    assert feed.cache.is_made(unlikely.wish)


def test_what_a_page_logs_is_what_it_shows(db: Database, log: EventLog) -> None:
    feed = feed_of(db, log, *some())
    cards = feed.page("ann", count=3, now_s=NOW_S).cards
    assert [card.impression.position for card in cards] == [0, 1, 2]
    assert len({card.impression.id for card in cards}) == 3
    for card in cards:
        assert card.impression.video == card.answer.video.id
        assert card.impression.wish == card.ranked.wish.key
        assert 0 < card.impression.probability <= 1
    assert log.shown("ann", since_s=NOW_S) == {card.answer.video.id for card in cards}
    assert log.shown("bob", since_s=NOW_S) == frozenset()


def test_a_page_says_whether_the_catalogue_has_what_is_wanted(db: Database, log: EventLog) -> None:
    assert feed_of(db, log, *some()).page("ann", count=3, now_s=NOW_S).coverage == COVERAGE


def test_an_empty_catalogue_gives_an_empty_page(tmp_path: Path) -> None:
    with Database.open(tmp_path / "new", config=StorageConfig()) as db:
        log = EventLog(db, StorageConfig())
        assert feed_of(db, log, *some()).page("ann", count=3, now_s=NOW_S).cards == ()
        log.close()


def test_a_page_that_is_not_personal_is_as_for_somebody_unknown(
    db: Database, log: EventLog
) -> None:
    feed = feed_of(db, log, *map(ranked, range(5), CHANCES))
    first = feed.page_soon("ann", count=3, now_s=NOW_S, choices=Choices(personal=False))
    assert isinstance(first, Future)
    shown = [card.answer.video.id for card in first.result().cards]
    assert cast(ScriptedRecommender, feed.recommender).read == [""]
    assert {card.impression.viewer for card in first.result().cards} == {"ann"}
    again = feed.page("ann", count=3, now_s=NOW_S, choices=Choices(personal=False))
    assert not {card.answer.video.id for card in again.cards} & set(shown), "nothing comes twice"
    bob = feed.page("bob", count=6, now_s=NOW_S, choices=Choices(personal=False))
    assert len({card.answer.video.id for card in bob.cards}) == 6, (
        "what ann saw is not kept from bob"
    )


def test_a_page_that_is_not_to_be_remembered_leaves_no_trace(db: Database, log: EventLog) -> None:
    missing = ranked(1, 0.9, style=5)
    feed = feed_of(db, log, missing, *some())
    page = feed.page("ann", count=2, now_s=NOW_S, choices=Choices(remember=False))
    assert len(page.cards) == 2
    assert log.shown("ann", 0.0) == frozenset()
    assert Renders(db, CacheConfig()).get(missing.wish.key) is None, "nor did anybody wish for it"
    shown = {card.answer.video.id for card in page.cards}
    others = feed.page("ann", count=2, now_s=NOW_S, choices=Choices(remember=False))
    assert not shown & {card.answer.video.id for card in others.cards}, "still nothing comes twice"


def test_what_was_withdrawn_is_shown_to_nobody_and_leaves_the_recommender(
    db: Database, log: EventLog, tmp_path: Path
) -> None:
    feed = feed_of(db, log, ranked(1, 0.9, style=5))
    feed.page("ann", count=1, now_s=NOW_S)
    renders = Renders(db, CacheConfig())
    job = renders.claim("w", NOW_S)
    assert job is not None
    assert renders.finish(job, made(job.wish), job.wish.sid, NOW_S)
    assert feed.page("bob", count=1, now_s=NOW_S + 1).cards[0].answer.video.id == job.wish.key
    Stock(db, Blobs(tmp_path / "blobs"), CacheConfig()).bury(job.wish.key, "No.", NOW_S + 2)
    assert feed.page("eve", count=1, now_s=NOW_S + 3).cards[0].answer.video.id != job.wish.key
    assert cast(ScriptedRecommender, feed.recommender).removed == [job.wish.key]


def test_an_erasure_in_any_process_is_forgotten_here_too(
    db: Database, log: EventLog, tmp_path: Path
) -> None:
    feed = feed_of(db, log, *map(ranked, range(5), CHANCES))
    like = Event(id="e", viewer="ann", video="film-0", kind=EventKind.LIKE, at_s=NOW_S)
    feed.hear([like]).result()
    feed.page("ann", count=1, now_s=NOW_S)
    feed.hear([replace(like, id="f", viewer="bob")]).result()  # what came before it is written too
    assert feed.outlooks.kept("ann") is not None
    with Database.open(tmp_path, config=StorageConfig()) as other:
        Privacy(other).erase("ann", NOW_S)
    feed.page("bob", count=1, now_s=NOW_S + 1)
    assert feed.outlooks.kept("ann") is None
    assert log.shown("ann", 0.0) == frozenset()
