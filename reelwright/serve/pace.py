"""How fast one may ask: a bucket of tokens for everybody who does."""

from collections import OrderedDict

MOST = 10_000  # askers that are remembered; who is forgotten begins with a full bucket


class Pace:
    """So many a second, and `burst` of them at once.

    Thirty lines of our own rather than the package `limits`: its stores and windows are for many
    processes, and a bucket alone says exactly when to come back.
    """

    def __init__(self, per_s: float, burst: float) -> None:
        assert burst >= 1, f"a burst of {burst} lets nobody through"
        self.per_s = per_s
        self.burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, at_s

    def wait_s(self, asker: str, now_s: float) -> float:
        """0 where the asker may go on, which takes a token; else how long until there is one."""
        tokens = self._tokens(asker, now_s)
        if tokens < 1:
            return (1 - tokens) / self.per_s
        self._buckets[asker] = tokens - 1, now_s
        self._buckets.move_to_end(asker)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return 0.0

    def would_wait_s(self, asker: str, now_s: float) -> float:
        """The same without taking a token."""
        return max(0.0, 1 - self._tokens(asker, now_s)) / self.per_s

    def _tokens(self, asker: str, now_s: float) -> float:
        tokens, then_s = self._buckets.get(asker, (self.burst, now_s))
        return min(self.burst, tokens + max(0.0, now_s - then_s) * self.per_s)
