"""Who answers the studio's questions, and why not somebody better."""

import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.assemble.endpoints import endpoint, endpoint_words
from reelwright.assemble.knowledge import learned_codes
from reelwright.assemble.pretrained import zoo
from reelwright.config import Config
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.sids.codebook import Codebook
    from reelwright.studio.backbone import Backbone
    from reelwright.studio.embedded import EmbeddedBackbone

STUDIO_WEIGHTS = "smollm2"  # of the local backbone
SHIPPED = Path(__file__).parent.parent / "studio" / "adapter"  # of these weights


def backbone(config: Config) -> "Backbone":
    """Who answers the studio's questions: the rules too where what was set is not here."""
    from reelwright.studio.scripted import ScriptedBackbone

    asked = config.studio
    match asked.backbone:
        case "server":
            from reelwright.studio.served import ServedBackbone

            chance = np.random.default_rng()  # so that no two workers come back at once
            return ServedBackbone(
                endpoint(asked, "studio"),
                clock=time.monotonic,
                jitter=lambda: float(chance.uniform(0.5, 1.5)),
            )
        case "local" if not backbone_lack(config):
            return local_backbone(config, studio_adapter(config))
        case _:
            return ScriptedBackbone()


def local_backbone(
    config: Config, adapter: Path | None, *, kept: Path | None = None
) -> "EmbeddedBackbone":
    """The language model in this process, with what is laid over it; states in a folder."""
    from reelwright.studio.embedded import EmbeddedBackbone
    from reelwright.studio.weights import quick

    states = config.zoo.path / "states"
    model = studio_weights(config)
    quick(model, states, adapter)  # some seconds, once: not out of the first plan's time
    return EmbeddedBackbone(
        model,
        packed=states,
        kept=kept or states,
        config=config.studio,
        clock=time.monotonic,
        adapter=adapter,
    )


def studio_adapter(config: Config) -> Path | None:
    """What is laid over the studio's local model, if anything."""
    match config.studio.adapter:
        case "none":
            return None
        case "shipped":
            return next(iter(sorted(SHIPPED.glob("*.gguf"))), None)
        case name if Path(name).is_file():
            return Path(name)
        case name:
            raise ReelwrightError(
                f"studio.adapter is {name}, and there is no such file.",
                hint="Give a file that reelwright train studio has written, shipped or none.",
            )


def routed(config: Config, codes: "Codebook", answers: "Backbone") -> "Backbone":
    """Who answers, but for a director who is told wishes in soft tokens, where that can be."""
    adapter = studio_adapter(config)
    if config.studio.route == "words" or adapter is None or soft_lack(config, codes.version):
        return answers
    from reelwright.tuning.director import SoftBackbone, open_pupil

    pupil = open_pupil(studio_weights(config), adapter, codebook=codes.version)
    return SoftBackbone(answers, pupil, codes.decode, clock=time.monotonic)


def soft_lack(config: Config, codebook: str) -> str:
    """Why no wish can be told in soft tokens here, and how it can; empty for no reason."""
    if config.studio.backbone != "local":
        return f"studio.backbone is {config.studio.backbone}, and only local reads soft tokens."
    if lack := backbone_lack(config):
        return lack
    if find_spec("llguidance") is None:
        return "The package llguidance is not installed. Run pip install 'reelwright[llm]'."
    from reelwright.tuning.soft_file import Taught, beside, mark, open_projector

    adapter = studio_adapter(config)
    if adapter is None or not beside(adapter).is_file():
        return "studio.adapter has no projector beside it. Run reelwright train studio --soft."
    model = studio_weights(config)
    try:
        taught = Taught(codebook=codebook, model=mark(model), adapter=mark(adapter))
        open_projector(beside(adapter), beside=taught)
    except ReelwrightError as error:
        return str(error)
    return ""


def route_words(config: Config) -> str:
    """How a director is told a wish; empty where nothing but words was set."""
    if config.studio.route == "words":
        return ""
    codes = learned_codes(config)
    if codes is None:
        return f"words: no codes were learned in {config.home}."
    lack = soft_lack(config, codes.version)
    return f"words: {lack}" if lack else "soft: the director is told wishes in soft tokens"


def backbone_lack(config: Config) -> str:
    """What the studio's language model lacks here, and how it is had; empty for nothing."""
    if config.studio.backbone != "local":
        return ""
    if find_spec("xllamacpp") is None:
        return (
            "studio.backbone is local and the package xllamacpp is not installed, so rules plan. "
            "Run pip install 'reelwright[llm]'."
        )
    weight = zoo(config).weight(STUDIO_WEIGHTS)
    return "" if zoo(config).find(weight.name) else weight.missing


def backbone_words(config: Config) -> str:
    """Who plans clips, after a look at whether it can; raises where it cannot."""
    asked = config.studio
    if asked.backbone == "server":
        return f"server: {endpoint_words(asked, 'studio')}"
    return backbone_lack(config) or f"{asked.backbone}: nothing is asked elsewhere"


def studio_weights(config: Config) -> Path:
    found = zoo(config).find(STUDIO_WEIGHTS)
    if found is None:
        raise ReelwrightError(
            f"The weights {STUDIO_WEIGHTS} are not here.",
            hint=f"Run reelwright models pull {STUDIO_WEIGHTS}; "
            "reelwright train studio also teaches another file, with --model.",
        )
    return found
