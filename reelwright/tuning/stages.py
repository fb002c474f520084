"""Soft tokens taught in the paper's stages: what makes them alone, then it and an adapter together.

In the first stage only the director's answer is learned, the one that soft tokens stand before; in
the second whole conversations are, so that the adapter serves the other roles, too.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from reelwright.domain import Wish
from reelwright.errors import ReelwrightError
from reelwright.learning.checkpoint import Shelf
from reelwright.tuning.fit import attach, fit, surprise
from reelwright.tuning.gguf_file import open_model, write_adapter
from reelwright.tuning.lessons import Lesson, lessons
from reelwright.tuning.llama import Llama
from reelwright.tuning.pairs import Pair, Talk, talks
from reelwright.tuning.soft import Decode, Project, Projector, Sizes, meant, softened
from reelwright.tuning.soft_file import Taught, beside, mark, write
from reelwright.tuning.tuning import (
    ABOUT,
    LICENCE,
    NAME,
    Plans,
    Tuning,
    name_of,
    refuse_too_long,
    split,
)

KNOWN = 10  # every so many-th plan of contents that are learned is held out as well


@dataclass(frozen=True, slots=True)
class Exam:
    """Directors' answers to be foretold, with the wish in words and in soft tokens."""

    words: list[Lesson]
    soft: list[Lesson]

    @property
    def shuffled(self) -> list[Lesson]:
        """Each with the soft tokens of another, far from it in a list that goes by contents."""
        half = len(self.soft) // 2
        return [
            dataclasses.replace(one, meant=other.meant)
            for one, other in zip(self.soft, self.soft[half:] + self.soft[:half], strict=True)
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """A training of soft tokens, with all that any training of the language model goes by."""

    tuning: Tuning
    codebook: str  # the version of the codes
    decode: Decode

    def run(self, hear: Callable[[], Plans], out: Path) -> dict[str, float]:
        """Teaches both stages, writes the adapter to `out` and the projector beside it.

        The figures are losses over the director's held-out answers: `_new` for contents that were
        not learned from, `_known` for such that were, in other styles.
        """
        model, words = open_model(self.tuning.model)  # before the teacher is asked for anything
        learned, held_out = parted(hear())
        projector = self._fresh(model, learned)
        beginning, taught = self._taught(model, words, learned, projector.sizes)
        measure = _Measure(
            model, beginning, self._exams(words, held_out, projector.sizes), self.tuning
        )
        figures = {
            "plans_taught": float(len(learned)),
            **{f"plans_{name}": float(len(plans)) for name, plans in held_out.items()},
            **measure.losses("words_before", "words"),
            **measure.losses("soft_before", "soft", projector),
        }
        shelves = []
        for stage, chosen in taught.items():
            weights = [*projector.parameters(), *self._adapter(model, stage)]
            shelves.append(self._shelf(stage, beginning, chosen))
            fit(
                model,
                beginning,
                chosen,
                self.tuning.course,
                learned=weights,
                seed=self.tuning.seed,
                keep=shelves[-1],
                project=projector,
                progress=self.tuning.progress,
            )
            figures |= measure.losses(f"soft_{stage}", "soft", projector)
            figures |= measure.losses(f"shuffled_{stage}", "shuffled", projector)
        figures |= measure.losses("nothing", "soft", nothing(projector.sizes))
        figures |= measure.losses("words_after", "words")
        self._write(model, projector, out)
        for shelf in shelves:
            shelf.clear()
        return figures

    def _fresh(self, model: Llama, learned: Plans) -> Projector:
        vectors = [self.decode(_wish(plan).sid) for plan in learned]
        content, creative = vectors[0]
        sizes = Sizes(content=len(content), creative=len(creative), width=model.shape.width)
        meant_NM = torch.tensor([meant(both) for both in vectors])
        chance = torch.Generator().manual_seed(self.tuning.seed)
        return Projector.fresh(sizes, meant_NM, model.token_embd.weight, rng=chance)

    def _taught(
        self, model: Llama, words: Tokenizer, learned: Plans, sizes: Sizes
    ) -> tuple[tuple[int, ...], dict[str, list[Lesson]]]:
        """What all lessons begin with, and those of each stage."""
        first = [self._soft(plan, [_directed(plan)], sizes) for plan in learned]
        whole = [self._soft(plan, talks(plan), sizes) for plan in learned]
        told = [talk for plan in (*first, *whole) for talk in plan]
        beginning, found = lessons(words, told)
        refuse_too_long(beginning, found, model.shape.context, self.tuning.model.name)
        return beginning, {"projector": found[: len(first)], "both": found[len(first) :]}

    def _exams(
        self, words: Tokenizer, held_out: Mapping[str, Plans], sizes: Sizes
    ) -> dict[str, Exam]:
        found = {}
        for name, plans in held_out.items():
            told = [_directed(plan) for plan in plans]
            soft = [self._soft(plan, [talk], sizes) for plan, talk in zip(plans, told, strict=True)]
            found[name] = Exam(
                lessons(words, told)[1], lessons(words, [talk for [talk] in soft])[1]
            )
        return found

    def _soft(self, plan: Sequence[Pair], told: Sequence[Talk], sizes: Sizes) -> list[Talk]:
        """Conversations of a plan with soft tokens where its wish was told in words."""
        vectors = meant(self.decode(_wish(plan).sid))
        found = []
        for talk in told:
            first, question, *rest = talk.messages
            soft = softened(question, sizes.num_tokens)
            assert soft, f"a director's question that tells no wish: {question.content[:80]}"
            found.append(Talk((first, soft, *rest), talk.taught, vectors))
        return found

    def _adapter(self, model: Llama, stage: str) -> list[nn.Parameter]:
        if stage == "projector":
            return []
        return attach(model, self.tuning.course, seed=self.tuning.seed)

    def _shelf(self, stage: str, beginning: Sequence[int], taught: Sequence[Lesson]) -> Shelf:
        tuning = self.tuning
        name = name_of(tuning.model, tuning.course, tuning.seed, beginning, taught)
        folder = tuning.work / f"{name}-{stage}"
        return Shelf(folder, say=tuning.say, note=tuning.note, clock=tuning.clock)

    def _write(self, model: Llama, projector: Projector, out: Path) -> None:
        write_adapter(model, out, name=NAME, licence=LICENCE, about=ABOUT)
        taught = Taught(codebook=self.codebook, model=mark(self.tuning.model), adapter=mark(out))
        write(projector, taught, beside(out))


@dataclass(frozen=True, slots=True)
class _Measure:
    model: Llama
    beginning: Sequence[int]
    exams: Mapping[str, Exam]
    tuning: Tuning

    def losses(self, what: str, told: str, project: Project | None = None) -> dict[str, float]:
        """Of one way to tell the wish, over each exam."""
        return {
            f"loss_{what}_{name}": surprise(
                self.model,
                self.beginning,
                getattr(exam, told),
                project=project,
                progress=self.tuning.progress,
            )
            for name, exam in self.exams.items()
        }


def parted(plans: Plans) -> tuple[list[Sequence[Pair]], dict[str, list[Sequence[Pair]]]]:
    """Plans to learn from, and two kinds to be measured on.

    The last ones, whose contents the others do not have; and of the rest every so many-th, whose
    contents are mostly learned from in other styles. A feed asks for the second kind.
    """
    kept, new = split(plans)
    if len(kept) < 2:
        raise ReelwrightError(
            f"{len(plans)} plans are too few for soft tokens.", hint="Give --plans 20 or more."
        )
    known = [plan for place, plan in enumerate(kept) if place % KNOWN == 1]
    learned = [plan for place, plan in enumerate(kept) if place % KNOWN != 1]
    return learned, {"new": list(new), "known": known}


def nothing(sizes: Sizes) -> Project:
    """Soft tokens that say nothing at all."""

    def project(meant_BM: Tensor) -> Tensor:
        return torch.zeros(len(meant_BM), sizes.num_tokens, sizes.width)

    return project


def _directed(plan: Sequence[Pair]) -> Talk:
    """The director's first question and its answer."""
    return talks(plan[:1])[0]


def _wish(plan: Sequence[Pair]) -> Wish:
    wish = plan[0].ask.wish
    assert wish, "a plan for no wish"
    return wish
