"""The music bed: what is heard is what was planned."""

from functools import cache

import numpy as np
import pytest
from beds import plan
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, stft

from reelwright.domain import Blueprint
from reelwright.render import synth
from reelwright.render.arrangement import arrange
from reelwright.render.drums import ONE_SHOTS, hit
from reelwright.render.harmony import Chart, compose, lead
from reelwright.render.kit import MOODS as KIT_MOODS
from reelwright.render.moods import MOODS
from reelwright.render.soundtrack import soundtrack
from reelwright.render.synth import VOICES, cycle, play

Sound = NDArray[np.float32]
RATE = 24_000  # half of what is shipped, for speed
every_mood = pytest.mark.parametrize("mood", KIT_MOODS)


@cache
def heard(mood: str, duration_s: float = 6.0) -> Sound:
    return soundtrack(plan(mood, duration_s=duration_s), rate=RATE)


def heard_of(blueprint: Blueprint) -> Sound:
    return soundtrack(blueprint, rate=RATE)


def spectrogram(sound: Sound) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies, and magnitudes every five milliseconds."""
    hop = RATE // 200
    hz, _, spectrum = stft(sound.mean(axis=1), RATE, nperseg=512, noverlap=512 - hop)
    return hz, np.abs(spectrum)


def flux(sound: Sound) -> NDArray[np.float64]:
    """How much enters the spectrum, two hundred times a second."""
    _, magnitude = spectrogram(sound)
    rise = np.maximum(0, np.diff(np.log1p(100 * magnitude), axis=1)).sum(axis=0)
    return np.asarray(rise - rise.mean())


def tempo_of(sound: Sound) -> float:
    """The tempo whose beat, and the beats after it, flux agrees with the most."""
    rise = flux(sound)
    alike = np.correlate(rise, rise, "full")[len(rise) - 1 :]

    def agreement(bpm: float) -> float:
        lags = 200 * 60 / bpm * np.arange(1, 9)
        return float(np.interp(lags, np.arange(len(alike)), alike).sum())

    return float(max(np.arange(60, 180, 0.5), key=agreement))


def centroid_hz(sound: Sound) -> float:
    hz, magnitude = spectrogram(sound)
    return float((hz[:, None] * magnitude).sum() / magnitude.sum())


def test_every_mood_of_the_kit_has_its_music() -> None:
    assert set(MOODS) == set(KIT_MOODS)


def test_every_mood_names_only_sounds_that_exist() -> None:
    for mood in MOODS.values():
        drums = {part.sound for part in mood.drums} | {name for name, _ in mood.accent}
        assert drums | {mood.fill} <= set(ONE_SHOTS) | {"timpani"}
        assert {part.sound for part in mood.players} <= set(VOICES)
        for part in mood.drums + mood.players:
            assert all(len(p) in (1, 16) for p in part.patterns), part


@every_mood
def test_music_is_as_long_as_the_clip_and_in_stereo(mood: str) -> None:
    sound = heard(mood)
    assert sound.shape == (6 * RATE, 2)
    assert sound.dtype == np.float32
    assert np.abs(sound[:, 0] - sound[:, 1]).max() > 0.01


@every_mood
def test_it_never_falls_silent(mood: str) -> None:
    sound = heard(mood)[: -int(0.1 * RATE)]
    tenth = RATE // 10
    windows = sound[: len(sound) // tenth * tenth].reshape(-1, tenth * 2)
    quiet = 20 * np.log10(np.sqrt((windows**2).mean(axis=1)) + 1e-9) < -50
    longest = max(len(run) for run in "".join("q" if q else "." for q in quiet).split("."))
    assert longest * 0.1 <= 0.6


@every_mood
def test_every_cut_is_accented(mood: str) -> None:
    sound = heard(mood)
    for shot in plan(mood).shots[1:]:
        start = round(shot.start_s * RATE)
        after = sound[start : start + int(0.08 * RATE)]
        assert (after**2).mean() > (sound**2).mean(), shot.start_s


@pytest.mark.parametrize("mood", ["driving", "nostalgic", "electric", "playful", "warm", "quirky"])
def test_the_tempo_can_be_heard(mood: str) -> None:
    asked = plan(mood).music.tempo_bpm
    found = tempo_of(heard(mood, 12.0))
    assert min(abs(found * octave / asked - 1) for octave in (0.5, 1, 2)) < 0.02


def test_moods_differ_as_promised() -> None:
    bright = {mood: centroid_hz(heard(mood)) for mood in KIT_MOODS}
    assert bright["driving"] > bright["playful"] > bright["calm"]
    assert bright["electric"] > 1.5 * bright["nostalgic"]


def test_the_same_blueprint_gives_the_same_music_and_another_seed_another() -> None:
    first = soundtrack(plan("playful", duration_s=3), rate=RATE)
    assert np.array_equal(first, soundtrack(plan("playful", duration_s=3), rate=RATE))
    other = soundtrack(plan("playful", duration_s=3, seed=2), rate=RATE)
    assert np.abs(first - other).max() > 0.05


def test_chords_change_on_cuts_and_the_last_is_home() -> None:
    blueprint, mood = plan("driving"), MOODS["driving"]
    chart = Chart.of(blueprint)
    chords = compose(mood, chart, np.random.default_rng(3)).chords
    starts = [chord.start for chord in chords]
    cuts = [round(cut / chart.beat_s) for cut in chart.cuts]
    assert set(starts) - {0, chart.last_beat} <= set(cuts)
    tonic = chords[-1].roots[0] % 12
    assert {(tonic + pitch) % 12 for pitch in (0, 3, 7)} == {note % 12 for note in chords[-1].notes}


def test_harmony_waits_for_a_cut_that_comes_after_five_beats() -> None:
    chart = Chart(beat_s=0.5, duration_s=8.0, cuts=(2.5, 3.0, 5.0), last_beat=14)
    # Spans of five beats are halved; the cut one beat later comes too soon to be heard.
    assert chart.changes(4) == [0, 2, 5, 7, 10, 14]


def test_voices_lead_by_the_smallest_motion() -> None:
    c_major, tones_of_f = (60, 64, 67), (53, 57, 60)
    assert lead(tones_of_f, c_major) == (60, 65, 69)


def test_a_room_answers_every_stretch_as_it_would_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = np.random.default_rng(0).standard_normal((9_000, 2)).astype(np.float32)
    answer = synth.room(0.1, 4000, RATE)
    slow = [np.convolve(sound[:, side], answer[:, side])[:9_000] for side in range(2)]
    monkeypatch.setattr(synth, "STRETCH", 2_500)
    assert synth.reverberate(sound, 0.1, 4000, RATE) == pytest.approx(np.stack(slow, 1), abs=1e-3)


def test_a_wave_has_no_overtone_above_the_top() -> None:
    for hz in (55.0, 880.0, 3520.0):
        level = np.abs(np.fft.rfft(cycle("saw", hz, 20_000.0, 48_000)))
        top = int(16_000 / hz)
        assert level[top + 1 :].max() < 1e-3 * level.max()


@pytest.mark.parametrize("name", VOICES)
def test_a_note_has_its_pitch_and_dies_away(name: str) -> None:
    sound = play(name, 69, RATE // 2, RATE).mean(axis=1)
    level = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    assert hz[np.argmax(level)] == pytest.approx(440, rel=0.012)
    assert abs(sound[-1]) < 1e-3


@pytest.mark.parametrize("name", ONE_SHOTS)
def test_a_stroke_peaks_at_one_and_ends_at_zero(name: str) -> None:
    sound = hit(name, RATE)
    assert np.abs(sound).max() == pytest.approx(1)
    assert np.abs(sound[-1]).max() < 1e-3
    assert not sound.flags.writeable


@pytest.mark.parametrize("mood", [name for name, mood in MOODS.items() if mood.breath])
def test_the_bass_holds_its_breath_before_the_music_opens_up(mood: str) -> None:
    blueprint = plan(mood, duration_s=12.0, words="", shot_beats=4)
    chart = Chart.of(blueprint)
    [drop_s] = arrange(chart, blueprint.shots, start=MOODS[mood].start).drops_s
    low = sosfilt(butter(4, 110, fs=RATE, output="sos"), heard_of(blueprint), axis=0)

    def power(from_s: float) -> float:
        start = round(from_s * RATE)
        return float((low[start : start + round(0.7 * chart.beat_s * RATE)] ** 2).mean())

    before = power(drop_s - 0.8 * chart.beat_s)
    assert before < 0.25 * power(drop_s)
    assert before < 0.5 * power(drop_s - 2 * chart.beat_s)
