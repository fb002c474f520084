"""What a killed run goes on from: states and figures on disk, each whole or not at all.

A file is a line with the SHA-256 of what follows it, then that. It is written beside its place,
flushed to the disk and renamed into it, so that a kill at any moment leaves the old or the new one.
The last two states of a training are kept: where the newest is damaged, the one before it counts.
"""

import hashlib
import io
import json
import os
import pickle
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from reelwright.errors import ReelwrightError

KEPT = 2
Say = Callable[[str], None]
Note = Callable[[str, float, int], None]


def write_whole(file: Path, payload: bytes) -> None:
    """`file` holds `payload` under its hash, or what it held before."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.write(hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise ReelwrightError(
            f"{file} cannot be written ({error.strerror}).",
            hint="Give a folder with room in it that can be written.",
        ) from error


def read_whole(file: Path) -> bytes | None:
    """What `file` holds; None where it is cut short, changed or gone."""
    try:
        digest, _, payload = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return payload if hashlib.sha256(payload).hexdigest().encode() == digest else None


def _sync_folder(folder: Path) -> None:
    """A rename outlasts a power cut once its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Shelf:
    """The states of one training in a folder of its own, the newest `KEPT` of them."""

    def __init__(self, folder: Path, *, say: Say, note: Note, clock: Callable[[], float]) -> None:
        self.folder = folder
        self.say = say
        self.note = note
        self.clock = clock
        self._begun_s = clock()

    @property
    def spent_s(self) -> float:
        """Seconds of training, those before a kill included."""
        return self.clock() - self._begun_s

    def save(self, state: Mapping[str, Any]) -> None:
        numbers = self._numbers()
        payload = io.BytesIO()
        torch.save({"state": dict(state), "spent_s": self.spent_s}, payload)
        number = (numbers[-1] if numbers else 0) + 1
        write_whole(self._file(number), payload.getvalue())
        for old in numbers[: len(numbers) + 1 - KEPT]:
            self._file(old).unlink(missing_ok=True)

    def load(self) -> dict[str, Any] | None:
        numbers = self._numbers()
        for number in reversed(numbers):
            file = self._file(number)
            kept = _state(read_whole(file))
            if kept is not None:
                self._begun_s = self.clock() - kept["spent_s"]
                state: dict[str, Any] = kept["state"]
                return state
            file.unlink(missing_ok=True)
            before = "the one before it counts" if number != numbers[0] else "training begins anew"
            self.say(f"The checkpoint {file} is damaged: {before}.")
        return None

    def clear(self) -> None:
        """A finished training needs no states."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06}.state"

    def _numbers(self) -> list[int]:
        return sorted(int(file.stem) for file in self.folder.glob("[0-9]*.state"))


def _state(payload: bytes | None) -> dict[str, Any] | None:
    if payload is None:
        return None
    try:
        state = torch.load(io.BytesIO(payload), weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError):
        return None
    return state if isinstance(state, dict) and state.keys() == {"state", "spent_s"} else None


class Units:
    """Finished runs by name, so that none is done twice."""

    def __init__(self, folder: Path, *, say: Say) -> None:
        self.folder = folder
        self.say = say

    def save(self, name: str, found: Mapping[str, Any]) -> None:
        write_whole(self._file(name), json.dumps(found, indent=1).encode())

    def load(self, name: str) -> dict[str, Any] | None:
        file = self._file(name)
        if not file.exists():
            return None
        payload = read_whole(file)
        if payload is None:
            self.say(f"{file} is damaged: what it held is measured again.")
            return None
        found: dict[str, Any] = json.loads(payload)
        return found

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"
