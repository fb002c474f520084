"""Strangers' event logs: each line becomes an event, a new name for a video, or a refusal."""

import difflib
import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

from reelwright.catalogue.refusal import Refusal, Unfit, shown
from reelwright.catalogue.sidecar import tags_in, title_in
from reelwright.domain import Event, EventKind
from reelwright.progress import Progress, silent

MAX_LINE = 65_536  # bytes; an event is some hundred
MAX_NAME = 512  # letters of a viewer, a video or an id
CLOCKS_APART_S = 300.0  # a stranger's clock may be that much ahead of ours
REPORT_EVERY = 20_000  # lines between two words on progress
ITEM = "item"
KINDS = (ITEM, *(kind.value for kind in EventKind))


@dataclass(frozen=True, slots=True)
class Item:
    """A line that renames a video or tags it anew; None leaves that part as it is."""

    video: str
    title: str | None
    tags: tuple[str, ...] | None


Row = Event | Item | Refusal


def read_rows(
    file: Path,
    *,
    video_of: Callable[[str], str],
    now_s: float,
    progress: Progress = silent,
) -> Iterator[Row]:
    """Every line of `file` that is not blank, in order, in bounded memory.

    `video_of` turns a reference into the id of a video that is there, or raises `Unfit`.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        for number, line in enumerate(_lines(stream), start=1):
            if line.strip():
                try:
                    yield parse(line, video_of=video_of, now_s=now_s)
                except Unfit as error:
                    yield Refusal(f"{file.name}:{number}", str(error))
            if number % REPORT_EVERY == 0:
                progress("reading events", min(stream.tell(), size - 1), size)
    progress("reading events", size, size)


def parse(line: bytes, *, video_of: Callable[[str], str], now_s: float) -> Event | Item:
    """One line's event, or what it says of a video; `Unfit` with the reason otherwise."""
    raw = _object(line)
    kind = _kind(raw)
    video = video_of(_name(raw, "video", "item"))
    if kind == ITEM:
        return _item(raw, video)
    value = _value(raw, EventKind(kind))
    viewer = _name(raw, "viewer", "user")
    impression = _name(raw, "impression") if raw.get("impression") is not None else ""
    at_s = _moment(raw, now_s)
    return Event(
        id=_name(raw, "id")
        if raw.get("id") is not None
        else derived_id(viewer, video, kind, at_s, value, impression),
        viewer=viewer,
        video=video,
        kind=EventKind(kind),
        at_s=at_s,
        value=value,
        impression=impression,
    )


def derived_id(*fields: str | float) -> str:
    """The id of an event that came without one: the same for the same deed in any file or line."""
    canonical = json.dumps(fields, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines without their ends. Of an endless line only the beginning is held in memory."""
    first = True
    while line := stream.readline(MAX_LINE + 1):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        whole = line
        while not line.endswith(b"\n") and (line := stream.readline(MAX_LINE + 1)):
            pass  # the rest of a line that is refused for its length
        yield whole


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise Unfit(f"is longer than {MAX_LINE} bytes")
    try:
        raw = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise Unfit("is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise Unfit(f"is not JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise Unfit("is nested too deeply") from error
    except Unfit:
        raise
    except ValueError as error:  # Python reads no whole number of more than 4,300 digits
        raise Unfit("holds a number that is too long") from error
    if not isinstance(raw, dict):
        raise Unfit(f"must be an object, not {shown(raw)}")
    return raw


def _refuse_constant(name: str) -> NoReturn:
    raise Unfit(f"holds {name}, which is no number")


def _kind(raw: Mapping[str, Any]) -> str:
    kind = raw.get("kind", raw.get("event"))
    if kind is None:
        raise Unfit(f"has no kind: write one of {', '.join(KINDS)}")
    if not isinstance(kind, str) or kind not in KINDS:
        near = difflib.get_close_matches(str(kind).lower(), KINDS, n=1, cutoff=0.0)[0]
        raise Unfit(f"kind {shown(kind)} is unknown: did you mean {near}?")
    return kind


def _name(raw: Mapping[str, Any], field: str, alias: str = "") -> str:
    """The text of `field`, or of its alias. Whole numbers are names too."""
    value = raw.get(field, raw.get(alias) if alias else None)
    if value is None:
        raise Unfit(f"has no {field}")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise Unfit(f"{field} is {shown(value)}: it must be text or a whole number")
    if len(value) > MAX_NAME:
        raise Unfit(f"{field} has {len(value)} letters: {MAX_NAME} are allowed")
    return value.strip()


def _item(raw: Mapping[str, Any], video: str) -> Item:
    item = Item(video, title_in(raw), tags_in(raw))
    if item.title is None and item.tags is None:
        raise Unfit("has neither title nor tags")
    return item


def _value(raw: Mapping[str, Any], kind: EventKind) -> float:
    """Seconds watched, what was paid, or 0 where the kind has no measure."""
    if kind is EventKind.PLAY and raw.get("watched_s") is not None:
        return _measure(raw, "watched_s")
    if raw.get("value") is not None:
        return _measure(raw, "value")
    if kind is EventKind.PLAY:
        raise Unfit("has no watched_s: a play tells how many seconds were watched")
    if kind is EventKind.BUY:
        raise Unfit("has no value: a buy tells what was paid")
    return 0.0


def _measure(raw: Mapping[str, Any], field: str) -> float:
    value = _number(raw, field)
    if value < 0:
        raise Unfit(f"{field} is {shown(raw[field])}: it cannot be negative")
    return value


def _number(raw: Mapping[str, Any], field: str) -> float:
    value = raw[field]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"{field} is {shown(value)}: it must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unfit(f"{field} is no finite number")
    return number


def _moment(raw: Mapping[str, Any], now_s: float) -> float:
    """Seconds since 1970 of `at`: a number, or ISO 8601 (UTC where it names no zone)."""
    at = raw.get("at")
    if at is None:
        raise Unfit("has no at: write seconds since 1970 or a date like 2026-11-21T09:30:00Z")
    at_s = _date(at) if isinstance(at, str) else _number(raw, "at")
    if at_s < 0:
        raise Unfit(f"at is {shown(at)}: that lies before 1970")
    if at_s > now_s + CLOCKS_APART_S:
        in_ms = 0 <= at_s / 1000 <= now_s + CLOCKS_APART_S and not isinstance(at, str)
        hint = " (are these milliseconds? write seconds)" if in_ms else ""
        raise Unfit(f"at is {shown(at)}: that lies in the future{hint}")
    return at_s


def _date(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise Unfit(f"at is {shown(text)}: that is no date") from error
