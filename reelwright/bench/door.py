"""The real door and the real log before a feed of nothing: the server that `bench chaos` kills."""

import time
from pathlib import Path

from reelwright.bench.places import Place
from reelwright.cache.renders import Renders
from reelwright.config import CacheConfig, FeedConfig, ServeConfig
from reelwright.domain import Event, Meaning, Page, SemanticId
from reelwright.serve.app import create_app
from reelwright.serve.server import serve
from reelwright.storage.blobs import Blobs
from reelwright.storage.events import EventLog


class Ears:
    """A feed that shows nothing and hears everything."""

    def __init__(self, log: EventLog) -> None:
        self.log = log

    def page(self, viewer_id: str, *, count: int, now_s: float) -> Page:
        return Page((), 0.0)

    def hear(self, events: list[Event]) -> int:
        return self.log.append(events).result()


class NoCodes:
    """Nobody asks what a code means here."""

    version = "bench"

    def meaning(self, sid: SemanticId) -> Meaning:
        raise KeyError(sid)


def stand(place: Place, port: int) -> None:
    """Serve on this port until somebody ends the process."""
    config = ServeConfig(port=port)
    with place.open() as db:
        app = create_app(
            feed=Ears(EventLog(db, place.config)),
            blobs=Blobs(Path(place.folder) / "blobs"),
            renders=Renders(db, CacheConfig()),
            codes=NoCodes(),
            watchers=(),
            config=config,
            counts=FeedConfig(),
            clock=time.time,
        )
        serve(app, config, lambda url: None)
