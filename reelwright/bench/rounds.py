"""What the second look finds, and what of it is left after each further round."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from reelwright.domain import Format, SemanticId, Wish
from reelwright.secondlook.rounds import WEIGHTS, Round, best, burden
from reelwright.sids.codebook import Codebook

Figures = dict[str, float]


def seeded(codebook: Codebook, count: int, *, format: Format, seed: int) -> list[Wish]:
    """Wishes for contents that there are, each about as often, in styles that there are."""
    rng = np.random.default_rng(seed)
    depth = len(codebook.sizes) // 2
    contents, creatives = (
        sorted(codes for codes in known if len(codes) == depth)
        for known in (codebook.about, codebook.made)
    )
    sids = [
        SemanticId(content, creatives[int(rng.integers(len(creatives)))])
        for _ in range(-(-count // len(contents)))
        for content in [contents[place] for place in rng.permutation(len(contents))]
    ]
    return [Wish(sid=sid, codebook=codebook.version, format=format) for sid in sids[:count]]


def complaints_left(told: Sequence[Sequence[Round]], most: int) -> Figures:
    """Complaints a clip after 0, 1 and more rounds, each time of the best plan until then."""
    counted: Figures = {"wishes": float(len(told))}
    for further in range(most + 1):
        left = [rounds[best(rounds[: further + 1])].complaints for rounds in told]
        counted[f"complaints_left_{further}"] = _mean([len(one) for one in left])
        counted[f"burden_left_{further}"] = _mean([burden(one) for one in left])
        counted[f"clean_{further}"] = _mean([not one for one in left])
    first = Counter(one.what for rounds in told for one in rounds[0].complaints)
    looks = [one.looked.seconds for rounds in told for one in rounds if one.looked]
    return {
        **counted,
        **{f"first_{what}": float(first[what]) for what in WEIGHTS},
        "rounds_mean": _mean([len(rounds) for rounds in told]),
        "look_s": round(float(np.median(looks)), 2),
    }


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3)
