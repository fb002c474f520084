"""What was made and is kept, on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reelwright.cache.stock import MB, Kept
from reelwright.domain import Way

HEAD = f"{'wish':<34}{'MB':>7}{'views':>8}{'lately':>9}  title"


def figures(kept: Sequence[Kept], ways: Mapping[Way, int]) -> dict[str, Any]:
    """The same as plain JSON."""
    return {
        "clips": [asdict(one) for one in kept],
        "bytes": sum(one.bytes for one in kept),
        "ways": {way.value: num for way, num in ways.items()},
    }


def table(kept: Sequence[Kept], ways: Mapping[Way, int], *, capacity_mb: int) -> str:
    """What goes first stands first."""
    num_mb = sum(one.bytes for one in kept) / MB
    limit = f" of {capacity_mb} MB" if capacity_mb else "; no limit is set (cache.capacity_mb)"
    answers = sum(ways.values()) or 1
    shares = ", ".join(f"{way.value} {num / answers:.0%}" for way, num in ways.items())
    rows = [
        f"{one.wish:<34}{one.bytes / MB:>7.1f}{one.views:>8}{one.lately:>9.1f}  {one.title}"
        f"{' (pinned)' if one.pinned else ''}"
        for one in kept
    ]
    return "\n".join(
        [
            f"{len(kept)} clips were made and are kept: {num_mb:.1f} MB{limit}.",
            f"Answers so far: {sum(ways.values())} ({shares}).",
            *([HEAD, *rows] if rows else []),
        ]
    )
