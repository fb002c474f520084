"""Films by byte ranges: the very bytes of the file, and nothing for what cannot be asked."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_feed import ScriptedFeed, Store, app_of, refused, store
from starlette.testclient import TestClient

from reelwright.serve.clips import CHUNK_BYTES, span

SIZE = CHUNK_BYTES * 2 + 1000
FILM = np.random.default_rng(5).bytes(SIZE)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store(tmp_path_factory.mktemp("home")) as kept:
        yield kept


@pytest.fixture(scope="module")
def film(kept: Store) -> str:
    """Where a film is that takes several chunks."""
    return f"/clips/{kept.blobs.put(FILM, '.mp4')}"


@pytest.fixture(scope="module")
def door(kept: Store) -> Iterator[TestClient]:
    with TestClient(app_of(ScriptedFeed([], kept), kept)) as client:
        yield client


def test_a_film_comes_whole_and_for_ever(door: TestClient, film: str) -> None:
    answer = door.get(film)
    assert (answer.status_code, answer.content == FILM) == (200, True)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        (".jpg", "image/jpeg"),
        (".vtt", "text/vtt; charset=utf-8"),
        (".x", "application/octet-stream"),
    ],
)
def test_a_blob_says_what_it_is(door: TestClient, kept: Store, suffix: str, kind: str) -> None:
    key = kept.blobs.put(b"some bytes", suffix)
    assert door.get(f"/clips/{key}").headers["content-type"] == kind


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        (f"bytes={CHUNK_BYTES - 1}-{CHUNK_BYTES}", CHUNK_BYTES - 1, CHUNK_BYTES),
        (f"bytes=5-{SIZE * 2}", 5, SIZE - 1),
        ("bytes=-7", SIZE - 7, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        ("Bytes= 3 - 4 ", 3, 4),
    ],
)
def test_a_range_is_that_slice_of_the_file(
    door: TestClient, film: str, asked: str, first: int, last: int
) -> None:
    answer = door.get(film, headers={"range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last + 1 - first)
    assert answer.content == FILM[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", f"bytes={SIZE}-{SIZE + 9}"])
def test_bytes_that_are_not_there_are_refused(door: TestClient, film: str, asked: str) -> None:
    answer = door.get(film, headers={"range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["", "bytes", "bytes=", "bytes=-", "bytes=9-3", "rows=1-2"])
def test_what_is_no_range_gets_the_whole(door: TestClient, film: str, asked: str) -> None:
    answer = door.get(film, headers={"range": asked})
    assert (answer.status_code, len(answer.content)) == (200, SIZE)


def test_a_head_has_no_body(door: TestClient, film: str) -> None:
    answer = door.head(film)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)


def test_who_has_it_need_not_load_it_again(door: TestClient, film: str) -> None:
    etag = door.get(film).headers["etag"]
    for header in (etag, f'"other", W/{etag}', "*"):
        answer = door.get(film, headers={"if-none-match": header})
        assert (answer.status_code, answer.content) == (304, b"")
    other = {"range": "bytes=0-1", "if-range": '"other"'}
    assert door.get(film, headers=other).status_code == 200
    same = {"range": "bytes=0-1", "if-range": etag}
    assert door.get(film, headers=same).status_code == 206


def test_an_empty_file_is_empty(door: TestClient, kept: Store) -> None:
    empty = f"/clips/{kept.blobs.put(b'', '.bin')}"
    assert door.get(empty).content == b""
    assert door.get(empty, headers={"range": "bytes=0-"}).status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        f"ab/ab{'0' * 62}.mp4",
        "nothing.mp4",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "incoming",
        "%2fetc%2fpasswd",
        "",
        "a%00b",
    ],
)
def test_only_what_is_kept_is_found(door: TestClient, kept: Store, path: str) -> None:
    (kept.blobs.folder.parent / "secret.txt").write_text("a secret")
    refused(door.get(f"/clips/{path}"), 404, "")


def slow_span(first: str, last: str, size: int) -> list[int] | None:
    """The offsets that a range names, one by one."""
    if not (first or last) or (first and last and int(last) < int(first)):
        return None
    if first:
        end = int(last) if last else size
        return [at for at in range(size) if int(first) <= at <= end]
    return [at for at in range(size) if at >= size - int(last)]


@given(
    first=st.integers(0, 30).map(str) | st.just(""),
    last=st.integers(0, 30).map(str) | st.just(""),
    size=st.integers(0, 20),
)
def test_a_range_names_what_counting_names(first: str, last: str, size: int) -> None:
    found = span(f"bytes={first}-{last}", size)
    assert (None if found is None else list(found)) == slow_span(first, last, size)


@given(st.text(max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    found = span(header, 10)
    assert found is None or set(found) <= set(range(10))
