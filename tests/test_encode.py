"""A film is written whole or not at all, and starts playing at once."""

import struct
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.media.encode import encode, jpeg

CONFIG = MediaConfig()
WIDTH, HEIGHT, FPS = 96, 160, 10


def pictures(count: int) -> Iterator[NDArray[np.uint8]]:
    for place in range(count):
        frame = np.full((HEIGHT, WIDTH, 3), (40, 90, 200), np.uint8)
        frame[:, : 1 + place] = 250
        yield frame


def write(
    path: Path, count: int, sound: NDArray[np.float32] | None, config: MediaConfig = CONFIG
) -> None:
    done = encode(
        path,
        pictures(count),
        width=WIDTH,
        height=HEIGHT,
        fps=FPS,
        sound=sound,
        config=config,
    )
    assert done == count


def tone(duration_s: float) -> NDArray[np.float32]:
    t = np.arange(int(duration_s * CONFIG.audio_rate)) / CONFIG.audio_rate
    return np.stack([np.sin(t * 2764.6), np.sin(t * 2764.6)], axis=1).astype(np.float32) * 0.5


def boxes(path: Path) -> list[str]:
    """The names of the outermost boxes of an MP4, in order."""
    data, place, names = path.read_bytes(), 0, []
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        names.append(name.decode())
        place += size
    return names


def test_the_index_comes_before_the_pictures(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 12, None)
    names = boxes(tmp_path / "film.mp4")
    assert names.index("moov") < names.index("mdat")


def test_every_frame_is_there_and_a_keyframe_every_two_seconds(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 53, tone(5.3))
    with av.open(str(tmp_path / "film.mp4")) as film:
        frames = list(film.decode(video=0))
    assert len(frames) == 53
    keys = [place for place, frame in enumerate(frames) if frame.key_frame]
    ends = [*keys[1:], len(frames)]
    assert keys[0] == 0
    assert max(e - k for k, e in zip(keys, ends, strict=True)) <= 2 * FPS


@pytest.mark.parametrize("sound_s", [0.4, 2.0, 9.0])
def test_sound_is_as_long_as_the_pictures(tmp_path: Path, sound_s: float) -> None:
    write(tmp_path / "film.mp4", 25, tone(sound_s))
    with av.open(str(tmp_path / "film.mp4")) as film:
        stream = film.streams.audio[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(2.5, abs=0.03)
        assert stream.rate == CONFIG.audio_rate


def test_colours_come_back_in_bt709(tmp_path: Path) -> None:
    write(tmp_path / "film.mp4", 3, None)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.streams.video[0].codec_context.colorspace == 1
        frame = next(film.decode(video=0)).to_ndarray(format="bgr24")
    assert frame[80, 60] == pytest.approx([40, 90, 200], abs=6)


def test_i420_and_bgr_frames_give_the_same_picture(tmp_path: Path) -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    planar = np.asarray(cv2.cvtColor(grey, cv2.COLOR_BGR2YUV_I420), np.uint8)
    path = tmp_path / "film.mp4"
    encode(path, [planar], width=WIDTH, height=HEIGHT, fps=FPS, sound=None, config=CONFIG)
    with av.open(str(path)) as film:
        frame = next(film.decode(video=0)).to_ndarray(format="bgr24")
    assert np.abs(frame.astype(int) - 120).max() <= 3


def test_an_encode_that_dies_leaves_nothing(tmp_path: Path) -> None:
    def dying() -> Iterator[NDArray[np.uint8]]:
        yield from pictures(4)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        encode(
            tmp_path / "film.mp4",
            dying(),
            width=WIDTH,
            height=HEIGHT,
            fps=FPS,
            sound=tone(1),
            config=CONFIG,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_poster_is_a_jpeg_of_the_frame(tmp_path: Path) -> None:
    frame = next(pictures(1))
    jpeg(tmp_path / "poster.jpg", frame)
    read = cv2.imread(str(tmp_path / "poster.jpg"))
    assert read is not None
    assert read.shape == frame.shape
    assert np.abs(read[80, 60].astype(int) - frame[80, 60]).max() < 12
