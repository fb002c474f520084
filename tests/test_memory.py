"""The memory of a run: its children's counts too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reelwright.engine.memory import PAGE_BYTES, PeakMemory


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system has no /proc")
def test_what_a_child_takes_is_counted() -> None:
    with PeakMemory(every_s=0.01) as before:
        pass
    hungry = "block = bytearray(200_000_000); block[::4096] = b'x' * len(block[::4096])"
    with PeakMemory(every_s=0.01) as during:
        subprocess.run([sys.executable, "-c", hungry], check=True)
    assert 150 < during.peak_mb - before.peak_mb < 400


def test_without_proc_nothing_is_measured(tmp_path: Path) -> None:
    with PeakMemory(every_s=0.01, proc=tmp_path) as memory:
        pass
    assert memory.peak_mb == 0.0


def test_a_child_that_is_its_parent_still_counts_nothing(tmp_path: Path) -> None:
    """Between being forked and becoming another program it has its parent's pages."""
    me = os.getpid()
    for pid, parent, size, pages in ((me, 1, 900, 800), (7, me, 900, 800), (8, 7, 50, 40)):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} (a) b) S {parent} 0")
        (folder / "statm").write_text(f"{size} {pages} 1 1 0 1 0")
    with PeakMemory(every_s=0.01, proc=tmp_path) as memory:
        pass
    assert memory.peak_mb == 840 * PAGE_BYTES / 1e6
