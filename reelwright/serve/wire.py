"""What goes over the wire, and how it becomes the nouns of `domain` and comes from them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.cache.renders import RenderRow
from reelwright.cache.states import RenderState
from reelwright.domain import Card, Event, EventKind, Meaning, Page, Video, Way
from reelwright.serve.surfaces import Codes, Watcher
from reelwright.storage.keys import Scope

Id = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]

# Everything but an impression: those are written by the side that chose them.
Deed = Literal[
    EventKind.PLAY,
    EventKind.LIKE,
    EventKind.SKIP,
    EventKind.SHARE,
    EventKind.CLICK,
    EventKind.BUY,
    EventKind.MORE_CONTENT,
    EventKind.LESS_CONTENT,
    EventKind.MORE_CREATIVE,
    EventKind.LESS_CREATIVE,
]


class FeedVideo(BaseModel):
    """A film that can be watched now."""

    id: str
    title: str
    tags: list[str]
    duration_s: float
    width: int
    height: int
    has_sound: bool
    film: str = Field(description="Where the MP4 is; answers byte ranges.")
    poster: str
    preview: str | None = Field(description="Half a second of it, small and silent, for a loop.")
    captions: str | None = Field(description="WebVTT of the words on the picture.")
    is_made: bool = Field(description="Made by this program for a wish; label it as such.")

    @classmethod
    def of(cls, video: Video) -> "FeedVideo":
        return cls(
            id=video.id,
            title=video.title,
            tags=list(video.tags),
            duration_s=video.duration_s,
            width=video.width,
            height=video.height,
            has_sound=video.has_sound,
            film=f"/clips/{video.film}",
            poster=f"/clips/{video.poster}",
            preview=f"/clips/{video.preview}" if video.preview else None,
            captions=f"/clips/{video.captions}" if video.captions else None,
            is_made=video.is_made,
        )


class FeedWish(BaseModel):
    """What the recommender held to be wished for."""

    key: str
    probability: float
    about: list[str]
    style: list[str]


class FeedReason(BaseModel):
    """One part of "why this?", with its share of the whole."""

    words: str
    weight: float


class FeedCard(BaseModel):
    """One place in the feed: what is shown, which wish it answers, and why."""

    impression: str = Field(description="Send it back with every event that answers this card.")
    video: FeedVideo
    way: Way
    wish: FeedWish
    about: list[str]
    style: list[str]
    why: list[FeedReason]

    @classmethod
    def of(cls, card: Card) -> "FeedCard":
        return cls(
            impression=card.impression.id,
            video=FeedVideo.of(card.answer.video),
            way=card.answer.way,
            wish=FeedWish(
                key=card.impression.wish,
                probability=card.ranked.probability,
                about=list(card.wished.about),
                style=list(card.wished.style),
            ),
            about=list(card.shown.about),
            style=list(card.shown.style),
            why=[FeedReason(words=why.words, weight=why.weight) for why in card.why],
        )


class FeedPage(BaseModel):
    """The next videos for a viewer, the first to be watched first."""

    viewer: str
    coverage: float | None = Field(
        description="How likely it is that what the viewer would like next exists; calibrated. "
        "Null where there was no time to tell yet; a later page has it."
    )
    cards: list[FeedCard]

    @classmethod
    def of(cls, viewer: str, page: Page) -> "FeedPage":
        cards = [FeedCard.of(card) for card in page.cards]
        return cls(viewer=viewer, coverage=page.coverage, cards=cards)


class HeardEvent(BaseModel):
    """Something that a viewer did. Sending the same `id` again is harmless."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: Id
    viewer: Id
    video: Id
    kind: Deed
    at_s: float | None = Field(None, ge=0, description="Seconds since 1970; now, where missing.")
    value: float = Field(0.0, ge=0, description="play: seconds watched; buy: what was paid.")
    impression: str = Field("", max_length=128, description="The card that it answers.")

    def event(self, now_s: float) -> Event:
        """The noun. A viewer's clock may be wrong, but nobody acts in the future."""
        return Event(
            id=self.id,
            viewer=self.viewer,
            video=self.video,
            kind=self.kind,
            at_s=now_s if self.at_s is None else min(self.at_s, now_s),
            value=self.value,
            impression=self.impression,
        )


class HeardEvents(BaseModel):
    """What viewers did, in any order."""

    model_config = ConfigDict(extra="forbid")

    events: list[HeardEvent] = Field(min_length=1)


class Kept(BaseModel):
    """The events are safe on disk."""

    accepted: int
    new: int = Field(description="How many had not been sent before.")


class MakingRow(BaseModel):
    """A wish on its way to becoming a clip."""

    wish: str = Field(description="Its key, as cards have it.")
    state: RenderState
    about: list[str]
    style: list[str]
    asked: int = Field(description="How often it was asked for; it is made once.")
    asked_s: float = Field(description="When it was first asked for, in seconds since 1970.")
    since_s: float = Field(description="When it ended; when it was asked for, if it has not.")

    @classmethod
    def of(cls, row: RenderRow, meaning: Meaning) -> "MakingRow":
        return cls(
            wish=row.wish.key,
            state=row.state,
            about=list(meaning.about),
            style=list(meaning.style),
            asked=row.asked,
            asked_s=row.asked_s,
            since_s=row.asked_s if row.ended_s is None else row.ended_s,
        )


class MakingRows(BaseModel):
    """What is being made, the newest first."""

    now_s: float
    rows: list[MakingRow]

    @classmethod
    def of(cls, rows: Sequence[RenderRow], codes: Codes, now_s: float) -> "MakingRows":
        """Rows of an earlier codebook have no words any longer, so they are left out."""
        known = [row for row in rows if row.wish.codebook == codes.version]
        return cls(
            now_s=now_s, rows=[MakingRow.of(row, codes.meaning(row.wish.sid)) for row in known]
        )


class DemoViewer(BaseModel):
    """A simulated viewer whom one can watch as."""

    id: str
    tastes: list[str]


class DemoViewers(BaseModel):
    """Whom a visitor may watch as; empty where there is no demo world."""

    viewers: list[DemoViewer]

    @classmethod
    def of(cls, watchers: Sequence[Watcher]) -> "DemoViewers":
        return cls(viewers=[DemoViewer(id=one.id, tastes=list(one.tastes)) for one in watchers])


class SigningIn(BaseModel):
    """What an operator signs in with."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=200, description="As reelwright keys add shows it.")


class SignedIn(BaseModel):
    """Who asks, as the door knows them."""

    name: str = Field(description="Of the key; empty where none is needed.")
    scopes: list[Scope]
    csrf: str = Field(description="Send it back as X-CSRF-Token with whatever changes something.")


class Health(BaseModel):
    """Whether the door is open, and whether all behind it works."""

    status: Literal["ok", "degraded"]
    version: str
    database: Literal["ok", "busy"]
    workers: Literal["working", "idle", "missing", "gave up"] | None = Field(
        description="missing: a wish has waited for minutes and nobody makes anything."
    )
    making: int | None = Field(description="Wishes that are being made.")
    waiting: int | None = Field(description="Wishes that wait to be made.")


class Problem(BaseModel):
    """What was wrong and what to do about it (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str
