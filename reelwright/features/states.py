"""The encoder that follows the paper: a vision-language model's last state, once a branch."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch

from reelwright.config import FeaturesConfig, TransformersConfig
from reelwright.errors import cleaned
from reelwright.features.creative import traits
from reelwright.features.encoder import Encoding
from reelwright.features.film import shown
from reelwright.features.local import measure
from reelwright.features.vlm import Question, Vlm, device, fingerprint, model_folder, open_vlm
from reelwright.learning import lora
from reelwright.media.decode import Image

PROMPT_VERSION = 1  # goes up with every change to the words below, or to what follows from them
ABOUT = """\
The pictures are frames of one short video. Its title: {title}. Its tags: {tags}.
What is it about, whatever the way in which it is made? Answer in one word."""
MADE = """\
The pictures are frames of one short video. Whatever they show, in which style is it made: cuts,
camera, light, colour, texture, framing, mood? Answer in one word."""
MOST_TITLE = 300
MOST_TAGS = 20


class StateEncoder:
    """Encodes films with a model in this process, which is loaded when the first film comes."""

    def __init__(self, config: TransformersConfig, features: FeaturesConfig) -> None:
        self.config = config
        self.features = features
        device(config.device)
        if config.adapter != "none":
            lora.read(Path(config.adapter))
        name = Path(config.model).name
        adapter = "" if config.adapter == "none" else f"+{fingerprint(Path(config.adapter))}"
        self.version = (
            f"transformers-{PROMPT_VERSION}/{name}/{fingerprint(model_folder(config))}{adapter}/"
            f"{config.dtype}/{features.frames}x{features.side}"
        )
        self._one_at_a_time = threading.Lock()

    def encode(self, film: Path, *, title: str, tags: Sequence[str] = ()) -> Encoding:
        """The state after each prompt, and the traits as they are measured here."""
        style = measure(film)
        pictures = shown(film, style.film, count=self.features.frames, side=self.features.side)
        asked = questions(pictures, title=title, tags=tags)
        with self._one_at_a_time, torch.inference_mode():
            content, creative = self._vlm.states(asked).cpu().numpy()
        return Encoding(content=content.copy(), creative=creative.copy(), traits=traits(style))

    @cached_property
    def _vlm(self) -> Vlm:
        return open_vlm(self.config)


def questions(
    pictures: Sequence[Image], *, title: str, tags: Sequence[str]
) -> tuple[Question, Question]:
    """For content and for creative. The words of the uploader enter the first one alone."""
    about = ABOUT.format(
        title=cleaned(title, MOST_TITLE) or "none",
        tags=", ".join(cleaned(tag) for tag in tags[:MOST_TAGS]) or "none",
    )
    return Question(pictures, about), Question(pictures, MADE)
