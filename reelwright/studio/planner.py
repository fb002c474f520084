"""The deterministic planner: what each role answers where no model does, complaints heeded."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from reelwright.domain import Instruction, Meaning, Wish
from reelwright.studio import mending
from reelwright.studio.instructing import instruct
from reelwright.studio.roles import AUDIO, DIRECTOR, EFFECTS, VISUAL, Role
from reelwright.studio.rules import audio, effects, visual
from reelwright.studio.steps import Complaint, Draft, Understood
from reelwright.studio.tools import Desk


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """Knows all about one wish, and what was found wrong with the last round."""

    wish: Wish
    meaning: Meaning
    understood: Understood
    desk: Desk
    seed: int
    complaints: tuple[Complaint, ...] = ()
    num_rounds: int = 0  # before this one

    def part(self, role: Role, draft: Draft | None, *, blamed: bool) -> Draft:
        """The draft with a role's part in it. Who is blamed keeps what nobody complained of."""
        if role is DIRECTOR:
            return self._directed(draft)
        assert draft, f"{role.name} speaks before the director"
        if role is VISUAL:
            return self._pictured(draft, blamed=blamed)
        if role is AUDIO:
            heard = draft if draft.music else audio(draft, self.desk.fit)
            return mending.sounding(heard, self.complaints, self.desk.fit.kit)
        assert role is EFFECTS, f"nobody knows the role {role.name}"
        finished = draft if blamed else effects(draft, self.desk.fit)
        return mending.terse(finished, self.complaints)

    def _directed(self, before: Draft | None) -> Draft:
        faults = {one.what for one in self.complaints}
        if before and not faults & {"content", "creative"}:
            told = before.instruction
        else:
            told = self._instructed()
        told = mending.moving(told, self.complaints, self.desk.fit.kit)
        return Draft(instruction=told, format=self.wish.format, seed=self.seed)

    def _instructed(self) -> Instruction:
        rng = np.random.default_rng([self.seed, 0])
        understood = mending.doubted(self.understood, self.desk, self.complaints, self.num_rounds)
        return instruct(self.wish, self.meaning, understood, self.desk.fit.kit, rng)

    def _pictured(self, draft: Draft, *, blamed: bool) -> Draft:
        """Cuts beside the beats are made anew, and with them the music that follows."""
        fit = self.desk.fit
        if not blamed or any(one.what == "beat" for one in self.complaints):
            draft = dataclasses.replace(visual(draft, fit), music=None)
        things = [one.name for one in self.understood.subjects]
        draft = mending.peopled(draft, self.complaints, things)
        return mending.lit(draft, self.complaints, fit.kit)
