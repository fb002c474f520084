"""The agents' tools: facts on the kit, the wish and time, out of a closed list that only reads."""

import ast
import inspect
from typing import Any

import pytest
from studio_wishes import KIT, STYLE_VECTORS, topic_meaning, topic_wish, word_vectors

from reelwright.catalogue.topics import TOPICS
from reelwright.domain import Music
from reelwright.reading import readable
from reelwright.studio import tools
from reelwright.studio.studio import Studio
from reelwright.studio.tools import TOOLS, Call, called, label, letters_in, speaking_s

STUDIO = Studio(KIT, word_vectors, STYLE_VECTORS)
DESK = STUDIO.planner(topic_wish(0, 0), topic_meaning(TOPICS[0], KIT.styles[0])).desk
ALL = tuple(TOOLS)


def found(tool: str, **arguments: Any) -> dict[str, Any]:
    facts = called(Call(tool, arguments), ALL, DESK)
    assert isinstance(facts, dict), facts
    return facts


def names(tool: str, **arguments: Any) -> list[str]:
    facts = called(Call(tool, arguments), ALL, DESK)
    assert isinstance(facts, tuple), facts
    return [one.text for one in facts]


def test_the_best_of_the_kit_comes_first_and_the_far_ones_not_at_all() -> None:
    fit = DESK.fit
    for tool, there, scores in (
        ("styles", [style.name for style in KIT.styles], None),
        ("scenes", [scene.name for scene in KIT.scenes], fit.scenes),
        ("subjects", [label(subject) for subject in KIT.subjects], fit.subjects),
    ):
        near = names(tool, **({} if tool == "styles" else {"words": "ski slope"}))
        assert 1 <= len(near) <= 5
        assert len(set(near)) == len(near)
        assert set(near) <= set(there)
        if scores:
            by_name = dict(zip(there, scores(fit.vector({"ski slope": 1.0})), strict=True))
            assert near == sorted(by_name, key=lambda name: -by_name[name])[: len(near)]
            assert by_name[near[-1]] >= by_name[near[0]] / 2
    assert names("styles")[0] == DESK.styles[0].name
    assert names("scenes", words="")[0] == DESK.scenes[0].name


def test_words_of_one_s_own_find_something_else() -> None:
    assert names("scenes", words="winter snow ski slope")[0] == "winter"
    assert names("subjects", words="a rocket launch space")[0] == "a rocket launch"


def test_labels_name_every_thing_of_the_kit_apart() -> None:
    assert len({label(subject) for subject in KIT.subjects}) == len(KIT.subjects)


@pytest.mark.parametrize(("tempo_bpm", "seconds"), [(120, 6.0), (104.5, 5.5), (40, 0.1)])
def test_beats_are_counted_as_music_counts_them(tempo_bpm: float, seconds: float) -> None:
    music = Music(mood="calm", tempo_bpm=tempo_bpm, seed=0)
    facts = found("beats", tempo_bpm=tempo_bpm, seconds=seconds)
    assert facts["beats"] == len(music.beats(seconds))


@pytest.mark.parametrize("seconds", [0.0, 0.4, 0.8, 1.3, 2.0, 5.0])
def test_so_many_letters_can_be_read_and_not_one_more(seconds: float) -> None:
    most = letters_in(seconds)
    assert readable("a" * most, seconds) or most == 0
    assert not readable("a" * (most + 1), seconds)
    facts = found("reading", words=["a" * (most + 1)], seconds=[seconds])
    assert facts == {"fits": (False,), "letters": (most,)}


def test_speaking_takes_longer_for_more_words_and_no_time_for_none() -> None:
    assert speaking_s("") == 0.0
    assert 1.0 < speaking_s("good morning, coffee") < 3.0
    assert found("speaking", words=["", "a", "a longer line"])["speaking_s"] == (0.0, 0.7, 1.5)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("scenes", {}),
        ("scenes", {"words": 1}),
        ("scenes", {"words": "x" * 201}),
        ("scenes", {"words": "x", "path": "/etc/passwd"}),
        ("beats", {"tempo_bpm": 0, "seconds": 6}),
        ("beats", {"tempo_bpm": float("nan"), "seconds": 6}),
        ("speaking", {"words": []}),
        ("speaking", {"words": ["x"] * 61}),
        ("reading", {"words": ["x"], "seconds": [1e9]}),
        ("open_file", {"path": "x"}),
    ],
)
def test_a_call_out_of_form_is_told_and_not_made(tool: str, arguments: dict[str, Any]) -> None:
    assert isinstance(called(Call(tool, arguments), ALL, DESK), str)


def test_only_tools_of_the_list_are_called() -> None:
    told = called(Call("styles", {}), ("scenes", "beats"), DESK)
    assert told == "You may call only: scenes, beats."


def test_tools_can_reach_nothing_outside() -> None:
    """What the module imports is arithmetic and the studio's own."""
    tree = ast.parse(inspect.getsource(tools))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {one.name for one in plain} == {"numpy"}
    outside = {name for name in modules if name and not name.startswith("reelwright.")}
    assert outside == {"collections.abc", "dataclasses", "typing"}
