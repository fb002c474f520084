"""A feed that follows a script, over the real store, and small films: the door by itself."""

import asyncio
import contextlib
import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from fastapi import FastAPI
from scripted_takes import take_desk_of
from wishes import made

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Renders
from reelwright.cache.stock import Stock
from reelwright.config import CacheConfig, FeedConfig, ServeConfig, StorageConfig, VideosConfig
from reelwright.domain import (
    AS_USUAL,
    Answer,
    Card,
    Choices,
    Event,
    Format,
    Impression,
    Meaning,
    Page,
    RankedWish,
    Reason,
    SemanticId,
    Traits,
    Video,
    Way,
    Wish,
    Words,
)
from reelwright.privacy import Privacy
from reelwright.serve.app import create_app
from reelwright.serve.desk import Desk, Making
from reelwright.serve.operator.ledger import Ledger
from reelwright.serve.operator.office import Office, Person
from reelwright.serve.pulse import Physician
from reelwright.serve.server import serve_until, url_of
from reelwright.serve.surfaces import Pages, Watcher
from reelwright.serve.takes import TakeDesk
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog
from reelwright.storage.keys import Keys
from reelwright.storage.orders import Orders
from reelwright.storage.outbox import Outbox
from reelwright.storage.videos import Videos

NOW_S = 1_800_000_000.0
COVERAGE = 0.832
ABOUT = [("harbour", "sunrise"), ("street food", "night"), ("pottery", "hands"), ("glaciers",)]
STYLE = [("fast cuts", "warm light"), ("slow", "grainy"), ("bold type", "120 bpm"), ("calm",)]
TRAITS = Traits(
    cuts_per_minute=20.0,
    motion=0.1,
    brightness=0.5,
    contrast=0.5,
    saturation=0.5,
    warmth=0.5,
    sharpness=0.5,
    grain=0.1,
    loudness_lufs=-16.0,
    tempo_bpm=120.0,
    palette=((255, 120, 80),),
)


@dataclass(frozen=True, slots=True)
class Store:
    """What the door stands before, all of it real."""

    db: Database
    log: EventLog
    blobs: Blobs
    asks: Asks
    renders: Renders
    keys: Keys


@contextlib.contextmanager
def store(folder: Path) -> Iterator[Store]:
    with Database.open(folder, config=StorageConfig()) as db:
        log = EventLog(db, StorageConfig())
        blobs = Blobs(folder / "blobs")
        cache = CacheConfig()
        yield Store(db, log, blobs, Asks(db, cache), Renders(db, cache), Keys(db))
        log.close()


class ScriptedCodes:
    """Words for the wishes of the script."""

    version = "scripted"

    def meaning(self, sid: SemanticId) -> Meaning:
        return meaning(sid.content[0])


def meaning(number: int) -> Meaning:
    """What the codes of the scripted feed say."""
    about, style = ABOUT[number % 4], STYLE[number % 4]
    return Meaning(about=about, titles=(), style=style, traits=TRAITS, creative=())


def app_of(
    feed: Pages,
    store: Store,
    *,
    clock: Callable[[], float] = lambda: NOW_S,
    config: ServeConfig = ServeConfig(),  # noqa: B008, it is frozen
    videos: VideosConfig = VideosConfig(),  # noqa: B008
    office: Office | None = None,
    takes: TakeDesk | None = None,
) -> FastAPI:
    """The door before this feed."""
    takes = takes or take_desk_of(store.db, store.blobs, clock)
    return create_app(
        feed=feed,
        blobs=store.blobs,
        renders=store.renders,
        codes=ScriptedCodes(),
        watchers=[Watcher(id="viewer-007", tastes=("harbour", "fast cuts"))],
        keys=store.keys,
        desk=desk_of(store, clock=clock, config=videos, takes=takes),
        office=office or office_of(store, clock=clock),
        takes=takes,
        physician=Physician(store.db, store.blobs.folder, clock),
        records=Privacy(store.db),
        config=config,
        counts=FeedConfig(count=2, max_count=4),
        clock=clock,
    )


def desk_of(
    store: Store,
    *,
    clock: Callable[[], float],
    config: VideosConfig,
    takes: TakeDesk | None = None,
) -> Desk:
    """Orders over the real store; a prompt comes to the wish with the number of its words."""
    asks = Asks(store.db, CacheConfig(ask_every_s=0.0))  # who orders waits for the row
    making = Making(
        wish_of=lambda prompt, form: Wish(
            sid=SemanticId((len(prompt.split()) % 4, 0), (0, 0)),
            codebook=ScriptedCodes.version,
            brief=" ".join(prompt.split()),
            format=form,
        ),
        ask=lambda wish, now_s: asks.ask(wish, wish.key, viewer="", priority=9.0, now_s=now_s),
        codes=ScriptedCodes(),
        form=Format(width=144, height=256, fps=24, duration_s=2.0),
    )
    return Desk(Orders(store.db), Outbox(store.db), making, config, clock, takes)


def office_of(
    store: Store,
    *,
    clock: Callable[[], float],
    person: Callable[[str], Person | None] = lambda id_: None,
    config: CacheConfig = CacheConfig(),  # noqa: B008
) -> Office:
    """The operator's desk over the real store; a video without files stands in for every wish."""
    return Office(
        ledger=Ledger(store.db, config),
        renders=store.renders,
        stock=Stock(store.db, store.blobs, config),
        videos=Videos(store.db),
        privacy=Privacy(store.db),
        codes=lambda version: ScriptedCodes() if version == ScriptedCodes.version else None,
        stand_in=lambda wish: Answer(some_video(0), wish.sid, Way.NEAREST),
        person=person,
        watchers=[Watcher(id="viewer-007", tastes=("harbour", "fast cuts"))],
        config=config,
        clock=clock,
    )


def some_wish(number: int) -> Wish:
    return Wish(sid=SemanticId((number, 0), (0, number)), codebook=ScriptedCodes.version)


def some_video(number: int, *, film: str = "", poster: str = "", duration_s: float = 1.5) -> Video:
    return Video(
        id=f"video-{number}",
        title=f"Video number {number}",
        film=film or f"{number}.mp4",
        poster=poster or f"{number}.jpg",
        duration_s=duration_s,
        width=144,
        height=256,
        fps=24.0,
        has_sound=True,
        tags=ABOUT[number % 4],
    )


class ScriptedFeed:
    """Shows its videos in turn, each for a wish of its own that is not met exactly."""

    def __init__(self, videos: Sequence[Video], store: Store) -> None:
        self.videos = list(videos)
        self.store = store
        self.coverage = COVERAGE
        self._made: list[tuple[int, Video]] = []  # with the number of the wish
        self.asked: list[tuple[str, bool, bool]] = []  # viewer, personal, remember
        self._turn = 0
        self._lock = threading.Lock()

    def page_soon(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> Page:
        self.asked.append((viewer_id, choices.personal, choices.remember))
        with self._lock:
            made, self._made = self._made[:count], self._made[count:]
            turns = range(self._turn, self._turn + count - len(made)) if self.videos else range(0)
            self._turn = max(self._turn, turns.stop)
        cards = [_card(viewer_id, video, Way.EXACT, number, now_s) for number, video in made]
        for turn in turns:
            video = self.videos[turn % len(self.videos)]
            again = dataclasses.replace(video, id=f"{video.id}-{turn}")
            way = (Way.NEAREST, Way.SAME_CONTENT)[turn % 2]
            cards.append(_card(viewer_id, again, way, turn, now_s))
        return Page(tuple(cards), self.coverage if cards else 0.0)

    def hear(self, events: list[Event]) -> "Future[int]":
        return self.store.log.append(events)

    def heard(self) -> list[Event]:
        """All events that were ever kept, in the order of their commits."""
        return [event for _, event in self.store.log.after(0, 10_000)]

    def ask_for(self, number: int, now_s: float) -> None:
        """A row for the wish with this number; lower ones are wanted more."""
        wish, priority = some_wish(number), 1 / (1 + number)
        assert self.store.asks.ask(wish, wish.key, viewer="ann", priority=priority, now_s=now_s)

    def fulfil(self, video: Video, now_s: float) -> None:
        """The wish that is wanted most is met by this film; the next page begins with it."""
        job = self.store.renders.claim("scripted", now_s)
        assert job, "nothing was asked for"
        ours = dataclasses.replace(
            video, id=job.wish.key, wish=job.wish.key, title="Made for a wish of yours"
        )
        result = dataclasses.replace(made(job.wish), video=ours)
        assert self.store.renders.finish(job, result, job.wish.sid, now_s)
        with self._lock:
            self._made.append((job.wish.sid.content[0], ours))


def _card(viewer: str, video: Video, way: Way, number: int, now_s: float) -> Card:
    wish = some_wish(number)
    impression = Impression(
        id=f"impression-{video.id}",
        viewer=viewer,
        video=video.id,
        wish=wish.key,
        way=way,
        probability=0.25,
        position=0,
        at_s=now_s,
    )
    return Card(
        impression=impression,
        ranked=RankedWish(wish, 0.6 / (number + 1)),
        answer=Answer(video, wish.sid, way),
        wished=Words(ABOUT[number % 4], STYLE[number % 4]),
        shown=Words(video.tags, STYLE[number % 4]),
        why=(
            Reason(f"You watched videos about {video.tags[0]} to the end", 0.6),
            Reason("You asked for more of this style", 0.3),
            Reason("Many liked it this evening", 0.1),
        ),
    )


def refused(answer: Any, status: int, says: str) -> dict[str, Any]:
    """The problem in an answer that must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert says in problem["detail"]
    assert problem["hint"], "a problem comes with what to do about it"
    return problem


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The page's address, for as long as the server runs in a thread."""
    config = ServeConfig(port=free_port())
    ready = threading.Event()
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop.append((asyncio.get_running_loop(), asyncio.Event()))
        await serve_until(stop[0][1], app, config, lambda url: ready.set())

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert ready.wait(10), "the server does not answer"
    yield url_of(config)
    loop, event = stop[0]
    loop.call_soon_threadsafe(event.set)
    thread.join(10)
    assert not thread.is_alive(), "the server does not stop"


# ---- small films ---------------------------------------------------------------------------------


def write_film(path: Path, *, duration_s: float, size: tuple[int, int] = (144, 256)) -> None:
    """A moving gradient as H.264, with a tone as AAC."""
    width, height = size
    ramp = np.linspace(0, 255, width * height).reshape(height, width)
    tone = 0.1 * np.sin(np.arange(round(duration_s * 48_000)) * 2 * np.pi * 220 / 48_000)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        video = container.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=48_000, layout="mono")
        for number in range(round(duration_s * 24)):
            picture = np.stack([np.roll(ramp, number * 4, axis=k % 2) for k in range(3)], axis=-1)
            frame = av.VideoFrame.from_ndarray(picture.astype(np.uint8), format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for start in range(0, len(tone), 1024):
            block = tone[None, start : start + 1024].astype(np.float32)
            sound = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = 48_000, start, Fraction(1, 48_000)
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))


def write_poster(path: Path, *, size: tuple[int, int] = (144, 256)) -> None:
    """A grey picture as JPEG."""
    picture = np.full((size[1], size[0], 3), 90, dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p"
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
