"""Rounds of planning and looking, as typed steps: compared, kept with the clip and replayed."""

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from reelwright.domain import Blueprint, SemanticId
from reelwright.plain import from_plain
from reelwright.render.synth import Sound
from reelwright.studio import steps as studio
from reelwright.studio.steps import Complaint, Fault, blueprint_of, plans_of

# How much worse a clip is for it: first what a viewer sees as broken, then another wish than the
# one that was made, then what is merely less good.
WEIGHTS: Mapping[Fault, float] = {
    "black": 4.0,
    "silent": 4.0,
    "content": 3.0,
    "narration": 3.0,
    "contrast": 2.0,
    "safe_area": 2.0,
    "reading": 2.0,
    "frozen": 2.0,
    "creative": 2.0,
    "beat": 1.0,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """The end of a round: the codes that a plan's sketch reads as, and what is wrong with it."""

    measured: SemanticId
    complaints: tuple[Complaint, ...]
    seconds: float = field(default=0.0, compare=False)  # that drawing and measuring took


@dataclass(frozen=True, slots=True)
class Chosen:
    """The end of all rounds: the plan of this one is drawn in full."""

    round: int  # counted from 0


@dataclass(frozen=True, slots=True)
class Round:
    """A plan as the studio's steps, and what a look at it found; nothing where nobody looked."""

    planned: tuple[studio.Step, ...]
    looked: Looked | None = None
    sound: Sound | None = field(default=None, compare=False)  # which the look has heard

    @property
    def blueprint(self) -> Blueprint:
        return blueprint_of(self.planned)

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        return self.looked.complaints if self.looked else ()


Step = studio.Step | Looked | Chosen
KINDS = {kind.__name__: kind for kind in typing.get_args(Step)}


def burden(complaints: Iterable[Complaint]) -> float:
    """How bad all that is complained of is together."""
    return sum(WEIGHTS[one.what] for one in complaints)


def best(rounds: Sequence[Round]) -> int:
    """The place of the round with the lightest complaints; of equals the earliest."""
    return min(range(len(rounds)), key=lambda place: burden(rounds[place].complaints))


def told(rounds: Sequence[Round]) -> list[Step]:
    """All steps of all rounds, and which of them won."""
    steps: list[Step] = []
    for one in rounds:
        steps += one.planned
        steps += [one.looked] if one.looked else []
    return [*steps, Chosen(best(rounds))]


def replayed(steps: Sequence[Step]) -> Blueprint:
    """The plan that the steps of all rounds led to, without asking anybody again."""
    *_, last = steps
    assert isinstance(last, Chosen), f"rounds that end with {type(last).__name__}"
    return plans_of(steps)[last.round]


def to_cells(step: Step) -> dict[str, Any]:
    """A step as it is kept with the clip: the name of its kind, and its fields."""
    return {"kind": type(step).__name__, **asdict(step)}


def to_step(cells: Mapping[str, Any]) -> Step:
    """The step that `to_cells` took apart."""
    fields = dict(cells)
    step: Step = from_plain(KINDS[fields.pop("kind")], fields)
    return step
