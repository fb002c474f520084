"""Reading viewers in a process of its own, so that pages and searches do not wait for each other.

A search is hundreds of small sums, and Python's other threads take over at each: beside a server
that draws pages all the time, a batch that takes 80 ms of the processor took 350. The process is
started when viewers first wait in a crowd, so whoever serves a few never pays for it; until it is
up, and whenever it is not, viewers are read here.
"""

import logging
import math
import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

from reelwright.child import ctrl_c_waits, ends_with_parent
from reelwright.domain import Attribute, Codes, Deed, EventKind, SemanticId, Viewer
from reelwright.errors import ReelwrightError
from reelwright.outlooks.reader import Foretold, Here, Reading

logger = logging.getLogger(__name__)

SPAWN = multiprocessing.get_context("spawn")
CROWD = 2  # viewers who wait together
ANSWERS_S = 30.0  # a reading takes a tenth of one; who takes so long hangs
AGAIN_S = 60.0  # after one process ended, until the next is started
LESS_URGENT = 5  # than pages, which far more viewers wait for: as nice has it
END_S = 2.0  # for an idle one to end by itself
KINDS = tuple(EventKind)
NUMBER = {kind: number for number, kind in enumerate(KINDS)}
News = tuple[str, SemanticId | None]  # a video that came with its codes, or went
Opened = Callable[[], AbstractContextManager[Here]]


class _Cost(NamedTuple):
    """What the process has taken so far."""

    recommender_s: float = 0.0
    cpu_s: float = 0.0
    rss_mb: float = 0.0


class _Told(NamedTuple):
    """A viewer and their wishes, without what both processes have anyway: videos' codes, wishes."""

    deeds: list[tuple[str, int, float, float]]  # video, kind, weight, time
    attributes: tuple[Attribute, ...]
    more_content: dict[Codes, float]
    more_creative: dict[Codes, float]
    codes_KL: list[Codes]
    chance_K: list[float]
    shown: Collection[str]

    @classmethod
    def of(cls, foretold: Foretold) -> "_Told":
        viewer, wishes, shown = foretold
        return cls(
            [(deed.video, NUMBER[deed.kind], deed.weight, deed.at_s) for deed in viewer.history],
            viewer.attributes,
            viewer.more_content,
            viewer.more_creative,
            [one.wish.sid.codes for one in wishes],
            [one.probability for one in wishes],
            shown,
        )


@dataclass(slots=True, eq=False)
class _Child:
    """The process, and the line to it; it says the version of its codes once it is up."""

    process: BaseProcess
    line: Connection
    is_up: bool = False

    def end(self) -> None:
        self.line.close()  # which tells it that no more will come
        self.process.join(END_S)
        self.process.kill()
        self.process.join()


class Aside:
    """Reads in a process of its own where that is up, else `here`, likewise."""

    def __init__(
        self, here: Here, opened: Opened, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`opened` opens the same home in the other process, and is sent there."""
        self.here = here
        self.opened = opened
        self.clock = clock
        self.cost = _Cost()
        self._spent_before_s = 0.0  # by processes that are gone
        self._child: _Child | None = None
        self._begun_s = -math.inf
        self._news: list[News] | None = None  # since it was started, and not told yet
        self._asking = threading.Lock()
        self._noting = threading.Lock()
        self._is_closed = False

    @property
    def spent_s(self) -> float:
        return self.here.spent_s + self._spent_before_s + self.cost.recommender_s

    def read(self, viewer_ids: Sequence[str], new: Sequence[str], since_s: float) -> Reading:
        # What is not on the disk yet the other process cannot know; it has all that is later.
        waiting = dict(zip(new, self.here.viewers.log.waiting_to_each(new, since_s), strict=True))
        asked = list(viewer_ids), list(new), since_s
        answer = self._asked("read", asked, begin=len(viewer_ids) >= CROWD)
        if answer is None:
            return self.here.read(viewer_ids, new, since_s)
        seq, told = answer
        return Reading(
            seq,
            [
                self._foretold(viewer_id, one, waiting.get(viewer_id, ()))
                for viewer_id, one in zip(viewer_ids, told, strict=True)
            ],
        )

    def coverage(self, viewer: Viewer) -> float:
        told = self._asked("coverage", viewer)
        return self.here.coverage(viewer) if told is None else float(told)

    def add(self, video_id: str, sid: SemanticId) -> None:
        self.here.add(video_id, sid)
        self._note((video_id, sid))

    def remove(self, video_id: str) -> None:
        self.here.remove(video_id)
        self._note((video_id, None))

    def close(self) -> None:
        with self._asking:
            self._is_closed = True
            if self._child is not None:
                self._child.end()
                self._child = None

    # ---- the other process -----------------------------------------------------------------------

    def _asked(self, what: str, about: object, *, begin: bool = False) -> Any:
        """What the other process answers; None where there is none that could."""
        with self._asking:
            child = self._ready(begin)
            if child is None:
                return None
            try:
                child.line.send((what, about, self._taken()))
                if not child.line.poll(ANSWERS_S):
                    raise TimeoutError(f"nothing was heard for {ANSWERS_S:.0f} s")
                answer, self.cost = child.line.recv()
            except (EOFError, OSError) as error:  # a TimeoutError is one of these
                logger.warning("viewers are read in the server for now: %r", error)
                self._lose(child)
                return None
            return answer

    def _ready(self, begin: bool) -> _Child | None:
        """The process, if it is up; one is started where none is and `begin` asks for it."""
        if self._child is None and begin and not self._is_closed:
            self._begin()
        child = self._child
        if child is None or child.is_up:
            return child
        try:
            if not child.line.poll():
                return None
            version = child.line.recv()
        except (EOFError, OSError):  # it ended before it was up, and has said why
            version = ""
        if version == self.here.recommender.codebook:
            child.is_up = True
            return child
        if version:
            logger.warning("Another recommender was learned; start the server anew to use it.")
        self._lose(child)
        return None

    def _begin(self) -> None:
        now_s = self.clock()
        if now_s - self._begun_s < AGAIN_S:
            return
        self._begun_s = now_s
        with self._noting:
            self._news = []  # what came before, the process finds in the store
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(
            target=_answer, args=(theirs, self.opened), name="reader", daemon=True
        )
        with ctrl_c_waits():
            process.start()
        theirs.close()
        self._child = _Child(process, ours)

    def _lose(self, child: _Child) -> None:
        """It is gone, or as good as gone; a crowd has another started, after a while."""
        child.process.kill()
        child.end()
        self._child = None
        with self._noting:
            self._news = None
        self._spent_before_s += self.cost.recommender_s
        self.cost = _Cost()

    def _note(self, news: News) -> None:
        with self._noting:
            if self._news is not None:
                self._news.append(news)

    def _taken(self) -> list[News]:
        with self._noting:
            news, self._news = self._news or [], []
        return news

    def _foretold(self, viewer_id: str, told: _Told, waiting: Collection[str]) -> Foretold:
        """The same as if it had been read here, and of the same objects."""
        viewers = self.here.viewers
        deeds = [
            Deed(video, sid, KINDS[kind], weight, at_s)
            for video, kind, weight, at_s in told.deeds
            if (sid := viewers.sid_of(video)) is not None
        ]
        viewer = Viewer(
            id=viewer_id,
            history=tuple(deeds),
            attributes=told.attributes,
            more_content=told.more_content,
            more_creative=told.more_creative,
        )
        wishes = self.here.recommender.ranked(told.codes_KL, told.chance_K)
        return Foretold(viewer, wishes, {*told.shown, *waiting})


def _answer(line: Connection, opened: Opened) -> None:
    """The life of the other process: one question after another, until no more can come."""
    ends_with_parent()
    os.nice(LESS_URGENT)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with opened() as here:
            line.send(here.recommender.codebook)
            while True:
                line.send(_answered(here, *line.recv()))
    except (EOFError, OSError):  # nobody asks any more
        pass
    except ReelwrightError as error:
        logger.warning("viewers cannot be read in a process of its own: %s", error)
    os._exit(0)  # threads of the home's must not keep it


def _told(reading: Reading) -> tuple[int, list[_Told]]:
    return reading.seq, [*map(_Told.of, reading.foretold)]


def _answered(here: Here, what: str, about: Any, news: Sequence[News]) -> tuple[object, _Cost]:
    for video_id, sid in news:
        if sid is None:
            here.remove(video_id)
        else:
            here.add(video_id, sid)
    answer: object
    try:
        answer = here.coverage(about) if what == "coverage" else _told(here.read(*about))
    except ReelwrightError:  # it is tried in the server, and told there
        answer = None
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return answer, _Cost(here.spent_s, time.process_time(), rss_mb)
