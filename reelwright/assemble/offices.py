"""What an operator sees, and the simulated viewers whom one may watch as."""

import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from reelwright.assemble.feeds import feed, wishes_of
from reelwright.assemble.homes import Home, privacy, renders, stock
from reelwright.assemble.intake import world
from reelwright.assemble.knowledge import Known, codebook
from reelwright.domain import Answer, Wish
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.feed import Feed
    from reelwright.serve.operator.office import Office, Person
    from reelwright.serve.surfaces import Watcher
    from reelwright.sids.codebook import Codebook

LOOKED_AT = 6  # wishes, and videos, of a viewer whom an operator looks at


def office(home: Home, asked: "Feed") -> "Office":
    """What stands behind the operator's pages; what stands in for a wish, the feed's cache says."""
    from reelwright.serve.operator.ledger import Ledger
    from reelwright.serve.operator.office import Office

    def codes_of(version: str) -> "Codebook | None":
        if version == asked.codebook.version:
            return asked.codebook
        try:
            return codebook(home, version)
        except ReelwrightError:
            return None

    def stand_in(wish: Wish) -> Answer | None:
        known = wish.codebook == asked.codebook.version
        return asked.cache.answer(wish, without=()) if known else None

    return Office(
        ledger=Ledger(home.database, home.config.cache),
        renders=renders(home),
        stock=stock(home),
        videos=home.videos,
        privacy=privacy(home),
        codes=lru_cache(codes_of),
        stand_in=stand_in,
        person=onlooker(home),
        watchers=watchers(home),
        config=home.config.cache,
        clock=time.time,
    )


def onlooker(home: Home) -> "Callable[[str], Person | None]":
    """Who tells an operator of a viewer: a reader of its own, so that no page of the feed waits.

    It is opened when somebody first asks.
    """
    from reelwright.serve.operator.office import Person

    reading = Lock()
    opened: list[tuple[Feed, Known]] = []

    def look(viewer: str) -> "Person | None":
        if not home.log.of(viewer, 1):
            return None
        if not opened:
            own = feed(home)
            opened.append((own, Known(home, own.codebook.version)))
        own, known = opened[0]
        own.take_in_what_was_made()
        told = wishes_of(home, own, viewer, count=LOOKED_AT)
        state = told.viewer
        sids = [one.sid for one in (*told.beyond, *told.within) if one.answer]
        return Person(
            wishes=told,
            codes=own.codebook,
            deeds=[(deed, known.video_of(deed.video)) for deed in reversed(state.history)],
            reasons=dict(zip(sids, own.why(state, sids), strict=True)),
        )

    def alone(viewer: str) -> "Person | None":
        with reading:
            return look(viewer)

    return alone


def watchers(home: Home) -> "list[Watcher]":
    """Simulated viewers whom one may watch as, where this home holds the demo's world."""
    from reelwright.serve.surfaces import Watcher

    if home.models.newest("demo") is None:
        return []
    tastes = world(home.config).tastes[: home.config.world.wishing_viewers]
    return [Watcher(id=taste.viewer, tastes=taste.favourites) for taste in tastes]
