"""What is learned: videos become codes, and the log of what viewers did becomes a recommender.

The third story, beside `feed.py` and `workshop.py`; `reelwright train` tells it.
"""

import io
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.config import Config
from reelwright.domain import Blueprint, Format, Kit, SemanticId, Viewer
from reelwright.drawing import Drawn, draw_all
from reelwright.errors import ReelwrightError
from reelwright.features.encoder import Encoder, Encoding
from reelwright.progress import Progress
from reelwright.recommender.evaluate import evaluate, leave_last_out
from reelwright.recommender.known import Known
from reelwright.recommender.train import train
from reelwright.sids.codebook import Codebook
from reelwright.sids.quality import quality
from reelwright.storage.blobs import Blobs
from reelwright.storage.models import Models
from reelwright.storage.videos import Videos
from reelwright.studio.samples import sample
from reelwright.studio.studio import Studio
from reelwright.viewers.viewers import Viewers

FEWEST_VIDEOS = 10  # below this there is nothing to tell apart
FEWEST_VIEWERS = 5
SEED = 1
ROUNDS = 10  # of hiding a part of the catalogue, to calibrate what is said of its coverage
SAMPLE = Format(width=360, height=640, fps=24, duration_s=4.5)  # of a style, to look at
SAMPLES = ("harbour", "stadium")  # scenes as unlike each other as there are

Vector = NDArray[np.float32]


def codebook_name(version: str) -> str:
    """Under which a codebook is kept: a recommender finds the one that it was trained with."""
    return f"codebook/{version}"


def encoder_name(codebook: str) -> str:
    """Under which is kept whose vectors a codebook reads: those of others it would misread."""
    return f"encoder/{codebook}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """Everything that training reads and writes."""

    videos: Videos
    blobs: Blobs
    models: Models
    encoder: Encoder
    config: Config
    progress: Progress

    def refuse_too_little(self, viewers: Sequence[str]) -> None:
        """Raises, before the minutes of work, where there cannot be enough to learn from."""
        _require_videos(len(self.videos.all()))
        _require_viewers(len(viewers))

    def look_at_videos(self) -> None:
        """Give every video that has none its two vectors."""
        known = self.videos.encodings(self.encoder.version)
        new = [video for video in self.videos.all() if video.id not in known]
        for done, video in enumerate(new, start=1):
            film = self.blobs.path(video.film)
            seen = self.encoder.encode(film, title=video.title, tags=video.tags)
            self.videos.keep_encoding(
                video.id, self.encoder.version, seen.content, seen.creative, seen.traits
            )
            self.progress("looking at videos", done, len(new))

    def learn_codes(self, *, now_s: float) -> Codebook:
        """Name what there is: fit the codes, and write every video's semantic ID."""
        encodings = self.videos.encodings(self.encoder.version)
        # In an order that does not tell in which order they came: a pool's differs each time.
        videos = sorted(
            (video for video in self.videos.all() if video.id in encodings),
            key=lambda video: video.id,
        )
        _require_videos(len(videos))
        contents, creatives, traits = zip(*(encodings[v.id] for v in videos), strict=True)
        contents_ND, creatives_NE = np.stack(contents), np.stack(creatives)
        codebook = Codebook.fit(
            contents_ND,
            creatives_NE,
            videos,
            traits,
            config=self.config.sids,
            rng=np.random.default_rng(SEED),
            progress=self.progress,
        )
        sids = codebook.encode_all(contents_ND, creatives_NE)
        self.videos.set_sids(
            codebook.version, {video.id: sid for video, sid in zip(videos, sids, strict=True)}
        )
        measures = quality(codebook, contents_ND, creatives_NE, sids)
        name = codebook_name(codebook.version)
        self.models.keep(name, codebook.to_bytes(), measures=measures, now_s=now_s)
        eyes = encoder_name(codebook.version)
        self.models.keep(eyes, self.encoder.version.encode(), measures={}, now_s=now_s)
        return codebook

    def learn_taste(
        self,
        codebook: Codebook,
        viewers: Viewers,
        names: Sequence[str],
        *,
        format: Format,
        now_s: float,
    ) -> dict[str, float]:
        """Train the recommender on every viewer's history; keep it with its measures."""
        histories = [viewers.state(name) for name in names]
        histories = [viewer for viewer in histories if viewer.history]
        _require_viewers(len(histories))
        cases = leave_last_out(histories)
        sids = self.videos.sids(codebook.version)
        recommender = train(
            [case.viewer for case in cases],
            codebook.sizes,
            codebook=codebook.version,
            format=format,
            config=self.config.recommender,
            seed=SEED,
            known=self._known(sids, [case.viewer for case in cases]),
            progress=self.progress,
        )
        for video, sid in sids.items():
            recommender.add(video, sid)
        recommender.calibrate(
            [(case.viewer, sids[case.liked]) for case in cases if case.liked in sids],
            rounds=ROUNDS,
            rng=np.random.default_rng(SEED),
        )
        measures = evaluate(recommender, cases, progress=self.progress)
        self.models.keep("recommender", recommender.to_bytes(), measures=measures, now_s=now_s)
        return measures

    def _known(
        self, sids: Mapping[str, SemanticId], learned_from: Sequence[Viewer]
    ) -> Known | None:
        """What the recommender may learn of each video besides its codes."""
        if len(sids) < self.config.recommender.own_from:
            return None
        encodings = self.videos.encodings(self.encoder.version)
        features = {
            video: np.concatenate([content, creative]).astype(np.float32)
            for video, (content, creative, _) in encodings.items()
            if video in sids
        }
        return Known.of(
            sids,
            {video: row / _scale(row) for video, row in features.items()},
            [_liked(viewer, sids) for viewer in learned_from],
        )


def _liked(viewer: Viewer, sids: Mapping[str, SemanticId]) -> list[str]:
    """The videos that they liked, in the order in which they did, none twice."""
    deeds = (deed for deed in viewer.history if deed.weight > 0 and deed.video in sids)
    return list(dict.fromkeys(deed.video for deed in deeds))


def _scale(vector: Vector) -> float:
    """The root of its mean square."""
    return float(np.sqrt(np.mean(np.square(vector)))) or 1.0


def _require_videos(found: int) -> None:
    if found < FEWEST_VIDEOS:
        raise ReelwrightError(
            f"There are {found} videos, and training needs {FEWEST_VIDEOS}.",
            hint="Take in more with: reelwright ingest FOLDER",
        )


def _require_viewers(found: int) -> None:
    if found < FEWEST_VIEWERS:
        raise ReelwrightError(
            f"{found} viewers did something, and training needs {FEWEST_VIEWERS}.",
            hint="Take in what viewers did with: reelwright ingest FOLDER --events FILE",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class StyleLook:
    """What each creative style looks like to our own eyes: the mean of a few short samples."""

    kit: Kit
    studio: Studio
    config: Config
    progress: Progress
    encoder: Encoder | None = None  # none: the eyes of those who draw

    def vectors(self) -> dict[str, Vector]:
        samples = [
            (style.name, sample(self.studio, style, [scene], format=SAMPLE, seed=SEED))
            for style in self.kit.styles
            for scene in SAMPLES
        ]
        seen: dict[str, list[Vector]] = {style.name: [] for style in self.kit.styles}
        drawn = draw_all(
            [blueprint for _, blueprint in samples],
            [() for _ in samples],
            render=self.config.render,
            media=self.config.media,
            what="looking at styles",
            progress=self.progress,
        )
        with closing(drawn):
            looks = {place: self._look(one, samples[place][1]) for place, one in drawn}
        for place in sorted(looks):
            seen[samples[place][0]].append(looks[place].creative)
        return {style: np.mean(vectors, axis=0) for style, vectors in seen.items()}

    def _look(self, drawn: Drawn, blueprint: Blueprint) -> Encoding:
        if self.encoder is None:
            return drawn.encoding
        return self.encoder.encode(drawn.clip.film, title=blueprint.title)


def styles_to_bytes(vectors: Mapping[str, Vector]) -> bytes:
    """An npz of one array a style."""
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **vectors)
    return packed.getvalue()


def styles_from_bytes(payload: bytes) -> dict[str, Vector]:
    with np.load(io.BytesIO(payload), allow_pickle=False) as packed:
        return {name: packed[name] for name in packed.files}
