"""The director in torch: its answers have their form, and only those who know the codes get one."""

import dataclasses
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from soft_plans import CODES, SCHEMA, ask, decode
from test_soft import projector
from test_stages import teach
from tiny_llama import tiny, write_tiny

from reelwright.errors import ReelwrightError
from reelwright.studio.backbone import Ask, Message, Reply, Silent
from reelwright.studio.form import fault, listing, one_of, record, words
from reelwright.tuning.director import Pupil, SoftBackbone, chooser, open_pupil
from reelwright.tuning.gguf_file import open_model


class Other:
    """Whoever is asked for all else."""

    name = "other"

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        self.asked.append(ask)
        return Reply(text="{}")


@pytest.fixture(scope="module")
def pupil(tmp_path_factory: pytest.TempPathFactory) -> Pupil:
    model, cut = open_model(write_tiny(tmp_path_factory.mktemp("model") / "tiny.gguf"))
    return Pupil(model, cut, projector(), CODES)


def backbone(
    pupil: Pupil, *, clock: Callable[[], float] = lambda: 0.0, temperature: float = 0.5
) -> SoftBackbone:
    return SoftBackbone(Other(), pupil, decode, clock=clock, temperature=temperature)


def test_every_answer_has_its_form(pupil: Pupil) -> None:
    lines = record(cameras=listing(one_of(["pan ünï", "push <in>", "still"]), 2, 3), words=words(5))
    for seed, schema in itertools.product(range(4), (SCHEMA, lines)):
        asked = dataclasses.replace(ask(seed), schema=schema, max_tokens=300)
        reply = backbone(pupil).reply(asked, seed=seed, within_s=1.0)
        assert fault(json.loads(reply.text), schema) == ""
        assert ": " not in reply.text.partition('"words"')[0]  # as tight as the teacher's


def test_the_same_seed_says_the_same_and_others_say_something_else(pupil: Pupil) -> None:
    told = [backbone(pupil).reply(ask(1), seed=seed, within_s=1.0).text for seed in range(8)]
    again = [backbone(pupil).reply(ask(1), seed=seed, within_s=1.0).text for seed in range(8)]
    assert told == again
    assert len(set(told)) > 1


def test_what_all_plans_begin_with_is_read_once(pupil: Pupil) -> None:
    asked = backbone(Pupil(pupil.model, pupil.words, pupil.projector, CODES))
    first, second = (asked.reply(ask(number), seed=1, within_s=1.0) for number in (1, 2))
    assert first.reused_tokens == 0
    assert 0 < second.reused_tokens < second.prompt_tokens


def test_all_but_the_first_question_of_a_director_goes_elsewhere(pupil: Pupil) -> None:
    one = ask(1)
    assert one.wish
    answered = (*one.messages, Message("assistant", "{}"), Message("user", "more"))
    others = [
        dataclasses.replace(one, messages=answered),
        dataclasses.replace(one, wish=None),
        dataclasses.replace(one, wish=dataclasses.replace(one.wish, codebook="older codes")),
        dataclasses.replace(one, messages=(one.messages[0], Message("user", "no wish"))),
    ]
    other = Other()
    soft = SoftBackbone(other, pupil, decode, clock=lambda: 0.0)
    for asked in others:
        assert soft.reply(asked, seed=1, within_s=1.0).text == "{}"
    assert other.asked == others
    soft.reply(one, seed=1, within_s=1.0)
    assert len(other.asked) == len(others)
    assert soft.name == "other+soft"


def test_who_takes_too_long_is_silent(pupil: Pupil) -> None:
    ticks = itertools.count()
    with pytest.raises(Silent, match="did not come to an end"):
        backbone(pupil, clock=lambda: float(next(ticks))).reply(ask(1), seed=1, within_s=3.0)
    short = dataclasses.replace(ask(1), max_tokens=2)
    with pytest.raises(Silent, match="did not come to an end"):
        backbone(pupil).reply(short, seed=1, within_s=9.0)


def test_without_chance_the_likeliest_is_said() -> None:
    logits = torch.tensor([0.0, 3.0, 2.9, -torch.inf])
    assert chooser(0.0, 1)(logits) == 1
    drawn = {chooser(1.0, seed)(logits) for seed in range(40)}
    assert {1, 2} <= drawn <= {0, 1, 2}


def test_what_was_trained_is_what_answers_and_for_its_own_codes_alone(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny.gguf")
    teach(tmp_path)
    found = open_pupil(model, tmp_path / "adapter.gguf", codebook=CODES)
    plain = tiny()
    tokens = torch.tensor([[5, 17, 200]])
    assert not torch.allclose(found.model(tokens), plain(tokens))  # its adapter lies over it
    reply = backbone(found).reply(ask(1), seed=1, within_s=1.0)
    assert fault(json.loads(reply.text), SCHEMA) == ""
    with pytest.raises(ReelwrightError, match="another codebook"):
        open_pupil(model, tmp_path / "adapter.gguf", codebook="older codes")
