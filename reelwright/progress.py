"""How a slow step tells whoever waits for it how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Hears that `done` of `total` are done of `what`; done == total says that it is over."""

    def __call__(self, what: str, done: int, total: int) -> None: ...


def silent(what: str, done: int, total: int) -> None:
    """The listener for tests and for work that nobody watches."""
