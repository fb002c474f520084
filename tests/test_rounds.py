"""Rounds: the lightest complaints win, and what was kept of them leads to the same plan."""

import json
import typing
from dataclasses import replace

import pytest
from looks import SID, all_kinds, round_of
from plans import plan

from reelwright.secondlook.rounds import (
    KINDS,
    WEIGHTS,
    Chosen,
    Looked,
    Round,
    best,
    burden,
    replayed,
    to_cells,
    to_step,
    told,
)
from reelwright.studio.steps import Fault, Planned, plans_of


def test_every_kind_of_step_comes_back_from_what_is_kept() -> None:
    steps = all_kinds()
    assert {type(step).__name__ for step in steps} == set(KINDS)
    kept = json.loads(json.dumps([to_cells(step) for step in steps]))
    assert [to_step(cells) for cells in kept] == steps


def test_every_fault_has_a_weight() -> None:
    assert set(WEIGHTS) == set(typing.get_args(Fault))
    assert min(WEIGHTS.values()) > 0


def test_the_round_with_the_lightest_complaints_is_the_best() -> None:
    rounds = [
        round_of(plan(), "black"),
        round_of(plan(), "beat", "beat"),
        round_of(plan(), "content"),
    ]
    assert [burden(one.complaints) for one in rounds] == [4.0, 2.0, 3.0]
    assert best(rounds) == 1


def test_of_equals_the_earliest_is_the_best() -> None:
    assert best([round_of(plan(), "beat"), round_of(plan(), "beat")]) == 0
    assert best([round_of(plan(), "beat"), round_of(plan()), round_of(plan())]) == 1
    assert best([Round((Planned(plan()),))]) == 0


@pytest.mark.parametrize("winner", [0, 1, 2])
def test_the_steps_lead_to_the_plan_that_won(winner: int) -> None:
    blueprints = [replace(plan(), title=f"Take {number}") for number in range(3)]
    rounds = [
        round_of(one) if place == winner else round_of(one, "beat")
        for place, one in enumerate(blueprints)
    ]
    steps = told(rounds)
    assert steps[-1] == Chosen(winner)
    assert plans_of(steps) == blueprints
    assert replayed(steps) == blueprints[winner]


def test_how_long_a_look_took_makes_no_difference() -> None:
    look = Looked(measured=SID, complaints=(), seconds=0.5)
    assert look == replace(look, seconds=0.7)
