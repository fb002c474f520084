"""Keys on a page: what each is for, and whether it still counts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from reelwright.storage.keys import Key

HEADS = ("name", "prefix", "scopes", "made", "state")


def rows(keys: Sequence[Key], *, now_s: float) -> list[dict[str, object]]:
    """For other programs."""
    return [
        {
            "name": key.name,
            "prefix": key.prefix,
            "scopes": sorted(key.scopes),
            "made_s": key.made_s,
            "expires_s": key.expires_s,
            "revoked_s": key.revoked_s,
            "holds": key.holds(now_s),
        }
        for key in keys
    ]


def table(keys: Sequence[Key], *, now_s: float) -> str:
    """For people."""
    if not keys:
        return "No key was made. reelwright keys add NAME --scope feed makes one."
    lines = [HEADS] + [
        (key.name, key.prefix, " ".join(sorted(key.scopes)), day(key.made_s), _state(key, now_s))
        for key in keys
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _state(key: Key, now_s: float) -> str:
    if key.revoked_s is not None:
        return f"revoked {day(key.revoked_s)}"
    if key.expires_s is None:
        return "counts"
    return f"{'counts until' if key.holds(now_s) else 'expired'} {day(key.expires_s)}"


def day(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d")
