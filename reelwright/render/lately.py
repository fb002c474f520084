"""A row of things that are made when they are asked for, of which no more than a few are kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Lately(Generic[T]):
    """`row[k]` is `make(k)`. However many threads ask at once, it is made once.

    The `keep` things asked for last stay; what was let go of is made again when it is wanted.
    """

    def __init__(self, make: Callable[[int], T], count: int, *, keep: int) -> None:
        assert keep > 0, "a row that keeps nothing"
        self._make = make
        self._count = count
        self._keep = keep
        self._kept: OrderedDict[int, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making = [threading.Lock() for _ in range(count)]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return (self[place] for place in range(self._count))

    def __getitem__(self, place: int) -> T:
        with self._making[place]:  # whoever wants another one need not wait
            with self._lock:
                if place in self._kept:
                    self._kept.move_to_end(place)
                    return self._kept[place]
            made = self._make(place)
            with self._lock:
                self._kept[place] = made
                while len(self._kept) > self._keep:
                    self._kept.popitem(last=False)
            return made
