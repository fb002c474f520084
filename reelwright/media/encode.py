"""Frames and sound become an MP4 that starts playing at once; a frame becomes a JPEG."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.media.files import whole_file

BT709 = 1  # the number of this colour space in H.264, for primaries, curve and matrix alike
LIMITED_RANGE = 1
X264_THREADS = 2  # fixed, because the number of threads changes the bytes
# `superfast` gives bits to what is seen for a moment as to what stays. Told to look ahead, it makes
# files as large and as good as those of `veryfast` (docs/log.md), in half the time.
X264_MORE = {"superfast": "mbtree=1:rc-lookahead=8:bframes=1"}


def encode(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    width: int,
    height: int,
    fps: int,
    sound: NDArray[np.float32] | None,
    config: MediaConfig,
) -> int:
    """The number of frames written. The file appears whole at its place, or not at all.

    Frames are BGR (height, width, 3) or I420 (height * 3 / 2, width) in BT.709. Sound is stereo
    (n, 2) at `config.audio_rate`; it is cut or filled with silence to the length of the pictures.
    """
    assert (width % 2, height % 2) == (0, 0), f"{width}x{height} has no whole chroma samples"
    with (
        whole_file(path) as part,
        av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as film,
    ):
        video = _video_stream(film, width, height, fps, config)
        track = None if sound is None else _SoundTrack(film, sound, config)
        count = 0
        for count, picture in enumerate(frames, start=1):
            frame = _frame(picture, width, height)
            frame.pts, frame.time_base = count - 1, Fraction(1, fps)
            film.mux(video.encode(frame))
            if track is not None and count % fps == 0:
                track.write_up_to(count / fps)
        assert count, f"no frames for {path}"
        film.mux(video.encode(None))
        if track is not None:
            track.write_up_to(count / fps)
            track.close()
    return count


def x264(config: MediaConfig) -> dict[str, str]:
    """How pictures are encoded, in the words of FFmpeg's options."""
    options = {"crf": str(config.crf), "preset": config.preset}
    if more := X264_MORE.get(config.preset):
        options["x264-params"] = more
    return options


def jpeg(path: Path, frame: NDArray[np.uint8], *, quality: int = 90) -> None:
    """Write a BGR frame as a JPEG, whole or not at all."""
    with whole_file(path) as part:
        done, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
        assert done, f"no JPEG of a frame of shape {frame.shape}"
        part.write_bytes(data.tobytes())


def _video_stream(
    film: OutputContainer, width: int, height: int, fps: int, config: MediaConfig
) -> VideoStream:
    stream = film.add_stream("libx264", rate=fps, options=x264(config))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.gop_size = max(1, int(fps * config.keyframe_every_s))
    context.thread_count = X264_THREADS
    context.color_range = LIMITED_RANGE
    context.colorspace = context.color_primaries = context.color_trc = BT709
    return stream


def _frame(picture: NDArray[np.uint8], width: int, height: int) -> av.VideoFrame:
    if picture.shape == (height * 3 // 2, width):
        return av.VideoFrame.from_ndarray(picture, format="yuv420p")
    assert picture.shape == (height, width, 3), f"{picture.shape} in a film of {width}x{height}"
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)


class _SoundTrack:
    """Writes sound as far as the pictures are, so that players find both close together."""

    def __init__(
        self, film: OutputContainer, sound: NDArray[np.float32], config: MediaConfig
    ) -> None:
        assert sound.shape == (len(sound), 2), f"{sound.shape} is not stereo"
        self._film = film
        self._sound = sound
        self._rate = config.audio_rate
        self._written = 0
        self._stream: AudioStream = film.add_stream("aac", rate=self._rate, layout="stereo")
        self._stream.bit_rate = config.audio_kbps * 1000

    def write_up_to(self, end_s: float) -> None:
        end = round(end_s * self._rate)
        if end == self._written:
            return
        chunk = self._sound[self._written : end]
        silence = end - self._written - len(chunk)
        planes = np.ascontiguousarray(np.pad(chunk, ((0, silence), (0, 0))).T, np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = self._rate, self._written
        frame.time_base = Fraction(1, self._rate)
        self._film.mux(self._stream.encode(frame))
        self._written = end

    def close(self) -> None:
        self._film.mux(self._stream.encode(None))
