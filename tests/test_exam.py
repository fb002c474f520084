"""The exam: shares that are right, counted by hand."""

import json
from typing import Any

import pytest

from reelwright.studio.backbone import Ask, Reply, Silent
from reelwright.studio.scripted import ScriptedBackbone
from reelwright.tuning.exam import examine
from reelwright.tuning.pairs import Pair

RULE = {"style": "calm", "scenes": ["sea", "road", "sea"]}


def pair(rule: dict[str, Any]) -> Pair:
    return Pair(Ask(messages=(), schema={}, rule=rule, max_tokens=9), json.dumps(rule))


class Says:
    """Always the same; nothing at all where it is given nothing."""

    name = "says"

    def __init__(self, text: str) -> None:
        self.text = text

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        if not self.text:
            raise Silent("nobody there")
        return Reply(text=self.text)


def test_whoever_answers_as_the_teacher_does_gets_everything_right() -> None:
    pairs = [pair(RULE), pair({"mood": "warm", "tempo_bpm": 90})]
    found = examine(ScriptedBackbone(), pairs, within_s=1.0, seed=1)
    assert len(found) == 7
    assert set(found.values()) == {1.0}


def test_fields_count_whole_and_entries_one_by_one() -> None:
    said = json.dumps({"style": "calm", "scenes": ["sea", "sea", "sea"]})
    found = examine(Says(said), [pair(RULE)], within_s=1.0, seed=1)
    assert found == {
        "answered": 1.0,
        "answers_right": 0.0,
        "fields_right": 0.5,
        "scenes_right": pytest.approx(2 / 3),
        "style_right": 1.0,
    }


@pytest.mark.parametrize("scenes", [["sea"], ["sea", "road", "sea", "sea"], "sea", None])
def test_a_list_of_another_length_has_wrong_entries(scenes: Any) -> None:
    said = json.dumps({"style": "calm", "scenes": scenes})
    found = examine(Says(said), [pair(RULE)], within_s=1.0, seed=1)
    assert found["scenes_right"] < 1
    assert found["fields_right"] == 0.5


@pytest.mark.parametrize("text", ["", "not JSON", "[]"])
def test_no_answer_is_a_wrong_answer(text: str) -> None:
    found = examine(Says(text), [pair(RULE)], within_s=1.0, seed=1)
    assert set(found.values()) == {0.0}
