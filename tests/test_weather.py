"""Weather is seen in every style, leaves rooms alone, and a clear sky as it was."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from plans import plan, shot

from reelwright.domain import Blueprint, Format, digest
from reelwright.plain import from_plain
from reelwright.render.colour import LIGHTS, luma
from reelwright.render.falling import FLYING
from reelwright.render.film import Desk
from reelwright.render.kit import SKIES, WEATHERS, kit
from reelwright.render.look import LOOKS
from reelwright.render.picture import picture
from reelwright.render.scenes.all import PAINTERS
from reelwright.render.weather import WEATHERS as DRAWN
from reelwright.render.weather import under

FORM = Format(width=108, height=192, fps=12, duration_s=1.0)


def drawn(
    weather: str,
    scene: str = "harbour",
    style: str = "documentary",
    t_s: float = 0.5,
    light: str = "day",
) -> NDArray[np.int64]:
    look = LOOKS[style]
    one = replace(shot(scene=scene, light=light, subject=""), weather=weather)
    shown = picture(one, style, look, look.palettes[0], FORM)
    desk = Desk.of(FORM.width, FORM.height)
    shown.draw(desk.canvas, t_s, 0.0, desk.buffers)
    return desk.canvas[:, :, :3].astype(int)


def test_what_is_offered_is_what_can_be_drawn() -> None:
    assert set(WEATHERS) == set(DRAWN) == set(FLYING)
    assert set(SKIES) <= set(PAINTERS)
    for scene in kit().scenes:
        assert set(scene.weathers) <= set(kit().weathers)


@pytest.mark.parametrize("style", LOOKS)
@pytest.mark.parametrize("weather", WEATHERS)
def test_every_weather_is_seen_in_every_style(weather: str, style: str) -> None:
    clear, seen = drawn("", style=style), drawn(weather, style=style)
    assert np.abs(clear - seen).mean() > 2
    assert seen.std() > 6


@pytest.mark.parametrize("weather", ["rain", "snow", "wind", "storm"])
def test_what_falls_moves_and_is_a_function_of_time(weather: str) -> None:
    first, later = drawn(weather, t_s=0.40), drawn(weather, t_s=0.50)
    assert np.array_equal(drawn(weather, t_s=0.40), first)
    still = np.abs(drawn("", t_s=0.40) - drawn("", t_s=0.50)).mean()
    assert np.abs(first - later).mean() > 1.15 * still


@pytest.mark.parametrize("scene", ["kitchen", "library", "underwater", "space"])
def test_a_scene_without_a_sky_has_no_weather(scene: str) -> None:
    assert np.array_equal(drawn("storm", scene), drawn("", scene))


def test_fog_hides_what_is_far_and_storm_darkens() -> None:
    clear, fog, storm = (drawn(weather) for weather in ("", "fog", "storm"))
    horizon = slice(90, 115)
    assert fog[horizon].std() < 0.75 * clear[horizon].std()
    assert storm.mean() < clear.mean() - 15


@pytest.mark.parametrize("light", LIGHTS)
def test_a_covered_sky_is_greyer_and_lamps_matter_more(light: str) -> None:
    clear = LIGHTS[light]
    assert under(clear, "") == clear
    rain, storm = under(clear, "rain"), under(clear, "storm")
    assert all(
        np.ptp(grey) <= np.ptp(stop) + 0.12 for grey, stop in zip(rain.sky, clear.sky, strict=True)
    )
    assert luma(storm.sky[0]) < luma(clear.sky[0])
    assert storm.dark >= clear.dark


def test_a_clear_plan_keeps_the_digest_it_had_before_there_was_weather() -> None:
    blueprint = plan()
    cells = asdict(blueprint)
    for told in cells["shots"]:
        del told["weather"]
    old = from_plain(Blueprint, cells)
    assert old == blueprint
    assert digest(old) == digest(blueprint) == "dd255f9ea88f79d0e5d5d9c811244860"
    rainy = replace(blueprint, shots=(replace(blueprint.shots[0], weather="rain"), *old.shots[1:]))
    assert digest(rainy) != digest(blueprint)
    assert from_plain(Blueprint, asdict(rainy)) == rainy
