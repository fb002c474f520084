"""One request, top to bottom: a viewer asks and gets the next videos at once, made or not.

This is one of the two stories of the system; the other, how a wish is made, is `workshop.py`.
"""

import itertools
import logging
import os
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice

import numpy as np

from reelwright.cache.cache import Cache
from reelwright.config import FeedConfig
from reelwright.domain import AS_USUAL, Answer, Card, Choices, Event, Impression, Page
from reelwright.outlooks.draw import Chance, drawn
from reelwright.outlooks.outlooks import Outlooks
from reelwright.outlooks.reader import Here, Reader
from reelwright.outlooks.sight import Shown, Sight
from reelwright.outlooks.soon import then
from reelwright.recommender.recommender import Recommender
from reelwright.sids.codebook import Codebook
from reelwright.storage.database import Busy
from reelwright.storage.events import EventLog
from reelwright.viewers.viewers import Viewers
from reelwright.viewers.why import TitleOf, Why

logger = logging.getLogger(__name__)

Chosen = tuple[int, float, Answer]  # a wish's place, how likely it was to be drawn, what answers it
LOOK_EVERY_S = 0.1  # at the store, for what other processes did
BUSY = 20  # pages in that time
NOBODY = ""  # an id that no viewer can have
STRANGERS = 10_000
MARK_BYTES = 8  # of chance, in the names of one process's impressions


class Feed:
    """Answers a viewer from what is there, and asks for what is missing. Never waits for a clip."""

    def __init__(
        self,
        *,
        viewers: Viewers,
        recommender: Recommender,
        codebook: Codebook,
        cache: Cache,
        log: EventLog,
        title_of: TitleOf,
        config: FeedConfig,
        rng: np.random.Generator,
        reader: Reader | None = None,
    ) -> None:
        """Viewers are read by `reader`; where none is given, in this process."""
        self.recommender = recommender
        self.codebook = codebook
        self.cache = cache
        self.log = log
        self.why = Why(codebook, title_of=title_of)
        self.config = config
        self.chance = Chance(rng)
        self.viewers = viewers
        self.outlooks = Outlooks(
            reader=reader or Here(viewers, recommender, count=config.wishes),
            log=log,
            config=config,
            asks=self._ask_for_what_is_missing,
        )
        self._strangers: dict[str, Shown] = {}  # by viewer: whose pages are not personal
        self._composing = threading.Lock()
        self._looked_s, self._num_unlooked = 0.0, 0
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="looker")
        self._mark, self._numbers = os.urandom(MARK_BYTES).hex(), itertools.count()

    def close(self) -> None:
        """Read no more viewers; nothing of them has to be written."""
        self._looker.shutdown()
        self.outlooks.close()

    def page(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> Page:
        """The next `count` videos for a viewer, none of which they have met if that can be."""
        page = self.page_soon(viewer_id, count=count, now_s=now_s, choices=choices)
        return page if isinstance(page, Page) else page.result()

    def page_soon(
        self, viewer_id: str, *, count: int, now_s: float, choices: Choices = AS_USUAL
    ) -> "Page | Future[Page]":
        """The page at once where the viewer did nothing since they were read, else in a moment."""
        self._look_around_at_times(now_s)
        compose = partial(
            self._page, viewer_id=viewer_id, count=count, now_s=now_s, remember=choices.remember
        )
        who = viewer_id if choices.personal else NOBODY
        sight = self.outlooks.kept(who)
        if sight is not None:
            return compose(sight)
        return then(self.outlooks.read(who, now_s, secretly=not choices.remember), compose)

    def _look_around_at_times(self, now_s: float) -> None:
        """See what other processes did since; what this one did is known without looking."""
        self._num_unlooked += 1
        if 0 <= now_s - self._looked_s < LOOK_EVERY_S:
            return
        is_busy, self._looked_s, self._num_unlooked = self._num_unlooked > BUSY, now_s, 0
        if is_busy:  # the store lets other threads in at every question: no page waits for that
            try:
                self._looker.submit(self._look_around).add_done_callback(_say_if_wrong)
            except RuntimeError as error:  # it is closed
                raise Busy("The server is ending.") from error
        else:
            self._look_around()

    def _look_around(self) -> None:
        self.take_in_what_was_made()
        if self.outlooks.catch_up():
            with self._composing:
                self._strangers.clear()

    def take_in_what_was_made(self) -> None:
        """Let clips that workers finished since the last request be found and recommended."""
        news = self.cache.refresh()
        for video_id in news.gone:
            self.outlooks.reader.remove(video_id)
        for video, sid in news.came:
            self.outlooks.reader.add(video.id, sid)

    def hear(self, events: list[Event]) -> "Future[int]":
        """Keep what viewers did. Tells, once it is safe on disk, how many of them were new."""
        return then(self.log.append(events), partial(self._heard, {one.viewer for one in events}))

    def _heard(self, viewers: Collection[str], num_new: int) -> int:
        """Before anybody hears that it is kept: the next page of these is for who they are now."""
        self.outlooks.forget(viewers)
        return num_new

    def _page(
        self, sight: Sight, *, viewer_id: str, count: int, now_s: float, remember: bool
    ) -> Page:
        with self._composing:
            if sight.listened is None:
                self._get_ready(sight)
            shown = sight.shown if sight.viewer.id == viewer_id else self._shown_to(viewer_id)
            met = shown.met(sight.seen, now_s - self.config.remember_s)
            goes_on = shown is sight.shown
            chosen = list(islice(self._chosen(sight, met, goes_on=goes_on), count))
            if len(chosen) < count:  # they have met nearly everything: show it again
                again = self._chosen(sight, {answer.video.id for _, _, answer in chosen})
                chosen += islice(again, count - len(chosen))
            cards = self._cards(sight, viewer_id, chosen, now_s)
            impressions = [card.impression for card in cards]
            if remember:
                self.log.impress(impressions)
            shown.add((one.video for one in impressions), now_s)
        self.cache.tally.count((answer for _, _, answer in chosen), now_s)
        return Page(cards, sight.coverage)

    def _chosen(self, sight: Sight, met: set[str], *, goes_on: bool = False) -> Iterator[Chosen]:
        """Answers to the wishes, none of them among `met`, which they join: first what came true,
        then by chance. It `goes_on` where the sight's last search ended, if `met` is its own."""
        true = self._come_true(sight, met)
        places, chances = drawn(sight.lots, self.chance, without=true)
        for place, probability in zip(true + places, [1.0] * len(true) + chances, strict=True):
            mark = sight.mark(place) if goes_on else None
            wish, key = sight.wishes[place].wish, sight.told[place][0]
            answer = self.cache.answer(wish, key, without=met, mark=mark)
            if answer is None:  # everything there is was met
                return
            met.add(answer.video.id)
            yield place, probability, answer

    def _come_true(self, sight: Sight, met: Collection[str]) -> list[int]:
        """The likeliest wish whose clip was made and that the viewer has not met; or none."""
        if sight.made_seq != (seq := self.cache.seq):  # clips came since
            wishes = enumerate(sight.wishes)
            sight.made = tuple(place for place, one in wishes if self.cache.is_made(one.wish))
            sight.made_seq = seq
        for place in sight.made:
            answer = self.cache.exact(sight.wishes[place].wish, without=met)
            if answer is not None and answer.video.is_made:
                return [place]
        return []

    def _shown_to(self, viewer_id: str) -> Shown:
        """What was shown to somebody whose pages are not personal; known here alone, for a while.

        Nobody's own list would keep from one what was shown to another.
        """
        shown = self._strangers.pop(viewer_id, None) or Shown(self.config.remember)
        self._strangers[viewer_id] = shown
        while len(self._strangers) > STRANGERS:
            del self._strangers[next(iter(self._strangers))]
        return shown

    def _cards(
        self, sight: Sight, viewer_id: str, chosen: Sequence[Chosen], now_s: float
    ) -> tuple[Card, ...]:
        """The cards of a page, each with its impression and with why."""
        # Names that come in order are kept quicker; after the time, what no other process has.
        assert sight.listened is not None, "a sight that was made ready"
        began = f"{round(now_s * 1000):012x}{self._mark}"
        shown = [self.codebook.told(answer.sid) for _, _, answer in chosen]
        reasons = self.why.told(sight.listened, [answer.sid for _, _, answer in chosen], shown)
        cards = []
        for position, (place, probability, answer) in enumerate(chosen):
            key, wished = sight.told[place]
            impression = Impression(
                f"{began}{next(self._numbers):08x}",
                viewer_id,
                answer.video.id,
                key,
                answer.way,
                probability,
                position,
                now_s,
            )
            ranked = sight.wishes[place]
            cards.append(
                Card(impression, ranked, answer, wished, shown[position], reasons[position])
            )
        return tuple(cards)

    def _get_ready(self, sight: Sight) -> None:
        """What all pages of a sight have in common."""
        sight.told = tuple(
            (self.cache.key(one.wish), self.codebook.told(one.wish.sid)) for one in sight.wishes
        )
        sight.listened = self.why.listen(sight.viewer)

    def _ask_for_what_is_missing(self, sights: Sequence[Sight], now_s: float) -> None:
        """One row for one wish, however many viewers ask, of each the likeliest wishes first."""
        asks = [
            (one.wish, sight.viewer.id, one.probability)
            for sight in sights
            for one in islice(
                (one for one in sight.wishes if not self.cache.has(one.wish)), self.config.max_asks
            )
        ]
        self.cache.ask_all(asks, now_s=now_s)


def _say_if_wrong(look: "Future[None]") -> None:
    if (error := look.exception()) is not None:  # the next reading is told it, too
        logger.warning("what other processes did is not seen for now: %s", error)
