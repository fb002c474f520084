"""Words for codes read like a topic and like a style, against the rest of the catalogue."""

from dataclasses import replace

import pytest
from test_codebook import PLAIN, STYLES

from reelwright.domain import Traits, Video
from reelwright.sids.words import (
    about,
    middle,
    place,
    quantiles,
    says_again,
    style,
    telling,
    terms,
)


def video(title: str, *tags: str) -> Video:
    return Video(
        id=title,
        title=title,
        film="f",
        poster="p",
        duration_s=1,
        width=1,
        height=1,
        fps=1,
        has_sound=False,
        tags=tags,
    )


def test_terms_are_words_of_any_script_and_whole_tags() -> None:
    assert terms(video("The Über-fast boat of 2024!", "Open  Sea", "the")) == [
        "open sea",
        "über-fast",
        "boat",
    ]
    assert terms(video("Причал у моря")) == ["причал", "моря"]
    assert terms(video("")) == []


def test_the_most_telling_words_are_common_in_the_group_and_rare_outside() -> None:
    videos = [video("Boats at dawn", "harbour"), video("Boats at noon", "harbour")]
    videos += [video("Bread at dawn", "baking"), video("Bread at noon", "baking")]
    scores = about(videos, ["sea", "sea", "oven", "oven"])
    assert set(telling(scores["sea"], {})[:2]) == {"boats", "harbour"}
    assert set(telling(scores["oven"], {})[:2]) == {"bread", "baking"}


def test_the_wider_group_fills_what_the_narrow_one_leaves_open() -> None:
    assert telling({"lighthouse": 1.0}, {"harbour": 1.5, "sea": 1.0}) == (
        "lighthouse",
        "harbour",
        "sea",
    )


def test_a_faint_word_is_left_out_and_of_equals_the_first_comes_first() -> None:
    assert telling({"sea": 1.0, "boats": 1.0, "again": 0.3}, {}) == ("sea", "boats")


@pytest.mark.parametrize(
    ("one", "other", "again"),
    [("boat", "boats", True), ("sailing boats", "boat", True), ("boat", "bread", False)],
)
def test_two_forms_of_a_word_are_one(one: str, other: str, again: bool) -> None:
    assert says_again(one, other) == says_again(other, one) == again


def test_style_words_say_what_sets_apart_and_stop_at_four() -> None:
    spread = quantiles([*STYLES, *[PLAIN] * 6])
    assert style(STYLES[2], spread) == ("dark", "muted colour")
    assert style(PLAIN, spread) == ("balanced",)
    odd = replace(STYLES[0], brightness=0.9, grain=0.02, loudness_lufs=-5, saturation=1)
    assert len(style(odd, spread)) == 4


def test_a_difference_that_nobody_sees_is_no_word() -> None:
    spread = quantiles([replace(PLAIN, brightness=0.5 + step / 1000) for step in range(10)])
    assert style(replace(PLAIN, brightness=0.509), spread) == ("balanced",)


def test_a_place_among_equals_is_their_middle() -> None:
    assert place(3, (1, 2, 3, 4, 5)) == 0.5
    assert place(1, (1, 1, 1, 1, 5)) == pytest.approx(0.375)
    assert place(9, (1, 2, 3)) == 1
    assert place(0, (1, 2, 3)) == 0
    assert place(1.5, (1, 2, 3)) == 0.25


def test_the_middle_has_a_beat_only_if_most_have_one() -> None:
    def beat(*tempos: float) -> float:
        some: list[Traits] = [replace(PLAIN, tempo_bpm=tempo) for tempo in tempos]
        return middle(some, palette=()).tempo_bpm

    assert beat(120, 0, 100) == 110
    assert beat(120, 0) == 0
    assert beat(0) == 0
