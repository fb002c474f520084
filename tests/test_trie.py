"""The tree of videos that exist: what it holds, what it leaves out, and its changes."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain import Codes
from reelwright.recommender.trie import FEW, LiveTrie, Trie

DEPTH = 3
PATHS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.tuples(*[st.integers(0, 3)] * DEPTH)
)


def walk(
    trie: Trie, barred: tuple[np.ndarray, ...] | None = None, level: int = 0, node: int = 0
) -> dict[Codes, tuple[str, ...]]:
    """All paths below a node, each with its videos, by following children one by one."""
    if level == DEPTH:
        return {(): trie.videos(node)}
    if not len(trie):
        return {}
    found = {}
    for child in range(trie.child[level][node], trie.child[level][node + 1]):
        if barred is None or not barred[level][child]:
            for rest, videos in walk(trie, barred, level + 1, child).items():
                found[(int(trie.code[level][child]), *rest)] = videos
    return found


def buckets(paths: Mapping[str, Codes]) -> dict[Codes, tuple[str, ...]]:
    return {
        codes: tuple(video for video in paths if paths[video] == codes) for codes in paths.values()
    }


@given(paths=PATHS)
def test_walking_a_trie_meets_every_video_once(paths: dict[str, Codes]) -> None:
    trie = Trie.of(paths, depth=DEPTH)
    assert walk(trie) == buckets(paths)
    assert trie.leaves == len(buckets(paths))
    assert sorted(trie.ids) == sorted(paths)


@given(paths=PATHS, data=st.data())
def test_what_is_barred_is_not_met_but_its_neighbours_in_a_bucket_are(
    paths: dict[str, Codes], data: st.DataObject
) -> None:
    without = data.draw(st.sets(st.sampled_from(sorted(paths)))) if paths else set()
    trie = Trie.of(paths, depth=DEPTH)
    met = walk(trie, trie.barred(without | {"never heard of"}))
    left = {video: codes for video, codes in paths.items() if video not in without}
    assert met.keys() == buckets(left).keys()
    assert all(videos == buckets(paths)[codes] for codes, videos in met.items())


@given(paths=PATHS, data=st.data())
def test_a_mask_bars_all_that_is_not_in_it(paths: dict[str, Codes], data: st.DataObject) -> None:
    some = st.sets(st.sampled_from(sorted(paths))) if paths else st.just(set())
    category, fresh, without = data.draw(some), data.draw(some), data.draw(some)
    live = live_trie(paths)
    mask = live.mask(category | {"never heard of"}) & live.mask(fresh)
    left = {v: c for v, c in paths.items() if v in (category & fresh) - without}
    assert walk(live.now(), live.now().barred(without, mask)).keys() == buckets(left).keys()


def test_a_mask_stays_right_while_videos_come_and_go() -> None:
    live = live_trie({"a": (0, 0, 0), "b": (1, 1, 1), "c": (2, 2, 2)})
    mask = live.mask(["a", "c"])
    live.remove("a")
    live.add("d", (0, 0, 0))
    live.add("c", (1, 1, 0))
    assert walk(live.now(), live.now().barred((), mask)) == {(1, 1, 0): ("c",)}
    live.add("a", (3, 3, 3))
    assert walk(live.now(), live.now().barred((), mask)).keys() == {(1, 1, 0), (3, 3, 3)}


CHANGES = st.lists(
    st.tuples(st.sampled_from("abcdefghijkl"), st.none() | st.tuples(*[st.integers(0, 2)] * DEPTH))
)


@given(rounds=st.lists(CHANGES, max_size=5))
def test_a_patched_trie_is_the_one_that_is_built_anew(
    rounds: list[list[tuple[str, Codes | None]]],
) -> None:
    live, paths = LiveTrie(DEPTH), dict[str, Codes]()
    for changes in rounds:
        for video, codes in changes:
            if codes is None:
                live.remove(video)
                paths.pop(video, None)
            else:
                live.add(video, codes)
                paths[video] = codes
        patched, anew = live.now(), Trie.of(paths, depth=DEPTH)
        assert sorted(patched.ids) == sorted(anew.ids)
        assert np.array_equal(patched.codes_LN, anew.codes_LN)
        for ours, theirs in ((patched.code, anew.code), (patched.child, anew.child)):
            assert all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))
        assert all(np.array_equal(*pair) for pair in zip(patched.row, anew.row, strict=True))
        met = {codes: set(videos) for codes, videos in walk(patched).items()}
        assert met == {codes: set(videos) for codes, videos in buckets(paths).items()}


def test_many_come_at_once_and_are_all_there() -> None:
    live = live_trie({"first": (1, 1, 1)})
    live.now()
    many = {f"{number}": (number % 7, number % 5, number % 3) for number in range(5 * FEW)}
    for video, codes in many.items():
        live.add(video, codes)
    assert set(live.now().ids) == {"first", *many}
    assert walk(live.now()).keys() == {(1, 1, 1), *many.values()}


@given(paths=PATHS, codes=st.tuples(*[st.integers(0, 4)] * DEPTH))
def test_a_leaf_is_found_by_its_codes(paths: dict[str, Codes], codes: Codes) -> None:
    trie = Trie.of(paths, depth=DEPTH)
    for wanted in (*paths.values(), codes):
        leaf = trie.leaf(wanted)
        found = () if leaf is None else trie.videos(leaf)
        assert found == buckets(paths).get(wanted, ())


@given(paths=PATHS)
def test_a_node_knows_the_codes_that_lead_to_it(paths: dict[str, Codes]) -> None:
    trie = Trie.of(paths, depth=DEPTH)
    for level in range(1, DEPTH + 1):
        begun = sorted({codes[:level] for codes in paths.values()})
        nodes = np.arange(len(begun))[::-1]
        assert [tuple(codes) for codes in trie.path(level, nodes).tolist()] == begun[::-1]
    assert trie.path(0, np.zeros(1, np.int64)).shape == (1, 0), "none lead to the root"


def live_trie(paths: Mapping[str, Codes]) -> LiveTrie:
    live = LiveTrie(DEPTH)
    for video, codes in paths.items():
        live.add(video, codes)
    return live


def test_a_search_under_way_keeps_the_trie_that_it_began_with() -> None:
    live = LiveTrie(DEPTH)
    live.add("a", (0, 1, 2))
    before = live.now()
    live.add("b", (0, 1, 3))
    live.remove("a")
    live.remove("never heard of")
    assert before.ids == ("a",)
    assert live.now().ids == ("b",)
    live.add("b", (0, 1, 3))
    assert live.now() is live.now(), "nothing changed, so nothing is built"
    live.add("b", (3, 1, 0))
    assert walk(live.now()) == {(3, 1, 0): ("b",)}


def test_every_reader_sees_a_whole_state_while_videos_come_and_go() -> None:
    live = LiveTrie(DEPTH)
    live.add("always", (1, 1, 1))

    def change(name: int) -> None:
        for number in range(200):
            live.add(f"{name}.{number}", (name, number % 4, number % 3))
            if number % 2:
                live.remove(f"{name}.{number}")

    def look(_: int) -> bool:
        return all("always" in walk(live.now())[(1, 1, 1)] for _ in range(30))

    with ThreadPoolExecutor(4) as pool:
        changes = [pool.submit(change, name) for name in (2, 3)]
        assert all(pool.map(look, range(6)))
        for done in changes:
            done.result()
    assert len(live.now()) == 1 + 2 * 100
