"""The sound of a clip: as long, as loud and as clean as promised, whatever the plan."""

import tracemalloc
from functools import cache

import numpy as np
import pytest
from beds import plan, shots_at
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelwright.bench.sound import bands_db
from reelwright.domain import Blueprint, Format, Music
from reelwright.render.kit import MOODS, STYLES, TRANSITIONS
from reelwright.render.master import LOUDNESS_LUFS, loudness, true_peak_db
from reelwright.render.soundtrack import UNDER_VOICE, narrated, soundtrack

Sound = NDArray[np.float32]
RATE = 16_000  # a third of what is shipped, for speed
every_mood = pytest.mark.parametrize("mood", MOODS)


@cache
def heard(mood: str) -> Sound:
    return soundtrack(plan(mood), rate=RATE)


@st.composite
def blueprints(draw: st.DrawFn, mood: str) -> Blueprint:
    """Any style, tempo and length, cut anywhere."""
    duration_s = draw(st.floats(1.0, 14.0))
    cuts = draw(st.lists(st.floats(0.2, 13.0), max_size=6, unique_by=lambda cut: round(cut, 1)))
    starts = [0.0, *sorted(cut for cut in cuts if cut < duration_s - 0.2)]
    return Blueprint(
        title="A test",
        style=draw(st.sampled_from(STYLES)).name,
        shots=shots_at(starts, duration_s, transition=draw(st.sampled_from(("", *TRANSITIONS)))),
        music=Music(
            mood=mood, tempo_bpm=draw(st.floats(50.0, 190.0)), seed=draw(st.integers(0, 2**31 - 1))
        ),
        format=Format(duration_s=duration_s),
        planner="test",
    )


@every_mood
@settings(max_examples=4)
@given(data=st.data())
def test_any_plan_is_as_loud_as_promised_and_never_clips(mood: str, data: st.DataObject) -> None:
    blueprint = data.draw(blueprints(mood))
    keeps_its_promises(soundtrack(blueprint, rate=RATE), blueprint.format.duration_s)


@every_mood
def test_a_second_is_as_loud_as_promised_and_never_clips(mood: str) -> None:
    keeps_its_promises(soundtrack(plan(mood, duration_s=1.0), rate=RATE), 1.0)


def keeps_its_promises(sound: Sound, duration_s: float) -> None:
    assert sound.shape == (round(duration_s * RATE), 2)
    assert sound.dtype == np.float32
    assert loudness(sound, RATE) == pytest.approx(LOUDNESS_LUFS, abs=0.5)
    assert true_peak_db(sound) < -1.0
    assert np.abs(sound.mean(axis=0)).max() < 2e-3
    assert np.abs(sound[[0, -1]]).max() < 1e-3


@every_mood
def test_at_the_shipped_rate_the_promises_hold_too(mood: str) -> None:
    sound = soundtrack(plan(mood, duration_s=3.0), rate=48_000)
    assert sound.shape == (3 * 48_000, 2)
    assert loudness(sound, 48_000) == pytest.approx(LOUDNESS_LUFS, abs=0.5)
    assert true_peak_db(sound) < -1.0


@every_mood
def test_the_end_can_be_looped_without_a_click(mood: str) -> None:
    sound = heard(mood)
    assert np.abs(sound[-10:]).max() < 1e-3
    assert np.abs(sound[:2]).max() < 1e-2


@every_mood
def test_it_is_wide_and_nothing_is_lost_in_mono(mood: str) -> None:
    left, right = heard(mood).T.astype(np.float64)
    together = np.corrcoef(left, right)[0, 1]
    assert 0.3 < together < 0.97
    mono = 10 * np.log10((((left + right) / 2) ** 2).mean() / ((left**2 + right**2) / 2).mean())
    assert mono > -2.0


@every_mood
def test_the_mix_is_neither_hollow_nor_harsh(mood: str) -> None:
    low, middle, high = bands_db(heard(mood), RATE)
    assert -12.0 < low < -1.0
    assert -6.0 < middle < -0.5
    assert -34.0 < high < -8.0


@pytest.mark.parametrize("duration_s", [0.2, 1.0, 2.345])
@pytest.mark.parametrize("mood", ["driving", "calm"])
def test_short_clips_have_sound_too(mood: str, duration_s: float) -> None:
    sound = soundtrack(plan(mood, duration_s=duration_s), rate=44_100)
    assert sound.shape == (round(duration_s * 44_100), 2)
    assert true_peak_db(sound) < -1.0
    assert np.abs(sound).max() > 0.03


def test_a_minute_has_music_to_the_end_in_little_memory() -> None:
    blueprint = plan("nostalgic", duration_s=60.0, transition="leak")  # the one with the tape
    tracemalloc.start()
    sound = soundtrack(blueprint, rate=RATE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    keeps_its_promises(sound, 60.0)
    assert (sound[-2 * RATE : -RATE] ** 2).mean() > 1e-4
    assert most < 12 * sound.nbytes  # of tracks, and of what the stages pass on


def speech(from_s: float, to_s: float, duration_s: float = 6.0) -> Sound:
    """Something like a voice: bursts of a hum with overtones."""
    t = np.arange(int(duration_s * RATE)) / RATE
    hum = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    syllables = np.asarray(hum) * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * t))
    syllables *= (t >= from_s) & (t < to_s)
    return np.repeat(0.1 * syllables[:, None], 2, axis=1).astype(np.float32)


def test_the_music_is_down_while_somebody_speaks_and_comes_back() -> None:
    rng = np.random.default_rng(0)
    bed = (0.1 * rng.standard_normal((6 * RATE, 2))).astype(np.float32)
    voice = speech(2.0, 4.0)
    mixed = narrated(bed, voice, RATE)
    scale = loudness_scale(bed, voice)
    left = mixed - scale * voice

    def down_db(from_s: float, to_s: float) -> float:
        part = slice(int(from_s * RATE), int(to_s * RATE))
        return float(10 * np.log10((bed[part] ** 2).mean() / (left[part] ** 2).mean()))

    assert down_db(2.2, 3.9) == pytest.approx(UNDER_VOICE.depth_db, abs=1.0)
    assert down_db(0.0, 1.8) == pytest.approx(0.0, abs=0.1)
    assert down_db(5.5, 6.0) == pytest.approx(0.0, abs=0.3)


def loudness_scale(bed: Sound, voice: Sound) -> np.float32:
    return np.float32(10 ** ((loudness(bed, RATE) - loudness(voice, RATE)) / 20))


def test_a_narrated_clip_keeps_every_promise() -> None:
    blueprint = plan("driving", transition="whip")
    alone = soundtrack(blueprint, rate=RATE)
    told = soundtrack(blueprint, rate=RATE, voice=speech(1.0, 5.0, 7.0))  # longer than the clip
    assert told.shape == alone.shape
    assert loudness(told, RATE) == pytest.approx(LOUDNESS_LUFS, abs=0.5)
    assert true_peak_db(told) < -1.0
    assert np.abs(told - alone).max() > 0.05


def test_a_narrator_who_says_nothing_changes_nothing() -> None:
    blueprint = plan("warm", duration_s=2.0)
    silent = np.zeros((RATE, 2), np.float32)
    assert np.array_equal(
        soundtrack(blueprint, rate=RATE), soundtrack(blueprint, rate=RATE, voice=silent)
    )
