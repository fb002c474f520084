"""Things made when asked for: once for many threads, and never many of them at a time."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reelwright.render.lately import Kept, Lately


def test_nothing_is_made_before_it_is_asked_for_and_nothing_twice() -> None:
    made: list[int] = []

    def make(place: int) -> int:
        made.append(place)
        return 10 * place

    row = Lately(make, Kept(5, keep=3))
    assert (len(row), made) == (5, [])
    assert [row[2], row[4], row[2], row[2]] == [20, 40, 20, 20]
    assert made == [2, 4]


def test_what_was_asked_for_last_stays() -> None:
    """The twin keeps a plain list, the latest at its end."""
    made: list[int] = []

    def make(place: int) -> int:
        made.append(place)
        return place

    row = Lately(make, Kept(9, keep=3))
    kept: list[int] = []
    expected = []
    for place in random.Random(4).choices(range(9), k=200):
        if place not in kept:
            expected.append(place)
        kept = [*(one for one in kept if one != place), place][-3:]
        assert row[place] == place
    assert made == expected


def test_many_threads_get_the_same_thing_and_others_do_not_wait_for_it() -> None:
    begun, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def make(place: int) -> object:
        made.append(place)
        if place == 0:
            begun.set()
            assert go_on.wait(20)
        return object()

    row = Lately(make, Kept(2, keep=2))
    with ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(row.__getitem__, 0) for _ in range(2)]
        assert begun.wait(20)
        assert pool.submit(row.__getitem__, 1).result(20) is row[1]
        go_on.set()
        assert slow[0].result(20) is slow[1].result(20)
    assert sorted(made) == [0, 1]


def test_what_fails_to_be_made_fails_again_for_the_next_who_asks() -> None:
    def make(place: int) -> int:
        raise ValueError(place)

    row = Lately(make, Kept(2, keep=2))
    for _ in range(2):
        with pytest.raises(ValueError, match="1"):
            row[1]


def test_all_of_them_can_be_gone_through() -> None:
    assert list(Lately(lambda place: place * place, Kept(4, keep=1))) == [0, 1, 4, 9]
