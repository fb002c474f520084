"""A PostgreSQL of one's own, for as long as a `with` lasts: what benches and tests run against."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from reelwright.errors import ReelwrightError

USER = "reelwright"
SERVANTS = ("postgres", "nobody")  # one of them runs it where we are root, whom it refuses
START_S = 60.0


class Postgres:
    """A server in a temporary folder that listens on a Unix socket there, and nowhere else."""

    def __init__(self, *, flush: bool = True) -> None:
        self.flush = flush  # without, it is quick, and a loss of power would cost data
        self.folder = Path(tempfile.mkdtemp(prefix="reelwright-pg-"))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/postgres?host={self.folder}"

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self._made()
            self.start()
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.kill(signal.SIGQUIT)  # at once, and its children with it
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Run, and return as soon as it answers."""
        programs = _programs()
        assert programs is not None, "it was made before"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "fsync": "on" if self.flush else "off",
            "full_page_writes": "on" if self.flush else "off",
            "autovacuum": "off",
            "max_connections": 300,
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [programs / "postgres", "-D", self.folder / "data", *words],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                **_servant(),
            )
        self._wait(programs)

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End it; after a SIGKILL, what is left of it ends by itself."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def _made(self) -> None:
        programs, servant = _programs(), _servant()
        if programs is None:
            raise ReelwrightError("There is no PostgreSQL here.", hint="Install postgresql.")
        if servant:
            os.chown(self.folder, servant["user"], servant["group"])
        words = f"-D {self.folder / 'data'} -U {USER} -A trust -E UTF8 --no-locale --no-sync"
        made = subprocess.run(
            [programs / "initdb", *words.split()],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **servant,
        )
        if made.returncode:
            raise ReelwrightError(
                f"PostgreSQL cannot be set up ({made.stderr.strip()[-200:]}).",
                hint="See that initdb works here.",
            )

    def _wait(self, programs: Path) -> None:
        end_s = time.monotonic() + START_S
        asked = [
            str(programs / "pg_isready"),
            "-q",
            "-h",
            str(self.folder),
            "-U",
            USER,
            "-d",
            "postgres",
        ]
        while subprocess.run(asked, check=False).returncode:
            assert self.process is not None, "nobody started it"
            if self.process.poll() is not None or time.monotonic() > end_s:
                said = (self.folder / "log").read_text(errors="replace").strip()[-300:]
                raise ReelwrightError(f"PostgreSQL does not start ({said}).", hint="Try again.")
            time.sleep(0.05)


def is_here() -> bool:
    """Whether there is a PostgreSQL to run, and somebody to run it."""
    return _programs() is not None and (os.geteuid() != 0 or bool(_servant()))


def _programs() -> Path | None:
    """The folder of its programs; Debian keeps them off the path, the newest version last."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent  # often a link to where all of them lie
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max((path.parent for path in versions), key=_version, default=None)


def _version(programs: Path) -> int:
    name = programs.parent.name
    return int(name) if name.isdigit() else 0


def _servant() -> dict[str, Any]:
    """How to start a process as somebody who is not root; nothing where we are not."""
    if os.geteuid() != 0:
        return {}
    for name in SERVANTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    return {}
