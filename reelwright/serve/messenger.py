"""Tells whoever ordered a video that it is there: signed, and again until it was heard."""

import base64
import hashlib
import hmac
import logging
import threading
from collections.abc import Callable

from reelwright.config import VideosConfig
from reelwright.serve.egress import Egress, Unreachable
from reelwright.serve.ordered import event_of
from reelwright.storage.database import Busy
from reelwright.storage.outbox import MARK, Letter, Outbox

logger = logging.getLogger(__name__)

LOOK_S = 1.0  # how often it is looked whether there is something to tell
LONGEST_S = 3_600.0  # between two attempts
GONE = 410  # whoever answers so wants to hear nothing more
JITTER = 0.2  # of a pause, so that not all come back at once


class Messenger:
    """Delivers what lies in the outbox, at least once. Runs in a thread until it is stopped."""

    def __init__(
        self,
        outbox: Outbox,
        config: VideosConfig,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self.outbox = outbox
        self.config = config
        self.clock = clock
        self.chance = chance  # evenly from 0 to 1
        self.egress = Egress(config.private_webhooks, config.webhook_timeout_s)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is being delivered may be delivered again by the next messenger."""
        self._stop.set()
        self._thread.join(LOOK_S)

    def run_once(self) -> bool:
        """Announce what ended, and deliver one letter; False when there was none."""
        try:
            self.outbox.announce(event_of, self.clock())
            letter = self.outbox.claim(self.clock(), lease_s=4 * self.config.webhook_timeout_s)
            if letter is None:
                return False
            self._deliver(letter)
        except Busy as error:
            logger.warning("The messenger waits: %s", error)
            return False
        return True

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.run_once():
                self._stop.wait(LOOK_S)

    def _deliver(self, letter: Letter) -> None:
        body = letter.body.encode()
        at_s = round(self.clock())
        headers = {
            "content-type": "application/json",
            "user-agent": "Reelwright",
            "webhook-id": letter.id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": signature(self.outbox.secret(), letter.id, at_s, body),
        }
        try:
            status = self.egress.post(letter.url, body, headers)
            reason = "" if 200 <= status < 300 else f"It answered {status}."
        except Unreachable as error:
            status, reason = 0, error.problem
        if not reason or status == GONE or letter.attempts >= self.config.webhook_attempts:
            self.outbox.end(letter, now_s=self.clock(), reason=reason)
        else:
            due_s = self.clock() + self._pause_s(letter.attempts)
            self.outbox.retry(letter, due_s=due_s, reason=reason)

    def _pause_s(self, attempts: int) -> float:
        pause_s = min(self.config.webhook_backoff_s * 2.0 ** (attempts - 1), LONGEST_S)
        return pause_s * (1 + JITTER * (2 * self.chance() - 1))


def signature(secret: str, id_: str, at_s: int, body: bytes) -> str:
    """As Standard Webhooks has it: over id, time and body, so that none of them can be changed."""
    key = base64.b64decode(secret.removeprefix(MARK))
    mac = hmac.new(key, f"{id_}.{at_s}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"
