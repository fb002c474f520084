"""A whole training on tiny weights: an adapter comes out, and the same one after a kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import ROOT, wait_until
from tiny_llama import write_tiny

from reelwright.assemble import backbones
from reelwright.config import load
from reelwright.errors import ReelwrightError
from reelwright.progress import silent
from reelwright.studio.backbone import Ask, Message
from reelwright.tuning.fit import Course
from reelwright.tuning.pairs import Pair
from reelwright.tuning.tuning import Tuning, split

COURSE = Course(steps=12, rank=2, learning_rate=0.02, warm_up=2, refresh=2, blocks=2)
FIRST = Message("system", "The kit: " + ", ".join(f"scene {number}" for number in range(20)))


def some_plans(count: int = 5) -> list[list[Pair]]:
    return [
        [
            Pair(
                Ask(
                    messages=(FIRST, Message("user", f"wish {number % 3} of {number}")),
                    schema={},
                    rule={},
                    max_tokens=9,
                ),
                f'{{"style":"s{number % 3}"}}',
            )
        ]
        for number in range(count)
    ]


def teach(
    folder: Path,
    plans: Sequence[Sequence[Pair]] = (),
    *,
    course: Course = COURSE,
    pause_s: float = 0.0,
) -> dict[str, float]:
    """A training in `folder`, slow enough to be killed where there is a pause."""
    return Tuning(
        model=folder / "tiny.gguf",
        work=folder / "work",
        course=course,
        seed=1,
        say=print,
        note=lambda *_: time.sleep(pause_s),
        progress=silent,
    ).run(lambda: plans or some_plans(), folder / "adapter.gguf")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny.gguf")
    return tmp_path


def test_an_adapter_comes_out_with_what_it_has_gained(folder: Path) -> None:
    found = teach(folder, course=Course(steps=40, rank=4, learning_rate=0.02, refresh=5, blocks=3))
    assert found["loss_after"] < found["loss_before"] / 2
    assert found["megabytes"] == (folder / "adapter.gguf").stat().st_size / 1e6 > 0
    assert (found["plans_taught"], found["plans_held_out"]) == (4, 1)
    assert list((folder / "work").iterdir()) == []  # a finished training leaves no states


def test_a_training_that_is_killed_ends_with_the_very_same_adapter(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("in_peace")
    write_tiny(other / "tiny.gguf")
    teach(other)
    said = f"import pathlib, test_tuning as t; t.teach(pathlib.Path({str(folder)!r}), pause_s=0.2)"
    process = subprocess.Popen(
        [sys.executable, "-c", said],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    )
    wait_until(lambda: len(list((folder / "work").glob("*/*.state"))) >= 2)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert not (folder / "adapter.gguf").exists()
    teach(folder)
    assert (folder / "adapter.gguf").read_bytes() == (other / "adapter.gguf").read_bytes()


def test_another_course_does_not_go_on_from_this_ones_states(folder: Path) -> None:
    def stopped(*_: object) -> None:
        if len(list((folder / "work").glob("*/*.state"))) >= 1:
            raise KeyboardInterrupt

    tuning = Tuning(
        model=folder / "tiny.gguf",
        work=folder / "work",
        course=COURSE,
        seed=1,
        say=print,
        note=stopped,
        progress=silent,
    )
    with pytest.raises(KeyboardInterrupt):
        tuning.run(some_plans, folder / "adapter.gguf")
    teach(folder, course=Course(steps=4, rank=3, refresh=2, blocks=1))
    assert len(list((folder / "work").glob("*/*.state"))) == 1  # still there for its own


def test_what_is_held_out_comes_last_and_is_never_all() -> None:
    for count in (2, 5, 30):
        kept, held_out = split(some_plans(count))
        assert len(kept) >= 1
        assert len(held_out) == max(1, round(count / 10))
        assert [*kept, *held_out] == some_plans(count)


def test_plans_too_long_for_the_model_are_refused_in_one_line(folder: Path) -> None:
    plans = some_plans()
    [pair] = plans[0]
    longer = (*pair.ask.messages, Message("user", "long " * 600))
    ask = Ask(messages=longer, schema={}, rule={}, max_tokens=9)
    with pytest.raises(ReelwrightError, match=r"tokens, and tiny\.gguf reads 2048"):
        teach(folder, [[Pair(ask, pair.answer)], *plans[1:]])


def test_a_model_that_cannot_be_read_is_refused_before_a_teacher_is_asked(folder: Path) -> None:
    (folder / "tiny.gguf").write_bytes(b"GGUF and nothing else")

    def hear() -> Sequence[Sequence[Pair]]:
        raise AssertionError("the teacher was asked")

    with pytest.raises(ReelwrightError, match="can be read"):
        Tuning(
            model=folder / "tiny.gguf",
            work=folder / "work",
            course=COURSE,
            seed=1,
            say=print,
            note=lambda *_: None,
            progress=silent,
        ).run(hear, folder / "adapter.gguf")


def test_an_adapter_is_the_one_that_ships_or_none_or_a_file(folder: Path) -> None:
    teach(folder)
    own = folder / "adapter.gguf"
    assert backbones.studio_adapter(load(None, ["studio.adapter=none"])) is None
    assert backbones.studio_adapter(load(None, [f"studio.adapter={own}"])) == own
    with pytest.raises(ReelwrightError, match="there is no such file"):
        backbones.studio_adapter(load(None, [f"studio.adapter={own}.not"]))
