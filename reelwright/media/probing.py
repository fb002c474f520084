"""The child that opens a stranger's film under hard limits, and answers with one JSON line.

It runs alone (`python -I probing.py FILE LIMITS`), away from the rest of the package, so that a
file which breaks a decoder breaks nothing else. `probe.py` starts it and words its answer.
"""

import itertools
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import av

# Only containers that hold their own media: a playlist could make us read other files.
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpeg,mpegvideo,mpegts,avi,flv,ogg,asf,gif,m4v,h264"
CONTAINER_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
UNREADABLE = (av.FFmpegError, IndexError, ValueError)  # what libav's bindings raise on broken films

READABLE_HINT = "Give an MP4, MOV, MKV, WebM, MPEG or AVI file."
WHOLE_HINT = "Copy or download it again, whole."
MOST_FPS = 240.0  # phones' slow motion; beyond it a small file can hold millions of frames
BOXES = frozenset(  # that stand outermost in an MP4; another kind is damage, not a cut
    b"ftyp styp moov moof mdat mfra sidx ssix emsg free skip wide uuid meta udta pdin prft".split()
)
STILLS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # how a JPEG begins, and a PNG
SONGS = (b"ID3", b"fLaC")
LOOK_S = 1.0  # is decoded at the start and at the end
MOST_FRAMES = 2 * int(MOST_FPS)  # decoded at each of the two; key frames can be far apart


class Refused(Exception):
    """Why this file is not taken: what follows its name in the sentence, and what to do."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def limit(memory_mb: int, cpu_s: float, written_mb: int = 0) -> None:
    """Let this process neither grow, nor think, nor write, nor multiply beyond the limits."""
    memory = memory_mb * 2**20
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(cpu_s) + 1),
        (resource.RLIMIT_FSIZE, written_mb * 2**20),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def probe(path: Path, limits: dict[str, float]) -> dict[str, Any]:
    """The facts of a film that can be taken: headers first, then its first and last second."""
    with path.open("rb") as file:
        beginning = file.read(4096)
        refuse_text(beginning)
        refuse_still_or_song(beginning)
        refuse_cut_off(file)
    with av.open(
        str(path), options=dict(CONTAINER_OPTIONS), metadata_errors="replace", timeout=None
    ) as film:
        stream = picture(film)
        facts = claims(film, stream, limits)
        decode_ends(film, stream, facts, limits)
    return facts


def refuse_text(beginning: bytes) -> None:
    try:
        text = beginning[:-4].decode() if len(beginning) > 4 else beginning.decode()
    except UnicodeDecodeError:
        return
    if not any(ord(letter) < 9 for letter in text):
        raise Refused("holds text, not a video", READABLE_HINT)


def refuse_still_or_song(beginning: bytes) -> None:
    """What a user may take for a film by its name; what reads it would only call it invalid."""
    kind = beginning[8:12] if beginning.startswith(b"RIFF") else b""
    if kind == b"WEBP" or beginning.startswith(STILLS):
        raise Refused("is a picture, not a video", READABLE_HINT)
    if kind == b"WAVE" or beginning.startswith(SONGS):
        raise Refused("has no picture, only sound", "Give a video.")


def refuse_cut_off(file: BinaryIO) -> None:
    """Walk the outer boxes of an MP4: the index must be there, and each box must be whole."""
    size = file.seek(0, 2)
    boxes = list(itertools.islice(outer_boxes(file, size), 10_000))
    if not boxes or boxes[0][0] != b"ftyp" or boxes[-1][0] not in BOXES:
        return
    end = boxes[-1][1]
    if end > size:
        raise Refused(f"is cut off: {end - size:,} bytes of {end:,} are missing", WHOLE_HINT)
    if not any(kind == b"moov" for kind, _ in boxes):
        raise Refused("is cut off: its index is missing", WHOLE_HINT)


def outer_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """The kind and the claimed end of every outermost box of an MP4."""
    place = 0
    while place + 8 <= size:
        file.seek(place)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        elif length == 0:  # reaches to the end of the file
            length = size - place
        if length < 8:
            return
        place += length
        yield head[4:8], place


def picture(film: Any) -> Any:
    """The stream of moving pictures; the cover of a song is none."""
    if not film.streams:
        raise Refused("is not a video that can be read (it holds no streams)", READABLE_HINT)
    cover = av.stream.Disposition.attached_pic
    moving = [stream for stream in film.streams.video if not stream.disposition & cover]
    if not moving:
        raise Refused("has no picture, only sound", "Give a video.")
    if moving[0].codec_context is None:
        raise Refused("is in a video format that is not known here", READABLE_HINT)
    return moving[0]


def claims(film: Any, stream: Any, limits: dict[str, float]) -> dict[str, Any]:
    """What the headers say, refused here, before anything is decoded, where it is too much."""
    width, height = stream.codec_context.width, stream.codec_context.height
    fps = float(stream.average_rate or stream.guessed_rate or 0)
    sound = [heard for heard in film.streams.audio if heard.codec_context is not None]
    refuse_size(width, height, limits)
    duration_s = stated_duration_s(film, stream)
    if duration_s is None:
        duration_s = counted_duration_s(film)
    if duration_s <= 0:
        raise Refused("has no length", WHOLE_HINT)
    if duration_s > limits["max_duration_s"]:
        raise Refused(
            f"is {duration_s:,.0f} s long, more than {limits['max_duration_s']:,.0f} s",
            "Cut it, or raise media.max_duration_s.",
        )
    if not 0 < fps <= MOST_FPS or stream.frames > MOST_FPS * (duration_s + 1):
        raise Refused(
            f"claims {fps:,.4g} frames a second; up to {MOST_FPS:.0f} are taken",
            "Convert it to 24, 30 or 60.",
        )
    return {
        "duration_s": round(duration_s, 3),
        "width": width,
        "height": height,
        "fps": round(fps, 3),
        "has_sound": bool(sound),
        "codec": stream.codec_context.name,
    }


def refuse_size(width: int, height: int, limits: dict[str, float]) -> None:
    if width <= 0 or height <= 0:
        raise Refused("does not say how large its picture is", WHOLE_HINT)
    if width * height > limits["max_pixels"]:
        raise Refused(
            f"claims a picture of {width}x{height}, more than {int(limits['max_pixels']):,} pixels",
            "Scale it down, or raise media.max_pixels.",
        )


def stated_duration_s(film: Any, stream: Any) -> float | None:
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    return None if film.duration is None else film.duration / av.time_base


def counted_duration_s(film: Any) -> float:
    """The length of a film whose header leaves it open, as a browser's recordings do."""
    first, last = None, 0.0
    for packet in film.demux():
        if packet.pts is not None:
            start = float(packet.pts * packet.time_base)
            first = start if first is None else min(first, start)
            last = max(last, start + float((packet.duration or 0) * packet.time_base))
    film.seek(0)
    return last - (first or 0.0)


def decode_ends(film: Any, stream: Any, facts: dict[str, Any], limits: dict[str, float]) -> None:
    """Decode the first and the last second, picture and sound; a broken one is refused."""
    for context in (other.codec_context for other in film.streams if other.codec_context):
        context.thread_count = 1
        context.options = {"err_detect": "explode", "max_pixels": str(int(limits["max_pixels"]))}
    start_s = float((film.start_time or 0) / av.time_base)
    duration_s = facts["duration_s"]
    seen, end_s = decode(film, stream, jumped=False, until_s=start_s + LOOK_S)
    if not seen:
        raise Refused("holds no picture that can be decoded", WHOLE_HINT)
    if seen[0].rotation % 180:  # filmed upright by a phone, stored lying down
        facts["width"], facts["height"] = facts["height"], facts["width"]
    if duration_s > LOOK_S:
        film.seek(int((start_s + duration_s - LOOK_S) * av.time_base))
        later, end_s = decode(film, stream, jumped=True, until_s=float("inf"))
        seen += later
    for frame in seen:
        refuse_size(frame.width, frame.height, limits)
    if end_s - start_s < duration_s - max(0.5, 3 / facts["fps"]):
        raise Refused(
            f"is cut off: it ends after {max(0.0, end_s - start_s):.1f} s"
            f" of the {duration_s:.1f} s that it claims",
            WHOLE_HINT,
        )


def decode(film: Any, stream: Any, *, jumped: bool, until_s: float) -> tuple[list[Any], float]:
    """The first and the last picture decoded from here on, and when the last packet ends.

    After a jump a stream's errors count from its first whole frame on: it may land amid one.
    """
    ends: list[Any] = []
    end_s = 0.0
    count = 0
    whole: set[int] = set()
    for packet in film.demux():
        if packet.pts is not None:
            start_s = float(packet.pts * packet.time_base)
            end_s = max(end_s, start_s + float((packet.duration or 0) * packet.time_base))
            if packet.stream is stream and start_s > until_s:
                break
        if packet.stream.codec_context is None or count > MOST_FRAMES:
            continue
        try:
            frames = packet.decode()
        except UNREADABLE:
            if not jumped or packet.stream.index in whole:
                raise
            continue
        if frames:
            whole.add(packet.stream.index)
        if frames and packet.stream is stream:
            ends = [*ends[:1], frames[-1]]
            count += len(frames)
    return ends, end_s


def answer(path: Path, limits: dict[str, float]) -> dict[str, Any]:
    try:
        return probe(path, limits)
    except Refused as refused:
        return {"refused": refused.problem, "hint": refused.hint}
    except MemoryError:
        return {"refused": f"needs more than {limits['probe_memory_mb']:.0f} MB to be opened"}
    except UNREADABLE as error:
        cause = getattr(error, "strerror", None) or str(error)
        return {"refused": f"is not a video that can be read ({cause})"}


def main(path: str, limits: dict[str, float]) -> None:
    limit(int(limits["probe_memory_mb"]), limits["probe_timeout_s"])
    sys.stdout.write(json.dumps(answer(Path(path), limits)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
