"""The harmony of a music bed: when chords change, which they are, and how their voices move."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.domain import Blueprint
from reelwright.render.moods import Mood

STEPS = 4  # a beat is written in sixteenths
MIDDLE = 64  # the note around which chords are voiced
LOWEST = 31  # the lowest root, 49 Hz: what is below, small loudspeakers do not play


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """What the plan asks of the music: beats, cuts, and where it comes to rest."""

    beat_s: float
    duration_s: float
    cuts: tuple[float, ...]
    last_beat: int  # the final chord falls on it

    @classmethod
    def of(cls, blueprint: Blueprint) -> "Chart":
        beat_s, duration_s = 60 / blueprint.music.tempo_bpm, blueprint.format.duration_s
        # The final chord needs air to ring in; a clip too short for that is one chord.
        air_s = max(0.5, 0.8 * beat_s)
        return cls(
            beat_s=beat_s,
            duration_s=duration_s,
            cuts=tuple(shot.start_s for shot in blueprint.shots[1:]),
            last_beat=max(0, int((duration_s - air_s) / beat_s + 1e-6)),
        )

    @property
    def end_s(self) -> float:
        return self.last_beat * self.beat_s

    def step_s(self, step: int, swing: float) -> float:
        """Where a sixteenth falls. Beats and eighths are exact; the others may swing."""
        return (step + swing * (step % 2)) * self.beat_s / STEPS

    def changes(self, most: int) -> list[int]:
        """The beats on which the harmony moves: on cuts, and about every `most` beats between."""
        cuts = sorted(round(cut / self.beat_s) for cut in self.cuts)
        beats = [0]
        for cut in [*(cut for cut in cuts if cut < self.last_beat), self.last_beat]:
            span = cut - beats[-1]
            if span < 2 and cut != self.last_beat:
                continue  # too hurried to be heard as harmony
            parts = max(1, -(-span // most))
            beats += [cut - span + round(span * k / parts) for k in range(1, parts + 1)]
        return sorted(set(beats))


@dataclass(frozen=True, slots=True)
class Chord:
    """Notes that sound from one beat to another."""

    start: int
    end: int  # exclusive
    notes: tuple[int, ...]  # voiced, from below
    roots: tuple[int, ...]  # the same chord upon its root, in the bass

    def tone(self, index: int, *, low: bool) -> int:
        """The chord's tones from below, going on an octave higher where they run out."""
        notes = self.roots if low else self.notes
        octave, place = divmod(index, len(notes))
        return notes[place] + 12 * octave


@dataclass(frozen=True, slots=True)
class Harmony:
    """The chords, and a motif of chord tones, one for every sixteenth of a bar."""

    chords: tuple[Chord, ...]
    motif: tuple[int, ...]

    def at(self, beat: float) -> Chord:
        return next(chord for chord in reversed(self.chords) if chord.start <= beat + 1e-6)


def compose(mood: Mood, chart: Chart, rng: np.random.Generator) -> Harmony:
    """A progression in a key of the seed's choice, led home to its first degree."""
    tonic = int(rng.choice(mood.tonics))
    progression = mood.progressions[rng.integers(len(mood.progressions))]
    starts = chart.changes(mood.chord_beats)
    ends = [*starts[1:], int(chart.duration_s / chart.beat_s) + 1]
    chords: list[Chord] = []
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        final = start == chart.last_beat
        degree = 0 if final else progression[k % len(progression)]
        size = 3 if final else mood.chord_size
        stack = [tonic + _pitch(mood.scale, degree + 2 * third) for third in range(size)]
        before = chords[-1].notes if chords else (MIDDLE - 4, MIDDLE, MIDDLE + 5)
        root = LOWEST + (stack[0] - LOWEST) % 12
        roots = (*(root + pitch - stack[0] for pitch in stack[:3]), root + 12)
        chords.append(Chord(start, end, lead(stack, before), roots))
    return Harmony(tuple(chords), _motif(rng))


def lead(pitches: Sequence[int], before: Sequence[int]) -> tuple[int, ...]:
    """The inversion of `pitches` that moves the least from the chord before."""
    classes = sorted({pitch % 12 for pitch in pitches})
    ladder = [12 * octave + place for octave in range(3, 8) for place in classes]
    inversions = [
        tuple(ladder[k : k + len(classes)]) for k in range(len(ladder) - len(classes) + 1)
    ]

    def motion(notes: tuple[int, ...]) -> float:
        steps = sum(min(abs(note - old) for old in before) for note in notes)
        return steps + 0.5 * abs(sum(notes) / len(notes) - MIDDLE)

    return min(inversions, key=motion)


def _pitch(scale: tuple[int, ...], degree: int) -> int:
    octave, place = divmod(degree, len(scale))
    return scale[place] + 12 * octave


def _motif(rng: np.random.Generator) -> tuple[int, ...]:
    """A walk over chord tones that stays within reach of the middle."""
    place, walk = int(rng.integers(1, 4)), []
    for _ in range(16):
        walk.append(place)
        step = int(rng.choice((-2, -1, -1, 0, 1, 1, 2)))
        place += step if 0 <= place + step <= 4 else -step
    return tuple(walk)
