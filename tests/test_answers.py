"""Answers of the roles: what is taken out of a draft and put back is the draft."""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from studio_wishes import KIT, STYLE_VECTORS, random_meaning, random_wish, word_vectors

from reelwright.domain import Meaning, Wish
from reelwright.studio.answers import retimed
from reelwright.studio.form import fault
from reelwright.studio.planner import Planner
from reelwright.studio.roles import AUDIO, DIRECTOR, EFFECTS, ROLES, VISUAL, Role
from reelwright.studio.steps import Draft
from reelwright.studio.studio import Studio
from reelwright.studio.tools import called

LONG = 23  # a wish whose words cannot all be read where the director put them
STUDIO = Studio(KIT, word_vectors, STYLE_VECTORS)


def wished(number: int) -> tuple[Wish, Meaning]:
    rng = np.random.default_rng(number)
    return random_wish(rng, number), random_meaning(rng)


def drafts(number: int) -> Iterator[tuple[Role, Draft, Planner]]:
    """What the rules make of a wish, after every role."""
    rules = STUDIO.planner(*wished(number))
    draft = None
    for role in ROLES:
        draft = rules.part(role, draft, blamed=False)
        yield role, draft, rules


def form(role: Role, draft: Draft, rules: Planner) -> Any:
    found = {}
    for call in role.opening(draft):
        facts = called(call, role.tools, rules.desk)
        assert not isinstance(facts, str), facts
        found[call.tool] = facts
    return role.form(draft, found, KIT)


def test_a_draft_with_its_own_answer_is_itself() -> None:
    for number in range(250):  # 239 has a line twice
        for role, draft, rules in drafts(number):
            answer, asked = role.told(draft, KIT), form(role, draft, rules)
            assert fault({name: answer[name] for name in asked["properties"]}, asked) == ""
            assert role.taken(answer, draft, rules.desk) == draft


def part(role: Role, number: int = 6) -> tuple[Draft, Planner]:
    return next((draft, rules) for one, draft, rules in drafts(number) if one is role)


def take(role: Role, change: dict[str, Any], number: int = 6) -> Draft | str:
    draft, rules = part(role, number)
    answer = {**role.told(draft, KIT), **change}
    assert fault(answer, form(role, draft, rules)) == ""
    return role.taken(answer, draft, rules.desk)


def test_the_director_cuts_in_beats_and_the_last_shot_has_the_rest() -> None:
    draft, _ = part(DIRECTOR)
    told, count = draft.instruction, len(draft.instruction.shots)
    assert count > 2
    taken = take(DIRECTOR, {"beats": [2, 1, *[1] * (count - 2)]})
    assert isinstance(taken, Draft)
    beat_s = 60 / told.tempo_bpm
    lengths_s = [shot.share * draft.format.duration_s for shot in taken.instruction.shots]
    assert lengths_s[:2] == pytest.approx([2 * beat_s, beat_s])
    assert sum(lengths_s) == pytest.approx(draft.format.duration_s)
    assert taken.instruction.title == told.title


def test_more_beats_than_there_are_count_as_shares() -> None:
    draft, _ = part(DIRECTOR)
    count = len(draft.instruction.shots)
    taken = take(DIRECTOR, {"beats": [16] * count})
    assert isinstance(taken, Draft)
    assert [shot.share for shot in taken.instruction.shots] == pytest.approx([1 / count] * count)


@pytest.mark.parametrize("role", [DIRECTOR, EFFECTS], ids=lambda role: role.name)
def test_words_that_may_not_stand_are_told_and_not_taken(role: Role) -> None:
    draft, _ = part(role, LONG)
    words = list(role.told(draft, KIT)["words"])
    for said in ("buy at evil.com", "guaranteed 99 %", "<b>now</b>"):
        assert isinstance(take(role, {"words": [said, *words[1:]]}, LONG), str)


def test_the_editor_is_asked_for_words_only_where_the_director_s_cannot_stand() -> None:
    for number in range(60):
        draft, rules = part(EFFECTS, number)
        directed = [shot.words for shot in draft.instruction.shots[: len(draft.shots)]]
        stand = [shot.words for shot in draft.shots] == directed
        assert ("words" in form(EFFECTS, draft, rules)["properties"]) is not stand
        answer = {**EFFECTS.told(draft, KIT)}
        answer.pop("words", None)
        assert isinstance(taken := EFFECTS.taken(answer, draft, rules.desk), Draft)
        assert [shot.words for shot in taken.shots] == [shot.words for shot in draft.shots]


def test_a_line_that_cannot_be_read_in_time_leaves_the_rule_s() -> None:
    draft, _ = part(EFFECTS, LONG)
    told = [shot.words for shot in draft.shots]
    words = ["an hour", "an evening, with more than we say", *told[2:]]
    taken = take(EFFECTS, {"words": words}, LONG)
    assert isinstance(taken, Draft)
    assert [shot.words for shot in taken.shots] == ["an hour", *told[1:]]


def test_the_first_shot_keeps_its_words_where_nobody_has_others() -> None:
    draft, _ = part(EFFECTS, LONG)
    taken = take(EFFECTS, {"words": [""] * len(draft.shots)}, LONG)
    assert isinstance(taken, Draft)
    assert draft.shots[0].words
    assert [shot.words for shot in taken.shots[:2]] == [draft.shots[0].words, ""]


def test_a_line_stands_once() -> None:
    draft, _ = part(DIRECTOR)
    count = len(draft.instruction.shots)
    taken = take(DIRECTOR, {"words": ["so", "", *["so"] * (count - 2)]})
    assert isinstance(taken, Draft)
    assert [shot.words for shot in taken.instruction.shots] == ["so", *[""] * (count - 1)]
    taken = take(EFFECTS, {"words": ["so"] * 3}, LONG)
    assert isinstance(taken, Draft)
    assert [shot.words for shot in taken.shots] == ["so", "", ""]


def test_things_and_light_change_and_times_do_not() -> None:
    draft, _ = part(VISUAL)
    count = len(draft.shots)
    taken = take(VISUAL, {"subjects": ["nothing"] * count, "lights": ["dusk"] * count})
    assert isinstance(taken, Draft)
    for before, after in zip(draft.shots, taken.shots, strict=True):
        assert after == dataclasses.replace(before, subject="", light="dusk")


def test_cuts_move_with_the_beats() -> None:
    for number in range(60):
        draft, rules = part(AUDIO, number)
        assert draft.music
        tempi = form(AUDIO, draft, rules)["properties"]["tempo_bpm"]["enum"]
        for tempo_bpm in tempi:
            shots = retimed(draft.shots, draft.music.tempo_bpm, tempo_bpm)
            assert shots[0].start_s == 0
            assert shots[-1].end_s == pytest.approx(draft.format.duration_s)
            for before, old in itertools.pairwise(shots):
                assert before.end_s == pytest.approx(old.start_s)
                assert before.duration_s > 0
            for old, new in zip(draft.shots, shots, strict=True):
                beat = round(old.start_s * draft.music.tempo_bpm / 60)
                assert new.start_s == pytest.approx(60 * beat / tempo_bpm)
            assert shots[-1].duration_s > 0
