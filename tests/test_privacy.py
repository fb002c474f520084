"""A viewer's data: handed out whole, erased whole, and never anywhere but where it belongs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from stores import Store
from wishes import made, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Renders
from reelwright.cache.stock import Stock
from reelwright.cache.tally import Tally
from reelwright.config import CacheConfig, StorageConfig
from reelwright.domain import Answer, Attribute, Event, EventKind, Impression, Origin, Way
from reelwright.privacy import Erased, Privacy
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog
from reelwright.storage.models import Models
from reelwright.storage.profiles import Profiles
from reelwright.storage.schema import metadata

CANARY = "kanarie7"
CONFIG = CacheConfig(viewers=2, ask_every_s=0.0)
NAME_A_VIEWER = {"events", "impressions", "viewers"}


@pytest.fixture
def db(store: Store) -> Iterator[Database]:
    with store.open() as database:
        yield database


def live(db: Database, viewer: str) -> None:
    """Do everything that leaves a trace."""
    log = EventLog(db, StorageConfig())
    event = Event(
        id=f"{viewer}-event", viewer=viewer, video="v", kind=EventKind.LIKE, at_s=1.0, value=0.0
    )
    log.append([event, replace(event, id=f"{viewer}-more", at_s=2.0)]).result()
    shown = Impression(
        id=f"{viewer}-shown",
        viewer=viewer,
        video="v",
        wish=wish().key,
        way=Way.EXACT,
        probability=0.5,
        position=0,
        at_s=1.0,
    )
    log.impress([shown]).result()
    log.close()
    Profiles(db).keep({viewer: (Attribute("town", f"{viewer}ville", Origin.DECLARED),)})
    for num in (1, 2):
        Asks(db, CONFIG).ask(wish(num), wish(num).key, viewer=viewer, priority=0.5, now_s=1.0)
    Tally(db, CONFIG).count([Answer(made(wish()).video, wish().sid, Way.EXACT)], 1.0)


def tables_with(db: Database, word: str) -> set[str]:
    with db.read() as connection:
        return {
            name
            for name, table in metadata.tables.items()
            if any(
                word in str(tuple(row))
                for row in connection.execute(select(table).where(db.own(table)))
            )
        }


def test_all_of_it_is_handed_out_and_nothing_of_others(db: Database) -> None:
    live(db, "ann")
    live(db, "bob")
    told = Privacy(db).export("ann")
    assert json.loads(json.dumps(told)) == told
    assert [event["id"] for event in told["events"]] == ["ann-event", "ann-more"]
    assert told["events"][0]["kind"] == "like"
    assert [one["id"] for one in told["impressions"]] == ["ann-shown"]
    assert told["attributes"] == [{"name": "town", "value": "annville", "origin": "declared"}]
    assert told["wanted"] == [], "two wanted them, so who it was is forgotten"
    assert "bob" not in json.dumps(told)


def test_what_too_few_want_so_far_is_handed_out_too(db: Database) -> None:
    live(db, "ann")
    assert Privacy(db).export("ann")["wanted"] == sorted([wish(1).key, wish(2).key])


def test_after_an_erasure_nobody_was_there(db: Database) -> None:
    live(db, "ann")
    live(db, "bob")
    before = Privacy(db).export("bob")
    assert Privacy(db).erase("ann", 5.0) == Erased(2, 1, 1, 0)
    assert tables_with(db, "ann") == set()
    assert Privacy(db).export("ann") == Privacy(db).export("nobody") | {"viewer": "ann"}
    assert Privacy(db).export("bob") == before
    assert Privacy(db).erase("ann", 6.0) == Erased(0, 0, 0, 0)


def test_who_is_erased_wants_nothing_any_more(db: Database) -> None:
    live(db, "ann")
    assert Privacy(db).erase("ann", 5.0).wishes == 2
    Asks(db, CONFIG).ask(wish(), wish().key, viewer="bob", priority=0.5, now_s=6.0)
    assert Renders(db, CONFIG).claim("w", 7.0) is None, "only bob wants it now"


def test_nothing_of_a_viewer_is_anywhere_else(db: Database, tmp_path: Path) -> None:
    live(db, CANARY)
    live(db, "bob")
    renders, blobs = Renders(db, CONFIG), Blobs(tmp_path / "blobs")
    job = renders.claim("w", 2.0)
    assert job is not None
    assert renders.finish(job, made(job.wish), job.wish.sid, 3.0)
    Stock(db, blobs, CONFIG).bury(job.wish.key, "Enough.", 4.0)
    assert tables_with(db, CANARY) == NAME_A_VIEWER
    assert not any(CANARY.encode() in path.read_bytes() for path in tmp_path.rglob("*.mp4"))


def test_the_file_itself_forgets(store: Store) -> None:
    if store.url:
        pytest.skip("a server's files are the server's")
    with store.open() as db:
        live(db, CANARY)
        assert holds(store.folder, CANARY)
        Privacy(db).erase(CANARY, 5.0)
        assert not holds(store.folder, CANARY)


def holds(folder: Path, word: str) -> bool:
    return any(word.encode() in path.read_bytes() for path in folder.glob("reelwright.db*"))


def test_one_is_told_of_whom_a_model_learned_that_are_gone(db: Database, tmp_path: Path) -> None:
    models, privacy = Models(db, Blobs(tmp_path / "blobs")), Privacy(db)
    for viewer in ("ann", "bob", "eve"):
        live(db, viewer)
    privacy.erase("ann", 5.0)
    models.keep("recommender", b"weights", measures={}, now_s=6.0)
    assert privacy.erased_since_training() == 0
    privacy.erase("bob", 7.0)
    assert privacy.erased_since_training() == 1
