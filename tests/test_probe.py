"""The gate for strangers' films: real ones come in, broken ones get one clear sentence."""

import os
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import numbered, tone, write_film

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.probe import Probe, Prober

PROBER = Prober(MediaConfig())


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "good.mp4"
    return write_film(path, numbered(36), fps=12, sound=tone(3.0))


def refusal(path: Path, config: MediaConfig | None = None) -> str:
    with pytest.raises(ReelwrightError) as caught:
        Prober(config or MediaConfig()).probe(path)
    assert caught.value.problem.startswith(path.name)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value.problem


def test_a_real_film_tells_its_facts(good: Path) -> None:
    assert PROBER.probe(good) == Probe(
        duration_s=3.0, width=64, height=96, fps=12.0, has_sound=True, codec="h264"
    )


def test_other_containers_and_a_film_without_sound_are_taken(tmp_path: Path) -> None:
    film = write_film(tmp_path / "a film.mkv", numbered(20), fps=10)
    probe = PROBER.probe(film)
    assert not probe.has_sound
    assert probe.duration_s == pytest.approx(2.0)


def test_a_text_file_named_mp4_is_called_text(tmp_path: Path) -> None:
    notes = tmp_path / "notes.mp4"
    notes.write_text("Dear viewer,\nthis is no film. Žluťoučký kůň.\n" * 200, encoding="utf-8")
    assert refusal(notes) == "notes.mp4 holds text, not a video."


def test_an_empty_file_a_folder_and_nothing_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "folder.mp4").mkdir()
    assert refusal(tmp_path / "empty.mp4") == "empty.mp4 is empty."
    assert refusal(tmp_path / "folder.mp4") == "folder.mp4 is not a file."
    assert "No such file" in refusal(tmp_path / "none.mp4")


def test_a_film_cut_off_before_its_index_is_called_cut_off(tmp_path: Path) -> None:
    whole = write_film(tmp_path / "w.mp4", numbered(36), faststart=False).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: whole.index(b"moov") - 4])
    assert refusal(cut) == "cut.mp4 is cut off: its index is missing."
    cut.write_bytes(whole[: whole.index(b"moov") - 60])
    assert "bytes" in refusal(cut)


def test_a_film_cut_off_in_its_pictures_is_called_cut_off(good: Path, tmp_path: Path) -> None:
    whole = good.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[:-2000])
    assert refusal(cut) == f"cut.mp4 is cut off: 2,000 bytes of {len(whole):,} are missing."


def test_a_matroska_film_cut_off_is_noticed_by_its_end(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 96, 64, 3), dtype=np.uint8)
    whole = write_film(tmp_path / "w.mkv", noise, fps=10).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole[: len(whole) // 2])
    assert "cut off: it ends after" in refusal(cut)


def test_a_song_has_no_picture(tmp_path: Path) -> None:
    song = tmp_path / "song.mp4"
    with av.open(str(song), "w") as film:
        stream = film.add_stream("aac", rate=24_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1.0)[None], format="fltp", layout="mono")
        frame.sample_rate = 24_000
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    assert refusal(song) == "song.mp4 has no picture, only sound."


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("honest", [True, False])
def test_a_claim_of_12000_x_12000_is_refused_before_decoding(tmp_path: Path, honest: bool) -> None:
    """Whether the container says so, or only the pictures inside it."""
    bomb = tmp_path / "bomb.mov"
    with av.open(str(bomb), "w") as film:
        stream = film.add_stream("png", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.pix_fmt = "rgb24"
        stream.width = stream.height = 12_000 if honest else 64
        for number in range(20):
            packet = av.Packet(png_that_claims(12_000, 12_000))
            packet.stream = stream
            packet.pts = packet.dts = number
            packet.time_base = Fraction(1, 10)
            packet.is_keyframe = True
            film.mux(packet)
    assert "claims a picture of 12000x12000" in refusal(bomb)


def test_too_long_too_big_too_fast_and_too_slow_to_read_are_said(
    good: Path, tmp_path: Path
) -> None:
    assert "3 s long, more than 2 s" in refusal(good, MediaConfig(max_duration_s=2.0))
    assert "64x96, more than 6,000 pixels" in refusal(good, MediaConfig(max_pixels=6000))
    assert "more than 100." in refusal(good, MediaConfig(max_bytes=100))
    assert "within 0.001 s" in refusal(good, MediaConfig(probe_timeout_s=0.001))
    fast = write_film(tmp_path / "fast.mp4", numbered(30), fps=1000)
    assert "claims 1,000 frames a second" in refusal(fast)


def test_too_little_memory_is_a_refusal(good: Path) -> None:
    assert refusal(good, MediaConfig(probe_memory_mb=1))


def test_a_playlist_cannot_make_us_read_other_files(good: Path, tmp_path: Path) -> None:
    for name, text in (
        ("list.mp4", f"ffconcat version 1.0\nfile '{good}'\n" + 64 * "\x00"),
        ("hls.mp4", f"#EXTM3U\n#EXTINF:3,\nfile://{good}\n#EXT-X-ENDLIST\n" + 64 * "\x00"),
    ):
        (tmp_path / name).write_text(text)
        assert "is not a video" in refusal(tmp_path / name)


def test_a_phone_film_stored_lying_down_is_upright(good: Path, tmp_path: Path) -> None:
    data = bytearray(good.read_bytes())
    place = data.index(b"tkhd") + 4 + 40  # the matrix of the first track: a, b, u, c, d, v, ...
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    data[place : place + 36] = turned
    (tmp_path / "phone.mp4").write_bytes(data)
    probe = PROBER.probe(tmp_path / "phone.mp4")
    assert (probe.width, probe.height) == (96, 64)


def test_a_pipe_does_not_hang_the_gate(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert refusal(tmp_path / "pipe.mp4") == "pipe.mp4 is not a file."


def test_many_are_answered_in_order_with_progress(good: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    heard: list[tuple[int, int]] = []
    found = PROBER.probe_many(
        [good, tmp_path / "empty.mp4", good], lambda what, done, total: heard.append((done, total))
    )
    assert [type(one) for one in found] == [Probe, ReelwrightError, Probe]
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_mutants_neither_crash_nor_hang(tmp_path: Path) -> None:
    """Thirty damaged films of six kinds: each is a probe, or one sentence without a signal."""
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 255, (24, 96, 64, 3), dtype=np.uint8)
    sources = [
        write_film(tmp_path / "s.mp4", noise, fps=12, sound=tone(2.0)).read_bytes(),
        write_film(tmp_path / "t.mp4", noise, fps=12, faststart=False).read_bytes(),
        write_film(tmp_path / "u.mkv", noise, fps=12).read_bytes(),
    ]
    films = []
    for number in range(30):
        film = tmp_path / f"mutant{number}.mp4"
        film.write_bytes(mutated(sources[number % 3], number % 6, rng))
        films.append(film)
    found = Prober(MediaConfig(probe_timeout_s=10)).probe_many(films)
    problems = [one.problem for one in found if isinstance(one, ReelwrightError)]
    assert len(problems) > 10, problems
    assert not [one for one in problems if "status" in one or "within" in one], problems


def mutated(data: bytes, kind: int, rng: np.random.Generator) -> bytes:
    place = int(rng.integers(len(data)))
    match kind:
        case 0:  # cut
            return data[:place]
        case 1:  # bit flips
            broken = bytearray(data)
            for flip in rng.integers(len(data), size=20):
                broken[flip] ^= 1 << int(rng.integers(8))
            return bytes(broken)
        case 2:  # a hole of zeros
            return data[:place] + bytes(min(500, len(data) - place)) + data[place + 500 :]
        case 3:  # a stretch twice
            return data[:place] + data[max(0, place - 700) : place] + data[place:]
        case 4:  # noise in the header
            return data[:40] + rng.bytes(60) + data[100:]
        case _:  # a stretch gone
            return data[:place] + data[place + 300 :]
