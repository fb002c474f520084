"""Somebody's own photographs, logos and films: taken in by content, handed out as pixels.

Every file is opened in a limited child process (`unpack.py`), so that a broken or hostile one ends
in a sentence. A picture comes back no larger than it is shown; a film's frames wait on the disk.
"""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.domain import Asset, AssetKind
from reelwright.errors import ReelwrightError
from reelwright.media.probe import refusal, refuse_at_sight, stopped

ROOT = Path(__file__).parents[2]
BOOT = """
import sys
sys.path.insert(0, sys.argv[1])
from reelwright.media.unpack import main
main(*sys.argv[2:])
"""
HINT = "Give a JPEG, PNG or WebP picture, or an MP4 with H.264."
USUAL_NAMES = {"mjpeg": {".jpg", ".jpeg"}, "png": {".png"}, "webp": {".webp"}}
NAMED = {"mjpeg": "a JPEG", "png": "a PNG", "webp": "a WebP"}
FRAME_MB = 2  # the most that one frame of a film takes on its way
Pixels = NDArray[Any]


class Materials:
    """The files of one making. What was read otherwise than its name says stands in `notes`."""

    def __init__(self, config: MediaConfig) -> None:
        self.config = config
        self.notes: list[str] = []
        self._places: dict[str, Path] = {}
        self._pictures: dict[tuple[str, int], Pixels] = {}

    def take(self, path: Path, *, logo: bool = False) -> Asset:
        """The file as an asset. A ReelwrightError names the file, the cause and what to do."""
        refuse_at_sight(path, self.config)
        name = content_name(path)
        found = json.loads(self._ask(path, {"ask": "facts"}).partition(b"\n")[0])
        kind = AssetKind(found["kind"])
        if logo and kind is AssetKind.FILM:
            raise refusal(path, "is a film, not a logo", "Give a PNG with a clear background.")
        self._note(path, found)
        self._places[name] = path
        return Asset(
            digest=name,
            kind=AssetKind.LOGO if logo else kind,
            width=found["width"],
            height=found["height"],
            duration_s=found.get("duration_s", 0.0),
            focus=(found["focus"][0], found["focus"][1]),
        )

    def picture(self, asset: Asset, shorter_side: int) -> Pixels:
        """Premultiplied BGRA, upright, its shorter side at most that; not to be written into."""
        assert asset.kind is not AssetKind.FILM, f"{asset} as a picture"
        key = (asset.digest, shorter_side)
        if key not in self._pictures:
            path = self._unchanged(asset)
            ask = {"ask": "picture", "shorter_side": shorter_side}
            head, _, body = self._ask(path, ask).partition(b"\n")
            shape = json.loads(head)
            flat = np.frombuffer(body, np.uint8).reshape(shape["height"], shape["width"], 4)
            self._pictures[key] = flat
        return self._pictures[key]

    def film(self, asset: Asset, *, fps: int, end_s: float, shorter_side: int) -> "Reel":
        """A film's frames at every 1/fps until `end_s`, or as long as it lasts."""
        assert asset.kind is AssetKind.FILM, f"{asset} as a film"
        path = self._unchanged(asset)
        end_s = min(end_s, asset.duration_s)
        ask = {"ask": "film", "fps": fps, "end_s": end_s, "shorter_side": shorter_side}
        with ExitStack() as closing:
            file = closing.enter_context(tempfile.TemporaryFile())
            self._run(path, ask, file, written_mb=64 + FRAME_MB * int(end_s * fps + 1))
            reel = Reel.of(file, path)
            closing.pop_all()  # from here on the reel closes it
        return reel

    def place(self, asset: Asset) -> Path:
        """Where the asset's file lies; raises where it was not taken in."""
        path = self._places.get(asset.digest)
        if path is None:
            raise ReelwrightError(
                f"The file of the {asset.kind} {asset.digest[:12]} is not here.",
                hint="Give the file that the blueprint was made with.",
            )
        return path

    def _unchanged(self, asset: Asset) -> Path:
        path = self.place(asset)
        refuse_at_sight(path, self.config)
        if content_name(path) != asset.digest:
            raise refusal(path, "has changed since it was looked at", "Begin again.")
        return path

    def _note(self, path: Path, found: dict[str, Any]) -> None:
        usual = USUAL_NAMES.get(found["as"])
        if usual and path.suffix and path.suffix.lower() not in usual:
            self.notes.append(f"{path.name} is {NAMED[found['as']]} by its content, and read so.")
        elif not usual and path.suffix.lower() in set().union(*USUAL_NAMES.values()):
            self.notes.append(f"{path.name} is a film by its content, and read so.")
        if found.get("frames") == 1:
            self.notes.append(f"{path.name} has one frame and is shown as a photograph.")

    def _ask(self, path: Path, ask: dict[str, Any]) -> bytes:
        return self._run(path, ask, subprocess.PIPE)

    def _run(
        self, path: Path, ask: dict[str, Any], out: int | IO[bytes], written_mb: int = 0
    ) -> bytes:
        """What the child wrote. It gets no input and no environment of ours."""
        timeout_s = self.config.probe_timeout_s * (1 + ask.get("end_s", 0.0))
        words = [str(ROOT), str(path.absolute()), json.dumps(dataclasses.asdict(self.config))]
        asked = json.dumps(ask | {"cpu_s": timeout_s, "written_mb": written_mb})
        kept = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
        try:
            child = subprocess.run(
                [sys.executable, "-I", "-X", "utf8", "-c", BOOT, *words, asked],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                timeout=timeout_s,
                env=kept | {"OPENBLAS_NUM_THREADS": "1"},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise refusal(path, f"could not be read within {timeout_s:g} s", HINT) from error
        if child.returncode != 0:
            raise refusal(path, stopped(child.returncode), HINT)
        answer = child.stdout or b""
        if answer.startswith(b'{"refused"'):
            told = json.loads(answer)
            raise refusal(path, told["refused"], told.get("hint", HINT))
        return answer


class Reel:
    """A film's frames in a file without a name: any of them at any time, on any thread."""

    def __init__(self, file: IO[bytes], places: list[tuple[int, int]]) -> None:
        self._places = places
        self._handle = file.fileno()
        self.close = weakref.finalize(self, file.close)

    @classmethod
    def of(cls, file: IO[bytes], path: Path) -> "Reel":
        """Reads where the frames lie that the child wrote; they must be there to the last."""
        place, places = 0, list[tuple[int, int]]()
        while length := int.from_bytes(os.pread(file.fileno(), 4, place), "little"):
            places.append((place + 4, length))
            place += 4 + length
        file.seek(place + 4)
        told = json.loads(file.readline() or b"{}")
        if "refused" in told or not places:
            told.setdefault("refused", "holds no picture that can be decoded")
            raise refusal(path, told["refused"], told.get("hint", HINT))
        return cls(file, places)

    @property
    def count(self) -> int:
        return len(self._places)

    def frame(self, number: int) -> Pixels:
        """A frame as opaque BGRA; the array is a new one."""
        place, length = self._places[number]
        data = np.frombuffer(os.pread(self._handle, length, place), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert image is not None, f"frame {number} is no JPEG"
        return cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)


def content_name(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
