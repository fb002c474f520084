"""The door: what the page and other programs may ask over HTTP, each answered from ready things."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright import __version__
from reelwright.cache.renders import Renders
from reelwright.config import FeedConfig, ServeConfig
from reelwright.errors import ReelwrightError
from reelwright.serve import assets
from reelwright.serve.clips import ClipResponse, is_named
from reelwright.serve.guards import BoundBody, StayHome
from reelwright.serve.quick import PageDesk, Quick
from reelwright.serve.surfaces import Codes, Pages, Watcher
from reelwright.serve.wire import (
    DemoViewers,
    FeedPage,
    Health,
    HeardEvents,
    Id,
    Kept,
    MakingRows,
    Problem,
)
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy

HINTS = {
    400: "Send JSON as GET /docs describes it.",
    404: "GET /docs lists what can be asked.",
    405: "GET /docs lists what can be asked.",
    413: "Send fewer events at once.",
    416: "Ask for bytes that the file has.",
    422: "Send JSON, as application/json, in the form that GET /docs describes.",
    503: "Try again in a moment.",
}

log = logging.getLogger(__name__)


def create_app(
    *,
    feed: Pages,
    blobs: Blobs,
    renders: Renders,
    codes: Codes,
    watchers: Sequence[Watcher],
    config: ServeConfig,
    counts: FeedConfig,
    clock: Callable[[], float],
) -> FastAPI:
    """The whole door. `clock` gives seconds since 1970; `watchers` may be empty."""
    app = FastAPI(
        title="Reelwright",
        version=__version__,
        summary="A feed that makes what its viewers wish for.",
        docs_url=None,
        redoc_url=None,
        responses={422: _problem("The question is wrong"), 503: _problem("Not now")},
    )
    app.add_middleware(Door)
    app.add_middleware(BoundBody, max_bytes=config.max_body_bytes)
    app.add_middleware(StayHome)
    _answer_problems(app)
    _add_feed(app, feed, config, counts, clock)
    _add_clips(app, blobs)
    _add_what_is_known(app, renders, codes, watchers, clock)
    _add_page(app)
    return app


def _problem(description: str) -> dict[str, Any]:
    """How the reference tells of a refusal."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {"description": description, "content": content}


def _add_feed(
    app: FastAPI,
    feed: Pages,
    config: ServeConfig,
    counts: FeedConfig,
    clock: Callable[[], float],
) -> None:
    desk = PageDesk(feed, config, counts, clock)
    app.router.middleware_stack = Quick(app.router.middleware_stack, desk)
    count_within = Query(ge=1, le=counts.max_count)

    @app.get("/feed", summary="The next videos for a viewer", response_model=FeedPage)
    async def page(viewer: Id, count: Annotated[int, count_within] = counts.count) -> Response:
        return Response(
            await desk.answer(viewer, count),
            media_type="application/json",
            headers={"cache-control": "no-store"},
        )

    @app.post(
        "/events", summary="Keep what viewers did", responses={413: _problem("Too much at once")}
    )
    async def hear(heard: HeardEvents) -> Kept:
        """Answers once the events are safe on disk. The same id again changes nothing."""
        now_s = clock()
        events = [event.event(now_s) for event in heard.events]
        new = await asyncio.wrap_future(feed.hear(events))
        return Kept(accepted=len(events), new=new)


def _add_clips(app: FastAPI, blobs: Blobs) -> None:
    @app.head("/clips/{key:path}", include_in_schema=False)
    @app.get(
        "/clips/{key:path}",
        summary="A film, its poster, preview or captions, by byte ranges",
        response_class=Response,
        responses={
            206: {"description": "The bytes that Range asked for"},
            404: _problem("No such clip"),
            416: {"description": "No such bytes"},
        },
    )
    def clip(key: str) -> Response:
        if not blobs.has(key):  # false, too, for what cannot be a key
            raise HTTPException(404, f"There is no clip {key!r}.")
        return ClipResponse(blobs, key, blobs.size(key))


def _add_what_is_known(
    app: FastAPI,
    renders: Renders,
    codes: Codes,
    watchers: Sequence[Watcher],
    clock: Callable[[], float],
) -> None:
    @app.get("/making", summary="What is being made")
    def rows(n: Annotated[int, Query(ge=1, le=100)] = 12) -> MakingRows:
        return MakingRows.of(renders.recent(n), codes, clock())

    @app.get("/viewers", summary="Whom one can watch as in the demo")
    async def viewers() -> DemoViewers:
        return DemoViewers.of(watchers)

    @app.get("/health", summary="Whether the door is open")
    async def health() -> Health:
        return Health(version=__version__)


def _add_page(app: FastAPI) -> None:
    files = assets.load()

    def answer(request: Request, name: str) -> Response:
        if (asset := files.get(name)) is None:
            raise HTTPException(404, f"The page has no file {name!r}.")
        fresh = {"etag": asset.etag, "cache-control": "no-cache"}
        if is_named(asset.etag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=fresh)
        return Response(asset.body, media_type=asset.kind, headers=fresh)

    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        return answer(request, "index.html")

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        return answer(request, "docs.html")

    @app.get("/page/{name}", include_in_schema=False)
    async def file(request: Request, name: str) -> Response:
        return answer(request, name)


# ---- what goes wrong ---------------------------------------------------------------------------


def problem(
    status: int, detail: str, *, hint: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """An error as RFC 9457 has it, with what to do about it."""
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        hint=hint or HINTS.get(status, "GET /docs describes what can be asked."),
    )
    return Response(
        told.model_dump_json(),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def _answer_problems(app: FastAPI) -> None:
    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> Response:
        return problem(error.status_code, error.detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return problem(422, f"{place}: {first['msg']}.")

    @app.exception_handler(ReelwrightError)
    async def mistaken(request: Request, error: ReelwrightError) -> Response:
        return problem(400, error.problem, hint=error.hint)

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> Response:
        return problem(503, str(error), headers={"retry-after": f"{error.retry_after_s:.0f}"})


class Door:
    """The last resort: what nobody caught is our mistake; it is logged and answered as such."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception:
            log.exception("%s %s failed", scope.get("method"), scope.get("path"))
            if begun:
                raise  # half an answer is out: the server must break the connection
            hint = "The server's log says more."
            await problem(500, "Something of ours broke.", hint=hint)(scope, receive, send)
