"""Kokoro-82M speaks: a network of 82 million weights, in 8 bits, on the processor.

Imported only where onnxruntime is installed. Nothing here is GPL: sounds come from misaki's lexicon
and our own rules, and not from eSpeak.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as engine

from reelwright.errors import ReelwrightError
from reelwright.speech.pronouncing import English, read_lexicon
from reelwright.speech.voice import Samples, trimmed

BROKEN = (engine.Fail, engine.InvalidProtobuf, engine.InvalidGraph, engine.NoSuchFile, RuntimeError)
RATE = 24_000
THREADS = 2  # always as many: the order of sums must not depend on the machine
WIDTH = 256  # of a style
MOST = 500  # phonemes at once; the network was trained on up to 510
PAUSE_S = 0.18  # between sentences
REMEMBERED = 64  # texts: who plans asks how long they last before they are spoken
SENTENCE = re.compile(r"(?<=[.!?;:]) ")
STOPS = ";:,.!?"
# The network's numbers for what `English` writes.
NUMBERS = {
    **dict(zip(STOPS, (1, 2, 3, 4, 5, 6), strict=True)),
    **dict(zip(" AIOWYᵊbdfhijklmnpstuvwz", (
        16, 24, 25, 31, 39, 41, 42, 44, 46, 48, 50, 51, 52, 53, 54, 55, 56, 58, 61, 62, 63, 64, 65,
        68,
    ), strict=True)),
    **dict(zip("ɑɐæɔðʤəɛɜɡɪŋθɹɾʃʧʊʌʒˈˌᵻ", (
        69, 70, 72, 76, 81, 82, 83, 86, 87, 92, 102, 112, 119, 123, 125, 131, 133, 135, 138, 147,
        156, 157, 177,
    ), strict=True)),
}  # fmt: skip


class Kokoro:
    """Speaks American English. Weights are read when the first word is spoken."""

    name = "kokoro"
    rate = RATE

    def __init__(self, *, model: Path, style: Path, lexicon: Path) -> None:
        self.model = model
        self.style = style
        self.lexicon = lexicon
        self._said: dict[str, Samples] = {}

    def speaks(self, locale: str) -> bool:
        return locale.partition("-")[0].partition("_")[0].lower() == "en"

    def speak(self, text: str, locale: str) -> Samples:
        assert self.speaks(locale), f"{self.name} does not speak {locale}"
        if text not in self._said:
            while len(self._said) >= REMEMBERED:
                del self._said[next(iter(self._said))]
            self._said[text] = self._spoken(self._english.sounds(text))
        return self._said[text]

    def _spoken(self, sounds: str) -> Samples:
        pause = np.zeros(int(PAUSE_S * RATE), np.float32)
        said: list[Samples] = []
        for part in parts(sounds):
            said += [pause, trimmed(self._run(part), RATE)]
        return np.concatenate(said[1:] or [pause[:0]])

    def _run(self, sounds: str) -> Samples:
        numbers = [NUMBERS[sound] for sound in sounds]
        given = {
            "tokens": np.array([[0, *numbers, 0]], np.int64),
            "style": self._styles[min(len(numbers), len(self._styles)) - 1],
            "speed": np.ones(1, np.float32),
        }
        return np.asarray(self._session.run(None, given)[0], np.float32).ravel()

    @cached_property
    def _english(self) -> English:
        return English(read_lexicon(self.lexicon))

    @cached_property
    def _styles(self) -> Samples:
        return np.fromfile(self.style, "<f4").reshape(-1, 1, WIDTH)

    @cached_property
    def _session(self) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3  # errors alone
        # Threads that wait must not burn the core that another one needs: 9.5 s instead of 20.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return onnxruntime.InferenceSession(
                str(self.model), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except BROKEN as error:
            raise ReelwrightError(
                f"{self.model} cannot be loaded.", hint="Look with: reelwright models check"
            ) from error


def parts(sounds: str) -> list[str]:
    """Sentences, and pieces of those that are too long for the network."""
    found = []
    for sentence in SENTENCE.split(sounds):
        while len(sentence) > MOST:
            cut = sentence.rfind(" ", 0, MOST)
            cut = cut if cut > 0 else MOST
            found.append(sentence[:cut])
            sentence = sentence[cut:].lstrip()
        if any(sound not in STOPS + " " for sound in sentence):
            found.append(sentence)
    return found
