"""The pitched instruments of a music bed: one note in, band-limited sound out."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

Sound = NDArray[np.float32]  # (n,) mono, (n, 1) to be spread over both sides, or (n, 2) left, right

CYCLE = 16_384  # samples of one stored period: reading the nearest one keeps the error below -75 dB
STRETCH = 2**18  # samples that a room answers at once: a minute must not take a minute's memory
TOP_HZ = 16_000.0  # no overtone above it, so that nothing folds back at any rate in use


@dataclass(frozen=True, slots=True)
class Filtered:
    """A subtractive synthesiser: detuned waves behind a filter that closes after the attack."""

    wave: str
    cutoff_hz: float
    open_hz: float  # where the filter stands at the attack
    close_s: float  # and how fast it falls from there
    attack_s: float
    decay_s: float
    sustain: float
    release_s: float
    unison: int = 1
    detune_cents: float = 0.0


@dataclass(frozen=True, slots=True)
class Struck:
    """Something that is hit or plucked and rings: partials of (ratio, level, decay in seconds)."""

    partials: tuple[tuple[float, float, float], ...]
    knock: float = 0.0  # how much of the mallet is heard
    damp_s: float = 0.12  # how fast a released note dies


@dataclass(frozen=True, slots=True)
class Modulated:
    """An electric piano: two operators, the second bending the phase of the first."""

    ratio: float
    index: float
    index_decay_s: float
    decay_s: float
    tremolo: float = 0.0
    release_s: float = 0.15


Voice = Filtered | Struck | Modulated


def _string(num: int, tilt: float, decay_s: float, stiffness: float) -> Struck:
    """A plucked string: overtones that are a little sharp and die sooner the higher they are."""
    partials = tuple(
        (
            h * (1 + stiffness * h * h) ** 0.5,
            h**-tilt * abs(np.sin(np.pi * h * 0.19)),  # plucked at a fifth of its length
            decay_s / h**0.7,
        )
        for h in range(1, num + 1)
    )
    return Struck(partials, knock=0.06)


VOICES: dict[str, Voice] = {
    "pad": Filtered("saw", 900, 1500, 0.8, 0.25, 1.0, 0.9, 0.5, 4, 14),
    "air_pad": Filtered("saw", 1100, 2400, 1.5, 0.6, 2.0, 0.9, 0.9, 4, 9),
    "supersaw": Filtered("saw", 2600, 7500, 0.10, 0.004, 0.22, 0.45, 0.09, 6, 19),
    "neon_pad": Filtered("saw", 1500, 3200, 0.9, 0.06, 1.2, 0.8, 0.35, 6, 17),
    "lead": Filtered("square", 2400, 5200, 0.16, 0.006, 0.3, 0.6, 0.12, 2, 8),
    "reed": Filtered("square", 1500, 2300, 0.08, 0.015, 0.2, 0.6, 0.05),
    "whistle": Filtered("triangle", 4000, 5000, 0.1, 0.03, 0.4, 0.8, 0.08, 2, 5),
    "strings": Filtered("saw", 1900, 2600, 0.9, 0.16, 1.5, 0.9, 0.4, 4, 11),
    "low_strings": Filtered("saw", 800, 1300, 0.5, 0.07, 1.0, 0.85, 0.3, 3, 8),
    "saw_bass": Filtered("saw", 320, 1700, 0.08, 0.004, 0.25, 0.6, 0.05, 2, 6),
    "pulse_bass": Filtered("saw", 420, 2600, 0.05, 0.003, 0.14, 0.35, 0.04, 2, 8),
    "round_bass": Filtered("saw", 190, 420, 0.1, 0.008, 0.5, 0.55, 0.08),
    "tuba": Filtered("saw", 260, 700, 0.06, 0.012, 0.16, 0.4, 0.06),
    "sub": Filtered("triangle", 220, 300, 0.3, 0.05, 1.2, 0.8, 0.3),
    "pizzicato": _string(10, 1.3, 0.22, 0.0006),
    "guitar": _string(14, 1.0, 1.1, 0.0001),
    "harp": _string(9, 1.5, 1.5, 0.0001),
    "felt": Struck(
        ((1, 1, 1.6), (2.002, 0.4, 1.0), (3.006, 0.2, 0.6), (4.01, 0.1, 0.4), (5.02, 0.05, 0.3)),
        0.05,
        0.3,
    ),
    "timpani": Struck(((1, 1, 0.5), (1.5, 0.5, 0.35), (1.98, 0.3, 0.22), (2.44, 0.2, 0.15)), 0.3),
    "marimba": Struck(((1, 1, 0.32), (3.93, 0.32, 0.10), (9.2, 0.10, 0.03)), 0.10),
    "xylophone": Struck(((1, 1, 0.18), (3.0, 0.5, 0.11), (6.1, 0.3, 0.05)), 0.16),
    "celesta": Struck(((1, 1, 0.9), (4.0, 0.28, 0.35), (6.3, 0.12, 0.12)), 0.03, 0.4),
    "bell": Struck(
        ((0.5, 0.2, 1.4), (1, 1, 1.3), (2.01, 0.45, 0.9), (2.76, 0.3, 0.5), (5.4, 0.2, 0.25)),
        0.02,
        0.6,
    ),
    "keys": Modulated(1.0, 1.5, 0.35, 0.9, 0.25),
    "bright_keys": Modulated(2.0, 1.1, 0.22, 0.8, 0.0),
}


def pitch_hz(note: int) -> float:
    """Of a note numbered as MIDI does: 69 is 440 Hz."""
    return float(440.0 * 2.0 ** ((note - 69) / 12))


@lru_cache(maxsize=64)  # one part at a time is played, of few notes; a held one is a megabyte
def play(name: str, note: int, held: int, rate: int) -> Sound:
    """`note` held for so many samples, and its dying away. Shared: never write into it."""
    match VOICES[name]:
        case Filtered() as voice:
            sound = _filtered(voice, pitch_hz(note), held, rate)
        case Struck() as voice:
            sound = _struck(voice, pitch_hz(note), held, rate)
        case Modulated() as voice:
            sound = _modulated(voice, pitch_hz(note), held, rate)
    sound.setflags(write=False)
    return sound


@lru_cache(maxsize=256)
def cycle(wave: str, hz: float, cutoff_hz: float, rate: int) -> Sound:
    """One period at full bandwidth and no more: overtones up to the top, then a 12 dB slope."""
    num = int(max(1, min(TOP_HZ, 0.45 * rate) // hz))
    harmonic = np.arange(1, num + 1)
    odd = harmonic % 2
    level = {
        "sine": 1.0 * (harmonic == 1),
        "saw": 1.0 / harmonic,
        "square": odd / harmonic,
        "triangle": odd / harmonic**2 * (-1.0) ** (harmonic // 2),
    }[wave] / np.sqrt(1 + (harmonic * hz / cutoff_hz) ** 4)
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex128)
    spectrum[1 : num + 1] = -0.5j * CYCLE * level
    return np.asarray(np.fft.irfft(spectrum), np.float32)


def _phase(hz: float, n: int, rate: int, start: float = 0.0) -> NDArray[np.int64]:
    """Where in the cycle each sample reads."""
    turns = start * CYCLE + np.arange(n) * (hz / rate * CYCLE)
    return turns.astype(np.int64) & (CYCLE - 1)


def _sine(hz: float, n: int, rate: int) -> Sound:
    return cycle("sine", 20.0, TOP_HZ, 48_000)[_phase(hz, n, rate)]


def fall(n: int, rate: int, decay_s: float) -> Sound:
    """One, falling to a third every `decay_s`."""
    return np.asarray(np.exp(np.arange(n, dtype=np.float32) * np.float32(-1 / (rate * decay_s))))


def hold(held: int, rate: int, release_s: float, attack_s: float = 0.001) -> Sound:
    """One while held, with a short way up and a slower way out; the last sample is zero."""
    n_release = max(2, int(release_s * rate))
    shape = np.ones(held + n_release, np.float32)
    n_attack = min(held, max(2, int(attack_s * rate)))
    shape[:n_attack] = np.sin(np.linspace(0, np.pi / 2, n_attack)) ** 2
    shape[held:] = np.linspace(1, 0, n_release) ** 2
    return shape


def _filtered(voice: Filtered, hz: float, held: int, rate: int) -> Sound:
    envelope = hold(held, rate, voice.release_s, voice.attack_s)
    n = len(envelope)
    envelope *= voice.sustain + (1 - voice.sustain) * fall(n, rate, voice.decay_s)
    opening = fall(n, rate, voice.close_s)
    dark = cycle(voice.wave, hz, voice.cutoff_hz + hz, rate)
    glow = cycle(voice.wave, hz, voice.open_hz + hz, rate) - dark
    sides = np.zeros((2 if voice.unison > 1 else 1, n), np.float32)
    for k in range(voice.unison):
        bend = 2.0 * k / (voice.unison - 1) - 1.0 if voice.unison > 1 else 0.0
        detuned_hz = hz * 2 ** (bend * voice.detune_cents / 1200)
        phase = _phase(detuned_hz, n, rate, start=k * 0.381966)  # golden: never all in step
        wave = dark[phase] + glow[phase] * opening
        if voice.unison > 1:
            sides[1 - k % 2] += np.float32(0.35) * wave  # wide, and still whole in mono
        sides[k % 2] += wave
    return np.ascontiguousarray((sides * (envelope * np.float32(voice.unison**-0.5))).T)


def _struck(voice: Struck, hz: float, held: int, rate: int) -> Sound:
    envelope = hold(held, rate, voice.damp_s)
    n = len(envelope)
    sound = np.zeros(n, np.float32)
    for ratio, level, decay_s in voice.partials:
        if ratio * hz < min(TOP_HZ, 0.45 * rate):
            # High notes of a string or a bar ring for less long than low ones.
            ring_s = decay_s * (261.6 / hz) ** 0.35
            sound += np.float32(level) * _sine(ratio * hz, n, rate) * fall(n, rate, ring_s)
    if voice.knock:
        num = min(n, rate // 40)
        hiss = np.random.default_rng(1).standard_normal(num).astype(np.float32)
        sound[:num] += np.float32(voice.knock) * hiss * fall(num, rate, 0.004)
    return np.asarray((sound * envelope)[:, None])


def _modulated(voice: Modulated, hz: float, held: int, rate: int) -> Sound:
    envelope = hold(held, rate, voice.release_s, 0.003)
    n = len(envelope)
    index = voice.index * min(1.0, (700 / hz) ** 0.5)  # high notes take less, or they turn shrill
    bend = _sine(voice.ratio * hz, n, rate) * fall(n, rate, voice.index_decay_s) * index
    turns = np.arange(n) * (hz / rate) + bend / (2 * np.pi)
    sine = cycle("sine", 20.0, TOP_HZ, 48_000)
    tone = sine[(turns * CYCLE).astype(np.int64) & (CYCLE - 1)]
    tine = np.float32(0.12) * _sine(min(7.0 * hz, 9000.0), n, rate) * fall(n, rate, 0.05)
    sound = np.asarray((tone + tine) * envelope * fall(n, rate, voice.decay_s), np.float32)
    if not voice.tremolo:
        return sound[:, None]
    sway = np.float32(voice.tremolo) * _sine(4.6, n, rate)
    return np.stack([sound * (1 + sway), sound * (1 - sway)], axis=1)


@lru_cache(maxsize=16)
def room(seconds: float, bright_hz: float, rate: int) -> Sound:
    """How a room answers a click: noise that dies away to -60 dB in `seconds`, treble first."""
    rng = np.random.default_rng(2)
    n = int(seconds * rate)
    noise = rng.standard_normal((n, 2))
    dull = sosfilt(butter(1, bright_hz, fs=rate, output="sos"), noise, axis=0)
    duller = sosfilt(butter(1, bright_hz / 3, fs=rate, output="sos"), noise, axis=0)
    age = np.linspace(0, 1, n)[:, None]
    answer = (dull * (1 - age) + duller * age) * np.exp(-6.9 * age)
    gap = int(0.012 * rate)  # the way to the first wall and back
    answer[:gap] = 0
    answer = sosfilt(butter(2, 180, "highpass", fs=rate, output="sos"), answer, axis=0)
    return np.asarray(answer / np.sqrt((answer**2).sum(axis=0)), np.float32)


def reverberate(sound: Sound, seconds: float, bright_hz: float, rate: int) -> Sound:
    """What the room adds to `sound` (n, 2), cut to its length."""
    answer = room(seconds, bright_hz, rate)
    wet = np.zeros_like(sound)
    for start in range(0, len(sound), STRETCH):
        heard = fftconvolve(sound[start : start + STRETCH], answer, axes=0)
        into = wet[start : start + len(heard)]
        into += heard[: len(into)]
    return wet
