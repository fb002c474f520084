"""The stampede's bench, with few viewers: it counts makings, and there is one on every database."""

import pytest
from stores import Store

from reelwright.bench.places import MISSING, Place
from reelwright.bench.stampede import OF_A_DATABASE, WORDS, measure, stampede
from reelwright.progress import silent


def test_few_viewers_of_two_servers_miss_one_wish_and_it_is_made_once(store: Store) -> None:
    with store.open() as db:
        place = Place(store.kind, store.folder, db.config)
    figures = stampede(place, rounds=1, progress=silent, viewers=20, servers=2)
    assert figures.keys() == OF_A_DATABASE.keys()
    assert (figures["renders"], figures["created"]) == (1, 1)
    assert 0 < figures["ask_p50_ms"] <= figures["ask_p99_ms"]
    assert figures["seen_s"] > 0.5, "it takes a while to make"


def test_where_postgresql_is_missing_its_figures_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr("reelwright.bench.places.is_here", lambda: False)
    monkeypatch.setattr(
        "reelwright.bench.stampede.stampede", lambda place, **_: dict.fromkeys(OF_A_DATABASE, 1.0)
    )
    figures = measure(quick=True, progress=silent, warn=said.append)
    assert said == [MISSING]
    assert figures["renders"] == figures["renders_sqlite"] == 1
    assert figures.keys() < WORDS.keys()
    assert not [name for name in figures if "postgresql" in name]
