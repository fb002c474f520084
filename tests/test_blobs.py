"""Blobs: named by their content, written once, whole or not there, and no way out of the folder."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest

from reelwright.errors import ReelwrightError
from reelwright.storage import blobs as blobs_module
from reelwright.storage.blobs import CHUNK, INCOMING, KEY, Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def files(blobs: Blobs) -> list[str]:
    return [
        str(path.relative_to(blobs.folder)) for path in blobs.folder.rglob("*") if path.is_file()
    ]


def test_bytes_read_back_whole_and_in_part(blobs: Blobs) -> None:
    data = bytes(range(256)) * 10
    key = blobs.put(data, ".mp4")
    assert blobs.get(key) == data
    assert blobs.range(key, 3, 7) == data[3:7]
    assert blobs.range(key, 2559, 9999) == data[-1:]
    assert blobs.size(key) == 2560
    assert blobs.path(key).read_bytes() == data
    assert blobs.has(key)


def test_the_key_is_the_content(blobs: Blobs) -> None:
    sha = hashlib.sha256(b"abc").hexdigest()
    key = blobs.put(b"abc", ".jpg")
    assert key == f"{sha[:2]}/{sha}.jpg"
    assert blobs.put(b"abc", ".JPG") == key
    assert blobs.put(b"abd", ".jpg") != key
    assert len(files(blobs)) == 2


def test_nothing_is_written_twice(blobs: Blobs) -> None:
    key = blobs.put(b"abc", ".jpg")
    before = blobs.path(key).stat()
    blobs.put(b"abc", ".jpg")
    after = blobs.path(key).stat()
    assert before.st_ino == after.st_ino, "its time alone is new: it is wanted again"
    assert files(blobs) == [key]


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK + 17])
def test_a_file_is_kept_as_its_bytes_are(blobs: Blobs, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    film = tmp_path / "film.MP4"
    film.write_bytes(data)
    key = blobs.put_file(film)
    assert KEY.fullmatch(key)
    assert blobs.get(key) == data
    assert key == blobs.put(data, ".mp4")
    assert film.read_bytes() == data, "the original stays"


def test_threads_that_keep_the_same_bytes_at_once_agree(blobs: Blobs) -> None:
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(blobs.put(b"same", ".mp4"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert files(blobs) == [keys[0]]


def test_a_source_that_breaks_off_leaves_nothing(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(_: Path) -> Iterator[bytes]:
        yield b"x" * CHUNK
        raise OSError("the disk was pulled out")

    monkeypatch.setattr(blobs_module, "_chunks", breaks_off)
    with pytest.raises(OSError, match="pulled out"):
        blobs.put_file(tmp_path / "film.mp4")
    assert files(blobs) == []


def test_a_blob_is_on_the_disk_before_it_has_its_name(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    flush, rename = blobs_module._flush, obstore.rename

    def flushing(path: Path) -> None:
        steps.append("flush " + ("file" if path.is_file() else "folder"))
        flush(path)

    def renaming(store: obstore.store.LocalStore, from_: str, to: str, *, overwrite: bool) -> None:
        steps.append("name")
        rename(store, from_, to, overwrite=overwrite)

    monkeypatch.setattr(blobs_module, "_flush", flushing)
    monkeypatch.setattr(obstore, "rename", renaming)
    blobs.put(b"abc", ".mp4")
    assert steps == ["flush file", "name", "flush folder", "flush folder"]


HASH = "ab" * 32


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        f"../ab/{HASH}.mp4",
        f"ab/../ab/{HASH}.mp4",
        f"/ab/{HASH}.mp4",
        f"cd/{HASH}.mp4",
        f"ab/{HASH}",
        f"ab/{HASH}.mp4\n",
        f"ab/{HASH.upper()}.mp4",
        f"{INCOMING}/x",
        "",
    ],
)
def test_a_key_that_is_none_reaches_no_file(blobs: Blobs, key: str) -> None:
    assert not blobs.has(key)
    for ask in (blobs.get, blobs.size, blobs.path, lambda key: blobs.range(key, 0, 1)):
        with pytest.raises(FileNotFoundError, match="no blob can be called"):
            ask(key)


def test_a_blob_that_is_not_there_is_not_found(blobs: Blobs) -> None:
    key = f"ab/{HASH}.mp4"
    assert not blobs.has(key)
    assert blobs.path(key) == blobs.folder / key
    for ask in (blobs.get, blobs.size):
        with pytest.raises(FileNotFoundError):
            ask(key)


@pytest.mark.parametrize("suffix", ["", "mp4", ".mp4/../x", ".", ".averylongsuffix"])
def test_an_odd_ending_is_refused(blobs: Blobs, suffix: str) -> None:
    with pytest.raises(ReelwrightError, match="cannot be kept"):
        blobs.put(b"abc", suffix)


def test_what_a_killed_program_left_is_swept_away(blobs: Blobs) -> None:
    key = blobs.put(b"abc", ".mp4")
    old, young = (blobs.folder / INCOMING / name for name in ("old", "young"))
    for path, at_s in ((old, 1000.0), (young, 3000.0)):
        path.write_bytes(b"half")
        os.utime(path, (at_s, at_s))
    assert blobs.sweep(before_s=2000.0) == 1
    assert sorted(files(blobs)) == sorted([key, f"{INCOMING}/young"])


def test_nobody_else_may_look_into_the_folder(blobs: Blobs) -> None:
    assert blobs.folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(ReelwrightError, match="/dev/null/x cannot be written"):
        Blobs(Path("/dev/null/x"))


def test_what_is_not_what_its_name_says_is_dropped(blobs: Blobs) -> None:
    whole, cut = blobs.put(b"whole", ".mp4"), blobs.put(b"a film", ".mp4")
    blobs.path(cut).write_bytes(b"a fil")
    assert not blobs.drop_broken(whole)
    assert blobs.drop_broken(cut)
    assert not blobs.drop_broken(cut), "it is gone"
    assert blobs.put(b"a film", ".mp4") == cut
    assert (blobs.get(whole), blobs.get(cut)) == (b"whole", b"a film")
