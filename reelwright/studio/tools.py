"""The tools of the agents: a closed list, read-only, answering with facts for the next decision.

None of them opens a file, a connection or a process: all they know is the kit, the wish and
arithmetic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reelwright.domain import SubjectKind
from reelwright.reading import LETTER_S, NOTICE_S, leaving_s, letters, readable
from reelwright.studio.backbone import Schema
from reelwright.studio.fit import Fit, Vector
from reelwright.studio.form import fault, listing, number, record, words
from reelwright.studio.outside import Data, Outside, tidy
from reelwright.studio.pacing import MAX_SHOTS, beats
from reelwright.studio.steps import Candidate

Facts = Mapping[str, Data] | tuple[Outside, ...]  # facts by their names; or names, best first

MOST = 5  # candidates in one answer
NEAR = 0.5  # of the best similarity: what is further away is something else
LONGEST = 200  # letters of a tool's argument
LONGEST_S = 600.0
SPOKEN_S = 1 / 15  # of a letter: 150 words a minute, as narrators speak
BREATH_S = 0.3  # before and after what is said


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What tools may look at: what can be drawn, and what the wish means."""

    fit: Fit
    meant: Vector  # the wish's words
    styles: tuple[Candidate, ...]  # for the wish, best first; likewise below
    scenes: tuple[Candidate, ...]
    given: str  # all words that are known of the wish


@dataclass(frozen=True, slots=True)
class Call:
    """A tool asked for, and with what."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """One question that can be put to the desk."""

    name: str
    about: str
    arguments: Schema
    answer: Callable[..., Facts]  # of the desk, and of the arguments by name


def called(call: Call, allowed: Sequence[str], desk: Desk) -> Facts | str:
    """What the tool answers, or why it was not called."""
    if call.tool not in allowed:
        return f"You may call only: {', '.join(allowed)}."
    tool = TOOLS[call.tool]
    if wrong := fault(call.arguments, tool.arguments, "arguments"):
        return wrong
    return tool.answer(desk, **call.arguments)


def label(subject: SubjectKind) -> str:
    """What a thing of the kit is called in words."""
    return subject.about.split(",")[0]


def _styles(desk: Desk) -> Facts:
    return _near(desk.styles)


def _scenes(desk: Desk, words: str) -> Facts:
    if not tidy(words):
        return _near(desk.scenes)
    return _nearest([scene.name for scene in desk.fit.kit.scenes], desk.fit.scenes, words, desk)


def _subjects(desk: Desk, words: str) -> Facts:
    return _nearest([label(one) for one in desk.fit.kit.subjects], desk.fit.subjects, words, desk)


def _beats(desk: Desk, tempo_bpm: float, seconds: float) -> Facts:
    return {"beats": len(beats(seconds, tempo_bpm)) + 1, "beat_s": round(60 / tempo_bpm, 2)}


def _speaking(desk: Desk, words: Sequence[str]) -> Facts:
    return {"speaking_s": tuple(round(speaking_s(one), 1) for one in words)}


def _reading(desk: Desk, words: Sequence[str], seconds: Sequence[float]) -> Facts:
    fits = (readable(one, length_s) for one, length_s in zip(words, seconds, strict=False))
    return {"fits": tuple(fits), "letters": tuple(map(letters_in, seconds))}


def letters_in(length_s: float) -> int:
    """How many letters can be read in a shot."""
    return max(0, int((length_s - leaving_s(length_s) - NOTICE_S) / LETTER_S))


def speaking_s(words: str) -> float:
    """How long a narrator needs, guessed from the letters."""
    return 2 * BREATH_S + SPOKEN_S * letters(words) if words else 0.0


def _nearest(
    names: Sequence[str], similarity: Callable[[Vector], Vector], words: str, desk: Desk
) -> Facts:
    """What of a list is nearest to some words, or to the wish where there are none."""
    said = tidy(words)
    scores = similarity(desk.fit.vector({said: 1.0}) if said else desk.meant)
    order = np.argsort(-scores, kind="stable")[:MOST]
    return _near([Candidate(names[place], float(scores[place])) for place in order])


def _near(candidates: Sequence[Candidate]) -> Facts:
    """The name of the first, which is the best, and of those that come near it."""
    best = candidates[0].similarity
    near = (one for one in candidates[:MOST] if one.similarity >= min(best, NEAR * best))
    return tuple(Outside(one.name) for one in near)


_WORDS = record(words=words(LONGEST))
_TOOLS = (
    Tool("styles", "the styles nearest to the wish, best first", record(), _styles),
    Tool("scenes", "the scenes nearest to some words; to the wish for none", _WORDS, _scenes),
    Tool("subjects", "the things nearest to some words; to the wish for none", _WORDS, _subjects),
    Tool(
        "beats",
        "how many beats of music there are, and how long one is",
        record(tempo_bpm=number(40, 200), seconds=number(0.1, LONGEST_S)),
        _beats,
    ),
    Tool(
        "speaking",
        "how long a narrator needs for the words of each shot",
        record(words=listing(words(LONGEST), 1, MAX_SHOTS)),
        _speaking,
    ),
    Tool(
        "reading",
        "whether the words of each shot can be read in its time, and how many letters could be",
        record(
            words=listing(words(LONGEST), 1, MAX_SHOTS),
            seconds=listing(number(0, LONGEST_S), 1, MAX_SHOTS),
        ),
        _reading,
    ),
)
TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in _TOOLS}
