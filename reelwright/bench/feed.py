"""The feed under load: how many pages, events and clips a second one server gives, and how soon.

The server is a process of its own, run as `reelwright serve` runs it, over a large home
(`bench/feedworld.py`); the load comes from another process on raw sockets (`bench/load.py`), in a
closed loop over loopback. Both share the machine, so the load's own needs are in every figure.

Viewers are drawn by Zipf over all there are. At first nobody's outlook is known (`rps_cold`); then
everybody asks once, those who ask most first, as long as `WARM_S` allows; then it is measured.
`kept_share` tells which share of the pages found an outlook that was kept, and `rps_fresh` what is
left where none can be: every page is asked for after an event of the same viewer.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

import numpy as np

from reelwright.assemble import homes
from reelwright.bench.feedworld import LONG_FILMS, Size, build
from reelwright.bench.load import Task, Took
from reelwright.bench.serving import on_one_thread, served
from reelwright.config import Config
from reelwright.progress import Progress

Figures = dict[str, float]
Tally = dict[str, float]

FULL, QUICK = Size(), Size(videos=1_000, viewers=3_000)
SECONDS, QUICK_SECONDS = 10.0, 2.5  # of each measurement
WARM_S, QUICK_WARM_S = 300.0, 8.0
FEW, MANY, WATCHING = 64, 200, 16  # connections; of those who watch clips
GRACE_S = 60.0  # more than a load may take beyond its time
WORDS = {
    "clips": "clips of the catalogue",
    "viewers": "viewers with histories",
    "rps_64": "pages a second, 64 connections",
    "p50_ms_64": "a page, median, ms",
    "p99_ms_64": "a page, 99th percentile, ms",
    "rps_200": "pages a second, 200 connections",
    "p99_ms_200": "a page, 99th percentile, ms",
    "kept_share": "share of these pages whose viewer's outlook was kept",
    "recommender_share": "share of the server's processor time that the recommender took for them",
    "cpu_ms_page": "the server's processor time for one of them, ms",
    "rps_fresh": "pages a second where each comes after an event of the same viewer, "
    "64 connections; the events are answered too",
    "p50_ms_fresh": "such a page, median, ms",
    "p99_ms_fresh": "such a page, 99th percentile, ms",
    "recommender_share_fresh": "share of the processor time that the recommender took for these",
    "rps_cold": "pages a second just after the start, when nobody's outlook is kept",
    "p99_ms_cold": "such a page, 99th percentile, ms",
    "events_per_s": "events a second, on the disk before they are acknowledged, in batches of 20, "
    "64 connections",
    "p99_ms_events": "such a batch, 99th percentile, ms",
    "clip_mb_per_s": "films of 1 MB, MB a second, 16 connections",
    "refused": "requests that were not answered as asked",
    "rss_mb": "the most memory of the server, MB",
}


def measure(config: Config, work: Path, *, quick: bool, progress: Progress) -> Figures:
    """Build the home in `work` where it is not there yet, serve it, and load it."""
    size, seconds = (QUICK, QUICK_SECONDS) if quick else (FULL, SECONDS)
    config = replace(config, home=str(work / size.folder))
    build(config, size, progress=progress)
    with homes.home(config) as home:
        films = tuple(video.film for video in home.videos.all()[:LONG_FILMS])
    with served(config.home) as (port, server):
        task = Task(
            kind="pages", port=port, connections=FEW, seconds=seconds, viewers=size.viewers,
            videos=size.videos, clips=films, seed=time.time_ns() % 1_000_000,
        )  # fmt: skip
        steps = iter(range(1, 8))

        def load(what: str, **changes: object) -> tuple[Took, Tally]:
            before = _tally(server)
            took = _load(replace(task, kind=what, **changes))  # type: ignore[arg-type]
            after = _tally(server)
            progress("loading the feed", next(steps), 7)
            return took, {name: after[name] - before[name] for name in after}

        cold, _ = load("pages")
        load("everybody", seconds=QUICK_WARM_S if quick else WARM_S)
        few, spent = load("pages", warm_s=1.0)
        many, _ = load("pages", connections=MANY)
        fresh, spent_fresh = load("fresh")
        events, _ = load("events")
        clips, _ = load("clips", connections=WATCHING)
        rss_mb = _tally(server)["rss_mb"]
    taken = (cold, few, many, fresh, events, clips)
    return {
        "clips": size.videos,
        "viewers": size.viewers,
        "rps_64": _rate(few),
        "p50_ms_64": _at(few, 0.5),
        "p99_ms_64": _at(few, 0.99),
        "rps_200": _rate(many),
        "p99_ms_200": _at(many, 0.99),
        "kept_share": round(1 - spent["read"] / few.all_answers, 3),
        "recommender_share": round(spent["recommender_s"] / spent["cpu_s"], 3),
        "cpu_ms_page": round(1000 * spent["cpu_s"] / few.all_answers, 3),
        "rps_fresh": _rate(fresh),
        "p50_ms_fresh": _at(fresh, 0.5),
        "p99_ms_fresh": _at(fresh, 0.99),
        "recommender_share_fresh": round(spent_fresh["recommender_s"] / spent_fresh["cpu_s"], 3),
        "rps_cold": _rate(cold),
        "p99_ms_cold": _at(cold, 0.99),
        "events_per_s": round(events.events / events.seconds),
        "p99_ms_events": _at(events, 0.99),
        "clip_mb_per_s": round(clips.bytes / clips.seconds / 1e6),
        "refused": sum(one.refused for one in taken),
        "rss_mb": round(rss_mb),
    }


def _rate(took: Took) -> float:
    return round(len(took.ms) / took.seconds)


def _at(took: Took, share: float) -> float:
    return round(float(np.quantile(took.ms, share)), 1) if took.ms else 0.0


# ---- the two other processes ---------------------------------------------------------------------


def _tally(server: "subprocess.Popen[str]") -> Tally:
    assert server.stdin is not None, "a server that can be asked"
    print(file=server.stdin, flush=True)
    told: Tally = json.loads(_line(server.stdout))
    return told


def _line(stream: IO[str] | None) -> str:
    assert stream is not None, "a server that can be heard"
    return stream.readline()


def _load(task: Task) -> Took:
    """What a load in a process of its own measured."""
    command = [sys.executable, "-m", "reelwright.bench.load"]
    done = subprocess.run(
        command,
        input=json.dumps(asdict(task)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=task.warm_s + task.seconds + GRACE_S,
        env=on_one_thread(),
    )
    return Took(**json.loads(done.stdout))
