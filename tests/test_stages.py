"""Soft tokens in two stages: what each learns, what a kill changes, and that wishes are heard."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from soft_plans import CODES, decode, plan
from test_fit import BEGINNING, COURSE_LONG, Drawer, weights
from test_soft import SIZES, projector
from tiny_llama import tiny, write_tiny

from reelwright.errors import ReelwrightError
from reelwright.progress import silent
from reelwright.tuning.fit import Course, attach, fit, surprise
from reelwright.tuning.lessons import SOFT, Lesson
from reelwright.tuning.soft_file import Taught, beside, mark, open_projector
from reelwright.tuning.stages import Exam, Stages, nothing, parted
from reelwright.tuning.tuning import Tuning

COURSE = Course(steps=6, rank=2, learning_rate=0.02, warm_up=2, refresh=2, blocks=2)


def some_lessons() -> list[Lesson]:
    """Nothing but the soft tokens tells what is to be said after the mark."""
    rng, places = np.random.default_rng(3), (SOFT,) * SIZES.num_tokens
    return [
        Lesson((*places, 1, own, 2), (False,) * (SIZES.num_tokens + 1) + (True, True), told)
        for own in (40, 60, 80, 100)
        for told in [tuple(map(float, rng.normal(size=10)))]
    ]


def teach(
    folder: Path, *, course: Course = COURSE, note: Callable[[str, float, int], None] | None = None
) -> dict[str, float]:
    tuning = Tuning(
        model=folder / "tiny.gguf",
        work=folder / "work",
        course=course,
        seed=1,
        say=print,
        note=note or (lambda *_: None),
        progress=silent,
    )
    plans = [plan(number) for number in range(12)]
    return Stages(tuning=tuning, codebook=CODES, decode=decode).run(
        lambda: plans, folder / "adapter.gguf"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny.gguf")
    return tmp_path


def test_wishes_are_told_by_soft_tokens_and_those_of_others_tell_something_else() -> None:
    model, made, taught = tiny(), projector(), some_lessons()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    fit(
        model,
        BEGINNING,
        taught,
        COURSE_LONG,
        learned=list(made.parameters()),
        seed=1,
        keep=Drawer(),
        project=made,
    )
    assert all(torch.equal(before[name], one) for name, one in model.state_dict().items())
    told = surprise(model, BEGINNING, taught, project=made)
    shuffled = Exam([], taught).shuffled
    assert {one.meant for one in shuffled} == {one.meant for one in taught}
    assert all(one.meant != other.meant for one, other in zip(taught, shuffled, strict=True))
    assert surprise(model, BEGINNING, shuffled, project=made) > told + 0.5
    assert surprise(model, BEGINNING, taught, project=nothing(SIZES)) > told + 0.5


def test_both_stages_come_out_with_what_they_have_gained(folder: Path) -> None:
    found = teach(folder, course=Course(steps=30, rank=4, learning_rate=0.02, refresh=10, blocks=3))
    assert found["loss_soft_both_known"] < found["loss_soft_before_known"] - 1
    assert found["loss_soft_both_known"] < found["loss_nothing_known"]
    assert (found["plans_taught"], found["plans_new"], found["plans_known"]) == (10, 1, 1)
    adapter = folder / "adapter.gguf"
    taught = Taught(codebook=CODES, model=mark(folder / "tiny.gguf"), adapter=mark(adapter))
    assert open_projector(beside(adapter), beside=taught).sizes.num_tokens == 8
    assert list((folder / "work").iterdir()) == []  # a finished training leaves no states


@pytest.mark.parametrize("notes", [3, 6, 9])  # in the first stage, at its end, in the second
def test_a_training_that_is_stopped_ends_with_the_very_same_files(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, notes: int
) -> None:
    other = tmp_path_factory.mktemp("in_peace")
    write_tiny(other / "tiny.gguf")
    figures, heard = teach(other), []

    def stopped(*told: object) -> None:
        heard.append(told)
        if len(heard) == notes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        teach(folder, note=stopped)
    assert not (folder / "adapter.gguf").exists()
    assert teach(folder) == figures
    for name in ("adapter.gguf", "adapter.safetensors"):
        assert (folder / name).read_bytes() == (other / name).read_bytes()


def test_an_adapter_and_a_projector_learn_side_by_side() -> None:
    model, made = tiny(), projector()
    learned = [*made.parameters(), *attach(model, COURSE, seed=1)]
    before = [one.detach().clone() for one in learned]
    fit(
        model,
        BEGINNING,
        some_lessons(),
        COURSE,
        learned=learned,
        seed=1,
        keep=Drawer(),
        project=made,
    )
    assert all(not torch.equal(one, was) for one, was in zip(learned, before, strict=True))
    assert len(weights(model)) == 2 * 7 * 2


def test_what_is_held_out_is_learned_by_no_stage() -> None:
    plans = [plan(number) for number in range(40)]
    learned, held_out = parted(plans)
    assert held_out["new"] == plans[-4:]
    assert len(held_out["known"]) == 4
    assert len(learned) == 32
    assert not any(one in learned for part in held_out.values() for one in part)
    with pytest.raises(ReelwrightError, match="2 plans are too few"):
        parted(plans[:2])
