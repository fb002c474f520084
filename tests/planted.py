"""A small world with planted tastes, made of codes alone, and a recommender that learned it."""

from functools import cache

import numpy as np

from reelwright.config import RecommenderConfig
from reelwright.domain import Attribute, Deed, EventKind, Format, Origin, SemanticId, Viewer
from reelwright.recommender.evaluate import Case, leave_last_out
from reelwright.recommender.recommender import Recommender
from reelwright.recommender.train import train

CONTENTS, CREATIVES, SHADES = 24, 8, 5  # a shade is a second-level code without a taste to it
SIZES = (CONTENTS, SHADES, CREATIVES, SHADES)
SMALL = RecommenderConfig(layers=1, dim=32, epochs=12)


@cache
def videos(count: int = 120) -> dict[str, SemanticId]:
    rng = np.random.default_rng(1)
    return {
        f"v{number:03d}": SemanticId(
            (number % CONTENTS, int(rng.integers(SHADES))),
            (int(rng.integers(CREATIVES)), int(rng.integers(SHADES))),
        )
        for number in range(count)
    }


@cache
def viewers(count: int = 300, met: int = 36) -> tuple[Viewer, ...]:
    """Each met videos by chance, by popularity and by taste, and liked what they love."""
    rng = np.random.default_rng(2)
    appeal = 1.0 / rng.permutation(np.arange(1, len(videos()) + 1)) ** 0.4
    return tuple(_viewer(number, appeal, met) for number in range(count))


@cache
def tastes(number: int) -> tuple[list[int], list[int]]:
    """The four contents and the two creatives that a viewer loves."""
    rng = np.random.default_rng([3, number])
    return (
        rng.choice(CONTENTS, 4, replace=False).tolist(),
        rng.choice(CREATIVES, 2, replace=False).tolist(),
    )


def _viewer(number: int, appeal: np.ndarray, met: int) -> Viewer:
    rng = np.random.default_rng([4, number])
    contents, creatives = np.full(CONTENTS, 0.08), np.full(CREATIVES, 0.3)
    contents[tastes(number)[0]] = creatives[tastes(number)[1]] = 1.0
    names, sids = list(videos()), list(videos().values())
    love = np.array([contents[sid.content[0]] * creatives[sid.creative[0]] for sid in sids])
    chances = appeal * (0.3 + love)
    history = []
    order = rng.choice(len(sids), met, replace=False, p=chances / chances.sum())
    for moment, video in enumerate(order):
        liked = bool(rng.random() < love[video])
        kind, weight = (EventKind.PLAY, 1.0) if liked else (EventKind.SKIP, -1.0)
        history.append(Deed(names[video], sids[video], kind, weight, 60.0 * moment))
    age = Attribute("age", str(rng.choice(["", "young", "old"])), Origin.DECLARED)
    return Viewer(id=str(number), history=tuple(history), attributes=(age,))


@cache
def cases() -> tuple[Case, ...]:
    return tuple(leave_last_out(viewers()))


@cache
def recommender() -> Recommender:
    """Trained on the cases' viewers, with all videos on its trie. Tests leave it as it is."""
    learned = train(
        [case.viewer for case in cases()],
        SIZES,
        codebook="planted",
        format=Format(),
        config=SMALL,
        seed=3,
    )
    for video, sid in videos().items():
        learned.add(video, sid)
    return learned
