"""Event files from outside: what is taken, what is refused, and in which words."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.catalogue.eventfile import MAX_LINE, Item, Row, parse, read_rows
from reelwright.catalogue.refusal import Refusal, Unfit
from reelwright.domain import Event, EventKind

NOW_S = 1_800_000_000.0
PLAY = {"viewer": "ada", "video": "harbour", "kind": "play", "at": 1_700_000_000, "watched_s": 4.5}


def video_of(name: str) -> str:
    if name not in {"harbour", "coffee"}:
        raise Unfit(f"no video is called {name!r}")
    return f"id of {name}"


def line(**changes: Any) -> bytes:
    fields = {name: value for name, value in (PLAY | changes).items() if value is not None}
    return json.dumps(fields).encode()


def read(line: bytes) -> Event | Item:
    return parse(line, video_of=video_of, now_s=NOW_S)


def event(**changes: Any) -> Event:
    found = read(line(**changes))
    assert isinstance(found, Event)
    return found


def rows(folder: Path, content: bytes, name: str = "events.jsonl") -> list[Row]:
    file = folder / name
    file.write_bytes(content)
    return list(read_rows(file, video_of=video_of, now_s=NOW_S))


def test_a_line_becomes_an_event() -> None:
    assert event(id="e1", impression="i1") == Event(
        id="e1",
        viewer="ada",
        video="id of harbour",
        kind=EventKind.PLAY,
        at_s=1_700_000_000.0,
        value=4.5,
        impression="i1",
    )


@pytest.mark.parametrize("kind", [kind.value for kind in EventKind])
def test_every_kind_of_event_is_taken(kind: str) -> None:
    assert event(kind=kind, value=2.0, watched_s=2.0).kind == kind


def test_other_logs_call_the_fields_otherwise() -> None:
    other = {"user": 17, "item": "coffee", "event": "buy", "value": 9.9, "at": 5, "colour": "red"}
    found = read(json.dumps(other).encode())
    assert isinstance(found, Event)
    assert (found.viewer, found.video, found.kind, found.value) == (
        "17",
        "id of coffee",
        "buy",
        9.9,
    )


@pytest.mark.parametrize(
    ("written", "at_s"),
    [
        (12, 12.0),
        (12.5, 12.5),
        ("1970-01-02", 86_400.0),
        ("1970-01-01T00:01:00", 60.0),
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T02:00:00.5+02:00", 0.5),
    ],
)
def test_moments_are_seconds_or_dates_and_dates_without_a_zone_are_utc(
    written: object, at_s: float
) -> None:
    assert event(at=written).at_s == at_s


def test_an_item_line_names_a_video_and_tags_it() -> None:
    item = read(
        b'{"kind":"item","video":"coffee","title":" Slow \\u0007 coffee ",'
        b'"tags":["#Cafe","cafe",""]}'
    )
    assert item == Item("id of coffee", "Slow coffee", ("cafe",))


def test_an_item_line_may_leave_either_as_it_is() -> None:
    assert read(b'{"kind":"item","video":"coffee","tags":[]}') == Item("id of coffee", None, ())


def test_without_an_id_the_same_deed_has_the_same_id_however_it_is_written() -> None:
    again = (
        b'{"event":"play","user":"ada","item":"harbour","value":4.50,"at":"2023-11-14T22:13:20Z"}'
    )
    assert read(again) == event()
    others = [
        event(viewer="bob"),
        event(video="coffee"),
        event(watched_s=4.4),
        event(at=1_700_000_001),
        event(kind="like"),
        event(impression="i1"),
    ]
    assert len({event().id, *(other.id for other in others)}) == 7


REFUSED = [
    (b"{", "not JSON"),
    (b"[1, 2]", "must be an object"),
    (b"\xff\xfe", "not UTF-8"),
    (b'{"at": NaN}', "NaN"),
    (b"[" * 100_000, "longer than"),
    (b"[" * 50_000, "nested too deeply"),
    (b"1" * 5_000, "number that is too long"),
    (line(kind="liek"), "did you mean like?"),
    (line(kind="Watch"), "is unknown"),
    (line(kind=["play"]), "is unknown"),
    (line(kind=None), "has no kind"),
    (line(viewer=None), "has no viewer"),
    (line(viewer=""), "viewer is ''"),
    (line(viewer=True), "viewer is True"),
    (line(viewer={"name": "ada"}), "viewer is"),
    (line(viewer="a\x00b"), "viewer is"),
    (line(viewer="\ud800"), "viewer is"),
    (line(viewer="a" * 513), "513 letters"),
    (line(video=None), "has no video"),
    (line(video="tea"), "no video is called 'tea'"),
    (line(watched_s=None), "has no watched_s"),
    (line(watched_s=-3), "cannot be negative"),
    (line(watched_s="4"), "must be a number"),
    (line(watched_s=True), "must be a number"),
    (line(watched_s=10**400), "no finite number"),
    (b'{"viewer":"a","video":"coffee","kind":"play","at":1,"watched_s":1e999}', "no finite number"),
    (line(kind="buy"), "has no value"),
    (line(at=None), "has no at"),
    (line(at="yesterday"), "that is no date"),
    (line(at=-1), "before 1970"),
    (line(at="1969-12-31"), "before 1970"),
    (line(at=NOW_S + 3_600), "in the future"),
    (line(at=NOW_S * 1000), "milliseconds?"),
    (line(at="9999-12-31T23:59:59-23:59"), "at is"),
    (line(id=""), "id is ''"),
    (b'{"kind":"item","video":"coffee"}', "neither title nor tags"),
    (b'{"kind":"item","video":"coffee","title":"  "}', "title is"),
    (b'{"kind":"item","video":"coffee","tags":"cafe"}', "tags are"),
]


@pytest.mark.parametrize(("raw", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_a_bad_line_is_refused_in_one_short_sentence(raw: bytes, reason: str) -> None:
    with pytest.raises(Unfit) as caught:
        read(raw)
    told = str(caught.value)
    assert reason in told
    assert told.isprintable()
    assert len(told) < 200


def test_a_refusal_tells_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = rows(tmp_path, b"\n".join([line(), b"", b"{oops", line(kind="like"), b"  "]))
    assert [type(row) for row in found] == [Event, Refusal, Event]
    assert str(found[1]).startswith("events.jsonl:3: is not JSON")


def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + line() + b"\r\n" + line(kind="like")
    assert [type(row) for row in rows(tmp_path, content)] == [Event, Event]


def test_an_endless_line_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    content = b'{"viewer": "' + b"a" * 20_000_000 + b"\n" + line()
    file = tmp_path / "events.jsonl"
    file.write_bytes(content)
    del content
    tracemalloc.start()
    found = list(read_rows(file, video_of=video_of, now_s=NOW_S))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(row) for row in found] == [Refusal, Event]
    assert peak < 10 * MAX_LINE


def test_progress_ends_with_the_file(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n" * 50_000)
    list(
        read_rows(
            file,
            video_of=video_of,
            now_s=NOW_S,
            progress=lambda what, done, total: heard.append((done, total)),
        )
    )
    assert heard[-1] == (50_000, 50_000)
    assert all(done < total for done, total in heard[:-1])
    assert len(heard) == 3


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3)
    ),
    max_leaves=4,
)
names = st.sampled_from(
    ["id", "viewer", "user", "video", "kind", "at", "watched_s", "value", "title"]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, anything | st.sampled_from(["play", "harbour", "item"])))
def test_whatever_a_line_holds_it_is_taken_or_refused(fields: dict[str, Any]) -> None:
    told = ""
    try:
        read(json.dumps(fields).encode())
    except Unfit as error:
        told = str(error)
    assert told.isprintable()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_whatever_bytes_a_line_has_it_is_taken_or_refused(raw: bytes) -> None:
    with pytest.raises(Unfit):
        read(raw)
