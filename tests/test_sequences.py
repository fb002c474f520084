"""Folders of sequences and of events: what is read, and what is refused in which words."""

import json
import os
from pathlib import Path

import pytest

from reelwright.errors import ReelwrightError
from reelwright.leaderboard.sequences import Features, Histories, read

NOW_S = 1_750_000_000.0
ITEMS = [
    {"item_id": 1, "title": "A pot", "attributes": ["Kitchen"]},
    {"item_id": "b", "attribute_ids": [7], "grlm_terms": ["steel"]},
    {"item_id": 3, "keywords": ["lid", "glass"]},
]


def folder_of(tmp_path: Path, sequences: str | bytes, items: str | None = None) -> Path:
    folder = tmp_path / "small_set"
    folder.mkdir(exist_ok=True)
    raw = sequences if isinstance(sequences, bytes) else sequences.encode()
    (folder / "sequences.txt").write_bytes(raw)
    if items is None:
        items = "\n".join(json.dumps(item) for item in ITEMS)
    (folder / "items.jsonl").write_text(items)
    return folder


def taken(data: Histories) -> dict[str, list[str]]:
    return {name: [data.ids[row] for row in data.of(user)] for user, name in enumerate(data.users)}


def test_sequences_are_read_with_what_is_known_of_the_items(tmp_path: Path) -> None:
    data = read(folder_of(tmp_path, "ann 1 b 3 1\n\nbob b\n"), now_s=NOW_S)
    assert data.name == "small-set"
    assert taken(data) == {"ann": ["1", "b", "3", "1"], "bob": ["b"]}
    assert data.features[0] == Features("A pot", ("Kitchen",))
    assert data.features[1] == Features("", ("attribute 7",), ("steel",))
    assert data.features[2].words == "lid. glass"
    assert taken(data.some([1])) == {"bob": ["b"]}
    assert data.some([1]).ids == data.ids


@pytest.mark.parametrize(
    ("sequences", "items", "words"),
    [
        ("ann 1 b\nbob\n", None, "sequences.txt:2 names user 'bob' and no item"),
        ("ann 1\nann b\n", None, "sequences.txt:2 names user 'ann' again"),
        ("ann 1 9\n", None, "sequences.txt:1 names item '9', which has no features"),
        (b"ann 1\nbob \xff\xfe\n", None, "sequences.txt:2 is not UTF-8"),
        ("\n\n", None, "sequences.txt is empty"),
        ("ann 1\n", "", "The catalogue .*items.jsonl is empty"),
        ("ann 1\n", '{"item_id": 1', "items.jsonl:1 is not JSON"),
        ("ann 1\n", "[1]", "items.jsonl:1 is \\[1\\]"),
        ("ann 1\n", '{"title": "A pot"}', "items.jsonl:1 has the item_id None"),
        ("ann 1\n", '{"item_id": true, "title": "A"}', "has the item_id True"),
        ("ann 1\n", '{"item_id": 1}', "items.jsonl:1 leaves item 1 without features"),
        ("ann 1\n", '{"item_id": 1, "title": 5}', "has the title 5"),
        ("ann 1\n", '{"item_id": 1, "attributes": "x"}', "has attributes 'x'"),
        ("ann 1\n", '{"item_id":1,"title":"A"}\n{"item_id":"1","title":"B"}', "jsonl:2 names item"),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, sequences: str | bytes, items: str | None, words: str
) -> None:
    with pytest.raises(ReelwrightError, match=words):
        read(folder_of(tmp_path, sequences, items), now_s=NOW_S)


def test_a_folder_that_holds_neither_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"neither sequences.txt nor events.jsonl"):
        read(tmp_path, now_s=NOW_S)
    (tmp_path / "sequences.txt").write_text("ann 1\n")
    with pytest.raises(ReelwrightError, match=r"no items.jsonl"):
        read(tmp_path, now_s=NOW_S)


def event(viewer: str, video: str, at: float, kind: str = "like") -> str:
    return json.dumps({"viewer": viewer, "video": video, "kind": kind, "at": at})


def test_an_event_log_becomes_sequences_in_the_order_of_time(tmp_path: Path) -> None:
    lines = [
        event("ann", "x", 30),
        event("ann", "y", 10, "share"),
        event("ann", "z", 20, "skip"),
        event("ann", "y", 40),
        event("bob", "x", 5, "click"),
        json.dumps({"kind": "item", "item": "y", "title": "Why", "tags": ["one"]}),
    ]
    (tmp_path / "events.jsonl").write_text("\n".join(lines))
    data = read(tmp_path, now_s=NOW_S)
    assert taken(data) == {"bob": ["x"], "ann": ["y", "x"]}
    assert data.features[data.ids.index("y")] == Features("Why", ("one",))
    assert data.features[data.ids.index("x")] == Features()


def test_a_bad_event_and_a_log_without_likes_are_refused(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_text(event("ann", "x", 1) + "\n{}\n")
    with pytest.raises(ReelwrightError, match=r"events.jsonl:2: has no kind"):
        read(tmp_path, now_s=NOW_S)
    log.write_text(event("ann", "x", 1, "skip"))
    with pytest.raises(ReelwrightError, match="nothing that anybody liked"):
        read(tmp_path, now_s=NOW_S)


DATA = Path(
    os.environ.get("REELWRIGHT_RECSYS", Path(__file__).parent.parent.parent / "shared/data/recsys")
)


@pytest.mark.skipif(
    not (DATA / "beauty").is_dir(), reason="the Amazon sets are not on this machine"
)
def test_the_amazon_sets_have_their_published_sizes() -> None:
    data = read(DATA / "beauty", now_s=NOW_S)
    assert (len(data), len(data.ids), len(data.items)) == (22_363, 12_101, 198_502)
