"""A filmed performance measured: footage in, a `.performance` file out, in one pass.

Frames stream through and are forgotten; what grows with the footage is on the disk.
"""

import hashlib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image, frame_at, frames, is_hdr, sounds
from reelwright.media.files import asked_for
from reelwright.media.probe import Probe
from reelwright.modify.camera import Camera, at_size
from reelwright.modify.flow import CELLS, coarse, sized
from reelwright.modify.hearing import RATE, hear, loudness, speech
from reelwright.modify.people import Person as Watched
from reelwright.modify.performance import Performance
from reelwright.modify.shots import with_cuts
from reelwright.modify.takefile import Moment, Person, Told, read, writing
from reelwright.modify.takefile import at_size as placed
from reelwright.modify.watcher import Seen, Watcher
from reelwright.progress import Progress, silent

SHORTER = 480  # side at which footage is looked at; larger is made smaller in the decoder
STEP = "analysing"
FEWEST = 2  # frames
MOST_PEOPLE = 8
BRIEF = 0.1  # of the frames in which the foremost is seen: who is there less is no performer
GLIMPSE_S, GLIMPSE = 0.5, 0.34  # nor is who is there for less than both: seconds, share of the take
CLOSELY = 8  # parts each way in which a frame that seems to show nobody is searched for a crowd
UNEVEN = 0.5  # of the usual step between two frames
MATTE_LEAST = 0.004  # share of the picture: less is nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysed:
    """What came of an analysis, for whoever asked for it."""

    num_frames: int
    num_performers: int
    num_shots: int
    spoken_s: float
    kb_per_s: float
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return (
            f"{self.num_frames} frames in {self.num_shots} shots, {self.num_performers} performers,"
            f" {self.spoken_s:.1f} s of speech; {self.kb_per_s:.0f} kB for a second of footage"
        )


@dataclass(slots=True)
class Tally:
    """What is counted while frames pass: who was there how often and how large, and when."""

    times: list[float] = field(default_factory=list)
    area: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    frames: Counter[int] = field(default_factory=Counter)
    matte: float = 0.0
    shots: int = 0

    def add(self, moment: Moment) -> None:
        self.times.append(moment.time_s)
        self.shots += moment.begins_shot
        self.matte = max(self.matte, float((moment.matte_HW > 0.5).mean()))
        for number, one in moment.people.items():
            left, top, right, bottom = one.box_4
            self.area[number] += float((right - left) * (bottom - top))
            self.frames[number] += 1

    @property
    def performers(self) -> tuple[int, ...]:
        """Who was seen long enough, the one seen most and largest first."""
        usual_s = float(np.median(np.diff(self.times))) if len(self.times) > 1 else 0.0
        glimpse = min(GLIMPSE_S / max(usual_s, 1e-3), GLIMPSE * len(self.times))
        least = max(glimpse, BRIEF * max(self.frames.values(), default=0))
        long = [number for number, seen in self.frames.items() if seen >= least]
        return tuple(sorted(long, key=lambda number: (-self.area[number], number)))


def analyse(
    footage: Path, probe: Probe, watcher: Watcher, *, progress: Progress = silent
) -> Performance:
    """The performance in that footage, exactly as a file of it would be read back."""
    with tempfile.TemporaryDirectory(prefix="reelwright-") as desk:
        path = Path(desk) / "take.performance"
        write(footage, path, probe, watcher, progress=progress)
        return read(path)


def write(
    footage: Path, path: Path, probe: Probe, watcher: Watcher, *, progress: Progress = silent
) -> Analysed:
    """Measure the footage, which was probed before, into the file; whole or not at all."""
    total = max(1, round(probe.duration_s * probe.fps))
    tally = Tally()
    with asked_for(path, "The performance") as part, writing(part) as writer:
        for moment in moments(footage, probe, watcher):
            writer.add(moment)
            tally.add(moment)
            progress(STEP, min(writer.num_frames, total - 1), total)
        refuse_nothing(footage, tally, watcher)
        told = _told(footage, probe, watcher, tally)
        writer.finish(told)
    progress(STEP, total, total)
    return Analysed(
        num_frames=len(tally.times),
        num_performers=len(told.performers),
        num_shots=tally.shots,
        spoken_s=sum(end - start for start, end in told.speech),
        kb_per_s=path.stat().st_size / 1000 / max(probe.duration_s, 1e-3),
        notes=notes(footage, probe, tally),
    )


def moments(footage: Path, probe: Probe, watcher: Watcher) -> Iterator[Moment]:
    """Each frame's, one late: the flow of a frame leads to the next."""
    shorter = min(probe.width, probe.height)
    read_in = frames(footage, shorter_side=SHORTER if shorter > SHORTER else None)
    camera, before = Camera(), None
    for number, (time_s, frame, cut) in enumerate(with_cuts(read_in)):
        if cut:
            watcher.cut()
            camera = Camera()
        if cut or number == 0:
            refuse_crowd(footage, watcher.crowd(frame), time_s)
        seen = watcher.see(frame)
        refuse_crowd(footage, len(seen.people), time_s)
        now = _moment(time_s, frame, seen, camera, probe, begins=cut or number == 0)
        if before is not None:
            if seen.flow_HW2 is not None:
                flow = coarse(seen.flow_HW2, probe.width, probe.height)
                before = replace(before, flow_HW2=flow)
            yield before
        before = now
    if before is not None:
        yield before


def _moment(
    time_s: float, frame: Image, seen: Seen, camera: Camera, probe: Probe, *, begins: bool
) -> Moment:
    """The frame's, with the flow still to come."""
    columns, rows = sized(CELLS, probe.width, probe.height)
    stood = camera.see(seen.grey, seen.busy_HW)
    moment = Moment(
        time_s=time_s,
        begins_shot=begins,
        matte_HW=seen.matte_HW,
        flow_HW2=np.zeros((rows, columns, 2), np.float32),
        camera_33=at_size(stood, seen.grey.shape, probe.width, probe.height),
        people={one.number: _kept(one) for one in seen.people},
    )
    height, width = frame.shape[:2]
    return placed(moment, (probe.width / width, probe.height / height))


def _kept(one: Watched) -> Person:
    return Person(
        box_4=one.box_4,
        face=None if np.isnan(one.face_P3[0, 0]) else one.face_P3,
        body=None if one.body is None else one.body.points_P3,
        left=one.hands[0],
        right=one.hands[1],
    )


def notes(footage: Path, probe: Probe, tally: Tally) -> tuple[str, ...]:
    """What whoever filmed it should know."""
    steps = np.diff(tally.times)
    words = {
        f"{footage.name} has no sound.": not probe.has_sound,
        f"{footage.name} is HDR and is looked at as it is stored, flat: convert it to SDR for "
        "cleaner outlines.": is_hdr(footage),
        f"{footage.name} has no even frame rate; its own times are kept.": bool(
            len(steps) and steps.max() - steps.min() > UNEVEN * float(np.median(steps))
        ),
    }
    return tuple(note for note, holds in words.items() if holds)


def refuse_crowd(footage: Path, people: int, time_s: float) -> None:
    """More people than can be told apart and followed."""
    if people > MOST_PEOPLE:
        raise ReelwrightError(
            f"{footage.name} shows some {people} people at {time_s:.1f} s; "
            f"{MOST_PEOPLE} can be followed.",
            hint="Cut it to the part, or crop it to the place, where the performers are.",
        )


def refuse_nothing(footage: Path, tally: Tally, watcher: Watcher) -> None:
    """Footage in which there is no performance."""
    if len(tally.times) < FEWEST:
        raise ReelwrightError(
            f"{footage.name} holds a single picture, and a performance is motion.",
            hint="Give a film of somebody.",
        )
    if tally.matte < MATTE_LEAST or not tally.performers:
        refuse_crowd(footage, watcher.crowd(frame_at(footage, 0.0), CLOSELY), 0.0)
        raise ReelwrightError(
            f"{footage.name} shows nobody.",
            hint="Give footage in which a person can be seen, larger or in better light.",
        )


def _told(footage: Path, probe: Probe, watcher: Watcher, tally: Tally) -> Told:
    times: NDArray[np.float64] = np.array(tally.times)
    heard = hear(sounds(footage, rate=RATE))
    return Told(
        footage_sha256=sha256(footage),
        width=probe.width,
        height=probe.height,
        has_sound=probe.has_sound,
        performers=tally.performers,
        loudness_N=loudness(heard, times, max(probe.duration_s, float(times[-1]) + 1e-3)),
        speech=speech(heard),
        seen_by=watcher.seen_by,
    )


def sha256(path: Path) -> str:
    """Of the footage's bytes, which ties a performance to it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
