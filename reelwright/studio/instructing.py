"""The deterministic instruction model: what a wish means, told shot by shot."""

import itertools
from collections.abc import Sequence

import numpy as np

from reelwright.domain import Instruction, Kit, Meaning, ShotInstruction, StyleKind, Wish
from reelwright.reading import readable
from reelwright.studio.outside import refusal
from reelwright.studio.pacing import cuts, num_shots, shot_price
from reelwright.studio.steps import Understood
from reelwright.studio.understanding import kind_of
from reelwright.studio.weathers import weathers_of
from reelwright.studio.wording import lines, nouns, shortened, title, title_patterns

SLOW_SHOT_S = 1.9  # a style whose shots last longer on average counts as slow
FIRST_SHARE, LAST_SHARE = 1.25, 1.15  # the title wants reading, the end wants rest
SECOND_SCENE = (1, 4)  # places in every five at which another fitting scene is seen
OFF_PACE = 0.05  # the price of one shot more or less, as a shot outside of its style has one
TIME_PASSES = 0.25  # of the clips end in another light than they began in


def instruct(
    wish: Wish, meaning: Meaning, understood: Understood, kit: Kit, rng: np.random.Generator
) -> Instruction:
    """A director's words for a wish: scenes, cameras, pacing, words and music. Same rng, same."""
    style = kind_of(understood.style.name, kit.styles)
    tempo_bpm = tempo(meaning.traits.tempo_bpm, style)
    lengths_s = _lengths(wish.format.duration_s, meaning.traits.cuts_per_minute, tempo_bpm, style)
    lights = _lights(style, kit, len(lengths_s), rng)
    told = _nouns(meaning, understood, lengths_s[0])
    name, spoken = _said(wish, told, style, lights[0], lengths_s, rng)
    scenes = _scenes(understood, kit, len(lengths_s))
    cameras = alternating(style.cameras or kit.cameras, len(lengths_s), rng)
    weathers = weathers_of(meaning, scenes, kit, rng)
    return Instruction(
        title=name,
        about=meaning.about or tuple(told),
        style=style.name,
        mood=style.mood or kit.moods[0],
        tempo_bpm=tempo_bpm,
        shots=tuple(
            ShotInstruction(
                scene=seen(scene, light, weather),
                camera=camera,
                share=length_s / sum(lengths_s),
                words=words,
            )
            for scene, light, weather, camera, length_s, words in zip(
                scenes, lights, weathers, cameras, lengths_s, spoken, strict=True
            )
        ),
    )


def tempo(wanted_bpm: float, style: StyleKind) -> float:
    """The wanted tempo within the style's range, on half beats a minute; its middle for none."""
    slowest, fastest = style.tempo_bpm
    if wanted_bpm <= 0:
        wanted_bpm = (slowest + fastest) / 2
    return min(max(round(2 * wanted_bpm) / 2, slowest), fastest)


def seen(scene: str, light: str, weather: str = "") -> str:
    """What a shot shows, in one sentence; `told_light` and `told_weather` read it back."""
    return f"{scene}, by {light} light" + (f", in the {weather}" if weather else "")


def told_light(scene: str, lights: Sequence[str]) -> tuple[str, str]:
    """A shot's words without its light and its weather, and that light; empty for none."""
    for light in lights:
        bare, told, _ = scene.partition(f", by {light} light")
        if told:
            return bare, light
    return scene, ""


def told_weather(scene: str, weathers: Sequence[str]) -> str:
    """The weather that a shot's words tell of; empty where they tell of none."""
    return next((name for name in weathers if scene.endswith(f", in the {name}")), "")


def alternating(names: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """`count` of the names, the first ones more often, and none twice in a row if it can be."""
    weights = 1.0 / np.arange(1, len(names) + 1)
    drawn: list[str] = []
    for _ in range(count):
        allowed = np.array([not drawn or name != drawn[-1] for name in names]) | (len(names) == 1)
        chances = weights * allowed
        drawn.append(names[int(rng.choice(len(names), p=chances / chances.sum()))])
    return drawn


def _lengths(
    duration_s: float, cuts_per_minute: float, tempo_bpm: float, style: StyleKind
) -> list[float]:
    """How long each shot lasts: about as many as the pace asks for, as the beats allow."""
    wanted = num_shots(duration_s, cuts_per_minute, style.shot_s)
    ways = []
    for count in sorted({1, *range(max(1, wanted - 2), wanted + 2)}):
        shares = [FIRST_SHARE, *[1.0] * (count - 2), LAST_SHARE][:count]
        found = cuts(duration_s, shares, tempo_bpm, style.shot_s)
        if found is not None:
            ends = [0.0, *found, duration_s]
            lengths_s = [end - start for start, end in itertools.pairwise(ends)]
            strays = sum(shot_price(length, length, style.shot_s) for length in lengths_s)
            ways.append((strays + OFF_PACE * abs(count - wanted), lengths_s))
    return min(ways)[1]


def _nouns(meaning: Meaning, understood: Understood, first_s: float) -> list[str]:
    """The words for the title, those first that the first shot leaves time to read."""
    found = nouns(meaning.about, meaning.titles, understood.scenes[0].name)
    return sorted(found, key=lambda noun: not readable(noun, first_s))


def _said(
    wish: Wish,
    told: Sequence[str],
    style: StyleKind,
    light: str,
    lengths_s: Sequence[float],
    rng: np.random.Generator,
) -> tuple[str, list[str]]:
    """The clip's title, and the words of each shot: the title, then one or two lines."""
    slow = sum(style.shot_s) / 2 > SLOW_SHOT_S
    duration_s = wish.format.duration_s
    patterns = title_patterns(light, slow=slow, seconds=duration_s, locale=wish.locale)
    name = title(patterns, told, seconds=duration_s, rng=rng)
    later = lines(name, told, style.mood, slow=slow, locale=wish.locale, rng=rng)
    brief = shortened(wish.brief, style.shot_s[1])
    if brief and not refusal(brief, given=wish.brief):
        later.insert(0, brief)
    spoken = [name] + [""] * (len(lengths_s) - 1)
    places = sorted({len(spoken) // 2, len(spoken) - 1} - {0})
    for place, line in zip(places, later, strict=False):
        spoken[place] = line
    return name, spoken


def _lights(style: StyleKind, kit: Kit, count: int, rng: np.random.Generator) -> list[str]:
    """One light for the clip; now and then time has passed by its last shot."""
    lights = style.lights or kit.lights
    first = alternating(lights, 1, rng)[0]
    last = alternating(lights, 1, rng)[0] if rng.random() < TIME_PASSES else first
    return [first] * (count - 1) + [last if count > 2 else first]


def _scenes(understood: Understood, kit: Kit, count: int) -> list[str]:
    """Mostly the best scene; between, in turn, the others that fit."""
    abouts = {scene.name: scene.about for scene in kit.scenes}
    best, *others = [candidate.name for candidate in understood.scenes]
    chosen = []
    for place in range(count):
        elsewhere = bool(others) and place % 5 in SECOND_SCENE
        chosen.append(others[place // 3 % len(others)] if elsewhere else best)
    return [abouts[name] for name in chosen]
