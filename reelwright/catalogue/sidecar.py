"""Titles and tags of a stranger's video: from the JSON beside it, or from the file's name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.catalogue.refusal import Unfit, shown

MAX_BYTES = 1_000_000
MAX_TITLE = 300  # letters; a title is read by people and by the text vectors
MAX_TAGS = 32
MAX_TAG = 64


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a video is called and what it is tagged with."""

    title: str
    tags: tuple[str, ...] = ()


def sidecar_path(video: Path) -> Path:
    return video.with_suffix(".json")


def read_sidecar(video: Path) -> Sidecar:
    """The sidecar beside `video`; without one the file's name is the title. `Unfit` if broken."""
    path = sidecar_path(video)
    if not path.exists():
        return Sidecar(title_from(video))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unfit(f"is larger than {MAX_BYTES} bytes")
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unfit(f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Unfit("is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise Unfit(f"is not JSON ({error.msg}, line {error.lineno})") from error
    except RecursionError as error:
        raise Unfit("is nested too deeply") from error
    if not isinstance(raw, dict):
        raise Unfit(f"must hold an object with title and tags, not {shown(raw)}")
    title = title_in(raw)
    return Sidecar(title_from(video) if title is None else title, tags_in(raw) or ())


def title_from(video: Path) -> str:
    """`before_dawn-2.mp4` is called `Before dawn 2`."""
    words = " ".join(printable(video.stem).replace("_", " ").replace("-", " ").split())
    return (words[:1].upper() + words[1:])[:MAX_TITLE] or "Untitled"


def title_in(raw: Mapping[str, Any]) -> str | None:
    """The title of an object from outside, tidied; None where it has none."""
    if raw.get("title") is None:
        return None
    title = raw["title"]
    if not isinstance(title, str) or not (tidy := " ".join(printable(title).split())):
        raise Unfit(f"title is {shown(title)}: it must be text")
    if len(tidy) > MAX_TITLE:
        raise Unfit(f"title has {len(tidy)} letters: {MAX_TITLE} are allowed")
    return tidy


def tags_in(raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The tags of an object from outside, tidied and without repeats; None where it has none."""
    tags = raw.get("tags")
    if tags is None:
        return None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Unfit(f"tags are {shown(tags)}: they must be a list of words")
    tidy = (" ".join(printable(tag).lstrip("#").split()).lower() for tag in tags)
    kept = tuple(dict.fromkeys(tag for tag in tidy if tag))
    if len(kept) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in kept):
        raise Unfit(f"tags: {MAX_TAGS} of {MAX_TAG} letters each are allowed")
    return kept


def printable(text: str) -> str:
    """`text` with all that cannot be printed or stored (controls, half characters) as spaces."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
