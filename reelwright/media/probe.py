"""The gate for films from outside: what a file holds, or why it is not taken, in one sentence."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reelwright.config import MediaConfig
from reelwright.errors import ReelwrightError
from reelwright.media import probing
from reelwright.progress import Progress, silent

AT_ONCE = 2  # children; each keeps a core busy
STOPPED: dict[int, str] = {
    signal.SIGXCPU: "took too much work to be read",
    signal.SIGKILL: "was stopped while it was read, for lack of memory or time",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """The facts of a film that can be decoded, as it is shown (a phone's rotation applied)."""

    duration_s: float
    width: int
    height: int
    fps: float
    has_sound: bool
    codec: str


class Prober:
    """Looks into films that somebody else made, each in a limited child process of its own."""

    def __init__(self, config: MediaConfig) -> None:
        self.config = config

    def probe(self, path: Path) -> Probe:
        """What `path` holds. A ReelwrightError names the file and the cause if it is no video."""
        refuse_at_sight(path, self.config)
        answer = json.loads(self._ask_child(path))
        if "refused" in answer:
            raise refusal(path, answer["refused"], answer.get("hint", probing.READABLE_HINT))
        return Probe(**answer)

    def probe_many(
        self, paths: Sequence[Path], progress: Progress = silent
    ) -> list[Probe | ReelwrightError]:
        """What each file holds or why it is refused, in the order of `paths`, two at once."""
        found: list[Probe | ReelwrightError] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for result in pool.map(self._probe_or_refusal, paths):
                found.append(result)
                progress("looking into films", len(found), len(paths))
        return found

    def _probe_or_refusal(self, path: Path) -> Probe | ReelwrightError:
        try:
            return self.probe(path)
        except ReelwrightError as refusal:
            return refusal

    def _ask_child(self, path: Path) -> str:
        """The child's line of JSON. It gets no handle, no input and no environment of ours."""
        limits = json.dumps(dataclasses.asdict(self.config))
        command = [sys.executable, "-I", "-X", "utf8", probing.__file__]
        timeout_s = self.config.probe_timeout_s
        try:
            child = subprocess.run(
                [*command, str(path.absolute()), limits],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout_s,
                env={key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise refusal(
                path, f"could not be read within {timeout_s:g} s", "Convert it to MP4 with H.264."
            ) from error
        if child.returncode != 0:
            raise refusal(path, stopped(child.returncode), "Convert it to MP4 with H.264.")
        return child.stdout.decode()


def refuse_at_sight(path: Path, config: MediaConfig) -> None:
    """What needs no look inside: an ordinary file, readable, neither empty nor too large."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise refusal(path, "is not a file", "Give a video file.")
        path.open("rb").close()
    except OSError as error:
        raise refusal(
            path, f"cannot be opened ({error.strerror})", "Check its path and permissions."
        ) from error
    if size == 0:
        raise refusal(path, "is empty", probing.WHOLE_HINT)
    if size > config.max_bytes:
        raise refusal(
            path,
            f"has {size:,} bytes, more than {config.max_bytes:,}",
            "Compress it, or raise media.max_bytes.",
        )


def stopped(status: int) -> str:
    """Why a child ended with a status that is not 0, as it follows a file's name."""
    return STOPPED.get(-status, f"broke the decoder (status {status})")


def refusal(path: Path, problem: str, hint: str) -> ReelwrightError:
    name = path.name if path.name.isprintable() else ascii(path.name)
    return ReelwrightError(f"{name} {problem}.", hint=hint)
