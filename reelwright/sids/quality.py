"""How good a codebook's codes are as names: how often they collide, how evenly they are used."""

from collections import Counter
from collections.abc import Sequence
from math import exp, log

from reelwright.domain import SemanticId


def quality(sids: Sequence[SemanticId], sizes: tuple[int, ...]) -> dict[str, float]:
    """Figures over the semantic IDs of a catalogue; `sizes` are the codes in use per position.

    A video collides if another has its whole ID. Use is the share of a position's codes that occur;
    evenness the effective number of codes (the exponential of the entropy) as a share of them.
    """
    assert sids, "the quality of no codes"
    whole = Counter(sids)
    figures = {
        "videos": float(len(sids)),
        "distinct": float(len(whole)),
        "collisions": sum(count for count in whole.values() if count > 1) / len(sids),
    }
    for position, size in enumerate(sizes):
        counts = Counter(sid.codes[position] for sid in sids)
        entropy = -sum(count / len(sids) * log(count / len(sids)) for count in counts.values())
        figures[f"use_{position + 1}"] = len(counts) / size
        figures[f"evenness_{position + 1}"] = exp(entropy) / size
    return figures
