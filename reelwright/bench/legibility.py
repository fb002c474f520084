"""Whether the titles that the studio plans and the renderer draws can be read: none may fail.

Clips are planned from seeded wishes and instructions, in every style, script and format, drawn
small, and proofread.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from reelwright.assemble import workshops
from reelwright.bench.tongues import TONGUES, Tongue
from reelwright.domain import (
    Blueprint,
    Format,
    Instruction,
    Meaning,
    SemanticId,
    ShotInstruction,
    StyleKind,
    Traits,
    Wish,
)
from reelwright.progress import Progress
from reelwright.render.proofreading import Fault, Reading, read
from reelwright.studio.steps import blueprint_of
from reelwright.studio.studio import Studio

Figures = dict[str, float]

WORDS = {
    "blueprints": "clips planned, in every style, script and format",
    "titles": "their titles",
    "overlaps": "titles in which something hides letters",
    "outside": "titles that leave the frame or the phone's safe area while they stand",
    "low_contrast": "titles with a word below the contrast of WCAG 2.2 AA on its drawn ground",
    "too_fast_to_read": "titles that stand for less time than their words take to read",
    "least_contrast": "the least contrast of any word over what is asked of it",
    "least_rest": "the least time at rest of any title over what its words take",
    "smallest_type_px": "the smallest type on a phone held upright, in its 360 pixels across",
}
SEED = 5
MANY, FEW = 500, 100
SHAPES = ((720, 1280), (1080, 1080), (1280, 720))
LENGTHS_S = (3.0, 4.0, 6.0, 8.0, 12.0)


def measure(*, quick: bool, progress: Progress) -> Figures:
    """All the titles of many clips, proofread."""
    count = FEW if quick else MANY
    readings: list[Reading] = []
    for done, blueprint in enumerate(plans(count), start=1):
        readings += read(blueprint)
        progress("proofreading", done, count)
    return {"blueprints": float(count), **figures(readings)}


def figures(readings: Sequence[Reading]) -> Figures:
    """How many titles have each fault, and how near the others come to one."""
    faults = Counter(fault for one in readings for fault in one.faults)
    return {
        "titles": float(len(readings)),
        **{fault.value: float(faults[fault]) for fault in Fault},
        "least_contrast": round(min(one.contrast for one in readings), 3),
        "least_rest": round(min(one.rest for one in readings), 3),
        "smallest_type_px": round(min(one.size_px for one in readings), 1),
    }


def plans(count: int) -> Iterator[Blueprint]:
    """Clips that differ in all that type depends on, from wishes and from instructions."""
    studio = workshops.planner()
    for number in range(count):
        rng = np.random.default_rng([SEED, number])
        style = studio.fit.kit.styles[number % len(studio.fit.kit.styles)]
        tongue = TONGUES[int(rng.integers(len(TONGUES)))]
        width, height = SHAPES[int(rng.integers(len(SHAPES)))]
        form = Format(width=width, height=height, duration_s=float(rng.choice(LENGTHS_S)))
        way = wished if rng.random() < 0.5 else told
        yield way(studio, style, tongue, form, rng)


def wished(
    studio: Studio, style: StyleKind, tongue: Tongue, form: Format, rng: np.random.Generator
) -> Blueprint:
    """A plan from a wish in a language; its style is meant by its own words."""
    wish = Wish(
        sid=SemanticId((int(rng.integers(2**20)),), (0,)),
        codebook="bench",
        brief=tongue.brief if rng.random() < 0.5 else "",
        locale=tongue.locale,
        format=form,
    )
    meaning = Meaning(
        about=tuple(rng.permutation(tongue.about)),
        titles=tongue.titles,
        style=(style.about,),
        traits=replace(TRAITS, cuts_per_minute=float(rng.uniform(0, 60))),
        creative=(),
    )
    return blueprint_of(studio.plan(wish, meaning))


def told(
    studio: Studio, style: StyleKind, tongue: Tongue, form: Format, rng: np.random.Generator
) -> Blueprint:
    """A plan from a director's instruction with words on every shot, as many as a style has."""
    kit = studio.fit.kit
    length_s = float(rng.uniform(*style.shot_s))
    count = max(1, min(8, round(form.duration_s / length_s)))
    said = [str(rng.choice(tongue.titles))]
    said += [str(rng.choice(tongue.titles + tongue.lines)) for _ in range(count - 1)]
    instruction = Instruction(
        title=said[0],
        about=tongue.about,
        style=style.name,
        mood=style.mood or kit.moods[0],
        tempo_bpm=float(rng.uniform(*style.tempo_bpm)),
        shots=tuple(
            ShotInstruction(
                scene=kit.scenes[int(rng.integers(len(kit.scenes)))].about,
                camera=str(rng.choice(style.cameras or kit.cameras)),
                share=1 / count,
                words=words,
            )
            for words in said
        ),
    )
    return studio.blueprint(instruction, format=form, seed=int(rng.integers(2**31)))


TRAITS = Traits(
    cuts_per_minute=20.0,
    motion=0.1,
    brightness=0.5,
    contrast=0.5,
    saturation=0.5,
    warmth=0.5,
    sharpness=0.5,
    grain=0.1,
    loudness_lufs=-16.0,
    tempo_bpm=0.0,
    palette=((120, 120, 120),),
)
