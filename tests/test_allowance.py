"""What work has left: checked at every step, told apart by stages, ended by whoever ordered it."""

from collections.abc import Iterator

import pytest

from reelwright.allowance import Allowance, Overrun, Unwanted, endless


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_time_runs_out_and_the_stage_is_named() -> None:
    clock = Clock()
    allowance = Allowance(20.0, clock=clock)
    allowance.begin("planning")
    clock.now_s += 15.0
    assert allowance.left_s() == 5.0
    allowance.begin("drawing")
    clock.now_s += 6.0
    assert allowance.left_s() == 0.0
    with pytest.raises(Overrun, match=r"^It took longer than 20 s and was stopped while drawing.$"):
        allowance.begin("keeping its film")
    assert allowance.stage == "drawing", "the next never began"


def test_what_is_unwanted_ends_however_much_is_left() -> None:
    allowance = endless()
    allowance.check()
    allowance.end()
    with pytest.raises(Unwanted, match="while beginning: nobody waits"):
        allowance.check()


def test_every_stage_is_heard_of() -> None:
    heard: list[str] = []
    allowance = Allowance(hears=heard.append)
    allowance.begin("planning")
    allowance.begin("drawing")
    assert heard == ["planning", "drawing"]


def test_things_come_through_as_long_as_something_is_left() -> None:
    allowance = endless()
    got: list[int] = []

    def things() -> Iterator[int]:
        for number in range(9):
            if number == 3:
                allowance.end()
            yield number

    with pytest.raises(Unwanted):
        got.extend(allowance.through(things()))
    assert got == [0, 1, 2]


def test_progress_is_passed_on_until_nothing_is_left() -> None:
    allowance = endless()
    said: list[tuple[str, int, int]] = []
    heard = allowance.heard(lambda what, done, total: said.append((what, done, total)))
    heard("drawing frames", 1, 9)
    allowance.end()
    with pytest.raises(Unwanted):
        heard("drawing frames", 2, 9)
    assert said == [("drawing frames", 1, 9)]
