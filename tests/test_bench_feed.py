"""The bench of the feed: a whole small home, a real server, a load that counts what it is told."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scripted_feed import ScriptedFeed, app_of, running, some_video, store

from reelwright.bench import feedworld
from reelwright.bench.feed import WORDS
from reelwright.bench.feedworld import Size
from reelwright.bench.load import EVENTS, Task, _viewers, run
from reelwright.config import Config


def task(**changes: object) -> Task:
    whole = Task(kind="pages", port=1, connections=3, seconds=0.4, viewers=7, videos=5)
    return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]


def test_viewers_ask_by_zipf() -> None:
    drawn = _viewers(task(viewers=50), np.random.default_rng(1))
    names = [next(drawn) for _ in range(20_000)]
    counts = sorted((names.count(name) for name in set(names)), reverse=True)
    harmonic = sum(1 / rank for rank in range(1, 51))
    for rank in (1, 2, 5):
        assert counts[rank - 1] / len(names) == pytest.approx(1 / rank / harmonic, rel=0.1)


@pytest.mark.parametrize("kind", ["pages", "fresh", "events", "everybody"])
def test_a_load_counts_what_a_server_answers(kind: str, tmp_path: Path) -> None:
    with store(tmp_path) as kept:
        feed = ScriptedFeed([some_video(number) for number in range(3)], kept)
        with running(app_of(feed, kept)) as url:
            took = run(task(kind=kind, port=int(url.rsplit(":", 1)[1].strip("/"))))
        heard = feed.heard()
    assert took.refused == 0
    assert took.answers >= len(took.ms) > 0
    assert took.bytes > 100 * len(took.ms)
    if kind == "everybody":
        assert took.answers == 7, "each once, and then no more"
    if kind == "events":
        assert took.events <= len(heard), "what is counted was kept"
        assert took.events == EVENTS * len(took.ms)


def test_a_refusal_is_no_page(tmp_path: Path) -> None:
    with store(tmp_path) as kept, running(app_of(ScriptedFeed([], kept), kept)) as url:
        port = int(url.rsplit(":", 1)[1].strip("/"))
        took = run(task(kind="clips", port=port, clips=("aa/none.mp4",)))
    assert took.refused == took.answers > 0
    assert took.ms == []


def test_each_figure_has_its_words() -> None:
    assert all(words for words in WORDS.values())
    assert {"rps_64", "p99_ms_200", "rps_fresh", "recommender_share"} <= WORDS.keys()


@pytest.mark.slow
def test_the_world_is_built_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedworld, "LONG_FILM_BYTES", 20_000)
    size = Size(videos=200, viewers=150)
    config = dataclasses.replace(Config(), home=str(tmp_path / size.folder))
    steps: list[str] = []
    feedworld.build(config, size, progress=lambda what, done, total: steps.append(what))
    assert "training the recommender" in steps
    steps.clear()
    feedworld.build(config, size, progress=lambda what, done, total: steps.append(what))
    assert steps == []
