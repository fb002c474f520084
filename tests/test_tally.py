"""The tally: how wishes were answered, added up over processes and hours."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from stores import Store
from wishes import video, wish

from reelwright.cache.tally import Tally
from reelwright.config import CacheConfig
from reelwright.domain import Answer, Way
from reelwright.storage.database import Database
from reelwright.storage.schema import demand

AT_ONCE = CacheConfig(ask_every_s=0.0, half_life_s=100.0)


@pytest.fixture
def db(store: Store) -> Iterator[Database]:
    with store.open() as database:
        yield database


def answer(way: Way, id_: str = "v", *, made_for: str = "") -> Answer:
    return Answer(video(id_, wish=made_for), wish().sid, way)


def test_ways_are_added_up_over_processes(db: Database) -> None:
    for tally in (Tally(db, AT_ONCE), Tally(db, AT_ONCE)):
        tally.count([answer(Way.EXACT), answer(Way.NEAREST), answer(Way.EXACT)], 10.0)
    assert Tally(db, AT_ONCE).ways(0.0) == {Way.EXACT: 4, Way.SAME_CONTENT: 0, Way.NEAREST: 2}


def test_one_can_ask_for_the_hours_since(db: Database) -> None:
    tally = Tally(db, AT_ONCE)
    tally.count([answer(Way.EXACT)], 10.0)
    tally.count([answer(Way.NEAREST)], 3610.0)
    assert tally.ways(3600.0) == {Way.EXACT: 0, Way.SAME_CONTENT: 0, Way.NEAREST: 1}


def test_counts_wait_for_the_next_writing(db: Database) -> None:
    tally = Tally(db, CacheConfig(ask_every_s=1.0))
    tally.count([answer(Way.EXACT)], 10.0)
    version = db.version()
    tally.count([answer(Way.EXACT)], 10.5)
    assert db.version() == version
    tally.count([answer(Way.EXACT)], 11.0)
    assert tally.ways(0.0)[Way.EXACT] == 3


def test_views_of_what_was_made_fade_and_add_up(db: Database) -> None:
    tally = Tally(db, AT_ONCE)
    tally.count([answer(Way.EXACT, "made", made_for="made"), answer(Way.EXACT, "uploaded")], 0.0)
    tally.count([answer(Way.EXACT, "made", made_for="made")] * 2, 100.0)
    with db.read() as connection:
        rows = connection.execute(
            select(demand.c.video, demand.c.views, demand.c.weight).where(db.own(demand))
        ).all()
    assert [(id_, views) for id_, views, _ in rows] == [("made", 3)]
    assert rows[0].weight == pytest.approx(2.5)
