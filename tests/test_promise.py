"""Promises: looser with every strength, measured by the footage, and broken for a reason."""

import pytest

from reelwright.errors import ReelwrightError
from reelwright.modify.card import WORDS, Card, Figure
from reelwright.modify.promise import AT_LEAST, AT_MOST, STRENGTHS, kept, refuse_broken


def card(**values: float | None) -> Card:
    return Card({name: Figure(value, 7) for name, value in values.items()})


@pytest.mark.parametrize("name", [*AT_MOST, *AT_LEAST])
def test_a_looser_strength_never_promises_more(name: str) -> None:
    bars = AT_MOST.get(name) or AT_LEAST[name]
    assert len(bars) == len(STRENGTHS) == 9
    assert name in WORDS
    promised = [bar for bar in bars if bar is not None]
    assert bars[: len(promised)] == tuple(promised), "what is given up stays given up"
    assert promised == sorted(promised, reverse=name in AT_LEAST)


def test_adhering_promises_what_the_issue_asks_for() -> None:
    at = STRENGTHS.index("adhere_2")
    assert AT_MOST["face_nme"][at] == 0.034
    assert AT_LEAST["expr_corr"][at] == 0.95
    assert AT_MOST["id_dist"][at] == 0.35
    assert AT_LEAST["detect_rate_out"][at] == 0.98


def test_a_broken_promise_says_value_bar_and_worst_frame() -> None:
    (broken,) = kept(card(face_nme=0.08, expr_corr=0.99), "adhere_1")
    assert str(broken) == "face_nme is 0.08 and should be at most 0.025, worst at frame 7"
    (broken,) = kept(card(expr_corr=0.5), "adhere_1")
    assert "at least 0.96" in str(broken)
    assert kept(card(face_nme=0.08, expr_corr=0.1), "reimagine_2") == []


def test_what_could_not_be_measured_breaks_nothing() -> None:
    assert kept(card(face_nme=None, id_dist=None), "adhere_1") == []
    assert kept(Card({}), "adhere_1") == []


def test_a_rate_is_held_against_the_footages_own() -> None:
    assert kept(card(detect_rate_src=0.5, detect_rate_out=0.495), "adhere_1") == []
    assert kept(card(detect_rate_src=1.0, detect_rate_out=0.5), "adhere_1")
    assert kept(card(detect_rate_src=0.0, detect_rate_out=0.0), "adhere_1") == []
    assert kept(card(flicker=0.90, flicker_src=0.901), "adhere_1") == []
    assert kept(card(flicker=0.90, flicker_src=0.95), "adhere_1")


def test_too_early_is_as_bad_as_too_late() -> None:
    for lag in (-3.0, 3.0):
        assert [one.value for one in kept(card(timing_lag_frames=lag), "flex_1")] == [3.0]


def test_a_result_that_breaks_its_promise_is_refused_with_every_reason() -> None:
    with pytest.raises(ReelwrightError) as caught:
        refuse_broken(card(face_nme=0.2, jitter=3.0), "adhere_1", "out.mp4")
    assert "face_nme is 0.2" in str(caught.value)
    assert "jitter is 3" in str(caught.value)
    assert "--force" in str(caught.value)
    refuse_broken(card(face_nme=0.01), "adhere_1", "out.mp4")
