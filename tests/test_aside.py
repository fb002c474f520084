"""Reading in a process of its own: the same as here, live, and never missed when it dies."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import planted
import pytest
import torch
from conftest import children_of, wait_until

from reelwright.domain import SemanticId, Viewer
from reelwright.errors import ReelwrightError
from reelwright.outlooks.aside import AGAIN_S, Aside
from reelwright.outlooks.reader import Foretold, Here
from reelwright.recommender.recommender import Recommender

CROWD = ["3", "1", "4"]
SINCE_S, NEWEST = 5.0, 7


class PlantedLog:
    """Of what was shown, some is on the disk and some waits here alone."""

    def __init__(self) -> None:
        self.waiting = dict[str, set[str]]()

    def newest(self) -> int:
        return NEWEST

    def waiting_to_each(self, viewer_ids: Sequence[str], since_s: float) -> list[set[str]]:
        return [self.waiting.get(viewer_id, set()) for viewer_id in viewer_ids]

    def shown_to_each(self, viewer_ids: Sequence[str], since_s: float) -> list[set[str]]:
        on_disk = [{f"{viewer_id} since {since_s}"} for viewer_id in viewer_ids]
        waiting = self.waiting_to_each(viewer_ids, since_s)
        return [kept | more for kept, more in zip(on_disk, waiting, strict=True)]


class PlantedViewers:
    """Knows the planted viewers; of one it cannot read, it says so."""

    def __init__(self) -> None:
        self.log = PlantedLog()

    def states(self, viewer_ids: Sequence[str]) -> list[Viewer]:
        if "unreadable" in viewer_ids:
            raise ReelwrightError("The store is busy.", hint="Wait.")
        return [planted.viewers()[int(viewer_id)] for viewer_id in viewer_ids]

    def sid_of(self, video: str) -> SemanticId | None:
        return planted.videos().get(video)


def here_of(model: Path) -> Here:
    torch.set_num_threads(1)
    learned = Recommender.from_bytes(model.read_bytes())
    for video, sid in planted.videos().items():
        learned.add(video, sid)
    return Here(cast(Any, PlantedViewers()), learned, count=12)


@contextmanager
def opened(model: Path) -> Iterator[Here]:
    yield here_of(model)


@contextmanager
def of_other_codes(model: Path) -> Iterator[Here]:
    here = here_of(model)
    here.recommender.codebook = "other"
    yield here


@contextmanager
def shut(_: Path) -> Iterator[Here]:
    raise ReelwrightError("The home is gone.", hint="Look for it.")
    yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planted") / "model"
    path.write_bytes(planted.recommender().to_bytes())
    return path


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


Build = Callable[..., Aside]


@pytest.fixture
def build(model: Path) -> Iterator[Build]:
    made: list[Aside] = []

    def built(how: Callable[[Path], Any] = opened, clock: Clock | None = None) -> Aside:
        made.append(Aside(here_of(model), partial(how, model), clock=clock or Clock()))
        return made[-1]

    yield built
    for aside in made:
        aside.close()


def read(reader: Aside | Here, viewers: Sequence[str] = CROWD) -> list[Foretold]:
    return reader.read(viewers, viewers, SINCE_S).foretold


def up(aside: Aside) -> Aside:
    """Once its process answers."""
    wait_until(lambda: bool(read(aside)) and aside.cost.cpu_s > 0, look_every_s=0.2)
    return aside


def ended(aside: Aside) -> bool:
    read(aside)
    return aside._child is None


def same(one: Sequence[Foretold], other: Sequence[Foretold]) -> None:
    assert [viewer for viewer, _, _ in one] == [viewer for viewer, _, _ in other]
    assert [set(shown) for _, _, shown in one] == [set(shown) for _, _, shown in other]
    for (_, wishes, _), (_, others, _) in zip(one, other, strict=True):
        assert [wish.wish for wish in wishes] == [wish.wish for wish in others]
        assert [wish.exists for wish in wishes] == [wish.exists for wish in others]
        assert [wish.probability for wish in wishes] == pytest.approx(
            [wish.probability for wish in others], rel=1e-5
        )


def test_a_reading_is_the_same_as_here_and_what_comes_and_goes_is_known(build: Build) -> None:
    aside = up(build())
    here, spent_s = aside.here, aside.here.spent_s
    viewers = read(aside)
    assert here.spent_s == spent_s, "it was read there"
    assert aside.spent_s > here.spent_s
    assert aside.cost.rss_mb > 50
    same(viewers, read(here))
    viewer, wishes, _ = viewers[0]
    assert aside.coverage(viewer) == pytest.approx(here.coverage(viewer), rel=1e-5)

    wanted = next(one for one in wishes if not one.exists)
    before = aside.coverage(viewer)
    aside.add("new", wanted.wish.sid)
    assert aside.coverage(viewer) > before
    assert aside.coverage(viewer) == pytest.approx(here.coverage(viewer), rel=1e-5)
    again = next(one for one in read(aside)[0][1] if one.wish == wanted.wish)
    assert again.exists
    assert again.wish is wanted.wish, "wishes are kept once"
    aside.remove("new")
    assert aside.coverage(viewer) == pytest.approx(before, rel=1e-5)


def test_what_is_not_on_the_disk_yet_was_shown_nevertheless(build: Build) -> None:
    aside = up(build())
    cast(Any, aside.here.viewers).log.waiting = {"1": {"a", "b"}, "9": {"c"}}
    reading = aside.read(CROWD, CROWD[1:], SINCE_S)
    assert reading.seq == NEWEST
    assert [set(one.shown) for one in reading.foretold] == [
        set(),
        {"1 since 5.0", "a", "b"},
        {"4 since 5.0"},
    ]


def test_for_one_alone_nothing_is_started(build: Build) -> None:
    aside, before = build(), children_of(os.getpid())
    same(read(aside, ["3"]), read(aside.here, ["3"]))
    aside.coverage(planted.viewers()[3])
    assert children_of(os.getpid()) == before


def test_what_is_wrong_with_a_reading_is_told_as_here(build: Build) -> None:
    aside = up(build())
    with pytest.raises(ReelwrightError, match="busy"):
        read(aside, ["unreadable", "3"])
    spent_s = aside.here.spent_s
    read(aside)
    assert aside.here.spent_s == spent_s, "the process goes on"


def test_a_process_that_is_killed_is_missed_by_nobody_and_replaced_after_a_while(
    build: Build,
) -> None:
    clock = Clock()
    aside = up(build(clock=clock))
    assert aside._child is not None
    spent_s = aside.spent_s
    first = aside._child.process
    os.kill(first.pid or 0, signal.SIGKILL)
    same(read(aside), read(aside.here))
    same(read(aside), read(aside.here))
    assert aside._child is None, "not again at once"
    assert aside.spent_s > spent_s, "what it took is still counted"
    aside.add("new", planted.videos()["v001"])
    clock.now_s = AGAIN_S
    read(aside)
    assert aside._child is not None
    up(aside)
    assert aside._child.process.pid != first.pid
    aside.close()
    assert not aside._child
    same(read(aside), read(aside.here))


def test_what_came_while_the_process_was_starting_is_known_to_it(build: Build) -> None:
    aside = build()
    viewer, wishes, _ = read(aside)[0]
    wanted = next(one for one in wishes if not one.exists)
    aside.add("new", wanted.wish.sid)  # it opens a home that has nothing of this
    up(aside)
    assert aside.coverage(viewer) == pytest.approx(aside.here.coverage(viewer), rel=1e-5)


@pytest.mark.parametrize("how", [of_other_codes, shut])
def test_one_that_cannot_stand_in_is_not_asked(build: Build, how: Any) -> None:
    aside = build(how)
    assert not ended(aside), "it is being started"
    wait_until(lambda: ended(aside), look_every_s=0.2)
    same(read(aside), read(aside.here))
    assert aside.cost.cpu_s == 0
