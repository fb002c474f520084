"""Two tenants in one database, with the same names for everything, see nothing of each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import inspect
from stores import Store
from wishes import made, video, wish

from reelwright.cache.asks import Asks
from reelwright.cache.cache import Cache
from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.config import CacheConfig, StorageConfig
from reelwright.domain import Attribute, Event, EventKind, Impression, Origin, Traits, Way
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog
from reelwright.storage.models import Models
from reelwright.storage.profiles import Profiles
from reelwright.storage.schema import metadata
from reelwright.storage.videos import Videos

CONFIG = CacheConfig(ask_every_s=0.0)
NUMBERS = [name for name in Traits.__dataclass_fields__ if name != "palette"]
TRAITS = Traits(**dict.fromkeys(NUMBERS, 0.5), palette=())


@dataclass(frozen=True, slots=True)
class Tenant:
    """Everything that one tenant keeps through."""

    db: Database
    log: EventLog
    videos: Videos
    profiles: Profiles
    models: Models
    renders: Renders
    asks: Asks

    def cache(self) -> Cache:
        return Cache(
            self.db,
            self.videos,
            codebook="a",
            locate=lambda sid: (np.zeros(2, np.float32), np.zeros(2, np.float32)),
            config=CONFIG,
        )


@pytest.fixture
def tenants(store: Store) -> Iterator[list[Tenant]]:
    opened = []
    for name in ("main", "acme"):
        db = store.open(tenant=name)
        opened.append(
            Tenant(
                db,
                EventLog(db, StorageConfig()),
                Videos(db),
                Profiles(db),
                Models(db, Blobs.of(store.folder, name)),
                Renders(db, CONFIG),
                Asks(db, CONFIG),
            )
        )
    yield opened
    for one in opened:
        one.log.close()
        one.db.close()


def fill(one: Tenant, title: str) -> None:
    """The same names in every table; only the title tells whose."""
    clip = made(wish(1), title=title)
    like = Event(id="e", viewer="ada", video="v", kind=EventKind.LIKE, at_s=1.0, value=len(title))
    shown = Impression(
        id="i", viewer="ada", video=title, wish="", way=Way.EXACT, probability=1.0, position=0,
        at_s=1.0,
    )  # fmt: skip
    assert one.log.append([like]).result() == 1
    assert one.log.impress([shown]).result() == 1
    assert one.videos.add(video("v", title=title), added_s=1.0)
    one.videos.set_sids("a", {"v": wish(9).sid})
    vector = np.full(2, len(title), np.float32)
    one.videos.keep_encoding("v", "local", vector, vector, TRAITS)
    one.profiles.keep({"ada": (Attribute("name", title, Origin.DECLARED),)})
    one.models.keep("recommender", title.encode(), measures={"n": len(title)}, now_s=1.0)
    assert one.asks.ask(wish(1), wish(1).key, viewer="viewer", priority=1.0, now_s=1.0)
    job = one.renders.claim("w", 2.0)
    assert job is not None
    assert one.renders.finish(job, clip, wish(1).sid, 3.0)
    assert one.asks.ask(wish(2), wish(2).key, viewer="viewer", priority=1.0, now_s=4.0)


def seen(one: Tenant) -> dict[str, object]:
    """All that a tenant can find out."""
    content, _, _ = one.videos.encodings("local").get("v", (np.zeros(1), None, None))
    rows = one.renders.recent(10)
    return {
        "events": [event.value for _, event in one.log.after(0, 10)],
        "history": [event.value for event in one.log.of("ada", 10)],
        "viewers": one.log.viewers(),
        "shown": one.log.shown("ada", 0.0),
        "titles": [each.title for each in one.videos.all()],
        "v": one.videos.get("v"),
        "names": [each.title for _, each, _ in one.videos.named_after("a", 0)],
        "content": float(content[0]),
        "profile": one.profiles.of("ada"),
        "model": one.models.newest("recommender"),
        "measures": one.models.measures("recommender"),
        "rows": [(row.wish.key, row.state) for row in rows],
        "counts": one.renders.counts(),
        "plans": [one.renders.blueprint(row.wish.key) is None for row in rows],
        "shelf": len(one.cache().videos.sids("a")),
    }


def test_what_one_does_the_other_never_sees(tenants: list[Tenant]) -> None:
    ours, theirs = tenants
    nothing = seen(theirs)
    fill(ours, "ours")
    assert seen(theirs) == nothing
    before = seen(ours)
    fill(theirs, "theirs")
    assert seen(ours) == before
    assert seen(theirs) != before


def test_renaming_and_asking_reach_only_ones_own(tenants: list[Tenant]) -> None:
    ours, theirs = tenants
    for one in tenants:
        fill(one, "same")
    before = seen(theirs)
    ours.videos.rename({"v": ("changed", ())})
    ours.asks.ask(wish(2), wish(2).key, viewer="viewer", priority=50.0, now_s=5.0)
    job = ours.renders.claim("w", 6.0)
    assert job is not None
    assert ours.renders.fail(job, "no ink", 7.0)
    assert seen(theirs) == before
    row = theirs.renders.get(wish(2).key)
    assert row is not None
    assert (row.state, row.asked, row.attempts, row.reason) == (RenderState.PENDING, 1, 0, "")


def test_a_claim_of_one_holds_no_row_of_the_other(tenants: list[Tenant]) -> None:
    """The fences are the same number: only the tenant tells the two jobs apart."""
    ours, theirs = tenants
    for one in tenants:
        one.asks.ask(wish(1), wish(1).key, viewer="viewer", priority=1.0, now_s=0.0)
    job = ours.renders.claim("w", 1.0)
    assert job is not None
    assert not theirs.renders.beat(job, 2.0)
    assert not theirs.renders.finish(job, made(wish(1)), wish(1).sid, 2.0)
    assert not theirs.renders.fail(job, "mine", 2.0)
    assert ours.renders.beat(job, 2.0)


def test_every_key_begins_with_the_tenant(db: Database) -> None:
    """But the number of a row, which is nobody's name for anything."""
    with db.read() as connection:
        found = inspect(connection)
        for name in metadata.tables:
            keys: list[Sequence[str | None]] = [
                found.get_pk_constraint(name)["constrained_columns"]
            ]
            keys += [one["column_names"] for one in found.get_unique_constraints(name)]
            keys += [one["column_names"] for one in found.get_indexes(name)]
            keys += [one["constrained_columns"] for one in found.get_foreign_keys(name)]
            named = [list(key) for key in keys if list(key) != ["seq"]]
            assert named, f"{name} has no key"
            assert [key for key in named if key[0] != "tenant"] == [], name
            assert "tenant" in metadata.tables[name].c


def test_blobs_are_shared_within_a_tenant_only(tmp_path: Path) -> None:
    ours, theirs = Blobs.of(tmp_path, "main"), Blobs.of(tmp_path, "acme")
    key = ours.put(b"secret", ".mp4")
    assert ours.has(key)
    assert not theirs.has(key), "nobody can ask whether others have it"
    assert theirs.put(b"secret", ".mp4") == key
    theirs.path(key).unlink()
    assert ours.get(key) == b"secret"


def test_the_blobs_of_a_home_from_before_there_were_tenants_are_the_main_ones(
    tmp_path: Path,
) -> None:
    key = Blobs(tmp_path / "blobs").put(b"old", ".mp4")
    assert Blobs.of(tmp_path, "main").get(key) == b"old"
