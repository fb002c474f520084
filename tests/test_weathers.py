"""A wish's weather: what its words say, where a scene can have it; else seldom any."""

import dataclasses

import numpy as np
import pytest

from reelwright.domain import Meaning, Traits
from reelwright.render.kit import kit
from reelwright.studio.instructing import seen, told_light, told_weather
from reelwright.studio.weathers import TELLING, UNASKED, told, weathers_of

KIT = kit()
TRAITS = Traits(
    cuts_per_minute=30.0,
    motion=0.1,
    brightness=0.5,
    contrast=0.2,
    saturation=0.4,
    warmth=0.5,
    sharpness=0.3,
    grain=0.1,
    loudness_lufs=-14.0,
    tempo_bpm=100.0,
    palette=((200, 120, 40),),
)
ABOUT = {scene.name: scene.about for scene in KIT.scenes}


def meant(*about: str, titles: tuple[str, ...] = ()) -> Meaning:
    return Meaning(about=about, titles=titles, style=(), traits=TRAITS, creative=(0.0,))


def chosen(meaning: Meaning, *scenes: str, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return weathers_of(meaning, [ABOUT[name] for name in scenes], KIT, rng)


def test_every_weather_of_the_kit_can_be_asked_for_in_words() -> None:
    assert set(TELLING) == set(KIT.weathers)
    words = [word for told_by in TELLING.values() for word in told_by.split()]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("weather", KIT.weathers)
def test_words_that_name_a_weather_bring_it(weather: str) -> None:
    assert chosen(meant("streets", weather), "road", "farm") == [weather, weather]
    assert told(("A Rainy day,", "rain!", "snow"), KIT.weathers) == "rain"
    assert told(("brainy trains",), KIT.weathers) == ""


def test_titles_count_too_and_rooms_and_deserts_keep_out_what_is_not_theirs() -> None:
    meaning = meant("cities", titles=("City in the snow",))
    assert chosen(meaning, "city", "cafe", "desert") == ["snow", "", ""]


def test_unasked_weather_is_seldom_and_suits_the_scene() -> None:
    found = [chosen(meant("boats"), "harbour", seed=seed)[0] for seed in range(600)]
    share = np.mean([bool(weather) for weather in found])
    assert share == pytest.approx(UNASKED, abs=0.05)
    [harbour] = [scene for scene in KIT.scenes if scene.name == "harbour"]
    assert set(found) - {""} <= set(harbour.weathers)
    assert not any(chosen(meant("boats"), "kitchen", seed=seed)[0] for seed in range(60))


@pytest.mark.parametrize("weather", ["", *KIT.weathers])
def test_what_a_shot_tells_is_read_back(weather: str) -> None:
    words = seen("a harbour", "dusk", weather)
    assert told_light(words, KIT.lights) == ("a harbour", "dusk")
    assert told_weather(words, KIT.weathers) == weather


def test_a_kit_without_weathers_has_clear_skies() -> None:
    bare = dataclasses.replace(
        KIT,
        weathers=(),
        scenes=tuple(dataclasses.replace(scene, weathers=()) for scene in KIT.scenes),
    )
    rng = np.random.default_rng(1)
    assert weathers_of(meant("snow"), [ABOUT["city"]], bare, rng) == [""]
