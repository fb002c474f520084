"""Agreements and traces: kept for one tenant, ended with their names, found by the film's hash."""

from dataclasses import replace

from sqlalchemy import text
from stores import Store
from wishes import made, video, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import Stock
from reelwright.config import CacheConfig
from reelwright.storage.blobs import Blobs
from reelwright.storage.consents import Consents, Trace
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos

FILM, OTHER = "a" * 64, "b" * 64
CONFIG = CacheConfig(ask_every_s=0.0)
TRACE = Trace(
    footage=FILM, place="/tmp/out.mp4", kind="film", sha256="c" * 64, video="v", made_s=1.0
)
WHY = "Consent was revoked."


def agree(consents: Consents, who: str, *, film: str = FILM, now_s: float = 1.0) -> str:
    return consents.add(film, who, ["world"], now_s=now_s, until_s=100.0).id


def test_the_newest_word_of_everybody_counts(db: Database) -> None:
    consents = Consents(db)
    agree(consents, "Ann")
    bob, ann = agree(consents, "Bob", now_s=2.0), agree(consents, "ann", now_s=3.0)
    agree(consents, "Ann", film=OTHER, now_s=4.0)
    assert [one.id for one in consents.of(FILM)] == [bob, ann]
    assert consents.find(bob) == consents.of(FILM)[0]
    assert consents.find("nobody") is None


def test_an_agreement_holds_until_its_end_or_until_it_is_revoked(db: Database) -> None:
    consents = Consents(db)
    agree(consents, "Ann")
    (one,) = consents.of(FILM)
    assert (one.holds(99.0), one.holds(100.0)) == (True, False)
    assert consents.revoke(FILM, now_s=50.0) == 1
    assert not consents.of(FILM)[0].holds(51.0)
    assert consents.revoke(FILM, now_s=60.0) == 0
    assert consents.of(FILM)[0].revoked_s == 50.0


def test_one_of_two_may_say_no(db: Database) -> None:
    consents = Consents(db)
    agree(consents, "Ann")
    bob = agree(consents, "Bob", now_s=2.0)
    assert consents.revoke(FILM, now_s=5.0, only=bob) == 1
    assert [(one.who, one.revoked_s) for one in consents.of(FILM)] == [("Ann", None), ("", 5.0)]


def test_nothing_that_is_kept_names_who_revoked(db: Database) -> None:
    consents = Consents(db)
    agree(consents, "Kanarie7")
    consents.revoke(FILM, now_s=5.0)
    with db.read() as connection:
        kept = connection.execute(text("SELECT * FROM consents WHERE tenant = 'main'")).all()
    assert len(kept) == 1
    assert not any("kanarie" in str(cell).lower() for cell in kept[0])


def test_what_was_made_is_found_again_until_it_is_gone(db: Database) -> None:
    consents = Consents(db)
    consents.note(TRACE)
    consents.note(replace(TRACE, place="/tmp/take.performance", made_s=0.5))
    consents.note(replace(TRACE, sha256="d" * 64))  # the same place, written anew
    assert [(one.place, one.sha256[0]) for one in consents.traces(FILM)] == [
        ("/tmp/take.performance", "c"), ("/tmp/out.mp4", "d")
    ]  # fmt: skip
    consents.forget(consents.traces(FILM)[0])
    assert [one.place for one in consents.traces(FILM)] == ["/tmp/out.mp4"]
    assert consents.traces(OTHER) == []


def test_of_another_tenant_nothing_is_seen_and_nothing_is_ended(store: Store) -> None:
    with store.open() as ours, store.open(tenant="other") as theirs:
        id_ = agree(Consents(ours), "Ann")
        Consents(ours).note(TRACE)
        assert Consents(theirs).of(FILM) == []
        assert Consents(theirs).find(id_) is None
        assert Consents(theirs).traces(FILM) == []
        assert Consents(theirs).revoke(FILM, now_s=5.0) == 0
        assert Consents(theirs).erase_video("v", WHY, now_s=5.0) is None
        assert Consents(ours).of(FILM)[0].holds(6.0)


def test_a_video_leaves_the_catalogue_with_its_files_and_its_plan(db: Database) -> None:
    asks, renders, consents = Asks(db, CONFIG), Renders(db, CONFIG), Consents(db)
    assert asks.ask(wish(1), wish(1).key, viewer="ann", priority=9.0, now_s=1.0)
    job = renders.claim("w", 2.0)
    assert job is not None
    assert renders.finish(job, made(wish(1)), wish(1).sid, 3.0)
    row = renders.get(wish(1).key)
    assert row is not None
    assert row.video is not None
    files = consents.erase_video(row.video, WHY, now_s=4.0)
    assert files
    assert Videos(db).all() == []
    assert [id_ for _, id_ in Videos(db).withdrawn_after(0)] == [row.video]
    after = renders.get(wish(1).key)
    assert after is not None
    assert (after.state, after.manifest, after.video) == (RenderState.BURIED, None, None)
    assert renders.blueprint(wish(1).key) is None
    assert consents.erase_video(row.video, WHY, now_s=5.0) is None


def test_a_file_that_another_video_shows_stays(db: Database, store: Store) -> None:
    videos, consents = Videos(db), Consents(db)
    videos.add(video("v"), added_s=1.0)
    videos.add(replace(video("twin"), poster="another"), added_s=1.0)
    assert consents.erase_video("v", WHY, now_s=2.0) == ("p",)
    assert Stock(db, Blobs(store.folder / "blobs"), CONFIG).promises() == []
