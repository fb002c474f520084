"""Who speaks in clips and advertisements."""

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from reelwright.assemble.pretrained import zoo
from reelwright.config import Config

if TYPE_CHECKING:
    from reelwright.speech.voice import Voice


@dataclass(frozen=True, slots=True)
class Narrator:
    """Who speaks, if anybody does; and where it is not who was asked for, one line that says so."""

    voice: "Voice | None" = None
    note: str = ""

    @property
    def voice_name(self) -> str:
        return self.voice.name if self.voice else ""


def narrator(config: Config) -> Narrator:
    """The voice of the settings, or the best one that is here. Nothing is downloaded for it."""
    wanted = config.render.voice
    if wanted == "none":
        return Narrator()
    lacking = _lacks_for_kokoro(config) if wanted != "flite" else ""
    if wanted != "flite" and not lacking:
        return Narrator(_kokoro(config))
    program = shutil.which("flite") if wanted != "kokoro" else None
    if program is not None:
        from reelwright.speech.flite import Flite

        return Narrator(Flite(program), lacking and f"flite speaks. For a better voice: {lacking}")
    how = lacking or "install the program flite"
    return Narrator(None, f"There is no voice, so nothing is spoken; captions stay. For one: {how}")


def _lacks_for_kokoro(config: Config) -> str:
    """The commands that get what is missing; empty where nothing is."""
    from reelwright.zoo.weights import SPEAKING

    found = zoo(config)
    weights = [weight.name for weight in SPEAKING if found.find(weight.name) is None]
    steps = [f"reelwright models pull {' '.join(weights)}"] if weights else []
    if find_spec("onnxruntime") is None:
        steps.append("pip install 'reelwright[voice]'")
    return " && ".join(steps)


def _kokoro(config: Config) -> "Voice":
    from reelwright.speech.kokoro import Kokoro
    from reelwright.zoo.weights import HEART, KOKORO, LEXICON

    folder = config.zoo.path
    return Kokoro(
        model=folder / KOKORO.file, style=folder / HEART.file, lexicon=folder / LEXICON.file
    )
