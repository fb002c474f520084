"""Semantic IDs in figures: as names, as stand-ins for vectors, and what each branch gives away.

The demo world's planted topics and styles are read here, and nowhere where codes are learned.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from reelwright.assemble import intake, workshops
from reelwright.catalogue.world import Commission
from reelwright.config import Config, SidsConfig, WorldConfig
from reelwright.domain import Traits, Video, digest
from reelwright.drawing import draw_all
from reelwright.engine.memory import PeakMemory
from reelwright.progress import Progress
from reelwright.sids.codebook import Codebook
from reelwright.sids.probe import Labels, Values, chance, one_hot, reading, without
from reelwright.sids.quality import quality
from reelwright.sids.residual import Branch
from reelwright.sids.rows import Floats, VectorFile
from reelwright.sids.words import NUMBERS

Figures = dict[str, float]

# N videos, D dimensions.

BOTH = {
    "collision": "share of videos whose whole ID another video has",
    "utilisation": "share of the codes in use, mean over the positions",
    "entropy": "evenness of the codes, 1 at best, mean over the positions",
    "reconstruction": "variance lost between a vector and what its codes stand for",
    "neighbour_recall": "of the ten nearest, how many are found by codes",
    "own_content": "the planted topic, read from content codes",
    "own_creative": "the planted style, read from creative codes",
    "leak_content_to_creative": "the planted topic, read from creative codes",
    "leak_creative_to_content": "the planted style, read from content codes",
    "chance_content": "the topic, read where labels were dealt anew",
    "chance_creative": "the style, read where labels were dealt anew",
    "rest_content_to_creative": "the topic from creative codes, the style taken away first",
    "rest_creative_to_content": "the style from content codes, the topic taken away first",
    "rest_chance_content": "the same where topics were dealt anew within each style",
    "rest_chance_creative": "the same where styles were dealt anew within each topic",
}
WORDS = {
    "videos": "videos of the demo world",
    **{
        f"{name}{suffix}": said + heads
        for name, said in BOTH.items()
        for suffix, heads in (("", ""), ("_heads", ", with heads"))
    },
    "seconds_100k": "a codebook with heads for 100,000 videos from files, seconds",
    "encode_per_s_100k": "videos a second that then get their semantic ID",
    "peak_mb_100k": "the most memory of that process, MB",
}
QUICK = WorldConfig(videos=36, width=180, height=320, fps=12)
SEED = 1
MANY, WIDE, NARROW = 100_000, 552, 50  # videos, and the dimensions of the local encoder
KINDS, WAYS = 200, 30  # planted in those
CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue with what it was planted with."""

    videos: list[Video]
    contents_ND: Floats
    creatives_ND: Floats
    traits: list[Traits]
    topics_N: Labels
    styles_N: Labels


def measure(config: Config, *, quick: bool, progress: Progress) -> Figures:
    """The codes of a demo world drawn afresh, without heads and with them; then 100,000 videos."""
    torch.set_num_threads(1)
    catalogue = drawn(replace(config, world=QUICK) if quick else config, progress=progress)
    figures: Figures = {"videos": float(len(catalogue.videos))}
    for suffix, heads in (("", False), ("_heads", True)):
        sids = replace(config.sids, heads=heads)
        measured = {name: round(value, 4) for name, value in codes(catalogue, sids).items()}
        figures |= {f"{name}{suffix}": value for name, value in measured.items()}
    return figures if quick else figures | at_scale(config.sids, progress=progress)


def drawn(config: Config, *, progress: Progress) -> Catalogue:
    """The demo world's films, drawn and looked at; nothing of them is kept."""
    return looked_at(intake.world(config).commissions, config, progress=progress)


def looked_at(
    commissions: Sequence[Commission], config: Config, *, progress: Progress
) -> Catalogue:
    """Some of the world's films, drawn and looked at."""
    studio = workshops.planner()
    plans = [
        studio.blueprint(one.instruction, format=one.format, seed=one.seed) for one in commissions
    ]
    films = draw_all(
        plans,
        [one.tags for one in commissions],
        render=config.render,
        media=replace(config.media, preset=config.world.preset),
        what="drawing the catalogue",
        progress=progress,
    )
    with closing(films):
        seen = [clip.encoding for _, clip in sorted(films, key=lambda pair: pair[0])]
    videos = [
        Video(
            id=digest(plan),
            title=one.title,
            film="",
            poster="",
            duration_s=one.format.duration_s,
            width=one.format.width,
            height=one.format.height,
            fps=one.format.fps,
            has_sound=True,
            tags=one.tags,
        )
        for plan, one in zip(plans, commissions, strict=True)
    ]
    return Catalogue(
        videos=videos,
        contents_ND=np.stack([one.content for one in seen]),
        creatives_ND=np.stack([one.creative for one in seen]),
        traits=[one.traits for one in seen],
        topics_N=_numbered([one.topic for one in commissions]),
        styles_N=_numbered([one.style for one in commissions]),
    )


def codes(catalogue: Catalogue, config: SidsConfig) -> Figures:
    """What a codebook of the catalogue is worth, and what its branches give away."""
    contents, creatives = catalogue.contents_ND, catalogue.creatives_ND
    codebook = Codebook.fit(
        contents,
        creatives,
        catalogue.videos,
        catalogue.traits,
        config=config,
        rng=np.random.default_rng(SEED),
    )
    sids = codebook.encode_all(contents, creatives)
    topics_N, styles_N = catalogue.topics_N, catalogue.styles_N
    content = readings(codebook.content, contents)
    creative = readings(codebook.creative, creatives)
    rng = np.random.default_rng(SEED)
    topic_leak = worst(creative, topics_N, own_N=styles_N, rng=rng)
    style_leak = worst(content, styles_N, own_N=topics_N, rng=rng)
    return {
        **quality(codebook, contents, creatives, sids),
        "own_content": min(reading(values, topics_N, rng) for values in content),
        "own_creative": min(reading(values, styles_N, rng) for values in creative),
        "leak_content_to_creative": topic_leak[0],
        "leak_creative_to_content": style_leak[0],
        "chance_content": topic_leak[1],
        "chance_creative": style_leak[1],
        "rest_content_to_creative": topic_leak[2],
        "rest_creative_to_content": style_leak[2],
        "rest_chance_content": topic_leak[3],
        "rest_chance_creative": style_leak[3],
    }


def readings(branch: Branch, vectors_ND: Floats) -> tuple[Values, Values]:
    """What a probe is given of a branch: its codes one by one, and what they stand for."""
    codes_NL = branch.encode(vectors_ND)
    decoded = [branch.decode(tuple(map(int, row))) for row in codes_NL]
    return one_hot(codes_NL, branch.sizes), np.stack(decoded)


def worst(
    given: Sequence[Values], labels_N: Labels, *, own_N: Labels, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """The larger leak of two readings and its chance; then again with the own factor away."""
    leaks = [(reading(one, labels_N, rng), chance(one, labels_N, rng)) for one in given]
    rests = [
        (reading(one, labels_N, rng), chance(one, labels_N, rng, within_N=own_N))
        for one in (without(values, own_N) for values in given)
    ]
    return (*max(leaks, key=_times_chance), *max(rests, key=_times_chance))


def _times_chance(leak: tuple[float, float]) -> float:
    return leak[0] / max(leak[1], 1e-9)


def _numbered(names: Sequence[str]) -> Labels:
    return np.asarray(np.unique(names, return_inverse=True)[1])


# ---- 100,000 videos ---------------------------------------------------------------------------


def at_scale(config: SidsConfig, *, progress: Progress) -> Figures:
    """A codebook of vectors that lie in files, learned in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        progress("learning codes of 100,000 videos", 0, 1)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            figures = pool.submit(_learn_many, Path(folder), config).result()
        progress("learning codes of 100,000 videos", 1, 1)
    return figures


def _learn_many(folder: Path, config: SidsConfig) -> Figures:
    torch.set_num_threads(1)
    rng = np.random.default_rng(SEED)
    kinds_N, ways_N = rng.integers(KINDS, size=MANY), rng.integers(WAYS, size=MANY)
    contents = _written(folder / "contents", kinds_N, WIDE, rng)
    creatives = _written(folder / "creatives", ways_N, NARROW, rng)
    videos, traits = list(_many_videos(kinds_N)), list(_many_traits(ways_N, rng))
    with PeakMemory() as memory:
        start = time.perf_counter()
        codebook = Codebook.fit(contents, creatives, videos, traits, config=config, rng=rng)
        learned = time.perf_counter()
        codebook.encode_all(contents, creatives)
        encoded = time.perf_counter()
    return {
        "seconds_100k": round(learned - start, 1),
        "encode_per_s_100k": round(MANY / (encoded - learned)),
        "peak_mb_100k": round(memory.peak_mb),
    }


def _written(
    path: Path, kinds_N: NDArray[np.integer], dim: int, rng: np.random.Generator
) -> VectorFile:
    """Unit vectors around the middle of their kind, written a chunk at a time."""
    middles_KD = rng.normal(size=(kinds_N.max() + 1, dim))
    with path.open("wb") as file:
        for start in range(0, len(kinds_N), CHUNK):
            chunk_ND = middles_KD[kinds_N[start : start + CHUNK]]
            chunk_ND = chunk_ND + 0.7 * rng.normal(size=chunk_ND.shape)
            chunk_ND /= np.linalg.norm(chunk_ND, axis=1, keepdims=True)
            file.write(chunk_ND.astype("<f4").tobytes())
    return VectorFile(path, dim)


def _many_videos(kinds_N: NDArray[np.integer]) -> Iterator[Video]:
    for number, kind in enumerate(kinds_N):
        yield Video(
            id=str(number),
            title=f"Kind{kind}",
            film="",
            poster="",
            duration_s=6,
            width=360,
            height=640,
            fps=24,
            has_sound=True,
            tags=(f"tag{kind}", f"tag{kind % 20}-wide"),
        )


def _many_traits(ways_N: NDArray[np.integer], rng: np.random.Generator) -> Iterator[Traits]:
    usual = rng.random((WAYS, len(NUMBERS)))
    for way in ways_N:
        measures = usual[way] + 0.05 * rng.random(len(NUMBERS))
        yield Traits(**dict(zip(NUMBERS, measures.tolist(), strict=True)), palette=((0, 0, 0),))
