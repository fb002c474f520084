"""What is heard of a teacher: all questions with its answers, joined where one goes on."""

import json
from collections.abc import Mapping
from typing import Any

from studio_wishes import KIT, STYLE_VECTORS, topic_meaning, topic_wish, word_vectors

from reelwright.catalogue.topics import TOPICS
from reelwright.studio.backbone import Ask, Message, Reply
from reelwright.studio.scripted import ScriptedBackbone
from reelwright.studio.steps import blueprint_of
from reelwright.studio.studio import Studio
from reelwright.tuning.pairs import Listener, Pair, listen, talks

WISHES = [(topic_wish(place, 0), topic_meaning(TOPICS[place], KIT.styles[0])) for place in (0, 3)]


def ask(*words: str, rule: Mapping[str, Any] | None = None) -> Ask:
    roles = ("user", "assistant")
    messages = [Message(roles[place % 2], word) for place, word in enumerate(words)]  # type: ignore[arg-type]
    return Ask(
        messages=(Message("system", "s"), *messages), schema={}, rule=rule or {}, max_tokens=9
    )


def heard() -> list[list[Pair]]:
    return listen(
        lambda backbone: Studio(KIT, word_vectors, STYLE_VECTORS, backbone),
        ScriptedBackbone(),
        WISHES,
    )


def test_every_plan_is_heard_role_by_role_with_what_the_rules_answer() -> None:
    found = heard()
    assert [len(plan) for plan in found] == [4, 4]
    for pair in (pair for plan in found for pair in plan):
        assert json.loads(pair.answer) == pair.ask.rule


def test_whoever_listens_changes_nothing_in_the_plan() -> None:
    studio = Studio(KIT, word_vectors, STYLE_VECTORS, Listener(ScriptedBackbone()))
    plain = Studio(KIT, word_vectors, STYLE_VECTORS)
    assert blueprint_of(studio.plan(*WISHES[0])) == blueprint_of(plain.plan(*WISHES[0]))


def test_the_roles_of_one_plan_are_one_conversation_with_all_answers_learned() -> None:
    for plan in heard():
        [talk] = talks(plan)
        assert [talk.messages[place].content for place in sorted(talk.taught)] == [
            pair.answer for pair in plan
        ]


def test_another_plan_is_another_conversation() -> None:
    assert len(talks([pair for plan in heard() for pair in plan])) == 2


def test_an_answer_that_did_not_stand_is_in_no_longer_conversation() -> None:
    refused, repaired = Pair(ask("q"), "{no}"), Pair(ask("q", "{yes}", "r"), "{b}")
    assert [talk.taught for talk in talks([refused, repaired])] == [{2}, {4}]


class Wordy:
    """A teacher of its own mind."""

    name = "wordy"

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        return Reply(text=json.dumps({**ask.rule, "mood": "grave"}))


def test_another_teachers_own_words_are_what_is_learned() -> None:
    listener = Listener(Wordy())
    listener.reply(ask("q", rule={"mood": "warm"}), seed=1, within_s=1.0)
    assert [pair.answer for pair in listener.heard] == ['{"mood": "grave"}']
