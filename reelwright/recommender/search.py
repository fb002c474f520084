"""Beam search over codes: within the catalogue along a trie, or beyond it along any code.

Shapes: B beams, K beams kept, V codes of one level, L levels, N candidates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Codes
from reelwright.recommender.trie import Flags, Ints, Trie

Floats = NDArray[np.floating[Any]]

AT_ONCE = 4096  # beams that are asked about in one step: memory stays bounded at any width


class Step(Protocol):
    """Tells how likely each next code is.

    `codes_Bl` are the beams so far, all of one length l. Returned are the log-probabilities of
    the codes of level l after each of them; a row sums to 1 when exponentiated.
    """

    def __call__(self, codes_Bl: Ints) -> Floats: ...


@dataclass(frozen=True, slots=True, eq=False)
class Beams:
    """What a search found, best first; equally good ones in the order of their codes."""

    codes_BL: Ints
    logp_B: Floats
    leaf_B: Ints  # of the trie; empty without one


@dataclass(frozen=True, slots=True)
class Variety:
    """At most so many beams begin with the same `stem` codes."""

    stem: int
    variants: int


def beam_search(
    step: Step,
    *,
    depth: int,
    width: int,
    trie: Trie | None = None,
    barred: tuple[Flags, ...] | None = None,
    variety: Variety | None = None,
) -> Beams:
    """The `width` likeliest paths that the search meets; exact when no level has more nodes.

    With a trie every path is a video that exists, and none leads to `barred` leaves alone.
    """
    assert width > 0, f"a beam of width {width}"
    if trie is None:
        return _beyond(step, depth, width, variety)
    assert variety is None, "variety is for what may be made, not for what is there"
    if not len(trie) or (barred is not None and barred[0].all()):
        return Beams(np.zeros((0, depth), np.int64), np.zeros(0), np.zeros(0, np.int64))
    return _within(step, trie, width, barred)


def _within(step: Step, trie: Trie, width: int, barred: tuple[Flags, ...] | None) -> Beams:
    """Beams are nodes of the trie, which knows their codes."""
    node_B, logp_B = np.zeros(1, np.int64), np.zeros(1)
    for level, code in enumerate(trie.code):
        beam_N, node_N = _children(trie, level, node_B, barred)
        score_N = logp_B.take(beam_N)
        score_N += _foretold(step, trie.path(level, node_B), beam_N, code.take(node_N))
        kept = _best(score_N, width)
        node_B, logp_B = node_N.take(kept), score_N.take(kept)
    order = (-logp_B).argsort(kind="stable")
    node_B = node_B.take(order)
    return Beams(trie.path(len(trie.code), node_B), logp_B.take(order), node_B)


def _beyond(step: Step, depth: int, width: int, variety: Variety | None) -> Beams:
    codes_Bl, logp_B = np.zeros((1, 0), np.int64), np.zeros(1)
    for level in range(depth):
        alike = variety if variety is not None and level >= variety.stem else None
        next_BV = step(codes_Bl) + logp_B[:, None]
        beam_N, code_N = _codes(next_BV, alike.variants if alike else next_BV.shape[1])
        score_N = next_BV[beam_N, code_N]
        if alike:
            _, stem_B = np.unique(codes_Bl[:, : alike.stem], axis=0, return_inverse=True)
            kept = _best_of_each(score_N, stem_B[beam_N], width, alike.variants)
        else:
            kept = _best(score_N, width)
        codes_Bl = np.concatenate([codes_Bl[beam_N[kept]], code_N[kept, None]], axis=1)
        logp_B = score_N[kept]
    order = np.argsort(-logp_B, kind="stable")
    return Beams(codes_Bl[order], logp_B[order], np.zeros(0, np.int64))


def steered(
    logp_BV: Floats, codes_Bl: Ints, *, depth: int, branches: tuple[Mapping[Codes, float], ...]
) -> Floats:
    """The log-probabilities after a viewer's taps on more and less, as probabilities again.

    Each branch has `depth` levels; a tap names the first codes of its branch and applies to the
    code that completes them.
    """
    branch, level = divmod(codes_Bl.shape[1], depth)
    taps = [(codes, more) for codes, more in branches[branch].items() if len(codes) == level + 1]
    if not taps:
        return logp_BV
    moved_BV = logp_BV.copy()
    for codes, more in taps:
        if codes[-1] < moved_BV.shape[1]:
            begun_B = (codes_Bl[:, branch * depth :] == np.array(codes[:-1], np.int64)).all(axis=1)
            moved_BV[begun_B, codes[-1]] += more
    top_B1 = moved_BV.max(axis=1, keepdims=True)
    moved_BV -= top_B1 + np.log(np.exp(moved_BV - top_B1).sum(axis=1, keepdims=True))
    return moved_BV


def _codes(next_BV: Floats, most: int) -> tuple[Ints, Ints]:
    """The `most` likeliest codes of each beam and those as likely, as pairs of beam and code."""
    floor_B1 = np.partition(next_BV, -min(most, next_BV.shape[1]), axis=1)
    floor_B1 = floor_B1[:, -min(most, next_BV.shape[1]), None]
    beam_N, code_N = np.nonzero(next_BV >= floor_B1)
    return beam_N, code_N


def _foretold(step: Step, codes_Bl: Ints, beam_N: Ints, code_N: Ints) -> Floats:
    """What the step says of each code after its beam, some thousand beams at a time."""
    if len(codes_Bl) <= AT_ONCE:
        next_BV = step(codes_Bl)
        told_N: Floats = next_BV.take(beam_N * next_BV.shape[1] + code_N)
        return told_N
    parts, starts = [], range(0, len(codes_Bl), AT_ONCE)
    ends = np.searchsorted(beam_N, [*starts[1:], len(codes_Bl)])
    for start, first, end in zip(starts, [0, *ends[:-1]], ends, strict=True):
        next_BV = step(codes_Bl[start : start + AT_ONCE])
        parts.append(next_BV[beam_N[first:end] - start, code_N[first:end]])
    return np.concatenate(parts)


def _children(
    trie: Trie, level: int, node_B: Ints, barred: tuple[Flags, ...] | None
) -> tuple[Ints, Ints]:
    """Every child of every beam's node that is not barred, as pairs of beam and child."""
    end_B = trie.child[level][1:].take(node_B)
    num_B = end_B - trie.child[level].take(node_B)
    beam_N = np.arange(len(node_B)).repeat(num_B)
    child_N = np.arange(len(beam_N))
    child_N += (end_B - num_B.cumsum()).repeat(num_B)
    if barred is None:
        return beam_N, child_N
    shut_N = barred[level].take(child_N)
    if not shut_N.any():
        return beam_N, child_N
    return beam_N[~shut_N], child_N[~shut_N]


def _best(score_N: Floats, width: int) -> Ints:
    """Where the `width` highest scores stand, in their old order; of equals the first win."""
    if len(score_N) <= width:
        return np.arange(len(score_N))
    ordered = score_N.copy()
    ordered.partition(len(score_N) - width)  # in place: a fraction of what `np.partition` costs
    floor = ordered[-width]
    best: Ints = (score_N >= floor).nonzero()[0]
    if len(best) == width:
        return best
    above, level_with = np.flatnonzero(score_N > floor), np.flatnonzero(score_N == floor)
    return np.sort(np.concatenate([above, level_with[: width - len(above)]]))


def _best_of_each(score_N: Floats, group_N: Ints, width: int, most: int) -> Ints:
    """As `_best`, but no group has more than its `most` highest scores among them."""
    order = np.lexsort((-score_N, group_N))  # stable, so of equals the first win
    first = np.searchsorted(group_N[order], group_N[order])
    chosen = np.sort(order[np.arange(len(order)) - first < most])
    return chosen[_best(score_N[chosen], width)]
