"""A large home for `bench feed`: clips, and viewers with histories, written straight to the store.

Vectors, events and films are made up from a seed; the codes and the recommender are really learned
from them, briefly, so that a request costs what it costs where everything was trained for long.

Shapes: N videos, V viewers, D deeds of all viewers, one viewer's after the other's.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, insert

from reelwright.assemble import homes, knowledge, workshops
from reelwright.bench.names import video_name, viewer_name
from reelwright.config import Config
from reelwright.domain import EventKind, SemanticId, Traits, Video
from reelwright.progress import Progress
from reelwright.recommender.evaluate import leave_last_out
from reelwright.recommender.known import Known
from reelwright.recommender.train import train
from reelwright.sids.codebook import Codebook
from reelwright.storage.schema import events, videos
from reelwright.training import codebook_name

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

BUILT = "bench feed"  # the model of this name is kept last: the home is whole
SEED = 11
TOPICS, STYLES = 96, 12
CONTENT_DIM, CREATIVE_DIM = 384, 64
MEDIAN_DEEDS, MOST_DEEDS = 12, 60
LOVED = 3  # topics a viewer comes back to
FILM_BYTES, LONG_FILM_BYTES, LONG_FILMS = 12_000, 1_000_000, 32
LEARNERS, CASES = 128, 40  # viewers who are learned from, and cases to calibrate with
AT_ONCE = 50_000  # rows of one statement
BEGAN_S = 1_700_000_000.0
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How large the world is."""

    videos: int = 10_000
    viewers: int = 100_000

    @property
    def folder(self) -> str:
        return f"feed-{self.videos}-{self.viewers}-{SEED}"


@dataclass(frozen=True, slots=True)
class Showing:
    """A film that can be watched, and its poster."""

    film: bytes
    poster: bytes

    def numbered(self, number: int) -> bytes:
        """The film with a box behind it that players pass over: other bytes, so another address."""
        return self.film + struct.pack(">I4sI", 12, b"free", number)


def build(
    config: Config, size: Size, *, progress: Progress, showing: Showing | None = None
) -> None:
    """The world in `config.home`, unless it is there already; all its clips look like `showing`."""
    with homes.home(config) as home:
        if home.models.newest(BUILT) is not None:
            return
        rng = np.random.default_rng(SEED)
        topic_N = rng.permutation(np.arange(size.videos) % TOPICS)
        style_N = rng.integers(0, STYLES, size.videos)
        made = _videos(Path(config.home) / "blobs", topic_N, style_N, showing, progress)
        _insert(home, videos, ({**asdict(video), "added_s": BEGAN_S} for video in made))
        contents, creatives = (
            _vectors(topic_N, CONTENT_DIM, rng),
            _vectors(style_N, CREATIVE_DIM, rng),
        )
        codes = Codebook.fit(
            contents,
            creatives,
            made,
            [TRAITS] * len(made),
            config=replace(config.sids, heads=False),
            rng=rng,
            progress=progress,
        )
        sids = dict(
            zip((one.id for one in made), codes.encode_all(contents, creatives), strict=True)
        )
        home.videos.set_sids(codes.version, sids)
        home.models.keep(codebook_name(codes.version), codes.to_bytes(), measures={}, now_s=BEGAN_S)
        _live(home, topic_N, size.viewers, rng, progress)
        _learn(home, codes, sids, np.concatenate([contents, creatives], axis=1), progress)
        home.models.keep(BUILT, b"whole", measures={}, now_s=BEGAN_S)


def _vectors(kind_N: Ints, dim: int, rng: np.random.Generator) -> Floats:
    """Unit vectors around one centre for each kind."""
    centres = rng.normal(size=(int(kind_N.max()) + 1, dim))
    vectors = centres[kind_N] + 0.7 * rng.normal(size=(len(kind_N), dim))
    unit: Floats = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _videos(
    blobs: Path, topic_N: Ints, style_N: Ints, showing: Showing | None, progress: Progress
) -> list[Video]:
    """Films of random bytes, the first few as long as real ones, or of one that can be watched;
    posters, one for each topic."""
    made, rng = [], np.random.default_rng(SEED)
    poster = showing.poster if showing else b""
    posters = [_blob(blobs, poster or rng.bytes(FILM_BYTES), ".jpg") for _ in range(TOPICS)]
    for number, (topic, style) in enumerate(zip(topic_N.tolist(), style_N.tolist(), strict=True)):
        size = LONG_FILM_BYTES if number < LONG_FILMS else FILM_BYTES
        film = showing.numbered(number) if showing else rng.bytes(size)
        made.append(
            Video(
                id=video_name(number),
                title=f"Topic {topic} in style {style}, number {number}",
                film=_blob(blobs, film, ".mp4"),
                poster=posters[topic],
                duration_s=6.0,
                width=360,
                height=640,
                fps=24.0,
                has_sound=True,
                tags=(f"topic {topic}", f"harbour {topic % 7}", f"evening {topic % 5}"),
            )
        )
        progress("writing clips", number + 1, len(topic_N))
    return made


def _blob(folder: Path, data: bytes, suffix: str) -> str:
    """As `Blobs.put`, without waiting for the disk ten thousand times."""
    name = hashlib.sha256(data).hexdigest()
    (folder / name[:2]).mkdir(exist_ok=True)
    (folder / name[:2] / f"{name}{suffix}").write_bytes(data)
    return f"{name[:2]}/{name}{suffix}"


def _live(
    home: homes.Home, topic_N: Ints, num: int, rng: np.random.Generator, progress: Progress
) -> None:
    """What everybody did: mostly with videos of a few topics of their own."""
    deeds_V = rng.lognormal(np.log(MEDIAN_DEEDS), 0.5, num).astype(np.int64).clip(3, MOST_DEEDS)
    whose_D = np.repeat(np.arange(num), deeds_V)
    loved_VT = rng.integers(0, TOPICS, (num, LOVED))
    topic_D = loved_VT[whose_D, rng.integers(0, LOVED, len(whose_D))]
    strays_D = rng.random(len(whose_D)) < 0.2
    topic_D[strays_D] = rng.integers(0, TOPICS, strays_D.sum())
    by_topic = np.argsort(topic_N, kind="stable")
    count_T = np.bincount(topic_N, minlength=TOPICS)
    first_T = np.cumsum(count_T) - count_T
    video_D = by_topic[first_T[topic_D] + rng.integers(0, 1 << 30, len(topic_D)) % count_T[topic_D]]
    place_D = np.arange(len(whose_D)) - np.repeat(np.cumsum(deeds_V) - deeds_V, deeds_V)
    liked_D = ~strays_D & (rng.random(len(whose_D)) < 0.3)
    columns = zip(
        whose_D.tolist(), video_D.tolist(), place_D.tolist(), strays_D.tolist(), liked_D.tolist(),
        strict=True,
    )  # fmt: skip
    rows = (
        {
            "id": f"e{number:08d}",
            "viewer": viewer_name(whose),
            "video": video_name(video),
            "kind": EventKind.LIKE if liked else EventKind.PLAY,
            "at_s": BEGAN_S + 3600.0 * place,
            "value": 1.5 if stray else 5.0,
            "impression": "",
        }
        for number, (whose, video, place, stray, liked) in enumerate(columns)
    )
    _insert(
        home, events, rows, lambda done: progress("writing what viewers did", done, len(whose_D))
    )


def _insert(
    home: homes.Home,
    table: Table,
    rows: Iterator[dict[str, object]],
    tell: Callable[[int], None] = lambda done: None,
) -> None:
    done = 0
    while part := [row for row, _ in zip(rows, range(AT_ONCE), strict=False)]:
        with home.database.write() as connection:
            own = insert(table).values(tenant=home.database.tenant)
            connection.execute(own, part)
        done += len(part)
        tell(done)


def _learn(
    home: homes.Home,
    codes: Codebook,
    sids: dict[str, SemanticId],
    features: Floats,
    progress: Progress,
) -> None:
    """A recommender as `reelwright train` makes it, from a few viewers and in two rounds."""
    everybody = knowledge.viewers(home, knowledge.Known(home, codes.version))
    cases = leave_last_out([everybody.state(viewer_name(number)) for number in range(LEARNERS)])
    liked = [
        list(dict.fromkeys(deed.video for deed in case.viewer.history if deed.weight > 0))
        for case in cases
    ]
    known = Known.of(
        sids, dict(zip(sids, features * np.sqrt(features.shape[1] / 2), strict=True)), liked
    )
    learned = train(
        [case.viewer for case in cases],
        codes.sizes,
        codebook=codes.version,
        format=workshops.format_of_wishes(home.config),
        config=replace(home.config.recommender, epochs=1),
        seed=SEED,
        known=known if len(sids) >= home.config.recommender.own_from else None,
        progress=progress,
    )
    for video, sid in sids.items():
        learned.add(video, sid)
    learned.calibrate(
        [(case.viewer, sids[case.liked]) for case in cases[:CASES]],
        rounds=10,
        rng=np.random.default_rng(SEED),
    )
    home.models.keep("recommender", learned.to_bytes(), measures={}, now_s=BEGAN_S)
