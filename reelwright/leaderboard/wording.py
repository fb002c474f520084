"""What items are, as vectors: their words weighed by how telling they are, and who goes with whom.

Shapes: I items, W words, F features.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from reelwright.leaderboard.sequences import Features, Ints

Floats = NDArray[np.float32]

LEAST = 3  # items that a word must occur in
NEAR = 10  # steps between two items that still go together
FADE = 0.8  # of a step
POPULAR = 0.5  # power of an item's count by which company is weighed down
SHARP = 5.0  # company is taken by its logarithm, from here on
SMALL = 512  # tables up to here may have fewer directions: then ARPACK goes on from a random one


def words(features: Sequence[Features], size: int, *, seed: int) -> Floats:
    """(I, F): tf-idf of words, pairs of words and attributes, as its `size` main directions."""
    counts = [Counter(_terms(one)) for one in features]
    seen = Counter(term for count in counts for term in count)
    column = {term: at for at, term in enumerate(sorted(t for t in seen if seen[t] >= LEAST))}
    cells = [
        (row, column[term], (1 + np.log(times)) * np.log(len(counts) / seen[term]))
        for row, count in enumerate(counts)
        for term, times in count.items()
        if term in column
    ]
    if not cells:
        return _nothing(len(counts))
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    table = sp.csr_matrix((values, (rows, columns)), (len(counts), len(column)), dtype=np.float32)
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return directions(sp.diags(1 / np.maximum(length, 1e-9)) @ table, size, seed=seed)


def company(sequences: Sequence[Ints], num_items: int, size: int, *, seed: int) -> Floats:
    """(I, F): which items go together in the sequences, as its `size` main directions."""
    rows, columns, values = [], [], []
    for sequence in sequences:
        for step in range(1, min(NEAR, len(sequence) - 1) + 1):
            rows.append(sequence[:-step])
            columns.append(sequence[step:])
            values.append(np.full(len(sequence) - step, FADE ** (step - 1), np.float32))
    if not rows:
        return _nothing(num_items)
    cells = np.concatenate(rows), np.concatenate(columns)
    after = sp.csr_matrix((np.concatenate(values), cells), (num_items, num_items))
    count = np.bincount(np.concatenate(list(sequences)), minlength=num_items)
    weigh = sp.diags(np.maximum(count, 1.0) ** -POPULAR)
    together = (weigh @ (after + after.T) @ weigh).tocsr()
    together.data = np.log1p(SHARP * together.data)
    return directions(together, size, seed=seed)


def directions(table: sp.spmatrix, size: int, *, seed: int) -> Floats:
    """The rows on their `size` main directions, each of length 1; an empty row stays empty,
    though rounding would give it a direction."""
    told_I1 = np.asarray(abs(table).sum(axis=1)).reshape(-1, 1) > 0
    if not told_I1.any():
        return told_I1.astype(np.float32)
    if min(table.shape) <= SMALL:
        left, strength, _ = np.linalg.svd(table.toarray().astype(np.float32), full_matrices=False)
    else:
        start = np.random.default_rng(seed).random(min(table.shape)).astype(np.float32)
        size = min(size, len(start) - 1)
        left, strength, _ = svds(table.astype(np.float32), k=size, v0=start)
    order = np.argsort(-strength)[:size]
    rows = left[:, order] * strength[order] * told_I1
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = (rows / np.maximum(length, 1e-9)).astype(np.float32)
    return unit


def _nothing(num_items: int) -> Floats:
    return np.zeros((num_items, 1), np.float32)


def _terms(features: Features) -> Iterator[str]:
    for attribute in (*features.attributes, *features.keywords):
        yield f"is {attribute.lower()}"
    said = re.findall(r"[a-z0-9]+", " ".join((features.title, *features.keywords)).lower())
    yield from said
    yield from (f"{one} {after}" for one, after in pairwise(said))
