"""What all places that give weights have in common."""

from collections.abc import Callable

Told = Callable[[int], None]  # hears how many bytes are here


class Unfetched(Exception):
    """A place did not give what it should; the message says why, in one line."""
