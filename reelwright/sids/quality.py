"""How good codes are: as names, as stand-ins for vectors, and as places to look near."""

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np

from reelwright.domain import SemanticId
from reelwright.sids.codebook import Codebook
from reelwright.sids.kmeans import distance, some
from reelwright.sids.rows import Floats, Rows

# N videos looked at, D dimensions.

LOOKED_AT = 2_000  # videos of a larger catalogue
ASKED = 500  # of those, for their neighbours
NEIGHBOURS = 10


def quality(
    codebook: Codebook, contents: Rows, creatives: Rows, sids: Sequence[SemanticId]
) -> dict[str, float]:
    """Figures over a catalogue and its semantic IDs; the same catalogue gives the same.

    Reconstruction and neighbours are measured in the encoder's space, heads or none.
    """
    places = some(np.arange(len(sids))[:, None], LOOKED_AT, np.random.default_rng(0))[:, 0]
    branches = [
        (np.asarray(vectors[places]), _decoded(codebook, sids, places, which))
        for which, vectors in enumerate((contents, creatives))
    ]
    return {
        **names(sids, codebook.sizes),
        "reconstruction": float(np.mean([unexplained(*branch) for branch in branches])),
        "neighbour_recall": float(np.mean([neighbour_recall(*branch) for branch in branches])),
    }


def names(sids: Sequence[SemanticId], sizes: tuple[int, ...]) -> dict[str, float]:
    """How codes do as names; `sizes` are the codes in use at each position.

    A video collides if another has its whole ID. Utilisation is the share of codes with a video,
    entropy how evenly videos are spread over them, 1 at best; both are means over the positions.
    """
    assert sids, "the quality of no codes"
    whole = Counter(sids)
    spread = [Counter(sid.codes[place] for sid in sids) for place in range(len(sizes))]
    return {
        "collision": sum(count for count in whole.values() if count > 1) / len(sids),
        "utilisation": float(
            np.mean([len(codes) / size for codes, size in zip(spread, sizes, strict=True)])
        ),
        "entropy": float(
            np.mean([_evenness(codes, size) for codes, size in zip(spread, sizes, strict=True)])
        ),
    }


def _evenness(counts: Counter[int], size: int) -> float:
    total = counts.total()
    entropy = -sum(count / total * log(count / total) for count in counts.values())
    return entropy / log(size) if size > 1 else 1.0


def unexplained(vectors_ND: Floats, decoded_ND: Floats) -> float:
    """The share of the variance that is lost between a vector and what its codes stand for."""
    spread = np.square(vectors_ND - vectors_ND.mean(0)).sum()
    return float(np.square(vectors_ND - decoded_ND).sum() / max(spread, 1e-12))


def neighbour_recall(vectors_ND: Floats, decoded_ND: Floats) -> float:
    """Of a video's NEIGHBOURS nearest, the share that is found where all others are only codes."""
    count = min(NEIGHBOURS, len(vectors_ND) - 1)
    if count == 0:
        return 1.0
    found = []
    for row in range(min(ASKED, len(vectors_ND))):
        true, seen = (
            _nearest(rows_ND, vectors_ND[row], row, count) for rows_ND in (vectors_ND, decoded_ND)
        )
        found.append(len(true & seen) / count)
    return float(np.mean(found))


def _nearest(rows_ND: Floats, point_D: Floats, row: int, count: int) -> set[int]:
    far_N = distance(rows_ND, point_D)
    far_N[row] = np.inf
    return set(np.argsort(far_N, kind="stable")[:count].tolist())


def _decoded(
    codebook: Codebook, sids: Sequence[SemanticId], places: np.ndarray, which: int
) -> Floats:
    return np.stack([codebook.decode(sids[place])[which] for place in places])
