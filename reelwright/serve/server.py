"""Runs the door with granian in this process, until somebody says stop."""

import asyncio
import contextlib
import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable

from fastapi import FastAPI
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from reelwright.config import ServeConfig
from reelwright.errors import ReelwrightError

READY_WITHIN_S = 10.0
GRACE_S = 2.0  # what requests under way have to finish
# granian's threads let go of Python a moment after it says that it has ended; an interpreter that
# ends before them is aborted (granian issue 693; 7 of 100 times here without this).
LINGER_S = 0.25
KNOCKING = 1024  # connections that may wait to be taken in
SILENT_S = 30.0  # in which a connection that is held open has to ask for something
OTHER_FILES = 512  # open beside connections: the store's, clips, models
# Python looks for cycles after so many new objects, and everybody waits for it: 11 to 16 ms at
# 5,000 and 3 on a busy machine, a quarter of a second at 20,000 and 20. Each is looked at as often
# if they are few at a time. A page makes some dozens that are kept, none of them in a cycle; what
# was loaded before the door opened is left out, and a look at all the rest is rare.
LOOK_AFTER = (1_000, 5, 6_000)
# granian's own voice: only errors, and those where errors belong.
LOGGING = {
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "generic"},
        "access": {"class": "logging.NullHandler"},
    }
}


def refuse_taken_port(config: ServeConfig) -> None:
    """Raises where the address cannot be listened on. Call it before anything slow."""
    try:
        found = socket.getaddrinfo(config.host, None, type=socket.SOCK_STREAM)[0]
        family, kind, protocol, _, address = found
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address[0], config.port, *address[2:]))
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReelwrightError(
            f"{config.host}:{config.port} cannot be listened on ({reason}).",
            hint="Stop what uses it, or choose another with --set serve.port=8322 (or serve.host).",
        ) from error


def url_of(config: ServeConfig) -> str:
    """Where a browser on this machine finds the page."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)
    return f"http://[{host}]:{config.port}/" if ":" in host else f"http://{host}:{config.port}/"


def serve(app: FastAPI, config: ServeConfig, on_ready: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM; requests under way are finished first."""

    async def until_signal() -> None:
        stop = asyncio.Event()
        gc.collect()
        gc.freeze()  # else every full look passes through all models and videos: half a second
        gc.set_threshold(*LOOK_AFTER)
        _set_on_signals(stop)
        await serve_until(stop, app, config, on_ready)

    asyncio.run(until_signal())


async def serve_until(
    stop: asyncio.Event, app: FastAPI, config: ServeConfig, on_ready: Callable[[str], None]
) -> None:
    """Serves until `stop` is set; `on_ready` hears the page's address once it answers there."""
    refuse_taken_port(config)
    server = Server(
        app,
        config.host,
        config.port,
        interface=Interfaces.ASGINL,
        websockets=False,
        # Where it may also be HTTP/2, who connects and says nothing keeps a place for ever.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=round(1000 * SILENT_S)),
        # Players and programs keep their connections: one beyond these is never answered.
        backlog=KNOCKING,
        backpressure=holdable(config.max_connections),
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
    )
    serving = asyncio.create_task(server.serve())
    await _listening(config)
    on_ready(url_of(config))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    assert stopping.done(), "granian's worker stopped by itself"
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=GRACE_S)
    if not serving.done():  # a paused player may hold its connection for ever: it is cut off
        logging.getLogger("_granian").setLevel(logging.CRITICAL)  # and not told of as an error
        serving.cancel()
    await asyncio.sleep(LINGER_S)


def holdable(most: int) -> int:
    """So many connections, or as many as the system lets this process hold open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, min(most, soft - OTHER_FILES))
    return most


def _set_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


async def _listening(config: ServeConfig) -> None:
    host = url_of(config).removeprefix("http://").rpartition(":")[0].strip("[]")
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(host, config.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
