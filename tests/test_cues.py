"""Effects: which are asked for, how they are made, and that they are heard where they belong."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from beds import plan
from numpy.typing import NDArray

from reelwright.render.arrangement import arrange
from reelwright.render.cues import AMBIENCE, FOLEY, Cue, Foley, cues
from reelwright.render.foley import EFFECTS, effect
from reelwright.render.harmony import Chart
from reelwright.render.kit import MOODS as KIT_MOODS
from reelwright.render.kit import STYLES, TRANSITIONS
from reelwright.render.soundtrack import soundtrack

RATE = 24_000
Sound = NDArray[np.float32]
NAMES = [style.name for style in STYLES]


def asked(mood: str, transition: str, *, words: str = "", duration_s: float = 12.0) -> list[Cue]:
    blueprint = plan(mood, duration_s=duration_s, transition=transition, words=words)
    return cues(blueprint, arrange(Chart.of(blueprint), blueprint.shots, start=0.5))


def named(style: Foley) -> set[str]:
    """All effects of a style."""
    cuts = tuple(style.of(transition) for transition in (*TRANSITIONS, ""))
    heard = (*cuts, style.words, style.rise, style.land, style.room)
    return {name for effects in heard for name, _ in effects}


def test_every_style_sounds_every_transition() -> None:
    assert set(FOLEY) == set(NAMES)
    for style in FOLEY.values():
        assert all(style.of(transition) for transition in TRANSITIONS)


def test_styles_and_weathers_name_all_effects_that_exist_and_no_others() -> None:
    weathers = {name for effects in AMBIENCE.values() for name, _ in effects}
    assert set.union(weathers, *(named(style) for style in FOLEY.values())) == set(EFFECTS)


@pytest.mark.parametrize("lead", [0, 1, RATE // 2])
@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_peaks_at_one_and_neither_begins_nor_ends_with_a_click(
    name: str, lead: int
) -> None:
    sound = effect(name, lead, RATE)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == pytest.approx(1)
    assert np.abs(sound[[0, -1]]).max() < 1e-3
    assert abs(float(sound.mean())) < 0.02
    assert not sound.flags.writeable


@pytest.mark.parametrize("name", ["whoosh", "air", "riser", "reverse", "zip"])
def test_what_leads_to_a_cut_is_loudest_there(name: str) -> None:
    lead = RATE // 2
    power = (effect(name, lead, RATE) ** 2).mean(axis=1)
    windows = [power[start : start + RATE // 20].mean() for start in range(0, lead, RATE // 20)]
    assert int(np.argmax(windows)) >= len(windows) - 2
    assert power[lead + RATE // 8 :].sum() < 0.1 * power.sum()


def test_an_effect_has_its_accent_on_the_cut() -> None:
    blueprint = plan("driving", duration_s=12.0, transition="whip")
    starts = {shot.start_s for shot in blueprint.shots[1:]}
    whooshes = [cue for cue in asked("driving", "whip") if cue.effect == "whoosh"]
    assert {cue.at_s for cue in whooshes} == starts
    assert all(0 < cue.lead_s <= 0.32 for cue in whooshes)


def test_paper_is_turned_film_is_spliced_and_neon_glitches() -> None:
    assert {cue.effect for cue in asked("playful", "push")} == {"page"}
    assert {"splice", "projector"} <= {cue.effect for cue in asked("nostalgic", "leak")}
    assert {"flash", "glitch", "riser", "impact"} == {
        cue.effect for cue in asked("electric", "flash")
    }


def test_calm_styles_have_no_blows() -> None:
    for mood in ("calm", "noble"):
        for transition in ("", *TRANSITIONS):
            for cue in asked(mood, transition, words="Hello"):
                assert cue.effect in {"air", "shimmer", "reverse"}
                assert cue.level_db <= 5.0


def test_hurried_words_are_not_all_struck() -> None:
    struck = [cue.at_s for cue in asked("driving", "", words="go") if cue.effect == "thump"]
    beat_s = 60 / plan("driving").music.tempo_bpm
    assert len(struck) > 2
    assert min(np.diff(struck)) >= 2.5 * beat_s


def test_an_effect_that_is_asked_for_twice_at_once_sounds_once() -> None:
    found = asked("quirky", "zoom")
    assert len({(cue.effect, cue.at_s) for cue in found}) == len(found)
    [opening] = [cue.at_s for cue in found if cue.effect == "pow"]
    [zipped] = [cue for cue in found if cue.effect == "zip" and cue.at_s == opening]
    assert zipped.lead_s > 0.5  # the one that leads to the opening


@cache
def unchanged(mood: str, duration_s: float, words: str) -> Sound:
    """What every transition and every weather is heard against."""
    return soundtrack(plan(mood, duration_s=duration_s, words=words), rate=RATE)


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize("mood", KIT_MOODS)
def test_transitions_are_heard_but_do_not_drown_the_music(mood: str, transition: str) -> None:
    # A last shot that comes in so; the arrangement stays as it is.
    blueprint = plan(mood, duration_s=9.0, words="")
    last = replace(blueprint.shots[-1], transition=transition)
    moved = replace(blueprint, shots=(*blueprint.shots[:-1], last))
    plain, with_effect = unchanged(mood, 9.0, ""), soundtrack(moved, rate=RATE)
    cut = round(last.start_s * RATE)
    around = slice(cut - RATE // 4, cut + RATE // 4)
    effect_power = ((with_effect[around] - plain[around]) ** 2).mean()
    assert 0.002 < effect_power / (plain[around] ** 2).mean() < 0.5


@pytest.mark.parametrize("weather", AMBIENCE)
def test_weather_is_heard_under_the_music_for_as_long_as_it_is_seen(weather: str) -> None:
    blueprint = plan("calm", duration_s=6.0)
    wet = replace(blueprint, shots=tuple(replace(one, weather=weather) for one in blueprint.shots))
    sounding = cues(wet, arrange(Chart.of(wet), wet.shots, start=0.5))
    lasting = [cue for cue in sounding if cue.effect in {"rain", "gale"}]
    assert {(cue.at_s, cue.lead_s) for cue in lasting} == {(6.0, 6.0)}
    plain = unchanged("calm", 6.0, "Hello")
    under = soundtrack(wet, rate=RATE) - plain
    assert 0.003 < (under**2).mean() / (plain**2).mean() < 0.2
