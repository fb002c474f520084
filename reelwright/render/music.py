"""The music bed of a clip: what every player of a mood plays, laid on the desk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.render.arrangement import Arrangement
from reelwright.render.desk import Desk
from reelwright.render.drums import hit
from reelwright.render.harmony import STEPS, Chart, Harmony, compose
from reelwright.render.moods import Mood, Part
from reelwright.render.synth import VOICES, play

STROKES = {"X": 1.0, "x": 0.75, "o": 0.42}
KICKS = ("kick", "soft_kick", "heart")
FILL_BEATS = 2.9  # between two fills: hurried cuts would drown in them


def play_music(
    desk: Desk, chart: Chart, mood: Mood, arrangement: Arrangement, rng: np.random.Generator
) -> None:
    """Everybody's part, and what falls on the cuts."""
    harmony = compose(mood, chart, rng)
    stage = Stage(desk, chart, mood, arrangement, harmony)
    for part in mood.drums:
        _drum(stage, part, rng)
    for part in mood.players:
        _perform(stage, part, rng)
    _accents(stage)


@dataclass(frozen=True, slots=True)
class Stage:
    """What all players share."""

    desk: Desk
    chart: Chart
    mood: Mood
    arrangement: Arrangement
    harmony: Harmony

    def holds_back(self, part: Part, t_s: float) -> bool:
        """Whether drums and bass leave the last beat before the opening to what leads there."""
        beaten = part in self.mood.drums or part.low
        return self.mood.breath and beaten and self.arrangement.breathes(t_s)


def _steps(stage: Stage, part: Part, rng: np.random.Generator) -> Iterator[tuple[int, str, float]]:
    """Each sixteenth on which `part` plays before the final chord, with its human loudness."""
    chart, arrangement = stage.chart, stage.arrangement
    first = int(rng.integers(len(part.patterns)))
    for step in range(chart.last_beat * STEPS):
        t_s = chart.step_s(step, 0)
        # A break and what follows it have another pattern than the first half, where there is one.
        turn = (arrangement.number(t_s) + 1) // 3
        pattern = part.patterns[(first + turn) % len(part.patterns)]
        symbol = pattern[step % len(pattern)]
        human = 1 + 0.10 * float(rng.uniform(-1, 1))
        energy = arrangement.energy(t_s)
        if symbol not in ".=" and energy >= part.enters and not stage.holds_back(part, t_s):
            stress = (1.0, 0.78, 0.88, 0.78)[step % STEPS]
            yield step, symbol, human * stress * _loud(energy)


def _drum(stage: Stage, part: Part, rng: np.random.Generator) -> None:
    desk, sound = stage.desk, hit(part.sound, stage.desk.rate)
    for step, symbol, velocity in _steps(stage, part, rng):
        at_s, gain = stage.chart.step_s(step, stage.mood.swing), _gain(part.level_db) * velocity
        gain *= STROKES[symbol]
        desk.place("drums", sound, at_s, gain=gain, pan=part.pan, room=part.room)
        if part.sound in KICKS:
            desk.kicks.append(round(at_s * desk.rate))


def _perform(stage: Stage, part: Part, rng: np.random.Generator) -> None:
    """One instrument's part, and its share of the final chord."""
    desk, chart, harmony = stage.desk, stage.chart, stage.harmony
    step_s = chart.beat_s / STEPS
    for step, symbol, velocity in _steps(stage, part, rng):
        chord = harmony.at(step / STEPS)
        match symbol:
            case "x":
                notes = chord.roots if part.low else chord.notes
            case "?":
                notes = (chord.tone(harmony.motif[step % 16], low=part.low),)
            case _:
                notes = (chord.tone(int(symbol), low=part.low),)
        at_s = chart.step_s(step, stage.mood.swing)
        _sound(desk, part, notes, at_s, part.gate * step_s, velocity)
        if part.echo:
            echoed = velocity * part.echo
            _sound(desk, part, notes, at_s + 3 * step_s, part.gate * step_s, echoed, -part.pan)
    held = "=" in part.patterns
    for chord in harmony.chords:
        final = chord is harmony.chords[-1]
        energy = stage.arrangement.energy(chord.start * chart.beat_s)
        if (held and energy >= part.enters) or final:
            notes = chord.roots[:1] if part.low else chord.notes
            at_s, end_s = chord.start * chart.beat_s, chord.end * chart.beat_s
            _sound(desk, part, notes, at_s, end_s - at_s, _loud(energy))


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


def _accents(stage: Stage) -> None:
    """A blow on every cut and on the final chord, and a fill that leads there."""
    chart, mood = stage.chart, stage.mood
    step_s, last_fill_s = chart.beat_s / STEPS, 0.0
    for at_s in sorted({*chart.cuts, *stage.arrangement.drops_s, chart.end_s} - {0.0}):
        root = stage.harmony.at(at_s / chart.beat_s).roots[0]
        energy = stage.arrangement.energy(at_s)
        for name, level_db in mood.accent:
            _strike(stage.desk, name, root, at_s, _gain(level_db) * (0.7 + 0.3 * energy), 0.0)
        if at_s > chart.end_s or at_s - last_fill_s < FILL_BEATS * chart.beat_s:
            continue
        last_fill_s = at_s
        for k, symbol in enumerate(mood.fill_pattern):
            if symbol != ".":
                gain = _gain(mood.fill_db) * STROKES[symbol] * (0.7 + 0.1 * k)
                before_s = (STEPS - k) * step_s
                _strike(stage.desk, mood.fill, root, at_s - before_s, gain, 0.3 - 0.2 * k)


def _strike(desk: Desk, name: str, root: int, at_s: float, gain: float, pan: float) -> None:
    """A drum, or an instrument that is beaten like one and tuned to the harmony."""
    tuned = name in VOICES
    sound = play(name, root + 12, desk.rate // 2, desk.rate) if tuned else hit(name, desk.rate)
    desk.place("drums", sound, at_s, gain=gain, pan=pan, room=0.2)
    if name in KICKS:
        desk.kicks.append(round(at_s * desk.rate))


def _loud(energy: float) -> float:
    """How hard everybody plays; over two decibels lie between the thinnest and the fullest."""
    return 0.55 + 0.45 * energy


def _gain(level_db: float) -> float:
    return float(10 ** (level_db / 20))
