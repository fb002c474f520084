"""The routes of /v1: order a video in words, see how far it is, have its film, forget it."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from reelwright.serve.clips import ClipResponse
from reelwright.serve.desk import Desk
from reelwright.serve.ordered import (
    MODEL,
    DryRun,
    ModelPage,
    ModelTold,
    VideoAsked,
    VideoGone,
    VideoPage,
    VideoTold,
    error_of,
    status_of,
)
from reelwright.serve.problems import Refused, after, described
from reelwright.storage.blobs import Blobs

T = TypeVar("T")

AT_ONCE = 8  # orders that are worked on; more wait
RETRY_S = 2.0  # when it is worth asking again for what is being made
MOST_FIELDS = 20
KINDS = ("application/json", "multipart/form-data")
PRIVATE = "private, no-cache"
SOURCE = re.compile(r"[!-~]{1,80}")
IMPLEMENTED_S = 1_764_374_400  # 2025-11-29: models have a date of birth in this interface

OrderId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[!-.0-~]+$")]
Idempotency = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="The same again with the same order is harmless; with another it is refused.",
    ),
]
Variant = Literal["video", "thumbnail", "captions"]


def _as_form(told: dict[str, Any]) -> dict[str, Any]:
    """The same in a form, which has no way to say null: what is not meant is left out."""
    fields = {}
    for name, field in told["properties"].items():
        kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
        plain = {key: value for key, value in field.items() if key not in {"anyOf", "default"}}
        fields[name] = plain | ({"anyOf": kinds} if kinds else {})
    fields["source"]["anyOf"].append({"type": "string", "format": "binary"})
    return {**told, "properties": fields}


ASKED = VideoAsked.model_json_schema()
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": schema}
            for kind, schema in zip(KINDS, (ASKED, _as_form(ASKED)), strict=True)
        },
    }
}
UNKNOWN: dict[int | str, dict[str, Any]] = {404: described("No such video")}


def add_videos(app: FastAPI, desk: Desk, blobs: Blobs) -> None:
    """Everything under /v1."""
    limiter = CapacityLimiter(AT_ONCE)

    async def apart(work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work, limiter=limiter)

    async def take_in(film: UploadFile, is_dry: bool) -> str:
        """The id of the take that a film is, or becomes."""
        if is_dry:
            raise Refused(409, "Nothing is taken in for a dry run.", hint="Give the id of a take.")
        work = partial(desk.film_desk().take_in, film.file, film.filename or "", None)
        return (await apart(work)).id

    @app.post(
        "/v1/videos",
        summary="Order a video",
        openapi_extra=BODY,
        responses={
            400: described("The order cannot be"),
            403: described("Nobody's consent to that is recorded, or the key is not for it"),
            404: described("No such source"),
            409: described("The idempotency key was used for another order, or not of that source"),
            415: described("Neither JSON nor a form"),
        },
    )
    async def order(request: Request, idempotency_key: Idempotency = None) -> VideoTold | DryRun:
        """Answers at once. The same words in the same form are made once, whoever orders them."""
        asked, caller = await read(request, take_in), request.state.caller
        if asked.dry_run:
            return await apart(partial(desk.foretell, asked, caller))
        return await apart(partial(desk.place, asked, caller, idempotency_key))

    @app.get("/v1/videos", summary="All orders by age", responses=UNKNOWN)
    async def listed(
        after: Annotated[str | None, Query(min_length=1, max_length=80)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        order: Literal["asc", "desc"] = "desc",
    ) -> VideoPage:
        return await apart(partial(desk.page, after, limit, order))

    @app.get("/v1/videos/{id}", summary="How far an order is", responses=UNKNOWN)
    async def told(id: OrderId) -> VideoTold:
        return await apart(partial(desk.told, id))

    @app.delete("/v1/videos/{id}", summary="Forget an order", responses=UNKNOWN)
    async def forget(id: OrderId) -> VideoGone:
        """The clip itself stays for others who wish for the same."""
        await apart(partial(desk.remove, id))
        return VideoGone(id=id)

    @app.head("/v1/videos/{id}/content", include_in_schema=False)
    @app.get(
        "/v1/videos/{id}/content",
        summary="The film, its thumbnail or its captions, by byte ranges",
        response_class=Response,
        responses=UNKNOWN
        | {
            206: {"description": "The bytes that Range asked for"},
            409: described("It is not there yet"),
            410: described("There will be none"),
            416: {"description": "No such bytes"},
        },
    )
    async def content(id: OrderId, variant: Variant = "video") -> Response:
        return await apart(partial(_content, desk, blobs, id, variant))

    @app.get("/v1/models", summary="Who makes videos here")
    async def models() -> ModelPage:
        return ModelPage(data=[_model()])

    @app.get("/v1/models/{id}", summary="One of them", responses={404: described("No such model")})
    async def model(id: OrderId) -> ModelTold:
        if id != MODEL:
            raise Refused(404, f"There is no model {id!r}.", hint="GET /v1/models lists them.")
        return _model()


def _model() -> ModelTold:
    return ModelTold(id=MODEL, created=IMPLEMENTED_S, owned_by=MODEL)


def _content(desk: Desk, blobs: Blobs, id_: str, variant: Variant) -> Response:
    order = desk.get(id_)
    match status_of(order):
        case "failed":
            raise Refused(
                410, f"There is no film: {error_of(order).message}", hint="Order another."
            )
        case "queued" | "in_progress":
            raise Refused(
                409,
                "The film is not there yet.",
                hint="Ask again when the order's status is completed.",
                headers=after(RETRY_S),
            )
    blobs = desk.blobs_of(order, blobs)
    key = {"video": order.film, "thumbnail": order.poster, "captions": order.captions}[variant]
    if not blobs.has(key):
        raise Refused(410, f"Its {variant} is not kept any longer.", hint="Order it again.")
    return ClipResponse(blobs, key, blobs.size(key), cache_control=PRIVATE)


# ---- orders come as JSON or as a form ------------------------------------------------------------


async def read(
    request: Request, take_in: Callable[[UploadFile, bool], Awaitable[str]]
) -> VideoAsked:
    """What a request asks for, in either of the forms that clients of this interface send."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind not in KINDS:
        raise Refused(
            415,
            f"An order is not {kind or 'without a type'}.",
            hint=f"Send {' or '.join(KINDS)}.",
            headers={"accept": ", ".join(KINDS)},
        )
    try:
        if kind == KINDS[0]:
            return VideoAsked.model_validate_json(await request.body())
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            asked = VideoAsked.model_validate(dict(_fields(form)))
            film = form.get("source")
            if isinstance(film, UploadFile):
                taken = await take_in(film, asked.dry_run)
                return asked.model_copy(update={"source": taken})
            return asked
    except ValidationError as error:
        told = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(told) from error


def _fields(form: FormData) -> Iterator[tuple[str, Any]]:
    """The fields of a form, but for a film; `metadata` is JSON in it."""
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name != "source":
                raise Refused(400, f"{name} is a file.", hint="Only source may be one.")
        elif name == "metadata":
            try:
                yield name, json.loads(value)
            except ValueError:
                yield name, value
        elif name == "source" and not SOURCE.fullmatch(value):
            raise Refused(404, "There is no such source.", hint="Give the id of a take.")
        else:
            yield name, value
