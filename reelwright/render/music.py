"""The music bed of a clip: composed for its shots, played by the synthesiser, and mastered."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.signal import butter, sosfilt

from reelwright.domain import Blueprint
from reelwright.render.drums import hit, whoosh
from reelwright.render.harmony import STEPS, Chart, Harmony, compose
from reelwright.render.master import master
from reelwright.render.moods import MOODS, Mood, Part
from reelwright.render.synth import VOICES, Sound, play, reverberate

STROKES = {"X": 1.0, "x": 0.75, "o": 0.42}
PUMP_S = 0.13  # how long the rest takes to come back after a kick
KICKS = ("kick", "soft_kick", "heart")
FILL_BEATS = 2.9  # between two fills: hurried cuts would drown in them
RING_DB = -16.0  # to where the final chord falls

Bus = Literal["drums", "players", "effects"]


def score(blueprint: Blueprint, *, rate: int) -> Sound:
    """The clip's music (n, 2), as long as the clip. Beat k starts at 60 * k / tempo seconds."""
    assert blueprint.music.mood in MOODS, f"no music is called {blueprint.music.mood}"
    assert rate >= 16_000, f"{rate} samples a second leave no room for the cymbals"
    assert blueprint.music.tempo_bpm > 0, f"a tempo of {blueprint.music.tempo_bpm}"
    mood = MOODS[blueprint.music.mood]
    chart = Chart.of(blueprint)
    rng = np.random.default_rng(blueprint.music.seed)
    desk = Desk(chart, rate)
    harmony = compose(mood, chart, rng)
    for part in mood.drums:
        _drum(desk, chart, part, mood, rng)
    for part in mood.players:
        _perform(desk, chart, part, mood, harmony, rng)
    _accents(desk, chart, mood, harmony)
    _effects(desk, blueprint, mood)
    return master(desk.mixed(mood, rng), rate=rate, loudness_lufs=mood.loudness_lufs)


class Desk:
    """Where sounds are laid: dry tracks, what goes to the room, and when the kick falls."""

    def __init__(self, chart: Chart, rate: int) -> None:
        self.rate = rate
        self.n = round(chart.duration_s * rate)
        self.end = round(chart.end_s * rate)
        self.tracks: dict[Bus, Sound] = {
            bus: np.zeros((self.n, 2), np.float32) for bus in ("drums", "players", "effects")
        }
        self.room: Sound = np.zeros((self.n, 2), np.float32)
        self.kicks: list[int] = []

    def place(
        self, bus: Bus, sound: Sound, at_s: float, *, gain: float, pan: float, room: float
    ) -> None:
        """Lay `sound` down from `at_s` on; what lies outside of the clip is not heard."""
        start = round(at_s * self.rate)
        if start < 0:
            sound, start = sound[-start:], 0
        sound = sound[: max(0, self.n - start)]
        if not len(sound):
            return
        sides = gain * np.sqrt(np.array([1 - pan, 1 + pan], np.float32))
        played = sound * sides
        self.tracks[bus][start : start + len(sound)] += played
        if room > 0.02:
            self.room[start : start + len(sound)] += played * np.float32(room)

    def level_db(self) -> float:
        """How strong the music is so far, as effects are set against it."""
        music = self.tracks["drums"] + self.tracks["players"]
        return float(10 * np.log10(np.mean(music**2) + 1e-9))

    def mixed(self, mood: Mood, rng: np.random.Generator) -> Sound:
        """Everything together, before mastering."""
        players = self.tracks["players"] * self._pump(mood.pump)[:, None]
        wet = reverberate(self.room, mood.room_s, mood.room_hz, self.rate)
        mix = players + self.tracks["drums"] + self.tracks["effects"] + wet
        mix *= self._ring()[:, None]
        return self._tape(mix, mood.tone_hz, rng) if mood.tone_hz else mix

    def _pump(self, depth: float) -> Sound:
        """The gain that the kick leaves to the players."""
        gain = np.ones(self.n, np.float32)
        n = int(4 * PUMP_S * self.rate)
        dip = 1 - depth * np.exp(-np.arange(n, dtype=np.float32) / (PUMP_S * self.rate))
        for kick in self.kicks:
            stretch = gain[kick : kick + n]
            np.minimum(stretch, dip[: len(stretch)], out=stretch)
        return gain

    def _ring(self) -> Sound:
        """The gain that lets the final chord die away, in decibels like a string does."""
        n_tail = max(1, self.n - self.end)
        fall_db = np.zeros(self.n, np.float32)
        fall_db[self.end :] = np.linspace(0, RING_DB, n_tail)[: self.n - self.end]
        return np.asarray(10 ** (fall_db / 20), np.float32)

    def _tape(self, mix: Sound, tone_hz: float, rng: np.random.Generator) -> Sound:
        """An old machine: slow wow of a millisecond, dull treble, dust."""
        age = np.arange(self.n)
        wow = 0.0009 * np.sin(2 * np.pi * (0.9 * age / self.rate + rng.random()))
        read = age + (wow + 0.0009) * self.rate
        warped = np.stack([np.interp(read, age, side) for side in mix.T], axis=1)
        dust = np.zeros((self.n, 2))
        specks = rng.integers(0, self.n, max(1, int(14 * self.n / self.rate)))
        dust[specks] = rng.normal(0, 0.5, (len(specks), 2))
        hiss = rng.standard_normal((self.n, 2)) * 0.004
        low = butter(2, min(tone_hz, 0.4 * self.rate), fs=self.rate, output="sos")
        return np.asarray(sosfilt(low, warped + dust + hiss, axis=0), np.float32)


def _gain(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def _steps(
    chart: Chart, part: Part, mood: Mood, rng: np.random.Generator
) -> Iterator[tuple[int, str, float]]:
    """Each sixteenth on which `part` plays before the final chord, with its human loudness."""
    pattern = part.patterns[rng.integers(len(part.patterns))]
    for step in range(chart.last_beat * STEPS):
        symbol = pattern[step % len(pattern)]
        human = 1 + 0.10 * float(rng.uniform(-1, 1))
        energy = chart.energy(chart.step_s(step, 0), mood.start)
        if symbol not in ".=" and energy >= part.enters:
            stress = (1.0, 0.78, 0.88, 0.78)[step % STEPS]
            yield step, symbol, human * stress * (0.72 + 0.28 * energy)


def _drum(desk: Desk, chart: Chart, part: Part, mood: Mood, rng: np.random.Generator) -> None:
    sound = hit(part.sound, desk.rate)
    for step, symbol, velocity in _steps(chart, part, mood, rng):
        at_s, gain = chart.step_s(step, mood.swing), _gain(part.level_db) * velocity
        gain *= STROKES[symbol]
        desk.place("drums", sound, at_s, gain=gain, pan=part.pan, room=part.room)
        if part.sound in KICKS:
            desk.kicks.append(round(at_s * desk.rate))


def _perform(
    desk: Desk, chart: Chart, part: Part, mood: Mood, harmony: Harmony, rng: np.random.Generator
) -> None:
    """One instrument's part, and its share of the final chord."""
    step_s = chart.beat_s / STEPS
    for step, symbol, velocity in _steps(chart, part, mood, rng):
        chord = harmony.at(step / STEPS)
        match symbol:
            case "x":
                notes = chord.roots if part.low else chord.notes
            case "?":
                notes = (chord.tone(harmony.motif[step % 16], low=part.low),)
            case _:
                notes = (chord.tone(int(symbol), low=part.low),)
        at_s = chart.step_s(step, mood.swing)
        _sound(desk, part, notes, at_s, part.gate * step_s, velocity)
        if part.echo:
            echoed = velocity * part.echo
            _sound(desk, part, notes, at_s + 3 * step_s, part.gate * step_s, echoed, -part.pan)
    held = "=" in part.patterns
    for chord in harmony.chords:
        final = chord is harmony.chords[-1]
        energy = chart.energy(chord.start * chart.beat_s, mood.start)
        if (held and energy >= part.enters) or final:
            notes = chord.roots[:1] if part.low else chord.notes
            at_s, end_s = chord.start * chart.beat_s, chord.end * chart.beat_s
            _sound(desk, part, notes, at_s, end_s - at_s, 0.72 + 0.28 * energy)


def _sound(
    desk: Desk,
    part: Part,
    notes: Sequence[int],
    at_s: float,
    held_s: float,
    velocity: float,
    pan: float | None = None,
) -> None:
    gain = _gain(part.level_db) * velocity / len(notes) ** 0.5
    side = part.pan if pan is None else pan
    for note in notes:
        sound = play(part.sound, note + 12 * part.octave, int(held_s * desk.rate), desk.rate)
        desk.place("players", sound, at_s, gain=gain, pan=side, room=part.room)


def _accents(desk: Desk, chart: Chart, mood: Mood, harmony: Harmony) -> None:
    """A blow on every cut and on the final chord, and a fill that leads there."""
    step_s = chart.beat_s / STEPS
    last_fill_s = 0.0
    for at_s in sorted({*chart.cuts, chart.end_s} - {0.0}):
        root = harmony.at(at_s / chart.beat_s).roots[0]
        energy = chart.energy(at_s, mood.start)
        for name, level_db in mood.accent:
            _strike(desk, name, root, at_s, _gain(level_db) * (0.7 + 0.3 * energy), 0.0)
        if at_s > chart.end_s or at_s - last_fill_s < FILL_BEATS * chart.beat_s:
            continue
        last_fill_s = at_s
        for k, symbol in enumerate(mood.fill_pattern):
            if symbol != ".":
                gain = _gain(mood.fill_db) * STROKES[symbol] * (0.7 + 0.1 * k)
                _strike(desk, mood.fill, root, at_s - (STEPS - k) * step_s, gain, 0.3 - 0.2 * k)


def _strike(desk: Desk, name: str, root: int, at_s: float, gain: float, pan: float) -> None:
    """A drum, or an instrument that is beaten like one and tuned to the harmony."""
    tuned = name in VOICES
    sound = play(name, root + 12, desk.rate // 2, desk.rate) if tuned else hit(name, desk.rate)
    desk.place("drums", sound, at_s, gain=gain, pan=pan, room=0.2)
    if name in KICKS:
        desk.kicks.append(round(at_s * desk.rate))


def _effects(desk: Desk, blueprint: Blueprint, mood: Mood) -> None:
    """Sounds of the transitions, and a blow under the first words where the mood bears it."""
    under_db = desk.level_db()
    for before, shot in pairwise(blueprint.shots):
        match shot.transition:
            case "push" | "whip" | "zoom" | "wipe":
                rise_s = min(0.5, 0.8 * before.duration_s)
                _wind(desk, shot.start_s, rise_s, (350.0, 6500.0), 8.0 + under_db)
            case "dissolve" | "leak":
                rise_s = min(1.0, 0.8 * before.duration_s)
                _wind(desk, shot.start_s, rise_s, (900.0, 7500.0), 6.0 + under_db)
            case "flash":
                _effect(desk, hit("flash", desk.rate), shot.start_s, 12.0 + under_db)
            case _:
                pass  # a plain cut has its accent
    if mood.impact and (titled := [shot for shot in blueprint.shots if shot.words]):
        _effect(desk, hit("impact", desk.rate), titled[0].start_s, 4.0 + under_db)


def _wind(
    desk: Desk, at_s: float, rise_s: float, band_hz: tuple[float, float], level_db: float
) -> None:
    """A swell that is highest at `at_s`."""
    rise = int(rise_s * desk.rate)
    sound = whoosh(rise, *band_hz, desk.rate)
    _effect(desk, sound, at_s - rise / desk.rate, level_db)


def _effect(desk: Desk, sound: Sound, at_s: float, level_db: float) -> None:
    desk.place("effects", sound, at_s, gain=_gain(level_db), pan=0.0, room=0.3)
