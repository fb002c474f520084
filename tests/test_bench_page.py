"""The bench of the page: what a visitor sees, and films that differ in their address alone."""

from pathlib import Path

import numpy as np
import pytest
from scripted_feed import ScriptedFeed, app_of, running, some_video, store, write_film

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from reelwright.bench.feedworld import Showing  # noqa: E402
from reelwright.bench.page import WORDS, Visitor, _chromium  # noqa: E402
from reelwright.errors import ReelwrightError  # noqa: E402
from reelwright.media.decode import frames  # noqa: E402
from reelwright.progress import silent  # noqa: E402


def test_numbered_films_differ_in_bytes_and_show_the_same(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4", duration_s=0.5)
    showing = Showing((tmp_path / "film.mp4").read_bytes(), b"")
    assert showing.numbered(1) != showing.numbered(2)
    (tmp_path / "second.mp4").write_bytes(showing.numbered(2))
    first, second = (list(frames(tmp_path / name)) for name in ("film.mp4", "second.mp4"))
    assert len(first) == len(second) > 5
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first, second, strict=True))


def test_a_visitor_waits_for_pictures_and_counts_players(tmp_path: Path) -> None:
    try:
        with _chromium() as browser, store(tmp_path) as kept:
            write_film(tmp_path / "film.mp4", duration_s=1.0)
            showing = Showing((tmp_path / "film.mp4").read_bytes(), b"")
            videos = [
                some_video(number, film=kept.blobs.put(showing.numbered(number), ".mp4"))
                for number in range(6)
            ]
            with running(app_of(ScriptedFeed(videos, kept), kept)) as url:
                visitor = Visitor(browser, url.rstrip("/"))
                opened = visitor.openings(1, silent)
                figures = visitor.watching(4, silent)
    except ReelwrightError as missing:
        pytest.skip(str(missing))
    assert 0 < opened[0] < 15_000
    assert 0 < figures["first_frame_ms_preloaded_p50"] <= figures["first_frame_ms_preloaded"]
    assert 1 < figures["players_most"] <= 3
    assert figures["nodes_late"] > figures["nodes_early"] > 100
    assert figures.keys() <= WORDS.keys()
