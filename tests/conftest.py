"""One small world for all who need a whole home: drawn, interrupted, taken up, learned, made."""

import contextlib
import dataclasses
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from program import loaded
from stores import KINDS, Schemas, Store, overheard, unowned
from xdist.scheduler import LoadScopeScheduling

from reelwright import training
from reelwright.assemble import homes
from reelwright.bench import postgres
from reelwright.config import Config, StorageConfig, load
from reelwright.demo import Demo, Figures, demo_in
from reelwright.domain import Format
from reelwright.engine.supervisor import Supervisor
from reelwright.storage.database import Database
from reelwright.storage.videos import Videos

settings.register_profile("unhurried", deadline=None)  # a busy machine is not a failure
settings.load_profile("unhurried")

ROOT = Path(__file__).parent.parent
NOW_S = 1_750_000_000.0  # the hour of the day is part of what is learned
SMALL = (
    "world.videos=36",
    "world.viewers=400",
    "world.events_per_viewer=12",
    "world.wishing_viewers=4",
    "world.clips=2",
    "world.width=180",
    "world.height=320",
    "world.fps=12",
    "world.preset=ultrafast",
    "render.width=180",
    "render.height=320",
    "render.fps=12",
    "render.duration_s=3",
    "media.preset=ultrafast",
)
SAMPLE = Format(width=180, height=320, fps=12, duration_s=2.0)
REAL_ZOO = load(None).zoo.path  # of whoever runs the tests; slow ones may use what lies there
KILL_AT = 5  # videos
Said = tuple[str, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallWorld:
    """A home in which the demo was run, and how that went."""

    home: Path
    figures: Figures
    kept: frozenset[str]  # videos that the killed run left behind
    left_running: list[int]  # processes that outlived the killed run
    said: list[Said]  # by the run that took it up

    @property
    def config(self) -> Config:
        return load(None, [f"home={self.home}", *SMALL])


@pytest.fixture(scope="session", autouse=True)
def _no_weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What was pulled on this machine changes no test: here, and in every process of a test's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _nobody_left_waiting() -> Iterator[None]:
    """The process that carries out commands ends with the last test."""
    yield
    if loaded.cache_info().currsize:
        loaded().close()


@pytest.fixture(scope="session")
def schemas() -> Iterator[Schemas]:
    """A PostgreSQL that the tests start, where there is one to start."""
    if not postgres.is_here():
        pytest.skip("there is no PostgreSQL here: install Debian's postgresql, for one")
    with postgres.Postgres(flush=False) as server:
        yield (made := Schemas(server))
        made.close()


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The same tests for every database; and whatever they do to a table, they say for whom."""
    with contextlib.ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("schemas").one())
        kept = stack.enter_context(overheard(Store(folder=tmp_path, url=url)))
        yield kept
        assert [said for said in kept.statements if unowned(said)] == []


@pytest.fixture
def db(store: Store) -> Iterator[Database]:
    """The store, opened for its main tenant."""
    with store.open() as database:
        yield database


# Held to PostgreSQL every time; what stands on these, only where slow tests are asked for.
CONFORMANCE = {"asks", "cache", "database", "events", "migrations", "models", "profiles"}
CONFORMANCE |= {"consents", "renders", "stores", "tenants", "videos"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever comes first waits for the world, on a busy machine for more than a test may take."""
    items.sort(key=lambda item: not _is_worldly(item.path))
    for item in items:
        if "small_world" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(300))
        part = item.path.stem.removeprefix("test_")
        if "[postgresql" in item.name and part not in CONFORMANCE:
            item.add_marker(pytest.mark.slow)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Where several processes test, each tests whole files, so that a file's fixtures are made
    once; and one of them has all that needs the small world, and begins with it.

    Told by the name of a test: the marks of `loadgroup` do nothing under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "small world" if _is_worldly(ROOT / file) else file

    def _reschedule(self, node: Any) -> None:
        """Of a process that died, xdist hands on the finished files too: whoever is given one has
        nothing to run, and waits for ever to be told what comes next."""
        for file in [file for file, tests in self.workqueue.items() if all(tests.values())]:
            del self.workqueue[file]
        super()._reschedule(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@functools.cache
def _is_worldly(file: Path) -> bool:
    return "small_world" in file.read_text()


def words_of(home: Path, *more: str) -> list[str]:
    """The program in a process of its own, up to its verb."""
    sets = [word for change in (f"home={home}", *SMALL, *more) for word in ("--set", change)]
    return [sys.executable, "-m", "reelwright", *sets]


def wait_until(
    what: Callable[[], bool], *, within_s: float = 40.0, look_every_s: float = 0.02
) -> None:
    """Returns as soon as it is so."""
    end = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < end, f"not within {within_s} s"
        time.sleep(look_every_s)


def children_of(pid: int) -> list[int]:
    """The living processes whose parent is `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it ended while it was read
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def small_demo(home: homes.Home, said: list[Said] | None = None) -> Demo:
    """The real demo, with a worker of the same settings, at an hour of its own."""
    folder = Path(home.config.home)
    parent = ["--parent", str(os.getpid())]
    demo = demo_in(
        home,
        worker=Supervisor([*words_of(folder), "work", *parent]),
        progress=lambda what, done, total: (said if said is not None else []).append(
            (what, done, total)
        ),
    )
    return dataclasses.replace(demo, clock=lambda: NOW_S)


def _drawn(home: Path) -> frozenset[str]:
    if not (home / "reelwright.db").exists():
        return frozenset()
    with Database.open(home, config=StorageConfig()) as database:
        return frozenset(video.id for video in Videos(database).all())


def _interrupted(home: Path) -> tuple[frozenset[str], list[int]]:
    """Kill a demo in the middle of its drawing: what it leaves on the disk and running."""
    process = subprocess.Popen(
        [*words_of(home), "demo", "--no-serve"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # To open a database takes its part of the processor, and others are drawing on it.
        wait_until(lambda: len(_drawn(home)) >= KILL_AT, within_s=300.0, look_every_s=0.5)
        pool = children_of(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert pool, "nobody was drawing"
    end = time.monotonic() + 5.0
    while any(map(is_alive, pool)) and time.monotonic() < end:
        time.sleep(0.05)
    left = list(filter(is_alive, pool))
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return _drawn(home), left


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    """Copy its home before you change anything in it."""
    home = tmp_path_factory.mktemp("world") / "home"
    said: list[Said] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "SAMPLE", SAMPLE)
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        kept, left = _interrupted(home)
        with homes.home(load(None, [f"home={home}", *SMALL])) as opened:
            figures = small_demo(opened, said).run()
        yield SmallWorld(home=home, figures=figures, kept=kept, left_running=left, said=said)
