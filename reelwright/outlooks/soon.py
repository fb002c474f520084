"""What is done with an answer that is not there yet."""

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from reelwright.errors import ReelwrightError

Given = TypeVar("Given")
Made = TypeVar("Made")


def then(first: "Future[Given]", act: Callable[[Given], Made]) -> "Future[Made]":
    """What `act` makes of the answer, once it is there; whatever goes wrong in either is told."""
    made: Future[Made] = Future()
    made.set_running_or_notify_cancel()  # who goes away cancels nothing

    def carry_on(answered: "Future[Given]") -> None:
        try:
            made.set_result(act(answered.result()))
        except ReelwrightError as error:  # an answer, too
            made.set_exception(error)
        finally:
            fail([made])

    first.add_done_callback(carry_on)
    return made


def fail(futures: "Iterable[Future[Any]]") -> None:
    """Tell all who still wait what is being raised just now; it goes on being raised."""
    error = sys.exc_info()[1]
    for future in futures:
        if error is not None and not future.done():
            future.set_exception(error)
