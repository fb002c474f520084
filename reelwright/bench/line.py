"""The whole line in figures: a page of the feed, durable events, and a wish until it is a clip."""

import dataclasses
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from reelwright.assemble import feeds, homes, workshops
from reelwright.config import Config, WorldConfig
from reelwright.demo import demo_in
from reelwright.domain import Event, EventKind
from reelwright.engine.memory import PeakMemory
from reelwright.progress import Progress

Figures = dict[str, float]

WORDS = {
    "videos": "videos of the demo world",
    "viewers": "simulated viewers",
    "seconds": "the world drawn, lived in and learned from, seconds",
    "page_p50_ms": "a page of the feed, recommender included, median, ms",
    "page_p99_ms": "the same, 99th percentile, ms",
    "events_per_s": "events a second, on the disk before they are acknowledged, 32 clients",
    "wish_to_clip_s": "a wish until its 6 s clip of 720x1280 is kept, seconds",
    "clip_realtime_factor": "length of a clip over the time to make it",
    "peak_mb": "the most memory of all processes together, MB",
}

# The smallest world that trains. Its recall would say nothing: viewers meet half of what there is.
QUICK = WorldConfig(
    videos=16, viewers=60, events_per_viewer=8, width=180, height=320, fps=12, wishing_viewers=3
)
VIEWERS_WHO_ASK = 40
CLIENTS = 32


def measure(config: Config, *, quick: bool, progress: Progress) -> Figures:
    """A demo world in a folder of its own, built and then measured; `quick` takes a small one."""
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder, PeakMemory() as memory:
        config = dataclasses.replace(config, home=folder)
        if quick:
            config = dataclasses.replace(config, world=QUICK)
        with homes.home(config) as home:
            made = demo_in(home, worker=None, progress=progress).run()  # nothing is made yet
            figures = {name: value for name, value in made.items() if name in WORDS}
            figures |= _pages(home, rounds=2 if quick else 25, progress=progress)
            figures |= _events(home, count=500 if quick else 5_000, progress=progress)
            figures |= _making(home, count=1 if quick else 5, progress=progress)
    return figures | {"peak_mb": round(memory.peak_mb)}


def _pages(home: homes.Home, *, rounds: int, progress: Progress) -> Figures:
    """How long the feed takes for a page, recommender included, one request at a time."""
    feed = feeds.feed(home)
    viewers = home.log.viewers()[:VIEWERS_WHO_ASK]
    took_ms = []
    for number in range(rounds * len(viewers)):
        viewer = viewers[number % len(viewers)]
        took_ms.append(_ms(lambda: feed.page(viewer, count=5, now_s=time.time())))  # noqa: B023
        progress("asking for pages", number + 1, rounds * len(viewers))
    return {"page_p50_ms": _at(took_ms, 0.5), "page_p99_ms": _at(took_ms, 0.99)}


def _events(home: homes.Home, *, count: int, progress: Progress) -> Figures:
    """How many events a second are on the disk before they are acknowledged, clients at once."""
    video = home.videos.all()[0].id
    now_s = time.time()

    def send(number: int) -> None:
        event = Event(
            id=f"bench-{number}", viewer="bench", video=video, kind=EventKind.LIKE, at_s=now_s
        )
        home.log.append([event]).result()

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for done, _ in enumerate(clients.map(send, range(count)), start=1):
            progress("sending events", done, count)
    return {"events_per_s": round(count / (time.perf_counter() - start))}


def _making(home: homes.Home, *, count: int, progress: Progress) -> Figures:
    """How long a wish takes until its clip is kept, against the length of the clip."""
    shop = workshops.workshop(home, progress=progress)
    feed = feeds.feed(home)
    viewers = home.log.viewers()[:count]
    wishes = [feed.recommender.wishes(feed.viewers.state(one), count=1)[0].wish for one in viewers]
    took_s = []
    for done, wish in enumerate(wishes, start=1):
        took_s.append(_ms(lambda: shop.make(wish, now_s=time.time())) / 1000)  # noqa: B023
        progress("making wishes", done, len(wishes))
    middle_s = statistics.median(took_s)
    return {
        "wish_to_clip_s": round(middle_s, 2),
        "clip_realtime_factor": round(home.config.render.duration_s / middle_s, 2),
    }


def _ms(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _at(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)
