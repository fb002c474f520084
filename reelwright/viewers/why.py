"""Why somebody is shown a video: attention over what is known of them, put into plain words.

Everything that speaks for the video has a voice. A voice is as loud as it is like the video, as
much as it was meant and as recent as it is; the shares that people see are a softmax over these.
One voice speaks for nothing known: where it is the loudest, that is what people are told.

Shapes: N codes met in a branch, D its dimensions.
"""

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter, mul
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
Loudness = Sequence[float]  # by row
Voice = tuple[str, float]  # what it says, and how loud
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
REMEMBERED = 1024  # codes of a branch, with how loud all others speak for them
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
    """The directions of codes in one branch, each measured once, and how loud one speaks for
    another. Those that say nothing are 0."""

    def __init__(self, locate: Callable[[SemanticId], Vector]) -> None:
        """`locate` tells the vector of a semantic ID in this branch."""
        self.locate = locate
        self._row: dict[Codes, int] = {}
        self._unit_ND: Vector = np.zeros((0, 0))
        self._heard: dict[Codes, Loudness] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._row)

    def row(self, codes: Codes, sid: SemanticId) -> int:
        """Where these codes of a semantic ID stand."""
        row = self._row.get(codes)
        if row is None:
            with self._lock:
                row = self._row.get(codes)
                return self._add(codes, self.locate(sid)) if row is None else row
        return row

    def loudness(self, codes: Codes, sid: SemanticId, rows: int) -> Loudness:
        """How loud the codes in each row, so many at least, speak for those of a semantic ID,
        before it is known how they are meant; 0 where they are too little like them.

        Remembered, for many videos share their codes.
        """
        loud = self._heard.get(codes)
        if loud is None or len(loud) < rows:
            row = self.row(codes, sid)
            with self._lock:
                like_N = self._unit_ND[: len(self._row)] @ self._unit_ND[row]
            if len(self._heard) >= REMEMBERED:
                self._heard.clear()
            loud_N = np.exp(SHARPNESS * like_N.astype(float)) * (like_N > STRANGENESS)
            loud = self._heard[codes] = array("d", loud_N.tobytes())
        return loud

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
    """The liked deeds of a viewer, the last first, ready to speak."""

    viewer: Viewer
    words: Sequence[str]
    content: Sequence[int]  # rows among the directions
    creative: Sequence[int]
    rows: tuple[int, int]  # so many were there then
    meant: Sequence[float]
    # What they said to these codes: of a content the loudest voices and how loud all are together,
    # of a style how loud they are together, for they say the same.
    about: dict[Codes, tuple[list[Voice], float]] = field(default_factory=dict)
    made: dict[Codes, float] = field(default_factory=dict)


class Why:
    """Tells reasons in the words of one codebook.

    Deeds are called by their video's title where `title_of` knows it, else by what they are
    about.
    """

    def __init__(self, codebook: Reader, *, title_of: TitleOf | None = None) -> None:
        self.codebook = codebook
        self.title_of = title_of
        self._content = Directions(lambda sid: codebook.decode(sid)[0])
        self._creative = Directions(lambda sid: codebook.decode(sid)[1])
        self._deed_words = lru_cache(SAYINGS)(self._say_deed)

    def __call__(self, viewer: Viewer, sids: Sequence[SemanticId]) -> list[tuple[Reason, ...]]:
        """For each video, by its codes, at most four reasons, the strongest first, whose weights
        sum to 1. The viewer is looked at once, however many videos there are."""
        return self.told(self.listen(viewer), sids)

    def listen(self, viewer: Viewer) -> "Listened":
        """What a viewer's deeds have to say, whatever they are asked about."""
        liked = [
            (deed, deed.weight * 0.5 ** (back / FADES_BY_HALF))
            for back, deed in enumerate(reversed(viewer.history))
            if deed.weight > 0
        ]
        sids = [deed.sid for deed, _ in liked]
        return Listened(
            viewer,
            [
                self._deed_words(deed.video, deed.sid, deed.kind, deed.weight >= TO_THE_END)
                for deed, _ in liked
            ],
            [self._content.row(sid.content, sid) for sid in sids],
            [self._creative.row(sid.creative, sid) for sid in sids],
            (len(self._content), len(self._creative)),
            [meant for _, meant in liked],
        )

    def told(
        self, heard: "Listened", sids: Sequence[SemanticId], words: Sequence[Words] = ()
    ) -> list[tuple[Reason, ...]]:
        """Reasons for each of these videos; `words` is what their codes say, if that is known."""
        words = words or [self.codebook.told(sid) for sid in sids]
        viewer = heard.viewer
        nothing = NEW_VIDEO if viewer.history else NEW_VIEWER
        told = []
        for sid, says in zip(sids, words, strict=True):
            about = heard.about.get(sid.content) or self._about(heard, sid)
            made = heard.made.get(sid.creative)
            if made is None:
                made = self._made(heard, sid)
            # None of them says what a deed says.
            others = {_style_words(says.style): made} if made else {}
            if viewer.more_content or viewer.more_creative:
                for said, asked in _steering(viewer, sid):
                    _add_voice(others, said, math.exp(SHARPNESS) * asked)
            if viewer.attributes:
                for said in _attributes(viewer, says):
                    _add_voice(others, said, math.exp(SHARPNESS))
            others[nothing] = NOTHING_KNOWN
            told.append(_reasons(*about, others))
        return told

    # Both are plain Python over what is remembered of codes: for some dozens of deeds NumPy's calls
    # cost more, and each lets other threads in.

    def _about(self, heard: "Listened", sid: SemanticId) -> tuple[list[Voice], float]:
        """The liked deeds that are like what a video is about."""
        about = self._content.loudness(sid.content, sid, heard.rows[0])
        share: dict[str, float] = {}
        for said, row, meant in zip(heard.words, heard.content, heard.meant, strict=True):
            if loud := about[row]:
                _add_voice(share, said, loud * meant)
        loudest = sorted(share.items(), key=_loudest, reverse=True)[:MOST_REASONS]
        heard.about[sid.content] = loudest, sum(share.values())
        return heard.about[sid.content]

    def _made(self, heard: "Listened", sid: SemanticId) -> float:
        """Those that are made as a video is, together."""
        made = self._creative.loudness(sid.creative, sid, heard.rows[1])
        loud: float = sum(map(mul, map(made.__getitem__, heard.creative), heard.meant))
        heard.made[sid.creative] = loud
        return loud

    def _say_deed(self, video: str, sid: SemanticId, kind: EventKind, is_whole: bool) -> str:
        title = self.title_of(video) if self.title_of else None
        about = () if title else self.codebook.told(sid).about[:WORDS_NAMED]
        what = f"“{title}”" if title else f"videos about {', '.join(about)}" if about else "others"
        if kind is EventKind.PLAY:
            return f"You watched {what} to the end" if is_whole else f"You saw {what}"
        return f"{ACTS.get(kind, 'You saw')} {what}"


def _add_voice(share: dict[str, float], words: str, loud: float) -> None:
    share[words] = share.get(words, 0.0) + loud


def _reasons(
    loudest: Sequence[Voice], together: float, others: Mapping[str, float]
) -> tuple[Reason, ...]:
    """What all voices say, in shares; what is left out is shared."""
    least = LEAST_SHARE * (together + sum(others.values()))
    ranked = sorted([*loudest, *others.items()], key=_loudest, reverse=True)[:MOST_REASONS]
    named: list[Voice] = []
    told = 0.0
    for voice in ranked:
        words, loud = voice
        if not named or (loud >= least and words != NEW_VIDEO):
            named.append(voice)
            told += loud
    return tuple([Reason(words, loud / told) for words, loud in named])


@lru_cache(SAYINGS)
def _style_words(style: tuple[str, ...]) -> str:
    return f"You often like {', '.join(style[:WORDS_NAMED]) or 'this style'}"


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
