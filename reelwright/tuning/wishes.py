"""Wishes to learn from: any content of a catalogue in any of its styles, or the demo's topics."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from reelwright.catalogue.topics import TOPICS
from reelwright.domain import Format, Kit, Meaning, SemanticId, StyleKind, Traits, Wish
from reelwright.sids.codebook import Codebook

Wished = tuple[Wish, Meaning]

MADE_UP = "topics"  # in the place of a codebook's version
NUM_TITLES = 3
PLAIN = Traits(  # what of a style is not known from its description
    cuts_per_minute=0.0,
    motion=0.05,
    brightness=0.5,
    contrast=0.2,
    saturation=0.4,
    warmth=0.5,
    sharpness=0.5,
    grain=0.0,
    loudness_lufs=-14.0,
    tempo_bpm=0.0,
    palette=((128, 128, 128),),
)


def from_codes(
    codebook: Codebook,
    sids: Sequence[SemanticId],
    count: int,
    *,
    format: Format,
    rng: np.random.Generator,
) -> list[Wished]:
    """Different wishes, each for the content of one video in the style of another.

    Those of one content stand together, so that a part that is cut off at the end holds contents
    that the other part does not have.
    """
    contents = sorted({sid.content for sid in sids})
    creatives = sorted({sid.creative for sid in sids})
    pairs = _spread(len(contents), len(creatives), count, rng)
    wished = [SemanticId(contents[content], creatives[creative]) for content, creative in pairs]
    return [
        (Wish(sid=sid, codebook=codebook.version, format=format), codebook.meaning(sid))
        for sid in wished
    ]


def from_topics(kit: Kit, count: int, *, format: Format, rng: np.random.Generator) -> list[Wished]:
    """Likewise, where there is no catalogue: the demo's topics in the styles of the kit."""
    pairs = _spread(len(TOPICS), len(kit.styles), count, rng)
    return [
        (
            Wish(sid=SemanticId((topic,), (style,)), codebook=MADE_UP, format=format),
            _meant(topic, kit.styles[style], rng),
        )
        for topic, style in pairs
    ]


def _spread(
    contents: int, creatives: int, count: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """As many different pairs, all contents about equally often; in order of a shuffled content."""
    order = rng.permutation(contents)
    each = min(creatives, -(-count // contents))
    chosen = [
        (int(content), int(creative))
        for content in order
        for creative in rng.permutation(creatives)[:each]
    ]
    return chosen[:count]


def _meant(topic: int, style: StyleKind, rng: np.random.Generator) -> Meaning:
    words = TOPICS[topic]
    titles = rng.permutation(len(words.titles))[:NUM_TITLES]
    return Meaning(
        about=words.tags,
        titles=tuple(words.titles[place] for place in titles),
        style=tuple(style.about.split(", ")),
        traits=dataclasses.replace(
            PLAIN,
            cuts_per_minute=120 / sum(style.shot_s),
            tempo_bpm=float(rng.uniform(*style.tempo_bpm)),
        ),
        creative=(),
    )
