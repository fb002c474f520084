"""What goes wrong, told as RFC 9457 has it: what it was, and what to do about it."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from reelwright.errors import ReelwrightError, cleaned
from reelwright.serve.wire import Problem
from reelwright.storage.database import Busy

HINTS = {
    400: "Send JSON as GET /docs describes it.",
    404: "GET /docs lists what can be asked.",
    405: "GET /docs lists what can be asked.",
    409: "GET /docs describes what can be asked.",
    413: "Send less at once.",
    415: "Send application/json.",
    416: "Ask for bytes that the file has.",
    422: "Send JSON, as application/json, in the form that GET /docs describes.",
    429: "Come back after Retry-After seconds.",
    503: "Try again in a moment.",
}
LONGEST = 400  # letters of a detail, into which a stranger's words may have come


class Refused(Exception):
    """A refusal with a hint of its own."""

    def __init__(
        self, status: int, detail: str, *, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.headers = headers

    def response(self) -> Response:
        return problem(self.status, self.detail, hint=self.hint, headers=self.headers)


def too_fast(wait_s: float, detail: str) -> Refused:
    """Come back later, and when."""
    return Refused(429, detail, headers=after(wait_s))


def after(wait_s: float) -> dict[str, str]:
    return {"retry-after": str(max(1, ceil(wait_s)))}


def problem(
    status: int, detail: str, *, hint: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=cleaned(detail, LONGEST),
        hint=hint or HINTS.get(status, "GET /docs describes what can be asked."),
    )
    return Response(
        told.model_dump_json(),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def described(description: str) -> dict[str, Any]:
    """How the reference tells of a refusal."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {"description": description, "content": content}


def answer_problems(app: FastAPI) -> None:
    """Every refusal, whoever made it, in this one form."""

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> Response:
        return problem(error.status_code, error.detail, headers=error.headers)

    @app.exception_handler(Refused)
    async def refused_with_a_hint(request: Request, error: Refused) -> Response:
        return error.response()

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
        return problem(503, error.problem, hint=error.hint, headers=after(error.retry_after_s))
