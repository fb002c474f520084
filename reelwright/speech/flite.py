"""Flite speaks: a small program of its own, plain to hear and there in every distribution."""

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from reelwright.errors import ReelwrightError
from reelwright.speech.voice import Samples, trimmed

PROGRAM = "flite"
WITHIN_S = 60.0
RATE = 16_000  # of the voice
SPEAKER = "slt"


class Flite:
    """Speaks American English, in a child process."""

    name = "flite"
    rate = RATE

    def __init__(self, program: str = PROGRAM) -> None:
        self.program = program

    def speaks(self, locale: str) -> bool:
        return locale.partition("-")[0].partition("_")[0].lower() == "en"

    def speak(self, text: str, locale: str) -> Samples:
        assert self.speaks(locale), f"{self.name} does not speak {locale}"
        if not any(map(str.isalnum, text)):
            return np.zeros(0, np.float32)
        with tempfile.TemporaryDirectory(prefix="reelwright-") as desk:
            words, sound = Path(desk) / "words.txt", Path(desk) / "sound.wav"
            words.write_text(text, encoding="utf-8")
            self._run("-voice", SPEAKER, "-f", str(words), "-o", str(sound))
            return trimmed(_read(sound), RATE)

    def _run(self, *words: str) -> None:
        try:
            done = subprocess.run(
                [self.program, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=WITHIN_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReelwrightError(
                f"The program {self.program} does not speak.", hint="Set render.voice=none."
            ) from error
        if done.returncode:
            raise ReelwrightError(
                f"The program {self.program} ended with status {done.returncode}.",
                hint="Set render.voice=none.",
            )


def _read(path: Path) -> Samples:
    with wave.open(str(path), "rb") as file:
        kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        assert kind == (1, 2, RATE), f"{path} holds {kind}"
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return np.asarray(data / 32768.0, np.float32)
