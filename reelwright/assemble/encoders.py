"""With whose eyes videos are looked at, and whether they can be here."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.endpoints import endpoint, endpoint_words
from reelwright.config import Config
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.features.encoder import Encoder
    from reelwright.features.text import TextVectors


def encoder(config: Config, texts: "TextVectors | None" = None) -> "Encoder":
    """Who looks at videos. What it lacks is told here, before the hours of work."""
    from reelwright.features.text import TextVectors

    match config.features.encoder:
        case "captioner":
            from reelwright.features.captioner import Captioner

            return Captioner(
                endpoint(config.captioner, "captioner"),
                texts=texts or TextVectors(),
                config=config.features,
                kept=Path(config.home) / "captions",
            )
        case "transformers":
            return _transformers_encoder(config)
        case _:
            from reelwright.features.local import LocalEncoder

            return LocalEncoder(texts)


def encoder_words(config: Config) -> str:
    """Which encoder looks at videos, after a look at whether it can; raises where it cannot."""
    match config.features.encoder:
        case "captioner":
            return f"captioner: {endpoint_words(config.captioner, 'captioner')}"
        case "transformers":
            return _transformers_words(config)
        case _:
            return "local: nothing is asked and nothing is downloaded"


def _transformers_words(config: Config) -> str:
    """Downloads nothing, even where that is allowed."""
    _refuse_without_vlm()
    from reelwright.features.vlm import AbsentModel

    asked = config.transformers
    try:
        here = replace(config, transformers=replace(asked, download="never"))
        return f"transformers: {_transformers_encoder(here).version}"
    except AbsentModel:
        if asked.download == "never":
            raise
        return f"transformers: {asked.model}, to be downloaded when it is first needed"


def _transformers_encoder(config: Config) -> "Encoder":
    _refuse_without_vlm()
    from reelwright.features.states import StateEncoder

    return StateEncoder(config.transformers, config.features)


def _refuse_without_vlm() -> None:
    for package in ("transformers", "PIL"):
        if find_spec(package) is None:
            raise ReelwrightError(
                f"features.encoder = 'transformers' needs {package}, which is not installed.",
                hint="Install it with: pip install 'reelwright[vlm]'",
            )
