"""A page of the feed as JSON, from parts that are written once: as `wire.FeedPage` has it.

A page is a few thousand characters, nearly all of which tell of videos and words that do not
change; only those of the viewer, of chance and of "why this?" are written for each page.
"""

import json
from collections.abc import Sequence
from functools import lru_cache

from reelwright.domain import Card, Page, Reason, Video, Words
from reelwright.serve.wire import FeedVideo

REMEMBERED = 50_000  # videos, and words, some 1 KB each; and what reasons say

quoted_once = json.encoder.encode_basestring  # text as JSON, beyond ASCII as it is
quoted = lru_cache(REMEMBERED)(quoted_once)


class PageWriter:
    """Writes pages; remembers how it wrote the videos that it met."""

    def __init__(self) -> None:
        self._videos: dict[str, tuple[Video, str]] = {}
        self._words: dict[int, tuple[Words, str]] = {}  # by identity: quicker than by what it is

    def __call__(self, viewer: str, page: Page) -> bytes:
        """The same JSON as `FeedPage.of(viewer, page).model_dump_json()`."""
        coverage = "null" if page.coverage is None else repr(page.coverage)
        cards = ",".join(map(self._card, page.cards))
        return f'{{"viewer":{quoted(viewer)},"coverage":{coverage},"cards":[{cards}]}}'.encode()

    def _card(self, card: Card) -> str:
        impression, ranked, answer, wished, shown, why = card
        return (
            f'{{"impression":{quoted_once(impression.id)},"video":{self._video(answer.video)},'
            f'"way":"{answer.way.value}","wish":{{"key":"{impression.wish}",'
            f'"probability":{ranked.probability!r},{self._said(wished)}}},'
            f'{self._said(shown)},"why":[{_reasons(why)}]}}'
        )

    def _video(self, video: Video) -> str:
        kept = self._videos.get(video.id)
        if kept is None or kept[0] is not video:
            if len(self._videos) >= REMEMBERED:
                self._videos.clear()
            kept = self._videos[video.id] = video, FeedVideo.of(video).model_dump_json()
        return kept[1]

    def _said(self, words: Words) -> str:
        kept = self._words.get(id(words))
        if kept is None or kept[0] is not words:
            if len(self._words) >= REMEMBERED:
                self._words.clear()
            kept = self._words[id(words)] = words, _told(words)
        return kept[1]


def _told(words: Words) -> str:
    about = ",".join(map(quoted, words.about))
    style = ",".join(map(quoted, words.style))
    return f'"about":[{about}],"style":[{style}]'


def _reasons(reasons: Sequence[Reason]) -> str:
    return ",".join(
        [f'{{"words":{quoted(words)},"weight":{weight!r}}}' for words, weight in reasons]
    )
