"""What planning a clip yields, step by step: values that can be kept, shown and compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from reelwright.domain import Blueprint, Format, Instruction, Music, Shot


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something of the kit, and how well it fits."""

    name: str
    similarity: float


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


@dataclass(frozen=True, slots=True)
class Visual:
    """What is seen and when; nothing is written on it yet."""

    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class Audio:
    """What is heard."""

    music: Music


@dataclass(frozen=True, slots=True)
class Effects:
    """The shots with their words and the ways in which they come in."""

    shots: tuple[Shot, ...]


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
