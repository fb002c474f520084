"""A clip's steps told to people: what was wished, what each role decided, which round won."""

from collections.abc import Iterator, Sequence

from reelwright.domain import Instruction, Meaning, Music, SemanticId, Shot
from reelwright.secondlook.rounds import Chosen, Looked, Step, burden
from reelwright.studio.steps import (
    Audio,
    Candidate,
    Complaint,
    Effects,
    Instructed,
    Planned,
    Turn,
    Understood,
    Visual,
)

Entry = tuple[str, str]  # a heading, and words under it

HEADING = 12  # columns
CANDIDATES = 3  # that are named


def account(sid: SemanticId, meaning: Meaning, steps: Sequence[Step]) -> Iterator[str]:
    """The lines to print."""
    for heading, words in entries(sid, meaning, steps):
        yield f"  {heading:<{HEADING}}{words}".rstrip() if words else heading


def entries(sid: SemanticId, meaning: Meaning, steps: Sequence[Step]) -> Iterator[Entry]:
    """What there is to tell, each under its heading: an empty one goes on with the last.

    A heading without words begins a round.
    """
    yield "wished", f"{sid}: about {', '.join(meaning.about) or 'anything'}"
    yield "", f"made {', '.join(meaning.style) or 'in any way'}"
    if not steps:
        yield "steps", "none were kept: an older program made it"
    looks = 0
    for before, step in zip([None, *steps], steps, strict=False):
        if before is None or (isinstance(before, Looked) and not isinstance(step, Chosen)):
            yield f"round {looks + 1}", ""
        looks += isinstance(step, Looked)
        yield from lines(step, looks)


def lines(step: Step, looks: int) -> Iterator[Entry]:
    """One step, told in one line or a few."""
    match step:
        case Understood():
            scenes, subjects = (_named(some) for some in (step.scenes, step.subjects))
            yield "understood", f"{_named([step.style])}; in {scenes}; with {subjects}"
        case Instructed():
            yield from _director(step.instruction)
            yield from _turn(step.turn)
        case Visual():
            yield from _listed("visual", [_picture(shot) for shot in step.shots])
            yield from _turn(step.turn)
        case Audio():
            yield "audio", _music(step.music)
            yield from _turn(step.turn)
        case Effects():
            yield from _listed("effects", [_words(shot) for shot in step.shots])
            yield from _turn(step.turn)
        case Planned():
            yield "planned", f"by {step.blueprint.planner}"
        case Looked():
            yield from _look(step)
        case Chosen():
            of = f" of {looks}" if looks > 1 else ""
            yield "drawn", f"the plan of round {step.round + 1}{of}"


def _turn(turn: Turn) -> Iterator[Entry]:
    """Who answered and what that took; nothing where no model was asked."""
    if turn.fallback:
        yield "", f"by {turn.by}, for the model's answer could not stand: {turn.fallback}"
    if turn.prompt_tokens:
        new = turn.prompt_tokens - turn.reused_tokens
        yield (
            "",
            f"by {turn.by}: {new} tokens read, {turn.reused_tokens} known from before, "
            f"{turn.written_tokens} written ({turn.seconds:.1f} s)",
        )


def _director(told: Instruction) -> Iterator[Entry]:
    said = f"{told.title!r}, {told.style}, {told.mood} at {told.tempo_bpm:g} beats a minute"
    shots = [
        f"{shot.share:4.0%} {shot.camera}: {shot.scene}"
        + (f", {shot.words!r}" if shot.words else "")
        for shot in told.shots
    ]
    yield from _listed("director", [said, *shots])


def _picture(shot: Shot) -> str:
    with_ = f" with {shot.subject}" if shot.subject else ""
    return f"{shot.start_s:.2f} s {shot.scene} by {shot.light} light{with_}, {shot.camera}"


def _music(music: Music) -> str:
    return f"{music.mood} at {music.tempo_bpm:g} beats a minute"


def _words(shot: Shot) -> str:
    way = shot.transition or "cut"
    return f"{shot.start_s:.2f} s {way}" + (f", {shot.words!r}" if shot.words else "")


def _look(step: Looked) -> Iterator[Entry]:
    found = [_complaint(one) for one in step.complaints]
    total = f"{burden(step.complaints):g}" if found else "nothing"
    said = f"reads as {step.measured}; complaints weigh {total} ({step.seconds:.1f} s)"
    yield from _listed("look", [said, *found])


def _complaint(one: Complaint) -> str:
    where = "" if one.shot is None else f", shot {one.shot + 1}"
    return f"{one.what}{where}: {one.words}"


def _listed(heading: str, parts: Sequence[str]) -> Iterator[Entry]:
    for place, part in enumerate(parts):
        yield ("" if place else heading, part)


def _named(candidates: Sequence[Candidate]) -> str:
    """The best of some candidates, each with how well it fits."""
    few = [f"{one.name} {one.similarity:.2f}" for one in candidates[:CANDIDATES]]
    return ", ".join(few) or "nothing"
