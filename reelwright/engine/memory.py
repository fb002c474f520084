"""How much memory a run takes, all its processes together."""

import os
import threading
from pathlib import Path
from typing import Self

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class PeakMemory:
    """Watches this process and all below it for as long as a `with` lasts.

    Pages that processes share count for each of them: the sum is an upper bound. A child that is as
    large as its parent to the page is about to become another program, and has nothing of its own
    yet. Where there is no /proc to read, nothing is measured and the peak stays 0.
    """

    def __init__(self, *, every_s: float = 0.25, proc: Path = Path("/proc")) -> None:
        self.every_s = every_s
        self.proc = proc
        self.peak_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, self._now_mb())
            if self._over.wait(self.every_s):
                return

    def _now_mb(self) -> float:
        parent_of, size_of, pages_of = self._processes()
        family = {os.getpid()}
        grown = True
        while grown:
            young = {pid for pid, parent in parent_of.items() if parent in family} - family
            family |= young
            grown = bool(young)
        own = (pid for pid in family if size_of.get(pid) != size_of.get(parent_of.get(pid, 0)))
        return sum(pages_of.get(pid, 0) for pid in own) * PAGE_BYTES / 1e6

    def _processes(self) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
        """Whose child each process is, how large it is, and how much of that is in memory."""
        parent_of, size_of, pages_of = {}, {}, {}
        for folder in self.proc.glob("[0-9]*"):
            try:
                # The name stands in brackets and may hold anything; the parent is second after it.
                parent_of[int(folder.name)] = int(
                    (folder / "stat").read_text().rpartition(")")[2].split()[1]
                )
                size, pages = map(int, (folder / "statm").read_text().split()[:2])
                size_of[int(folder.name)], pages_of[int(folder.name)] = size, pages
            except (OSError, IndexError, ValueError):  # it ended while it was read
                continue
        return parent_of, size_of, pages_of
