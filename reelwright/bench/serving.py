"""A server of its own process for benches: what `reelwright serve` runs, over a home."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def served(folder: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """The port and the process of a server that answers, until it is not needed any longer."""
    port = free_port()
    command = [sys.executable, "-m", "reelwright.bench.feedserver", folder, str(port)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=on_one_thread()
    ) as server:
        try:
            assert server.stdout is not None, "a server that can be heard"
            assert server.stdout.readline(), "the server does not come up; it says why above"
            yield port, server
        finally:
            server.terminate()


def on_one_thread() -> Mapping[str, str]:
    """The environment of a process whose arithmetic is not to take the other cores."""
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
