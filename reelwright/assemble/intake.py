"""What comes in: films, events, and the demo's world."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.homes import Home
from reelwright.config import Config
from reelwright.progress import Progress

if TYPE_CHECKING:
    from reelwright.catalogue.ingest import Report
    from reelwright.catalogue.world import World


def world(config: Config) -> "World":
    from reelwright.catalogue.world import build
    from reelwright.render.kit import kit

    return build(config.world, kit())


def refuse_to_ingest(folder: Path, events: Path | None) -> None:
    """Raises where there is nothing to take in, so that no home is made for it."""
    from reelwright.catalogue.ingest import films_in, require_readable

    films_in(folder)
    if events is not None:
        require_readable(events)


def ingest(home: Home, folder: Path, events: Path | None, *, progress: Progress) -> "Report":
    from reelwright.catalogue.ingest import ingest as take_in
    from reelwright.media.poster import poster
    from reelwright.media.probe import Prober

    return take_in(
        folder,
        events=events,
        videos=home.videos,
        blobs=home.blobs,
        log=home.log,
        prober=Prober(home.config.media),
        poster=poster,
        media=home.config.media,
        now_s=time.time(),
        progress=progress,
    )
