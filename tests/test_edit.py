"""A take goes through its stages in order, and nothing of it is kept longer than it must be."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from figure import Figure
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image, frames
from reelwright.modify.edit import (
    AHEAD,
    Edit,
    Matted,
    ahead,
    edit,
    refuse_nobody,
    refuse_other,
)
from reelwright.modify.performance import Floats

FIGURE = Figure(width=96, height=128, count=12)
CONFIG = MediaConfig(crf=10)


class Adds:
    """A stage that makes everything brighter, and remembers which frames it saw."""

    def __init__(self, levels: int) -> None:
        self.levels = levels
        self.seen: list[int] = []

    def __call__(self, number: int, frame: Image, alpha: Floats) -> Image:
        self.seen.append(number)
        return np.clip(frame.astype(np.int16) + self.levels, 0, 255).astype(np.uint8)


class Halves:
    """Another one: the order of the two is seen in what comes out."""

    def __call__(self, number: int, frame: Image, alpha: Floats) -> Image:
        return frame // 2


def test_stages_come_in_order_and_every_film_has_its_own(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    performance = FIGURE.film(film)
    first, shared = Adds(40), Adds(0)
    edits = [
        Edit(out=tmp_path / "one.mp4", stages=(Halves(), first)),
        Edit(out=tmp_path / "two.mp4", stages=(Adds(40), Halves())),
    ]
    notes = edit(film, performance, edits, fine=FIGURE.alpha_of, config=CONFIG, shared=[shared])
    assert notes == []
    assert first.seen == shared.seen == list(range(12))
    source, one, two = (
        np.stack([image for _, image in frames(path)]).astype(float)
        for path in (film, tmp_path / "one.mp4", tmp_path / "two.mp4")
    )
    assert np.abs(one - (source / 2 + 40)).mean() < 1.5
    assert np.abs(two - np.minimum(source + 40, 255) / 2).mean() < 1.5


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    times_s = np.cumsum([0, *([0.02, 0.05, 0.11] * 4)][:12]).round(3)
    performance = FIGURE.film(film, times_s)
    out = Edit(out=tmp_path / "out.mp4", stages=(Adds(1),))
    edit(film, performance, [out], fine=FIGURE.alpha_of, config=CONFIG)
    assert [round(time_s, 3) for time_s, _ in frames(out.out)] == times_s.tolist()


def test_a_stage_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    performance = FIGURE.film(film)

    def breaks(number: int, frame: Image, alpha: Floats) -> Image:
        if number == 5:
            raise KeyboardInterrupt
        return frame

    before = threading.active_count()
    edits = [
        Edit(out=tmp_path / f"{name}.mp4", stages=(stage,))
        for name, stage in (("good", Adds(1)), ("bad", breaks))
    ]
    with pytest.raises(KeyboardInterrupt):
        edit(film, performance, edits, fine=FIGURE.alpha_of, config=CONFIG)
    assert [one.name for one in tmp_path.iterdir()] == ["take.mp4"]
    assert threading.active_count() == before


def test_no_more_is_read_ahead_than_may_be() -> None:
    made: list[int] = []

    def items() -> Iterator[Matted]:
        for number in range(50):
            made.append(number)
            yield Matted(number, 0.0, np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32))

    with ahead(items(), AHEAD) as read:
        for taken, moment in enumerate(read):
            assert moment.number == taken
            assert len(made) <= taken + 1 + AHEAD
    assert len(made) == 50


def test_progress_ends_once_and_at_the_end(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    performance = FIGURE.film(film)
    told: list[tuple[int, int]] = []
    edit(
        film,
        performance,
        [Edit(out=tmp_path / "out.mp4", stages=())],
        fine=FIGURE.alpha_of,
        config=CONFIG,
        progress=lambda what, done, total: told.append((done, total)),
    )
    assert told[-1] == (12, 12)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert (12, 12) not in told[:-1]


def test_the_performance_of_another_film_is_refused(tmp_path: Path) -> None:
    performance = FIGURE.film(tmp_path / "take.mp4")
    other = Figure(width=96, height=128, count=3)
    other.film(tmp_path / "other.mp4")
    refuse_other(tmp_path / "take.mp4", performance)
    with pytest.raises(ReelwrightError, match="another film"):
        refuse_other(tmp_path / "other.mp4", performance)


def test_footage_without_anybody_is_refused() -> None:
    performance = FIGURE.performance
    nobody = replace(performance, matte_NHW=np.zeros_like(performance.matte_NHW))
    refuse_nobody(Path("take.mp4"), performance)
    for one in (nobody, replace(performance, performers=())):
        with pytest.raises(ReelwrightError, match=r"Nobody is seen in take\.mp4"):
            refuse_nobody(Path("take.mp4"), one)


def test_alpha_is_what_was_matted(tmp_path: Path) -> None:
    film = tmp_path / "take.mp4"
    performance = FIGURE.film(film)
    given: list[Floats] = []

    def fine(frame: Image, matte: NDArray[np.uint8]) -> Floats:
        given.append(FIGURE.alpha_of(frame, matte))
        return given[-1]

    def check(number: int, frame: Image, alpha: Floats) -> Image:
        assert alpha is given[number]
        return frame

    edit(
        film, performance, [Edit(out=tmp_path / "o.mp4", stages=(check,))], fine=fine, config=CONFIG
    )
    assert len(given) == 12
