"""Films and what belongs to them over HTTP: by ranges, cached for ever, never whole in memory."""

import re
from functools import partial
from pathlib import PurePosixPath

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reelwright.storage.blobs import Blobs

FOR_EVER = "public, max-age=31536000, immutable"
CHUNK_BYTES = 1 << 19  # read and sent at a time
RANGE = re.compile(r"bytes=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)
KINDS = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".vtt": "text/vtt; charset=utf-8",
}


def span(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for, empty where there are none of them.

    None for what is not one range, several ranges included: then the whole is sent, as RFC 9110
    (14.2) allows.
    """
    match = RANGE.fullmatch(header.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def is_named(etag: str, header: str) -> bool:
    """Whether an If-None-Match header names the tag."""
    return header.strip() == "*" or etag in (
        tag.strip().removeprefix("W/") for tag in header.split(",")
    )


class ClipResponse(Response):
    """One blob, or the part of it that was asked for. A key's bytes never change."""

    def __init__(self, blobs: Blobs, key: str, size: int, *, cache_control: str = FOR_EVER) -> None:
        self.blobs = blobs
        self.key = key
        self.size = size
        self.cache_control = cache_control
        self.etag = f'"{PurePosixPath(key).stem}"'
        self.background = None
        self.status_code = 200

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope)
        if is_named(self.etag, asked.get("if-none-match", "")):
            await self._say(send, 304)
        elif scope["method"] == "HEAD":
            await self._say(send, 200, {"content-length": str(self.size)})
        elif (part := self._part(asked)) is None:
            await self._send(scope, send, 200, range(self.size), {})
        elif part:
            about = {"content-range": f"bytes {part.start}-{part.stop - 1}/{self.size}"}
            await self._send(scope, send, 206, part, about)
        else:
            about = {"content-range": f"bytes */{self.size}", "content-length": "0"}
            await self._say(send, 416, about)

    def _part(self, asked: Headers) -> range | None:
        if "range" not in asked or asked.get("if-range", self.etag) != self.etag:
            return None
        return span(asked["range"], self.size)

    async def _say(self, send: Send, status: int, about: dict[str, str] | None = None) -> None:
        """A whole answer without a body."""
        await self._start(send, status, about or {})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, send: Send, status: int, about: dict[str, str]) -> None:
        suffix = PurePosixPath(self.key).suffix.lower()
        headers = {
            "content-type": KINDS.get(suffix, "application/octet-stream"),
            "accept-ranges": "bytes",
            "cache-control": self.cache_control,
            "etag": self.etag,
            **about,
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})

    async def _send(
        self, scope: Scope, send: Send, status: int, part: range, about: dict[str, str]
    ) -> None:
        await self._start(send, status, {"content-length": str(len(part)), **about})
        whole = len(part) == self.size
        if whole and "http.response.pathsend" in scope.get("extensions", {}):
            path = str(self.blobs.path(self.key))  # the server reads it without Python
            await send({"type": "http.response.pathsend", "path": path})
            return
        for start in range(part.start, part.stop, CHUNK_BYTES):
            end = min(start + CHUNK_BYTES, part.stop)
            body = await to_thread.run_sync(partial(self.blobs.range, self.key, start, end))
            more = end < part.stop
            await send({"type": "http.response.body", "body": body, "more_body": more})
        if not part:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
