"""A worker in a process of its own, started again whenever it dies, as long as it gets to work."""

import logging
import subprocess
import threading
import time
from collections.abc import Sequence

logger = logging.getLogger(__name__)


class Supervisor:
    """Keeps one process of `command` alive between `start` and `stop`.

    One that dies within `settled_s` of its start is started again after a pause that doubles; after
    `tries` such deaths in a row it is given up. What it said stands where its words go.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        pause_s: float = 1.0,
        patience_s: float = 10.0,
        settled_s: float = 10.0,
        tries: int = 4,
    ) -> None:
        self.command = list(command)
        self.pause_s = pause_s
        self.patience_s = patience_s
        self.settled_s = settled_s
        self.tries = tries
        self.gave_up = False
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        self._launch()
        self._watcher.start()

    def stop(self) -> None:
        """Ask it to end; after `patience_s` end it. What it was making runs out of its lease."""
        self._stopping.set()
        self._watcher.join()
        assert self.process is not None, "stopped before it was started"
        self.process.terminate()
        try:
            self.process.wait(self.patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _launch(self) -> None:
        # Ctrl-C in the terminal is for the server, which then stops its worker in good order.
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def _watch(self) -> None:
        started_s, deaths = time.monotonic(), 0
        while not self._stopping.wait(self.pause_s * 2 ** max(0, deaths - 1)):
            assert self.process is not None, "watched before it was started"
            if self.process.poll() is None:
                continue
            deaths = deaths + 1 if time.monotonic() - started_s < self.settled_s else 1
            if deaths == self.tries:
                logger.error("The worker died at once %d times and is given up.", deaths)
                self.gave_up = True
                return
            self._launch()
            started_s = time.monotonic()
