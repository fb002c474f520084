"""Wishes of many kinds, and text vectors that need no weights, for all tests of the studio."""

import dataclasses
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.catalogue.topics import TOPICS, Topic
from reelwright.domain import Format, Meaning, SemanticId, StyleKind, Traits, Wish
from reelwright.render.kit import kit

KIT = kit()
DIM = 24
TRAITS = Traits(
    cuts_per_minute=30.0,
    motion=0.1,
    brightness=0.5,
    contrast=0.2,
    saturation=0.4,
    warmth=0.5,
    sharpness=0.3,
    grain=0.1,
    loudness_lufs=-14.0,
    tempo_bpm=100.0,
    palette=((200, 120, 40),),
)


def word_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """A stand-in that needs no weights: texts are near each other that share words."""
    rows = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.lower().replace(",", " ").split():
            rng = np.random.default_rng(zlib.crc32(word.encode()))
            row += rng.standard_normal(64).astype(np.float32)
        row /= max(float(np.linalg.norm(row)), 1e-9)
    return rows


def style_vectors(rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    return {style.name: rng.standard_normal(DIM).astype(np.float32) for style in KIT.styles}


STYLE_VECTORS = style_vectors(np.random.default_rng(5))


def random_wish(rng: np.random.Generator, number: int) -> Wish:
    return Wish(
        sid=SemanticId((number, int(rng.integers(64))), (int(rng.integers(8)), 0)),
        codebook="test",
        brief=str(rng.choice(["", "Acme trail shoes", "a very long brief that nobody can read"])),
        locale=str(rng.choice(["en", "en-GB", "de"])),
        format=Format(duration_s=float(rng.choice([2.0, 4.0, 5.5, 6.0, 9.7, 15.0]))),
    )


def random_meaning(rng: np.random.Generator) -> Meaning:
    words = [word for topic in TOPICS for word in topic.tags] + ["4k", "zzyzx", "2026", "ünï"]
    titles = [title for topic in TOPICS for title in topic.titles]
    return Meaning(
        about=tuple(rng.choice(words, size=int(rng.integers(0, 6)), replace=False)),
        titles=tuple(rng.choice(titles, size=int(rng.integers(0, 4)), replace=False)),
        style=("fast cuts", "dark"),
        traits=dataclasses.replace(
            TRAITS,
            cuts_per_minute=float(rng.uniform(0, 150)),
            tempo_bpm=float(rng.choice([0.0, rng.uniform(40, 200)])),
        ),
        creative=tuple(rng.standard_normal(DIM)),
    )


def topic_meaning(topic: Topic, style: StyleKind) -> Meaning:
    """What the codes of a topic and a style mean, as the catalogue would tell it."""
    return Meaning(
        about=topic.tags,
        titles=topic.titles[:3],
        style=(),
        traits=dataclasses.replace(TRAITS, cuts_per_minute=120.0 / sum(style.shot_s)),
        creative=tuple(STYLE_VECTORS[style.name]),
    )


def topic_wish(place: int, style: int) -> Wish:
    return Wish(sid=SemanticId((place, 0), (style, 0)), codebook="test")
