"""The child that turns a stranger's picture or film into pixels, under hard limits.

`materials.py` starts it (`python -I -c BOOT`), asks one thing, and reads what it writes: a line of
JSON, then pixels. What breaks a decoder breaks nothing else, and memory has a bound.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from reelwright.errors import ReelwrightError
from reelwright.media import probing, still
from reelwright.media.decode import frame_at, frames
from reelwright.media.focus import focus

LOOK_SIDE = 256  # of the copy in which the point of interest is looked for
TRANSPARENT = 0.02  # of a picture from which on it is a cut-out
QUALITY = 94  # of a film's frames on their way; nobody sees it


def facts(path: Path, limits: dict[str, float]) -> dict[str, Any]:
    """What a file holds: a photograph, a cut-out or a film; its size and its point of interest."""
    beginning = _beginning(path)
    if still.is_picture(beginning):
        small, found = _still(path, LOOK_SIDE, limits)
        cut_out = float((small[:, :, 3] < 128).mean()) > TRANSPARENT
        width, height = (found.width, found.height)[:: -1 if found.lies else 1]
        kind = "cutout" if cut_out else "photo"
        return {"kind": kind, "as": found.codec, "width": width, "height": height} | _looked(small)
    refuse_text(beginning)
    film = probing.probe(path, limits)
    shown = [image for _, image in zip(range(2), _images(path), strict=False)]
    moves = len(shown) > 1
    return {
        "kind": "film" if moves else "photo",
        "as": film["codec"],
        "width": film["width"],
        "height": film["height"],
        "duration_s": film["duration_s"] if moves else 0.0,
        "frames": len(shown),
        **_looked(shown[0]),
    }


def refuse_text(beginning: bytes) -> None:
    try:
        probing.refuse_text(beginning)
    except probing.Refused:
        raise probing.Refused("holds text, not a picture or a video", still.PICTURE_HINT) from None


def _images(path: Path) -> Any:
    return (image for _, image in frames(path, shorter_side=LOOK_SIDE))


def _looked(picture: Any) -> dict[str, Any]:
    return {"focus": focus(picture)}


def picture(path: Path, limits: dict[str, float], shorter_side: int) -> Any:
    """A photograph's or cut-out's premultiplied BGRA pixels; the frame of a film that has one."""
    if still.is_picture(_beginning(path)):
        return _still(path, shorter_side, limits)[0]
    shown = frame_at(path, 0.0)
    scale = min(1.0, shorter_side / min(shown.shape[:2]))
    small = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_BGR2BGRA)


def _beginning(path: Path) -> bytes:
    """Enough to tell what a file is; a film is never read whole."""
    with path.open("rb") as file:
        return file.read(4096)


def _still(path: Path, side: int, limits: dict[str, float]) -> tuple[Any, still.Sketch]:
    data = path.read_bytes()
    found = still.sketch(data)
    assert found is not None, f"{path} began as a picture"
    most = int(limits["max_photo_pixels"])
    return still.pixels(data, found, shorter_side=side, max_pixels=most), found


def write_picture(path: Path, limits: dict[str, float], ask: dict[str, Any]) -> None:
    flat = picture(path, limits, ask["shorter_side"])
    _say({"height": flat.shape[0], "width": flat.shape[1]})
    sys.stdout.buffer.write(np.ascontiguousarray(flat).tobytes())


def write_film(path: Path, ask: dict[str, Any]) -> None:
    """The frames shown at every 1/fps until `end_s`, as JPEGs, each after its length.

    A length of nothing ends them; what is to be said of the film follows.
    """
    shown = frames(
        path, shorter_side=ask["shorter_side"], every_s=1 / ask["fps"], end_s=ask["end_s"]
    )
    try:
        count = 0
        for _, image in shown:
            _write(image)
            count += 1
        missing = math.ceil(ask["end_s"] * ask["fps"] - 1e-6) - count
        if count and missing > 0:  # the last frame is shown for as long as the film lasts
            last = frame_at(path, ask["end_s"], size=image.shape[1::-1])
            for _ in range(missing):
                _write(last)
    finally:
        sys.stdout.buffer.write(bytes(4))
    _say({})


def _write(image: Any) -> None:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done, f"no JPEG of a frame of shape {image.shape}"
    sys.stdout.buffer.write(len(data).to_bytes(4, "little") + data.tobytes())


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")


def main(file: str, limits_json: str, ask_json: str) -> None:
    """Answers one ask about a file; what is wrong with it is an answer, too."""
    path, limits, ask = Path(file), json.loads(limits_json), json.loads(ask_json)
    probing.limit(int(limits["probe_memory_mb"]), ask["cpu_s"], ask.get("written_mb", 0))
    try:
        match ask["ask"]:
            case "facts":
                _say(facts(path, limits))
            case "picture":
                write_picture(path, limits, ask)
            case "film":
                write_film(path, ask)
    except probing.Refused as refused:
        _say({"refused": refused.problem, "hint": refused.hint})
    except ReelwrightError as error:
        _say({"refused": error.problem.removeprefix(path.name).strip(" ."), "hint": error.hint})
    except (MemoryError, cv2.error):
        _say({"refused": f"needs more than {limits['probe_memory_mb']:.0f} MB to be opened"})
    except probing.UNREADABLE as error:
        cause = getattr(error, "strerror", None) or str(error)
        _say({"refused": f"is neither a picture nor a video that can be read ({cause})"})
