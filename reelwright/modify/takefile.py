"""The `.performance` file: written while the footage is read, and read back exactly as written.

It is a ZIP of arrays, some seconds of footage in each, and one page of facts. Numbers are rounded
once, before anybody sees them (`Moment.rounded`), and kept as the steps from frame to frame.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.modify.flow import STEP as FLOW_STEP
from reelwright.modify.performance import (
    BODY_POINTS,
    FACE_POINTS,
    HAND_POINTS,
    Floats,
    Footage,
    Performance,
    Performer,
)
from reelwright.modify.scratch import DiskRows

# N frames, H rows, W columns, P points.

FORMAT, VERSION = "reelwright performance", 1
FACTS = "take.json"
TOGETHER = 32  # frames whose arrays are written at once
POINT_STEP = 1 / 16  # of a pixel
SURE_STEP = 1 / 256
MATTE_LEVELS = 17  # from 0 to 255: the fine edges are found in the frame itself
MOST_BYTES = 2**31  # unpacked: beyond it a small file would fill the memory
DAY = (1980, 1, 1, 0, 0, 0)  # the same footage gives the same file
PARTS: Mapping[str, int] = {  # of a performer, each with how many points
    "face": FACE_POINTS,
    "body": BODY_POINTS,
    "left": HAND_POINTS,
    "right": HAND_POINTS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody in one frame; what was not seen of them is None."""

    box_4: Floats
    face: Floats | None = None
    body: Floats | None = None
    left: Floats | None = None
    right: Floats | None = None

    @property
    def parts(self) -> dict[str, Floats | None]:
        return {"face": self.face, "body": self.body, "left": self.left, "right": self.right}


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One frame of a take. Places are pixels of the footage."""

    time_s: float
    begins_shot: bool
    matte_HW: Floats  # 0 to 1
    flow_HW2: Floats  # to the next frame, on its coarse grid
    camera_33: Floats
    people: Mapping[int, Person]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is known of a take at its end."""

    footage_sha256: str
    width: int
    height: int
    has_sound: bool
    performers: tuple[int, ...]  # the numbers of people, the foremost first
    loudness_N: Floats
    speech: tuple[tuple[float, float], ...]
    seen_by: tuple[tuple[str, str], ...]


class Writer:
    """Takes moments in their order. It holds TOGETHER of them at most."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._held: list[Moment] = []
        self._groups = 0
        self.num_frames = 0

    def add(self, moment: Moment) -> None:
        self._held.append(moment)
        self.num_frames += 1
        if len(self._held) == TOGETHER:
            self._flush()

    def finish(self, told: Told) -> None:
        """The page of facts, without which it is no performance."""
        self._flush()
        self._put("loudness", told.loudness_N)
        facts = {
            "format": FORMAT,
            "version": VERSION,
            "footage": told.footage_sha256,
            "width": told.width,
            "height": told.height,
            "frames": self.num_frames,
            "groups": self._groups,
            "has_sound": told.has_sound,
            "performers": list(told.performers),
            "speech": [list(span) for span in told.speech],
            "seen_by": [list(pair) for pair in told.seen_by],
        }
        self._write(FACTS, json.dumps(facts, indent=1).encode())

    def _flush(self) -> None:
        if not self._held:
            return
        group = f"{self._groups:05d}"
        held = self._held
        self._put(f"{group}/times", np.array([one.time_s for one in held], np.float64))
        self._put(f"{group}/shots", np.array([one.begins_shot for one in held], np.uint8))
        self._put(f"{group}/camera", np.stack([one.camera_33 for one in held]))
        self._put(f"{group}/matte", steps(np.stack([matte_levels(one.matte_HW) for one in held])))
        flow = np.stack([np.rint(one.flow_HW2 / FLOW_STEP) for one in held])
        self._put(f"{group}/flow", steps(np.clip(flow, -32767, 32767).astype(np.int16)))
        for number in sorted({number for one in held for number in one.people}):
            self._put_person(f"{group}/{number}", [one.people.get(number) for one in held])
        self._held = []
        self._groups += 1

    def _put_person(self, name: str, there: Sequence[Person | None]) -> None:
        box = [np.full(4, np.nan) if one is None else one.box_4 for one in there]
        self._put_places(f"{name}/box", np.stack(box)[:, None], [POINT_STEP] * 4)
        for part, count in PARTS.items():
            seen = [None if one is None else one.parts[part] for one in there]
            if any(points is not None for points in seen):
                nowhere = np.full((count, 3), np.nan)
                places = np.stack([nowhere if points is None else points for points in seen])
                self._put_places(f"{name}/{part}", places, point_steps(part))

    def _put_places(self, name: str, places: NDArray[Any], rounding: Sequence[float]) -> None:
        """Places of points, and in which frames they are known at all."""
        known = ~np.isnan(places).any(axis=(1, 2))
        whole = np.rint(np.where(known[:, None, None], places, 0) / np.array(rounding))
        self._put(f"{name}.seen", known.astype(np.uint8))
        self._put(name, steps(np.clip(whole, -(2**30), 2**30).astype(np.int32)))

    def _put(self, name: str, array: NDArray[Any]) -> None:
        page = io.BytesIO()
        np.lib.format.write_array(page, np.ascontiguousarray(array), allow_pickle=False)
        self._write(name, page.getvalue())

    def _write(self, name: str, page: bytes) -> None:
        entry = zipfile.ZipInfo(name, DAY)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._archive.writestr(entry, page, compresslevel=6)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A writer to that file; `storage` of it as a whole is its caller's matter."""
    with zipfile.ZipFile(path, "w") as archive:
        yield Writer(archive)


def point_steps(part: str) -> list[float]:
    """To what the three numbers of a point are rounded: a body's third is no place."""
    return [POINT_STEP, POINT_STEP, SURE_STEP if part == "body" else POINT_STEP]


def matte_levels(matte_HW: Floats) -> NDArray[np.uint8]:
    """A matte in few levels, which is much smaller on the disk; 0 and 255 are among them."""
    level = np.rint(np.clip(matte_HW, 0, 1) * (MATTE_LEVELS - 1))
    return np.asarray(np.rint(level * 255 / (MATTE_LEVELS - 1)), np.uint8)


def steps(array: NDArray[Any]) -> NDArray[np.uint8]:
    """What changes from one to the next along the first axis, its bytes sorted by their worth.

    The first is kept whole. Numbers are whole and go round at their ends, so nothing is lost.
    """
    changes = array.copy()
    changes[1:] -= array[:-1]
    flat = changes.reshape(len(array), -1)
    planes = flat.view(np.uint8).reshape(*flat.shape, array.itemsize)
    return np.ascontiguousarray(np.moveaxis(planes, -1, 0)).reshape(array.itemsize, *array.shape)


def summed(planes: NDArray[np.uint8], kind: type[np.integer[Any]]) -> NDArray[Any]:
    """What `steps` was made of."""
    size = np.dtype(kind).itemsize
    if planes.ndim < 2 or planes.shape[0] != size or planes.dtype != np.uint8:
        raise ValueError(f"planes of shape {planes.shape}")
    changes = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view(kind)[..., 0]
    return np.cumsum(changes, axis=0, dtype=kind)


def read(path: Path) -> Performance:
    """The performance in a file that `Writer` wrote. What is none is refused in one line."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise ValueError("too large")
            return _Reader(archive).performance()
    except OSError as error:
        raise ReelwrightError(
            f"{path} cannot be opened ({error.strerror}).", hint="Check its path and permissions."
        ) from error
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, EOFError) as error:
        raise ReelwrightError(
            f"{path.name} is no whole performance file.",
            hint="Make it again: reelwright analyse FOOTAGE -o take.performance",
        ) from error


class _Reader:
    """One open file. Whatever is not as it should be raises one of the errors that `read` tells."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._facts: dict[str, Any] = json.loads(archive.read(FACTS))
        if self._facts["format"] != FORMAT:
            raise ValueError("another format")
        if self._facts["version"] != VERSION:
            raise ReelwrightError(
                f"This performance has version {self._facts['version']}, and {VERSION} is read.",
                hint="Make it again with this version of reelwright.",
            )
        self._groups = [f"{number:05d}" for number in range(int(self._facts["groups"]))]

    def performance(self) -> Performance:
        facts = self._facts
        times = np.concatenate([self._get(f"{group}/times") for group in self._groups])
        shots = np.concatenate([self._get(f"{group}/shots") for group in self._groups])
        if len(times) != facts["frames"]:
            raise ValueError(f"{len(times)} frames")
        found = Performance(
            footage=Footage(
                sha256=str(facts["footage"]),
                width=int(facts["width"]),
                height=int(facts["height"]),
                times_N=np.asarray(times, np.float64),
                has_sound=bool(facts["has_sound"]),
            ),
            shots=tuple(int(frame) for frame in np.flatnonzero(shots)),
            matte_NHW=DiskRows(
                summed(self._get(f"{group}/matte"), np.uint8) for group in self._groups
            ),
            performers=tuple(self._performer(int(number)) for number in facts["performers"]),
            flow_NHW2=DiskRows(self._flow(group) for group in self._groups),
            camera_N33=np.concatenate([self._get(f"{group}/camera") for group in self._groups]),
            loudness_N=self._get("loudness").reshape(len(times)),
            speech=tuple((float(start), float(end)) for start, end in facts["speech"]),
            seen_by=tuple((str(what), str(name)) for what, name in facts["seen_by"]),
        )
        of_frames = found.matte_NHW, found.flow_NHW2, found.camera_N33
        if {len(one) for one in of_frames} != {len(times)}:
            raise ValueError("not the same of all frames")
        return found

    def _flow(self, group: str) -> NDArray[np.float16]:
        whole = summed(self._get(f"{group}/flow"), np.int16)
        return (whole * np.float32(FLOW_STEP)).astype(np.float16)

    def _performer(self, number: int) -> Performer:
        found = {part: self._places(number, part, count) for part, count in PARTS.items()}
        return Performer(
            box_N4=self._places(number, "box", 1)[:, 0],
            face_NP3=found["face"],
            body_NP3=found["body"],
            left_NP3=found["left"],
            right_NP3=found["right"],
        )

    def _places(self, number: int, part: str, count: int) -> Floats:
        """Of all frames; NaN where nothing is known."""
        rounding = [POINT_STEP] * 4 if part == "box" else point_steps(part)
        places = np.full((self._facts["frames"], count, len(rounding)), np.nan, np.float32)
        for order, group in enumerate(self._groups):
            name = f"{group}/{number}/{part}"
            if name in self._names:
                whole = summed(self._get(name), np.int32)
                known = self._get(f"{name}.seen").astype(bool)
                here = places[order * TOGETHER :][: len(whole)]
                here[known] = whole[known] * np.array(rounding)
        return places

    def _get(self, name: str) -> NDArray[Any]:
        page = io.BytesIO(self._archive.read(name))
        array: NDArray[Any] = np.lib.format.read_array(page, allow_pickle=False)
        return array


def at_size(moment: Moment, scale: tuple[float, float]) -> Moment:
    """The same with places in a picture that is so many times wider and higher."""
    if scale == (1.0, 1.0):
        return moment
    return replace(moment, people={n: _scaled(one, *scale) for n, one in moment.people.items()})


def _scaled(one: Person, across: float, down: float) -> Person:
    def points(part: str) -> Floats | None:
        places = one.parts[part]
        third = 1.0 if part == "body" else across
        return None if places is None else np.asarray(places * [across, down, third], np.float32)

    box = np.asarray(one.box_4 * [across, down, across, down], np.float32)
    return Person(box_4=box, **{part: points(part) for part in PARTS})
