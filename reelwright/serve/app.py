"""The door: what the page and other programs may ask over HTTP, each answered from ready things."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Query, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright import __version__
from reelwright.cache.renders import Renders
from reelwright.config import FeedConfig, ServeConfig
from reelwright.domain import Choices
from reelwright.serve import assets
from reelwright.serve.clips import ClipResponse, is_named
from reelwright.serve.desk import Desk
from reelwright.serve.entry import add_entry
from reelwright.serve.gate import Gate, Porter, is_loopback
from reelwright.serve.guards import BoundBody, StayHome
from reelwright.serve.keyring import Keyring
from reelwright.serve.metrics import Counted, Metrics
from reelwright.serve.mine import Records, add_mine
from reelwright.serve.operator.office import Office
from reelwright.serve.operator.pages import add_operator
from reelwright.serve.problems import after, answer_problems, described, problem
from reelwright.serve.pulse import Physician
from reelwright.serve.quick import WRONG, EventDesk, PageDesk, Quick, RaisedAgain
from reelwright.serve.reference import describe_guards
from reelwright.serve.surfaces import Codes, Pages, Watcher
from reelwright.serve.takes import MB, TakeDesk
from reelwright.serve.videos import add_videos
from reelwright.serve.wire import (
    DemoViewers,
    FeedPage,
    Health,
    HeardEvents,
    Id,
    Kept,
    MakingRows,
)
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy
from reelwright.storage.keys import Keys

RETRY_S = 1.0
MISSED_AFTER_S = 120.0  # that a wish may wait while nobody makes anything

log = logging.getLogger(__name__)


def create_app(
    *,
    feed: Pages,
    blobs: Blobs,
    renders: Renders,
    codes: Codes,
    watchers: Sequence[Watcher],
    keys: Keys,
    desk: Desk,
    physician: Physician,
    records: Records,
    config: ServeConfig,
    counts: FeedConfig,
    clock: Callable[[], float],
    office: Office | None = None,
    takes: TakeDesk | None = None,
) -> FastAPI:
    """The whole door. `clock` gives seconds since 1970; `watchers` may be empty.

    Without an office there are no operator's pages, without a desk for takes no films are taken in.
    """
    app = FastAPI(
        title="Reelwright",
        version=__version__,
        summary="A feed that makes what its viewers wish for.",
        docs_url=None,
        redoc_url=None,
        responses={422: described("The question is wrong"), 503: described("Not now")},
    )
    keyring = Keyring(keys, clock, config, opens_without=is_loopback(config.host))
    porter = Porter(keyring, config)
    films = takes.config.max_upload_mb * MB if takes else config.max_body_bytes
    app.add_middleware(BoundBody, max_bytes=config.max_body_bytes, max_film_bytes=films)
    app.add_middleware(Gate, porter=porter)
    app.add_middleware(Door)
    app.add_middleware(StayHome)
    answer_problems(app)
    add_entry(app, keyring, config)
    metrics = Metrics(physician.pulse)
    app.add_middleware(Counted, metrics=metrics)
    pages, events = PageDesk(feed, config, counts, clock, metrics), EventDesk(feed, clock, metrics)
    app.router.middleware_stack = RaisedAgain(app.router.middleware_stack)
    _add_feed(app, pages, events, counts)
    _add_health(app, physician, metrics)
    _add_clips(app, blobs)
    add_videos(app, desk, blobs)
    _add_what_is_known(app, renders, codes, watchers, clock)
    add_mine(app, records, clock)
    if office:
        add_operator(app, office, partial(examined, physician), takes)
    _add_page(app)
    describe_guards(app)
    # Before all, also before what FastAPI itself puts there. From here on nothing can be added.
    quick = Quick(pages, events, porter, config.max_body_bytes)
    app.middleware_stack = ShortFirst(quick, app.build_middleware_stack())
    return app


def _add_feed(app: FastAPI, pages: PageDesk, events: EventDesk, counts: FeedConfig) -> None:
    count_within = Query(ge=1, le=counts.max_count)

    @app.get("/feed", summary="The next videos for a viewer", response_model=FeedPage)
    async def page(
        viewer: Id,
        count: Annotated[int, count_within] = counts.count,
        personal: Annotated[bool, Query(description="Off: as for somebody unknown.")] = True,
        remember: Annotated[bool, Query(description="Off: nothing of it is written down.")] = True,
    ) -> Response:
        return Response(
            await pages.answer(viewer, count, Choices(personal, remember)),
            media_type="application/json",
            headers={"cache-control": "no-store"},
        )

    @app.post(
        "/events", summary="Keep what viewers did", responses={413: described("Too much at once")}
    )
    async def hear(heard: HeardEvents) -> Kept:
        """Answers once the events are safe on disk. The same id again changes nothing."""
        return await events.hear(heard)


def _add_clips(app: FastAPI, blobs: Blobs) -> None:
    @app.head("/clips/{key:path}", include_in_schema=False)
    @app.get(
        "/clips/{key:path}",
        summary="A film, its poster, preview or captions, by byte ranges",
        response_class=Response,
        responses={
            206: {"description": "The bytes that Range asked for"},
            404: described("No such clip"),
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


def _add_health(app: FastAPI, physician: Physician, metrics: Metrics) -> None:
    @app.get(
        "/health",
        summary="Whether the door is open, and all behind it works",
        responses={503: {"model": Health, "description": "The database cannot be read"}},
    )
    def health(response: Response) -> Health:
        found = examined(physician)
        response.headers["cache-control"] = "no-store"
        if found.database == "busy":
            response.status_code = 503
            response.headers.update(after(RETRY_S))
        return found

    @app.get(
        "/metrics",
        summary="Figures for Prometheus",
        response_class=PlainTextResponse,
    )
    def figures() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def examined(physician: Physician) -> Health:
    """What a look at the house says."""
    try:
        pulse = physician.pulse()
    except Busy:
        return Health(
            status="degraded",
            version=__version__,
            database="busy",
            workers=None,
            making=None,
            waiting=None,
        )
    workers: Literal["working", "idle", "missing", "gave up"]
    if physician.gave_up():
        workers = "gave up"
    elif pulse.working:
        workers = "working"
    else:
        workers = "missing" if pulse.idle_s > MISSED_AFTER_S else "idle"
    return Health(
        status="ok" if workers in {"working", "idle"} else "degraded",
        version=__version__,
        database="ok",
        workers=workers,
        making=pulse.rows.get("making", 0),
        waiting=pulse.rows.get("pending", 0),
    )


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

    @app.get("/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        return answer(request, "sign-in.html")

    @app.get("/page/{name}", include_in_schema=False)
    async def file(request: Request, name: str) -> Response:
        return answer(request, name)


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


class ShortFirst:
    """Tries the short way, then the long one. What fails on the first is raised again on the
    second, before the routes, so that it is told, logged and counted like every failure."""

    def __init__(self, quick: Quick, app: ASGIApp) -> None:
        self.quick = quick
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left: Receive | None = receive
        try:
            left = await self.quick(scope, receive, send)
        except Exception as error:  # noqa: BLE001, it is raised again
            scope[WRONG] = error
        if left is not None:
            await self.app(scope, left, send)
