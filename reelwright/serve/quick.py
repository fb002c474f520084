"""The two questions that are asked most, a page and what viewers did, on the shortest way.

They stand in the reference like every other route. What is plainly right is answered here, without
looking at each value by the rules of the reference one by one; everything else goes on to the
route of the same path, which answers it likewise or says what is wrong with it.
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from reelwright.config import FeedConfig, ServeConfig
from reelwright.domain import Page
from reelwright.serve.metrics import Metrics
from reelwright.serve.pagejson import PageWriter
from reelwright.serve.surfaces import Pages
from reelwright.storage.database import Busy

T = TypeVar("T")
PLAIN = re.compile(rb"viewer=([A-Za-z0-9._~-]{1,128})(?:&count=([1-9][0-9]{0,2}))?")
JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class Named:
    """A route, as far as its name goes."""

    path: str


FEED = Named("/feed")


class PageDesk:
    """Answers for a page as bytes, at once where the feed can; so many may wait for one."""

    def __init__(
        self,
        feed: Pages,
        config: ServeConfig,
        counts: FeedConfig,
        clock: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        self.feed = feed
        self.config = config
        self.counts = counts
        self.clock = clock
        self.metrics = metrics
        self.written = PageWriter()
        self._waiting = 0

    async def answer(
        self, viewer: str, count: int, *, personal: bool = True, remember: bool = True
    ) -> bytes:
        """The page as JSON; Busy where too many wait already."""
        page = self.feed.page_soon(
            viewer, count=count, now_s=self.clock(), personal=personal, remember=remember
        )
        if isinstance(page, Future):
            page = await self._in_time(page)
        self.metrics.answered(card.answer.way for card in page.cards)
        return self.written(viewer, page)

    async def _in_time(self, page: "Future[Page]") -> Page:
        if self._waiting >= self.config.max_waiting:
            page.add_done_callback(lambda _: None)
            raise Busy("Too many viewers ask at once.")
        self._waiting += 1
        try:
            return await asyncio.wrap_future(page)
        finally:
            self._waiting -= 1


class Quick:
    """Stands before the routes of the app."""

    def __init__(self, app: ASGIApp, desk: PageDesk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/feed" and scope["method"] == "GET":
            asked = PLAIN.fullmatch(scope["query_string"])
            count = int(asked[2] or self.desk.counts.count) if asked else 0
            if asked and count <= self.desk.counts.max_count:
                scope["route"] = FEED  # as the router says it, for whoever counts
                body = await self.desk.answer(asked[1].decode(), count)
                await _send(send, body, NO_STORE)
                return
        await self.app(scope, receive, send)


async def _send(send: Send, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", str(len(body)).encode())
    start = {"type": "http.response.start", "status": 200, "headers": [JSON, length, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
