"""The files that are watched: named by their content, written once, whole or not there at all."""

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

from reelwright.config import MAIN
from reelwright.errors import ReelwrightError

KEY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}\.[a-z0-9]{1,8}")
SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
INCOMING = "incoming"  # where a blob lies until it is whole
TENANTS = "tenants"  # beside the blobs of the main one, which were there before there were others
CHUNK = 1 << 20


class Blobs:
    """A folder of blobs. A key is the SHA-256 of what it names, so nobody can guess one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / INCOMING).mkdir(exist_ok=True)
        except OSError as error:
            raise ReelwrightError(
                f"The folder {folder} cannot be written ({error.strerror}).",
                hint="Give one that can, with --set home=FOLDER.",
            ) from error
        self._store = LocalStore(folder)

    @classmethod
    def of(cls, home: Path, tenant: str) -> Self:
        """A tenant's own: nobody finds out by a key of theirs what another tenant keeps."""
        folder = home / "blobs"
        return cls(folder if tenant == MAIN else folder / TENANTS / tenant)

    def put(self, data: bytes, suffix: str) -> str:
        """The key under which these bytes are safe on the disk; the same bytes, the same key."""
        return self._put([data], suffix)

    def put_file(self, path: Path) -> str:
        """Likewise for a file's bytes, which need not fit into memory."""
        return self._put(_chunks(path), path.suffix)

    def get(self, key: str) -> bytes:
        return bytes(self._store.get(_checked(key)).bytes())

    def range(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`."""
        return bytes(self._store.get_range(_checked(key), start=start, end=end))

    def size(self, key: str) -> int:
        return self._store.head(_checked(key))["size"]

    def path(self, key: str) -> Path:
        """Where a program that wants a file finds it; not to be written to."""
        return self.folder / _checked(key)

    def has(self, key: str) -> bool:
        return KEY.fullmatch(key) is not None and (self.folder / key).is_file()

    def delete(self, key: str, *, unused_since_s: float) -> int:
        """Delete a file that nothing was put as since then; how many bytes that frees."""
        path = self.path(key)
        try:
            found = path.stat()
        except FileNotFoundError:
            return 0
        if found.st_mtime > unused_since_s:
            return 0
        path.unlink(missing_ok=True)
        return found.st_size

    def drop_broken(self, key: str) -> bool:
        """Delete a file that is not what its name says; whether there was one."""
        path, sha = self.path(key), hashlib.sha256()
        try:
            for chunk in _chunks(path):
                sha.update(chunk)
        except FileNotFoundError:
            return False
        if path.stem == sha.hexdigest():
            return False
        path.unlink(missing_ok=True)
        return True

    def sweep(self, before_s: float) -> int:
        """Remove what a killed program left half-written before then; says how many there were."""
        stale = [path for path in (self.folder / INCOMING).iterdir() if _written_s(path) < before_s]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _put(self, chunks: Iterable[bytes], suffix: str) -> str:
        """Write under a passing name, flush, and only then let it be seen under its own."""
        if not SUFFIX.fullmatch(suffix.lower()):
            raise ReelwrightError(
                f"A file that ends in {suffix!r} cannot be kept.", hint="Give it a plain ending."
            )
        passing = f"{INCOMING}/{uuid.uuid4().hex}"
        sha = hashlib.sha256()
        try:
            obstore.put(self._store, passing, _hashed(chunks, sha.update), chunk_size=CHUNK)
            _flush(self.folder / passing)
            key = f"{sha.hexdigest()[:2]}/{sha.hexdigest()}{suffix.lower()}"
            try:
                obstore.rename(self._store, passing, _checked(key), overwrite=False)
            except AlreadyExistsError:  # then the very same bytes are there, and are wanted again
                os.utime(self.path(key))
        finally:
            (self.folder / passing).unlink(missing_ok=True)
        _flush((self.folder / key).parent)
        _flush(self.folder)
        return key


def _checked(key: str) -> str:
    """The key, if it can be one: no path of a stranger's making reaches the disk."""
    if not KEY.fullmatch(key):
        raise FileNotFoundError(f"no blob can be called {key!r}")
    return key


def _written_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # it is whole by now, and has its own name
        return float("inf")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _hashed(chunks: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for chunk in chunks:
        update(chunk)
        yield chunk


def _flush(path: Path) -> None:
    """Wait until the file or folder is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
