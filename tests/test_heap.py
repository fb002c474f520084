"""What large arrays took is given back, however the heap was used before."""

import platform
import subprocess
import sys

import pytest

FILL = """
import sys
from pathlib import Path
import numpy as np
from reelwright.media.heap import give_large_back
if sys.argv[1] == "told":
    assert give_large_back()
def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
rng = np.random.default_rng(0)
before, kept = held_mb(), []
for _ in range(150):
    big = np.ones(int(rng.integers(3_500_000, 9_000_000)), np.uint8)
    pin = np.ones(100_000, np.uint8)  # what stays small and lies between
    kept = [*kept, (big, pin)][-6:]
    pins = globals().setdefault("pins", []); pins.append(pin)
del kept, big
print(held_mb() - before)
"""


def left_mb(how: str) -> float:
    """What a process still holds after many large arrays have come and gone."""
    done = subprocess.run(
        [sys.executable, "-c", FILL, how], capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_large_arrays_leave_no_holes() -> None:
    assert left_mb("told") < 25  # 15 MB are the small ones
    assert left_mb("told") < left_mb("left alone")


HOLES = """
from reelwright.media.heap import give_holes_back
from pathlib import Path
def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
notes = [bytearray(100_000) for _ in range(400)]
last = bytearray(100_000)
del notes
before = held_mb()
assert give_holes_back()
print(before - held_mb())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_holes_are_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOLES], capture_output=True, text=True, check=True, timeout=60
    )
    assert float(done.stdout) > 20
