"""Why somebody is shown a video: attention over what is known of them, put into plain words.

Everything that speaks for the video has a voice. A voice is as loud as it is like the video, as
much as it was meant and as recent as it is; the shares that people see are a softmax over these.
One voice speaks for nothing known: where it is the loudest, that is what people are told.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import (
    Answer,
    Codes,
    Deed,
    EventKind,
    Meaning,
    Origin,
    Reason,
    SemanticId,
    Viewer,
)

Vector = NDArray[np.floating[Any]]
TitleOf = Callable[[str], str | None]

MOST_REASONS = 4
LEAST_SHARE = 0.05  # of the whole; who says less is not named
SHARPNESS = 6.0  # a video that is the same is e**6 times as loud as one that has nothing of it
STRANGENESS = 0.5  # likeness up to which a deed is silent, and how loud nothing known is
FADES_BY_HALF = 20  # deeds
TO_THE_END = 0.6  # weight of a play from which on it was watched to the end
WORDS_NAMED = 2
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

    def meaning(self, sid: SemanticId, /) -> Meaning: ...


@dataclass(frozen=True, slots=True)
class Voice:
    """Something that speaks for a video: in which words, and the logarithm of how loud."""

    words: str
    loudness: float


def why(
    viewer: Viewer, answer: Answer, codebook: Reader, *, title_of: TitleOf | None = None
) -> tuple[Reason, ...]:
    """At most four reasons, the strongest first, whose weights sum to 1.

    Deeds are called by their video's title where `title_of` knows it, else by what they are
    about.
    """
    nothing = NEW_VIDEO if viewer.history else NEW_VIEWER
    voices = [
        *_deeds(viewer, answer.sid, codebook, title_of),
        *_steering(viewer, answer.sid),
        *_attributes(viewer, codebook.meaning(answer.sid)),
        Voice(nothing, SHARPNESS * STRANGENESS),
    ]
    return _reasons(voices)


def _reasons(voices: list[Voice]) -> tuple[Reason, ...]:
    """Softmax over all voices, those of the same words together; what is left out is shared."""
    loudest = max(voice.loudness for voice in voices)
    share: dict[str, float] = {}
    for voice in voices:
        loud = math.exp(voice.loudness - loudest)
        share[voice.words] = share.get(voice.words, 0.0) + loud
    total = sum(share.values())
    ranked = sorted(share.items(), key=lambda item: -item[1])
    named = [
        (words, loud)
        for place, (words, loud) in enumerate(ranked[:MOST_REASONS])
        if place == 0 or (loud >= LEAST_SHARE * total and words != NEW_VIDEO)
    ]
    told = sum(loud for _, loud in named)
    return tuple(Reason(words, loud / told) for words, loud in named)


def _deeds(
    viewer: Viewer, sid: SemanticId, codebook: Reader, title_of: TitleOf | None
) -> Iterator[Voice]:
    """Each liked deed has two voices: for what it is about, and for how it is made."""
    content, creative = codebook.decode(sid)
    style = _style_words(codebook.meaning(sid))
    for back, deed in enumerate(reversed(viewer.history)):
        if deed.weight <= 0:
            continue
        meant = math.log(deed.weight) - math.log(2.0) * back / FADES_BY_HALF
        deed_content, deed_creative = codebook.decode(deed.sid)
        if (about := _likeness(content, deed_content)) > STRANGENESS:
            yield Voice(_deed_words(deed, codebook, title_of), SHARPNESS * about + meant)
        if (made := _likeness(creative, deed_creative)) > STRANGENESS:
            yield Voice(style, SHARPNESS * made + meant)


def _likeness(one: Vector, other: Vector) -> float:
    """The cosine; 0 where one of them says nothing."""
    lengths = math.sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / lengths if lengths else 0.0


def _deed_words(deed: Deed, codebook: Reader, title_of: TitleOf | None) -> str:
    title = title_of(deed.video) if title_of else None
    about = codebook.meaning(deed.sid).about[:WORDS_NAMED]
    what = f"“{title}”" if title else f"videos about {', '.join(about)}" if about else "others"
    if deed.kind is EventKind.PLAY:
        return f"You watched {what} to the end" if deed.weight >= TO_THE_END else f"You saw {what}"
    return f"{ACTS.get(deed.kind, 'You saw')} {what}"


def _style_words(meaning: Meaning) -> str:
    return f"You often like {', '.join(meaning.style[:WORDS_NAMED]) or 'this style'}"


def _steering(viewer: Viewer, sid: SemanticId) -> Iterator[Voice]:
    for words, taps, codes in (
        ("You asked for more like this topic", viewer.more_content, sid.content),
        ("You asked for more of this style", viewer.more_creative, sid.creative),
    ):
        asked = _asked(taps, codes)
        if asked > 0:
            yield Voice(words, SHARPNESS + math.log(asked))


def _asked(taps: Mapping[Codes, float], codes: Codes) -> float:
    return sum(more for prefix, more in taps.items() if codes[: len(prefix)] == prefix)


def _attributes(viewer: Viewer, meaning: Meaning) -> Iterator[Voice]:
    """What is known of the viewer speaks where the video is about it in so many words."""
    words = {word.lower() for text in (*meaning.about, *meaning.style) for word in text.split()}
    for attribute in viewer.attributes:
        for value in filter(None, (part.strip() for part in attribute.value.split(","))):
            if words.issuperset(value.lower().split()):
                told = "You told us" if attribute.origin is Origin.DECLARED else "We noticed"
                yield Voice(f"{told}, {attribute.name}: {value}", SHARPNESS)
