"""From a wish to a blueprint: one instruction model and three roles, told as typed steps."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from reelwright.domain import Blueprint, Format, Instruction, Kit, Meaning, Wish
from reelwright.studio.fit import Fit, Texts, Vector
from reelwright.studio.instructing import instruct
from reelwright.studio.roles import audio, effects, visual
from reelwright.studio.steps import (
    Audio,
    Complaint,
    Draft,
    Effects,
    Instructed,
    Planned,
    Step,
    Understood,
    Visual,
    blueprint_of,
)
from reelwright.studio.understanding import understand

PLANNER = "rules-2"  # goes up when the same wish comes out otherwise
SEED_DIGITS = 15  # of a wish's key, in base 16


class Studio:
    """Plans clips out of what a kit can draw. A plan always comes, and always the same one."""

    def __init__(self, kit: Kit, texts: Texts, style_vectors: Mapping[str, Vector]) -> None:
        self.fit = Fit(kit, texts)
        self.style_vectors = dict(style_vectors)

    def plan(self, wish: Wish, meaning: Meaning) -> Iterator[Step]:
        """Six steps, the last of them `Planned`."""
        understood = understand(wish, meaning, self.fit, self.style_vectors)
        yield understood
        yield from self._told(wish, meaning, understood, seed_of(wish), ())

    def again(
        self,
        wish: Wish,
        meaning: Meaning,
        earlier: Sequence[Step],
        complaints: Sequence[Complaint],
    ) -> Iterator[Step]:
        """Another take of the wish, silent where words were complained of.

        `earlier` are all steps of all rounds before; the new ones follow them.
        """
        [understood] = [step for step in earlier if isinstance(step, Understood)]
        take = sum(isinstance(step, Planned) for step in earlier)
        yield from self._told(wish, meaning, understood, seed_of(wish) + take, complaints)

    def _told(
        self,
        wish: Wish,
        meaning: Meaning,
        understood: Understood,
        seed: int,
        complaints: Sequence[Complaint],
    ) -> Iterator[Step]:
        rng = np.random.default_rng([seed, 0])
        told = instruct(wish, meaning, understood, self.fit.kit, rng)
        wordy = {one.shot for one in complaints if one.what in {"contrast", "reading", "safe_area"}}
        shots = tuple(
            dataclasses.replace(shot, words="") if place in wordy else shot
            for place, shot in enumerate(told.shots)
        )
        told = dataclasses.replace(told, shots=shots)
        yield Instructed(told)
        yield from self._carried_out(Draft(instruction=told, format=wish.format, seed=seed))

    def blueprint(self, instruction: Instruction, *, format: Format, seed: int) -> Blueprint:
        """What the three roles make of an instruction."""
        draft = Draft(instruction=instruction, format=format, seed=seed)
        return blueprint_of(self._carried_out(draft))

    def _carried_out(self, draft: Draft) -> Iterator[Step]:
        draft = visual(draft, self.fit)
        yield Visual(draft.shots)
        draft = audio(draft, self.fit)
        music = draft.music
        assert music, "the audio role chose no music"
        yield Audio(music)
        draft = effects(draft, self.fit)
        yield Effects(draft.shots)
        yield Planned(
            Blueprint(
                title=draft.instruction.title,
                style=draft.instruction.style,
                shots=draft.shots,
                music=music,
                format=draft.format,
                planner=PLANNER,
            )
        )


def seed_of(wish: Wish) -> int:
    """The chance in a plan comes from the wish alone."""
    return int(wish.key[:SEED_DIGITS], 16)
