"""What the three agents answer where no model does: pictures, then sound, then effects.

Each adds its part to a draft and leaves the rest as it is. The same draft gives the same.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from reelwright.domain import Music, Shot, ShotInstruction
from reelwright.studio.fit import Fit
from reelwright.studio.instructing import alternating, told_light, told_weather
from reelwright.studio.pacing import cuts
from reelwright.studio.steps import Draft
from reelwright.studio.understanding import about_weights, fitting_subjects, kind_of
from reelwright.studio.wording import shortened, spread

SEEDS = 2**31
VISUAL, AUDIO, EFFECTS = 1, 2, 3  # every role draws from its own stream of chance
ALONE = 0.2  # of the shots that come back to the first scene show it without a subject
SUITS = 0.8  # how much a scene has to say on what stands in it
PLAINLY = 0.6  # a word and a glyph that nobody would call wrong
BESIDE = 0.8  # what one word names is less meant than what they all do
CHANGE, REPEATED = 0.15, 0.08  # so that one thing does not stand in every shot
NAMED = 0.3  # what stands in the words stands in the picture


def visual(draft: Draft, fit: Fit) -> Draft:
    """Storyboard: where every shot starts, what stands in it, in which light, under what camera."""
    rng = np.random.default_rng([draft.seed, VISUAL])
    starts = _starts(draft, fit)
    ends = [*starts[1:], draft.format.duration_s]
    asked = draft.instruction.shots[: len(starts)]
    scenes = [_scene(shot, fit) for shot in asked]
    subjects = _subjects(draft, scenes, fit, rng)
    lights = _lights(draft, asked, fit, rng)
    shots = tuple(
        Shot(
            start_s=start,
            duration_s=end - start,
            scene=scene,
            light=light,
            subject=subject,
            camera=shot.camera,
            words="",
            transition="",
            seed=int(rng.integers(SEEDS)),
            weather=told_weather(shot.scene, fit.kit.weathers),
        )
        for shot, start, end, scene, light, subject in zip(
            asked, starts, ends, scenes, lights, subjects, strict=True
        )
    )
    return dataclasses.replace(draft, shots=shots)


def audio(draft: Draft, fit: Fit) -> Draft:
    """The bed of music on whose beats the pictures are cut."""
    told = draft.instruction
    assert told.mood in fit.kit.moods, f"{told.mood} is no mood of the kit"
    seed = int(np.random.default_rng([draft.seed, AUDIO]).integers(SEEDS))
    music = Music(mood=told.mood, tempo_bpm=told.tempo_bpm, seed=seed)
    return dataclasses.replace(draft, music=music)


def effects(draft: Draft, fit: Fit) -> Draft:
    """Words where there is time to read them, and how each shot comes in."""
    rng = np.random.default_rng([draft.seed, EFFECTS])
    style = kind_of(draft.instruction.style, fit.kit.styles)
    names = style.transitions or fit.kit.transitions
    transitions = ["", *alternating(names, len(draft.shots) - 1, rng)]
    words = _words(draft)
    shots = tuple(
        dataclasses.replace(shot, words=said, transition=transition)
        for shot, said, transition in zip(draft.shots, words, transitions, strict=True)
    )
    return dataclasses.replace(draft, shots=shots)


def _words(draft: Draft) -> list[str]:
    """What stands on each shot. Words that their shot leaves no time for run on over the next ones.

    First over silent ones; then over one whose own words came later and count for less.
    """
    told = [shot.words for shot in draft.instruction.shots[: len(draft.shots)]]
    lengths_s = [shot.duration_s for shot in draft.shots]
    said = [""] * len(told)
    place = 0
    while place < len(told):
        later = [at for at in range(place + 1, len(told)) if told[at]]
        ways = [(until, spread(told[place], lengths_s[place:until])) for until in later]
        ways.append((len(told), spread(told[place], lengths_s[place:])))
        until, parts = next((way for way in ways if way[1]), (ways[0][0], None))
        parts = parts or [shortened(told[place], lengths_s[place])]
        said[place : place + len(parts)] = parts
        place = until
    return said


def _starts(draft: Draft, fit: Fit) -> list[float]:
    """Where the shots start: at zero, then on beats. Shots that no beat is left for go."""
    told = draft.instruction
    style = kind_of(told.style, fit.kit.styles)
    shares = [shot.share for shot in told.shots]
    for count in range(len(shares), 1, -1):
        found = cuts(draft.format.duration_s, shares[:count], told.tempo_bpm, style.shot_s)
        if found is not None:
            return [0.0, *found]
    return [0.0]


def _scene(told: ShotInstruction, fit: Fit) -> str:
    """The scene that the director's words mean."""
    bare, _ = told_light(told.scene, fit.kit.lights)
    assert told.camera in fit.kit.cameras, f"{told.camera} is no camera of the kit"
    return fit.kit.scenes[int(np.argmax(fit.scenes(fit.vector({bare: 1.0}))))].name


def _subjects(draft: Draft, scenes: Sequence[str], fit: Fit, rng: np.random.Generator) -> list[str]:
    """What fits the words and suits each scene; after the first shot now and then nothing."""
    things = _things(draft.instruction.about, fit)
    chosen: list[str] = []
    for told, scene in zip(draft.instruction.shots, scenes, strict=False):
        scores = [
            fits
            + SUITS * float(fit.subject(glyph) @ fit.scene(scene))
            + bool(chosen) * (CHANGE * float(rng.random()) + NAMED * (word in told.words.split()))
            - REPEATED * (glyph in chosen[-1:])
            for glyph, (fits, word) in things.items()
        ]
        alone = chosen and scene == scenes[0] and rng.random() < ALONE
        chosen.append("" if alone or not things else list(things)[int(np.argmax(scores))])
    return chosen


def _things(about: Sequence[str], fit: Fit) -> dict[str, tuple[float, str]]:
    """Glyphs that may stand in the shots: how well each fits, and the word that it is there for.

    Those that fit all words together; and what a later word plainly names, as owls in a forest.
    """
    together = fitting_subjects(fit.vector(about_weights(about)), fit)
    things = {one.name: (one.similarity, "") for one in together}
    for word in about[1:]:
        for one in fitting_subjects(fit.vector({word: 1.0}), fit)[:1]:
            if one.similarity >= PLAINLY:
                things.setdefault(one.name, (one.similarity * BESIDE, word))
    return things


def _lights(
    draft: Draft, shots: Sequence[ShotInstruction], fit: Fit, rng: np.random.Generator
) -> list[str]:
    """The light that each shot tells of; for those that tell of none, one that suits the style."""
    style = kind_of(draft.instruction.style, fit.kit.styles)
    [otherwise] = alternating(style.lights or fit.kit.lights, 1, rng)
    return [told_light(shot.scene, fit.kit.lights)[1] or otherwise for shot in shots]
