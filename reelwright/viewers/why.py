"""Why somebody is shown a video: attention over what is known of them, put into plain words.

Everything that speaks for the video has a voice. A voice is as loud as it is like the video, as
much as it was meant and as recent as it is; the shares that people see are a softmax over these.
One voice speaks for nothing known: where it is the loudest, that is what people are told.

Shapes: N liked deeds, S videos asked about, D dimensions of a branch.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import (
    Codes,
    EventKind,
    Origin,
    Reason,
    SemanticId,
    Viewer,
    Words,
)

Vector = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]
TitleOf = Callable[[str], str | None]

MOST_REASONS = 4
LEAST_SHARE = 0.05  # of the whole; who says less is not named
SHARPNESS = 6.0  # a video that is the same is e**6 times as loud as one that has nothing of it
STRANGENESS = 0.5  # likeness up to which a deed is silent, and how loud nothing known is
NOTHING_KNOWN = math.exp(SHARPNESS * STRANGENESS)
FADES_BY_HALF = 20  # deeds
TO_THE_END = 0.6  # weight of a play from which on it was watched to the end
WORDS_NAMED = 2
SAYINGS = 50_000  # remembered: what deeds are called
_loudest = itemgetter(1)
NEW_VIEWER, NEW_VIDEO = "New here: popular with everyone", "Something new for you"

ACTS = {
    EventKind.LIKE: "You liked",
    EventKind.SHARE: "You shared",
    EventKind.CLICK: "You clicked on",
    EventKind.BUY: "You bought something from",
}


class Reader(Protocol):
    """Reads codes back: as much of a codebook as reasons need."""

    def decode(self, sid: SemanticId, /) -> tuple[Vector, Vector]: ...

    def told(self, sid: SemanticId, /) -> Words: ...


class Directions:
    """The directions of codes in one branch, each measured once. Those that say nothing are 0."""

    def __init__(self) -> None:
        self._row: dict[Codes, int] = {}
        self._unit_ND: Vector = np.zeros((0, 0))

    def row(self, codes: Codes, sid: SemanticId, locate: Callable[[SemanticId], Vector]) -> int:
        """Where these codes of a semantic ID stand, of which `locate` tells the vector."""
        row = self._row.get(codes)
        return self._add(codes, locate(sid)) if row is None else row

    def likeness(self, row_S: Ints, row_N: Ints) -> Vector:
        """(S, N): the cosine of each with each."""
        like_SN: Vector = self._unit_ND.take(row_S, axis=0) @ self._unit_ND.take(row_N, axis=0).T
        return like_SN

    def _add(self, codes: Codes, vector: Vector) -> int:
        row = len(self._row)
        if row == len(self._unit_ND):  # twice the room, so that each is copied once on average
            more_ND = np.zeros((max(64, row), len(vector)), vector.dtype)
            self._unit_ND = np.concatenate([self._unit_ND, more_ND]) if row else more_ND
        self._unit_ND[row] = vector / (math.sqrt(float(vector @ vector)) or 1.0)
        self._row[codes] = row
        return row


@dataclass(frozen=True, slots=True, eq=False)
class Listened:
    """The liked deeds of a viewer, the last first, ready to speak; and what they said."""

    viewer: Viewer
    words: Sequence[str]
    rows: tuple[Ints, Ints]  # among the directions of both branches
    meant_N: Vector
    about: dict[Codes, dict[str, float]] = field(default_factory=dict)
    made: dict[Codes, float] = field(default_factory=dict)


class Why:
    """Tells reasons in the words of one codebook.

    Deeds are called by their video's title where `title_of` knows it, else by what they are
    about.
    """

    def __init__(self, codebook: Reader, *, title_of: TitleOf | None = None) -> None:
        self.codebook = codebook
        self.title_of = title_of
        self._content, self._creative = Directions(), Directions()
        self._lock = Lock()
        self._deed_words = lru_cache(SAYINGS)(self._say_deed)

    def __call__(self, viewer: Viewer, sids: Sequence[SemanticId]) -> list[tuple[Reason, ...]]:
        """For each video, by its codes, at most four reasons, the strongest first, whose weights
        sum to 1. The viewer is looked at once, however many videos there are."""
        return self.told(self.listen(viewer), sids)

    def listen(self, viewer: Viewer) -> "Listened":
        """What a viewer's deeds have to say, whatever they are asked about."""
        liked = [
            (deed, math.log(deed.weight) - math.log(2.0) * back / FADES_BY_HALF)
            for back, deed in enumerate(reversed(viewer.history))
            if deed.weight > 0
        ]
        return Listened(
            viewer,
            [
                self._deed_words(deed.video, deed.sid, deed.kind, deed.weight >= TO_THE_END)
                for deed, _ in liked
            ],
            self._rows([deed.sid for deed, _ in liked]),
            np.array([meant for _, meant in liked]),
        )

    def told(
        self, heard: "Listened", sids: Sequence[SemanticId], words: Sequence[Words] = ()
    ) -> list[tuple[Reason, ...]]:
        """Reasons for each of these videos; `words` is what their codes say, if that is known."""
        words = words or [self.codebook.told(sid) for sid in sids]
        viewer = heard.viewer
        nothing = NEW_VIDEO if viewer.history else NEW_VIEWER
        told = []
        for sid, says, (share, made) in zip(sids, words, self._voices(heard, sids), strict=True):
            if made:
                _add_voice(share, _style_words(says), made)
            if viewer.more_content or viewer.more_creative:
                for said, asked in _steering(viewer, sid):
                    _add_voice(share, said, math.exp(SHARPNESS) * asked)
            if viewer.attributes:
                for said in _attributes(viewer, says):
                    _add_voice(share, said, math.exp(SHARPNESS))
            _add_voice(share, nothing, NOTHING_KNOWN)
            told.append(_reasons(share))
        return told

    def _voices(
        self, heard: "Listened", sids: Sequence[SemanticId]
    ) -> Iterator[tuple[dict[str, float], float]]:
        """For each video, how loud the liked deeds that are like what it is about speak for it,
        by their words; and all that are made as it is, together.

        Either follows from the codes of one branch, which many videos share: remembered.
        """
        if any(sid.content not in heard.about or sid.creative not in heard.made for sid in sids):
            self._hear(heard, sids)
        for sid in sids:
            yield dict(heard.about[sid.content]), heard.made[sid.creative]

    def _hear(self, heard: "Listened", sids: Sequence[SemanticId]) -> None:
        """Remember what the deeds have to say to these."""
        about_SN, made_SN = self._loudness(heard, sids)
        for sid, about_N, made in zip(
            sids, about_SN.tolist(), made_SN.sum(axis=1).tolist(), strict=True
        ):
            share: dict[str, float] = {}
            for said, about in zip(heard.words, about_N, strict=True):
                if about:
                    _add_voice(share, said, about)
            heard.about[sid.content] = share
            heard.made[sid.creative] = made

    def _loudness(self, heard: "Listened", sids: Sequence[SemanticId]) -> tuple[Vector, Vector]:
        """How loud each liked deed speaks for each video: for what it is about, and for how it is
        made; 0 where it is too little like it."""
        asked = self._rows(sids)
        about_SN, made_SN = (
            branch.likeness(row_S, liked_N)
            for branch, liked_N, row_S in zip(
                (self._content, self._creative), heard.rows, asked, strict=True
            )
        )
        return _loud(about_SN, heard.meant_N), _loud(made_SN, heard.meant_N)

    def _rows(self, sids: Sequence[SemanticId]) -> tuple[Ints, Ints]:
        with self._lock:
            content, creative = [], []
            for sid in sids:
                content.append(self._content.row(sid.content, sid, self._about))
                creative.append(self._creative.row(sid.creative, sid, self._style))
        return np.array(content, np.int64), np.array(creative, np.int64)

    def _about(self, sid: SemanticId) -> Vector:
        return self.codebook.decode(sid)[0]

    def _style(self, sid: SemanticId) -> Vector:
        return self.codebook.decode(sid)[1]

    def _say_deed(self, video: str, sid: SemanticId, kind: EventKind, is_whole: bool) -> str:
        title = self.title_of(video) if self.title_of else None
        about = () if title else self.codebook.told(sid).about[:WORDS_NAMED]
        what = f"“{title}”" if title else f"videos about {', '.join(about)}" if about else "others"
        if kind is EventKind.PLAY:
            return f"You watched {what} to the end" if is_whole else f"You saw {what}"
        return f"{ACTS.get(kind, 'You saw')} {what}"


def _loud(like_SN: Vector, meant_N: Vector) -> Vector:
    loud_SN: Vector = np.exp(SHARPNESS * like_SN + meant_N)
    loud_SN *= like_SN > STRANGENESS
    return loud_SN


def _add_voice(share: dict[str, float], words: str, loud: float) -> None:
    share[words] = share.get(words, 0.0) + loud


def _reasons(share: Mapping[str, float]) -> tuple[Reason, ...]:
    """What all voices say, in shares; what is left out is shared."""
    total = sum(share.values())
    ranked = sorted(share.items(), key=_loudest, reverse=True)[:MOST_REASONS]
    least = LEAST_SHARE * total
    named = ranked[:1] + [
        (words, loud) for words, loud in ranked[1:] if loud >= least and words != NEW_VIDEO
    ]
    told = sum([loud for _, loud in named])
    return tuple([Reason(words, loud / told) for words, loud in named])


def _style_words(words: Words) -> str:
    return f"You often like {', '.join(words.style[:WORDS_NAMED]) or 'this style'}"


def _steering(viewer: Viewer, sid: SemanticId) -> Iterator[tuple[str, float]]:
    for words, taps, codes in (
        ("You asked for more like this topic", viewer.more_content, sid.content),
        ("You asked for more of this style", viewer.more_creative, sid.creative),
    ):
        asked = sum(more for prefix, more in taps.items() if codes[: len(prefix)] == prefix)
        if asked > 0:
            yield words, asked


def _attributes(viewer: Viewer, told: Words) -> Iterator[str]:
    """What is known of the viewer speaks where the video is about it in so many words."""
    if not viewer.attributes:
        return
    words = {word.lower() for text in (*told.about, *told.style) for word in text.split()}
    for attribute in viewer.attributes:
        for value in filter(None, (part.strip() for part in attribute.value.split(","))):
            if words.issuperset(value.lower().split()):
                how = "You told us" if attribute.origin is Origin.DECLARED else "We noticed"
                yield f"{how}, {attribute.name}: {value}"
