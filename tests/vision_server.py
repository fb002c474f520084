"""A real HTTP server on loopback that answers as a vision-language model would, or as told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "stub-vl"


@dataclass
class Reply:
    """What the server says to one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    cut_short: bool = False  # promise more than is sent


def says(text: object) -> Reply:
    """A proper answer whose message holds `text`."""
    return Reply(body=json.dumps({"choices": [{"message": {"content": text}}]}).encode())


def captions(content: str, creative: str) -> Reply:
    return says(json.dumps({"content": content, "creative": creative}))


def fails(status: int, why: str = "", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps({"error": {"message": why}}).encode(), named)


@dataclass
class Server:
    """Its address, what it was asked, and what it answers."""

    url: str
    answer: Callable[[dict[str, Any]], Reply]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    most_at_once: int = 0


def in_turn(*replies: Reply) -> Callable[[dict[str, Any]], Reply]:
    """The replies one after another, the last of them for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def serving(answer: Callable[[dict[str, Any]], Reply]) -> Iterator[Server]:
    lock = threading.Lock()
    open_now = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal open_now
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                open_now += 1
                server.most_at_once = max(server.most_at_once, open_now)
                server.asked.append(body | {"path": self.path})
                server.keys.append(self.headers["Authorization"])
                reply = server.answer(body)
            time.sleep(reply.after_s)
            with lock:
                open_now -= 1
            self._send(reply)

        def do_GET(self) -> None:
            found = self.path.endswith("/models")
            body = json.dumps({"data": [{"id": MODEL}]}).encode()
            self._send(Reply(body=body) if found else fails(404, "no such page"))

        def _send(self, reply: Reply) -> None:
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + reply.cut_short))
                self.end_headers()
                self.wfile.write(reply.body)
            except (BrokenPipeError, ConnectionResetError):
                return  # whoever asked did not wait
            finally:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server = Server(f"http://127.0.0.1:{listening.server_port}/v1", answer)
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
