"""All that is said in one plan, on one backbone: it only grows, and every turn ends in an answer.

What a model may do to a plan is bounded here: it gives answers of a role's form, or asks for a tool
of the role's list; whatever else it says costs it one repair and then its turn.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reelwright.domain import Kit, Wish
from reelwright.studio.answers import Answer
from reelwright.studio.backbone import Ask, Backbone, Message, Reply, Schema, Silent
from reelwright.studio.form import fault, one_of, record
from reelwright.studio.outside import Data, Outside, canonical, harmless, quoted
from reelwright.studio.roles import ROLES, Found, Role, facts_for, prompt
from reelwright.studio.steps import PLANNER, Draft, Turn
from reelwright.studio.tools import TOOLS, Call, Desk, Facts, called

Clock = Callable[[], float]

LONGEST_REPLY = 8000  # letters; a model that says more is not read
TOKENS, TOKENS_A_SHOT = 48, 40  # that an answer may take
REPAIR_SHARE = 0.25  # of a turn's time that must be left for a second answer
MOST_SILENCES = 2  # one after the other; then nobody is there
SEEDS = 2**31


def prefix(kit: Kit, *, may_call: bool = False) -> Message:
    """What every plan begins with, the same to the byte: the rules, all roles and the kit.

    It is read again with every word that is written: tools stand in it where they may be called,
    and scenes, styles and things not at all, since only those that a tool has found can be chosen.
    """
    roles = "\n".join(f"{role.name}: {role.prompt}" for role in ROLES)
    things = {
        "cameras": kit.cameras,
        "lights": kit.lights,
        "moods": {one.name: one.mood for one in kit.styles},
        "transitions": [*filter(None, kit.transitions), "cut"],
    }
    parts = [prompt("system"), f"ROLES\n{roles}"]
    if may_call:
        parts.append(f"TOOLS {canonical(_tools())}")
    return Message("system", "\n\n".join([*parts, f"KIT {canonical(things)}"]))


def _tools() -> list[dict[str, Any]]:
    return [
        {"tool": one.name, "about": one.about, "arguments": one.arguments["properties"]}
        for one in TOOLS.values()
    ]


@dataclass(kw_only=True, slots=True)
class Tally:
    """What a turn has taken so far."""

    num_asks: int = 0
    num_calls: int = 0
    num_refused: int = 0
    prompt_tokens: int = 0
    reused_tokens: int = 0
    written_tokens: int = 0

    def add(self, reply: Reply) -> None:
        self.prompt_tokens += reply.prompt_tokens
        self.reused_tokens += reply.reused_tokens
        self.written_tokens += reply.written_tokens


class Unusable(Exception):
    """A turn that the rules have to answer, and why, in one line."""


class Conversation:
    """The messages of one plan, in the order in which they were said."""

    def __init__(
        self,
        backbone: Backbone,
        desk: Desk,
        said: Sequence[Message],
        *,
        clock: Clock,
        within_s: float,
        num_calls: int,
        wish: Wish | None = None,
        unheard: str = "",
    ) -> None:
        """`unheard` says why nobody is asked, and the rules answer."""
        self.unheard = unheard
        self.backbone = backbone
        self.desk = desk
        self.said = list(said)
        self.clock = clock
        self.end_s = clock() + within_s
        self.num_calls = num_calls
        self.wish = wish
        self.silences = 0

    def turn(
        self, role: Role, ruled: Draft, *, data: Mapping[str, Data], turns_left: int
    ) -> tuple[Draft, Turn]:
        """What a role makes of a draft whose own part is the rule's; that stands in for it."""
        start, begun_s, tally = len(self.said), self.clock(), Tally()
        found = self._opened(role, ruled)
        facts = {**data, **facts_for(role, ruled), **found}
        self._ask(role, facts)
        until_s = begun_s + 3 / (turns_left + 2) * (self.end_s - begun_s)
        why, by, draft = "", self.backbone.name, ruled
        try:
            draft = self._answer(role, ruled, found, tally, until_s)
        except Unusable as reason:
            why, by = str(reason), PLANNER
            self._say("assistant", canonical(self._rule(role, ruled, found)))
        turn = Turn(
            role=role.name,
            by=by,
            said=tuple(self.said[start:]),
            num_asks=tally.num_asks,
            num_calls=tally.num_calls,
            num_refused=tally.num_refused,
            prompt_tokens=tally.prompt_tokens,
            reused_tokens=tally.reused_tokens,
            written_tokens=tally.written_tokens,
            seconds=self.clock() - begun_s,
            fallback=why,
        )
        return draft, turn

    def _answer(
        self, role: Role, ruled: Draft, found: Found, tally: Tally, until_s: float
    ) -> Draft:
        """Asks until there is an answer that can stand: at most once more than calls and repair."""
        repair_s = REPAIR_SHARE * (until_s - self.clock())
        repaired = False
        for _ in range(self.num_calls + 2):
            may_call = tally.num_calls + tally.num_refused < self.num_calls
            reply = self._asked(role, ruled, found, may_call, tally, until_s)
            heard = self._read(reply.text, role, ruled, found, may_call)
            if isinstance(heard, Draft):
                self._say("assistant", reply.text)
                return heard
            if isinstance(heard, Call) and may_call:
                found = self._called(heard, role, found, tally, reply.text)
                continue
            wrong = heard if isinstance(heard, str) else "No call is left to you."
            tally.num_refused += isinstance(heard, Call)
            if repaired or until_s - self.clock() < repair_s:
                raise Unusable(wrong)
            repaired = True
            self._correct(reply.text, wrong)
        raise Unusable(f"no answer after {self.num_calls} calls")

    def _asked(
        self, role: Role, ruled: Draft, found: Found, may_call: bool, tally: Tally, until_s: float
    ) -> Reply:
        within_s = until_s - self.clock()
        if self.unheard:
            raise Unusable(self.unheard)
        if self.silences >= MOST_SILENCES:
            raise Unusable("silent before")
        if within_s <= 0:
            raise Unusable("out of time")
        kit = self.desk.fit.kit
        form = role.form(ruled, found, kit)
        ask = Ask(
            messages=tuple(self.said),
            schema=_or_call(form, role) if may_call else form,
            rule=self._rule(role, ruled, found),
            max_tokens=TOKENS + TOKENS_A_SHOT * len(ruled.instruction.shots),
            wish=self.wish,
        )
        tally.num_asks += 1
        try:
            reply = self.backbone.reply(
                ask, seed=(ruled.seed + len(self.said)) % SEEDS, within_s=within_s
            )
        except Silent as silence:
            self.silences += 1
            raise Unusable(str(silence)) from silence
        self.silences = 0
        tally.add(reply)
        return reply

    def _read(
        self, text: str, role: Role, ruled: Draft, found: Found, may_call: bool
    ) -> Draft | Call | str:
        """A reply as what it asks for or answers, or what is wrong with it."""
        try:
            value = json.loads(text) if len(text) <= LONGEST_REPLY else None
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            return "Answer with one JSON object."
        if "call" in value:
            return _call(value["call"])
        if wrong := fault(value, role.form(ruled, found, self.desk.fit.kit)):
            return wrong
        return role.taken({**role.told(ruled, self.desk.fit.kit), **value}, ruled, self.desk)

    def _rule(self, role: Role, ruled: Draft, found: Found) -> Answer:
        """What the rules say to that which is asked; the rest stays as it is."""
        kit = self.desk.fit.kit
        told = role.told(ruled, kit)
        return {name: told[name] for name in role.form(ruled, found, kit)["properties"]}

    def _called(self, call: Call, role: Role, found: Found, tally: Tally, text: str) -> Found:
        """What is known after a tool was asked for; a call that may not be made adds nothing."""
        facts = called(call, role.tools, self.desk)
        if isinstance(facts, str):
            tally.num_refused += 1
            self._correct(text, facts)
            return found
        tally.num_calls += 1
        self._say("assistant", harmless(text))
        self._ask(role, {call.tool: facts})
        return {**found, call.tool: _joined(found.get(call.tool), facts)}

    def _opened(self, role: Role, ruled: Draft) -> Found:
        """What the tools say that a role always wants to hear."""
        found = {}
        for call in role.opening(ruled):
            facts = called(call, role.tools, self.desk)
            assert not isinstance(facts, str), f"{role.name} may not open with {call}: {facts}"
            found[call.tool] = facts
        return found

    def _ask(self, role: Role, facts: Mapping[str, Data]) -> None:
        told = f"MATERIAL {quoted(facts)}\n" if facts else ""
        self._say("user", f"{told}Your role: {role.name}")

    def _correct(self, text: str, wrong: str) -> None:
        self._say("assistant", harmless(text[:LONGEST_REPLY]))
        self._say("user", f"MATERIAL {quoted({'wrong': Outside(wrong)})}\n{prompt('again')}")

    def _say(self, role: Literal["user", "assistant"], content: str) -> None:
        self.said.append(Message(role, content))


def _joined(before: Facts | None, facts: Facts) -> Facts:
    """What a tool has found, at first and when it was asked once more."""
    if isinstance(before, tuple) and isinstance(facts, tuple):
        return tuple(dict.fromkeys((*before, *facts)))
    return facts


def _call(value: object) -> Call | str:
    match value:
        case {"tool": str(tool), "arguments": dict(arguments)}:
            return Call(tool, arguments)
    return "A call names its tool and its arguments."


def _or_call(form: Schema, role: Role) -> Schema:
    """The form of an answer, or of one more question to a tool of the role."""
    calls = [record(tool=one_of([name]), arguments=TOOLS[name].arguments) for name in role.tools]
    return {"anyOf": [form, record(call={"anyOf": calls})]}
