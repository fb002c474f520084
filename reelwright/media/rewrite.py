"""A film written anew: other pictures at the times of the old ones, and its sound as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.media.encode import BT709, LIMITED_RANGE, X264_THREADS, x264
from reelwright.media.files import asked_for
from reelwright.media.probing import CONTAINER_OPTIONS, UNREADABLE, picture

# What each container holds as it is. More could be put into an MP4 than players then play.
TAKES = {
    ".mp4": frozenset(("aac", "mp3", "mp3float", "mp2", "mp2float", "ac3", "eac3", "alac")),
    ".mkv": frozenset(
        (
            *("aac", "mp3", "mp3float", "mp2", "mp2float", "ac3", "eac3", "alac"),
            *("opus", "flac", "vorbis", "pcm_s16le", "pcm_s24le", "pcm_f32le"),
        )
    ),
}
PLAYED = frozenset(("aac", "mp3", "mp3float", "opus", "flac"))  # what every browser plays
CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mkv": "matroska"}
FINEST_TICK = Fraction(1, 90_000)  # what containers and players count times in at most
# From BGR to Y, Cb and Cr of BT.709 in limited range. FFmpeg's own way is quicker and makes every
# picture some two levels darker, each time that it is written.
TO_YUV = np.array(
    [
        [0.0722 * 219 / 255, 0.7152 * 219 / 255, 0.2126 * 219 / 255, 16.0],
        [0.5 * 224 / 255, -0.3854 * 224 / 255, -0.1146 * 224 / 255, 128.0],
        [-0.0458 * 224 / 255, -0.4542 * 224 / 255, 0.5 * 224 / 255, 128.0],
    ]
)
EARLY_S = 0.1  # sound that begins no more than this before the pictures is an encoder's run-up


class Rewrite:
    """The film while it is written. What was done otherwise than asked stands in `notes`."""

    def __init__(self, source: Any, film: Any, container: str, config: MediaConfig) -> None:
        self.notes: list[str] = []
        self._film, self._config = film, config
        shown = picture(source)
        self._tick = max(Fraction(shown.time_base), FINEST_TICK)
        self._rate = shown.average_rate or shown.guessed_rate or Fraction(25)
        self._shape = shown.codec_context.sample_aspect_ratio
        self._starts_s = start_s(shown)
        self._video: Any = None
        self._last = -1
        self._sound = self._sound_of(source, container)

    def write(self, time_s: float, image: Image) -> None:
        """The next picture, at its time in seconds from the film's start."""
        image = evened(image)
        if self._video is None:
            self._video = self._stream(image.shape[1], image.shape[0])
        frame = av.VideoFrame.from_ndarray(i420(image), format="yuv420p")
        later_s = time_s + self._starts_s - self._zero_s
        self._last = max(self._last + 1, round(later_s / self._tick))
        frame.pts, frame.time_base = self._last, self._tick
        self._film.mux(self._video.encode(frame))
        if self._sound is not None:
            self._sound.write_up_to(time_s + self._starts_s)

    def close(self) -> None:
        """Write what is left of pictures and sound."""
        assert self._video is not None, "a film without pictures"
        self._film.mux(self._video.encode(None))
        if self._sound is not None:
            self._sound.write_up_to(float("inf"))

    def _stream(self, width: int, height: int) -> Any:
        stream = self._film.add_stream("libx264", rate=self._rate, options=x264(self._config))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = self._tick
        if self._shape:
            context.sample_aspect_ratio = self._shape
        context.gop_size = max(1, int(self._rate * self._config.keyframe_every_s))
        context.thread_count = X264_THREADS
        context.color_range = LIMITED_RANGE
        context.colorspace = context.color_primaries = context.color_trc = BT709
        return stream

    def _sound_of(self, source: Any, container: str) -> "_Copied | _Transcoded | None":
        """The sound's way into the film. Streams are declared before the first packet."""
        self._zero_s = self._starts_s
        heard = [stream for stream in source.streams.audio if stream.codec_context is not None]
        if not heard:
            return None
        first = heard[0]
        if start_s(first) < self._starts_s - EARLY_S:
            self._zero_s = start_s(first)
        if len(heard) > 1:
            self.notes.append(f"Of {len(heard)} tracks of sound the first is kept.")
        name = first.codec_context.name
        if name in TAKES[".mkv" if container == "matroska" else ".mp4"]:
            if container == "mp4" and name not in PLAYED:
                kind = name.removesuffix("float").upper()
                self.notes.append(
                    f"The sound is {kind}, kept as it was. Browsers do not play it: convert that "
                    "of the footage to AAC first if they should."
                )
            return _Copied(source, first, self._film, self._zero_s)
        self.notes.append(f"The sound was {name}, which this container does not take; it is AAC.")
        return _Transcoded(source, first, self._film, self._zero_s, self._config)


class _Copied:
    """Sound packet by packet, as far as the pictures are."""

    def __init__(self, source: Any, stream: Any, film: Any, zero_s: float) -> None:
        self._film = film
        self._into = film.add_stream_from_template(stream)
        self._shift = round(Fraction(zero_s) / stream.time_base)
        read = (one for one in source.demux(stream) if one.size and one.dts is not None)
        self._packets = readable(read, source)
        self._next = next(self._packets, None)

    def write_up_to(self, end_s: float) -> None:
        while self._next is not None and float(self._next.dts * self._next.time_base) <= end_s:
            packet = self._next
            packet.dts -= self._shift
            packet.pts = packet.dts if packet.pts is None else packet.pts - self._shift
            packet.stream = self._into
            self._film.mux(packet)
            self._next = next(self._packets, None)


class _Transcoded:
    """Sound that the container does not take, as AAC."""

    def __init__(
        self, source: Any, stream: Any, film: Any, zero_s: float, config: MediaConfig
    ) -> None:
        self._film, self._zero_s = film, zero_s
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"  # as loud as it was
        self._into = film.add_stream("aac", rate=config.audio_rate, layout=layout)
        self._into.bit_rate = config.audio_kbps * 1000
        self._rate = config.audio_rate
        self._resampler = av.AudioResampler("fltp", layout, self._rate)
        self._frames = readable(source.decode(stream), source)
        self._next = next(self._frames, None)

    def write_up_to(self, end_s: float) -> None:
        while self._next is not None and (self._next.time or 0.0) <= end_s:
            self._encode(self._next)
            self._next = next(self._frames, None)
        if self._next is None and end_s == float("inf"):
            self._encode(None)
            self._film.mux(self._into.encode(None))

    def _encode(self, frame: Any) -> None:
        for part in self._resampler.resample(frame):
            if part.pts is not None:
                part.pts -= round(self._zero_s * self._rate)
            self._film.mux(self._into.encode(part))


@contextmanager
def rewritten(source: Path, out: Path, config: MediaConfig) -> Iterator[Rewrite]:
    """Somewhere to write the pictures of `source` anew; `out` appears whole at the end, or not."""
    container = CONTAINERS[refuse_other_container(out)]
    options = {"movflags": "+faststart"} if container == "mp4" else {}
    reading = dict(CONTAINER_OPTIONS)
    with (
        asked_for(out, "The film") as part,
        av.open(str(source), options=reading, metadata_errors="replace") as old,
        av.open(str(part), "w", format=container, options=options) as film,
    ):
        rewrite = Rewrite(old, film, container, config)
        yield rewrite
        rewrite.close()


def readable(items: Iterator[Any], source: Any) -> Iterator[Any]:
    """The same packets or frames of sound; what breaks while they are read is told."""
    try:
        yield from items
    except UNREADABLE as error:
        raise ReelwrightError(
            f"The sound of {Path(source.name).name} cannot be read ({error}).",
            hint="Convert the film to MP4 with H.264 and AAC.",
        ) from error


def refuse_other_container(out: Path) -> str:
    """The ending of a file that can be written."""
    ending = out.suffix.lower()
    if ending not in CONTAINERS:
        raise ReelwrightError(
            f"{out.name} is no film that can be written.", hint="Give a name that ends in .mp4."
        )
    return ending


def start_s(stream: Any) -> float:
    """When a stream's first moment is, by its container's clock."""
    return float((stream.start_time or 0) * stream.time_base)


def i420(image: Image) -> NDArray[np.uint8]:
    """The picture as the encoder takes it, each number rounded once."""
    height, width = image.shape[:2]
    planes = cv2.split(cv2.transform(image, TO_YUV))
    half = (width // 2, height // 2)
    small = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in planes[1:]]
    flat = np.concatenate([np.asarray(one, np.uint8).ravel() for one in (planes[0], *small)])
    return flat.reshape(height * 3 // 2, width)


def evened(image: Image) -> Image:
    """The picture with whole chroma samples: an odd last row or column is there twice."""
    height, width = image.shape[:2]
    if not (height % 2 or width % 2):
        return image
    return np.asarray(
        cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8
    )
