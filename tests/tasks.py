"""Tasks for the tests of executors: they have to be found by name, in other processes too."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from wishes import made

from reelwright.allowance import Allowance
from reelwright.domain import Made, Wish


def doubled(number: int, allowance: Allowance) -> int:
    return 2 * number


def slowly_doubled(number: int, pause_s: float, allowance: Allowance) -> int:
    time.sleep(pause_s)
    return 2 * number


def refused(allowance: Allowance) -> None:
    raise ValueError("no ink" + "!" * 1000)


def noted(folder: Path, name: str, pause_s: float, allowance: Allowance) -> str:
    """Writes down when it begins."""
    (folder / name).write_text(str(time.monotonic()))
    time.sleep(pause_s)
    return name


def drawn_for_ever(begun: Path, allowance: Allowance) -> None:
    """Looks at its allowance as it should, and leaves a sign that it has begun and ended."""
    allowance.begin("drawing")
    begun.write_text(str(os.getpid()))
    try:
        while True:
            allowance.check()
            time.sleep(0.02)
    finally:
        begun.unlink()


def stubborn(begun: Path, allowance: Allowance) -> None:
    """Never looks at its allowance."""
    allowance.begin("drawing")
    begun.write_text(str(os.getpid()))
    time.sleep(60.0)


def killed(allowance: Allowance) -> None:
    allowance.begin("drawing")
    os.kill(os.getpid(), signal.SIGKILL)


def ended(allowance: Allowance) -> None:
    sys.exit(3)


def unsendable(allowance: Allowance) -> Any:
    return threading.Lock()


def greedy(megabytes: int, allowance: Allowance) -> int:
    return len(bytearray(megabytes * 1_000_000))


def pid(allowance: Allowance) -> int:
    return os.getpid()


def left_s(allowance: Allowance) -> float:
    return allowance.left_s()


def made_for_ever(begun: Path, one: Wish, now_s: float, allowance: Allowance) -> Made:
    """A making that never ends by itself."""
    drawn_for_ever(begun, allowance)
    raise AssertionError("it ended")


def made_slowly(folder: Path, one: Wish, now_s: float, allowance: Allowance) -> Made:
    """Leaves a sign of who makes it, and makes it while there is time to kill who does."""
    (folder / one.key).write_text(str(os.getpid()))
    time.sleep(0.6)
    return made(one)
