"""One request, top to bottom: a viewer asks and gets the next videos at once, made or not.

This is one of the two stories of the system; the other, how a wish is made, is `workshop.py`.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from reelwright.cache.cache import Cache
from reelwright.config import FeedConfig
from reelwright.domain import Card, Event, Impression, Page, RankedWish, Viewer
from reelwright.recommender.recommender import Recommender
from reelwright.sids.codebook import Codebook
from reelwright.storage.events import EventLog
from reelwright.viewers.viewers import Viewers
from reelwright.viewers.why import TitleOf, why


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
    ) -> None:
        self.viewers = viewers
        self.recommender = recommender
        self.codebook = codebook
        self.cache = cache
        self.log = log
        self.title_of = title_of
        self.config = config
        self.rng = rng

    def page(self, viewer_id: str, *, count: int, now_s: float) -> Page:
        """The next `count` videos for a viewer, none of which they have met if that can be."""
        self.take_in_what_was_made()
        viewer = self.viewers.state(viewer_id)
        outlook = self.recommender.outlook(viewer, count=self.config.wishes)
        wishes = outlook.wishes
        self._ask_for_what_is_missing(viewer, wishes, now_s)
        met = viewer.seen | self.log.shown(viewer_id, since_s=now_s - self.config.remember_s)
        cards = list(islice(self._cards(viewer, wishes, met, now_s), count))
        if len(cards) < count:  # they have met nearly everything: show it again
            shown = {card.answer.video.id for card in cards}
            again = self._cards(viewer, wishes, shown, now_s, first=len(cards))
            cards += islice(again, count - len(cards))
        self.log.impress([card.impression for card in cards])
        self.cache.tally.count([card.answer for card in cards], now_s)
        return Page(tuple(cards), outlook.coverage)

    def take_in_what_was_made(self) -> None:
        """Let clips that workers finished since the last request be found and recommended."""
        news = self.cache.refresh()
        for video_id in news.gone:
            self.recommender.remove(video_id)
        for video, sid in news.came:
            self.recommender.add(video.id, sid)

    def hear(self, events: list[Event]) -> int:
        """Keep what viewers did. Returns, once it is safe on disk, how many of them were new."""
        return self.log.append(events).result()

    def _cards(
        self,
        viewer: Viewer,
        wishes: Sequence[RankedWish],
        met: Collection[str],
        now_s: float,
        *,
        first: int = 0,
    ) -> Iterator[Card]:
        """Answers to the wishes, none of them among `met`: first what came true, then by chance.

        `first` is the place on the page of the first of them.
        """
        taken = set(met)
        true = self._come_true(wishes, taken)
        others = [ranked for ranked in wishes if ranked not in true]
        chosen = chain(((ranked, 1.0) for ranked in true), self._drawn(others))
        for position, (ranked, probability) in enumerate(chosen, start=first):
            answer = self.cache.answer(ranked.wish, without=taken)
            if answer is None:  # everything there is has been taken
                return
            taken.add(answer.video.id)
            yield Card(
                impression=Impression(
                    id=uuid.uuid4().hex,
                    viewer=viewer.id,
                    video=answer.video.id,
                    wish=ranked.wish.key,
                    way=answer.way,
                    probability=probability,
                    position=position,
                    at_s=now_s,
                ),
                ranked=ranked,
                answer=answer,
                wished=self.codebook.meaning(ranked.wish.sid),
                shown=self.codebook.meaning(answer.sid),
                why=why(viewer, answer, self.codebook, title_of=self.title_of),
            )

    def _come_true(self, wishes: Sequence[RankedWish], met: Collection[str]) -> list[RankedWish]:
        """The likeliest wish whose clip was made and that the viewer has not met; or none."""
        for ranked in wishes:
            answer = self.cache.exact(ranked.wish, without=met)
            if answer is not None and answer.video.is_made:
                return [ranked]
        return []

    def _ask_for_what_is_missing(
        self, viewer: Viewer, wishes: Sequence[RankedWish], now_s: float
    ) -> None:
        """One row for one wish, however many ask, likeliest wishes first."""
        missing = [ranked for ranked in wishes if not self.cache.has(ranked.wish)]
        for ranked in missing[: self.config.max_asks]:
            self.cache.ask(ranked.wish, viewer=viewer.id, priority=ranked.probability, now_s=now_s)

    def _drawn(self, wishes: list[RankedWish]) -> Iterator[tuple[RankedWish, float]]:
        """The wishes in a drawn order, each with the probability of being drawn at its place.

        Places are filled one after another in proportion to probability ** (1 / temperature), so
        that the log knows how likely each choice was and can be learned from.
        """
        left = list(wishes)
        while left:
            logits = np.log([ranked.probability for ranked in left]) / self.config.temperature
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            place = int(self.rng.choice(len(left), p=chances))
            yield left.pop(place), float(chances[place])
