"""A page of the feed as JSON, from parts that are written once: as `wire.FeedPage` has it.

A page is a few thousand characters, nearly all of which tell of videos and words that do not
change; only those of the viewer, of chance and of "why this?" are written for each page.
"""

import json
from collections.abc import Sequence

from reelwright.domain import Card, Page, Reason, Video, Words
from reelwright.serve.wire import FeedVideo

REMEMBERED = 50_000  # videos, and words, some 1 KB each

quoted = json.encoder.encode_basestring  # text as JSON, beyond ASCII as it is


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
        return (
            f'{{"impression":{quoted(card.impression.id)},"video":{self._video(card.answer.video)},'
            f'"way":"{card.answer.way}","wish":{{"key":"{card.impression.wish}",'
            f'"probability":{card.ranked.probability!r},{self._said(card.wished)}}},'
            f'{self._said(card.shown)},"why":[{_reasons(card.why)}]}}'
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
    return ",".join([f'{{"words":{quoted(one.words)},"weight":{one.weight!r}}}' for one in reasons])
