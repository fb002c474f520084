"""The operator's pages of filmed performances: hand one in, see what was measured, make worlds."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Literal, Protocol

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from reelwright.modify.promise import STRENGTHS
from reelwright.modify.strength import USUAL
from reelwright.serve.clips import ClipResponse
from reelwright.serve.entry import Operator
from reelwright.serve.keyring import Caller
from reelwright.serve.operator.curves import drawn
from reelwright.serve.operator.office import Told
from reelwright.serve.problems import Refused, described
from reelwright.serve.takes import Agreement, TakeDesk
from reelwright.storage.listing import day
from reelwright.storage.takes import DONE, MEASURE, REFUSED, Rework, Take

AT_ONCE = 2  # films that are taken in; more wait
SHOWN = 100  # takes on the page
MOST_WORLDS = 6
YEAR = timedelta(days=365)
SCOPE = "world, costume"
FORM = "multipart/form-data"
PRIVATE = "private, no-cache"
UNKNOWN = described("No such take")


class Show(Protocol):
    """Fills a template."""

    def __call__(self, name: str, caller: Caller, told: Told) -> HTMLResponse: ...


class WorldsAsked(BaseModel):
    """Other worlds for a take."""

    model_config = ConfigDict(extra="forbid")

    worlds: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list, max_length=MOST_WORLDS
    )
    costume: str = Field("", max_length=60)
    strength: str = Field(USUAL, max_length=20)


class HandedIn(BaseModel):
    """A film, and who in it agreed to what."""

    film: Annotated[bytes, Field(json_schema_extra={"format": "binary"})]
    who: str = Field(min_length=1, description="Whoever is filmed and agreed.")
    scope: str = Field(
        min_length=1,
        description="To what, with commas: world, world:NAME, costume, feed, or any.",
        examples=[SCOPE],
    )
    until: str = Field(description="The last day.", json_schema_extra={"format": "date"})


class TakeTold(BaseModel):
    """A take that was handed in."""

    id: str


HANDED_IN = {
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": HandedIn.model_json_schema()}},
    }
}


class WorksTold(BaseModel):
    """What was ordered."""

    ids: list[str]


class RevokedTold(BaseModel):
    """What a revocation removed."""

    lines: list[str]


def add_takes(app: FastAPI, desk: TakeDesk, show: Show) -> None:
    """Everything under /operator/takes."""
    limiter = CapacityLimiter(AT_ONCE)

    @app.get("/operator/takes", include_in_schema=False)
    def takes(caller: Operator) -> HTMLResponse:
        return show("takes", caller, all_told(desk))

    @app.post(
        "/operator/takes",
        summary="Hand in a film of somebody who agreed",
        openapi_extra=HANDED_IN,
        responses={
            400: described("No film, none that can be read, too long, or no consent"),
            415: described("No form"),
        },
    )
    async def take_in(request: Request, caller: Operator) -> TakeTold:
        """Its bytes come as they are, in a form; it is measured when its turn has come."""
        if not request.headers.get("content-type", "").casefold().startswith(FORM):
            raise Refused(415, "A film comes in a form.", hint=f"Send it as {FORM}.")
        async with request.form(max_files=1, max_fields=8) as form:
            film = form.get("film")
            if not isinstance(film, UploadFile) or not film.filename:
                raise Refused(400, "No film was sent.", hint="Choose one.")
            who, scope, until = (str(form.get(name, "")) for name in ("who", "scope", "until"))
            agreed = Agreement(who, scope, until)
            work = partial(desk.take_in, film.file, film.filename, agreed)
            return TakeTold(id=(await to_thread.run_sync(work, limiter=limiter)).id)

    @app.get("/operator/takes/{id}", include_in_schema=False)
    def take(id: str, caller: Operator) -> HTMLResponse:
        return show("take", caller, told(desk, desk.get(id)))

    @app.get("/operator/takes/{id}/{file}", include_in_schema=False)
    def file(id: str, file: Literal["shown", "strip"], caller: Operator) -> Response:
        found = desk.get(id)
        return sent(desk, found.shown if file == "shown" else found.strip)

    @app.get("/operator/works/{id}/{file}", include_in_schema=False)
    def made(id: str, file: Literal["film", "poster"], caller: Operator) -> Response:
        found = desk.work(id)
        if found.state == REFUSED:
            raise Refused(404, "It breaks its promise, and is shown once somebody insists.")
        return sent(desk, found.film if file == "film" else found.poster)

    @app.get("/operator/worlds/{name}", include_in_schema=False)
    def world(name: str, caller: Operator) -> Response:
        if name not in desk.worlds:
            raise Refused(404, f"There is no world {name!r}.")
        headers = {"cache-control": "private, max-age=86400"}
        return Response(desk.thumbnail(name), media_type="image/jpeg", headers=headers)

    add_deeds(app, desk)


def add_deeds(app: FastAPI, desk: TakeDesk) -> None:
    """What an operator does to a take, in the reference of the door."""

    @app.post(
        "/operator/takes/{id}/worlds",
        summary="Put a take into other worlds",
        responses={
            400: described("Not a world, costume or strength of ours"),
            404: UNKNOWN,
            409: described("Not as it stands"),
        },
    )
    def order(id: str, asked: WorldsAsked, caller: Operator) -> WorksTold:
        """Each becomes a film of its own, one after another. It takes the consent of all in it."""
        found = desk.get(id)
        worlds = asked.worlds or [""]
        wanted = [(one, desk.understand(one, asked.costume, asked.strength)) for one in worlds]
        return WorksTold(ids=[work.id for work in desk.order(found, wanted)])

    @app.post(
        "/operator/takes/{id}/revoke",
        summary="Nobody in a take agrees any longer",
        responses={404: UNKNOWN},
    )
    def revoke(id: str, caller: Operator) -> RevokedTold:
        """Removes the film, what was measured, and all that was made of it, wherever that is."""
        return RevokedTold(lines=desk.cabinet.revoke(desk.get(id).footage, desk.clock()).lines)

    @app.delete(
        "/operator/takes/{id}", summary="Forget a take and its films", responses={404: UNKNOWN}
    )
    def forget(id: str, caller: Operator) -> TakeTold:
        desk.cabinet.forget(desk.get(id))
        return TakeTold(id=id)

    @app.post(
        "/operator/works/{id}/insist",
        summary="Show a film that breaks its promise",
        responses={
            403: described("Somebody in it does not agree"),
            404: described("No such work"),
            409: described("It was not refused"),
        },
    )
    def insist(id: str, caller: Operator) -> TakeTold:
        """As `--force` does at the command line: the card goes on saying what is broken."""
        work = desk.work(id)
        desk.insist(work)
        return TakeTold(id=work.id)

    @app.delete(
        "/operator/works/{id}",
        summary="Forget one film of a take, made or not",
        responses={404: described("No such work"), 409: described("Not as it stands")},
    )
    def remove(id: str, caller: Operator) -> TakeTold:
        work = desk.work(id)
        if work.kind == MEASURE:
            raise Refused(409, "A take without its measuring is none.", hint="Forget the take.")
        desk.cabinet.remove(work)
        return TakeTold(id=id)


def sent(desk: TakeDesk, key: str) -> Response:
    """A file of somebody, for operators alone: no cache between keeps it."""
    blobs = desk.cabinet.blobs
    if not key or not blobs.has(key):
        raise Refused(404, "That is not here, or not any longer.")
    return ClipResponse(blobs, key, blobs.size(key), cache_control=PRIVATE)


def all_told(desk: TakeDesk) -> Told:
    """The list of takes, with what each is at."""
    found = desk.cabinet.takes.all(SHOWN)
    works = {take.id: desk.cabinet.takes.works(take.id) for take in found}
    until = datetime.fromtimestamp(desk.clock(), UTC) + YEAR
    return {
        "takes": found,
        "works": works,
        "state": {id_: state_of(take, works[id_]) for take in found if (id_ := take.id)},
        "most_mb": desk.config.max_upload_mb,
        "most_s": desk.config.max_seconds,
        "scope": SCOPE,
        "until": f"{until:%Y-%m-%d}",
    }


def told(desk: TakeDesk, take: Take) -> Told:
    """One take: what was measured, what was made, and what may be."""
    works = desk.cabinet.takes.works(take.id)
    made = [one for one in works if one.kind != MEASURE]
    return {
        "take": take,
        "facts": take.facts,
        "drawing": drawn(take.facts),
        "measuring": next((one for one in works if one.kind == MEASURE), None),
        "films": [one for one in made if one.state == DONE],
        "open": [one for one in made if one.state != DONE],
        "records": [(one, day(one.until_s)) for one in desk.records(take)],
        "worlds": desk.worlds,
        "cloths": desk.cloths,
        "strengths": STRENGTHS,
        "usual": USUAL,
        "most_worlds": MOST_WORLDS,
        "kept": kept,
    }


def state_of(take: Take, works: list[Rework]) -> str:
    """In a few words, what a take is at."""
    if not take.film:
        return "revoked"
    first = next((one for one in works if one.kind == MEASURE), None)
    if first is not None and first.is_open:
        return "being measured"
    if first is not None and first.state != DONE:
        return "refused"
    busy = sum(one.is_open for one in works)
    return f"{busy} being made" if busy else "ready"


def kept(work: Rework) -> tuple[int, int]:
    """How many promises of a strength a film keeps, and how many there are."""
    figures = work.card.get("figures", ())
    held = [one for one in figures if one["promise"] and one["value"] is not None]
    return sum(not one["broken"] for one in held), len(held)
