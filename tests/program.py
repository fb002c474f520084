"""The program as a user runs it, each time in a process of its own, but with its packages loaded.

To load torch and the rest costs seconds of a processor, and more than a hundred commands of these
tests would each pay them. So one process loads everything once and carries out every command in a
fork of itself: what a command says, how it ends and what it leaves behind are still a process's.
How the program begins, and how it is stopped, is tested on `command`, which starts it anew.
"""

import atexit
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("av", "cv2", "fastapi", "granian", "pyloudnorm", "rich.progress", "scipy.signal")
PARTS = (
    "assemble.door",
    "assemble.reworks",
    "doctor",
    "training",
    "workshop",
    "feed",
    "serve.app",
    "serve.server",
)


def surroundings() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def command(*words: str, home: Path) -> list[str]:
    """The program from its very beginning."""
    return [sys.executable, "-m", "reelwright", "--home", str(home), *words]


def reelwright(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The program as a user runs it, in a process of its own."""
    return loaded().run("--home", str(home), *words)


def refused(*words: str, home: Path) -> str:
    """The one line with which a mistake ends; nothing else is said."""
    return refusal(reelwright(*words, home=home))


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


@cache
def loaded() -> "Loaded":
    """One for all tests; conftest.py closes it."""
    return Loaded()


class Loaded:
    """Carries out commands one after the other until it is closed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=surroundings(),
        )

    def run(
        self, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What the program says to these words, and how it ends."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            said = [Path(folder, "stdout"), Path(folder, "stderr")]
            order = {
                "words": words,
                "env": {**surroundings(), **(env or {})},
                "cwd": str(cwd or Path.cwd()),
                "said": [*map(str, said)],
            }
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            status = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(
                words, status, *(path.read_text(encoding="utf-8") for path in said)
            )

    def close(self) -> None:
        self._process.communicate(timeout=60)


def answer() -> None:
    """A fork for every order, and how it ended in a line."""
    from reelwright.cli import main

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(**json.loads(line))
            try:
                main()
            except SystemExit as end:
                leave(end.code)
            leave(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


def become(words: list[str], env: dict[str, str], cwd: str, said: list[str]) -> None:
    """A process that a shell could have started."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv[1:] = words
    writing = os.O_WRONLY | os.O_CREAT
    places = ((os.devnull, os.O_RDONLY), *((path, writing) for path in said))
    for number, (path, flags) in enumerate(places):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def leave(status: object) -> None:
    """All that Python does at its end but for taking the loaded packages down, which takes long."""
    assert isinstance(status, int), f"ended with {status!r}"
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":  # processes of a pool import this file too
    for name in (*PACKAGES, *(f"reelwright.{part}" for part in PARTS)):
        importlib.import_module(name)
    gc.freeze()  # else every fork's first collection copies all that was loaded: 1.9 CPU-s, not 0.1
    answer()
