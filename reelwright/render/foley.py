"""Effects, synthesised: what cuts, words and machines sound like, each with the moment it leads to.

An effect leads up to its accent for `lead` samples and dies away after it; a blow has no lead.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from reelwright.render.noise import Signal, band, glide, noise, settled, tone
from reelwright.render.synth import Sound, fall

GATES_HZ = 18.0  # frames a second of an old projector, and of its claw


def _after(lead: int, tail_s: float, rate: int) -> int:
    return lead + int(tail_s * rate)


def _swell(lead: int, n: int, rise: float, sink: float) -> Signal:
    """Up to one at the accent and down to zero at the end, by two powers."""
    up, down = np.linspace(0, 1, lead, endpoint=False) ** rise, np.linspace(1, 0, n - lead) ** sink
    return np.concatenate([up, down])


def _wind(lead: int, rate: int, low_hz: float, high_hz: float, salt: int) -> Signal:
    """Air that swells and brightens, passing from one side to the other."""
    n = _after(lead, 0.22, rate)
    swell = _swell(lead, n, 2.5, 3)[:, None]
    air, middle_hz = noise(n, salt, sides=2), (low_hz * high_hz) ** 0.5
    dark, bright = band(air, low_hz, middle_hz, rate), band(air, middle_hz, high_hz, rate)
    across = np.linspace(0.65, 0.35, n)
    sides = np.stack([across, 1 - across], axis=1)
    return np.asarray((dark * (1 - 0.7 * swell) + bright * swell) * swell * sides)


def _whoosh(lead: int, rate: int) -> Signal:
    return _wind(lead, rate, 350, 6500, 30)


def _air(lead: int, rate: int) -> Signal:
    return _wind(lead, rate, 700, 5000, 31)


def _riser(lead: int, rate: int) -> Signal:
    """Noise and a chord of sines that climb two octaves, ever faster; gone at the accent."""
    n = _after(lead, 0.03, rate)
    age = np.minimum(np.arange(n) / max(lead, 1), 1.0)
    air = noise(n, 32, sides=2)
    climb = (
        band(air, 300, 1500, rate) * (1 - age[:, None]) + band(air, 1500, 9000, rate) * age[:, None]
    )
    chord = sum(tone(ratio * 110 * 4**age, rate) for ratio in (1.0, 1.5, 2.01, 3.02))
    pulse = 0.75 + 0.25 * tone(4.0 + 12.0 * age, rate)
    return np.asarray(
        (0.7 * climb + 0.22 * np.asarray(chord)[:, None]) * (age**1.8 * pulse)[:, None]
    )


def _reverse(lead: int, rate: int) -> Signal:
    """A cymbal played backwards."""
    n = _after(lead, 0.02, rate)
    return (
        band(noise(n, 33, sides=2), 2500, 9000, rate) * np.exp(5 * (np.arange(n) / n - 1))[:, None]
    )


def _impact(lead: int, rate: int) -> Signal:
    n = _after(lead, 1.5, rate)
    boom = glide(n, rate, 130, 42, 0.12) * fall(n, rate, 0.32)
    blast = band(noise(n, 26, sides=2), 120, 5000, rate) * fall(n, rate, 0.11)[:, None]
    return np.asarray(boom[:, None] + 0.35 * blast)


def _thump(lead: int, rate: int) -> Signal:
    """A heavy word that lands."""
    n = _after(lead, 0.4, rate)
    body = glide(n, rate, 170, 62, 0.04) * fall(n, rate, 0.09)
    return body + 0.5 * band(noise(n, 34), 400, 6000, rate) * fall(n, rate, 0.018)


def _flash(lead: int, rate: int) -> Signal:
    """A camera's flash: a bright burst and the whine that follows."""
    n = _after(lead, 0.8, rate)
    burst = band(noise(n, 28, sides=2), 1800, 12000, rate) * fall(n, rate, 0.07)[:, None]
    return np.asarray(
        burst + (0.12 * glide(n, rate, 5200, 2600, 0.2) * fall(n, rate, 0.16))[:, None]
    )


def _shutter(lead: int, rate: int) -> Signal:
    """Two curtains, one after the other."""
    n, sound = _after(lead, 0.2, rate), np.zeros(_after(lead, 0.2, rate))
    for at_s, level, salt in ((0.0, 1.0, 35), (0.055, 0.7, 36)):
        start = int(at_s * rate)
        sound[start:] += (
            level * band(noise(n - start, salt), 1500, 8000, rate) * fall(n - start, rate, 0.009)
        )
    return sound


def _page(lead: int, rate: int) -> Signal:
    """Paper that is turned: it rustles in grains, then falls flat."""
    n = _after(lead, 0.16, rate)
    grains = np.repeat(np.abs(noise(n // 90 + 1, 37)) ** 1.5, 90)[:n]
    rustle = (
        band(noise(n, 38, sides=2), 1600, 9000, rate) * (grains * _swell(lead, n, 1.5, 4))[:, None]
    )
    slap = np.zeros((n, 1))
    slap[lead:, 0] = band(noise(n - lead, 39), 350, 2500, rate) * fall(n - lead, rate, 0.02)
    return np.asarray(0.6 * rustle + 1.2 * slap)


def _rip(lead: int, rate: int) -> Signal:
    """Paper that is torn: fibres that give way one by one, ever faster, and the last of them."""
    n = _after(lead, 0.14, rate)
    size = max(1, rate // 400)
    fibres = np.repeat(np.abs(noise(n // size + 1, 48)) ** 2.2, size)[:n]
    coarse = band(noise(n, 49, sides=2), 900, 7500, rate)
    return np.asarray(coarse * ((0.12 + fibres) * _swell(lead, n, 1.3, 2.5))[:, None])


def _snip(lead: int, rate: int) -> Signal:
    """Scissors: blades that slide, and meet."""
    n = _after(lead, 0.14, rate)
    slide = band(noise(n, 40), 3500, 10000, rate) * _swell(lead, n, 1.2, 12)
    rest = n - lead
    t = np.arange(rest) / rate
    steel = np.sin(2 * np.pi * 4100 * t) + 0.7 * np.sin(2 * np.pi * 6270 * t)
    click = band(noise(rest, 41), 2500, 9000, rate) * fall(rest, rate, 0.005)
    meet = 0.5 * steel * fall(rest, rate, 0.011) + click
    return np.asarray(0.3 * slide + np.concatenate([np.zeros(lead), meet]))


def _splice(lead: int, rate: int) -> Signal:
    """The join of two reels that runs through the gate."""
    n = _after(lead, 0.12, rate)
    wood = glide(n, rate, 420, 260, 0.01) * fall(n, rate, 0.016)
    return wood + 0.6 * band(noise(n, 42), 900, 5000, rate) * fall(n, rate, 0.010)


def _projector(lead: int, rate: int) -> Signal:
    """A projector that runs for `lead` samples: its claw, and the hum of its motor."""
    n = max(lead, rate // 10)
    gate = int(rate / GATES_HZ)
    claw = band(noise(gate, 43), 700, 4200, rate) * fall(gate, rate, 0.005)
    back = np.roll(0.45 * claw, gate // 3)
    ticks = np.tile(claw + back, -(-n // gate))[:n]
    hum = band(noise(n, 44), 140, 420, rate)
    age = np.arange(n) / rate
    return (ticks + 0.08 * hum) * np.minimum(np.minimum(age, age[::-1]) / 0.25, 1)


def _rain(lead: int, rate: int) -> Signal:
    """Rain for `lead` samples: a hiss on both sides, and drops that can be told apart."""
    n = max(lead, rate // 5)
    hiss = band(noise(n, 50, sides=2), 900, 9000, rate)
    drops = band(np.abs(noise(n, 51, sides=2)) ** 9, 600, 5000, rate)
    drops = np.clip(drops / (np.std(drops) + 1e-9), -4, 4) * np.std(hiss)  # one would be the peak
    return np.asarray((hiss + 0.5 * drops) * _held(n, rate)[:, None])


def _gale(lead: int, rate: int) -> Signal:
    """Wind for `lead` samples: gusts that come and go, brighter as they swell."""
    n = max(lead, rate // 5)
    age = np.arange(n) / rate
    gust = 0.6 + 0.25 * np.sin(1.3 * age + 0.4) + 0.15 * np.sin(2.9 * age + 2.0)
    air = noise(n, 52, sides=2)
    low, high = band(air, 140, 500, rate), band(air, 500, 1400, rate)
    return np.asarray((low + high * gust[:, None]) * (gust * _held(n, rate))[:, None])


def _held(n: int, rate: int) -> Signal:
    """Up at the start and down at the end, so that nothing begins with a click."""
    age = np.arange(n) / rate
    return np.minimum(np.minimum(age, age[::-1]) / min(0.4, 0.3 * n / rate), 1)


def _glitch(lead: int, rate: int) -> Signal:
    """A broken signal: short slices of coarse tones and noise, thrown from side to side."""
    n = _after(lead, 0.16, rate)
    rng, sound = np.random.default_rng(45), np.zeros((n, 2))
    size = int(0.024 * rate)
    for start in range(0, n, size):
        held = min(size, n - start)
        coarse = (
            np.round(4 * tone(np.full(held, float(rng.choice((220, 440, 880, 1760)))), rate)) / 4
        )
        burst = np.repeat(rng.uniform(-1, 1, held // 9 + 1), 9)[:held]
        loud = float(rng.choice((0.0, 0.5, 1.0))) if start > size else 1.0
        pan = float(rng.uniform(0.2, 0.8))
        sound[start : start + held] += (loud * (0.6 * coarse + 0.6 * burst))[:, None] * (
            1 - pan,
            pan,
        )
    return band(sound, 250, 9000, rate) * fall(n, rate, 0.12)[:, None]


def _buzz(lead: int, rate: int) -> Signal:
    """A neon tube that catches: mains hum with its overtones, flickering."""
    n = _after(lead, 0.45, rate)
    t = np.arange(n) / rate
    hum = np.sum([np.sin(2 * np.pi * 120 * k * t) / k**0.7 for k in (1, 2, 3, 4, 6, 9, 13)], axis=0)
    flicker = np.repeat((0.15, 1.0, 0.1, 0.8, 0.3, 1.0), -(-n // 12))[:n]
    steady = np.concatenate([flicker, np.ones(n)])[:n]
    return np.asarray(hum * steady * np.linspace(1, 0, n) ** 1.5)


def _zip(lead: int, rate: int) -> Signal:
    """A slide whistle: up, and off."""
    n = _after(lead, 0.05, rate)
    age = np.minimum(np.arange(n) / max(lead, 1), 1.0)
    hz = 330 * 5.0 ** (age**1.3) * (1 + 0.012 * np.sin(40 * age))
    whistle = tone(hz, rate) + 0.25 * tone(3 * hz, rate)
    return np.asarray(whistle * (0.15 + 0.85 * age) * np.minimum(8 * age, 1))


def _pop(lead: int, rate: int) -> Signal:
    n = _after(lead, 0.12, rate)
    return tone(1150 - 700 * fall(n, rate, 0.025).astype(np.float64), rate) * fall(n, rate, 0.030)


def _pow(lead: int, rate: int) -> Signal:
    """A blow in a comic: a fist and a burst."""
    n = _after(lead, 0.5, rate)
    burst = band(noise(n, 46, sides=2), 350, 4500, rate) * fall(n, rate, 0.06)[:, None]
    return np.asarray(burst + 1.2 * (glide(n, rate, 320, 80, 0.05) * fall(n, rate, 0.10))[:, None])


def _shimmer(lead: int, rate: int) -> Signal:
    """Gold dust: high bars that begin one by one and ring on."""
    n = _after(lead, 1.0, rate)
    rng, sound = np.random.default_rng(47), np.zeros((n, 2))
    for k in range(12):
        start = int(lead * (k / 12) ** 0.6)
        hz = 1760 * 2 ** (float(rng.choice((0, 4, 7, 12, 16, 19))) / 12)
        ring = tone(np.full(n - start, hz * (1 + 0.002 * k)), rate) * fall(n - start, rate, 0.3)
        pan = float(rng.uniform(0.25, 0.75))
        sound[start:] += (ring * min(1.0, (k + 2) / 9))[:, None] * (1 - pan, pan)
    return sound


EFFECTS: dict[str, Callable[[int, int], Signal]] = {
    "whoosh": _whoosh,
    "air": _air,
    "riser": _riser,
    "reverse": _reverse,
    "impact": _impact,
    "thump": _thump,
    "flash": _flash,
    "shutter": _shutter,
    "page": _page,
    "rip": _rip,
    "snip": _snip,
    "splice": _splice,
    "projector": _projector,
    "rain": _rain,
    "gale": _gale,
    "glitch": _glitch,
    "buzz": _buzz,
    "zip": _zip,
    "pop": _pop,
    "pow": _pow,
    "shimmer": _shimmer,
}


@lru_cache(maxsize=32)
def effect(name: str, lead: int, rate: int) -> Sound:
    """The effect with a peak of one and its accent at sample `lead`. Never write into it."""
    return settled(EFFECTS[name](lead, rate), rate)
