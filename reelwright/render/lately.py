"""A row of things that are made when they are asked for, of which no more than a few are kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Room for `keep` of `count` things: those that were asked for last.

    It knows nothing of who makes them, so that a maker who owns it goes as soon as nobody wants it.
    """

    def __init__(self, count: int, *, keep: int) -> None:
        assert keep > 0, "room for nothing"
        self.count = count
        self._keep = keep
        self._things: OrderedDict[int, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making = [threading.Lock() for _ in range(count)]

    def get(self, place: int, make: Callable[[int], T]) -> T:
        """The thing at a place, made now if it is not here. Many threads at once make it once."""
        with self._making[place]:  # whoever wants another one need not wait
            with self._lock:
                if place in self._things:
                    self._things.move_to_end(place)
                    return self._things[place]
            made = make(place)
            with self._lock:
                self._things[place] = made
                while len(self._things) > self._keep:
                    self._things.popitem(last=False)
            return made


@dataclass(frozen=True, slots=True)
class Lately(Generic[T]):
    """`row[k]` is `make(k)`; what was let go of is made again when it is wanted."""

    make: Callable[[int], T]
    kept: Kept[T]

    def __len__(self) -> int:
        return self.kept.count

    def __iter__(self) -> Iterator[T]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> T:
        return self.kept.get(place, self.make)
