"""Somebody who can speak, whoever it is; and one for tests, who only hums."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # (n,), one channel
QUIET = 0.005  # of the loudest sample; what is fainter at either end is a pause
BREATH_S = 0.03  # left of it
SPOKEN_LETTER_S = 0.064  # Kokoro said 14 lines at 15.6 letters and spaces a second


class Voice(Protocol):
    """Speaks. The same words in the same locale give the same samples, bit for bit."""

    @property
    def name(self) -> str:
        """Who speaks, for people and for manifests."""
        ...

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    def speaks(self, locale: str) -> bool: ...

    def speak(self, text: str, locale: str) -> Samples:
        """`text` aloud, without pauses at its ends. Nothing where it has no word that can be said.

        Asked only for a locale that this voice speaks.
        """
        ...


def lasts_s(voice: Voice | None, text: str, locale: str) -> float:
    """How long these words take when this voice says them; a guess where nobody can."""
    if voice is None or not voice.speaks(locale):
        return SPOKEN_LETTER_S * len(" ".join(text.split()))
    return len(voice.speak(text, locale)) / voice.rate


def trimmed(samples: Samples, rate: int) -> Samples:
    """Without the pauses at both ends."""
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max(initial=0.0))
    if not len(loud):
        return samples[:0]
    breath = int(BREATH_S * rate)
    return samples[max(0, int(loud[0]) - breath) : int(loud[-1]) + breath]


class Humming:
    """A voice without weights: every letter is a hum of the same length, every space a pause."""

    name = "humming"
    rate = 24_000
    LETTER_S = 0.07

    def speaks(self, locale: str) -> bool:
        return locale.startswith("en")

    def speak(self, text: str, locale: str) -> Samples:
        assert self.speaks(locale), f"{self.name} does not speak {locale}"
        age_s = np.arange(int(self.LETTER_S * self.rate)) / self.rate
        hum = 0.3 * np.sin(2 * np.pi * 160 * age_s) * np.hanning(len(age_s)) ** 0.2
        sounds = [hum if letter.isalnum() else np.zeros(len(hum)) for letter in text.strip()]
        return np.asarray(np.concatenate(sounds or [hum[:0]]), np.float32)
