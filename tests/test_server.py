"""The server: granian in this process, a port that is taken, whole films, and a clean end."""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scripted_feed import ScriptedFeed, app_of, free_port, running, store

from reelwright.config import ServeConfig
from reelwright.errors import ReelwrightError
from reelwright.serve.server import refuse_taken_port, url_of

FILM = np.random.default_rng(5).bytes(1_300_000)


def test_the_port_is_looked_at_before_anything_slow(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReelwrightError, match=rf"127\.0\.0\.1:{port} cannot be"):
            refuse_taken_port(ServeConfig(port=port))
    refuse_taken_port(ServeConfig(port=port))


@pytest.mark.parametrize("config", [ServeConfig(host="192.0.2.1"), ServeConfig(port=70_000)])
def test_an_address_that_cannot_be_is_named(config: ServeConfig) -> None:
    with pytest.raises(ReelwrightError, match="cannot be listened on"):
        refuse_taken_port(config)


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:80/"), ("::", "http://[::1]:80/"), ("a.b", "http://a.b:80/")],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert url_of(ServeConfig(host=host, port=80)) == url


def test_films_arrive_as_they_are_through_the_real_server(tmp_path: Path) -> None:
    with store(tmp_path) as kept, running(app_of(ScriptedFeed([], kept), kept)) as url:
        film = kept.blobs.put(FILM, ".mp4")
        for asked, expected in [
            (None, FILM),
            ("bytes=0-", FILM),
            ("bytes=7-", FILM[7:]),
            ("bytes=600000-600009", FILM[600_000:600_010]),
        ]:
            headers = {"Range": asked} if asked else {}
            request = urllib.request.Request(f"{url}clips/{film}", headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.status == (206 if asked else 200)
                assert int(answer.headers["content-length"]) == len(expected)
                assert answer.read() == expected


SLOW = """
import asyncio, sys
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from reelwright.config import ServeConfig
from reelwright.serve import server

server.SILENT_S = float(sys.argv[2])
app = FastAPI()

@app.get("/slow")
async def slow() -> str:
    await asyncio.sleep(0.5)
    return "done"

@app.get("/endless")
async def endless() -> StreamingResponse:
    async def chunks():
        while True:
            yield bytes(1 << 20)
    return StreamingResponse(chunks())

def tell(url: str) -> None:
    sys.stdout.write(url + "\\n")
    sys.stdout.flush()

server.serve(app, ServeConfig(port=int(sys.argv[1])), tell)
"""


@contextlib.contextmanager
def apart(silent_s: float = 30.0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-c", SLOW, str(free_port()), str(silent_s)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdout=pipe, stderr=pipe) as server:
        assert server.stdout
        try:
            yield server, server.stdout.readline().strip()
        finally:
            server.kill()  # nothing, where it has ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_and_finishes_what_it_began(number: signal.Signals) -> None:
    with apart() as (server, url):
        answers: list[bytes] = []
        asker = threading.Thread(
            target=lambda: answers.append(urllib.request.urlopen(f"{url}slow", timeout=10).read())
        )
        asker.start()
        time.sleep(0.2)
        server.send_signal(number)
        out, err = server.communicate(timeout=10)
        asker.join()
    assert answers == [b'"done"']
    assert (server.returncode, out, err) == (0, "", "")


def test_connections_that_are_kept_keep_nobody_out() -> None:
    """Browsers hold some six each, for as long as a page is open."""
    with apart() as (_, url), contextlib.ExitStack() as kept:
        host, _, port = url.removeprefix("http://").strip("/").partition(":")
        for _ in range(300):
            asker = http.client.HTTPConnection(host, int(port), timeout=5)
            kept.callback(asker.close)
            asker.request("GET", "/nowhere")
            assert asker.getresponse().read()


@pytest.mark.parametrize("said", [b"", b"GET /nowhere HTTP/1.1\r\n", None])
def test_who_connects_and_says_nothing_keeps_no_place(said: bytes | None) -> None:
    """Nor who does not end what they ask; nor who was answered, for ever."""
    with apart(silent_s=0.5) as (_, url):
        host, _, port = url.removeprefix("http://").strip("/").partition(":")
        with socket.create_connection((host, int(port)), timeout=8) as asker:
            asker.sendall(b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n" if said is None else said)
            while asker.recv(4096):
                pass


LIMITED = """
import resource, sys
from reelwright.serve.server import holdable

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 2000))
print(holdable(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(holdable(4096), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_as_many_connections_are_held_as_the_system_grants() -> None:
    told = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True)
    assert told.stdout.split() == ["1000", "1512", "1488", "2000"], told.stderr


def test_who_does_not_read_on_cannot_keep_it_from_ending() -> None:
    with apart() as (server, url), urllib.request.urlopen(f"{url}endless", timeout=10) as answer:
        assert answer.read(1000) == bytes(1000)
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=10)
    assert (server.returncode, out, err) == (0, "", "")


def test_who_keeps_a_connection_open_and_asks_nothing_cannot_keep_it_from_ending() -> None:
    with apart() as (server, url):
        host, _, port = url.removeprefix("http://").strip("/").partition(":")
        asker = http.client.HTTPConnection(host, int(port), timeout=10)
        asker.request("GET", "/openapi.json")
        assert asker.getresponse().read()
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=10)
        asker.close()
    assert (server.returncode, out, err) == (0, "", "")
