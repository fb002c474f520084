"""Answers of the roles: what is taken out of a draft and put back is the draft."""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from studio_wishes import KIT, STYLE_VECTORS, random_meaning, random_wish, word_vectors

from reelwright.domain import Meaning, Wish
from reelwright.studio.answers import once, over, retimed, tempi
from reelwright.studio.form import fault
from reelwright.studio.planner import Planner
from reelwright.studio.roles import (
    AUDIO,
    DIRECTOR,
    EFFECTS,
    ROLES,
    VISUAL,
    Role,
    facts_for,
    named,
    suiting_tempi,
)
from reelwright.studio.steps import Draft
from reelwright.studio.studio import Studio
from reelwright.studio.tools import Facts, called, speaking_s

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


def opened(role: Role, draft: Draft, rules: Planner) -> dict[str, Facts]:
    found = {}
    for call in role.opening(draft):
        facts = called(call, role.tools, rules.desk)
        assert not isinstance(facts, str), facts
        found[call.tool] = facts
    return found


def form(role: Role, draft: Draft, rules: Planner) -> Any:
    return role.form(draft, opened(role, draft, rules), KIT)


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
    told, asked = role.told(draft, KIT), form(role, draft, rules)
    answer = {**{name: told[name] for name in asked["properties"]}, **change}
    assert fault(answer, asked) == ""
    return role.taken({**told, **answer}, draft, rules.desk)


def test_a_list_is_told_by_as_little_as_tells_all_of_it() -> None:
    """Brute force: no shorter telling in the same names is understood as the list."""
    for names in itertools.chain.from_iterable(
        itertools.product("abc", repeat=count) for count in range(1, 6)
    ):
        told = once(names)
        assert over(told, len(names)) == list(names)
        tellings = itertools.product(["a", "b", "c", ""], repeat=len(told) - 1)
        assert not any(
            over(shorter, len(names)) == list(names) for shorter in tellings if any(shorter[:1])
        )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["sea"], ["sea"]),
        (["sea", "sea", "sea"], ["sea"]),
        (["sea", "road", "sea", "sea", "road", "sea"], ["sea", "road", "sea"]),
        (["sea", "sea", "sea", "road"], ["sea", "", "", "road"]),
    ],
)
def test_what_repeats_itself_is_told_once(names: list[str], told: list[str]) -> None:
    assert once(names) == told


def test_what_there_is_no_choice_in_is_not_asked_and_stays() -> None:
    asked = set()
    for number in range(60):
        draft, rules = part(DIRECTOR, number)
        styles = named(opened(DIRECTOR, draft, rules), "styles")
        has_style = "style" in form(DIRECTOR, draft, rules)["properties"]
        assert has_style == (len({draft.instruction.style, *styles}) > 1)
        asked.add(has_style)
    assert asked == {True, False}
    for role in (VISUAL, AUDIO):
        taken = take(role, {})
        assert taken == part(role)[0]


def test_the_director_cuts_in_beats_and_the_last_shot_has_the_rest() -> None:
    draft, _ = part(DIRECTOR)
    told, count = draft.instruction, len(draft.instruction.shots)
    assert count > 3
    taken = take(DIRECTOR, {"beats": [2, 1]})
    assert isinstance(taken, Draft)
    beat_s = 60 / told.tempo_bpm
    lengths_s = [shot.share * draft.format.duration_s for shot in taken.instruction.shots]
    assert lengths_s[:-1] == pytest.approx([2 * beat_s, *[beat_s] * (count - 2)])
    assert sum(lengths_s) == pytest.approx(draft.format.duration_s)
    assert taken.instruction.title == told.title
    assert taken.instruction.tempo_bpm == told.tempo_bpm


def test_more_beats_than_there_are_count_as_shares() -> None:
    draft, _ = part(DIRECTOR)
    count = len(draft.instruction.shots)
    taken = take(DIRECTOR, {"beats": [16]})
    assert isinstance(taken, Draft)
    assert [shot.share for shot in taken.instruction.shots] == pytest.approx([1 / count] * count)


def test_another_style_has_a_tempo_of_its_own() -> None:
    draft, rules = part(DIRECTOR)
    told = DIRECTOR.told(draft, KIT)
    for style in KIT.styles:
        taken = DIRECTOR.taken({**told, "style": style.name}, draft, rules.desk)
        assert isinstance(taken, Draft)
        slowest, fastest = style.tempo_bpm
        assert slowest <= taken.instruction.tempo_bpm <= fastest


def test_words_that_may_not_stand_are_told_and_not_taken() -> None:
    for said in ("buy at evil.com", "guaranteed 99 %", "<b>now</b>"):
        assert isinstance(take(DIRECTOR, {"words": [said]}), str)


def test_a_line_stands_once_and_after_the_last_one_there_is_none() -> None:
    draft, _ = part(DIRECTOR)
    count = len(draft.instruction.shots)
    for words in (["so"], ["so", "", "so"], ["so", "", *["so"] * (count - 2)]):
        taken = take(DIRECTOR, {"words": words})
        assert isinstance(taken, Draft)
        assert [shot.words for shot in taken.instruction.shots] == ["so", *[""] * (count - 1)]


def test_things_and_light_change_and_times_do_not() -> None:
    draft, _ = part(VISUAL)
    taken = take(VISUAL, {"things": ["nothing"], "lights": ["dusk", ""]})
    assert isinstance(taken, Draft)
    for before, after in zip(draft.shots, taken.shots, strict=True):
        assert after == dataclasses.replace(before, subject="", light="dusk")


def test_a_first_name_that_is_left_open_is_the_rule_s() -> None:
    draft, _ = part(VISUAL)
    taken = take(VISUAL, {"things": [""], "lights": ["", "dusk"]})
    assert isinstance(taken, Draft)
    assert {shot.subject for shot in taken.shots} == {draft.shots[0].subject}
    assert taken.shots[0].light == draft.shots[0].light
    assert taken.shots[1].light == "dusk"


def test_the_editor_chooses_how_shots_come_in_and_nothing_else() -> None:
    draft, _ = part(EFFECTS)
    taken = take(EFFECTS, {"transitions": ["cut"]})
    assert isinstance(taken, Draft)
    for before, after in zip(draft.shots, taken.shots, strict=True):
        assert after == dataclasses.replace(before, transition="")


def test_the_tempo_is_asked_only_where_somebody_speaks_too_long() -> None:
    asked = []
    for number in range(60):
        draft, rules = part(AUDIO, number)
        late = facts_for(AUDIO, draft).get("late_s", 0.0)
        told = zip(draft.instruction.shots, draft.shots, strict=False)
        assert bool(late) == any(
            round(speaking_s(one.words) - shot.duration_s, 1) > 0 for one, shot in told
        )
        asked.append("tempo" in form(AUDIO, draft, rules)["properties"])
        assert late or not asked[-1]
    assert any(asked)
    assert not all(asked)


def test_cuts_move_with_the_beats() -> None:
    for number in range(60):
        draft, _ = part(AUDIO, number)
        assert draft.music
        for tempo_bpm in map(tempi(draft, KIT).get, suiting_tempi(draft, KIT)):
            assert tempo_bpm
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
