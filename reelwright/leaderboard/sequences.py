"""What people took, in order, and what is known of each item: one folder of files as one value.

Two forms are read. `sequences.txt` has a line `user item item ...` for each user, oldest first, and
needs `items.jsonl` beside it: one object an item, with `item_id` and any of `title`, `attributes`,
`attribute_ids`, `keywords` (or `grlm_terms`). `events.jsonl` is a log as `reelwright ingest` takes
it: what a viewer clicked, liked, shared or bought forms their sequence, each video where they met
it first; titles and tags come from the log's own item lines, or from an `items.jsonl`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from reelwright.catalogue.eventfile import Item, read_rows
from reelwright.catalogue.refusal import Refusal, shown
from reelwright.domain import Event
from reelwright.errors import ReelwrightError
from reelwright.viewers.viewers import WEIGHTS

Ints = NDArray[np.int32]
SEQUENCES, ITEMS, EVENTS = "sequences.txt", "items.jsonl", "events.jsonl"
FORM = "A line is: user item item ..., oldest first."


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one item besides who took it."""

    title: str = ""
    attributes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Everything at once, for an encoder of text."""
        return ". ".join(part for part in (self.title, *self.attributes, *self.keywords) if part)


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """The items of user `u`, oldest first, are `items[first[u]:first[u + 1]]`, as rows of `ids`."""

    name: str
    users: tuple[str, ...]
    ids: tuple[str, ...]
    items: Ints
    first: NDArray[np.int64]
    features: tuple[Features, ...]  # by row

    def __post_init__(self) -> None:
        assert len(self.first) == len(self.users) + 1
        assert self.first[-1] == len(self.items)
        assert len(self.features) == len(self.ids)

    def __len__(self) -> int:
        return len(self.users)

    def of(self, user: int) -> Ints:
        return self.items[self.first[user] : self.first[user + 1]]

    def some(self, users: Sequence[int]) -> "Histories":
        """The same catalogue with these users alone."""
        return histories(
            self.name, {self.users[u]: self.of(u).tolist() for u in users}, self.ids, self.features
        )


def histories(
    name: str,
    taken: Mapping[str, Sequence[int]],
    ids: Sequence[str],
    features: Sequence[Features],
) -> Histories:
    """Rows of items by user, packed."""
    lengths = [len(rows) for rows in taken.values()]
    flat = [row for rows in taken.values() for row in rows]
    return Histories(
        name=name,
        users=tuple(taken),
        ids=tuple(ids),
        items=np.array(flat, dtype=np.int32),
        first=np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
        features=tuple(features),
    )


def read(folder: Path, *, now_s: float) -> Histories:
    """The sequences of `folder`, checked to the last line."""
    if (folder / SEQUENCES).is_file():
        return _from_sequences(folder)
    if (folder / EVENTS).is_file():
        return _from_events(folder, now_s)
    raise ReelwrightError(
        f"{folder} holds neither {SEQUENCES} nor {EVENTS}.",
        hint="Give a folder of sequences or of an event log.",
    )


def _from_sequences(folder: Path) -> Histories:
    file = folder / SEQUENCES
    if not (folder / ITEMS).is_file():
        raise ReelwrightError(
            f"{folder} has {SEQUENCES} and no {ITEMS}.", hint="Write one object an item there."
        )
    features = _features(folder / ITEMS)
    row_of = {id_: row for row, id_ in enumerate(features)}
    taken: dict[str, list[int]] = {}
    for number, line in _lines(file):
        user, *items = line.split()
        if not items:
            _wrong(file, number, f"names user {shown(user)} and no item.", FORM)
        if user in taken:
            _wrong(
                file, number, f"names user {shown(user)} again.", "Write one line for each user."
            )
        for item in items:
            if item not in row_of:
                hint = f"Give every item a line in {ITEMS}, with a title, attributes or keywords."
                _wrong(file, number, f"names item {shown(item)}, which has no features.", hint)
        taken[user] = [row_of[item] for item in items]
    if not taken:
        raise ReelwrightError(f"{file} is empty.", hint=FORM)
    return histories(_name(folder), taken, list(features), list(features.values()))


def _from_events(folder: Path, now_s: float) -> Histories:
    """Events in the order of their time; of equal times the first line comes first."""
    file = folder / EVENTS
    events: list[Event] = []
    known = _features(folder / ITEMS) if (folder / ITEMS).is_file() else {}
    for row in read_rows(file, video_of=lambda name: name, now_s=now_s):
        if isinstance(row, Refusal):
            raise ReelwrightError(
                f"{file.parent / str(row)}.", hint="Mend the line or take it out."
            )
        if isinstance(row, Item):
            known[row.video] = Features(row.title or "", row.tags or ())
        elif WEIGHTS.get(row.kind, 0.0) > 0:
            events.append(row)
    taken: dict[str, dict[int, None]] = {}
    row_of = {id_: row for row, id_ in enumerate(known)}
    for event in sorted(events, key=lambda event: event.at_s):
        place = row_of.setdefault(event.video, len(row_of))
        taken.setdefault(event.viewer, {}).setdefault(place)
    if not taken:
        liked = ", ".join(kind.value for kind, weight in WEIGHTS.items() if weight > 0)
        raise ReelwrightError(f"{file} holds nothing that anybody liked.", hint=f"Log {liked}.")
    features = [known.get(id_, Features()) for id_ in row_of]
    return histories(
        _name(folder), {user: list(rows) for user, rows in taken.items()}, list(row_of), features
    )


def _name(folder: Path) -> str:
    """The folder's, as it may stand in the name of a figure."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name)


def _features(file: Path) -> dict[str, Features]:
    """By id, in the order of the file. An item of which nothing is known is an error."""
    found: dict[str, Features] = {}
    for number, line in _lines(file):
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            _wrong(file, number, f"is not JSON ({error}).", "Write one object an item.")
        if not isinstance(raw, dict):
            _wrong(file, number, f"is {shown(raw)}.", "Write one object an item.")
        id_ = raw.get("item_id")
        if isinstance(id_, bool) or not isinstance(id_, int | str) or not str(id_).strip():
            _wrong(file, number, f"has the item_id {shown(id_)}.", "Give a number or a word.")
        if str(id_) in found:
            _wrong(file, number, f"names item {shown(id_)} again.", "Write one line for each item.")
        title = raw.get("title") or ""
        if not isinstance(title, str):
            _wrong(file, number, f"has the title {shown(title)}.", "Write text, or leave it out.")
        features = Features(
            title,
            _texts(raw, "attributes", file, number)
            + tuple(f"attribute {code}" for code in _texts(raw, "attribute_ids", file, number)),
            _texts(raw, "keywords", file, number) or _texts(raw, "grlm_terms", file, number),
        )
        if not features.words:
            hint = "Give it a title, attributes or keywords."
            _wrong(file, number, f"leaves item {shown(id_)} without features.", hint)
        found[str(id_)] = features
    if not found:
        raise ReelwrightError(f"The catalogue {file} is empty.", hint="Write one object an item.")
    return found


def _texts(raw: Mapping[str, Any], field: str, file: Path, number: int) -> tuple[str, ...]:
    values = raw.get(field) or []
    if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
        _wrong(file, number, f"has {field} {shown(values)}.", "Write a list of words.")
    return tuple(str(value) for value in values)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, with its number."""
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError:
                    _wrong(file, number, "is not UTF-8 text.", "Save the file as UTF-8.")
                if text.strip():
                    yield number, text
    except OSError as error:
        raise ReelwrightError(
            f"{file} cannot be read ({error.strerror}).", hint="Give a folder that can be read."
        ) from error


def _wrong(file: Path, number: int, what: str, hint: str) -> NoReturn:
    raise ReelwrightError(f"{file}:{number} {what}", hint=hint)
