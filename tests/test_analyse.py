"""Footage in, a performance out: what is measured, what is refused, and that memory stays flat."""

import dataclasses
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from conftest import REAL_ZOO
from films import Frame, tone, write_film
from program import reelwright, refused
from watched import FakeBodies, FakeFaces, FakeHands, fake_outline, painted

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.probe import Prober
from reelwright.modify.analyse import Analysed, analyse, sha256, write
from reelwright.modify.people import Eyes
from reelwright.modify.performance import Performance
from reelwright.modify.takefile import read
from reelwright.modify.watcher import Watcher
from reelwright.zoo.weights import PEOPLE

CLIPS = Path("/work/shared/data/clips")
WEIGHTS = REAL_ZOO / PEOPLE.file


def walker(count: int, *, width: int = 320, height: int = 240, wall: int = 5) -> Iterator[Frame]:
    """Somebody drawn plainly, who walks to the right before a wall."""
    rng = np.random.default_rng(wall)
    back = cv2.resize(rng.integers(90, 130, (12, 16, 3), np.uint8), (width, height))
    for number in range(count):
        frame = np.array(back, np.uint8)
        x = round(width * 0.4) + 2 * number
        cv2.ellipse(
            frame,
            (x, round(height * 0.45)),
            (width // 9, height // 5),
            0,
            0,
            360,
            (90, 130, 220),
            -1,
        )
        cv2.ellipse(frame, (x, height), (width // 4, height // 3), 0, 0, 360, (30, 30, 40), -1)
        yield frame


def eyes() -> Eyes:
    faces: Any = FakeFaces()
    bodies: Any = FakeBodies()
    hands: Any = FakeHands()
    return Eyes(faces, bodies, hands, fake_outline)


def measured(footage: Path, who: Eyes | None = None) -> Performance:
    return analyse(footage, Prober(MediaConfig()).probe(footage), Watcher(who))


def into(footage: Path, path: Path, who: Eyes | None = None) -> Analysed:
    return write(footage, path, Prober(MediaConfig()).probe(footage), Watcher(who))


@pytest.fixture(scope="module")
def walking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("footage") / "walking.mp4"
    return write_film(path, walker(24), fps=24, sound=tone(1.0))


def test_without_weights_there_is_an_outline_and_it_says_so(walking: Path) -> None:
    take = measured(walking)
    assert take.footage.sha256 == sha256(walking)
    assert (take.footage.width, take.footage.height, take.footage.num_frames) == (320, 240, 24)
    assert take.footage.fps == pytest.approx(24)
    assert take.shots == (0,)
    assert dict(take.seen_by)["matte"].startswith("colour and motion")
    assert "weights people are not here" in dict(take.seen_by)["faces"]
    (somebody,) = take.performers
    assert np.isnan(somebody.face_NP3).all()
    middle = somebody.box_N4[:, [0, 2]].mean(1)
    assert middle == pytest.approx(320 * 0.4 + 2 * np.arange(24), abs=12)
    across = take.matte_NHW[12][round(144 * 0.45)]
    assert across[round(192 * 0.4 + 24 * 0.6)] == 255
    assert across[5] == 0
    assert take.loudness_N == pytest.approx(20 * np.log10(0.3 / 2**0.5), abs=1.5)
    assert (take.camera_N33 == np.eye(3)).all()
    assert take.flow_NHW2.shape == (24, 30, 40, 2)
    assert (take.flow_NHW2[-1] == 0).all()
    moving = take.flow_NHW2[5][13:15, 17:18].astype(float)
    assert np.median(moving[..., 0]) == pytest.approx(2, abs=1)


def test_people_are_measured_in_pixels_of_the_footage(tmp_path: Path) -> None:
    """Larger footage is looked at small, and nothing but its size changes."""
    frames = [painted((100 + n, 80, 10)).repeat(4, 0).repeat(4, 1) for n in range(14)]
    take = measured(write_film(tmp_path / "large.mp4", frames, fps=25), eyes())
    (one,) = take.performers
    assert one.face_seen_N.all()
    assert one.body_NP3[:, 0, 0] == pytest.approx(400 + 4 * np.arange(14), abs=12)
    assert one.body_NP3[0, 0, 2] == pytest.approx(0.95, abs=0.01)
    assert np.isnan(one.left_NP3).all()
    assert not np.isnan(one.right_NP3).any()


def test_cuts_divide_the_take_and_people_keep_their_numbers(tmp_path: Path) -> None:
    def scene(seed: int, x: int) -> list[Frame]:
        back = cv2.resize(
            np.random.default_rng(seed).integers(0, 120, (8, 10, 3), np.uint8), (320, 240)
        )
        who = painted((x, 90, 10))
        return [np.where(who[..., 2:] == 200, who, back).astype(np.uint8) for _ in range(12)]

    take = measured(write_film(tmp_path / "cut.mp4", scene(1, 90) + scene(2, 220), fps=24), eyes())
    assert take.shots == (0, 12)
    assert list(take.shot_of(13)) == list(range(12, 24))
    assert len(take.performers) == 1
    assert (take.flow_NHW2[11] == 0).all()


def test_uneven_times_are_kept_and_told(tmp_path: Path) -> None:
    path = write_film(tmp_path / "uneven.mkv", walker(8), fps=10, times=[0, 1, 2, 6, 7, 8, 12, 13])
    analysed = into(path, tmp_path / "take.performance")
    take = read(tmp_path / "take.performance")
    assert take.footage.times_N == pytest.approx([0, 0.1, 0.2, 0.6, 0.7, 0.8, 1.2, 1.3], abs=2e-3)
    assert any("no even frame rate" in note for note in analysed.notes)
    assert any("has no sound" in note for note in analysed.notes)
    assert not take.footage.has_sound
    assert (take.loudness_N == -120).all()
    assert take.speech == ()


def test_portrait_stays_portrait(tmp_path: Path) -> None:
    path = write_film(tmp_path / "tall.mp4", walker(6, width=180, height=320), fps=24)
    take = measured(path)
    assert (take.footage.width, take.footage.height) == (180, 320)
    assert take.matte_NHW.shape[1:] == (192, 108)


def test_a_crowd_is_refused_by_its_number(tmp_path: Path) -> None:
    people = [(30 + 60 * (n % 5), 40 + 100 * (n // 5), 5 + 20 * n) for n in range(10)]
    path = write_film(tmp_path / "crowd.mkv", [painted(*people)] * 4, codec="ffv1")
    with pytest.raises(ReelwrightError, match=r"some 10 people at 0\.0 s; 8 can be followed"):
        into(path, tmp_path / "take.performance", eyes())
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["nobody", "single"])
def test_footage_without_a_performance_is_refused_and_nothing_is_left(
    tmp_path: Path, kind: str
) -> None:
    frames = [painted()] * 6 if kind == "nobody" else [painted((100, 90, 10))]
    path = write_film(tmp_path / "film.mp4", frames, fps=24)
    told = "shows nobody" if kind == "nobody" else "holds a single picture"
    with pytest.raises(ReelwrightError, match=told):
        into(path, tmp_path / "take.performance", eyes())
    assert list(tmp_path.iterdir()) == [path]


def test_who_is_glimpsed_is_no_performer(tmp_path: Path) -> None:
    frames = [painted((100, 90, 10), *([(250, 90, 240)] if n < 3 else [])) for n in range(30)]
    take = measured(write_film(tmp_path / "film.mp4", frames, fps=24), eyes())
    assert len(take.performers) == 1
    assert take.performers[0].box_N4[:, 0].max() < 120


def test_a_cut_off_film_is_refused_before_anything_is_written(
    tmp_path: Path, walking: Path
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(walking.read_bytes()[: walking.stat().st_size // 2])
    with pytest.raises(ReelwrightError, match=r"^broken\.mp4 is cut off"):
        into(path, tmp_path / "take.performance")
    assert list(tmp_path.iterdir()) == [path]


def test_hdr_is_told(tmp_path: Path) -> None:
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=24)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.codec_context.color_trc = 16
        for frame in walker(6):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        film.mux(stream.encode(None))
    assert any("is HDR" in note for note in into(path, tmp_path / "take.performance").notes)


def test_progress_ends_when_all_is_done(walking: Path, tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    probe = Prober(MediaConfig()).probe(walking)
    write(
        walking, tmp_path / "take", probe, Watcher(None), progress=lambda *told: said.append(told)
    )
    assert {what for what, _, _ in said} == {"analysing"}
    assert [done for _, done, _ in said] == sorted(done for _, done, _ in said)
    assert [done == total for _, done, total in said].index(True) == len(said) - 1


def test_memory_does_not_grow_with_the_footage(tmp_path: Path) -> None:
    peaks = []
    for count in (48, 144):
        path = write_film(tmp_path / f"{count}.mp4", walker(count, width=160, height=120), fps=24)
        probe = Prober(MediaConfig()).probe(path)
        tracemalloc.start()
        write(path, tmp_path / "take", probe, Watcher(None))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.15 * peaks[0]


def test_the_command_says_what_was_found_and_what_would_help(walking: Path, tmp_path: Path) -> None:
    out = tmp_path / "take.performance"
    result = reelwright("analyse", str(walking), "-o", str(out), home=tmp_path / "home")
    assert result.returncode == 0
    assert "24 frames in 1 shots, 1 performers" in result.stdout
    assert "reelwright models pull people" in result.stderr
    assert read(out).footage.num_frames == 24


def test_the_command_refuses_what_is_no_film_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "words.mp4"
    path.write_text("not a film")
    said = refused("analyse", str(path), "-o", str(tmp_path / "t.performance"), home=tmp_path / "h")
    assert "holds text, not a video" in said
    assert not (tmp_path / "t.performance").exists()


here = pytest.mark.skipif(
    not WEIGHTS.exists(), reason="people is not here: reelwright models pull people"
)


@here
@pytest.mark.skipif(not CLIPS.exists(), reason="the clips of real performers are not here")
@pytest.mark.slow
def test_a_real_performer_is_seen_from_head_to_hand(tmp_path: Path) -> None:
    sight = pytest.importorskip("reelwright.modify.sight")
    analysed = into(CLIPS / "asl" / "help.mkv", tmp_path / "take", sight.eyes(WEIGHTS))
    take = read(tmp_path / "take")
    (one,) = take.performers
    assert one.face_seen_N.all()
    assert one.body_seen_N.all()
    assert (~np.isnan(one.left_NP3[:, 0, 0])).mean() > 0.7
    assert analysed.kb_per_s < 300
    eyes_apart = np.hypot(*(one.face_NP3[:, 33, :2] - one.face_NP3[:, 263, :2]).T)
    nose = np.hypot(*(one.face_NP3[:, 1, :2] - one.body_NP3[:, 0, :2]).T)
    assert np.median(nose / eyes_apart) < 0.3  # two networks, one nose
    iris = one.face_NP3[:, 468, :2]
    inner, outer = one.face_NP3[:, 133, :2], one.face_NP3[:, 33, :2]
    share = ((iris - outer) * (inner - outer)).sum(1) / ((inner - outer) ** 2).sum(1)
    assert 0.2 < np.median(share) < 0.8
    assert dataclasses.asdict(analysed)["num_shots"] == 1
