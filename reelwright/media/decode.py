"""Pictures and sound out of a film: streaming, in bounded memory, exact in time.

Films from outside have passed `probe.py` before they come here.
"""

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.media.probing import CONTAINER_OPTIONS, UNREADABLE, Refused, picture

Image = NDArray[np.uint8]
Timed = tuple[float, Any]  # seconds from the film's start, and the decoded frame

JUMP_S = 4.0  # further ahead the index is quicker than decoding: key frames are seldom rarer
HDR = (16, 18)  # transfers: PQ and HLG
TURNS = {  # of a frame's rotation, which counts counterclockwise
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}


def frames(
    path: Path,
    *,
    size: tuple[int, int] | None = None,
    shorter_side: int | None = None,
    every_s: float | None = None,
    start_s: float = 0.0,
    end_s: float = float("inf"),
) -> Iterator[tuple[float, Image]]:
    """Upright BGR pictures with their times: every frame, or the one shown every `every_s`.

    Times count from the film's start. `size` is (width, height) as shown; `shorter_side` makes
    larger pictures smaller and keeps their shape; both cost little, on the way out of the decoder.
    What is shown at a time is the last frame that began by then.
    """
    assert every_s is None or every_s > 0, f"a frame every {every_s} s"
    with _opened(path) as (film, stream):
        timed = (
            _decoded(film, stream, start_s)
            if every_s is None
            else _sampled(film, stream, every_s, start_s)
        )
        for time_s, frame in timed:
            if time_s >= end_s:
                return
            if time_s >= start_s:
                yield time_s, _image(frame, size or _reduced(frame, shorter_side))


def frame_at(path: Path, t_s: float, *, size: tuple[int, int] | None = None) -> Image:
    """The picture that is shown at `t_s`; the last one where the film has ended by then."""
    assert t_s >= 0, f"the frame at {t_s} s"
    with _opened(path) as (film, stream):
        shown = None
        for time_s, frame in _decoded(film, stream, t_s):
            if shown is not None and time_s > t_s + _half_tick_s(stream):
                break
            shown = frame
        if shown is None:
            raise Refused("holds no picture that can be decoded", "")
        return _image(shown, size)


def sound(path: Path, *, rate: int, end_s: float = float("inf")) -> NDArray[np.float32]:
    """The film's sound until `end_s` as mono samples at `rate`; empty where it has none."""
    parts = list(sounds(path, rate=rate, end_s=end_s))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def sounds(path: Path, *, rate: int, end_s: float = float("inf")) -> Iterator[NDArray[np.float32]]:
    """The same in short parts, one after another."""
    with _opened(path) as (film, _):
        if not film.streams.audio or film.streams.audio[0].codec_context is None:
            return
        stream = film.streams.audio[0]
        until_s = end_s + float((stream.start_time or 0) * stream.time_base)
        early = itertools.takewhile(lambda one: (one.time or 0) < until_s, film.decode(stream))
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        heard = itertools.chain(early, [None])  # None lets out what the resampler still holds
        for frame in heard:
            for part in resampler.resample(frame):
                yield part.to_ndarray()[0]


def is_hdr(path: Path) -> bool:
    """Whether its brightness is stored for an HDR screen, which a plain picture cannot show."""
    with _opened(path) as (_, stream):
        return stream.codec_context.color_trc in HDR


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The open film and its moving picture; what breaks on the way is told with its name."""
    try:
        with av.open(str(path), options=dict(CONTAINER_OPTIONS), metadata_errors="replace") as film:
            stream = picture(film)
            stream.thread_type = "AUTO"
            yield film, stream
    except (Refused, *UNREADABLE) as error:
        problem = error.problem if isinstance(error, Refused) else f"cannot be decoded ({error})"
        raise ReelwrightError(
            f"{path.name} {problem}.", hint="Convert it to MP4 with H.264."
        ) from error


def _decoded(film: Any, stream: Any, from_s: float) -> Iterator[Timed]:
    """Every frame from one that began by `from_s`, with its time, to the end."""
    start_s = float((stream.start_time or 0) * stream.time_base)
    if from_s > JUMP_S:
        film.seek(int((start_s + from_s) / stream.time_base), stream=stream)
        timed = _timed(film.decode(stream), stream, start_s)
        first = next(timed, None)
        if first is not None and first[0] <= from_s:
            yield first
            yield from timed
            return
        film.seek(0)  # the index lies
    # without a jump there is no seeking: in an MPEG program stream that, too, loses frames
    yield from _timed(film.decode(stream), stream, start_s)


def _timed(decoded: Iterable[Any], stream: Any, start_s: float) -> Iterator[Timed]:
    """Frames with their times; one without a stamp follows at the film's usual pace."""
    pace_s = 1 / float(stream.guessed_rate or 25)
    time_s = -pace_s
    for frame in decoded:
        time_s = time_s + pace_s if frame.time is None else frame.time - start_s
        yield time_s, frame


def _sampled(film: Any, stream: Any, every_s: float, start_s: float) -> Iterator[Timed]:
    """The frame shown at start_s, start_s + every_s, ... until the film's last frame."""
    wanted = (start_s + number * every_s for number in itertools.count())
    if every_s <= JUMP_S:
        yield from _shown(_decoded(film, stream, start_s), wanted, _half_tick_s(stream))
        return
    for wanted_s in wanted:
        only = _shown(_decoded(film, stream, wanted_s), iter([wanted_s]), _half_tick_s(stream))
        found = next(only, None)
        if found is None:
            return
        yield found


def _shown(timed: Iterator[Timed], wanted: Iterator[float], slack_s: float) -> Iterator[Timed]:
    """For each of the rising times `wanted` the last frame that began by then."""
    wanted_s = next(wanted)
    shown = next(timed, None)
    while shown is not None:
        following = next(timed, None)
        ends_s = shown[0] + 2 * slack_s if following is None else following[0]
        while wanted_s < ends_s - slack_s:
            yield wanted_s, shown[1]
            following_wish = next(wanted, None)
            if following_wish is None:
                return
            wanted_s = following_wish
        shown = following


def _half_tick_s(stream: Any) -> float:
    """Below this two times are the same: stamps are whole ticks, seconds are rounded."""
    return float(stream.time_base) / 2


def _reduced(frame: Any, shorter_side: int | None) -> tuple[int, int] | None:
    """The size as shown of a frame whose shorter side is at most `shorter_side`."""
    shorter = min(frame.width, frame.height)
    if shorter_side is None or shorter <= shorter_side:
        return None
    width, height = (round(side * shorter_side / shorter) for side in (frame.width, frame.height))
    return (height, width) if frame.rotation % 180 else (width, height)


def _image(frame: Any, size: tuple[int, int] | None) -> Image:
    turn = TURNS.get(frame.rotation % 360)
    width, height = size or (frame.width, frame.height)
    if size is not None and frame.rotation % 180:
        width, height = height, width
    flat = frame.reformat(  # one thread: starting more for one picture costs ten times its work
        width=width, height=height, format="bgr24", interpolation="AREA", threads=1
    )
    image: Image = flat.to_ndarray()
    return image if turn is None else np.ascontiguousarray(cv2.rotate(image, turn))
