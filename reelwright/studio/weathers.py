"""Which weather a wish asks for: by its words; else mostly none."""

import re
from collections.abc import Sequence

import numpy as np

from reelwright.domain import Kit, Meaning

UNASKED = 0.12  # of the clips whose words tell of no weather have one
# Words that a person would not say of a clear day.
TELLING = {
    "rain": "rain rains rainy raining drizzle shower showers umbrella umbrellas puddle puddles wet",
    "snow": "snow snows snowy snowing snowfall winter blizzard christmas frost ski skiing",
    "fog": "fog foggy mist misty haze hazy moor",
    "wind": "wind winds windy breeze breezy gust gusts autumn leaves kite kites sandstorm",
    "storm": "storm storms stormy thunder thunderstorm lightning tempest hurricane",
}


def weathers_of(
    meaning: Meaning, scenes: Sequence[str], kit: Kit, rng: np.random.Generator
) -> list[str]:
    """One weather for the clip, in those of its scenes that it suits; `scenes` in their words."""
    suiting = {scene.about: scene.weathers for scene in kit.scenes}
    first = suiting.get(scenes[0], ())
    weather, by_chance = told((*meaning.about, *meaning.titles), kit.weathers), rng.random()
    if not weather and first and by_chance < UNASKED:
        weather = first[int(rng.integers(len(first)))]
    return [weather if weather in suiting.get(scene, ()) else "" for scene in scenes]


def told(words: Sequence[str], weathers: Sequence[str]) -> str:
    """The weather that most of the words tell of, the first of equals; empty for none."""
    spoken = re.findall(r"[^\W\d_]+", " ".join(words).lower())
    counts = [sum(word in TELLING.get(name, "").split() for word in spoken) for name in weathers]
    return weathers[int(np.argmax(counts))] if any(counts) else ""
