"""Read back in figures: from a finished film alone, how it is made and what it is about.

Every style is drawn over every topic of the demo world, small, and looked at by those eyes that
read every catalogue. A film's style is that of the nearest middle of creative vectors, its topic
that of the nearest middle of content vectors; it is itself left out of the middle of its own.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reelwright.assemble import intake
from reelwright.bench.sids import looked_at
from reelwright.config import Config, WorldConfig
from reelwright.progress import Progress
from reelwright.sids.probe import Labels, Values

# N films, D dimensions, C classes.

Figures = dict[str, float]

WORDS = {
    "films": "films, every style over every topic",
    "styles": "styles among them",
    "topics": "topics among them",
    "style_readback": "films whose style is read right from their creative vector",
    "style_readback_worst": "the same for the style that is read worst",
    "topic_readback": "films whose topic is read right from their content vector",
    "topic_readback_worst": "the same for the topic that is read worst",
}
SMALL = WorldConfig(videos=192, width=180, height=320, fps=12)  # as many as there are pairs
FEW_TOPICS = 4


def measure(config: Config, *, quick: bool, progress: Progress) -> Figures:
    """Both factors read back; `quick` draws every sixth topic alone."""
    config = replace(config, world=SMALL)
    world = intake.world(config)
    names = [topic.name for topic in world.topics]
    wanted = set(names[:: len(names) // FEW_TOPICS] if quick else names)
    commissions = [one for one in world.commissions if one.topic in wanted]
    films = looked_at(commissions, config, progress=progress)
    styles_N = left_out(films.creatives_ND, films.styles_N)
    topics_N = left_out(films.contents_ND, films.topics_N)
    return {
        "films": float(len(commissions)),
        "styles": float(len(np.unique(films.styles_N))),
        "topics": float(len(np.unique(films.topics_N))),
        "style_readback": round(float(styles_N.mean()), 4),
        "style_readback_worst": round(worst(styles_N, films.styles_N), 4),
        "topic_readback": round(float(topics_N.mean()), 4),
        "topic_readback_worst": round(worst(topics_N, films.topics_N), 4),
    }


def left_out(values_ND: Values, labels_N: Labels) -> NDArray[np.bool_]:
    """Whether each film lies nearest to the middle of the others with its own label."""
    _, class_N, count_C = np.unique(labels_N, return_inverse=True, return_counts=True)
    assert count_C.min() > 1, "a label that only one film has cannot be read back"
    values_ND = values_ND.astype(np.float64)
    sum_CD = np.zeros((len(count_C), values_ND.shape[1]))
    np.add.at(sum_CD, class_N, values_ND)
    middle_CD = sum_CD / count_C[:, None]
    own_ND = (sum_CD[class_N] - values_ND) / (count_C[class_N] - 1)[:, None]
    square_NC = np.square(values_ND[:, None] - middle_CD).sum(axis=2)
    films = np.arange(len(values_ND))
    square_NC[films, class_N] = np.inf
    return np.asarray(np.square(values_ND - own_ND).sum(axis=1) < square_NC.min(axis=1))


def worst(right_N: NDArray[np.bool_], labels_N: Labels) -> float:
    """The smallest share of a label's films that are read right."""
    return min(float(right_N[labels_N == label].mean()) for label in np.unique(labels_N))
