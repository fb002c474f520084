"""A large catalogue made of codes alone, and viewers with tastes: what `bench beam` searches.

Shapes: N videos, L levels.
"""

import numpy as np

from reelwright.domain import Deed, EventKind, SemanticId, Viewer
from reelwright.recommender.trie import Ints

SIZES = (64, 256, 64, 256)
MEDIAN_DEEDS = 6  # as in the public shopping histories that recommenders are measured on


def catalogue(num: int, *, rng: np.random.Generator) -> dict[str, SemanticId]:
    """Videos with codes as clustering gives them: some topics and styles are met far more often
    than others, and the second code of a branch is one of a few that go with the first."""
    content_NL, creative_NL = _branch(num, SIZES[:2], rng), _branch(num, SIZES[2:], rng)
    pairs = zip(content_NL.tolist(), creative_NL.tolist(), strict=True)
    return {
        f"v{number}": SemanticId((a, b), (c, d)) for number, ((a, b), (c, d)) in enumerate(pairs)
    }


def viewers(
    videos: dict[str, SemanticId], num: int, *, rng: np.random.Generator
) -> tuple[Viewer, ...]:
    """Each likes a few topics in a few styles, and now and then meets something else."""
    names, sids = list(videos), list(videos.values())
    topic_N = np.array([sid.content[0] for sid in sids])
    style_N = np.array([sid.creative[0] for sid in sids])
    made = []
    for number in range(num):
        loved = np.isin(topic_N, rng.choice(topic_N, 3)) & np.isin(style_N, rng.choice(style_N, 4))
        chance_N = (0.02 + loved) / (0.02 + loved).sum()
        count = max(3, round(float(rng.lognormal(np.log(MEDIAN_DEEDS + 1), 0.4))))
        places = rng.choice(len(names), count, replace=False, p=chance_N)
        made.append(Viewer(id=str(number), history=tuple(
            Deed(names[p], sids[p], EventKind.PLAY, 1.0 if loved[p] else 0.3, 3600.0 * at)
            for at, p in enumerate(places.tolist())
        )))  # fmt: skip
    return tuple(made)


def _branch(num: int, sizes: tuple[int, ...], rng: np.random.Generator) -> Ints:
    first, second = sizes
    weight = 1.0 / np.arange(1, first + 1) ** 0.8
    one_N = rng.choice(first, num, p=weight / weight.sum())
    spread_N = np.abs(rng.normal(0.0, second / 16, num)).astype(np.int64)
    return np.column_stack([one_N, (one_N * second // first + spread_N) % second])
