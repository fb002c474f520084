"""What is done with an answer that is not there yet."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def then(first: "Future[Given]", act: Callable[[Given], Made]) -> "Future[Made]":
    """What `act` makes of the answer, once it is there; whatever goes wrong in either is told."""
    made: Future[Made] = Future()

    def carry_on(answered: "Future[Given]") -> None:
        try:
            made.set_result(act(answered.result()))
        except BaseException as error:
            made.set_exception(error)
            if not isinstance(error, Exception):
                raise

    first.add_done_callback(carry_on)
    return made
