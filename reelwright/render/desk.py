"""The mixing desk: tracks on which sounds are laid, the room, and how they come together."""

from typing import Literal

import numpy as np
from scipy.signal import butter, sosfilt

from reelwright.render.duck import Ducking, duck
from reelwright.render.harmony import Chart
from reelwright.render.moods import Mood
from reelwright.render.synth import Sound, reverberate

PUMP_S = 0.13  # how long the rest takes to come back after a kick
RING_DB = -16.0  # to where the final chord falls
# The music makes room for an effect, not for the hum of a projector; half a beat later it is back.
UNDER_EFFECTS = Ducking(depth_db=3.0, threshold_db=-6.0, attack_s=0.01, release_s=0.15)

Bus = Literal["drums", "players", "effects"]
BUSES: tuple[Bus, ...] = ("drums", "players", "effects")


class Desk:
    """Where sounds are laid: dry tracks, what goes to the room, and when the kick falls."""

    def __init__(self, chart: Chart, rate: int) -> None:
        self.rate = rate
        self.n = round(chart.duration_s * rate)
        self.end = round(chart.end_s * rate)
        self.tracks: dict[Bus, Sound] = {bus: np.zeros((self.n, 2), np.float32) for bus in BUSES}
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
        """Everything together, the music a little down under effects; the desk is bare then."""
        music, effects = self.tracks.pop("players"), self.tracks.pop("effects")
        if mood.pump:
            music *= self._pump(mood.pump)[:, None]
        music += self.tracks.pop("drums")
        music += reverberate(self.room, mood.room_s, mood.room_hz, self.rate)
        if mood.tone_hz:
            music = self._tape(music, mood.tone_hz, rng)
        mix = duck(music, effects, UNDER_EFFECTS, self.rate)
        mix += effects
        mix *= self._ring()[:, None]
        return mix

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
        """An old machine: slow wow of a millisecond, dull treble, dust, hiss."""
        age = np.arange(self.n, dtype=np.float64)
        turns = 0.9 / self.rate * age + rng.random()
        read = np.minimum(age + 0.0009 * self.rate * (np.sin(2 * np.pi * turns) + 1), self.n - 1)
        place = read.astype(np.int32)
        share = (read - place).astype(np.float32)
        specks = rng.integers(0, self.n, max(1, int(14 * self.n / self.rate)))
        low = butter(2, min(tone_hz, 0.4 * self.rate), fs=self.rate, output="sos")
        worn = np.empty_like(mix)
        for side in range(2):  # one after the other, to need half as much memory
            track = mix[place, side]
            track += share * (mix[np.minimum(place + 1, self.n - 1), side] - track)
            track[specks] += rng.normal(0, 0.5, len(specks))
            track += np.float32(0.004) * rng.standard_normal(self.n, dtype=np.float32)
            worn[:, side] = sosfilt(low, track)
        return worn
