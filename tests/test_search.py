"""Beam search against full scoring, and steering against its definition."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain import Codes
from reelwright.recommender import search
from reelwright.recommender.search import Floats, Variety, beam_search, steered
from reelwright.recommender.trie import Ints, LiveTrie, Trie

SIZES = (4, 3, 4, 2)
DEPTH = len(SIZES)


class Table:
    """A step whose probabilities are drawn for each prefix; with `ties` many are equal."""

    def __init__(self, seed: int, *, ties: bool = False) -> None:
        rng = np.random.default_rng(seed)
        self.logp: dict[Codes, Floats] = {}
        for length, size in enumerate(SIZES):
            for prefix in product(*map(range, SIZES[:length])):
                raw = rng.integers(1, 3, size) if ties else rng.random(size) + 0.01
                self.logp[prefix] = np.log(raw / raw.sum())

    def __call__(self, codes_Bl: Ints) -> Floats:
        return np.array([self.logp[tuple(codes)] for codes in codes_Bl.tolist()])

    def score(self, path: Codes) -> float:
        return float(sum(self.logp[path[:place]][code] for place, code in enumerate(path)))

    def ranked(self, paths: list[Codes]) -> list[Codes]:
        """The slow twin: score everything, sort everything."""
        return sorted(paths, key=lambda path: (-round(self.score(path), 9), path))


ALL = list(product(*map(range, SIZES)))


def as_paths(codes_BL: Ints) -> list[Codes]:
    return [tuple(codes) for codes in codes_BL.tolist()]


@given(seed=st.integers(0, 10_000), ties=st.booleans(), data=st.data())
def test_a_wide_beam_finds_what_full_scoring_finds_along_a_trie(
    seed: int, ties: bool, data: st.DataObject
) -> None:
    paths = data.draw(st.lists(st.sampled_from(ALL), min_size=1, unique=True))
    barred = data.draw(st.sets(st.sampled_from(range(len(paths)))))
    step = Table(seed, ties=ties)
    trie = Trie.of({str(number): path for number, path in enumerate(paths)}, depth=DEPTH)
    beams = beam_search(
        step, depth=DEPTH, width=len(paths), trie=trie, barred=trie.barred({*map(str, barred)})
    )
    left = [path for number, path in enumerate(paths) if number not in barred]
    found = as_paths(beams.codes_BL)
    assert sorted(found) == sorted(left)
    assert [step.score(path) for path in found] == pytest.approx(
        [step.score(path) for path in step.ranked(left)]
    )
    assert list(beams.logp_B) == pytest.approx([step.score(path) for path in found])
    places = [int(video) for leaf in beams.leaf_B.tolist() for video in trie.videos(leaf)]
    assert [paths[place] for place in places] == found


def test_however_many_beams_are_asked_at_once_the_answer_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step, trie = Table(3), Trie.of({str(path): path for path in ALL[::2]}, depth=DEPTH)
    whole = beam_search(step, depth=DEPTH, width=len(ALL), trie=trie)
    monkeypatch.setattr(search, "AT_ONCE", 5)
    parts = beam_search(step, depth=DEPTH, width=len(ALL), trie=trie)
    assert np.array_equal(parts.codes_BL, whole.codes_BL)
    assert np.array_equal(parts.logp_B, whole.logp_B)


@given(seed=st.integers(0, 10_000), width=st.integers(1, 40), data=st.data())
def test_no_answer_is_ever_invalid(seed: int, width: int, data: st.DataObject) -> None:
    """Whatever is left out, kept to, comes or goes: every leaf that is found may be answered."""
    names, live = [str(number) for number in range(40)], LiveTrie(DEPTH)
    for name in names:
        live.add(name, ALL[data.draw(st.integers(0, len(ALL) - 1))])
    some = st.sets(st.sampled_from(names))
    without, category, gone = data.draw(some), data.draw(some), data.draw(some)
    mask = live.mask(category) if data.draw(st.booleans()) else None
    for name in gone:
        live.remove(name)
    trie = live.now()
    found = beam_search(
        Table(seed), depth=DEPTH, width=width, trie=trie, barred=trie.barred(without, mask)
    )
    valid = (set(category) if mask else set(names)) - gone - without
    assert all(valid & set(trie.videos(leaf)) for leaf in found.leaf_B.tolist())
    assert bool(valid) == bool(len(found.leaf_B))


@given(seed=st.integers(0, 10_000))
def test_beyond_the_catalogue_a_wide_beam_finds_the_best_of_all_codes(seed: int) -> None:
    step = Table(seed)
    beams = beam_search(step, depth=DEPTH, width=len(ALL))
    assert as_paths(beams.codes_BL) == step.ranked(ALL)
    assert np.exp(beams.logp_B).sum() == pytest.approx(1.0)


@given(seed=st.integers(0, 10_000), width=st.integers(1, 12), count=st.integers(1, 40))
def test_a_narrow_beam_keeps_the_best_of_every_level_and_never_leaves_the_trie(
    seed: int, width: int, count: int
) -> None:
    step = Table(seed)
    paths = [ALL[place] for place in np.random.default_rng(seed).permutation(len(ALL))[:count]]
    trie = Trie.of({str(path): path for path in paths}, depth=DEPTH)
    beams = beam_search(step, depth=DEPTH, width=width, trie=trie)
    kept: list[Codes] = [()]
    for length in range(1, DEPTH + 1):
        begun = {path[:length] for path in paths if path[: length - 1] in kept}
        kept = sorted(begun, key=lambda prefix: -step.score(prefix))[:width]
    assert as_paths(beams.codes_BL) == kept


@given(seed=st.integers(0, 10_000), variants=st.integers(1, 5), width=st.integers(1, 30))
def test_with_variety_no_stem_has_more_than_its_best_variants(
    seed: int, variants: int, width: int
) -> None:
    step = Table(seed)
    beams = beam_search(step, depth=DEPTH, width=width, variety=Variety(stem=2, variants=variants))
    kept: list[Codes] = [()]
    for length, size in enumerate(SIZES, start=1):
        longer = step.ranked([(*path, code) for path in kept for code in range(size)])
        stems = [path[:2] for path in longer]
        varied = [
            path
            for place, path in enumerate(longer)
            if length <= 2 or stems[:place].count(path[:2]) < variants
        ]
        kept = varied[:width]
    assert as_paths(beams.codes_BL) == kept


@pytest.mark.parametrize("trie", [None, Trie.of({str(path): path for path in ALL}, depth=DEPTH)])
def test_of_equals_the_first_codes_win(trie: Trie | None) -> None:
    def even(codes_Bl: Ints) -> Floats:
        size = SIZES[codes_Bl.shape[1]]
        return np.full((len(codes_Bl), size), -np.log(size))

    beams = beam_search(even, depth=DEPTH, width=3, trie=trie)
    assert as_paths(beams.codes_BL) == ALL[:3]


def test_an_empty_catalogue_and_a_barred_one_have_no_answer() -> None:
    for paths in ({}, {"a": ALL[0], "b": ALL[0]}):
        trie = Trie.of(paths, depth=DEPTH)
        beams = beam_search(
            Table(0), depth=DEPTH, width=4, trie=trie, barred=trie.barred({"a", "b"})
        )
        assert beams.codes_BL.shape == (0, DEPTH)


def test_a_tap_moves_its_code_and_the_rest_stay_in_proportion() -> None:
    logp_BV = np.log([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]])
    codes_Bl = np.array([[7, 0, 2], [7, 1, 2]])  # both contents are chosen, and one creative code
    more_creative = {(2, 1): float(np.log(3.0)), (1, 0): 5.0, (2,): 5.0, (2, 99): 5.0}
    moved_BV = np.exp(steered(logp_BV, codes_Bl, depth=2, branches=({(7, 1): 9.0}, more_creative)))
    assert moved_BV == pytest.approx(
        np.array([[0.5, 0.75, 0.25], [0.2, 0.6, 0.6]]) / np.array([[1.5], [1.4]])
    )


def test_a_tap_on_a_branch_waits_for_its_own_prefix() -> None:
    logp_BV = np.log([[0.5, 0.5], [0.5, 0.5]])
    codes_Bl = np.array([[3], [4]])
    moved_BV = steered(logp_BV, codes_Bl, depth=2, branches=({(4, 0): -1.5, (1,): 3.0}, {}))
    assert moved_BV[0] == pytest.approx(logp_BV[0])
    assert np.exp(moved_BV).sum(axis=1) == pytest.approx([1.0, 1.0])
    assert moved_BV[1, 1] - moved_BV[1, 0] == pytest.approx(1.5)
