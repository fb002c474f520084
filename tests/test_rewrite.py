"""Other pictures at the same times, and the sound that was there."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from films import RATE, number_of, numbered, tone, write_film

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import frames
from reelwright.media.rewrite import evened, rewritten, start_s

CONFIG = MediaConfig(crf=12)


def again(source: Path, out: Path) -> list[str]:
    """Every picture written anew as it is."""
    with rewritten(source, out, CONFIG) as film:
        for time_s, image in frames(source):
            film.write(time_s, image)
    return film.notes


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as film:
        return [bytes(one) for one in film.demux(film.streams.audio[0]) if one.size]


def test_pictures_keep_their_uneven_times(tmp_path: Path) -> None:
    times = [0, 1, 2, 5, 6, 11, 12]
    source = write_film(tmp_path / "in.mp4", numbered(7), times=times)
    again(source, tmp_path / "out.mp4")
    told = [(time_s, number_of(image)) for time_s, image in frames(tmp_path / "out.mp4")]
    assert [number for _, number in told] == list(range(7))
    assert np.allclose([time_s for time_s, _ in told], np.array(times) / 24, atol=1e-9)


def test_sound_is_copied_bit_for_bit(tmp_path: Path) -> None:
    source = write_film(tmp_path / "in.mp4", numbered(30), sound=tone(1.25))
    assert again(source, tmp_path / "out.mp4") == []
    assert packets(tmp_path / "out.mp4") == packets(source)
    with av.open(str(source)) as old, av.open(str(tmp_path / "out.mp4")) as new:
        late = [
            start_s(film.streams.audio[0]) - start_s(film.streams.video[0]) for film in (old, new)
        ]
        assert late[0] == pytest.approx(late[1], abs=1e-3)


def sounding(path: Path, codec: str = "pcm_s16le") -> Path:
    """A film with a sound of some kind; no MP4 should hold what is uncompressed."""
    with av.open(str(path), "w") as film:
        video = film.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 64, 96, "yuv420p"
        audio: Any = film.add_stream(codec, rate=RATE, layout="mono")
        for image in numbered(24):
            film.mux(video.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        film.mux(video.encode(None))
        level = np.rint(32_000 * tone(1.0)).astype(np.int16)
        heard = av.AudioFrame.from_ndarray(level[None], format="s16", layout="mono")
        heard.sample_rate, heard.time_base, heard.pts = RATE, Fraction(1, RATE), 0
        film.mux(audio.encode(heard))
        film.mux(audio.encode(None))
    return path


def test_sound_that_no_browser_plays_is_kept_with_a_note(tmp_path: Path) -> None:
    source = sounding(tmp_path / "in.mkv", "mp2")
    (note,) = again(source, tmp_path / "out.mp4")
    assert note.startswith("The sound is MP2, kept as it was. Browsers do not play it")
    assert b"".join(packets(tmp_path / "out.mp4")) == b"".join(packets(source))


def test_sound_that_an_mp4_does_not_take_is_transcoded_with_a_note(tmp_path: Path) -> None:
    source = sounding(tmp_path / "in.mkv")
    (note,) = again(source, tmp_path / "out.mp4")
    assert "pcm_s16le" in note
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert film.streams.audio[0].codec_context.name == "aac"
        heard = np.concatenate([one.to_ndarray()[0] for one in film.decode(audio=0)])
    assert 0.15 < np.abs(heard).mean() < 0.25  # a sine of level .3 has .19


def test_a_matroska_file_takes_it_as_it_is(tmp_path: Path) -> None:
    source = sounding(tmp_path / "in.mkv")
    assert again(source, tmp_path / "out.mkv") == []
    assert b"".join(packets(tmp_path / "out.mkv")) == b"".join(packets(source))


def test_a_film_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    source = write_film(tmp_path / "in.mp4", numbered(4), sound=tone(0.2))

    def interrupted() -> None:
        with rewritten(source, tmp_path / "out.mp4", CONFIG) as film:
            film.write(0.0, numbered(1)[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [one.name for one in tmp_path.iterdir()] == ["in.mp4"]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    source = write_film(tmp_path / "in.mp4", numbered(4))
    with pytest.raises(ReelwrightError, match=r"out\.gif"):
        again(source, tmp_path / "out.gif")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    source = write_film(tmp_path / "in.mp4", numbered(4))
    with pytest.raises(ReelwrightError, match="cannot be written"):
        again(source, tmp_path / "nowhere" / "out.mp4")


def test_odd_sides_become_even_by_a_row_seen_twice() -> None:
    picture = np.arange(3 * 5 * 3, dtype=np.uint8).reshape(3, 5, 3)
    even = evened(picture)
    assert even.shape == (4, 6, 3)
    assert (even[:3, :5] == picture).all()
    assert (even[3, :5] == picture[2]).all()
