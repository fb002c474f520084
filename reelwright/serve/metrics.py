"""Figures for Prometheus: how the door answers, how wishes were met, what is made and kept.

No label tells anything of a viewer, nor what a stranger may choose: paths are told as routes.
"""

import time
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright.domain import Way
from reelwright.serve.pulse import Pulse

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
ROUTES = 1024  # with methods and statuses, remembered
METHODS = {"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"}


class Metrics:
    """What is counted here, and what is looked up when somebody asks for the figures."""

    def __init__(self, pulse: Callable[[], Pulse]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "reelwright_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "reelwright_request_seconds",
            "From the first byte of a request to the last of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.answers = Counter(
            "reelwright_feed_answers",
            "Cards of the feed by the way in which their wish was met.",
            ("way",),
            registry=self.registry,
        )
        self.events = Counter(
            "reelwright_events_acknowledged",
            "Events that are safe on disk, those sent again included.",
            registry=self.registry,
        )
        self._ways = {way: self.answers.labels(way.value) for way in Way}
        self._told = lru_cache(ROUTES)(self._labelled)
        self.registry.register(House(pulse))

    def _labelled(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        requests = self.requests.labels(method, route, str(status))
        return requests, self.seconds.labels(route)

    def answered(self, ways: Iterable[Way]) -> None:
        """A page of the feed went out."""
        for way, count in Counts(ways).items():
            self._ways[way].inc(count)

    def took(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        requests, times = self._told(method, route, status)
        requests.inc()
        times.observe(seconds)

    def acknowledged(self, count: int) -> None:
        self.events.inc(count)

    def text(self) -> bytes:
        """In the form that Prometheus reads."""
        return generate_latest(self.registry)


class House(Collector):
    """What is made and kept, looked up when it is asked for."""

    def __init__(self, pulse: Callable[[], Pulse]) -> None:
        self.pulse = pulse

    def collect(self) -> Iterator[GaugeMetricFamily]:
        pulse = self.pulse()
        rows = GaugeMetricFamily("reelwright_render_rows", "Wishes by state.", labels=["state"])
        for state, count in pulse.rows.items():
            rows.add_metric([state], count)
        yield rows
        yield _gauge("reelwright_cache_bytes", "Of all files that are kept.", pulse.cache_bytes)
        yield _gauge("reelwright_workers", "That are making something now.", pulse.working)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is looked up to be registered."""
        return iter(())


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


class Counted:
    """Counts every answer and takes its time."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun_s = 500, time.perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            route, method = _route(scope), scope["method"]
            known = method if method in METHODS else "other"
            self.metrics.took(known, route, status, time.perf_counter() - begun_s)


def _route(scope: Scope) -> str:
    """As the reference has it, such as /v1/videos/{id}; one name for all that is no route."""
    return str(getattr(scope.get("route"), "path", "none"))
