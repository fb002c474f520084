"""The demo: a small world whose truth is known, from its first clip to wishes come true."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from reelwright.assemble import feeds, homes, intake, lessons, workshops
from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.catalogue.world import Commission, World
from reelwright.config import Config
from reelwright.domain import Blueprint, Page, SemanticId, Video, digest
from reelwright.drawing import Drawn, draw_all
from reelwright.engine.memory import PeakMemory
from reelwright.errors import ReelwrightError
from reelwright.features.local import LocalEncoder
from reelwright.progress import Progress
from reelwright.storage.blobs import Blobs
from reelwright.storage.events import EventLog
from reelwright.storage.models import Models
from reelwright.storage.profiles import Profiles
from reelwright.storage.videos import Videos
from reelwright.studio.studio import Studio

LOOK_EVERY_S = 0.2  # how often the rows are counted while workers make what was wished for
EVENTS_AT_ONCE = 2_000

Figures = dict[str, float]


class Feed(Protocol):
    """Answers a viewer, as `feed.Feed` does."""

    def page(self, viewer_id: str, *, count: int, now_s: float) -> Page: ...


class Worker(Protocol):
    """A worker in a process of its own, as `engine.supervisor.Supervisor` runs it."""

    gave_up: bool  # it died again and again

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """Everything that the demo touches. What is done is kept, so that it can be taken up again."""

    config: Config
    world: World
    studio: Studio
    encoder: str  # the version of the eyes that look at what is drawn
    videos: Videos
    blobs: Blobs
    log: EventLog
    models: Models
    profiles: Profiles
    renders: Renders
    train: Callable[[], Figures]
    feed: Callable[[], Feed]
    worker: Worker | None  # none: what is wished for stays to be made
    clock: Callable[[], float]
    progress: Progress

    def run(self) -> Figures:
        """Build, train, wish and make; the figures of it. A second run finds everything done."""
        if kept := self.models.newest("demo"):
            figures: Figures = json.loads(kept[1])
            return figures
        start = time.monotonic()
        with PeakMemory() as memory:
            self._fill_log(self.draw())
            measures = self.train()
            self._wish()
            self._make()
        figures = {
            "videos": self.config.world.videos,
            "viewers": self.config.world.viewers,
            **measures,
            **self._made(),
            "seconds": round(time.monotonic() - start, 1),
            "peak_mb": round(memory.peak_mb),
        }
        payload = json.dumps(figures).encode()
        self.models.keep("demo", payload, measures=figures, now_s=self.clock())
        return figures

    def draw(self) -> dict[str, str]:
        """The videos that the world begins with, drawn by our own compositor and looked at.

        The id of each by the name of its commission.
        """
        plans = [(self._blueprint(one), one) for one in self.world.commissions]
        missing = [(plan, one) for plan, one in plans if self.videos.get(digest(plan)) is None]
        drawn = draw_all(
            [plan for plan, _ in missing],
            [one.tags for _, one in missing],
            render=self.config.render,
            media=replace(self.config.media, preset=self.config.world.preset),
            what="drawing the catalogue",
            progress=self.progress,
        )
        with closing(drawn):
            for place, clip in drawn:
                self._keep(missing[place][1], clip)
        return {one.name: digest(plan) for plan, one in plans}

    def _blueprint(self, one: Commission) -> Blueprint:
        return self.studio.blueprint(one.instruction, format=one.format, seed=one.seed)

    def _keep(self, one: Commission, drawn: Drawn) -> None:
        video = Video(
            id=digest(drawn.clip.blueprint),
            title=one.title,
            film=self.blobs.put_file(drawn.clip.film),
            poster=self.blobs.put_file(drawn.clip.poster),
            preview=self.blobs.put_file(drawn.clip.preview),
            captions=self.blobs.put_file(drawn.clip.captions),
            duration_s=one.format.duration_s,
            width=one.format.width,
            height=one.format.height,
            fps=one.format.fps,
            has_sound=True,
            tags=one.tags,
        )
        seen = drawn.encoding
        self.videos.add(video, added_s=self.clock())
        self.videos.keep_encoding(video.id, self.encoder, seen.content, seen.creative, seen.traits)

    def _fill_log(self, video_of: Mapping[str, str]) -> None:
        """What the simulated viewers did with the catalogue, and what they say of themselves."""
        self.profiles.keep({taste.viewer: taste.attributes for taste in self.world.tastes})
        events = list(self.world.events(video_of, now_s=self.clock()))
        for start in range(0, len(events), EVENTS_AT_ONCE):
            self.log.append(events[start : start + EVENTS_AT_ONCE]).result()
            self.progress(
                "living three weeks", min(start + EVENTS_AT_ONCE, len(events)), len(events)
            )

    def _wish(self) -> None:
        """Some viewers open the feed; what is missing for them is asked for."""
        feed = self.feed()
        for taste in self.world.tastes[: self.config.world.wishing_viewers]:
            feed.page(taste.viewer, count=self.config.feed.count, now_s=self.clock())

    def _make(self) -> None:
        """A worker in a process of its own makes the first of the missing wishes."""
        counts = self.renders.counts()
        wanted = min(self.config.world.clips, sum(counts.values()) - counts[RenderState.FAILED])
        if self.worker is None:
            return
        self.worker.start()
        try:
            while (done := self.renders.counts()[RenderState.DONE]) < wanted:
                self.progress("making what was wished for", done, wanted)
                self._refuse_failures(self.worker)
                time.sleep(LOOK_EVERY_S)
        finally:
            self.worker.stop()
        self.progress("making what was wished for", wanted, wanted)

    def _refuse_failures(self, worker: Worker) -> None:
        if worker.gave_up:
            raise ReelwrightError(
                "The worker cannot start, for the reason that it told.",
                hint="Run reelwright doctor, then reelwright demo again.",
            )
        for row in self.renders.recent(1):
            if row.state is RenderState.FAILED:
                raise ReelwrightError(
                    f"The wish {row.wish.sid} could not be made: {row.reason}",
                    hint="Run reelwright doctor, then reelwright demo again.",
                )

    def _made(self) -> Figures:
        """How much was wished for that the catalogue lacked, and how well it came out."""
        rows = self.renders.recent(sum(self.renders.counts().values()))
        made = [row.manifest for row in rows if row.manifest is not None]
        wished = [SemanticId.parse(manifest.sid) for manifest in made]
        measured = [SemanticId.parse(manifest.measured_sid) for manifest in made]
        pairs = list(zip(wished, measured, strict=True))
        return {
            "wishes_beyond_catalogue": len(rows),
            "clips_made": len(made),
            "content_readback": share(wish.content[0] == seen.content[0] for wish, seen in pairs),
            "creative_readback": share(
                wish.creative[0] == seen.creative[0] for wish, seen in pairs
            ),
        }


def share(found: Iterable[bool]) -> float:
    """Of all that were asked, how many said yes."""
    answers = list(found)
    return round(sum(answers) / max(len(answers), 1), 3)


def demo_in(home: homes.Home, *, worker: Worker | None, progress: Progress) -> Demo:
    """The demo over a home, with its parts as they stand in `assemble`."""
    return Demo(
        config=home.config,
        world=intake.world(home.config),
        studio=workshops.planner(),
        encoder=LocalEncoder().version,
        videos=home.videos,
        blobs=home.blobs,
        log=home.log,
        models=home.models,
        profiles=home.profiles,
        renders=homes.renders(home),
        train=lambda: lessons.train(home, progress=progress),
        feed=lambda: feeds.feed(home),
        worker=worker,
        clock=time.time,
        progress=progress,
    )
