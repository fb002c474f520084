"""From a wish to a blueprint: one instruction model and three roles, told as typed steps."""

from collections.abc import Iterator, Mapping

import numpy as np

from reelwright.domain import Blueprint, Format, Instruction, Kit, Meaning, Wish
from reelwright.studio.fit import Fit, Texts, Vector
from reelwright.studio.instructing import instruct
from reelwright.studio.roles import audio, effects, visual
from reelwright.studio.steps import (
    Audio,
    Draft,
    Effects,
    Instructed,
    Planned,
    Step,
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
        seed = seed_of(wish)
        understood = understand(wish, meaning, self.fit, self.style_vectors)
        yield understood
        rng = np.random.default_rng([seed, 0])
        instruction = instruct(wish, meaning, understood, self.fit.kit, rng)
        yield Instructed(instruction)
        yield from self._carried_out(Draft(instruction=instruction, format=wish.format, seed=seed))

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
