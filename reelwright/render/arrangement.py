"""The form of a music bed: its sections, how dense each is, and on which cut it opens up."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from reelwright.domain import Shot
from reelwright.render.harmony import Chart

# How strong a cut is, by how its shot comes in.
FORCE = {"flash": 1.0, "whip": 0.9, "zoom": 0.9, "push": 0.7, "wipe": 0.6, "leak": 0.5}
PLAIN, TOLD, ON_THE_BAR = 0.4, 0.3, 0.3  # any other cut; what words and a first beat add
EARLIEST, LATEST = 0.25, 0.8  # of the piece, between which it may open up
MIDST = 1.5  # how much a cut loses that lies a whole piece away from its middle
BAR = 4  # beats
BUILT = 0.6  # of the way to full that the build-up gets to
BREAK, OUTRO = 0.2, 0.45  # of that way, where it draws breath and where it goes out
PHRASE_BEATS, BREAK_BEATS = 32, 16  # how long it stays full, and how long it then rests
SHORTEST = 3  # beats on either side of an opening

Name = Literal["intro", "build", "drop", "break", "outro"]


@dataclass(frozen=True, slots=True)
class Section:
    """From `start_s` until the next one begins."""

    name: Name
    start_s: float
    energy: float  # 1 is everybody


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The sections in order, the first at zero; every other one starts on a cut, or on a bar."""

    sections: tuple[Section, ...]
    beat_s: float

    def number(self, t_s: float) -> int:
        """Which section sounds at a time."""
        passed = (k for k, one in enumerate(self.sections) if one.start_s <= t_s + 1e-3)
        return max(passed, default=0)

    def energy(self, t_s: float) -> float:
        return self.sections[self.number(t_s)].energy

    @property
    def drops_s(self) -> tuple[float, ...]:
        """When everybody comes in at once."""
        return tuple(one.start_s for one in self.sections if one.name == "drop")

    def breathes(self, t_s: float) -> bool:
        """Whether it is the last beat before everybody comes in."""
        return any(drop - self.beat_s - 1e-3 <= t_s < drop - 1e-3 for drop in self.drops_s)


def arrange(chart: Chart, shots: Sequence[Shot], *, start: float) -> Arrangement:
    """Intro, build-up, an opening on the strongest cut near the middle, breaks, an outro."""
    marks = [cut for cut in chart.cuts if cut < chart.end_s - 1e-6]
    force = {shot.start_s: _force(shot, chart.beat_s) for shot in shots}
    if not marks:  # one take: its bars stand in for cuts
        marks = [beat * chart.beat_s for beat in range(BAR, chart.last_beat, BAR)]
    drop = _drop(marks, force, chart)
    before = [mark for mark in marks if drop is None or mark < drop]
    rise = (1 - start) * (BUILT if drop is not None else 1.0)
    sections = [Section("intro", 0.0, start)]
    for k, mark in enumerate(before, start=1):
        sections.append(Section("build", mark, start + rise * k / len(before)))
    if drop is not None:
        sections += _full(drop, [mark for mark in marks if mark > drop], chart, start)
    return Arrangement(tuple(sections), chart.beat_s)


def _force(shot: Shot, beat_s: float) -> float:
    beat = shot.start_s / beat_s
    on_the_bar = abs(beat - BAR * round(beat / BAR)) < 0.1
    return FORCE.get(shot.transition, PLAIN) + TOLD * bool(shot.words) + ON_THE_BAR * on_the_bar


def _drop(marks: Sequence[float], force: dict[float, float], chart: Chart) -> float | None:
    """The strongest cut, the nearer to the middle the better; None where there is no room."""
    end_s, room_s = chart.end_s, SHORTEST * chart.beat_s
    fitting = [
        mark
        for mark in marks
        if EARLIEST * end_s <= mark <= LATEST * end_s and room_s <= mark <= end_s - room_s
    ]
    if not fitting:
        return None
    return max(fitting, key=lambda mark: force.get(mark, PLAIN) - MIDST * abs(mark / end_s - 0.5))


def _full(drop: float, later: Sequence[float], chart: Chart, start: float) -> list[Section]:
    """What follows the opening: full phrases with breaks between them, and the outro."""
    beat_s, sections = chart.beat_s, [Section("drop", drop, 1.0)]
    out = later[-1] if later and later[-1] - drop >= BAR * beat_s - 1e-6 else None
    if out is not None and chart.end_s - out < 2 * beat_s:
        out = None  # the final chord is outro enough
    until = chart.end_s if out is None else out
    for mark, after in pairwise([*(mark for mark in later if mark < until), until]):
        passed = mark - sections[-1].start_s
        if sections[-1].name == "drop":
            if passed >= PHRASE_BEATS * beat_s and until - mark >= PHRASE_BEATS * beat_s:
                sections.append(Section("break", mark, start + BREAK * (1 - start)))
        elif passed >= BREAK_BEATS * beat_s or until - after < BREAK_BEATS * beat_s:
            sections.append(Section("drop", mark, 1.0))
    if out is not None:
        sections.append(Section("outro", out, start + OUTRO * (1 - start)))
    return sections
