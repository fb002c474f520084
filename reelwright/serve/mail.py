"""Brings the answers of other threads to the loop, as many at once as there are.

Every call across wakes the loop, for which the calling thread gives Python away and stands in line
for it afterwards: where pages are drawn all the time that is some milliseconds for each answer of a
batch. So who finds a call under way adds to what it brings.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


async def answer(asked: "Future[T]") -> T:
    """What was asked of another thread. Who goes away cancels nothing."""
    loop = asyncio.get_running_loop()
    mail = _mails.get(loop) or _mails.setdefault(loop, _Mail())
    here: asyncio.Future[T] = loop.create_future()
    asked.add_done_callback(partial(mail.bring, loop, here))
    return await here


class _Mail:
    """What is on its way to one loop."""

    def __init__(self) -> None:
        self._came: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._is_called = False

    def bring(
        self, loop: asyncio.AbstractEventLoop, here: "asyncio.Future[T]", asked: "Future[T]"
    ) -> None:
        self._came.append((here, asked))
        if not self._is_called and not loop.is_closed():
            self._is_called = True
            loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._is_called = False  # first: who comes from now on may be too late for this call
        while self._came:
            here, asked = self._came.popleft()
            if here.done():  # whoever waited went away
                continue
            if (error := asked.exception()) is not None:
                here.set_exception(error)
            else:
                here.set_result(asked.result())


_mails: WeakKeyDictionary[asyncio.AbstractEventLoop, _Mail] = WeakKeyDictionary()
