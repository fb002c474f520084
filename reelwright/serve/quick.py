"""The two questions that are asked most, a page and what viewers did, on the shortest way.

They stand in the reference like every other route. What is plainly right, and from whom the gate
knows, is answered here, before all that stands before the routes and as all that would have it
answered. Everything else goes on and is answered likewise, or told what is wrong with it; so is
what goes wrong here, which is raised again where the routes are.
"""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright.config import FeedConfig, ServeConfig
from reelwright.domain import AS_USUAL, Choices, Page
from reelwright.serve import mail
from reelwright.serve.gate import Porter
from reelwright.serve.guards import HEADERS
from reelwright.serve.metrics import Metrics
from reelwright.serve.pagejson import PageWriter
from reelwright.serve.surfaces import Pages
from reelwright.serve.wire import HeardEvents, Kept
from reelwright.storage.database import Busy

PLAIN = re.compile(rb"viewer=([A-Za-z0-9._~-]{1,128})(?:&count=([1-9][0-9]{0,2}))?")
LENGTH = re.compile("[0-9]{1,18}")
ANSWER = ((b"content-type", b"application/json"), *HEADERS)
PAGE = (*ANSWER, (b"cache-control", b"no-store"))
EVENTS = TypeAdapter(HeardEvents)
WRONG = "reelwright.wrong"  # in a scope: what the short way raised


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

    async def answer(self, viewer: str, count: int, choices: Choices = AS_USUAL) -> bytes:
        """The page as JSON; Busy where too many wait already."""
        page = self.feed.page_soon(viewer, count=count, now_s=self.clock(), choices=choices)
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
            return await mail.answer(page)
        finally:
            self._waiting -= 1


class EventDesk:
    """Hears what viewers did."""

    def __init__(self, feed: Pages, clock: Callable[[], float], metrics: Metrics) -> None:
        self.feed = feed
        self.clock = clock
        self.metrics = metrics

    async def hear(self, heard: HeardEvents) -> Kept:
        """Answers once the events are safe on disk."""
        now_s = self.clock()
        events = [event.event(now_s) for event in heard.events]
        new = await mail.answer(self.feed.hear(events))
        self.metrics.acknowledged(len(events))
        return Kept(accepted=len(events), new=new)


class Quick:
    """What it answers has passed the gate, is counted and timed, and has the headers that every
    answer has."""

    def __init__(self, pages: PageDesk, events: EventDesk, porter: Porter, max_bytes: int) -> None:
        self.pages = pages
        self.events = events
        self.porter = porter
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """None where this was answered; else what is left to be received on the long way."""
        if scope["type"] == "http":
            match scope["method"], scope["path"]:
                case "GET", "/feed":
                    return None if await self._page(scope, send) else receive
                case "POST", "/events":
                    return await self._hear(scope, receive, send)
        return receive

    async def _page(self, scope: Scope, send: Send) -> bool:
        begun_s = time.perf_counter()
        asked = PLAIN.fullmatch(scope["query_string"])
        counts = self.pages.counts
        count = int(asked[2] or counts.count) if asked else 0
        if not asked or count > counts.max_count or not self.porter.knows(scope):
            return False
        await _send(send, await self.pages.answer(asked[1].decode(), count), PAGE)
        self.pages.metrics.took("GET", "/feed", 200, time.perf_counter() - begun_s)
        return True

    async def _hear(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        begun_s = time.perf_counter()
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        is_plain = headers.get("content-type") == "application/json" and LENGTH.fullmatch(length)
        if not is_plain or int(length) > self.max_bytes or not self.porter.knows(scope):
            return receive
        message = await receive()
        if message["type"] != "http.request" or message.get("more_body", False):
            return _first(message, receive)
        try:
            heard = EVENTS.validate_json(message["body"])
        except ValidationError:  # the route says what is wrong
            return _first(message, receive)
        kept = await self.events.hear(heard)
        await _send(send, kept.model_dump_json().encode(), ANSWER)
        self.events.metrics.took("POST", "/events", 200, time.perf_counter() - begun_s)
        return None


class RaisedAgain:
    """Stands before the routes: what went wrong on the short way goes wrong here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (error := scope.get(WRONG)) is not None:
            raise error
        await self.app(scope, receive, send)


def _first(message: Message, receive: Receive) -> Receive:
    """As `receive`, from before this message on."""
    left = [message]

    async def receive_again() -> Message:
        return left.pop() if left else await receive()

    return receive_again


async def _send(send: Send, body: bytes, headers: Sequence[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
