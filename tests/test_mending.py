"""Complaints about a plan: the first to blame speaks again, and the rules mend what was wrong."""

import dataclasses
import itertools
import json
from typing import get_args

import numpy as np
import pytest
from studio_wishes import (
    KIT,
    STYLE_VECTORS,
    random_meaning,
    random_wish,
    topic_meaning,
    topic_wish,
    word_vectors,
)
from test_studio import check
from voices import Voice, rule

from reelwright.catalogue.topics import TOPICS
from reelwright.domain import Blueprint, Shot
from reelwright.reading import letters
from reelwright.studio.backbone import Ask
from reelwright.studio.mending import BLAMED, first_blamed
from reelwright.studio.roles import ROLES
from reelwright.studio.steps import (
    Audio,
    Complaint,
    Effects,
    Fault,
    Planned,
    Step,
    Visual,
    blueprint_of,
    turns_of,
)
from reelwright.studio.studio import UNHEEDED, Studio

FAULTS = get_args(Fault)
STUDIO = Studio(KIT, word_vectors, STYLE_VECTORS)
WISH, MEANING = topic_wish(13, 1), topic_meaning(TOPICS[13], KIT.styles[6])
FIRST = list(STUDIO.plan(WISH, MEANING))


def again(*complaints: Complaint, before: list[Step] = FIRST) -> list[Step]:
    return list(STUDIO.again(WISH, MEANING, before, complaints))


def bad(ask: Ask) -> str:
    return "no answer"


def both(*complaints: Complaint) -> tuple[Blueprint, Blueprint]:
    """The plan before and after complaints."""
    return blueprint_of(FIRST), blueprint_of(again(*complaints))


def test_every_fault_has_somebody_to_blame() -> None:
    assert set(BLAMED) == set(FAULTS)
    assert set(BLAMED.values()) == {role.name for role in ROLES}
    assert first_blamed([Complaint("reading", 1, ""), Complaint("black", None, "")]) == 1


@pytest.mark.parametrize("what", FAULTS)
def test_the_blamed_and_all_after_speak_again(what: Fault) -> None:
    names = [role.name for role in ROLES]
    steps = again(Complaint(what, None, "look"))
    assert [turn.role for turn in turns_of(steps)] == names[names.index(BLAMED[what]) :]
    assert isinstance(steps[-1], Planned)
    assert steps == again(Complaint(what, None, "look"))


def test_plans_that_heed_any_complaints_are_valid() -> None:
    for number in range(120):
        rng = np.random.default_rng(number)
        wish, meaning = random_wish(rng, number), random_meaning(rng)
        steps = list(STUDIO.plan(wish, meaning))
        for _ in range(2):
            what = rng.choice(FAULTS, size=2)
            shot = None if rng.random() < 0.3 else int(rng.integers(6))
            complaints = [Complaint(str(one), shot, "so") for one in what]  # type: ignore[arg-type]
            steps += STUDIO.again(wish, meaning, steps, complaints)
            check(blueprint_of(steps), wish.format)


def test_other_content_is_shown() -> None:
    before, after = both(Complaint("content", None, "shows 2.1, wished 3.4"))
    for old, new in zip(before.shots, after.shots, strict=True):
        assert (old.scene, old.subject) != (new.scene, new.subject)


def test_the_nearest_style_has_another_take_and_then_the_next_is_tried() -> None:
    steps, wrong = list(FIRST), Complaint("creative", None, "")
    before = blueprint_of(steps)
    steps += again(wrong, before=steps)
    after = blueprint_of(steps)
    assert after.style == before.style
    assert [told_of(shot) for shot in after.shots] != [told_of(shot) for shot in before.shots]
    seen = [after.style]
    for _ in range(3):
        steps += again(wrong, before=steps)
        assert blueprint_of(steps).style not in seen
        seen.append(blueprint_of(steps).style)


def test_rules_that_take_over_have_a_take_of_the_nearest_style_of_their_own() -> None:
    wrong = Complaint("creative", None, "")
    planning = Studio(KIT, word_vectors, STYLE_VECTORS, Voice(rule))
    steps = list(planning.plan(WISH, MEANING))
    nearest = blueprint_of(steps).style
    seen = []
    for by_rules in (False, True, True):
        steps += planning.again(WISH, MEANING, steps, [wrong], by_rules=by_rules)
        seen.append(blueprint_of(steps))
    assert [plan.style == nearest for plan in seen] == [True, True, False]
    assert seen[0].shots != seen[1].shots


def told_of(shot: Shot) -> tuple[str, ...]:
    return shot.scene, shot.subject, shot.camera, shot.light


def test_a_style_that_came_out_wrong_for_good_is_no_choice_any_more() -> None:
    """Not for a model either, which says again what it said before."""
    wrong = Complaint("creative", None, "")
    steps = [*FIRST, *again(wrong)]
    voice = Voice(rule)
    planning = Studio(KIT, word_vectors, STYLE_VECTORS, voice)
    for _ in range(3):
        style, asked = blueprint_of(steps).style, len(voice.asks)
        steps += planning.again(WISH, MEANING, steps, [wrong])
        assert f'"{style}"' not in json.dumps(voice.asks[asked].schema)
        assert blueprint_of(steps).style != style


def test_when_all_styles_were_tried_they_are_tried_again() -> None:
    studio = Studio(dataclasses.replace(KIT, styles=KIT.styles[:2]), word_vectors, {})
    steps = list(studio.plan(WISH, MEANING))
    for _ in range(4):
        steps += studio.again(WISH, MEANING, steps, [Complaint("creative", None, "")])
    assert blueprint_of(steps).style in {style.name for style in KIT.styles[:2]}


def test_a_frozen_shot_gets_another_camera_that_moves() -> None:
    before, after = both(Complaint("frozen", 2, ""))
    changed = [old.camera != new.camera for old, new in zip(before.shots, after.shots, strict=True)]
    assert changed == [place == 2 for place in range(len(changed))]
    assert after.shots[2].camera != "still"


def test_a_black_shot_gets_more_light() -> None:
    night = [place for place, shot in enumerate(blueprint_of(FIRST).shots) if shot.light == "night"]
    assert night
    before, after = both(Complaint("black", night[0], ""))
    for place, (old, new) in enumerate(zip(before.shots, after.shots, strict=True)):
        assert new.light == ("dusk" if place == night[0] else old.light)


def test_cuts_go_back_to_the_beats() -> None:
    """A plan whose cut lies beside the beats, as no rule would make it."""
    moved: list[Step] = []
    for step in FIRST:
        if isinstance(step, Visual | Audio | Effects):
            first, second, *rest = step.shots
            longer = dataclasses.replace(first, duration_s=first.duration_s + 0.1)
            later = dataclasses.replace(
                second, start_s=second.start_s + 0.1, duration_s=second.duration_s - 0.1
            )
            step = dataclasses.replace(step, shots=(longer, later, *rest))
        moved.append(step)
    kept = blueprint_of(again(Complaint("reading", 1, ""), before=moved))
    assert kept.shots[1].start_s == pytest.approx(blueprint_of(FIRST).shots[1].start_s + 0.1)
    mended = blueprint_of(again(Complaint("beat", 1, ""), before=moved))
    check(mended, WISH.format)
    assert mended == blueprint_of(FIRST)


def test_silence_gets_other_music() -> None:
    before, after = both(Complaint("silent", None, ""))
    assert after.music.mood != before.music.mood
    assert after.music.tempo_bpm == before.music.tempo_bpm


@pytest.mark.parametrize("what", ["reading", "narration", "safe_area"])
def test_words_get_shorter_where_they_were_too_many(what: Fault) -> None:
    before, after = both(Complaint(what, 0, ""))
    assert letters(after.shots[0].words) < letters(before.shots[0].words)
    for old, new in itertools.islice(zip(before.shots, after.shots, strict=True), 1, None):
        assert new == old


def test_a_second_round_goes_further_than_the_first() -> None:
    steps = [*FIRST]
    seen = {tuple(shot.words for shot in blueprint_of(steps).shots)}
    for _ in range(2):
        steps += again(Complaint("reading", None, ""), before=steps)
        seen.add(tuple(shot.words for shot in blueprint_of(steps).shots))
    assert len(seen) == 3


def test_a_plan_is_signed_by_whoever_spoke_last_for_each_part() -> None:
    """The editor errs at first; then the director does, and nobody else."""
    replies = [rule, rule, rule, bad, bad, bad, bad, *[rule] * 5]
    voice = Voice(lambda ask: replies.pop(0)(ask))
    planning = Studio(KIT, word_vectors, STYLE_VECTORS, voice)
    steps = list(planning.plan(WISH, MEANING))
    assert blueprint_of(steps).planner == "a-voice, effects by rules-3"
    steps += planning.again(WISH, MEANING, steps, [Complaint("content", None, "")])
    assert blueprint_of(steps).planner == "a-voice, director by rules-3"
    steps += planning.again(WISH, MEANING, steps, [Complaint("silent", None, "")])
    assert blueprint_of(steps).planner == "a-voice, director by rules-3"


def test_a_model_that_mends_nothing_is_not_asked_again() -> None:
    voice = Voice(rule)
    planning = Studio(KIT, word_vectors, STYLE_VECTORS, voice)
    steps = list(planning.plan(WISH, MEANING))
    asked, complaints = len(voice.asks), [Complaint("creative", None, "")]
    told = list(planning.again(WISH, MEANING, steps, complaints, by_rules=True))
    assert len(voice.asks) == asked
    assert {turn.fallback for turn in turns_of(told)} == {UNHEEDED}
    ruled = dataclasses.replace(blueprint_of(told), planner="")
    assert ruled == dataclasses.replace(blueprint_of(again(*complaints)), planner="")
    rules = STUDIO.again(WISH, MEANING, FIRST, complaints, by_rules=True)
    assert not any(turn.fallback for turn in turns_of(list(rules))), "they are who plans here"


def test_a_model_hears_what_was_wrong_and_its_word_stands() -> None:
    voice = Voice(rule)
    planning = Studio(KIT, word_vectors, STYLE_VECTORS, voice)
    steps = list(planning.plan(WISH, MEANING))
    steps += planning.again(WISH, MEANING, steps, [Complaint("reading", 0, "shown for 0.8 s")])
    heard = voice.asks[-1].messages[-1].content
    told = '"complaints":[{"what":"reading","words":"shown for 0.8 s","shot":1}]'
    assert told in heard
    assert blueprint_of(steps).planner == "a-voice"
    assert blueprint_of(steps).shots[0].words != blueprint_of(FIRST).shots[0].words
