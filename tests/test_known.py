"""The tree of what is known against a dictionary of all beginnings."""

import random
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from known_videos import numbered

from reelwright.domain import SemanticId
from reelwright.recommender.known import Ints, Known, Twigs, ranges

Catalogue = tuple[Ints, tuple[int, ...]]


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    paths = st.tuples(*(st.integers(0, size - 1) for size in sizes))
    rows = draw(st.lists(paths, max_size=12))
    return np.array(rows, np.int64).reshape(len(rows), len(sizes)), sizes


def every(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    return list(product(*map(range, sizes)))


@settings(max_examples=60, deadline=None)
@given(catalogues())
def test_a_beginning_is_found_where_a_video_has_it_and_nowhere_else(catalogue: Catalogue) -> None:
    codes_IL, sizes = catalogue
    twigs = Twigs(codes_IL, sizes)
    for length in range(1, len(sizes) + 1):
        asked, numbers = every(sizes[:length]), numbered(codes_IL, length)
        found = twigs.find(torch.tensor(asked))
        assert found.tolist() == [numbers.get(codes, 0) for codes in asked]
        assert twigs.find(torch.tensor(asked)[None]).tolist() == [found.tolist()]
    assert twigs.find(torch.zeros(3, 0, dtype=torch.long)).tolist() == [0, 0, 0]
    whole = numbered(codes_IL, len(sizes))
    assert twigs.sid_I.tolist() == [whole[tuple(row)] for row in codes_IL.tolist()]


@settings(max_examples=60, deadline=None)
@given(catalogues(), st.randoms(use_true_random=False))
def test_children_are_the_beginnings_that_are_one_code_longer(
    catalogue: Catalogue, rng: random.Random
) -> None:
    codes_IL, sizes = catalogue
    twigs = Twigs(codes_IL, sizes)
    for level in range(len(sizes)):
        parents = {number: codes for codes, number in numbered(codes_IL, level).items()}
        asked = [0, *parents, *parents] if level else [0]
        rng.shuffle(asked)
        whose_M, code_M, child_M = twigs.children(level, torch.tensor(asked))
        longer = numbered(codes_IL, level + 1)
        brute = [
            (place, codes[-1], number)
            for place, parent in enumerate(asked)
            for codes, number in longer.items()
            if codes[:-1] == (parents.get(parent) if level else ())
        ]
        assert list(zip(*(part.tolist() for part in (whose_M, code_M, child_M)), strict=True)) == (
            brute
        )


@settings(max_examples=60, deadline=None)
@given(catalogues())
def test_a_semantic_id_has_all_the_videos_that_share_it(catalogue: Catalogue) -> None:
    codes_IL, sizes = catalogue
    twigs, numbers = Twigs(codes_IL, sizes), numbered(codes_IL, len(sizes))
    asked = [*numbers.values(), 0, *reversed(numbers.values())]
    whose_M, row_M = twigs.videos(torch.tensor(asked))
    brute = [
        (place, row)
        for place, number in enumerate(asked)
        for row, codes in enumerate(codes_IL.tolist())
        if numbers[tuple(codes)] == number
    ]
    assert list(zip(whose_M.tolist(), row_M.tolist(), strict=True)) == brute


def test_an_empty_catalogue_has_no_twigs() -> None:
    twigs = Twigs(np.zeros((0, 2), np.int64), (3, 2))
    assert twigs.find(torch.tensor([[0, 0], [2, 1]])).tolist() == [0, 0]
    for level in (0, 1):
        assert [part.tolist() for part in twigs.children(level, torch.tensor([0, 0]))] == [[]] * 3
    assert [part.tolist() for part in twigs.videos(torch.tensor([0]))] == [[], []]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_ranges_are_those_of_python(spans: list[tuple[int, int]]) -> None:
    begin_N = torch.tensor([begin for begin, _ in spans], dtype=torch.long)
    end_N = torch.tensor([begin + length for begin, length in spans], dtype=torch.long)
    whose_M, at_M = ranges(begin_N, end_N)
    brute = [
        (n, at) for n, (begin, length) in enumerate(spans) for at in range(begin, begin + length)
    ]
    assert list(zip(whose_M.tolist(), at_M.tolist(), strict=True)) == brute


def test_known_videos_stand_in_the_order_of_their_names() -> None:
    sids = {"b": SemanticId((1,), (2,)), "a": SemanticId((3,), (4,)), "c": SemanticId((1,), (2,))}
    known = Known.of(sids, {"c": np.ones(2, np.float32), "b": np.full(2, 2.0, np.float32)})
    assert known.ids == ("a", "b", "c")
    assert known.codes_IL.tolist() == [[3, 4], [1, 2], [1, 2]]
    assert known.features_IF.tolist() == [[0, 0], [2, 2], [1, 1]], "what has none has zeros"
    assert len(Known.of({}, {})) == 0
    with pytest.raises(AssertionError):
        Known(("a",), known.codes_IL, known.features_IF)
