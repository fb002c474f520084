"""Rounds of planning and looking for the tests: some complained of, and one of every step."""

from plans import plan

from reelwright.domain import Blueprint, Instruction, SemanticId, ShotInstruction
from reelwright.secondlook.rounds import Chosen, Looked, Round, Step
from reelwright.studio.backbone import Message
from reelwright.studio.steps import (
    Audio,
    Candidate,
    Complaint,
    Effects,
    Fault,
    Instructed,
    Planned,
    Turn,
    Understood,
    Visual,
)

SID = SemanticId((3, 1), (4, 1))


def complaint(what: Fault = "beat", shot: int | None = 1) -> Complaint:
    return Complaint(what, shot, f"something about {what}")


def round_of(blueprint: Blueprint, *faults: Fault) -> Round:
    found = tuple(complaint(fault) for fault in faults)
    return Round((Planned(blueprint),), Looked(measured=SID, complaints=found, seconds=0.5))


def all_kinds() -> list[Step]:
    blueprint = plan()
    told_shot = ShotInstruction(scene="a harbour", camera="push", share=1.0, words="First light")
    instruction = Instruction(
        title="First light",
        about=("harbour",),
        style="documentary",
        mood="warm",
        tempo_bpm=90.0,
        shots=(told_shot,),
    )
    turn = Turn(
        role="director",
        by="a model",
        said=(Message("user", "Direct."), Message("assistant", "{}")),
        prompt_tokens=1500,
        reused_tokens=1300,
        written_tokens=40,
        seconds=1.5,
    )
    fallen = Turn(role="effects", by="rules-2", said=(), fallback="it was silent")
    one = Candidate("harbour", 0.5)
    return [
        Understood(style=one, scenes=(one,), subjects=()),
        Instructed(instruction, turn),
        Visual(blueprint.shots, turn),
        Audio(blueprint.music, blueprint.shots, turn),
        Effects(blueprint.shots, fallen),
        Planned(blueprint),
        Looked(measured=SID, complaints=(complaint(), complaint("creative", None)), seconds=0.25),
        Chosen(0),
    ]
