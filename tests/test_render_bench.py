"""The bench of rendering: both programs draw the same, and its figures are what they say."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import reelwright.bench
from reelwright.bench import render
from reelwright.bench.composition import composition, photographs, straight
from reelwright.bench.made import Took, took
from reelwright.bench.photograph import photograph
from reelwright.bench.render import WORDS, against, middle, on_cores
from reelwright.cli import benches
from reelwright.config import MediaConfig
from reelwright.domain import Format
from reelwright.media.materials import Materials
from reelwright.progress import silent
from reelwright.render.depth import apart
from reelwright.render.film import Desk, Film
from reelwright.render.kit import STYLES

FORM = Format(width=108, height=192, fps=10, duration_s=3.0)
MEDIA = MediaConfig(preset="ultrafast")


def test_photographs_are_the_same_every_time_and_have_something_in_front() -> None:
    one = photograph(120, 200, seed=2)
    assert np.array_equal(one, photograph(120, 200, seed=2))
    assert not np.array_equal(one, photograph(120, 200, seed=3))
    parts = apart(cv2.cvtColor(one, cv2.COLOR_BGR2BGRA))
    assert parts is not None
    assert 0.05 < (parts[1][:, :, 3] > 128).mean() < 0.4


def test_colours_of_a_cut_out_do_not_fade_with_its_alpha() -> None:
    half = np.array([[[10, 20, 40, 128], [0, 0, 0, 0], [1, 2, 3, 255]]], np.uint8)
    assert straight(half)[0].tolist() == [[80, 40, 20, 128], [0, 0, 0, 0], [3, 2, 1, 255]]


@pytest.mark.filterwarnings("ignore")
def test_moviepy_draws_the_same_composition_in_both_ways(tmp_path: Path) -> None:
    """In every shot and in both transitions, as far as two programs can agree."""
    pytest.importorskip("moviepy", reason="MoviePy is not installed")
    from reelwright.bench import moviepy, moviepy_manual

    materials = Materials(MEDIA)
    film = Film(composition(photographs(tmp_path, materials), FORM), materials)
    tuned, manual = moviepy.clip(film), moviepy_manual.clip(film)
    assert tuned.mask is None
    assert tuned.duration == manual.duration == pytest.approx(3.0)
    desk = Desk.of(FORM.width, FORM.height)
    for frame in (4, 9, 11, 15, 19, 21, 26):
        ours = film.bgr(frame, desk)
        one, other = (made.get_frame(frame / FORM.fps)[:, :, ::-1] for made in (tuned, manual))
        for theirs in (one, other):
            assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.85, frame
            assert np.abs(ours.astype(int) - theirs).mean() < 12, frame
        assert cv2.PSNR(np.ascontiguousarray(one), np.ascontiguousarray(other)) > 30, frame


class Copyist:
    """Draws nothing, and writes what it was given."""

    def clip(self, film: Film) -> object:
        return film

    def write(
        self, made: object, sound: NDArray[np.float32], path: Path, fps: int, media: MediaConfig
    ) -> None:
        assert isinstance(made, Film)
        path.write_bytes(sound.tobytes())


def test_a_race_is_told_in_figures_that_have_words() -> None:
    rivals = {"moviepy": Copyist(), "moviepy_tuned": Copyist()}
    figures = against(rivals, MEDIA, FORM, rounds=1, progress=silent)
    assert set(figures) < set(WORDS)
    assert 0 <= figures["speedup_vs_moviepy"] < 1
    assert 0 <= figures["speedup_vs_moviepy_tuned"] < 1
    assert figures["composition_s"] > 0


def test_every_style_has_its_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips are made in this process here: a process of their own is what makes them slow."""

    class Here:
        def result(self) -> tuple[float, float, float]:
            return 1.5, 0.25, 320.4

        def submit(self, *given: object) -> "Here":
            return self

        def __enter__(self) -> "Here":
            return self

        def __exit__(self, *given: object) -> None:
            pass

    monkeypatch.setattr(render, "alone", lambda plan: Here())
    figures = render.of_styles(MEDIA, FORM, progress=silent)
    assert set(figures) < set(WORDS)
    assert {f"realtime_factor_{style.name}" for style in STYLES} < set(figures)
    assert figures["realtime_factor"] == 2.0
    assert (figures["first_frame_ms"], figures["peak_mb"]) == (250, 320)


def test_time_of_child_processes_counts_and_sleep_does_not() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    worked = took(lambda: subprocess.run([sys.executable, "-c", busy], check=True))
    assert worked.processor_s > 0.25
    assert took(lambda: None).processor_s < 0.2


def test_the_middle_is_taken_of_each_time_alone() -> None:
    assert middle([Took(1, 9), Took(3, 5), Took(2, 7)]) == Took(2, 7)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_cores_are_given_back() -> None:
    before = os.sched_getaffinity(0)
    with on_cores(1):
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_without_moviepy_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "moviepy", None)
    monkeypatch.delitem(sys.modules, "reelwright.bench.moviepy", raising=False)
    monkeypatch.delitem(sys.modules, "reelwright.bench.moviepy_manual", raising=False)
    monkeypatch.delattr(reelwright.bench, "moviepy", raising=False)
    monkeypatch.delattr(reelwright.bench, "moviepy_manual", raising=False)
    assert benches.moviepy() == {}
    said = capsys.readouterr().err
    assert "MoviePy is left out" in said
    assert said.count("\n") == 1
