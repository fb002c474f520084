"""The studio in figures: the rules, the plain model and the taught one on the same wishes.

A demo world is drawn and named first, so that a clip's own codes can be held against the wished
ones. A cold plan is the first of a fresh engine that has never seen the studio's instructions; a
warm one is any later plan. The file of weights has been packed for this machine before.
"""

import dataclasses
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from reelwright.assemble import homes, lessons, workshops
from reelwright.bench.rounds import complaints_left, seeded
from reelwright.config import Config
from reelwright.demo import demo_in
from reelwright.domain import Blueprint, Meaning, Wish
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress
from reelwright.render.film import Film
from reelwright.render.kit import kit
from reelwright.render.sketch import frames, sketched
from reelwright.secondlook.rounds import Round, best
from reelwright.studio.backbone import Backbone
from reelwright.studio.steps import Step, Turn, blueprint_of, turns_of
from reelwright.studio.studio import Studio
from reelwright.tuning.wishes import from_topics
from reelwright.workshop import Workshop

Figures = dict[str, float]
Voice = Callable[[Path], Backbone]  # a fresh one, that keeps what it knows in this folder

BRANCHES = ("content", "creative")
SCRIPTED, PLAIN, TUNED = "scripted", "plain", "tuned"
SEED = 1
WISHES, TAKES, COLD = 72, 10, 3  # made, of one wish, and plans of an engine that knows nothing

OF_A_VOICE = {
    "valid_rate": "plans that could be drawn",
    "fallback_rate": "turns in which the rules stood in",
    "plan_s_warm": "a plan, median, seconds",
    "plan_s_cold": "the first plan of an engine that knows nothing, median, seconds",
    "tokens_ratio_warm": "prompt tokens over those that were computed, warm",
    "tokens_ratio_cold": "the same for a first plan",
    "fidelity_content": "clips whose first content code is the wished one",
    "fidelity_creative": "clips whose first creative code is the wished one",
    "fidelity_own": "clips of both, in no turn of which the rules stood in",
    "fidelity_content_0": "clips whose first content code it is before any second look",
    "fidelity_creative_0": "likewise the first creative code",
    "complaints_left_0": "complaints a clip before any second look",
    "complaints_left_1": "after one more round",
    "complaints_left_2": "after two",
    "distinct": "different plans among ten takes of one wish",
}
WHO = {"": "", f"_{PLAIN}": ", plain model", f"_{TUNED}": ", taught", f"_{SCRIPTED}": ", rules"}
WORDS = {
    "wishes": "wishes that each planned for",
    **{
        f"{name}{who}": f"{said}{by}"
        for name, said in OF_A_VOICE.items()
        for who, by in WHO.items()
    },
}


@dataclass(frozen=True, slots=True)
class Told:
    """One plan, and how long it took."""

    steps: tuple[Step, ...]
    seconds: float

    @property
    def turns(self) -> list[Turn]:
        return turns_of(self.steps)


def measure(
    config: Config, *, voices: Mapping[str, Voice], quick: bool, progress: Progress
) -> Figures:
    """Figures of every voice by its name, and without a name those of the last one: it ships.

    `quick` asks for a few plans, and draws no world: nothing is said of codes and complaints.
    """
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        config = dataclasses.replace(config, home=f"{folder}/home")
        measuring = _planned if quick else _made
        found = measuring(config, voices, Path(folder), progress)
    ships = found[list(voices)[-1]]
    named = {f"{name}_{who}": value for who, one in found.items() for name, value in one.items()}
    return {"wishes": float(2 if quick else WISHES), **ships, **named}


def _planned(
    config: Config, voices: Mapping[str, Voice], folder: Path, progress: Progress
) -> dict[str, Figures]:
    """Two plans of each voice for topics of the kit, and two takes."""
    wishes = from_topics(
        kit(), 2, format=workshops.format_of_wishes(config), rng=np.random.default_rng(SEED)
    )
    found = {}
    for done, (who, voice) in enumerate(voices.items()):
        progress("planning", done, len(voices))
        studio = workshops.planner(voice(folder / who), within_s=config.studio.plan_s)
        told = [timed(studio, wish, meaning) for wish, meaning in wishes]
        takes = [told[0], timed(studio, *wishes[0], seed=1)]
        found[who] = {
            **of_turns(told[1:], cold=told[:1]),
            "valid_rate": mean([bool(drawn(partial(sketch, one))) for one in told]),
            "distinct": different([blueprint_of(one.steps) for one in takes]),
        }
    progress("planning", len(voices), len(voices))
    return found


def _made(
    config: Config, voices: Mapping[str, Voice], folder: Path, progress: Progress
) -> dict[str, Figures]:
    with homes.home(config) as home:
        demo_in(home, worker=None, progress=progress).draw()
        version = lessons.training(home, progress=progress).learn_codes(now_s=time.time()).version
        found, within_s = {}, config.studio.plan_s
        for who, voice in voices.items():
            shop = workshops.workshop(
                home, progress=progress, named_by=version, answers=voice(folder / who)
            )
            wishes = seeded(
                shop.codebook, WISHES, format=workshops.format_of_wishes(config), seed=SEED
            )
            first = [(wish, shop.codebook.meaning(wish.sid)) for wish in wishes[:COLD]]
            cold = [
                timed(workshops.planner(voice(folder / f"{who}-{number}"), within_s=within_s), *one)
                for number, one in enumerate(first)
            ]
            made = of_shop(shop, wishes, folder, who=who, progress=progress)
            found[who] = {**of_turns(made.told, cold=cold), **made.figures}
    return found


@dataclass(frozen=True, slots=True)
class Making:
    told: list[Told]  # the first plan of each wish
    figures: Figures


def of_shop(
    shop: Workshop, wishes: Sequence[Wish], folder: Path, *, who: str, progress: Progress
) -> Making:
    """All rounds of all wishes, and ten takes of the first."""
    timed(shop.studio, wishes[0], shop.codebook.meaning(wishes[0].sid))  # so that all are warm
    told: list[Told] = []
    rounds: list[list[Round]] = []
    kept: list[Wish] = []
    for done, wish in enumerate(wishes):
        progress(f"planning and looking, {who}", done, len(wishes))
        if seen := drawn(lambda: list(shop.rounds(wish, folder))):  # noqa: B023
            rounds.append(seen)
            kept.append(wish)
            planned = seen[0].planned
            told.append(Told(planned, sum(turn.seconds for turn in turns_of(planned))))
    progress(f"planning and looking, {who}", len(wishes), len(wishes))
    meaning = shop.codebook.meaning(wishes[0].sid)
    takes = []
    for seed in range(TAKES):
        progress(f"other takes, {who}", seed, TAKES)
        takes.append(blueprint_of(tuple(shop.studio.plan(wishes[0], meaning, seed=seed))))
    progress(f"other takes, {who}", TAKES, TAKES)
    figures = {
        "valid_rate": round(len(kept) / len(wishes), 3),
        **fidelity(kept, rounds),
        **complaints_left(rounds, shop.config.rounds),
        "distinct": different(takes),
    }
    return Making(told, figures)


def fidelity(wishes: Sequence[Wish], rounds: Sequence[Sequence[Round]]) -> Figures:
    """Clips that read as the wish, at the first level: of the best round, and of the first.

    Those that a model planned by itself are told apart: where it is silent the rules stand in, and
    what then comes out right is theirs.
    """
    own = [
        all(reads_as(wish, one[best(one)], branch) for branch in BRANCHES)
        and not any(map(fell_back, one[: best(one) + 1]))
        for wish, one in zip(wishes, rounds, strict=True)
    ]
    figures: Figures = {"fidelity_own": mean(own)}
    for suffix, chosen in (
        ("", [one[best(one)] for one in rounds]),
        ("_0", [r[0] for r in rounds]),
    ):
        for branch in BRANCHES:
            hits = [
                reads_as(wish, seen, branch)
                for wish, seen in zip(wishes, chosen, strict=True)
                if seen.looked
            ]
            figures[f"fidelity_{branch}{suffix}"] = mean(hits)
    return figures


def reads_as(wish: Wish, seen: Round, branch: str) -> bool:
    """Whether its first code in this branch is the wished one; not where nobody looked."""
    if seen.looked is None:
        return False
    return bool(getattr(wish.sid, branch)[0] == getattr(seen.looked.measured, branch)[0])


def fell_back(round_: Round) -> bool:
    return any(turn.fallback for turn in turns_of(round_.planned))


def of_turns(warm: Sequence[Told], *, cold: Sequence[Told]) -> Figures:
    """Time, tokens and silences; rules read no tokens, so they have no ratio."""
    figures: Figures = {}
    for name, plans in (("warm", warm), ("cold", cold)):
        turns = [turn for one in plans for turn in one.turns]
        figures[f"plan_s_{name}"] = round(statistics.median(one.seconds for one in plans), 3)
        prompts = sum(turn.prompt_tokens for turn in turns)
        if prompts:
            computed = prompts - sum(turn.reused_tokens for turn in turns)
            figures[f"tokens_ratio_{name}"] = round(prompts / computed, 2)
    every = [turn for one in [*cold, *warm] for turn in one.turns]
    figures["fallback_rate"] = mean([bool(turn.fallback) for turn in every])
    return figures


def timed(studio: Studio, wish: Wish, meaning: Meaning, *, seed: int = 0) -> Told:
    begun_s = time.perf_counter()
    steps = tuple(studio.plan(wish, meaning, seed=seed))
    return Told(steps, time.perf_counter() - begun_s)


def sketch(told: Told) -> int:
    """Draws a plan small; how many frames that were."""
    plan = blueprint_of(told.steps)
    film = Film(dataclasses.replace(plan, format=sketched(plan.format)))
    return sum(1 for _ in frames(film))


T = TypeVar("T")


def drawn(draw: Callable[[], T]) -> T | None:
    """What was drawn, or nothing: a plan that cannot be is counted, and the rest goes on."""
    try:
        return draw()
    except (ReelwrightError, ArithmeticError, AssertionError, LookupError, ValueError) as error:
        logging.getLogger(__name__).warning("A plan cannot be drawn: %r", error)
        return None


def different(plans: Sequence[Blueprint]) -> float:
    """How many of the plans differ in what is seen, read or heard: seeds alone do not count."""
    return len({repr(_bare(plan)) for plan in plans}) / len(plans)


def _bare(plan: Blueprint) -> Blueprint:
    return dataclasses.replace(
        plan,
        planner="",
        music=dataclasses.replace(plan.music, seed=0),
        shots=tuple(dataclasses.replace(shot, seed=0) for shot in plan.shots),
    )


def mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3)
