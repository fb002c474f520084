"""Answers from other threads: brought together, each to who asked."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from reelwright.errors import ReelwrightError
from reelwright.serve import mail

NUM = 200


def test_each_hears_its_own_answer_or_what_went_wrong() -> None:
    async def ask() -> None:
        asked: list[Future[int]] = [Future() for _ in range(NUM)]

        def settle() -> None:
            for number, one in enumerate(asked):
                if number % 5:
                    one.set_result(number)
                else:
                    one.set_exception(ReelwrightError(f"number {number}", hint="None."))

        answers = [asyncio.create_task(mail.answer(one)) for one in asked]
        await asyncio.sleep(0)
        threading.Thread(target=settle).start()
        found = await asyncio.wait_for(asyncio.gather(*answers, return_exceptions=True), 10)
        for number, one in enumerate(found):
            assert (one == number) if number % 5 else (str(number) in str(one)), one

    for _ in range(2):  # in loops of their own, the first of which is closed
        asyncio.run(ask())


def test_a_batch_wakes_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> int:
        asked: list[Future[int]] = [Future() for _ in range(NUM)]
        answers = [asyncio.create_task(mail.answer(one)) for one in asked]
        await asyncio.sleep(0)
        loop, calls = asyncio.get_running_loop(), list[Callable[[], None]]()
        call = loop.call_soon_threadsafe

        def counted(act: Callable[[], None]) -> None:
            calls.append(act)
            call(act)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        for number, one in enumerate(asked):  # in the loop's own thread: it cannot hand out yet
            one.set_result(number)
        assert await asyncio.gather(*answers) == [*range(NUM)]
        return len(calls)

    assert asyncio.run(ask()) == 1


def test_who_went_away_cancels_nothing_and_keeps_nobody_from_their_answer() -> None:
    async def ask() -> None:
        gone, stays = Future[int](), Future[int]()
        leaving = asyncio.create_task(mail.answer(gone))
        staying = asyncio.create_task(mail.answer(stays))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        gone.set_result(1)
        stays.set_result(2)
        assert await staying == 2
        assert not gone.cancelled()

    asyncio.run(ask())
