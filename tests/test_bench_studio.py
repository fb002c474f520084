"""The studio's bench: every voice on the same wishes, and figures that count what was said."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from looks import all_kinds, round_of
from plans import plan, shot
from voices import Voice, reciting, rule
from wishes import wish

from reelwright.bench.studio import OF_A_VOICE, Told, different, drawn, fidelity, measure, of_turns
from reelwright.config import Config, RenderConfig
from reelwright.domain import SemanticId
from reelwright.errors import ReelwrightError
from reelwright.progress import silent
from reelwright.secondlook.rounds import Looked, Round
from reelwright.studio.backbone import Backbone
from reelwright.studio.scripted import ScriptedBackbone
from reelwright.studio.steps import Instructed, Planned, Turn

DRAWN = {"fidelity_content", "fidelity_creative", "complaints_left_0"}
SHORT = Config(render=RenderConfig(width=90, height=160, fps=8, duration_s=2.0))


def test_a_quick_run_asks_every_voice_and_draws_what_it_plans() -> None:
    asked: dict[str, list[Path]] = {"rules": [], "obedient": [], "mad": []}

    def voice(name: str, made: Callable[[], Backbone]) -> Callable[[Path], Backbone]:
        def fresh(folder: Path) -> Backbone:
            asked[name].append(folder)
            return made()

        return fresh

    figures = measure(
        SHORT,
        voices={
            "rules": voice("rules", ScriptedBackbone),
            "mad": voice("mad", lambda: Voice(reciting(["no"] * 99))),
            "obedient": voice("obedient", lambda: Voice(rule)),
        },
        quick=True,
        progress=silent,
    )
    assert all(len(folders) == 1 for folders in asked.values())
    for who in asked:
        assert figures[f"valid_rate_{who}"] == 1.0
        assert figures[f"plan_s_warm_{who}"] > 0
    assert figures["fallback_rate_mad"] == 1.0
    assert figures["fallback_rate"] == figures["fallback_rate_obedient"] == 0.0
    assert not DRAWN & figures.keys(), "no world was drawn"
    assert {name for name in figures if "_" in name} <= {
        f"{name}{who}" for name in OF_A_VOICE for who in ("", "_rules", "_mad", "_obedient")
    }


def told(seconds: float, *turns: tuple[int, int, str]) -> Told:
    said = [
        Turn(role="director", by="x", said=(), prompt_tokens=a, reused_tokens=b, fallback=why)
        for a, b, why in turns
    ]
    [directed] = [step for step in all_kinds() if isinstance(step, Instructed)]
    return Told(tuple(Instructed(directed.instruction, turn) for turn in said), seconds)


def test_tokens_and_time_are_those_of_the_plans() -> None:
    warm = [told(2.0, (100, 90, ""), (200, 180, "")), told(4.0, (100, 80, "silent"))]
    cold = [told(9.0, (100, 0, ""), (100, 50, ""))]
    assert of_turns(warm, cold=cold) == {
        "plan_s_warm": 3.0,
        "tokens_ratio_warm": 8.0,
        "plan_s_cold": 9.0,
        "tokens_ratio_cold": pytest.approx(1.33),
        "fallback_rate": 0.2,
    }


def test_rules_read_nothing_so_they_have_no_ratio() -> None:
    figures = of_turns([told(0.1, (0, 0, ""))], cold=[told(0.1, (0, 0, ""))])
    assert not any(name.startswith("tokens") for name in figures)


def test_fidelity_is_counted_by_branch_on_the_best_round_and_the_first() -> None:
    asked = dataclasses.replace(wish(), sid=SemanticId((3, 1), (4, 1)))

    def seen(sid: SemanticId) -> Round:
        return Round((Planned(plan()),), Looked(measured=sid, complaints=(), seconds=0.0))

    off = round_of(plan(), "content")
    assert off.looked
    off = dataclasses.replace(
        off, looked=dataclasses.replace(off.looked, measured=SemanticId((9, 1), (4, 2)))
    )
    rounds = [[off, seen(SemanticId((3, 9), (4, 9)))], [seen(SemanticId((3, 1), (5, 1)))]]
    assert fidelity([asked, asked], rounds) == {
        "fidelity_own": 0.5,
        "fidelity_content": 1.0,
        "fidelity_creative": 0.5,
        "fidelity_content_0": 0.5,
        "fidelity_creative_0": 0.5,
    }
    right = Looked(measured=asked.sid, complaints=(), seconds=0.0)
    by_rules = Round((*told(1.0, (9, 0, "too slow")).steps, Planned(plan())), right)
    figures = fidelity([asked, asked], [[by_rules], [seen(asked.sid)]])
    assert (figures["fidelity_creative"], figures["fidelity_own"]) == (1.0, 0.5)


def test_takes_that_differ_in_their_seeds_alone_are_copies() -> None:
    one = plan("documentary", shot(duration_s=2.0, seed=1))
    copy = plan("documentary", shot(duration_s=2.0, seed=2))
    other = plan("documentary", shot(duration_s=2.0, words="Other"))
    assert different([one, copy]) == 0.5
    assert different([one, dataclasses.replace(copy, planner="me"), other, other]) == 0.5


def test_what_cannot_be_drawn_is_counted_and_said(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> int:
        raise ReelwrightError("no such scene", hint="none")

    assert drawn(broken) is None
    assert "no such scene" in caplog.text
    assert drawn(lambda: 3) == 3
