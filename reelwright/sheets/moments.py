"""The frames of a take to paint on: pictures with their times in their names, and one page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import skia

from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image, frames
from reelwright.media.files import asked_for
from reelwright.progress import Progress, silent
from reelwright.render.page import (
    FAINT,
    GROUND,
    STRONG,
    TEXT,
    TITLE,
    colour,
    picture,
    save,
    shortened,
    write,
)

PAGE = "sheet.png"
MOST = 64  # frames of one take
IN_ROW = 4
EDGE, HEAD, GAP, BELOW = 72.0, 200.0, 28.0, 64.0
WIDE = 460.0  # of a picture on the page
SHOW = "Say first, last, seconds such as 1.5s, or how many, as in --frames first,1.5s,last."


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame that was written."""

    number: int
    time_s: float
    path: Path
    words: str  # the option that gives the painted picture back


def sheet(film: Path, words: str, folder: Path, progress: Progress = silent) -> list[Moment]:
    """Write the frames that `words` ask for, and a page of them, into the folder."""
    times = [time_s for time_s, _ in frames(film, size=(16, 16))]
    numbers = chosen(words, times)
    make(folder)
    moments, shown = list[Moment](), list[Image]()
    for number, (time_s, frame) in enumerate(frames(film)):
        if number in numbers:
            path = folder / f"{film.stem}-{time_s:.3f}s.png"
            with asked_for(path, "The frame") as part:
                part.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
            moments.append(Moment(number, time_s, path, option(number, times, path)))
            shown.append(reduced(frame))
        progress("writing frames", min(number + 1, len(times) - 1), len(times))
    save(page(film.name, moments, shown), folder / PAGE, "The page")
    progress("writing frames", len(times), len(times))
    return moments


def option(number: int, times: Sequence[float], path: Path) -> str:
    """How the picture is given back when it is painted."""
    if number == 0:
        return f"--start-frame {path}"
    if number == len(times) - 1:
        return f"--end-frame {path}"
    return f"--keyframe {times[number]:.3f}={path}"


def chosen(words: str, times: Sequence[float]) -> list[int]:
    """The numbers of the frames that are asked for, rising, each once."""
    last = len(times) - 1
    if words.strip().isdecimal():
        count = int(words)
        if not 1 <= count <= MOST:
            raise ReelwrightError(f"--frames {words}: from 1 to {MOST} can be written.", hint="")
        return sorted({round(place) for place in np.linspace(0, last, count)})
    numbers = {one(word.strip(), times) for word in words.split(",")}
    if len(numbers) > MOST:
        raise ReelwrightError(f"{len(numbers)} frames are more than {MOST}.", hint="Ask for fewer.")
    return sorted(numbers)


def one(word: str, times: Sequence[float]) -> int:
    """The frame nearest to a moment."""
    if word in ("first", "last"):
        return 0 if word == "first" else len(times) - 1
    try:
        wanted_s = float(word.removesuffix("s")) if word.endswith("s") else math.nan
    except ValueError:
        wanted_s = math.nan
    if math.isnan(wanted_s):
        raise ReelwrightError(f"--frames does not know {word!r}.", hint=SHOW)
    if not 0 <= wanted_s <= times[-1] + 0.5:
        raise ReelwrightError(
            f"{word} lies outside the clip, whose last frame is shown at {times[-1]:.3f} s.",
            hint="Give a time within it.",
        )
    return int(np.abs(np.asarray(times) - wanted_s).argmin())


def make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReelwrightError(
            f"The folder {folder} cannot be made ({error.strerror}).",
            hint="Give another one with -o.",
        ) from error


def reduced(frame: Image) -> Image:
    """As large as the page shows it: a long take's frames do not all wait in memory."""
    scale = min(1.0, 2 * WIDE / frame.shape[1])
    return np.asarray(cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def page(name: str, moments: Sequence[Moment], shown: Sequence[Image]) -> skia.Surface:
    """All of them with their times, in the order of the take."""
    columns = min(IN_ROW, len(moments))
    tall = WIDE * shown[0].shape[0] / shown[0].shape[1]
    rows = -(-len(moments) // columns)
    width = max(2 * EDGE + columns * (WIDE + GAP) - GAP, 1000.0)
    surface = skia.Surface(round(width), round(HEAD + rows * (tall + BELOW) + EDGE))
    with surface as canvas:
        canvas.clear(colour(GROUND))
        write(canvas, shortened(name, TITLE, 64, width - 2 * EDGE), TITLE, 64, EDGE - 3, 44)
        said = "Paint on these, keep their size, and give them back to reelwright modify"
        write(canvas, said, TEXT, 24, EDGE, 134, ink=FAINT)
        for place, (moment, frame) in enumerate(zip(moments, shown, strict=True)):
            row, column = divmod(place, columns)
            left, top = EDGE + column * (WIDE + GAP), HEAD + row * (tall + BELOW)
            picture(canvas, frame, skia.Rect.MakeXYWH(left, top, WIDE, tall), 8)
            write(canvas, f"{moment.time_s:.3f} s", STRONG, 22, left, top + tall + 10)
            given = moment.words.partition(" ")[0]
            write(canvas, given, TEXT, 20, left + WIDE, top + tall + 11, align=1.0, ink=FAINT)
    return surface
