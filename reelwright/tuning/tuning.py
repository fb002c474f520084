"""One training of the studio's language model, from what was heard to an adapter on the disk."""

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.errors import ReelwrightError
from reelwright.learning.checkpoint import Note, Say, Shelf
from reelwright.progress import Progress
from reelwright.tuning.fit import Course, attach, fit, surprise
from reelwright.tuning.gguf_file import open_model, write_adapter
from reelwright.tuning.lessons import Lesson, lessons
from reelwright.tuning.pairs import Pair, talks

Plans = Sequence[Sequence[Pair]]

NAME = "reelwright-studio"
LICENCE = "Apache-2.0"
ABOUT = "Plans short films in the roles of Reelwright's studio. For SmolLM2-135M-Instruct."
HELD_OUT = 0.1  # of the plans: the last ones, whose contents the others do not have


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """Everything that teaching the language model reads and writes."""

    model: Path
    work: Path  # where states are kept, each training in a folder of its own
    course: Course
    seed: int
    say: Say
    note: Note
    progress: Progress
    clock: Callable[[], float] = time.monotonic

    def run(self, hear: Callable[[], Plans], out: Path) -> dict[str, float]:
        """Teaches what is heard in all plans but the last tenth, and writes the adapter to `out`.

        A training of the same model, plans, course and seed that was stopped goes on.
        """
        model, words = open_model(self.model)  # before the teacher is asked for anything
        plans = hear()
        kept, held_out = split(plans)
        told = [talk for plan in plans for talk in talks(plan)]
        count = sum(len(talks(plan)) for plan in kept)
        beginning, found = lessons(words, told)
        refuse_too_long(beginning, found, model.shape.context, self.model.name)
        taught, asked = found[:count], found[count:]
        figures = {
            "plans_taught": float(len(kept)),
            "plans_held_out": float(len(held_out)),
            "loss_before": surprise(model, beginning, asked, progress=self.progress),
        }
        shelf = Shelf(
            self.work / name_of(self.model, self.course, self.seed, beginning, taught),
            say=self.say,
            note=self.note,
            clock=self.clock,
        )
        losses = fit(
            model,
            beginning,
            taught,
            self.course,
            learned=attach(model, self.course, seed=self.seed),
            seed=self.seed,
            keep=shelf,
            progress=self.progress,
        )
        figures["loss_after"] = surprise(model, beginning, asked, progress=self.progress)
        figures["seconds_a_step"] = shelf.spent_s / len(losses)
        write_adapter(model, out, name=NAME, licence=LICENCE, about=ABOUT)
        figures["megabytes"] = out.stat().st_size / 1e6
        shelf.clear()
        return figures


def name_of(
    model: Path, course: Course, seed: int, beginning: Sequence[int], taught: Sequence[Lesson]
) -> str:
    """Of the folder of states: what decides the training, and nothing else."""
    told = [
        model.stat().st_size,
        dataclasses.asdict(course),
        seed,
        beginning,
        [dataclasses.asdict(lesson) for lesson in taught],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def refuse_too_long(
    beginning: Sequence[int], found: Sequence[Lesson], context: int, name: str
) -> None:
    longest = len(beginning) + max(len(lesson.tokens) for lesson in found)
    if longest > context:
        raise ReelwrightError(
            f"A plan takes {longest} tokens, and {name} reads {context}.",
            hint="Teach a model with a longer context.",
        )


def split(plans: Plans) -> tuple[Plans, Plans]:
    """Plans to learn from, and plans to be measured on: at least one of each."""
    assert len(plans) >= 2, "nothing to hold out"
    last = max(1, round(HELD_OUT * len(plans)))
    return plans[:-last], plans[-last:]
