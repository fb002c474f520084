"""Somebody's own files: taken in, handed out, and each bad one told in a sentence that names it."""

import resource
import tempfile
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from films import number_of, numbered, tone, write_film
from PIL import Image
from stills import cut_out, disc, write_still

from reelwright.config import MediaConfig
from reelwright.domain import AssetKind
from reelwright.errors import ReelwrightError
from reelwright.media.materials import Materials, Reel

CONFIG = MediaConfig()


@pytest.fixture
def materials() -> Materials:
    return Materials(CONFIG)


def refusal(path: Path, config: MediaConfig = CONFIG, *, logo: bool = False) -> str:
    """The sentence with which a file is refused; it names the file and says what to do."""
    with pytest.raises(ReelwrightError) as caught:
        Materials(config).take(path, logo=logo)
    assert caught.value.problem.startswith(path.name)
    assert caught.value.hint.endswith(".")
    return str(caught.value)


def test_a_photograph_a_cut_out_and_a_film_are_told_apart(
    tmp_path: Path, materials: Materials
) -> None:
    photo = materials.take(write_still(tmp_path / "a.jpg", disc(160, 120, at=(0.7, 0.4))))
    thing = materials.take(write_still(tmp_path / "b.png", cut_out()))
    film = materials.take(write_film(tmp_path / "c.mp4", numbered(24), fps=24, sound=tone(1.0)))
    logo = materials.take(tmp_path / "b.png", logo=True)
    assert [one.kind for one in (photo, thing, film, logo)] == ["photo", "cutout", "film", "logo"]
    assert (photo.width, photo.height) == (160, 120)
    assert np.hypot(photo.focus[0] - 0.7, photo.focus[1] - 0.4) < 0.08
    assert film.duration_s == pytest.approx(1.0, abs=0.05)
    assert thing.digest == logo.digest
    assert materials.notes == []


def test_a_picture_that_lies_down_is_measured_upright(tmp_path: Path, materials: Materials) -> None:
    asset = materials.take(write_still(tmp_path / "a.jpg", disc(160, 120), orientation=8))
    assert (asset.width, asset.height) == (120, 160)
    assert materials.picture(asset, 60).shape == (80, 60, 4)


def test_a_truncated_jpeg_is_refused(tmp_path: Path) -> None:
    path = write_still(tmp_path / "half.jpg", disc())
    path.write_bytes(path.read_bytes()[:-300])
    assert "cut off" in refusal(path)


def test_a_png_of_12000_by_12000_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (12_000, 12_000)).save(path)
    assert path.stat().st_size < 100_000
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "12000x12000" in refusal(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 30_000


def test_a_bomb_that_settings_let_through_is_stopped_by_the_memory_of_its_child(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bomb.png"
    Image.new("RGB", (9_000, 9_000)).save(path)
    config = replace(CONFIG, max_photo_pixels=2**28, probe_memory_mb=512)
    assert "memory" in refusal(path, config) or "MB" in refusal(path, config)


def test_what_a_file_is_its_content_says_and_a_lie_is_noted(
    tmp_path: Path, materials: Materials
) -> None:
    write_still(tmp_path / "a.png", disc()).rename(tmp_path / "a.jpg")
    write_film(tmp_path / "b.mp4", numbered(12)).rename(tmp_path / "b.png")
    assert materials.take(tmp_path / "a.jpg").kind is AssetKind.PHOTO
    assert materials.take(tmp_path / "b.png").kind is AssetKind.FILM
    assert materials.notes == [
        "a.jpg is a PNG by its content, and read so.",
        "b.png is a film by its content, and read so.",
    ]


def test_what_is_no_picture_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("not a picture at all\n" * 20)
    assert "holds text" in refusal(tmp_path / "text.jpg")
    (tmp_path / "noise.png").write_bytes(np.random.default_rng(2).bytes(4000))
    assert refusal(tmp_path / "noise.png")
    (tmp_path / "empty.png").touch()
    assert "is empty" in refusal(tmp_path / "empty.png")
    assert "No such file" in refusal(tmp_path / "missing.jpg")
    assert "is not a file" in refusal(tmp_path)


def test_sound_without_a_picture_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "song.mp4"), "w") as film:
        stream = film.add_stream("aac", rate=24_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1.0)[None], format="fltp", layout="mono")
        frame.sample_rate = 24_000
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    assert "only sound" in refusal(tmp_path / "song.mp4")


def test_a_film_is_no_logo(tmp_path: Path) -> None:
    assert "not a logo" in refusal(write_film(tmp_path / "a.mp4", numbered(12)), logo=True)


def test_a_film_of_one_frame_is_a_photograph(tmp_path: Path, materials: Materials) -> None:
    asset = materials.take(write_film(tmp_path / "one.mp4", numbered(1)))
    assert asset.kind is AssetKind.PHOTO
    assert materials.picture(asset, 32).shape == (48, 32, 4)
    assert materials.notes == ["one.mp4 has one frame and is shown as a photograph."]


@pytest.mark.parametrize("size", [(101, 77), (3, 200), (1, 1)])
def test_odd_sizes_are_fine(tmp_path: Path, materials: Materials, size: tuple[int, int]) -> None:
    asset = materials.take(write_still(tmp_path / "a.png", disc(*size)))
    assert (asset.width, asset.height) == size
    assert materials.picture(asset, 500).shape == (size[1], size[0], 4)


def test_a_film_of_odd_size_without_sound_is_fine(tmp_path: Path, materials: Materials) -> None:
    frames = [disc(101, 77) for _ in range(6)]
    asset = materials.take(write_film(tmp_path / "odd.mkv", frames, codec="ffv1"))
    reel = materials.film(asset, fps=12, end_s=9, shorter_side=400)
    assert reel.frame(0).shape == (77, 101, 4)


def test_a_films_frames_are_those_that_are_shown_at_each_time(
    tmp_path: Path, materials: Materials
) -> None:
    asset = materials.take(write_film(tmp_path / "a.mp4", numbered(48), fps=24))
    reel = materials.film(asset, fps=12, end_s=1.5, shorter_side=64)
    assert [number_of(reel.frame(k)[:, :, :3]) for k in range(reel.count)] == list(range(0, 36, 2))
    slow = materials.film(asset, fps=60, end_s=99, shorter_side=64)
    assert number_of(slow.frame(59)[:, :, :3]) == 59 * 24 // 60
    assert number_of(slow.frame(slow.count - 1)[:, :, :3]) == 47


def test_a_file_that_changes_after_it_was_taken_is_noticed(
    tmp_path: Path, materials: Materials
) -> None:
    path = write_still(tmp_path / "a.png", disc())
    asset = materials.take(path)
    write_still(path, disc(ink=(0, 0, 250)))
    with pytest.raises(ReelwrightError, match=r"a\.png has changed"):
        materials.picture(asset, 64)
    path.unlink()
    with pytest.raises(ReelwrightError, match=r"a\.png cannot be opened"):
        materials.picture(asset, 64)
    with pytest.raises(ReelwrightError, match="is not here"):
        Materials(CONFIG).picture(asset, 64)


def test_a_film_may_be_larger_than_the_memory_of_its_child(tmp_path: Path) -> None:
    path = write_film(tmp_path / "long.mp4", numbered(12))
    with path.open("r+b") as file:
        file.truncate(600 * 2**20)
    materials = Materials(replace(CONFIG, probe_memory_mb=512))
    asset = materials.take(path)
    assert materials.film(asset, fps=12, end_s=0.5, shorter_side=64).count == 6


def test_a_film_that_breaks_while_it_is_read_is_refused_by_name() -> None:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed below)
    file.write((3).to_bytes(4, "little") + b"jpg" + bytes(4) + b'{"refused": "breaks off"}\n')
    file.flush()
    with pytest.raises(ReelwrightError, match=r"a\.mp4 breaks off"):
        Reel.of(file, Path("a.mp4"))
    file.close()
