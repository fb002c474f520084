"""What is taught: everything that a home can teach, and how the studio's model plans."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.assemble.backbones import backbone, studio_weights
from reelwright.assemble.encoders import encoder
from reelwright.assemble.homes import Home, kept_home
from reelwright.assemble.knowledge import (
    Known,
    codebook,
    has_learned,
    learned_codes,
    recommender,
    viewers,
)
from reelwright.assemble.workshops import format_of_wishes, style_vectors
from reelwright.config import Config
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress

if TYPE_CHECKING:
    from reelwright.learning.checkpoint import Note, Say
    from reelwright.studio.backbone import Backbone
    from reelwright.studio.studio import Studio
    from reelwright.training import Training
    from reelwright.tuning.fit import Course
    from reelwright.tuning.tuning import Plans
    from reelwright.tuning.wishes import Wished


def training(home: Home, *, progress: Progress) -> "Training":
    from reelwright.training import Training

    return Training(
        videos=home.videos,
        blobs=home.blobs,
        models=home.models,
        encoder=encoder(home.config),
        config=home.config,
        progress=progress,
    )


def train(home: Home, *, progress: Progress) -> dict[str, float]:
    """Learn everything there is to learn from this home, and keep it."""
    import torch

    torch.set_num_threads(1)  # at this size, sharing costs more than it gains
    lesson = training(home, progress=progress)
    names = home.log.viewers()
    lesson.refuse_too_little(names)
    lesson.look_at_videos()
    codebook = lesson.learn_codes(now_s=time.time())
    style_vectors(home, progress=progress)  # workers need it; here it shows its progress
    return lesson.learn_taste(
        codebook,
        viewers(home, Known(home, codebook.version)),
        names,
        format=format_of_wishes(home.config),
        now_s=time.time(),
    )


def tune(
    config: Config,
    model: Path | None,
    *,
    count: int,
    course: "Course",
    seed: int,
    out: Path,
    soft: bool,
    say: "Say",
    note: "Note",
    progress: Progress,
) -> dict[str, float]:
    """Teach the studio's language model what the rules, or the server that was set, plan.

    `soft` teaches it to be told wishes in soft tokens, too: that needs codes.
    """
    import torch

    from reelwright.tuning.pairs import listen
    from reelwright.tuning.stages import Stages
    from reelwright.tuning.tuning import Tuning

    codes = learned_codes(config) if soft else None
    if soft and codes is None:
        raise ReelwrightError(
            f"Soft tokens are made from codes, and none were learned in {config.home}.",
            hint="Run reelwright train first, or leave --soft out.",
        )
    if soft and out.suffix != ".gguf":
        raise ReelwrightError(
            f"{out} does not end in .gguf, and the projector is named after it.",
            hint=f"Give --out {out.with_suffix('.gguf')}.",
        )

    torch.set_num_threads(1)  # two are no faster while anything else runs beside it
    teacher = backbone(config if config.studio.backbone == "server" else Config())
    tuning = Tuning(
        model=model or studio_weights(config),
        work=Path(config.home) / "tuning",
        course=course,
        seed=seed,
        say=say,
        note=note,
        progress=progress,
    )

    def hear() -> "Plans":
        studio, wishes = _school(config, count, seed=seed, progress=progress)
        return listen(studio, teacher, wishes, progress=progress)

    if codes is None:
        return tuning.run(hear, out)
    return Stages(tuning=tuning, codebook=codes.version, decode=codes.decode).run(hear, out)


def _school(
    config: Config, count: int, *, seed: int, progress: Progress
) -> "tuple[Callable[[Backbone], Studio], list[Wished]]":
    """A studio for any backbone, and wishes: the catalogue's where one was learned from here."""
    from reelwright.features.text import TextVectors
    from reelwright.render.kit import kit
    from reelwright.studio.studio import Studio
    from reelwright.tuning.wishes import from_codes, from_topics

    texts, vectors, rng = TextVectors(), {}, np.random.default_rng(seed)
    form = format_of_wishes(config)
    if has_learned(config):
        with kept_home(config) as opened:
            codes = codebook(opened, recommender(opened).codebook)
            sids = list(opened.videos.sids(codes.version).values())
            vectors = style_vectors(opened, progress=progress)
        wishes = from_codes(codes, sids, count, format=form, rng=rng)
    else:
        wishes = from_topics(kit(), count, format=form, rng=rng)
    return lambda answers: Studio(kit(), texts.encode, vectors, answers), wishes
