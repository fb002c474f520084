"""Wishes in words: every way in which a video can be there, and columns that stay columns."""

from dataclasses import replace

import click
import pytest
from scripted_feed import meaning, some_video

from reelwright.atlas.wishes import WORDS, Wished, Wishes, held, said, show
from reelwright.domain import (
    Answer,
    Attribute,
    Deed,
    EventKind,
    Origin,
    SemanticId,
    Viewer,
    Way,
)

SID = SemanticId((3, 17), (5, 2))
DEED = Deed("video-0", SID, EventKind.LIKE, 1.0, 0.0)
ANN = Viewer(
    id="ann",
    history=(DEED,),
    attributes=(
        Attribute("interests", "trains, tea", Origin.DECLARED),
        Attribute("age", "", Origin.DECLARED),
    ),
)


def wished(way: Way | None, *, probability: float = 0.052) -> Wished:
    answer = Answer(some_video(1), SID, way) if way else None
    return Wished(sid=SID, probability=probability, meaning=meaning(0), answer=answer)


def lines(beyond: list[Wished], within: list[Wished]) -> list[str]:
    wishes = Wishes(viewer=ANN, coverage=0.83, beyond=beyond, within=within)
    return [click.unstyle(line) for line in show(wishes)]


def test_the_coverage_stands_on_top_under_who_asks() -> None:
    assert lines([], [])[:2] == [
        "ann   1 deed · interests: trains, tea",
        "The catalogue holds about 83 of 100 things they would like next; the rest is made.",
    ]


@pytest.mark.parametrize(
    ("coverage", "says"), [(0.0, " 1 of"), (0.006, " 1 of"), (0.5, " 50 of"), (1.0, " 99 of")]
)
def test_nobody_is_as_sure_as_none_or_all(coverage: float, says: str) -> None:
    assert says in held(coverage)


def test_a_wish_is_told_with_the_way_in_which_a_video_is_there() -> None:
    ways = [Way.SAME_CONTENT, Way.NEAREST, None]
    told = lines([wished(way) for way in ways], [wished(Way.EXACT, probability=0.5)])
    words = "3.17/5.2     harbour, sunrise · fast cuts, warm light        "
    assert told[4:7] == [
        f"   5.2 %  same content  {words}Video number 1",
        f"   5.2 %  nearest       {words}Video number 1",
        f"   5.2 %  missing       {words}".rstrip(),
    ]
    assert told[9:] == [f"  50.0 %  exact         {words}Video number 1"]


def test_where_there_is_nothing_to_tell_that_is_told() -> None:
    assert [line for line in lines([], []) if line == "  none"] == ["  none"] * 2


def test_words_keep_to_their_column_and_a_video_without_a_title_has_its_id() -> None:
    long = replace(meaning(0), about=("a" * 30, "b" * 30), style=())
    assert len(said(long)) == WORDS
    assert said(long).endswith("…")
    assert said(replace(meaning(0), about=())) == "fast cuts, warm light"
    nameless = replace(some_video(1), title="", id="0123456789abcdef")
    one = replace(wished(Way.EXACT), answer=Answer(nameless, SID, Way.EXACT))
    assert lines([], [one])[-1].endswith("  0123456789ab")
