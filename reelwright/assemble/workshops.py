"""All that it takes to make a wish."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.backbones import backbone, routed
from reelwright.assemble.encoders import encoder
from reelwright.assemble.homes import Home
from reelwright.assemble.knowledge import codebook, recommender, refuse_other_eyes
from reelwright.assemble.speaking import narrator
from reelwright.config import Config
from reelwright.domain import Format
from reelwright.progress import Progress

if TYPE_CHECKING:
    from reelwright.storage.milestones import Milestones
    from reelwright.studio.backbone import Backbone
    from reelwright.studio.studio import Studio
    from reelwright.training import Vector
    from reelwright.workshop import Workshop


def format_of_wishes(config: Config) -> Format:
    """The shape in which what viewers wish for is made."""
    render = config.render
    return Format(
        width=render.width, height=render.height, fps=render.fps, duration_s=render.duration_s
    )


def workshop(
    home: Home,
    *,
    progress: Progress,
    named_by: str | None = None,
    answers: "Backbone | None" = None,
    milestones: "Milestones | None" = None,
) -> "Workshop":
    """All that it takes to make a wish. What killed workers left lying is cleared away.

    With the codes that the recommender knows, and the backbone of the settings, or with others.
    """
    from reelwright.engine.reconciler import clear_desks
    from reelwright.features.text import TextVectors
    from reelwright.media.probe import Prober
    from reelwright.render.compositor import Compositor
    from reelwright.render.kit import kit
    from reelwright.studio.studio import Studio
    from reelwright.workshop import Workshop

    clear_desks(Path(home.config.home) / "desk")
    texts = TextVectors()
    codes = codebook(home, named_by or recommender(home).codebook)
    eyes = encoder(home.config, texts)
    refuse_other_eyes(home, codes.version, eyes.version)
    return Workshop(
        codebook=codes,
        studio=Studio(
            kit(),
            texts.encode,
            style_vectors(home, progress=progress),
            answers or routed(home.config, codes, backbone(home.config)),
            within_s=home.config.studio.plan_s,
            num_calls=home.config.studio.calls,
        ),
        compositor=Compositor(
            home.config.render, home.config.media, voice=narrator(home.config).voice
        ),
        encoder=eyes,
        prober=Prober(home.config.media),
        blobs=home.blobs,
        desk=Path(home.config.home) / "desk" / str(os.getpid()),
        config=home.config.workshop,
        milestones=milestones,
    )


def planner(answers: "Backbone | None" = None, *, within_s: float | None = None) -> "Studio":
    """A studio for instructions that name their style themselves, or for wishes in words."""
    from reelwright.features.text import TextVectors
    from reelwright.render.kit import kit
    from reelwright.studio.studio import PLAN_S, Studio

    return Studio(kit(), TextVectors().encode, {}, answers, within_s=within_s or PLAN_S)


def style_vectors(home: Home, *, progress: Progress) -> "dict[str, Vector]":
    """What each style looks like, looked at once and kept as long as eyes and hand are the same."""
    from reelwright.render.compositor import NAME
    from reelwright.render.kit import kit
    from reelwright.training import StyleLook, styles_from_bytes, styles_to_bytes

    eyes = encoder(home.config)
    name = f"styles/{eyes.version}/{NAME}"
    if kept := home.models.newest(name):
        return styles_from_bytes(kept[1])
    look = StyleLook(
        kit=kit(),
        studio=planner(),
        config=home.config,
        progress=progress,
        encoder=None if home.config.features.encoder == "local" else eyes,
    )
    vectors = look.vectors()
    home.models.keep(name, styles_to_bytes(vectors), measures={}, now_s=time.time())
    return vectors
