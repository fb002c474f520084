"""A page of the feed as JSON, from parts that are written once: as `wire.FeedPage` has it.

A page is a few thousand characters, nearly all of which tell of videos and words that do not
change; only those of the viewer, of chance and of "why this?" are written for each page.
"""

from typing import Any

import orjson
from orjson import Fragment

from reelwright.domain import Card, Page, Video, Words
from reelwright.serve.wire import FeedVideo

REMEMBERED = 50_000  # videos, some 1 KB each, and as many words

Told = tuple[Fragment, Fragment]  # about what, and in which style


class PageWriter:
    """Writes pages; remembers how it wrote the videos that it met."""

    def __init__(self) -> None:
        self._videos: dict[str, tuple[Video, Fragment]] = {}
        self._words: dict[int, tuple[Words, Told]] = {}  # by identity: quicker than by what it is

    def __call__(self, viewer: str, page: Page) -> bytes:
        """The same JSON as `FeedPage.of(viewer, page).model_dump_json()`."""
        cards = [self._card(card) for card in page.cards]
        return orjson.dumps({"viewer": viewer, "coverage": page.coverage, "cards": cards})

    def _card(self, card: Card) -> dict[str, Any]:
        impression, ranked, answer, wished, shown, why = card
        wished_about, wished_style = self._said(wished)
        about, style = self._said(shown)
        return {
            "impression": impression.id,
            "video": self._video(answer.video),
            "way": answer.way,
            "wish": {
                "key": impression.wish,
                "probability": ranked.probability,
                "about": wished_about,
                "style": wished_style,
            },
            "about": about,
            "style": style,
            "why": [{"words": words, "weight": weight} for words, weight in why],
        }

    def _video(self, video: Video) -> Fragment:
        kept = self._videos.get(video.id)
        if kept is None or kept[0] is not video:
            if len(self._videos) >= REMEMBERED:
                self._videos.clear()
            told = Fragment(FeedVideo.of(video).model_dump_json().encode())
            kept = self._videos[video.id] = video, told
        return kept[1]

    def _said(self, words: Words) -> Told:
        kept = self._words.get(id(words))
        if kept is None or kept[0] is not words:
            if len(self._words) >= REMEMBERED:
                self._words.clear()
            told = Fragment(orjson.dumps(words.about)), Fragment(orjson.dumps(words.style))
            kept = self._words[id(words)] = words, told
        return kept[1]
