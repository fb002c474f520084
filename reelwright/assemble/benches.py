"""Whom benches measure beside each other."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.backbones import local_backbone, studio_adapter
from reelwright.config import Config

if TYPE_CHECKING:
    from reelwright.leaderboard.contender import Contender
    from reelwright.learning.checkpoint import Say
    from reelwright.studio.backbone import Backbone


def rivals(say: "Say") -> "tuple[Contender, ...]":
    """Contenders from packages that need not be installed; one that is missing is said aloud."""
    try:
        from reelwright.leaderboard.rectools_sasrec import RecToolsSasRec
    except ImportError as error:
        say(f"RecTools' SASRec is left out ({error}): install reelwright[bench] to see it.")
        return ()
    return (RecToolsSasRec(),)


def voices(config: Config, adapter: Path | None) -> "dict[str, Callable[[Path], Backbone]]":
    """Who can plan, each made with a folder for what it keeps: the rules first, the best last."""
    from reelwright.studio.scripted import ScriptedBackbone

    local = replace(config, studio=replace(config.studio, adapter="shipped"))
    taught = adapter or studio_adapter(local)
    local_backbone(config, None)  # what is missing is said now, and its weights are packed
    found: dict[str, Callable[[Path], Backbone]] = {
        "scripted": lambda kept: ScriptedBackbone(),
        "plain": lambda kept: local_backbone(config, None, kept=kept),
    }
    if taught:
        found["tuned"] = lambda kept: local_backbone(config, taught, kept=kept)
    return found
