"""What stands before every route: a bound on bodies, and headers that keep the page at home."""

import re

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
FOR_FILMS = ("/operator/takes", "/v1/videos")
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class StayHome:
    """Puts headers on every answer: the page may load nothing from elsewhere, nor be framed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BoundBody:
    """Refuses a body, with 413, as soon as it is longer than allowed, whatever its header said.

    Where films are taken in, a form may be as long as one; it is never whole in memory.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, max_film_bytes: int = 0) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.max_film_bytes = max_film_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        header = Headers(scope=scope).get("content-length", "")
        declared = int(header) if re.fullmatch("[0-9]{1,18}", header) else 0
        met, most = 0, self._most(scope)

        async def receive_within_bounds() -> Message:
            nonlocal met
            if declared <= most:
                message = await receive()
                met += len(message.get("body", b""))
                if met <= most:
                    return message
            raise HTTPException(413, f"The body is longer than {most} bytes.")

        await self.app(scope, receive_within_bounds, send)

    def _most(self, scope: Scope) -> int:
        kind = Headers(scope=scope).get("content-type", "")
        if scope["path"] in FOR_FILMS and kind.casefold().startswith("multipart/form-data"):
            return max(self.max_bytes, self.max_film_bytes + self.max_bytes)
        return self.max_bytes
