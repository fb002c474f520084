"""The tree of videos that exist: what it holds, what it leaves out, and its changes."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain import Codes
from reelwright.recommender.trie import LiveTrie, Trie

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
