"""Pictures at their exact times, scaled and upright; sound; clear words where a film is broken."""

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from films import RATE, number_of, numbered, tone, write_film

from reelwright.errors import ReelwrightError
from reelwright.media.decode import frame_at, frames, sound


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "counting.mp4"
    return write_film(path, numbered(36), fps=12, sound=tone(3.0))


def test_every_frame_comes_once_and_in_time(film: Path) -> None:
    found = list(frames(film))
    assert [number_of(image) for _, image in found] == list(range(36))
    assert [time_s for time_s, _ in found] == pytest.approx([number / 12 for number in range(36)])
    assert {image.shape for _, image in found} == {(96, 64, 3)}


@pytest.mark.parametrize("every_s", [0.05, 0.125, 0.5, 1 / 12])
def test_sampling_equals_asking_frame_by_frame(film: Path, every_s: float) -> None:
    found = list(frames(film, every_s=every_s))
    assert [time_s for time_s, _ in found] == pytest.approx(
        [number * every_s for number in range(len(found))]
    )
    assert len(found) == int(35 / 12 / every_s + 1e-6) + 1
    for time_s, image in found:
        assert number_of(image) == int(time_s * 12 + 1e-3)
        assert (image == frame_at(film, time_s)).all()


def test_the_frame_at_a_time_is_the_last_that_began_by_then(film: Path) -> None:
    for t_s, number in ((0, 0), (0.08, 0), (1 / 12, 1), (1.04, 12), (2.99, 35), (100, 35)):
        assert number_of(frame_at(film, t_s)) == number, t_s


def test_a_stretch_can_be_asked_for(film: Path) -> None:
    numbers = [number_of(image) for _, image in frames(film, start_s=1.0, end_s=1.5)]
    assert numbers == list(range(12, 18))
    sampled = [number_of(image) for _, image in frames(film, start_s=1, end_s=2, every_s=0.25)]
    assert sampled == [12, 15, 18, 21]


def test_an_mpeg_program_stream_keeps_its_first_frames(tmp_path: Path) -> None:
    path = write_film(tmp_path / "old.mpg", numbered(50), fps=25, codec="mpeg1video")
    assert [number_of(image) for _, image in frames(path)] == list(range(50))


def test_far_times_are_reached_by_the_index_and_stay_exact(tmp_path: Path) -> None:
    film = write_film(tmp_path / "long.mp4", numbered(240, width=32, height=32), fps=10)
    for t_s in (3.0, 11.11, 23.9, 17.0):
        assert number_of(frame_at(film, t_s)) == int(t_s * 10)
    found = [(time_s, number_of(image)) for time_s, image in frames(film, every_s=5.0)]
    assert found == [(0, 0), (5, 50), (10, 100), (15, 150), (20, 200)]


def test_a_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    film = write_film(tmp_path / "vfr.mp4", numbered(5), fps=10, times=[0, 1, 2, 12, 13])
    found = {round(time_s, 2): number_of(image) for time_s, image in frames(film, every_s=0.2)}
    assert found == {0: 0, 0.2: 2, 0.4: 2, 0.6: 2, 0.8: 2, 1.0: 2, 1.2: 3}


def test_colours_and_scaling_are_right(tmp_path: Path) -> None:
    image = np.zeros((96, 64, 3), np.uint8)
    image[:48] = (30, 60, 220)
    image[48:] = (200, 90, 20)
    film = write_film(tmp_path / "colours.mp4", [image] * 3)
    small = frame_at(film, 0, size=(32, 48))
    assert small.shape == (48, 32, 3)
    assert small[10, 16].tolist() == pytest.approx([30, 60, 220], abs=6)
    assert small[38, 16].tolist() == pytest.approx([200, 90, 20], abs=6)


def test_a_shorter_side_keeps_the_shape_and_enlarges_nothing(film: Path) -> None:
    assert next(frames(film, shorter_side=32))[1].shape == (48, 32, 3)
    assert next(frames(film, shorter_side=500))[1].shape == (96, 64, 3)


def test_a_phone_film_stands_upright(film: Path, tmp_path: Path) -> None:
    image = np.zeros((64, 96, 3), np.uint8)
    image[:32, :32] = 255  # stored top left; shown top right after a quarter turn clockwise
    data = bytearray(write_film(tmp_path / "flat.mp4", [image] * 4).read_bytes())
    place = data.index(b"tkhd") + 44
    data[place : place + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    (tmp_path / "phone.mp4").write_bytes(data)
    for size in (None, (64, 96)):
        upright = frame_at(tmp_path / "phone.mp4", 0, size=size)
        assert upright.shape == (96, 64, 3)
        assert upright[10, 54].min() > 200
        assert upright[10, 10].max() < 50


def test_sound_is_mono_at_the_rate_asked_for(film: Path, tmp_path: Path) -> None:
    heard = sound(film, rate=8000)
    assert heard.dtype == np.float32
    assert len(heard) == pytest.approx(24_000, abs=1200)  # the encoder pads its last block
    assert len(sound(film, rate=8000, end_s=1.0)) == pytest.approx(8000, abs=400)
    spectrum = np.abs(np.fft.rfft(heard[4000:20_000]))
    assert spectrum.argmax() * 8000 / 16_000 == pytest.approx(440, abs=2)
    assert RATE == 24_000
    assert sound(write_film(tmp_path / "mute.mp4", numbered(3)), rate=8000).size == 0


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    film = write_film(tmp_path / "many.mp4", numbered(30, width=320, height=320) * 4)
    tracemalloc.start()
    for _ in frames(film):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 320 * 320 * 3, peak


def test_a_broken_film_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_bytes(b"\x00\x01 nothing here" * 100)
    with pytest.raises(ReelwrightError, match=r"notes\.mp4 cannot be decoded"):
        next(frames(tmp_path / "notes.mp4"))
    with pytest.raises(ReelwrightError, match=r"none\.mp4"):
        sound(tmp_path / "none.mp4", rate=8000)
