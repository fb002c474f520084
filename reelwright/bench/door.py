"""The real door and the real log before a feed of nothing: the server that `bench chaos` kills."""

import time
from concurrent.futures import Future
from pathlib import Path

from reelwright.bench.places import Place
from reelwright.cache.renders import Renders
from reelwright.config import CacheConfig, FeedConfig, ServeConfig, VideosConfig
from reelwright.domain import AS_USUAL, Choices, Event, Format, Meaning, Page, SemanticId, Wish
from reelwright.errors import ReelwrightError
from reelwright.privacy import Privacy
from reelwright.serve.app import create_app
from reelwright.serve.desk import Desk, Making
from reelwright.serve.pulse import Physician
from reelwright.serve.server import serve
from reelwright.storage.blobs import Blobs
from reelwright.storage.events import EventLog
from reelwright.storage.keys import Keys
from reelwright.storage.orders import Orders
from reelwright.storage.outbox import Outbox


class Ears:
    """A feed that shows nothing and hears everything."""

    def __init__(self, log: EventLog) -> None:
        self.log = log

    def page_soon(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> Page:
        return Page((), 0.0)

    def hear(self, events: list[Event]) -> "Future[int]":
        return self.log.append(events)


class NoCodes:
    """Nobody asks what a code means here."""

    version = "bench"

    def meaning(self, sid: SemanticId) -> Meaning:
        raise KeyError(sid)


def refuse(*_: object) -> Wish:
    """Nobody orders videos here."""
    raise ReelwrightError("This server makes no videos.", hint="Ask the feed.")


NOBODY = Making(wish_of=refuse, ask=refuse, codes=NoCodes(), form=Format())


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
            keys=Keys(db),
            desk=Desk(Orders(db), Outbox(db), NOBODY, VideosConfig(), time.time),
            physician=Physician(db, Path(place.folder), time.time),
            records=Privacy(db),
            config=config,
            counts=FeedConfig(),
            clock=time.time,
        )
        serve(app, config, lambda url: None)
