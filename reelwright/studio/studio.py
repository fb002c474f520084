"""From a wish to a blueprint: an instruction model and three agents, told as typed steps."""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reelwright.domain import Blueprint, Format, Instruction, Kit, Meaning, Product, Wish
from reelwright.studio import mending
from reelwright.studio.backbone import Backbone
from reelwright.studio.conversation import Clock, Conversation, prefix
from reelwright.studio.fit import Fit, Texts, Vector
from reelwright.studio.material import complained, given, material
from reelwright.studio.outside import Data
from reelwright.studio.planner import Planner
from reelwright.studio.roles import ROLES, Role
from reelwright.studio.rules import audio, effects, visual
from reelwright.studio.scripted import ScriptedBackbone
from reelwright.studio.steps import (
    PLANNER,
    Complaint,
    Draft,
    Planned,
    Step,
    Turn,
    draft_of,
    plans_of,
    step_of,
    turns_of,
)
from reelwright.studio.tools import Desk
from reelwright.studio.understanding import (
    about_weights,
    nearest_styles,
    understand,
    with_others,
)

PLAN_S = 20.0  # for a whole plan; what is not answered by then the rules answer
SEED_DIGITS = 15  # of a wish's key, in base 16
SEEDS: int = 16**SEED_DIGITS
UNHEEDED = "what was complained of was not mended"
SPREAD = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: the takes of a wish lie far apart


class Studio:
    """Plans clips out of what a kit can draw. A plan always comes, in time.

    The same wish and seed ask the backbone the same, so where it answers the same, or not at all,
    the plan is the same. Words and chance come from the wish alone.
    """

    def __init__(
        self,
        kit: Kit,
        texts: Texts,
        style_vectors: Mapping[str, Vector],
        backbone: Backbone | None = None,
        *,
        within_s: float = PLAN_S,
        num_calls: int = 0,  # of tools, that a role may ask for beyond those it is told
        clock: Clock = time.monotonic,
    ) -> None:
        self.fit = Fit(kit, texts)
        self.style_vectors = dict(style_vectors)
        self.backbone = backbone or ScriptedBackbone()
        self.within_s = within_s
        self.num_calls = num_calls
        self.clock = clock
        self.prefix = prefix(kit, may_call=num_calls > 0)

    def plan(
        self,
        wish: Wish,
        meaning: Meaning,
        *,
        seed: int = 0,
        product: Product | None = None,
        left_s: float = math.inf,
    ) -> Iterator[Step]:
        """Six steps, the last of them `Planned`. Another seed gives another take of the wish.

        `left_s`: what whoever asks has left, where that is less than a plan may take.
        """
        rules = self.planner(wish, meaning, seed, product)
        yield rules.understood
        talk = self._conversation(rules, before=(), left_s=left_s)
        news = {"wish": material(wish, meaning, product)}
        yield from self._carried_out(ROLES, None, rules, talk, news)

    def again(
        self,
        wish: Wish,
        meaning: Meaning,
        earlier: Sequence[Step],
        complaints: Sequence[Complaint],
        *,
        seed: int = 0,
        product: Product | None = None,
        left_s: float = math.inf,
        by_rules: bool = False,
    ) -> Iterator[Step]:
        """A plan taken up where it is complained of: by the first role to blame and those after it.

        `earlier` are all steps of all rounds before; the new ones follow them. `by_rules`: whoever
        planned them has heard of it and mended nothing, so they are not asked again.
        """
        unheard = UNHEEDED if by_rules and self.backbone.name != PLANNER else ""
        speaking = ROLES[mending.first_blamed(complaints) :]
        is_style_wrong = any(one.what == "creative" for one in complaints)
        before = plans_of(earlier)
        tried = [plan.style for plan in before] if is_style_wrong else []
        take = seed + len(tried)  # other shots, too
        times = len(before)
        if unheard:  # what the rules offered to a model that did as it liked was not tried yet
            own = [one.role for one in turns_of(earlier) if one.fallback == UNHEEDED]
            times = 1 + own.count(speaking[0].name)
            tried = tried[:1] + tried[2:]
        rules = self.planner(wish, meaning, take, product, complaints, times, tried)
        talk = self._conversation(rules, turns_of(earlier), left_s, unheard=unheard)
        news = {"complaints": complained(complaints)}
        draft = draft_of(earlier, format=wish.format, seed=rules.seed)
        yield from self._carried_out(speaking, draft, rules, talk, news, turns_of(earlier))

    def blueprint(self, instruction: Instruction, *, format: Format, seed: int) -> Blueprint:
        """What the rules make of an instruction that came from elsewhere."""
        draft = visual(Draft(instruction=instruction, format=format, seed=seed), self.fit)
        return _blueprint(effects(audio(draft, self.fit), self.fit), PLANNER)

    def _carried_out(
        self,
        speaking: Sequence[Role],
        draft: Draft | None,
        rules: Planner,
        talk: Conversation,
        news: Mapping[str, Data],
        before: Sequence[Turn] = (),
    ) -> Iterator[Step]:
        """Role after role: the rules' part, and then what a model makes of it, where one does."""
        latest = {turn.role: turn for turn in before}
        for left, role in zip(range(len(speaking), 0, -1), speaking, strict=True):
            ruled = rules.part(role, draft, blamed=left == len(speaking))
            draft, turn = talk.turn(role, ruled, data=news, turns_left=left)
            yield step_of(turn, draft)
            latest[role.name] = turn
            news = {}
        assert draft, "nobody spoke"
        yield Planned(_blueprint(draft, signed(self.backbone.name, latest.values())))

    def _conversation(
        self, rules: Planner, before: Sequence[Turn], left_s: float, *, unheard: str = ""
    ) -> Conversation:
        return Conversation(
            self.backbone,
            rules.desk,
            [self.prefix, *(message for turn in before for message in turn.said)],
            clock=self.clock,
            within_s=min(self.within_s, left_s),
            num_calls=self.num_calls,
            wish=rules.wish,
            unheard=unheard,
        )

    def planner(
        self,
        wish: Wish,
        meaning: Meaning,
        seed: int = 0,
        product: Product | None = None,
        complaints: Sequence[Complaint] = (),
        num_rounds: int = 0,
        tried: Sequence[str] = (),
    ) -> Planner:
        """The rules, at a desk on which all lies that is known of the wish, but for styles that
        were tried in vain: nobody can choose one of them again while there are others."""
        understood = understand(wish, meaning, self.fit, self.style_vectors)
        meant = self.fit.vector(about_weights(meaning.about, meaning.titles, wish.brief))
        styles = nearest_styles(meaning, self.fit, self.style_vectors)
        spent = mending.spent(tried, styles[0].name)
        desk = Desk(
            fit=self.fit,
            meant=meant,
            styles=tuple(one for one in styles if one.name not in spent) or styles,
            scenes=with_others(understood.scenes, meant, self.fit),
            given=given(material(wish, meaning, product)),
        )
        return Planner(
            wish=wish,
            meaning=meaning,
            understood=understood,
            desk=desk,
            seed=seed_of(wish, seed),
            complaints=tuple(complaints),
            num_rounds=num_rounds,
        )


def seed_of(wish: Wish, seed: int = 0) -> int:
    """The chance in a plan comes from the wish, and from which take of it this is."""
    first = int(wish.key[:SEED_DIGITS], 16)
    return (first + seed * SPREAD) % SEEDS


def signed(name: str, turns: Iterable[Turn]) -> str:
    """Who planned: the model, the rules, or the model but for some parts."""
    turns = list(turns)
    ruled = [turn.role for turn in turns if turn.by == PLANNER]
    if not ruled:
        return name
    if len(ruled) < len(turns):
        return f"{name}, {' and '.join(ruled)} by {PLANNER}"
    return PLANNER if name == PLANNER else f"{PLANNER} in place of {name}"


def _blueprint(draft: Draft, planner: str) -> Blueprint:
    assert draft.music, "the audio role chose no music"
    return Blueprint(
        title=draft.instruction.title,
        style=draft.instruction.style,
        shots=draft.shots,
        music=draft.music,
        format=draft.format,
        planner=planner,
    )
