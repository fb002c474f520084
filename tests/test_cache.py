"""The cache: what workers finish appears on the shelf, and what is missing is asked for once."""

import numpy as np
import pytest
from numpy.typing import NDArray
from stores import Store
from wishes import made, video

from reelwright.cache.cache import Cache, News
from reelwright.cache.renders import Renders
from reelwright.cache.tally import Tally
from reelwright.config import CacheConfig
from reelwright.domain import Answer, SemanticId, Video, Way, Wish
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos

CONFIG = CacheConfig(ask_every_s=0.0)
SID = SemanticId((1, 2), (3, 4))


def locate(sid: SemanticId) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return np.array(sid.content, np.float32), np.array(sid.creative, np.float32)


def cache_of(db: Database, codebook: str = "a") -> Cache:
    return Cache(db, Videos(db), codebook=codebook, locate=locate, config=CONFIG)


def name(db: Database, one: Video, sid: SemanticId = SID, codebook: str = "a") -> None:
    Videos(db).add(one, added_s=1.0)
    Videos(db).set_sids(codebook, {one.id: sid})


def test_it_starts_with_what_is_there(db: Database) -> None:
    name(db, video("v1"))
    cache = cache_of(db)
    assert cache.refresh() == News()
    answer = cache.answer(Wish(sid=SID, codebook="a"), without=())
    assert answer is not None
    assert (answer.video, answer.way) == (video("v1"), Way.EXACT)


def test_what_comes_later_is_told_once_and_can_be_an_answer(db: Database) -> None:
    cache = cache_of(db)
    wish = Wish(sid=SID, codebook="a")
    assert cache.answer(wish, without=()) is None
    assert not cache.has(wish)
    name(db, video("v1"))
    name(db, video("v2"))
    assert cache.refresh() == News([(video("v1"), SID), (video("v2"), SID)])
    assert cache.refresh() == News()
    assert cache.has(wish)
    assert cache.exact(wish) == cache.answer(wish, without=())
    assert cache.exact(wish, without={"v1", "v2"}) is None
    assert cache.answer(wish, without={"v1", "v2"}) is None


def test_only_names_in_its_own_codebook_count(db: Database) -> None:
    cache = cache_of(db, "a")
    name(db, video("v1"), codebook="b")
    assert cache.refresh() == News()
    Videos(db).set_sids("a", {"v1": SID})
    assert cache.refresh() == News([(video("v1"), SID)]), "even when the video itself is older"


def test_a_wish_that_was_made_in_another_process_is_found(store: Store, db: Database) -> None:
    """The worker's database object shares nothing with the server's but the store."""
    cache = cache_of(db)
    wish = Wish(sid=SID, codebook="a", brief="tea")
    assert cache.ask(wish, viewer="viewer", priority=0.5, now_s=1.0)
    with store.open() as other:
        renders = Renders(other, CONFIG)
        job = renders.claim("w", 2.0)
        assert job is not None
        assert cache.refresh() == News()
        assert renders.finish(job, made(wish), wish.sid, 3.0)
    assert cache.refresh() == News([(made(wish).video, SID)])
    assert cache.has(wish)
    answer = cache.answer(wish, without=())
    assert answer is not None
    assert (answer.video.id, answer.way) == (wish.key, Way.EXACT)


def test_who_asks_twice_is_the_second(db: Database) -> None:
    cache = cache_of(db)
    wish = Wish(sid=SID, codebook="a")
    assert cache.ask(wish, viewer="viewer", priority=0.5, now_s=1.0)
    assert not cache.ask(wish, viewer="viewer", priority=0.5, now_s=1.0)


def test_a_wish_in_other_codes_is_our_mistake(db: Database) -> None:
    with pytest.raises(AssertionError, match="for the cache of a"):
        cache_of(db).has(Wish(sid=SID, codebook="b"))


def test_what_was_counted_is_written_down_when_it_ends(db: Database) -> None:
    """Pages within a minute are counted together; the last ones must not be lost."""
    config = CacheConfig(ask_every_s=60.0)
    cache = Cache(db, Videos(db), codebook="a", locate=locate, config=config)
    answer = Answer(video("v1"), SID, Way.NEAREST)
    for now_s in (1.0, 1.1, 1.2):
        cache.tally.count([answer], now_s)
    cache.close(1.3)
    assert Tally(db, CONFIG).ways(0.0)[Way.NEAREST] == 3
