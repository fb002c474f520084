"""Who makes what is wished for: here, in processes of their own, and for whoever waits."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.allowance import Allowance
from reelwright.assemble.homes import Home, home, renders, stock
from reelwright.assemble.workshops import style_vectors, workshop
from reelwright.config import Config
from reelwright.domain import Made, Video, Wish
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress, silent

if TYPE_CHECKING:
    from reelwright.engine.executor import Executor
    from reelwright.engine.reconciler import Reconciler, Watch
    from reelwright.engine.worker import Make, Worker
    from reelwright.storage.milestones import Milestones
    from reelwright.workshop import Workshop

END = {"failed": "given up", "buried": "buried"}  # what becomes of what is not made
FIRST_OF_ALL = 1e9  # the priority of what somebody waits for
LOOK_AGAIN_S = 0.5
KEPT_OPEN = ExitStack()  # what a process that makes for others has opened


def worker(home: Home, *, name: str, progress: Progress = silent) -> "Worker":
    """One that makes in this process."""
    from reelwright.engine.here import Here

    shop = workshop(home, progress=progress, milestones=milestones(home))

    def make(wish: Wish, now_s: float, allowance: Allowance) -> Made:
        return shop.make(wish, now_s=now_s, allowance=allowance)

    return _worker(home, name, make, Here(), reconciler(home))


@contextmanager
def crew(home: Home, *, name: str, processes: int) -> "Iterator[list[Worker]]":
    """Workers that make in so many processes of their own, which end with this."""
    from reelwright.engine.pool import Limits, Pool

    style_vectors(home, progress=silent)  # looked at once, before all of them look for it
    config, cores = home.config, os.cpu_count() or 1
    threads = config.render.threads or max(1, cores // processes)
    shared = replace(config, render=replace(config.render, threads=threads))
    pool = Pool(processes, Limits(memory_mb=config.workshop.memory_mb))
    try:
        make, puts_right = partial(made_apart, shared), reconciler(home)
        names = [f"{name}-{number}" for number in range(1, processes + 1)]
        yield [_worker(home, one, make, pool, puts_right) for one in names]
    finally:
        pool.close()


def made_apart(config: Config, wish: Wish, now_s: float, allowance: Allowance) -> Made:
    """What a process of a pool makes of a wish."""
    allowance.begin("opening its workshop")
    return _workshop_apart(config).make(wish, now_s=now_s, allowance=allowance)


@cache
def _workshop_apart(config: Config) -> "Workshop":
    """Opened once in a process, and never closed: the process just ends."""
    opened = KEPT_OPEN.enter_context(home(config))
    return workshop(opened, progress=silent, milestones=milestones(opened))


def _worker(
    home: Home, name: str, make: "Make", executor: "Executor", puts_right: "Reconciler"
) -> "Worker":
    from reelwright.engine.worker import Worker

    return Worker(
        renders(home),
        make,
        time.time,
        name,
        home.config.cache,
        executor=executor,
        make_s=home.config.workshop.make_s,
        tidy=stock(home).make_room,
        reconcile=puts_right.now_and_then,
    )


def milestones(home: Home) -> "Milestones | None":
    """What earlier attempts have reached; none where nothing of it is to be kept."""
    from reelwright.storage.milestones import Milestones

    return Milestones(_stages(home)) if home.config.workshop.keep_s else None


def _stages(home: Home) -> Path:
    return Path(home.config.home) / "stages" / home.config.tenant


def reconciler(home: Home) -> "Reconciler":
    """Who puts right what the rows of this tenant promise, and clears what the dead have left."""
    from reelwright.engine.reconciler import Reconciler
    from reelwright.storage.milestones import Milestones

    return Reconciler(
        renders=renders(home),
        stock=stock(home),
        blobs=home.blobs,
        milestones=Milestones(_stages(home)),
        desks=Path(home.config.home) / "desk",
        config=home.config.workshop,
    )


def watch(home: Home) -> "Watch":
    """A reconciler that looks now and then, beside the door."""
    from reelwright.engine.reconciler import Watch

    return Watch(reconciler(home).now_and_then, time.time)


def make(home: Home, wish: Wish, *, progress: Progress) -> tuple[Video, Path]:
    """Make a wish in this process, through its row like every other, and where its film lies."""
    from reelwright.cache.asks import Asks

    rows = renders(home)
    at_once = replace(home.config.cache, viewers=1, ask_every_s=0.0)  # whoever types it wants it
    Asks(home.database, at_once).ask(
        wish, wish.key, viewer="", priority=FIRST_OF_ALL, now_s=time.time()
    )
    hands = worker(home, name=f"make-{os.getpid()}", progress=progress)
    while (row := rows.get(wish.key)) is None or row.video is None:
        if row is not None and row.state in END:
            raise ReelwrightError(
                f"The wish {wish.sid} was {END[row.state]}: {row.reason}", hint="Make another one."
            )
        if not hands.run_once():
            time.sleep(LOOK_AGAIN_S)  # another worker is at it
    video = home.videos.get(row.video)
    assert video is not None, f"the row of {wish} names a video that is not there"
    return video, home.blobs.path(video.film)
