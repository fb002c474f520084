"""How far a making came: every stage that is done, kept for a while, so that nobody does it again.

What a stage made lies in a folder named by what went into it, and is there whole or not at all.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

PASSING = "."  # begins the name of a folder that is being written


class Milestones:
    """Done stages, below one folder that any number of processes may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def reached(self, stage: str, inputs: Mapping[str, object], go: Callable[[Path], None]) -> Path:
        """The folder with all that `go` writes into it; from the same inputs it goes only once.

        Where two set out at the same time, both arrive at what the first has made.
        """
        place = self.folder / f"{stage}-{_digest(inputs)}"
        if _is_wanted_again(place):
            return place
        passing = self.folder / f"{PASSING}{uuid.uuid4().hex}"
        passing.mkdir(mode=0o700, parents=True)
        try:
            go(passing)
            for path in passing.iterdir():
                _flush(path)
            _arrive(passing, place)
        finally:
            shutil.rmtree(passing, ignore_errors=True)
        return place

    def sweep(self, before_s: float) -> int:
        """Remove what nobody has come back to since then; says how many stages there were."""
        stale = [place for place in self._all() if _used_s(place) < before_s]
        for place in stale:
            shutil.rmtree(place, ignore_errors=True)
        return len(stale)

    def _all(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []


def _digest(inputs: Mapping[str, object]) -> str:
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def _is_wanted_again(place: Path) -> bool:
    """Whether it is there; then it stays for as long as if it were new."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _arrive(passing: Path, place: Path) -> None:
    try:
        passing.rename(place)
    except OSError:
        if not _is_wanted_again(place):
            raise


def _used_s(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except FileNotFoundError:  # another has swept it
        return float("inf")


def _flush(path: Path) -> None:
    """Wait until the file is on the disk: a name must not outlive what it names."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
