"""What can be wrong with a sketch: each check measures one thing and complains of it in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reelwright.domain import ON_BEAT_S, Blueprint, Codes, SemanticId
from reelwright.features.lapses import black, frozen, silent
from reelwright.media.decode import Image
from reelwright.render.proofreading import Fault as TitleFault
from reelwright.render.proofreading import Reading
from reelwright.render.synth import Sound
from reelwright.studio.steps import Complaint, Fault

Words = Callable[[str, Codes], Sequence[str]]  # what the beginning of a branch's codes says
BRANCHES: tuple[Fault, ...] = ("content", "creative")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """A plan drawn small: its pictures and sound, its titles as read, its codes as seen."""

    blueprint: Blueprint
    wished: SemanticId
    measured: SemanticId
    words: Words
    readings: Sequence[Reading]
    grey_THW: Image  # small pictures
    fps: int  # of these
    sound: Sound
    rate: int
    unsaid: Sequence[tuple[int, str, str]] = ()  # a shot, its words, and what of them can be said


Check = Callable[[Sketch], Iterator[Complaint]]


def complaints(sketch: Sketch) -> tuple[Complaint, ...]:
    """Everything that any check has to complain of."""
    return tuple(complaint for check in CHECKS for complaint in check(sketch))


def wish(sketch: Sketch) -> Iterator[Complaint]:
    """Whether it is what was wished for: each branch's first code."""
    for branch in BRANCHES:
        asked, seen = (getattr(sid, branch)[:1] for sid in (sketch.wished, sketch.measured))
        if asked != seen:
            is_, was = (", ".join(sketch.words(branch, codes)) for codes in (seen, asked))
            yield Complaint(branch, None, f"It reads as {is_}; the wish says {was}.")


def beat(sketch: Sketch) -> Iterator[Complaint]:
    """Whether every cut falls on a beat."""
    music = sketch.blueprint.music
    for place, shot in enumerate(sketch.blueprint.shots[1:], start=1):
        off_ms = 1000 * music.off_beat_s(shot.start_s)
        if off_ms > 1000 * ON_BEAT_S:
            said = f"It begins {off_ms:.0f} ms beside a beat of {music.tempo_bpm:g} a minute."
            yield Complaint("beat", place, said)


def titles(sketch: Sketch) -> Iterator[Complaint]:
    """Whether every title can be read: in time, clear of the edges and of what is behind it."""
    for read in sketch.readings:
        for title_fault in sorted(read.faults):
            what, said = TITLE_FAULTS[title_fault]
            yield Complaint(what, read.shot, said.format(read=read))


TITLE_FAULTS: dict[TitleFault, tuple[Fault, str]] = {
    TitleFault.OVERLAP: ("reading", "Something of {read.words!r} hides its own letters."),
    TitleFault.OUTSIDE: ("safe_area", "{read.words!r} leaves what a phone keeps free."),
    TitleFault.LOW_CONTRAST: (
        "contrast",
        "{read.words!r} has {read.contrast:.2f} of the contrast with its ground that it needs.",
    ),
    TitleFault.TOO_FAST: (
        "reading",
        "{read.words!r} stands for {read.rest:.2f} of the time that it takes to read.",
    ),
}


def pictures(sketch: Sketch) -> Iterator[Complaint]:
    """Whether there is something to see in every shot, and whether it lives."""
    for place, shot in enumerate(sketch.blueprint.shots):
        first, last = (round(at_s * sketch.fps) for at_s in (shot.start_s, shot.end_s))
        seen_THW = sketch.grey_THW[first:last]
        if dark_s := _length_s(black(seen_THW, 1 / sketch.fps)):
            yield Complaint("black", place, f"For {dark_s:.1f} s there is nothing to be seen.")
        elif still_s := _length_s(frozen(seen_THW, 1 / sketch.fps)):
            yield Complaint("frozen", place, f"For {still_s:.1f} s nothing moves.")


def sound(sketch: Sketch) -> Iterator[Complaint]:
    """Whether there is something to hear all the time."""
    for start_s, end_s in silent(sketch.sound, sketch.rate):
        yield Complaint("silent", None, f"From {start_s:.1f} to {end_s:.1f} s nothing is heard.")


def narration(sketch: Sketch) -> Iterator[Complaint]:
    """Whether a narrator, where there is one, can say all words before the next are said."""
    for place, whole, said in sketch.unsaid:
        left = f"only {said!r}" if said else "nothing"
        yield Complaint("narration", place, f"Of {whole!r} {left} can be said in its time.")


def _length_s(stretches: Sequence[tuple[float, float]]) -> float:
    return sum(end_s - start_s for start_s, end_s in stretches)


CHECKS: tuple[Check, ...] = (wish, beat, titles, pictures, sound, narration)
