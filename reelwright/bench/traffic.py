"""A day of traffic in figures: how wishes are answered, and how many renders that takes.

Cache, rows, counts and stock are the real ones over a real store; viewers, their wishes and the
makers are simulated, and so is the clock. What a clip weighs in bytes is drawn, not written.
"""

import heapq
import tempfile
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.bench.places import CODEBOOK, stand_in
from reelwright.cache.cache import Cache
from reelwright.cache.renders import Job, Renders
from reelwright.cache.stock import MB, Stock
from reelwright.config import CacheConfig, StorageConfig
from reelwright.domain import SemanticId, Way, Wish
from reelwright.progress import Progress
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos, insert_sids, insert_video

Figures = dict[str, float]

REQUESTS, QUICK, VIEWERS, CATALOGUE = 100_000, 1_000, 50_000, 1_000
GATHER_S = 60.0  # asking again and counting are written down this often
DAY_S = 86_400.0
TOPICS, TURNS, STYLES, SHADES = 64, 4, 8, 2  # 4,096 different wishes
ZIPF = 1.1  # of viewers, of topics and of styles
FAITHFUL = 0.8  # share of the wishes that are of the viewer's own few topics
REMEMBERED = 20  # clips that a viewer is not shown again
MAKERS, MAKE_S = 4, 12.0
CLIP_MB = (2.0, 0.4)  # median and spread of a logarithm
ROOM = 0.5  # of what everything took, in the run that has a limit
PARTS = 5  # of the day, for what changes as traffic grows
K = 3
SEED = 1
WORDS = {
    "requests": "requests, Zipf over 50,000 viewers and 4,096 wishes, 1,000 clips to begin with",
    "exact": "answered by exactly what was wished for, share",
    "same_content": "by the same content in another style",
    "nearest": "by what lies nearest",
    "renders": "clips made",
    "renders_per_1000": "clips made for a thousand requests",
    "renders_per_1000_first": "in the first fifth of the day",
    "renders_per_1000_last": "in the last fifth",
    "exact_first": "answered exactly, first fifth",
    "exact_last": "last fifth",
    "mb": "the clips that were made, MB",
    "made_twice": "wishes made more than once without having been evicted",
    "k_renders": "clips made where three viewers must want one",
    "k_exact": "answered exactly there, share",
    "room_mb": "the most that clips take where half as much room is given, MB",
    "room_limit_mb": "what is given there, MB",
    "room_evictions": "clips evicted there",
    "room_renders": "clips made there, those made again included",
    "room_exact": "answered exactly there, share",
    "room_renders_per_1000_last": "clips made there for a thousand requests, last fifth",
}


def measure(*, quick: bool, progress: Progress) -> Figures:
    """Three runs of the same requests: with all the room there is, with a threshold, with half."""
    requests = QUICK if quick else REQUESTS
    plain = CacheConfig(ask_every_s=GATHER_S)
    free = _run("all the room", requests, plain, progress)
    many = _run("three must want it", requests, replace(plain, viewers=K), progress)
    limit_mb = max(1, round(free.num_bytes / MB * ROOM))
    tight = _run("half the room", requests, replace(plain, capacity_mb=limit_mb), progress)
    return {
        "requests": requests,
        **{way.value: _share(free.ways[way], requests) for way in Way},
        "renders": free.renders,
        "renders_per_1000": _per_1000(free.renders, requests),
        "renders_per_1000_first": _per_1000(free.made_in[0], requests / PARTS),
        "renders_per_1000_last": _per_1000(free.made_in[-1], requests / PARTS),
        "exact_first": _share(free.exact_in[0], requests / PARTS),
        "exact_last": _share(free.exact_in[-1], requests / PARTS),
        "mb": round(free.num_bytes / MB),
        "made_twice": free.made_twice + many.made_twice + tight.made_twice,
        "k_renders": many.renders,
        "k_exact": _share(many.ways[Way.EXACT], requests),
        "room_mb": round(tight.most_bytes / MB),
        "room_limit_mb": limit_mb,
        "room_evictions": tight.evictions,
        "room_renders": tight.renders,
        "room_exact": _share(tight.ways[Way.EXACT], requests),
        "room_renders_per_1000_last": _per_1000(tight.made_in[-1], requests / PARTS),
    }


@dataclass(slots=True)
class _Day:
    """What a run came to."""

    ways: Counter[Way] = field(default_factory=Counter)
    exact_in: list[int] = field(default_factory=lambda: [0] * PARTS)
    made_in: list[int] = field(default_factory=lambda: [0] * PARTS)
    there: set[str] = field(default_factory=set)  # wishes whose clip was made and is there
    made_twice: int = 0
    evictions: int = 0
    num_bytes: int = 0
    most_bytes: int = 0

    @property
    def renders(self) -> int:
        return sum(self.made_in)


def _run(name: str, requests: int, config: CacheConfig, progress: Progress) -> _Day:
    with (
        tempfile.TemporaryDirectory(prefix="reelwright-") as folder,
        Database.open(Path(folder), config=StorageConfig()) as db,
    ):
        crowd = Crowd(np.random.default_rng(SEED))
        _fill(db, crowd)
        makers = _Makers(db, Path(folder), config)
        cache = Cache(db, Videos(db), codebook=CODEBOOK, locate=locate, config=config)
        day = _Day()
        shown: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        for number in range(requests):
            now_s, part = DAY_S * number / requests, number * PARTS // requests
            makers.work(now_s, day, part)
            cache.refresh()
            viewer, wish = crowd.request()
            met = shown[viewer]
            answer = cache.answer(wish, without=met)
            if not cache.has(wish):
                cache.ask(wish, viewer=viewer, priority=1.0, now_s=now_s)
                makers.asked = True
            if answer is not None:
                met.append(answer.video.id)
                day.ways[answer.way] += 1
                day.exact_in[part] += answer.way is Way.EXACT
                cache.tally.count([answer], now_s)
            progress(name, number + 1, requests)
        cache.close(DAY_S)
        return day


class Crowd:
    """Viewers with a few topics and styles of their own, the popular ones shared by many."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.viewers = Dice(VIEWERS, ZIPF, rng)
        self.topics, self.turns = Dice(TOPICS, ZIPF, rng), Dice(TURNS, ZIPF, rng)
        self.styles, self.shades = Dice(STYLES, ZIPF, rng), Dice(SHADES, ZIPF, rng)
        self.topics_V3 = self.topics.array((VIEWERS, 3))
        self.styles_V2 = self.styles.array((VIEWERS, 2))

    def request(self) -> tuple[str, Wish]:
        """Who asks, and for what."""
        viewer = self.viewers.one()
        topic, style = self.topics.one(), self.styles.one()
        if self.rng.random() < FAITHFUL:
            topic = int(self.topics_V3[viewer, self.rng.integers(3)])
            style = int(self.styles_V2[viewer, self.rng.integers(2)])
        sid = SemanticId((topic, self.turns.one()), (style, self.shades.one()))
        return f"viewer-{viewer}", Wish(sid=sid, codebook=CODEBOOK)


class Dice:
    """Numbers whose frequency falls with their rank, thrown many at a time."""

    def __init__(self, num: int, exponent: float, rng: np.random.Generator) -> None:
        weights = np.arange(1, num + 1) ** -exponent
        self.upper = np.cumsum(weights / weights.sum())
        self.rng = rng
        self.thrown: list[int] = []

    def array(self, shape: tuple[int, ...]) -> NDArray[np.intp]:
        return np.minimum(np.searchsorted(self.upper, self.rng.random(shape)), len(self.upper) - 1)

    def one(self) -> int:
        if not self.thrown:
            self.thrown = self.array((4096,)).tolist()
        return self.thrown.pop()


class _Makers:
    """So many at once, each taking the same time; what they make is kept as workers keep it."""

    def __init__(self, db: Database, folder: Path, config: CacheConfig) -> None:
        lasting = replace(config, lease_s=3600.0)  # nobody beats for these claims
        self.renders = Renders(db, lasting)
        self.stock = Stock(db, Blobs(folder / "blobs"), config)
        self.rng = np.random.default_rng(SEED)
        self.busy: list[tuple[float, int, Job]] = []
        self.numbers = count()  # no two claims compare alike
        self.asked = False  # since a claim found nothing

    def work(self, now_s: float, day: _Day, part: int) -> None:
        while self.busy and self.busy[0][0] <= now_s:
            ended_s, _, job = heapq.heappop(self.busy)
            self._finish(job, ended_s, day, part)
        while self.asked and len(self.busy) < MAKERS:
            claim = self.renders.claim("bench", now_s)
            self.asked = claim is not None
            if claim is not None:
                heapq.heappush(self.busy, (now_s + MAKE_S, next(self.numbers), claim))

    def _finish(self, job: Job, now_s: float, day: _Day, part: int) -> None:
        median_mb, spread = CLIP_MB
        num_bytes = int(median_mb * MB * np.exp(spread * self.rng.standard_normal()))
        made = replace(stand_in(job.wish), bytes=num_bytes)
        kept = self.renders.finish(job, made, job.wish.sid, now_s)
        assert kept, "nobody else makes here"
        day.made_in[part] += 1
        day.made_twice += job.wish.key in day.there
        day.there.add(job.wish.key)
        evicted = self.stock.make_room(now_s)
        day.evictions += len(evicted)
        day.there.difference_update(evicted)
        day.num_bytes = self.stock.num_bytes()
        day.most_bytes = max(day.most_bytes, day.num_bytes)


def locate(sid: SemanticId) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where codes lie: akin ones side by side."""
    content, creative = (np.zeros(8, np.float32) for _ in range(2))
    for vector, (first, second) in ((content, sid.content), (creative, sid.creative)):
        vector[:6] = np.random.default_rng(first).standard_normal(6)
        vector[6:] = second / 8, 1.0
    return content, creative


def _fill(db: Database, crowd: Crowd) -> None:
    """What people upload: of the same topics and styles, whoever wishes for it."""
    wishes = {f"v{number}": crowd.request()[1] for number in range(CATALOGUE)}
    with db.write() as connection:
        for id_, wish in wishes.items():
            video = replace(stand_in(wish).video, id=id_, title=id_, wish="")
            insert_video(connection, db.tenant, video, added_s=0.0)
        sids = {id_: wish.sid for id_, wish in wishes.items()}
        insert_sids(connection, db.tenant, CODEBOOK, sids)


def _share(num: float, total: float) -> float:
    return round(num / total, 4)


def _per_1000(num: float, requests: float) -> float:
    return round(1000 * num / requests, 2)
