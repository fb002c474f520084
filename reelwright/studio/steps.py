"""What planning a clip yields, step by step: values that can be kept, shown and compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reelwright.domain import Blueprint, Format, Instruction, Music, Shot
from reelwright.studio.backbone import Message

PLANNER = "rules-3"  # the deterministic planner; goes up when the same wish comes out otherwise


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something of the kit, and how well it fits."""

    name: str
    similarity: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One role's turn: what was said in it, by whom, and what that took."""

    role: str
    by: str  # who gave the answer that stands
    said: tuple[Message, ...]  # the question first; the answer that stands last
    num_asks: int = 0
    num_calls: int = 0  # of tools, that the model asked for by itself
    num_refused: int = 0  # calls to tools that the role may not call, or calls made wrongly
    prompt_tokens: int = 0  # over all asks, likewise below
    reused_tokens: int = 0
    written_tokens: int = 0
    seconds: float = field(default=0.0, compare=False)
    fallback: str = ""  # why the rules answered in a model's place


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """The wish, in terms of what can be drawn. Candidates stand best first."""

    style: Candidate
    scenes: tuple[Candidate, ...]
    subjects: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Instructed:
    """The wish, told shot by shot."""

    instruction: Instruction
    turn: Turn


@dataclass(frozen=True, slots=True)
class Visual:
    """What is seen and when; nothing is written on it yet."""

    shots: tuple[Shot, ...]
    turn: Turn


@dataclass(frozen=True, slots=True)
class Audio:
    """What is heard, and the shots on its beats."""

    music: Music
    shots: tuple[Shot, ...]
    turn: Turn


@dataclass(frozen=True, slots=True)
class Effects:
    """The shots with their words and the ways in which they come in."""

    shots: tuple[Shot, ...]
    turn: Turn


@dataclass(frozen=True, slots=True)
class Planned:
    """The end of every plan."""

    blueprint: Blueprint


Step = Understood | Instructed | Visual | Audio | Effects | Planned
Fault = Literal[
    "content",  # its own codes are not the wished ones
    "creative",
    "beat",  # a cut falls beside the beats
    "narration",  # what is said takes longer than its shots
    "contrast",
    "safe_area",
    "reading",  # words stand for less time than they take to read
    "frozen",
    "black",
    "silent",
]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that a look at the result found wrong: where, and in words."""

    what: Fault
    shot: int | None  # counted from 0; None for the whole clip
    words: str


def blueprint_of(steps: Iterable[Step]) -> Blueprint:
    """Walks through a plan to its end and returns what was planned."""
    *_, last = steps
    assert isinstance(last, Planned), f"a plan that ends with {type(last).__name__}"
    return last.blueprint


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A plan while it grows: what the roles before have decided, for the role whose turn it is."""

    instruction: Instruction
    format: Format
    seed: int
    shots: tuple[Shot, ...] = ()
    music: Music | None = None


def step_of(turn: Turn, draft: Draft) -> Step:
    """What a role's turn has put into a draft."""
    match turn.role:
        case "director":
            return Instructed(draft.instruction, turn)
        case "visual":
            return Visual(draft.shots, turn)
        case "audio":
            assert draft.music, "the audio role chose no music"
            return Audio(draft.music, draft.shots, turn)
        case role:
            assert role == "effects", f"nobody knows the role {role}"
            return Effects(draft.shots, turn)


def turns_of(steps: Sequence[Step]) -> list[Turn]:
    """Every turn of some rounds, in the order in which they were spoken."""
    return [step.turn for step in steps if not isinstance(step, Understood | Planned)]


def plans_of(steps: Iterable[object]) -> list[Blueprint]:
    """What every round planned."""
    return [step.blueprint for step in steps if isinstance(step, Planned)]


def draft_of(steps: Sequence[Step], *, format: Format, seed: int) -> Draft:
    """The draft that stood when the last of some rounds was over."""
    told = [step.instruction for step in steps if isinstance(step, Instructed)]
    music = [step.music for step in steps if isinstance(step, Audio)]
    shots = [step.shots for step in steps if isinstance(step, Visual | Audio | Effects)]
    assert plans_of(steps), "no whole round before"
    return Draft(instruction=told[-1], format=format, seed=seed, shots=shots[-1], music=music[-1])
