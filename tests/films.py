"""Small films for the tests, drawn with numpy and written with PyAV."""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
RATE = 24_000


def write_film(
    path: Path,
    frames: Iterable[Frame],
    *,
    fps: int = 24,
    sound: NDArray[np.float32] | None = None,
    faststart: bool = True,
    codec: str = "libx264",
    times: Iterable[int] | None = None,
) -> Path:
    """BGR frames and mono sound at RATE as a film; `times` counts 1/fps and may leave gaps."""
    frames = list(frames)
    options = {"movflags": "faststart"} if faststart and path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as film:
        video = film.add_stream(codec, rate=fps, options={"crf": "18", "preset": "ultrafast"})
        assert isinstance(video, av.VideoStream)
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt = "yuv420p"
        audio = film.add_stream("aac", rate=RATE, layout="mono") if sound is not None else None
        for number, image in zip(times or range(len(frames)), frames, strict=False):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
            frame.pts = number
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
        if audio is not None and sound is not None:
            heard = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
            heard.sample_rate = RATE
            heard.pts = 0
            film.mux(audio.encode(heard))
            film.mux(audio.encode(None))
    return path


def numbered(count: int, *, width: int = 64, height: int = 96) -> list[Frame]:
    """Frames whose number is written in eight stripes, black or white, that survive encoding."""
    bits = (np.arange(count)[:, None] >> np.arange(8)) & 1
    stripes = np.repeat(bits * 255, width // 8, axis=1).astype(np.uint8)
    return [
        np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, width, 3)))
        for row in stripes
    ]


def number_of(frame: Frame) -> int:
    bits = frame.reshape(frame.shape[0], 8, -1).mean(axis=(0, 2)) > 127
    return int((bits << np.arange(8)).sum())


def tone(seconds: float, *, hertz: float = 440.0, level: float = 0.3) -> NDArray[np.float32]:
    time_s = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * time_s)).astype(np.float32)
